"""The importers' own texts are known to whoever runs them apart, and no other text is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import selfdata_sdk.importers
from selfdata_sdk.importers.espi import ZONE_GUESSED
from selfdata_sdk.importers.reasons import NO_NUMBER
from selfdata_sdk.importers.texts import LONGEST, is_own
from selfdata_sdk.model import Text

FOLDER = Path(selfdata_sdk.importers.__file__).parent
OF_THE_HOST = {"report.py", "sieve.py"}
"""These make texts of their own, from what importers give."""


def made_in_functions(node: ast.AST, inside: bool = False) -> Iterator[int]:
    """The lines on which a function makes a text."""
    for child in ast.iter_child_nodes(node):
        if inside and isinstance(child, ast.Call) and getattr(child.func, "id", "") == "Text":
            yield child.lineno
        yield from made_in_functions(child, inside or isinstance(child, ast.FunctionDef))


def test_every_text_of_an_importer_is_a_constant_of_its_module() -> None:
    found = {
        path.name: list(made_in_functions(ast.parse(path.read_text(encoding="utf-8"))))
        for path in FOLDER.glob("*.py")
        if path.name not in OF_THE_HOST
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_text_that_a_function_makes_is_found() -> None:
    assert list(made_in_functions(ast.parse("A = Text()\ndef f():\n    return Text()"))) == [3]


def test_constants_and_what_they_become_by_values_are_own() -> None:
    assert is_own(NO_NUMBER)
    assert is_own(ZONE_GUESSED.fill(hours=-5, zone="Etc/GMT+5"))


@pytest.mark.parametrize(
    "text",
    [
        Text(en="Call 0900 123.", fr="Appelez le 0900 123."),
        Text(en=NO_NUMBER.en, fr="Appelez le 0900 123."),
        Text(en=f"{NO_NUMBER.en} Call 0900 123.", fr=NO_NUMBER.fr),
        ZONE_GUESSED.fill(hours=-5, zone="x" * (LONGEST + 1)),
    ],
)
def test_other_texts_are_not(text: Text) -> None:
    assert not is_own(text)
