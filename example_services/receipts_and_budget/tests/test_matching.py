from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receipts_and_budget.ledger import Line
from receipts_and_budget.matching import match, scored
from receipts_and_budget.purchases import Purchase

from .conftest import line, purchase

MONDAY = date(2026, 3, 9)
DAY = timedelta(days=1)

lines = st.builds(
    line,
    st.integers(0, 25).map(lambda n: MONDAY + n * DAY),
    st.sampled_from(["-5.00", "-10.00", "5.00"]),
    st.sampled_from(["CB LIDL", "CARTE 10/03 LIDL", "CB FNAC", "CARTE"]),
)
bought = st.builds(
    purchase,
    st.integers(0, 20).map(lambda n: MONDAY + n * DAY),
    st.sampled_from(["Lidl", "Fnac"]),
    st.sampled_from(["5.00", "10.00", "-5.00"]),
)


def pairs(purchases: list[Purchase], booked: list[Line]) -> list[tuple[Purchase, Line]]:
    return [(m.purchase, m.line) for m in match(purchases, booked)]


def test_a_receipt_finds_the_line_of_its_amount_and_day() -> None:
    one = purchase(MONDAY, "Lidl", "23.40")
    paid = line(MONDAY + 2 * DAY, "-23.40", "CARTE 09/03 LIDL")
    (found,) = match([one], [line(MONDAY, "-23.41", "CARTE 09/03 LIDL"), paid])
    assert (found.purchase, found.line, found.dated, found.named, found.rivals) == (one, paid, True, 1.0, 0)


def test_a_line_that_says_another_day_is_refused() -> None:
    assert not match([purchase(MONDAY, "Lidl", "23.40")], [line(MONDAY + 5 * DAY, "-23.40", "CARTE 12/03 LIDL")])


def test_a_day_apart_is_accepted_where_nothing_is_nearer() -> None:
    (found,) = match([purchase(MONDAY, "Bar", "23.40")], [line(MONDAY + 3 * DAY, "-23.40", "CARTE 10/03 BAR")])
    assert found.dated is False


@pytest.mark.parametrize(("later", "label"), [(-1, "CB LIDL"), (8, "CB LIDL"), (6, "CB FNAC")])
def test_a_line_too_early_too_late_or_of_another_shop_is_refused(later: int, label: str) -> None:
    assert not match([purchase(MONDAY, "Lidl", "23.40")], [line(MONDAY + later * DAY, "-23.40", label)])


def test_a_withdrawal_pays_no_receipt() -> None:
    assert not match([purchase(MONDAY, "Lidl", "20.00")], [line(MONDAY, "-20.00", "LIDL", "withdrawal")])


def test_of_two_alike_the_first_bought_is_the_first_booked() -> None:
    early, late = purchase(MONDAY, "Bar", "1.80"), purchase(MONDAY + DAY, "Bar", "1.80")
    first, second = line(MONDAY + 2 * DAY, "-1.80", "CB BAR"), line(MONDAY + 4 * DAY, "-1.80", "CB BAR")
    assert pairs([early, late], [first, second]) == [(early, first), (late, second)]
    assert all(m.rivals == 2 for m in match([early, late], [first, second]))


def test_the_name_decides_between_shops_on_one_day() -> None:
    food, books = purchase(MONDAY, "Lidl", "10.00"), purchase(MONDAY, "Fnac", "10.00")
    of_food, of_books = line(MONDAY + DAY, "-10.00", "CB LIDL"), line(MONDAY + DAY, "-10.00", "CB FNAC")
    assert set(pairs([food, books], [of_books, of_food])) == {(food, of_food), (books, of_books)}


def test_two_cards_pay_one_receipt() -> None:
    one = purchase(MONDAY, "Lidl", "20.00", "13.40")
    both = [line(MONDAY + DAY, "-13.40", "CB LIDL"), line(MONDAY + DAY, "-20.00", "CB LIDL")]
    assert {m.line for m in match([one], both)} == set(both)


def test_money_that_came_back_matches_a_credit() -> None:
    one, credit = purchase(MONDAY, "Fnac", "-79.90"), line(MONDAY + 2 * DAY, "79.90", "CB FNAC")
    assert pairs([one], [credit]) == [(one, credit)]


@given(st.lists(bought, max_size=12), st.lists(lines, max_size=12))
@settings(deadline=None)
def test_each_line_pays_one_receipt_of_its_amount(purchases: list[Purchase], booked: list[Line]) -> None:
    found = match(purchases, booked)
    assert len({m.line for m in found}) == len(found)
    assert len({m.purchase for m in found}) == len(found)
    assert all(m.line.amount == -m.part for m in found)


@given(st.lists(bought, max_size=6), st.lists(lines, max_size=6))
@settings(deadline=None)
def test_no_pair_that_is_left_over_could_be_added(purchases: list[Purchase], booked: list[Line]) -> None:
    found = match(purchases, booked)
    paid, used = {m.purchase for m in found}, {m.line for m in found}
    for one in purchases:
        for other in booked:
            if one not in paid and other not in used and other.amount == -one.by_card[0]:
                assert scored(one, one.by_card[0], other) is None


@given(st.lists(bought, max_size=8), st.lists(lines, max_size=8), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_lines_does_not_change_the_score(
    purchases: list[Purchase], booked: list[Line], random: object
) -> None:
    total = sum(m.score for m in match(purchases, booked))
    assert sum(m.score for m in match(purchases, booked[::-1])) == pytest.approx(total)


def test_a_year_of_coffee_is_assigned_without_a_wait() -> None:
    days = [MONDAY + n * DAY for n in range(365)]
    cups = [purchase(day, "Bar", "1.80") for day in days]
    paid = [line(day + 2 * DAY, "-1.80", "CB BAR") for day in days]
    assert pairs(cups, paid) == list(zip(cups, paid, strict=True))
    assert sum(m.part for m in match(cups, paid)) == Decimal("1.80") * 365
