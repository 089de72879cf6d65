"""Streaming XML: bounded memory, and clear refusals of what is dangerous or cut."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.xml import child_of, local, text_of, walk

NONE: frozenset[str] = frozenset()

BOMB = """<?xml version="1.0"?>
<!DOCTYPE feed [
 <!ENTITY a "aaaaaaaaaa">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
 <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<feed>&c;</feed>"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.xml"


def names(path: Path, text: str) -> list[tuple[bool, str]]:
    path.write_text(text, encoding="utf-8")
    return [(starts, name) for starts, name, _ in walk(File(path), NONE)]


def test_elements_come_in_document_order_without_their_namespace(path: Path) -> None:
    text = '<a:feed xmlns:a="urn:a" xmlns="urn:b"><entry/><a:entry/></a:feed>'
    assert names(path, text) == [
        (True, "feed"),
        (True, "entry"),
        (False, "entry"),
        (True, "entry"),
        (False, "entry"),
        (False, "feed"),
    ]


def test_an_element_that_is_wanted_whole_still_holds_its_children_when_it_ends(path: Path) -> None:
    path.write_text("<r><x><y> 5 </y><z/></x></r>", encoding="utf-8")
    (found,) = (
        (text_of(e, "y"), text_of(e, "z"), text_of(e, "none"), child_of(e, "none"))
        for starts, name, e in walk(File(path), frozenset({"x"}))
        if not starts and name == "x"
    )
    assert found == ("5", "", "", None)
    assert local("{urn:a}b") == local("b") == "b"


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE r SYSTEM "http://example.org/r.dtd"><r/>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        "<!DOCTYPE r><r/>",
    ],
)
def test_a_document_type_or_entities_are_refused_before_they_are_read(path: Path, text: str) -> None:
    with pytest.raises(FileRefused, match="document type"):
        names(path, text)


@pytest.mark.parametrize("text", ["<r>\n<a>\n</r>", "<r>\n<a>\n", "<r>\n<a>\n<b attr=", "<r>\n\n&undefined;</r>"])
def test_what_stops_being_xml_is_refused_with_its_line(path: Path, text: str) -> None:
    with pytest.raises(FileRefused, match="line 3"):
        names(path, text)


def test_nesting_that_no_holder_writes_is_refused(path: Path) -> None:
    names(path, "<a>" * 60 + "</a>" * 60)
    with pytest.raises(FileRefused, match="nested deeper"):
        names(path, "<a>" * 100_000)


def test_memory_does_not_grow_with_the_document(path: Path) -> None:
    path.write_text("<r>" + "<e><x>12345</x></e>" * 20_000 + "</r>", encoding="utf-8")
    tracemalloc.start()
    try:
        assert sum(not starts for starts, _, _ in walk(File(path), frozenset({"e"}))) == 40_001
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["klingon", "utf-7", "shift_jis"])
def test_an_encoding_that_is_not_read_is_refused(path: Path, encoding: str) -> None:
    with pytest.raises(FileRefused, match="encoding"):
        names(path, f'<?xml version="1.0" encoding="{encoding}"?><r/>')
