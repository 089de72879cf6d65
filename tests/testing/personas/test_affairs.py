"""Money, bills, shopping and trips hang together with the meters, and their truths can be found in them."""

from __future__ import annotations

import pickle
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.errors import RequestError
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.personas import KINDS, PERSONAS, Link, Persona, Truth, persona
from selfdata_sdk.testing.personas.life import live

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
def test_bills_charge_what_the_meters_counted_and_what_was_estimated_is_put_right(name: str) -> None:
    p = persona(name)
    seen = set()
    for commodity, field in (("water", "litres"), ("electricity", "energy")):
        uses = [
            (u.start.astimezone(p.now.tzinfo).date(), getattr(u, field) / 1000)
            for u in records(p, f"{commodity}.use/1")
        ]
        lost = any(t.kind in ("gap", "meter-swap") and t.meter in ("", commodity) for t in p.truths)
        billed = Decimal(0)
        for b in bills(p, f"Persona {commodity}"):
            billed += sum(line.quantity for line in b.lines if line.kind == "use")
            estimated = any(i.estimated for i in b.indexes)
            seen.add((commodity, estimated))
            used = sum((amount for day, amount in uses if day < b.period_end), Decimal(0))
            if not estimated:
                assert billed >= used - 2
                assert lost or abs(billed - used) <= 2
            if len(b.indexes) == 1:
                (index,) = b.indexes
                assert index.last - index.first == sum(line.quantity for line in b.lines if line.kind == "use")
    assert seen == {("water", False), ("electricity", False)} | (
        set() if name == "family_garden" else {("electricity", True)}
    )


@given(NAMES, st.integers(0, 999))
@LIFE
def test_nothing_is_booked_at_week_ends(name: str, seed: int) -> None:
    assert all(t.on.weekday() < 5 for t in records(persona(name, seed=seed), "bank.transaction/1"))


@pytest.mark.parametrize("name", sorted(PERSONAS))
def test_what_is_left_is_saved_and_the_account_neither_empties_nor_fills(name: str) -> None:
    p = persona(name)
    balances = [b.amount.amount for b in records(p, "bank.balance/1")]
    earned = sum(t.amount.amount for t in records(p, "bank.transaction/1") if t.amount.amount > 0)
    assert min(balances) > -500
    assert abs(balances[-1] - balances[0]) < earned / 10


@pytest.mark.parametrize("name", sorted(PERSONAS))
def test_food_is_a_usual_share_of_what_is_spent(name: str) -> None:
    p = persona(name)
    food = sum(
        line.amount.amount for r in records(p, "purchase.receipt/1") for line in r.lines if line.category == "food"
    )
    spent = -sum(
        t.amount.amount for t in records(p, "bank.transaction/1") if t.amount.amount < 0 and "EPARGNE" not in t.label
    )
    assert Decimal("0.12") < food / spent < Decimal("0.26")


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


@pytest.mark.parametrize("wrong", [500, 5000])
def test_a_wrong_index_is_charged_and_put_right_by_the_next_bill(wrong: int) -> None:
    plain, planted = persona("single_flat"), persona("single_flat", plant=[f"wrong-index@2026-03-01:{wrong}kW.h"])
    found = zip(bills(plain, "Persona electricity"), bills(planted, "Persona electricity"), strict=True)
    (before, after), (then, put_right) = [(a, b) for a, b in found if a.gross != b.gross]
    assert after.lines[1].quantity - before.lines[1].quantity == wrong
    assert after.indexes[0].last - before.indexes[0].last == wrong
    assert put_right.indexes[0].first == after.indexes[0].last
    assert put_right.lines[1].quantity - then.lines[1].quantity == -wrong
    if wrong == 5000:
        assert put_right.gross.amount < 0
        (back,) = links(planted, "bill")[put_right.on, put_right.number].payments
        assert back.amount == -put_right.gross.amount
        assert back.label == "VIR SEPA PERSONA ELECTRICITY"
        with PersonalStore(MemoryCloud()) as store:
            assert planted.write(store)[0].created


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


@pytest.mark.parametrize(("name", "registers"), [("single_flat", 1), ("family_garden", 2)])
def test_a_price_that_rises_splits_the_use_at_its_day(name: str, registers: int) -> None:
    rise = date(2026, 5, 1)
    p, plain = persona(name, plant=["price-rise@2026-05-01:10%"]), persona(name)
    for b, same in zip(bills(p, "Persona electricity"), bills(plain, "Persona electricity"), strict=True):
        use = [line for line in b.lines if line.kind == "use"]
        usual = {line.tariff_class: line.unit_price.amount for line in same.lines if line.kind == "use"}
        assert len(use) == registers * (2 if b.period_start < rise < b.period_end else 1)
        for line in use:
            assert line.end <= rise or line.start >= rise
            factor = Decimal("1.1") if line.start >= rise else Decimal(1)
            assert abs(line.unit_price.amount - usual[line.tariff_class] * factor) <= Decimal("0.000002")
        assert sum(line.quantity for line in use) == sum(line.quantity for line in same.lines if line.kind == "use")


def test_what_will_rise_is_not_known_when_a_year_is_planned() -> None:
    def planned(*plant: str) -> Decimal:
        p = persona("family_garden", plant=plant)
        (schedule,) = [b for b in records(p, "bill.invoice/1") if b.kind == "schedule" and b.commodity == "electricity"]
        amount: Decimal = schedule.gross.amount
        return amount

    assert planned("price-rise@2026-05-01:90%") == planned()


@given(NAMES, st.sampled_from(sorted(KINDS.keys() - {"absence"})), st.integers(0, 129))
@settings(max_examples=60, deadline=None)
def test_a_truth_is_one_just_if_it_changes_what_is_delivered(name: str, kind: str, day: int) -> None:
    start, days = date(2025, 11, 20), 130
    lasts = 0 if KINDS[kind].lasts == "never" else 5
    truth = Truth.planned(kind, start + timedelta(days=day), lasts, "20", KINDS[kind].meter or "", "Europe/Paris")
    p = live(PERSONAS[name], plant=[truth], start=start, days=days, strict=False)
    assert (contents(p) != contents(persona(name, start=start, days=days))) == (truth in p.truths)


def contents(p: Persona) -> list[list[bytes]]:
    return [[pickle.dumps((t.series.key, t.columns)) for t in delivery] for delivery in p.deliveries]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("single_flat", "duplicate-bill@2026-10-30"),
        ("single_flat", "double-debit@2026-10-30"),
        ("single_flat", "missed-payment@2026-10-30"),
        ("single_flat", "wrong-index@2026-10-30"),
        ("single_flat", "wrong-index@2026-03-01:0.4kW.h"),
        ("family_garden", "roaming@2026-03-01:0.004EUR"),
        ("family_garden", "duplicate-bill@2026-10-20"),
        ("family_garden", "missed-payment@2026-10-20"),
        ("family_garden", "price-rise@2026-10-30:8%"),
        ("family_garden", "roaming@2026-10-30"),
        ("family_garden", "forgotten-subscription@2026-10-25"),
    ],
)
def test_what_no_bill_would_show_is_refused_and_left_out_of_many_households(name: str, text: str) -> None:
    with pytest.raises(RequestError, match="Nothing would show it") as error:
        persona(name, plant=[text])
    assert error.value.say("fr") != str(error.value)
    p = live(PERSONAS[name], plant=[text], strict=False)
    assert text.partition("@")[0] not in {t.kind for t in p.truths}


@pytest.mark.parametrize(("kind", "label"), [("roaming", "Itinérance"), ("phone-overage", "Hors forfait")])
def test_what_the_telephone_costs_beside_its_plan_is_in_its_use_and_on_its_bill(kind: str, label: str) -> None:
    p = persona("holiday_family", plant=[f"{kind}@2026-03-12:12.50EUR"])
    (use,) = [u for u in records(p, "telecom.usage/1") if u.cost is not None]
    assert (use.cost.amount, use.roaming) == (Decimal("12.50"), kind == "roaming")
    (bill,) = [b for b in bills(p, "Persona Mobile") if any(line.label == label for line in b.lines)]
    assert bill.period_start <= date(2026, 3, 12) < bill.period_end
    assert bill.gross.amount == Decimal("12.50") + Decimal("15.99")


def test_telephone_bills_follow_each_other_and_their_tax_adds_up() -> None:
    for p in (persona("single_flat"), persona("second_home")):
        found = [b for b in bills(p, "Persona Mobile") if b.contract == "T-mobile"]
        assert all(before.period_end == after.period_start for before, after in pairwise(found))
        for b in found:
            (vat,) = b.vat
            assert (vat.net, vat.tax, vat.gross) == (b.net, b.vat_amount, b.gross)


def test_the_clock_on_the_wall_is_right_on_days_of_23_and_25_hours() -> None:
    p = persona("single_flat")
    data = [u.at.astimezone(p.now.tzinfo) for u in records(p, "telecom.usage/1") if u.kind == "data"]
    assert {(at.hour, at.minute) for at in data} == {(23, 59)}
    assert len({at.date() for at in data}) == len(data) == 400
    assert all(7 <= r.at.astimezone(p.now.tzinfo).hour < 22 for r in records(p, "purchase.receipt/1"))


def test_abroad_is_paid_once_in_its_own_currency() -> None:
    p = persona("holiday_family")
    abroad = [t for t in records(p, "bank.transaction/1") if t.original is not None]
    assert len(abroad) > 1
    assert {t.original.currency for t in abroad} == {"CHF"}
    assert all(t.amount.amount < t.original.amount < 0 for t in abroad)
    away = [(t.start.date(), t.end.date()) for t in p.truths if t.kind == "absence" and t.end]
    assert all(any(low <= t.transaction_date < high for low, high in away) for t in abroad)


def test_who_is_not_in_a_second_home_lives_elsewhere_and_is_on_no_holiday() -> None:
    p = persona("second_home")
    assert not [u for u in records(p, "telecom.usage/1") if u.roaming]
    assert not [t for t in records(p, "bank.transaction/1") if "HOTEL" in t.label]
    assert len(records(p, "purchase.receipt/1")) > 100


def test_small_shops_give_receipts_too_and_not_all_are_kept() -> None:
    p = persona("single_flat")
    kept = [r for r in records(p, "purchase.receipt/1") if r.merchant == "Boulangerie du Coin"]
    paid = [t for t in records(p, "bank.transaction/1") if "BOULANGERIE DU COIN" in t.label]
    assert 0 < len(kept) < len(paid)


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


def test_trips_to_town_are_short_and_by_other_means_and_a_tram_is_walked_to() -> None:
    p = persona("single_flat")
    trips = records(p, "mobility.trip/1")
    assert {"work", "shopping", "leisure", "home"} == {t.purpose for t in trips}
    assert {"walk", "bike", "tram", "metro"} == {w.mode for w in p.ways}
    two = [t for t in trips if len(t.legs) == 2]
    assert two
    for t in two:
        before, after = t.legs if t.purpose != "home" else reversed(t.legs)
        assert (before.mode, after.mode) in {("walk", "tram"), (None, None)}
        assert t.legs[0].end == t.legs[1].start
    for t in trips:
        assert (t.legs[0].start, t.legs[-1].end) == (t.start, t.end)
        assert sum(leg.distance for leg in t.legs) == t.distance
    assert all(before.end <= after.start for before, after in pairwise(trips))


def test_students_hire_bikes_for_some_of_their_rides() -> None:
    p = persona("student_share")
    rides = {w.start for w in p.ways if w.mode == "bike"}
    hired = [r.start for r in records(p, "mobility.rental/1")]
    assert 0.2 < len(hired) / len(rides) < 0.6
    assert set(hired) <= rides
    assert not records(persona("single_flat"), "mobility.rental/1")


def test_the_electric_car_goes_as_far_as_it_is_charged_for() -> None:
    p = persona("electric_commuter")
    assert {w.mode for w in p.ways} == {"electric_car"}
    driven = sum(t.distance for t in records(p, "mobility.trip/1")) / 1000
    drives = len(p.calendar.events.of("drive"))
    assert abs(driven / drives - p.home.car) < 2
