from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receipts_and_budget.ledger import Line
from receipts_and_budget.recurring import Recurring, Rise, later, recurring

from .conftest import line

FIRST = date(2025, 1, 5)
DAY = timedelta(days=1)


def paid(
    *amounts: str, every: int = 1, first: date = FIRST, label: str = "CARTE FILMS", kind: str = "card", off: int = 0
) -> list[Line]:
    """A payment every so many months; every second one `off` days later."""
    return [
        line(later(first, every * i) + (i % 2) * off * DAY, amount, label, kind) for i, amount in enumerate(amounts)
    ]


def one(lines: list[Line]) -> Recurring:
    (found,) = recurring(sorted(lines, key=lambda x: x.on))
    return found


@pytest.mark.parametrize(("every", "n"), [(1, 4), (2, 3), (3, 3), (6, 3), (12, 2)])
def test_a_payment_that_comes_back_is_found_with_its_period(every: int, n: int) -> None:
    found = one(paid(*["-12.99"] * n, every=every, off=2))
    assert (found.period.months, found.price, found.fixed) == (every, Decimal("12.99"), True)
    assert found.yearly == Decimal("12.99") * 12 / every


@pytest.mark.parametrize(("every", "n"), [(1, 3), (2, 2), (3, 2), (6, 2), (12, 1)])
def test_one_payment_less_is_not_enough(every: int, n: int) -> None:
    assert recurring(paid(*["-12.99"] * n, every=every)) == ()


def test_a_purchase_in_three_parts_does_not_come_back() -> None:
    assert recurring(paid("-100.00", "-100.00", "-100.00")) == ()


def test_the_next_payment_is_a_period_later() -> None:
    assert one(paid(*["-9.99"] * 5, first=date(2025, 1, 31))).next == date(2025, 6, 30)


def test_a_payment_that_no_longer_comes_has_ended() -> None:
    found = one(paid(*["-9.99"] * 6))
    assert found.runs(found.next + 15 * DAY)
    assert not found.runs(found.next + 16 * DAY)


def test_a_missing_month_does_not_end_it() -> None:
    lines = paid(*["-9.99"] * 9)
    del lines[5]
    assert len(one(lines).lines) == 8


def test_a_price_rise_has_its_day_and_amounts() -> None:
    found = one(paid("-9.99", "-9.99", "-9.99", "-11.99", "-11.99"))
    assert found.rise == Rise(date(2025, 4, 5), Decimal("9.99"), Decimal("11.99"))
    assert found.price == Decimal("11.99")


def test_a_direct_debit_that_differs_once_is_no_rise() -> None:
    amounts = ["-96.00"] * 6 + ["-97.94"]
    assert one(paid(*amounts, label="PRLV GAZ", kind="direct_debit")).rise is None
    assert one(paid(*amounts, "-97.94", label="PRLV GAZ", kind="direct_debit")).rise is not None


def test_a_lower_price_is_no_rise() -> None:
    assert one(paid("-11.99", "-11.99", "-11.99", "-9.99", "-9.99")).rise is None


def test_a_bill_of_changing_amounts_comes_back_by_direct_debit_only() -> None:
    amounts = "-41.20", "-77.05", "-120.00", "-65.30"
    found = one(paid(*amounts, label="PRLV SEPA GAZ", kind="direct_debit"))
    assert not found.fixed
    assert found.price == Decimal("75.89")
    assert found.rise is None
    assert recurring(paid(*amounts)) == ()


def test_two_contracts_with_one_insurer_are_two() -> None:
    car = paid(*["-45.30"] * 6, label="PRLV MAIF", kind="direct_debit")
    home = paid(*["-21.10"] * 6, label="PRLV MAIF", kind="direct_debit")
    found = recurring(sorted(car + home, key=lambda x: x.on))
    assert [r.price for r in found] == [Decimal("45.30"), Decimal("21.10")]


def test_coffee_at_one_price_on_every_day_is_none() -> None:
    assert recurring([line(FIRST + n * DAY, "-1.80", "CARTE BAR") for n in range(300)]) == ()


def test_a_subscription_among_other_purchases_at_one_shop_is_found() -> None:
    other = [line(FIRST + 11 * n * DAY, f"-{10 + n * 3}.49", "CARTE FILMS") for n in range(20)]
    assert one(sorted(paid(*["-6.99"] * 7) + other, key=lambda x: x.on)).price == Decimal("6.99")


@pytest.mark.parametrize("kind", ["withdrawal", "check"])
def test_cash_and_checks_do_not_come_back(kind: str) -> None:
    assert recurring(paid(*["-50.00"] * 8, kind=kind)) == ()


def test_income_and_savings_are_no_spending() -> None:
    assert recurring(paid(*["2000.00"] * 8, label="VIR SALAIRE", kind="transfer")) == ()
    assert recurring(paid(*["-200.00"] * 8, label="VIR EPARGNE", kind="transfer")) == ()


@pytest.mark.parametrize(
    ("label", "kind", "contract"),
    [
        ("VIR LOYER", "transfer", True),
        ("PRLV MAIF ASSURANCE", "direct_debit", True),
        ("COTISATION CARTE", "fee", True),
        ("PRLV SEPA VOLTEO F123", "direct_debit", True),
        ("CARTE FITNESS", "card", False),
    ],
)
def test_contracts_are_told_from_subscriptions(label: str, kind: str, contract: bool) -> None:
    assert one(paid(*["-30.00"] * 5, label=label, kind=kind)).is_contract(("Volteo",)) is contract


@given(
    st.lists(st.tuples(st.integers(0, 500), st.sampled_from(["-5.00", "-9.99", "-20.00"])), max_size=40),
    st.sampled_from(["card", "direct_debit"]),
)
@settings(deadline=None)
def test_no_line_is_in_two_of_them(days: list[tuple[int, str]], kind: str) -> None:
    lines = [line(FIRST + n * DAY, amount, "CARTE FILMS", kind) for n, amount in sorted(days)]
    found = [x for r in recurring(lines) for x in r.lines]
    assert len(set(found)) == len(found)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 36))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    then = later(day, months)
    assert (then.year - day.year) * 12 + then.month - day.month == months
    assert then.day == day.day or (then.day < day.day and (then + DAY).day == 1)
