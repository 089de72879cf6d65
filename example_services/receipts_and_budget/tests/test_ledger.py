from __future__ import annotations

from datetime import date

from receipts_and_budget.ledger import _without_own

from .conftest import line

DAY = date(2026, 3, 9)


def test_a_transfer_between_own_accounts_is_left_out_on_both() -> None:
    out, into = line(DAY, "-300.00", "VIR", "transfer"), line(DAY, "300.00", "VIR", "transfer", account=1)
    rent = line(DAY, "-700.00", "VIR LOYER", "transfer")
    assert list(_without_own([out, into, rent])) == [rent]


def test_money_from_others_of_the_same_amount_is_kept() -> None:
    both = [line(DAY, "-300.00", "VIR LOYER", "transfer"), line(DAY, "300.00", "VIR ADA", "transfer")]
    assert list(_without_own(both)) == both


def test_one_that_came_is_taken_for_one_that_went() -> None:
    twice = [line(DAY, "-300.00", "VIR", "transfer"), line(DAY, "-300.00", "VIR", "transfer")]
    left = list(_without_own([*twice, line(DAY, "300.00", "VIR", "transfer", account=1)]))
    assert len(left) == 1
