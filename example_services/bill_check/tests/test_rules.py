"""The check keeps every rule for services, and finds what is wrong in invented households."""

from __future__ import annotations

import pytest
from bill_check import bill_check

from selfdata_sdk.testing import persona, run_on, service_tests

TestBillCheck = service_tests(bill_check)


def said(name: str, *truths: str) -> set[str]:
    """The kinds of findings that call for attention."""
    blocks = run_on(bill_check, persona(name, plant=truths)).blocks
    wrong = {"misbilled", "twice", "copy", "unpaid", "price"}
    return {block.id.partition("-")[0] for block in blocks} & wrong


@pytest.mark.parametrize("name", ["single_flat", "shift_worker", "electric_commuter", "holiday_family"])
def test_nothing_is_wrong_where_nothing_was_planted(name: str) -> None:
    assert said(name) == set()


@pytest.mark.parametrize(
    ("truth", "finding"),
    [
        ("wrong-index@2026-03-01:500kW.h", "misbilled"),
        ("double-debit@2026-03-01", "twice"),
        ("duplicate-bill@2026-03-01", "copy"),
        ("missed-payment@2026-03-01", "unpaid"),
        ("price-rise@2026-05-01:8%", "price"),
    ],
)
def test_what_is_planted_is_found_and_nothing_else(truth: str, finding: str) -> None:
    assert said("single_flat", truth) == {finding}
