"""Money is exact: what goes in comes out, and what is not exact does not go in."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from selfdata_sdk.model import Money
from selfdata_sdk.testing.strategies import moneys


@given(moneys())
def test_an_amount_keeps_every_digit_through_json(money: Money) -> None:
    back = Money.model_validate_json(money.model_dump_json())
    assert back == money
    assert str(back.amount.as_tuple()) == str(money.amount.as_tuple())


def test_an_amount_is_a_plain_string_on_the_wire() -> None:
    written = Money(amount=Decimal("1.10"), currency="EUR").model_dump_json()
    assert json.loads(written) == {"amount": "1.10", "currency": "EUR"}
    assert json.loads(Money(amount=Decimal("1E-7"), currency="EUR").model_dump_json())["amount"] == "0.0000001"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (5, "5"),
        ("+5", "5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0"), "0"),
        ("-0.00", "0.00"),
        ("999999999999999999", None),
    ],
)
def test_an_amount_is_kept_in_one_way(given: Any, kept: str | None) -> None:
    money = Money(amount=given, currency="EUR")
    assert str(money.amount) == (kept or given)


@pytest.mark.parametrize(
    "amount",
    [
        1.5,
        0.0,
        True,
        "1e3",
        "1E-2",
        "1_000",
        "nan",
        "inf",
        "-Infinity",
        " 1",
        "1 ",
        "1\n",
        "1,5",
        ".5",
        "5.",
        "",
        "١٢",
        "１２",
        None,
        Decimal("nan"),
        Decimal("inf"),
        "1234567890123456789",
        "0.0000000000000000001",
        "1.0000000000000000000",
        Decimal("1E+18"),
        Decimal("0E+30"),
    ],
    ids=repr,
)
def test_what_is_inexact_ambiguous_or_too_long_is_refused(amount: Any) -> None:
    with pytest.raises(ValidationError):
        Money(amount=amount, currency="EUR")


def test_a_json_number_is_refused() -> None:
    with pytest.raises(ValidationError, match="not exact"):
        Money.model_validate_json('{"amount": 12.5, "currency": "EUR"}')


@pytest.mark.parametrize("currency", ["eur", "EU", "EURO", "", "EUR\n", "É€R", None, 978])
def test_a_currency_is_three_capital_letters(currency: Any) -> None:
    with pytest.raises(ValidationError):
        Money(amount=Decimal(1), currency=currency)
