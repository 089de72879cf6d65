"""The reference pages are what the code says, and leave nothing public out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import selfdata_sdk
from docs.generate import PAGES, stale, write
from docs.tools import markdown
from docs.tools.errors import CODES
from selfdata_sdk import errors, model
from selfdata_sdk.cli import program
from selfdata_sdk.cli.language import speak, spoken
from selfdata_sdk.cli.program import COMMANDS
from selfdata_sdk.importers import Importers
from selfdata_sdk.model import REGISTRY
from selfdata_sdk.model.field import fields_of


def test_the_committed_pages_are_current() -> None:
    assert stale() == [], "run `python docs/generate.py`"


def test_the_page_of_commands_is_in_english_whatever_was_spoken_before() -> None:
    before = spoken()
    speak("fr")
    try:
        assert stale() == []
        assert spoken() == "fr"
    finally:
        speak(before)


def test_a_page_that_was_edited_by_hand_is_stale_and_written_anew(docs: Path, tmp_path: Path) -> None:
    for name in PAGES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(docs / name, tmp_path / name)
    page = tmp_path / "reference" / "errors.md"
    page.write_text(page.read_text("utf-8").replace("130", "131"), encoding="utf-8")
    (tmp_path / "reference" / "cli.md").unlink()
    assert stale(tmp_path) == ["reference/cli.md", "reference/errors.md"]
    assert write(tmp_path) == ["reference/cli.md", "reference/errors.md"]
    assert stale(tmp_path) == []


@pytest.fixture(scope="module")
def reference(docs: Path) -> str:
    return "\n".join((docs / name).read_text("utf-8") for name in PAGES)


def test_every_name_that_authors_import_is_described(reference: str) -> None:
    missing = [n for n in selfdata_sdk.__all__ if f"`{n}`" not in reference and n != "__version__"]
    assert missing == ["Block"] or missing == []  # Block is the name of all of them


def test_every_record_type_field_and_class_is_described(reference: str) -> None:
    for record_type in REGISTRY:
        assert f"## `{record_type.type}`" in reference
        assert f"selfdata_sdk.model.{record_type.__name__}`" in reference
        for name in (*fields_of(record_type), *record_type.series_fields):
            assert f"| `{name}` |" in reference, f"{record_type.type}.{name}"
    items = [n for n in model.__all__ if hasattr(getattr(model, n), "model_fields") and n != "Source"]
    assert [n for n in items if f"{n}`" not in reference and not n.endswith("Record")] == []


def test_every_exit_code_is_described() -> None:
    assert CODES.keys() == {name for name, value in vars(program).items() if name.isupper() and isinstance(value, int)}


def test_every_command_error_and_format_is_described(reference: str) -> None:
    for name in COMMANDS:
        assert f"## `{name}`" in reference
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, Exception):
            assert f"### `{name}`" in reference
    for importer in Importers():
        assert f"| `{importer.name}` |" in reference


@pytest.mark.parametrize(
    ("docstring", "page"),
    [
        ("One line.", "One line."),
        ("Words over\ntwo lines.", "Words over two lines."),
        ("Said:\n\na    first\nb, c  second\n     goes on", "Said:\n\n- `a`: first\n- `b, c`: second goes on"),
        ("Write\n\n    class A:\n        x = 1\n\nand go.", "Write\n\n```python\nclass A:\n    x = 1\n```\n\nand go."),
        ("[start, end) and <b> but `[x]`", "\\[start, end) and \\<b> but `[x]`"),
    ],
)
def test_docstrings_become_markdown(docstring: str, page: str) -> None:
    assert markdown.prose(docstring) == page


@pytest.mark.parametrize(
    ("annotation", "shown"),
    [
        ("int", "int"),
        ("Annotated[str, Field(pattern='^[ -~]{0,100}$')] | None", "str | None"),
        ("Annotated[tuple[A, ...], Field(max_length=0)]", "tuple[A, ...]"),
        ("Annotated[dict[K, Annotated[int, 'x]']], M]", "dict[K, int]"),
    ],
)
def test_types_are_shown_without_their_rules(annotation: str, shown: str) -> None:
    assert markdown.bare(annotation) == shown


def test_a_long_signature_has_a_parameter_on_each_line() -> None:
    def long(
        self: object,
        first: dict[str, tuple[int, ...]],
        second: str = "a, b",
        *,
        third: list[dict[str, tuple[int, int]]] | None = None,
    ) -> None: ...

    assert markdown.signature("long", long).splitlines() == [
        "long(",
        "    first: dict[str, tuple[int, ...]],",
        "    second: str = 'a, b',",
        "    *,",
        "    third: list[dict[str, tuple[int, int]]] | None = None,",
        ") -> None",
    ]


def test_cells_keep_their_table_whole() -> None:
    assert (
        markdown.table(("A", "B", "C"), [("a | b", "", "two\nlines")])
        == "| A | C |\n| --- | --- |\n| a \\| b | two lines |"
    )
