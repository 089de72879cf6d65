from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receipts_and_budget.ledger import Line
from receipts_and_budget.matching import match
from receipts_and_budget.purchases import Purchase
from receipts_and_budget.spending import Kinds, Spending, spending

from .conftest import article, line, purchase

TODAY = date(2026, 3, 31)
DAY = timedelta(days=1)


def spent(lines: list[Line], purchases: list[Purchase] | None = None, suppliers: tuple[str, ...] = ()) -> Spending:
    found = spending(lines, Kinds.of(match(purchases or [], lines), suppliers), TODAY)
    assert found is not None
    return found


def basket(day: date) -> Purchase:
    half = (article("Bread", "10.00", vat=5.5), article("Soap", "10.00", category="care"))
    return purchase(day, "Chez Ada", "20.00", articles=half)


def test_a_receipt_says_which_part_was_food() -> None:
    found = spent([line(TODAY, "-20.00", "CB CHEZ ADA")], [basket(TODAY)])
    assert [found.food, found.known, found.receipts] == [Decimal(10), Decimal(20), Decimal(20)]


def test_three_receipts_tell_of_the_shops_other_lines() -> None:
    days = [TODAY - n * 10 * DAY for n in range(4)]
    lines = [line(day, "-20.00", "CB CHEZ ADA") for day in days]
    assert spent(lines, [basket(day) for day in days[:3]]).food == 40
    assert spent(lines, [basket(day) for day in days[:2]]).known == 40


@pytest.mark.parametrize(
    ("label", "kind", "category", "food", "energy", "known"),
    [
        ("CB LIDL", "card", None, 10, 0, 10),
        ("PRLV EDF", "direct_debit", None, 0, 10, 10),
        ("CB TOTALENERGIES", "card", None, 0, 0, 0),
        ("PRLV X", "direct_debit", "Énergie", 0, 10, 10),
        ("CB X", "card", "Alimentation", 10, 0, 10),
        ("CB X", "card", "Loisirs", 0, 0, 10),
        ("PRLV SEPA VOLTEO 123", "direct_debit", None, 0, 10, 10),
        ("VIR LOYER", "transfer", None, 0, 0, 10),
        ("RETRAIT DAB", "withdrawal", None, 0, 0, 0),
        ("CB X", "card", None, 0, 0, 0),
    ],
)
def test_what_a_line_was_for(label: str, kind: str, category: str | None, food: int, energy: int, known: int) -> None:
    found = spent([line(TODAY, "-10.00", label, kind, category=category)], suppliers=("Volteo",))
    assert [found.food, found.energy, found.known] == [Decimal(food), Decimal(energy), Decimal(known)]


def test_what_an_energy_supplier_gives_back_is_taken_off() -> None:
    lines = [line(TODAY, "-100.00", "PRLV EDF", "direct_debit"), line(TODAY, "30.00", "VIR EDF", "transfer")]
    assert spent(lines).energy == 70


def test_income_savings_and_what_is_older_than_a_year_do_not_count() -> None:
    lines = [
        line(TODAY - 366 * DAY, "-10.00", "CB LIDL"),
        line(TODAY, "2000.00", "VIR SALAIRE", "transfer"),
        line(TODAY, "-200.00", "VIR EPARGNE", "transfer"),
        line(TODAY, "-15.00", "CB LIDL"),
    ]
    assert spent(lines).total == 15
    assert spending(lines[:3], Kinds.of((), ()), TODAY) is None


@given(
    st.lists(
        st.tuples(
            st.integers(1, 10**6),
            st.sampled_from(["CB LIDL", "PRLV EDF", "CB X", "VIR LOYER"]),
            st.sampled_from(["card", "direct_debit"]),
        ),
        min_size=1,
    )
)
@settings(deadline=None)
def test_the_parts_never_are_more_than_the_whole(drawn: list[tuple[int, str, str]]) -> None:
    found = spent([line(TODAY, str(Decimal(-cents).scaleb(-2)), label, kind) for cents, label, kind in drawn])
    assert 0 <= found.food + found.energy <= found.known <= found.total
    assert found.total == Decimal(sum(cents for cents, _, _ in drawn)).scaleb(-2)
