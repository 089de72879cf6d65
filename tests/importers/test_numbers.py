"""Numbers in files become exact scaled integers, the same one by one and all at once."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.importers.cells import Cells
from selfdata_sdk.importers.numbers import decimals, scaled
from selfdata_sdk.model.column import NULL

TEXTS = st.one_of(
    st.from_regex(r"[+-]?[0-9]{0,14}([.,][0-9]{0,9})?", fullmatch=True),
    st.from_regex(r"[0-9]{1,3}([ \u00a0][0-9]{3}){1,3}(,[0-9]{1,3})?", fullmatch=True),
    st.from_regex(r"[0-9](\.[0-9]{1,3})?e[+-]?[0-9]{1,2}", fullmatch=True),
    st.sampled_from(["", "null", "NaN", "-", "--1", "1-2", "1.2.3", "x", "Mesuré", "+", ".", "9" * 20, "0" * 20 + "1"]),
)


@pytest.mark.parametrize(
    ("text", "places", "value"),
    [
        ("12", 3, 12_000),
        ("-12.5", 3, -12_500),
        ("12,5", 3, 12_500),
        ("4e+05", 3, 400_000_000),
        ("1 234 567,8", 1, 12_345_678),
        ("1\u202f234", 0, 1_234),
        ("0.408", 6, 408_000),
        ("11.800000190734863", 3, 11_800),
        ("0.0005", 3, 0),
        ("0.0015", 3, 2),
        ("007", 0, 7),
        ("", 3, None),
        ("null", 3, None),
    ],
)
def test_what_holders_write_is_read_exactly(text: str, places: int, value: int | None) -> None:
    assert scaled(text, places) == value
    numbers, bad = decimals(Cells.of([text]), places)
    assert not bad[0]
    assert numbers[0] == (NULL if value is None else value)


@pytest.mark.parametrize("text", ["x", "1.2.3", "--1", "12 L", "1e", "0x10", "١٢", "9" * 18, "1e300"])
def test_what_is_no_number_or_too_large_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is "):
        scaled(text, 3)
    assert decimals(Cells.of([text]), 3)[1][0]


@given(st.lists(TEXTS, max_size=30), st.sampled_from([0, 1, 3, 6]))
def test_a_column_at_once_reads_as_its_cells_one_by_one(texts: list[str], places: int) -> None:
    numbers, bad = decimals(Cells.of(texts), places)
    for text, number, wrong in zip(texts, numbers.tolist(), bad.tolist(), strict=True):
        try:
            expected = scaled(text, places)
        except ValueError:
            assert wrong
        else:
            assert not wrong
            assert number == (NULL if expected is None else expected)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3))
def test_no_digit_is_lost(value: Decimal) -> None:
    assert scaled(str(value), 3) == int(value * 1000)
    assert decimals(Cells.of([format(value, "f").replace(".", ",")]), 3)[0].tolist() == [int(value * 1000)]


def test_numbers_of_json_and_of_spreadsheets_are_read_too() -> None:
    assert scaled(408, 3) == 408_000
    assert scaled(0.1 + 0.2, 3) == 300
    assert scaled(Decimal("1.25"), 3) == 1_250
    assert scaled(None, 3) is None
    with pytest.raises(ValueError, match="not a number"):
        scaled(True, 3)


def test_no_cells_give_no_numbers() -> None:
    numbers, bad = decimals(Cells.of([]), 3)
    assert numbers.shape == bad.shape == (0,)
    assert numbers.dtype == np.int64
