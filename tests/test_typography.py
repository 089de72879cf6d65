"""French has a no-break space before : ; ! ? » and after «, so that no line begins with one of these."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import selfdata_sdk

ROOT = Path(selfdata_sdk.__file__).parent
FOLDERS = (ROOT, ROOT.parent / "example_services")
PLAIN_SPACE = re.compile(r"(?<=[^\s:]) (?=[:;!?»](?:\s|$|[\"'])|[:;!?»]$)|(?<=«) ")


def french(source: str) -> Iterator[ast.Constant]:
    """The French texts of a file: `fr=…`, and the second argument of `say`, `Words` and `Text`."""
    for node in ast.walk(ast.parse(source)):
        found: ast.expr | None = None
        if isinstance(node, ast.keyword) and node.arg == "fr":
            found = node.value
        elif isinstance(node, ast.Call) and len(node.args) == 2 and getattr(node.func, "id", "") in ("say", "Words"):
            found = node.args[1]
        texts = ast.walk(found) if found is not None else ()
        yield from (t for t in texts if isinstance(t, ast.Constant) and isinstance(t.value, str))


def faults(source: str) -> list[int]:
    return [t.lineno for t in french(source) if PLAIN_SPACE.search(str(t.value))]


def files() -> list[Path]:
    return sorted(f for folder in FOLDERS for f in folder.rglob("*.py"))


@pytest.mark.parametrize("source", ['Text(en="Why?", fr="Pourquoi ?")', 'say("a: b", "a : b")', 'f(fr="« oui »")'])
def test_a_plain_space_is_found(source: str) -> None:
    assert faults(source) == [1]


def test_a_no_break_space_is_right() -> None:
    assert not faults('Text(en="Why?", fr="Pourquoi\u00a0?")')


def test_french_texts_do_not_break_before_their_signs() -> None:
    assert {str(f): found for f in files() if (found := faults(f.read_text("utf-8")))} == {}
