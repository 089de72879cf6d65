"""JSON files are read exactly, or refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers import File, jsons
from selfdata_sdk.importers.jsons import read_json

Write = Callable[[str | bytes], Path]


def test_numbers_are_exact(write: Write) -> None:
    assert read_json(File(write('\ufeff{"a": [0.1, 12345678901234567890, 1e2, "é", null]}'))) == {
        "a": [Decimal("0.1"), 12345678901234567890, Decimal("1e2"), "é", None]
    }


def test_what_is_no_number_in_json_is_missing(write: Write) -> None:
    assert read_json(File(write("[NaN, -Infinity]"))) == [None, None]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": [1, 2', "stops in the middle of line 1"),
        ('{"a":\n "abc', "stops in the middle of line 2"),
        ('{"a": 1,\n b}', "not valid JSON from line 2 on"),
        ("", "stops in the middle of line 1"),
        ("[" * 200_000, "nested too deeply"),
        ("[" + "9" * 100 + "]", "a number that no meter gives"),
        ("[1e999999999]", "a number that no meter gives"),
        ("[1.5e9999999999999999999999]", "a number that no meter gives"),
        ("[1e-41]", "a number that no meter gives"),
    ],
)
def test_what_is_no_json_is_refused(text: str, sentence: str, write: Write) -> None:
    with pytest.raises(FileRefused, match=sentence):
        read_json(File(write(text)))


def test_a_huge_document_is_refused_unread(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsons, "MAX_JSON", 10)
    with pytest.raises(FileRefused, match="more than 50 MB"):
        read_json(File(write('["0123456789"]')))
