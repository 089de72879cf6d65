"""Plans, sizes, prices and bills."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from phone_fit.advice import advice
from phone_fit.findings import Findings, find
from phone_fit.rows import Billed, Plan, Use
from phone_fit.sizes import enough, sizes

from selfdata_sdk import Block, Card, NoInsight, Pseudonym

from .conftest import MINE, NOW, PARIS, bill, daily, euros, plan, use

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 30)


def found(
    uses: list[Use] | None = None, plans: list[Plan] | None = None, bills: list[Billed] | None = None, spare: int = 0
) -> Findings:
    given_uses = daily(MARCH, APRIL) if uses is None else uses
    return find(given_uses, [plan()] if plans is None else plans, bills or [], now=NOW, spare=spare)


def said(findings: Findings) -> dict[str, Block]:
    return {b.id: b for b in advice(findings)}


def card(findings: Findings, id: str) -> Card:
    block = said(findings)[id]
    assert isinstance(block, Card)
    return block


def test_the_smallest_size_that_holds_the_busiest_month() -> None:
    result = found()
    assert (result.busiest.data, result.size, result.size_but_one) == (31, 40, 30)
    assert card(result, "fit").headline.en == "40\u00a0GB a month would have been enough"


def test_more_to_spare_asks_for_a_larger_size() -> None:
    assert found(spare=50).size == 60


def test_a_plan_that_is_too_small_asks_for_attention() -> None:
    fit = card(found(plans=[plan(data=20e9)]), "fit")
    assert (fit.tone, "2 months of 2" in fit.headline.en) == ("attention", True)


def test_a_plan_that_fits_is_good() -> None:
    assert card(found(plans=[plan(data=40e9)]), "fit").tone == "good"


def test_without_limit_there_is_nothing_to_hold_it_against() -> None:
    result = found(plans=[plan(unlimited="all")])
    assert (result.data, result.minutes, result.messages) == (None, None, None)
    assert card(result, "fit").comparison is None


def test_without_a_plan_the_use_is_told_and_what_is_missing() -> None:
    blocks = said(found(plans=[]))
    assert isinstance(blocks["fit"], Card)
    assert isinstance(blocks["price"], NoInsight)


def test_a_plan_that_ended_or_is_no_mobile_is_not_the_plan() -> None:
    ended = plan(end=datetime(2026, 1, 1, tzinfo=PARIS))
    assert found(plans=[ended]).plan is None
    assert found(plans=[plan(kind="internet")]).plan is None


def test_of_two_lines_the_one_that_is_used_most_is_looked_at() -> None:
    other = Pseudonym("other")
    uses = [*daily(MARCH, APRIL), *(use(MARCH, line=other) for _ in range(3))]
    result = found(uses, [plan(line=other, data=1e9), plan()])
    assert (result.plan and result.plan.line, result.others) == (MINE, 1)


def test_uses_that_name_no_line_are_of_the_only_one() -> None:
    assert found(daily(MARCH, APRIL, line=None)).plan is not None


def test_the_price_of_a_gigabyte_is_that_of_the_bills() -> None:
    bills = [
        bill(date(2026, 3, 12), "24.40", ("standing", "20.33")),
        bill(date(2026, 4, 12), "24.40", ("standing", "20.33")),
    ]
    price = card(found(plans=[plan(price=euros("24.40"))], bills=bills), "price")
    assert "€0.80" in price.headline.en


def test_what_a_bill_holds_beside_the_plan() -> None:
    bills = [bill(date(2026, 3, 12), "32.00", ("standing", "16.67"), ("use", "10.00"))]
    result = found(bills=bills)
    assert round(result.extra, 2) == Decimal("12.00")


def test_a_box_of_the_same_operator_and_other_issuers_are_not_the_lines_bills() -> None:
    bills = [
        bill(date(2026, 3, 12), "29.99", ("standing", "24.99")),
        bill(date(2026, 3, 12), "20.00", ("standing", "16.67"), issuer="Autre"),
    ]
    assert found(bills=bills).bills == ()


def test_a_bill_of_which_only_the_sum_is_known_has_nothing_beside() -> None:
    (only,) = found(bills=[bill(date(2026, 3, 12), "21.00")]).bills
    assert (only.total, only.extra) == (Decimal("21.00"), Decimal())


def test_rounding_of_taxes_is_nothing_beside_the_plan() -> None:
    (only,) = found(bills=[bill(date(2026, 3, 12), "20.01", ("standing", "16.67"))]).bills
    assert only.extra == 0


def test_costs_of_single_uses_are_told_where_bills_are_silent() -> None:
    uses = [*daily(MARCH, APRIL), use(APRIL, roaming=True, cost=euros("7.50"))]
    result = found(uses)
    assert (result.extra, result.cost_abroad) == (Decimal("7.50"), Decimal("7.50"))


def test_an_alert_is_for_the_last_weeks_only() -> None:
    lines = (("standing", "16.67"), ("use", "10.00"))
    assert "extra-now" in said(found(bills=[bill(date(2026, 4, 12), "32.00", *lines)]))
    assert "extra-now" not in said(found(bills=[bill(date(2026, 2, 12), "32.00", *lines)]))


def test_until_when_one_is_bound_is_said() -> None:
    assert "bound until" in card(found(plans=[plan(engaged_until=date(2026, 9, 1))]), "fit").body.en
    assert "free to change" in card(found(plans=[plan(engaged_until=date(2025, 9, 1))]), "fit").body.en


def test_half_a_month_is_not_enough() -> None:
    (nothing,) = advice(found(daily(date(2026, 4, 10), APRIL)))
    assert isinstance(nothing, NoInsight)


@given(st.floats(0, 600))
def test_a_size_holds_what_is_used_and_the_next_smaller_does_not(used: float) -> None:
    size = enough(used)
    if size is None:
        assert used > sizes()[-1]
    else:
        assert size >= used
        assert all(other < used for other in sizes() if other < size)


def test_sizes_grow() -> None:
    assert list(sizes()) == sorted(set(sizes()))
