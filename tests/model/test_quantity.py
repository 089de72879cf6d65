"""Quantities are exact decimals with the places of their field."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from selfdata_sdk.model import Quantity, Text

TITLE = Text(en="Volume", fr="Volume")
LITRES: TypeAdapter[Decimal] = TypeAdapter(
    Annotated[Decimal, Quantity("L", 3, TITLE, ge=Decimal(-5), le=Decimal(10**12))]
)


@given(st.integers(-5000, 10**15))
def test_every_number_of_a_fields_places_within_its_bounds_is_kept_through_json(thousandths: int) -> None:
    value = Decimal(thousandths).scaleb(-3)
    written = LITRES.dump_json(value)
    assert b"E" not in written
    assert LITRES.validate_json(written) == value


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("12.500", "12.5"),
        ("12.5000000", "12.5"),
        (12.5, "12.5"),
        (0.1, "0.1"),
        (7, "7"),
        ("4e+05", "400000"),
        ("-0", "0"),
        ("100", "100"),
    ],
)
def test_a_quantity_is_written_plainly_without_trailing_zeros(given: Any, written: str) -> None:
    assert LITRES.dump_json(LITRES.validate_python(given)).decode() == f'"{written}"'


@pytest.mark.parametrize(
    "value",
    [
        "12.5001",
        0.1 + 0.2,
        "nan",
        float("nan"),
        "inf",
        float("inf"),
        "1_000",
        " 1",
        "1\n",
        "1,5",
        "",
        "١٢",
        True,
        None,
        "-5.001",
        10**12 + 1,
    ],
    ids=repr,
)
def test_what_is_finer_out_of_bounds_or_no_plain_number_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        LITRES.validate_python(value)


def test_a_json_number_is_taken_as_its_shortest_decimal() -> None:
    assert LITRES.validate_json("0.1") == Decimal("0.1")
