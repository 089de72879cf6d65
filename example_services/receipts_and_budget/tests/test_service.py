"""The whole way: records into a store, through the broker into the service, blocks out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from receipts_and_budget import receipts_and_budget
from receipts_and_budget.recurring import later

from selfdata_sdk import Alert, Block, Card, Chart, NoInsight
from selfdata_sdk.model import Payment, ReceiptLine, Record
from selfdata_sdk.service.deriving import is_stale
from selfdata_sdk.service.project import Project
from selfdata_sdk.testing import persona, run_on

from .conftest import PARIS, booked, euros, receipt

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 6, 20, 8, tzinfo=PARIS)
HEADSET = ReceiptLine(label="Headset", amount=euros("79.90"), vat=Decimal(20), unit="1")


def blocks(records: Iterable[Record], least: int = 30) -> dict[str, Block]:
    return {b.id: b for b in run_on(receipts_and_budget, records, now=NOW, least=least).blocks}


def card(found: dict[str, Block], id: str) -> Card:
    block = found[id]
    assert isinstance(block, Card)
    return block


def films(*amounts: str) -> list[Record]:
    return [booked(later(date(2026, 1, 16), i), amount, "CARTE FILMS") for i, amount in enumerate(amounts)]


def test_a_forgotten_subscription_of_a_persona_is_asked_about() -> None:
    person = persona("family_garden", plant=["forgotten-subscription@2026-01-12:12.99EUR"])
    found = {b.id: b for b in run_on(receipts_and_budget, person).blocks}
    assert "Persona Fitness €12.99 a month since 22 Jan 2026" in card(found, "subscriptions").body.en
    assert "Persona Fitness 12,99 €" in card(found, "subscriptions").body.fr.replace("\u00a0", " ")


def test_nothing_is_asked_about_what_was_not_planted() -> None:
    found = {b.id: b for b in run_on(receipts_and_budget, persona("family_garden")).blocks}
    assert "Fitness" not in card(found, "subscriptions").body.en


def test_a_card_line_is_told_by_its_receipt() -> None:
    found = blocks(
        [
            booked(date(2026, 6, 12), "-79.90", "CARTE 10/06 GRAND MAGASIN"),
            receipt(date(2026, 6, 10), "Grand magasin", "79.90", HEADSET),
        ]
    )
    last = card(found, "payment-last")
    assert last.headline.en == "Grand magasin, 10 Jun 2026: €79.90"
    assert last.body.en == "What was bought: Headset €79.90."
    assert "card was used on that day" in last.why.en
    assert card(found, "guarantees").body.en == "Headset (€79.90) until 10 Jun 2028."


def test_a_part_paid_by_voucher_leaves_the_part_paid_by_card() -> None:
    paid = (Payment(means="meal_voucher", amount=euros("25.00")), Payment(means="card", amount=euros("54.90")))
    found = blocks(
        [
            booked(date(2026, 6, 12), "-54.90", "CARTE GRAND MAGASIN"),
            receipt(date(2026, 6, 10), "Grand magasin", "79.90", HEADSET, paid=paid),
        ]
    )
    assert "€79.90 in all" in card(found, "payment-last").why.en


def test_a_receipt_paid_in_cash_is_not_looked_for() -> None:
    found = blocks(
        [
            booked(date(2026, 6, 12), "-79.90", "CARTE 10/06 GRAND MAGASIN"),
            receipt(
                date(2026, 6, 10),
                "Grand magasin",
                "79.90",
                HEADSET,
                paid=(Payment(means="cash", amount=euros("79.90")),),
            ),
        ]
    )
    assert "payment-last" not in found
    assert "Paid without a card: 1." in card(found, "matched").body.en


def test_a_price_rise_is_an_alert_while_it_is_new() -> None:
    found = blocks(films("-9.99", "-9.99", "-9.99", "-9.99", "-9.99", "-11.99"))
    alert = found["price-rise"]
    assert isinstance(alert, Alert)
    assert alert.what.en == "Films costs 20% more"
    assert alert.key == "price-rise-2026-06-16"
    assert card(found, "price-rises").metric is not None
    assert "price-rise" not in blocks(films("-9.99", "-9.99", "-9.99", "-11.99", "-11.99", "-11.99"))


def test_payments_to_come_are_drawn() -> None:
    chart = blocks(films(*["-9.99"] * 6))["ahead"]
    assert isinstance(chart, Chart)
    assert [(p.at, p.value) for p in chart.points] == [(date(2026, 7, 16), 9.99)]


def test_lines_in_another_currency_are_left_out_and_counted() -> None:
    foreign = booked(date(2026, 6, 1), "-5.00", "CARTE X").model_copy(
        update={"amount": euros("-5.00").model_copy(update={"currency": "CHF"})}
    )
    food = [booked(date(2026, day, 2), "-20.00", "CB LIDL") for day in (3, 4, 5)]
    found = blocks([*food, foreign])
    assert "other currencies left out: 1" in card(found, "food").why.en
    assert card(found, "food").headline.en == "Food: 100% of spending, or more"


@pytest.mark.parametrize("least", [30, 500])
def test_the_setting_says_what_lasts(least: int) -> None:
    found = blocks([receipt(date(2026, 6, 10), "Grand magasin", "79.90", HEADSET)], least=least)
    assert ("inventory" in found) is (least == 30)
    assert isinstance(found["no-bank"], NoInsight)


def test_sums_may_be_larger_than_amounts_in_records() -> None:
    found = blocks([booked(date(2026, month, 2), f"-{9 * 10**15}.00", "CB LIDL") for month in range(1, 7)])
    assert card(found, "food").metric is not None
    assert "9,000,000,000,000,000" in card(found, "subscriptions").body.en


def test_an_empty_store_says_what_would_help() -> None:
    (block,) = blocks([]).values()
    assert isinstance(block, NoInsight)


def test_the_manifest_is_what_the_code_asks_for() -> None:
    assert not is_stale(ROOT / "receipts_and_budget" / "manifest.json", receipts_and_budget, Project.read(ROOT))
