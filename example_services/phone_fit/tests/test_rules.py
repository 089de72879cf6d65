"""The service keeps every rule for services, and finds what was planted."""

from __future__ import annotations

import pytest
from phone_fit import phone_fit

from selfdata_sdk import Alert, Block, Card
from selfdata_sdk.testing import persona, run_on, service_tests

TestPhoneFit = service_tests(phone_fit)


def blocks(*truths: str) -> dict[str, Block]:
    return {b.id: b for b in run_on(phone_fit, persona("single_flat", plant=truths)).blocks}


def test_a_bill_beside_the_plan_of_the_last_weeks_raises_an_alert() -> None:
    alert = blocks("phone-overage@2026-10-02:15EUR")["extra-now"]
    assert isinstance(alert, Alert)
    assert "€15.00" in alert.what.en


def test_one_of_long_ago_is_told_without_an_alert() -> None:
    found = blocks("phone-overage@2026-03-02:15EUR")
    assert "extra-now" not in found
    card = found["extra"]
    assert isinstance(card, Card)
    assert "€15.00" in card.headline.en


def test_what_abroad_cost_is_told() -> None:
    card = blocks("roaming@2026-05-02:12.50EUR")["abroad"]
    assert isinstance(card, Card)
    assert "€12.50" in card.body.en


@pytest.mark.parametrize("name", ["single_flat", "family_garden", "student_share"])
def test_nothing_beside_the_plan_is_found_where_there_is_none(name: str) -> None:
    found = {b.id for b in run_on(phone_fit, persona(name)).blocks}
    assert not found & {"extra", "extra-now"}
    assert "fit" in found
