from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from receipts_and_budget.goods import goods, insured
from receipts_and_budget.rows import Article, Contract, Thing

from .conftest import article, euros, purchase

BOUGHT = date(2024, 2, 29)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def kept(*articles: Article) -> list[str]:
    return [g.label for g in goods([purchase(BOUGHT, "Shop", "1.00", articles=articles)], 30)]


def test_the_seller_answers_for_two_years() -> None:
    (good,) = goods([purchase(BOUGHT, "Shop", "79.90", articles=(article("Headset", "79.90"),))], 30)
    assert good.until == date(2026, 2, 28)
    assert good.price == Decimal("79.90")


@pytest.mark.parametrize(
    "used_up",
    [
        article("Cheap", "29.99"),
        article("Ham", "55.00", vat=5.5),
        article("Champagne", "55.00", category="Drinks"),
        article("Cream", "55.00", category="care"),
        article("Petrol", "70.00", unit="L"),
        article("Deposit", "50.00", kind="deposit"),
    ],
)
def test_what_is_cheap_eaten_or_used_up_does_not_last(used_up: Article) -> None:
    assert kept(used_up, article("Kettle", "34.90")) == ["Kettle"]


def test_what_was_given_back_is_taken_off_once() -> None:
    kettle = article("Kettle", "34.90")
    assert kept(kettle, kettle, article("Kettle", "-34.90", kind="return")) == ["Kettle"]


def contract(kind: str, *things: Thing, end: datetime | None = None) -> Contract:
    return Contract(start=datetime(2020, 1, 1, tzinfo=UTC), end=end, insurer="Insurer", kind=kind, objects=things)


def test_the_contents_of_a_home_are_what_running_home_contracts_insure() -> None:
    home = contract(
        "home", Thing(kind="dwelling", value=euros("20000.00")), Thing(kind="valuable", value=euros("5000.00"))
    )
    car = contract("car", Thing(kind="vehicle", value=euros("9000.00")))
    ended = contract("home", Thing(kind="dwelling", value=euros("1.00")), end=datetime(2025, 1, 1, tzinfo=UTC))
    found = insured([home, car, ended], NOW, "EUR")
    assert found.contents == Decimal("25000.00")
    assert found.contracts == (("home", "Insurer"), ("car", "Insurer"))


def test_without_a_value_nothing_is_said_of_what_is_insured() -> None:
    assert insured([contract("home", Thing(kind="dwelling", value=None))], NOW, "EUR").contents is None
