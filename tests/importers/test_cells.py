"""Cells: a column of texts as bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.importers.cells import MAX_CELL, Cells

TEXTS = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20).map(str.strip))


@given(TEXTS)
def test_texts_come_back_as_they_went_in(texts: list[str]) -> None:
    cells = Cells.of(texts)
    assert cells.texts() == texts
    assert cells.codes().list() == [t or None for t in texts]
    assert cells.empty.tolist() == [not t for t in texts]


def test_a_constant_column_is_one_word() -> None:
    codes = Cells.of(["a"] * 5).codes()
    assert codes.words == ("a",)
    assert codes.indexes.tolist() == [0] * 5


def test_words_are_found_in_any_case() -> None:
    cells = Cells.of(["Mesuré", "MESURÉ", "Estimé", ""])
    assert cells.is_one_of("mesuré").tolist() == [True, True, False, False]
    assert cells.is_one_of("Estimé", "").tolist() == [False, False, True, True]


def test_what_is_longer_than_any_value_is_cut() -> None:
    assert Cells.of(["x" * 1000]).lengths.tolist() == [MAX_CELL]
