"""Money, bills, shopping and trips hang together with the meters, and their truths can be found in them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.testing.personas import PERSONAS, Link, Persona, persona

NAMES = st.sampled_from(sorted(PERSONAS))
LIFE = settings(max_examples=8, deadline=None)


def records(p: Persona, record_type: str) -> list[Any]:
    return [r for t in p.tables if t.series.type == record_type for r in t.records()]


def links(p: Persona, kind: str) -> dict[tuple[date, str], Link]:
    return {(link.on, link.number): link for link in p.links if link.kind == kind}


@given(NAMES, st.integers(0, 999))
@LIFE
def test_what_receipts_and_bills_say_adds_up_to_the_cent(name: str, seed: int) -> None:
    p = persona(name, seed=seed)
    for r in records(p, "purchase.receipt/1"):
        assert sum(line.amount.amount for line in r.lines) == r.total.amount
        assert sum(v.gross.amount for v in r.vat) == r.total.amount
        assert all(v.net.amount + v.tax.amount == v.gross.amount for v in r.vat)
        assert sum(paid.amount.amount for paid in r.payments) == r.total.amount
    for b in records(p, "bill.invoice/1"):
        assert sum(line.amount.amount for line in b.lines) == b.net.amount
        assert b.net.amount + b.vat_amount.amount == b.gross.amount
        assert b.to_pay.amount == b.gross.amount + (b.balance_before.amount if b.balance_before else 0)
        for line in b.lines:
            if line.unit_price is not None:
                exact = line.quantity * line.unit_price.amount
                assert abs(exact - line.amount.amount) <= Decimal("0.005")


@given(NAMES, st.integers(0, 999))
@LIFE
def test_balances_differ_by_what_was_booked_between_them(name: str, seed: int) -> None:
    p = persona(name, seed=seed)
    booked = records(p, "bank.transaction/1")
    balances = records(p, "bank.balance/1")
    for before, after in pairwise(balances):
        low, high = ((b.at.astimezone(p.now.tzinfo)).date() for b in (before, after))
        between = sum(t.amount.amount for t in booked if low <= t.on < high)
        assert after.amount.amount - before.amount.amount == between


@given(NAMES, st.integers(0, 999))
@LIFE
def test_each_link_names_lines_that_are_there_and_pay_just_that(name: str, seed: int) -> None:
    p = persona(name, seed=seed)
    there = Counter((t.on, t.amount.amount, t.label, t.occurrence) for t in records(p, "bank.transaction/1"))
    for link in p.links:
        for paid in link.payments:
            assert there[paid.on, paid.amount, paid.label, paid.occurrence] == 1
    receipts = links(p, "receipt")
    for r in records(p, "purchase.receipt/1"):
        link = receipts[r.at.astimezone(p.now.tzinfo).date(), r.number]
        card = sum((paid.amount.amount for paid in r.payments if paid.means == "card"), Decimal(0))
        if link.payments:
            assert -sum(paid.amount for paid in link.payments) == card
            assert all(link.on < paid.on <= link.on + timedelta(days=6) for paid in link.payments)


@pytest.mark.parametrize("name", ["single_flat", "electric_commuter", "family_garden"])
def test_bills_charge_what_the_meters_counted(name: str) -> None:
    p = persona(name)
    for b in records(p, "bill.invoice/1"):
        if b.commodity not in ("water", "electricity") or b.kind != "invoice":
            continue
        kind, unit = {"water": ("litres", Decimal(1000)), "electricity": ("energy", Decimal(1000))}[b.commodity]
        used = sum(
            (getattr(u, kind) for u in records(p, f"{b.commodity}.use/1")
             if b.period_start <= u.start.astimezone(p.now.tzinfo).date() < b.period_end), Decimal(0),
        ) / unit  # fmt: skip
        billed = sum(line.quantity for line in b.lines if line.kind == "use")
        gaps = sum(t.kind in ("gap", "meter-swap") for t in p.truths)
        assert billed >= used - 2
        if not gaps:
            assert abs(billed - used) <= 2
        for index in b.indexes:
            assert (
                index.last - index.first in [line.quantity for line in b.lines]
                or len(b.indexes) > 1
                or abs(index.last - index.first - billed) <= 1
            )


def bills(p: Persona, issuer: str) -> list[Any]:
    return [b for b in records(p, "bill.invoice/1") if b.issuer == issuer and b.kind == "invoice"]


def test_a_bill_that_is_sent_twice_is_there_under_two_numbers_and_both_are_paid() -> None:
    plain, planted = persona("single_flat"), persona("single_flat", plant=["duplicate-bill@2026-03-01"])
    more = [b for b in bills(planted, "Persona electricity") if b.number.endswith("B")]
    assert len(bills(planted, "Persona electricity")) == len(bills(plain, "Persona electricity")) + 1
    (again,) = more
    (first,) = [b for b in bills(planted, "Persona electricity") if f"{b.number}B" == again.number]
    assert (first.gross, first.period_start, first.lines) == (again.gross, again.period_start, again.lines)
    assert first.on == date(2026, 3, 9) < again.on


def test_a_wrong_index_is_charged() -> None:
    plain, planted = persona("single_flat"), persona("single_flat", plant=["wrong-index@2026-03-01:500kW.h"])
    found = zip(bills(plain, "Persona electricity"), bills(planted, "Persona electricity"), strict=True)
    differing = [(a, b) for a, b in found if a.gross != b.gross]
    ((before, after),) = differing
    assert after.lines[1].quantity - before.lines[1].quantity == 500
    assert after.indexes[0].last - before.indexes[0].last == 500


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("double-debit@2026-03-01", 1),
        ("missed-payment@2026-03-01", -1),
        ("forgotten-subscription@2026-03-01:9.99EUR", 8),
    ],
)
def test_a_planted_payment_is_booked_or_lacks(text: str, more: int) -> None:
    plain, planted = (
        Counter((t.on, t.amount.amount, t.label) for t in records(p, "bank.transaction/1"))
        for p in (persona("single_flat"), persona("single_flat", plant=[text]))
    )
    assert planted.total() - plain.total() == more
    changed = list((planted - plain) + (plain - planted))
    assert len(changed) == abs(more)
    if more == 8:
        assert {amount for _, amount, _ in changed} == {Decimal("-9.99")}


def test_a_price_that_rises_is_charged_from_the_next_period_on() -> None:
    p = persona("single_flat", plant=["price-rise@2026-05-01:10%"])
    prices = [b.lines[1].unit_price.amount for b in bills(p, "Persona electricity")]
    assert prices[0] == prices[2]
    assert round(prices[-1] / prices[0], 3) == Decimal("1.100")


def test_trips_stop_on_holiday_and_calls_roam() -> None:
    p = persona("holiday_family")
    absence = max((t for t in p.truths if t.kind == "absence"), key=lambda t: t.end - t.start if t.end else timedelta())
    assert absence.end is not None
    assert not [t for t in records(p, "mobility.trip/1") if absence.start <= t.start < absence.end]
    assert not [r for r in records(p, "purchase.receipt/1") if absence.start <= r.at < absence.end]
    inside = [u for u in records(p, "telecom.usage/1") if absence.start <= u.at < absence.end]
    assert inside
    assert all(u.roaming for u in inside)


def test_the_mode_of_a_trip_is_known_to_the_persona_where_the_record_does_not_say_it() -> None:
    p = persona("shift_worker")
    ways = {w.start: w for w in p.ways}
    trips = records(p, "mobility.trip/1")
    assert len(ways) == len(trips)
    assert all((t.mode == ways[t.start].mode) if ways[t.start].told else t.mode is None for t in trips)
    assert 0.2 < sum(t.mode is None for t in trips) / len(trips) < 0.4
