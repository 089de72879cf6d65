"""A persona is coherent, exact, the same everywhere, and tells the truth about itself."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.errors import RequestError
from selfdata_sdk.model import MeterInstallation, Table
from selfdata_sdk.model.column import Codes, Column, Ints, Lists, Moneys, same
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.time import micros
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.personas import KINDS, PERSONAS, Persona, Truth, persona
from selfdata_sdk.testing.personas.affairs import SHOWN
from selfdata_sdk.testing.personas.life import live
from selfdata_sdk.testing.personas.persona import HOLDER

TYPES = {
    "water.reading/1", "water.use/1", "electricity.use/1", "electricity.reading/1", "electricity.peak/1",
    "home.household/1", "supply.point/1", "supply.contract/1", "supply.meter/1",
}  # fmt: skip
BESIDE = {
    "bank.account/1", "bank.balance/1", "bank.transaction/1", "bill.invoice/1", "identity.contact/1",
    "insurance.contract/1", "mobility.trip/1", "post.parcel/1", "purchase.receipt/1",
    "telecom.line/1", "telecom.usage/1",
}  # fmt: skip
GAS = {"gas.reading/1", "gas.use/1"}
NAMES = st.sampled_from(sorted(PERSONAS))
LIFE = settings(max_examples=25, deadline=None)


def table(p: Persona | Sequence[Table], record_type: str, register: str = "") -> Table:
    tables = p.tables if isinstance(p, Persona) else p
    (found,) = [t for t in tables if t.series.type == record_type and t.series.register == register]
    return found


def amounts(p: Persona, record_type: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    field = {"water": "litres", "electricity": "energy", "gas": "volume"}[record_type.partition(".")[0]]
    return table(p, record_type).ints(field)


def digest(p: Persona) -> str:
    """SHA-256 over all columns, as little-endian 64-bit integers and words, and over the records of short tables."""
    done = hashlib.sha256()
    for t in p.tables:
        done.update(repr(t.series.key).encode())
        if len(t) < 5:
            for record in t.records():
                done.update(record.model_dump_json(exclude_none=True).encode())
        for name in sorted(t.columns):
            done.update(name.encode())
            for part in parts(t.columns[name]):
                done.update(part)
    return done.hexdigest()[:16]


def parts(column: Column) -> Iterator[bytes]:
    match column:
        case Ints():
            yield column.values.astype("<i8").tobytes()
        case Codes():
            yield column.indexes.astype("<i4").tobytes() + "\0".join(column.words).encode()
        case Moneys():
            for of in (column.unscaled, column.exponent, column.currency):
                yield from parts(of)
        case Lists():
            yield column.offsets.astype("<i8").tobytes()
            for name in sorted(column.items):
                yield from parts(column.items[name])


PINNED: dict[tuple[str, int], str] = {
    ("single_flat", 0): "44e2f02a3bb88f62",
    ("single_flat", 1): "5571431156951147",
    ("family_garden", 0): "3b837a23f1c867ef",
    ("electric_commuter", 7): "b25fc669b4f2309f",
    ("second_home", 0): "2b9847194d7d667b",
    ("slow_leak_couple", 2**64): "4d927ad59d7087e8",
}


@pytest.mark.parametrize(("name", "seed"), PINNED)
def test_the_same_seed_gives_the_same_bytes_on_any_platform(name: str, seed: int) -> None:
    assert digest(persona(name, seed=seed)) == PINNED[name, seed]


@given(NAMES, st.integers(0, 2**70), st.integers(0, 20))
@LIFE
def test_a_seed_makes_one_life_and_another_seed_another(name: str, seed: int, days: int) -> None:
    one = digest(persona(name, seed=seed, days=days))
    assert one == digest(persona(name, seed=seed, days=days))
    assert one != digest(persona(name, seed=seed + 1, days=days))


@pytest.mark.parametrize("name", sorted(PERSONAS))
def test_a_persona_has_every_record_of_its_home(name: str) -> None:
    p = persona(name)
    bikes = {"mobility.rental/1"} if name == "student_share" else set()
    drive = name in ("electric_commuter", "second_home", "slow_leak_couple")
    transit = set() if drive else {"mobility.validation/1"}
    gas = GAS if p.home.has_gas else set()
    assert {t.series.type for t in p.tables} == TYPES | BESIDE | transit | bikes | gas
    assert {t.series.holder for t in p.tables} == {HOLDER}
    assert {s.holder for t in p.tables for s in t.sources} == {HOLDER}
    assert len(table(p, "electricity.use/1")) > 18_800
    assert len(table(p, "water.use/1")) > 9_400
    assert p.now.utcoffset() is not None
    assert p.now > max(s.retrieved_at for t in p.tables for s in t.sources) - timedelta(seconds=1)


@pytest.mark.parametrize("name", sorted(PERSONAS))
def test_the_store_takes_a_persona_and_holds_what_it_says(name: str) -> None:
    p = persona(name)
    with PersonalStore(MemoryCloud()) as store:
        first, *later = p.write(store)
        assert first.created
        assert first.updated == 0
        assert ("revision" in p.quirks) == any(w.updated for w in later)
        for t in p.tables:
            (read,) = store.read(t.record_type, series=t.series).tables
            assert len(read) == len(t)
            for field in fields_of(t.record_type):
                assert same(read.column(field), t.column(field)).all(), (t.series.type, field)
        again = p.write(store)
        assert [(w.created, w.updated) for w in again] == [(0, 0)]
        assert store.history("supply.point") == []


@given(
    NAMES,
    st.integers(0, 99),
    st.dates(date(1980, 1, 1), date(2090, 1, 1)),
    st.integers(0, 45),
    st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.integers(0, 44), st.integers(1, 20)), max_size=4),
)
@LIFE
def test_any_life_with_anything_planted_is_valid_and_never_negative(
    name: str, seed: int, start: date, days: int, planted: list[tuple[str, int, int]]
) -> None:
    plant = [
        Truth.planned(kind, start + timedelta(days=day), lasts, "7.5", "", "Europe/Paris")
        for kind, day, lasts in planted
        if day < days
    ]
    p = live(PERSONAS[name], seed=seed, start=start, days=days, plant=plant, strict=False)
    with PersonalStore(MemoryCloud()) as store:
        p.write(store)  # refuses what breaks a rule, a negative quantity too
        for t in p.tables:
            (read,) = store.read(t.record_type, series=t.series).tables
            assert all(same(read.column(f), t.column(f)).all() for f in fields_of(t.record_type))
        assert all(w.created == w.updated == 0 for w in p.write(store))
    assert {t for t in plant if t.kind not in SHOWN | {"absence"}} <= set(p.truths)


@given(NAMES, st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(1, 15), st.integers(1, 15))
@LIFE
def test_a_shorter_time_is_the_beginning_of_a_longer_one(name: str, start: date, days: int, more: int) -> None:
    short, long = (live(PERSONAS[name], start=start, days=d) for d in (days, days + more))
    for t in short.tables:
        if t.series.cadence:
            longer = table(long.tables, t.series.type, t.series.register)
            for field in ("start", "end", "at", "litres", "energy", "volume", "power", "device"):
                if field in t.columns:
                    assert same(t.column(field), longer.column(field).take(slice(0, len(t)))).all()


def test_a_persona_of_no_days_and_of_one_day() -> None:
    none, one = persona("family_garden", days=0), persona("family_garden", days=1)
    assert {t.series.type for t in none.tables} == {
        "home.household/1", "supply.point/1", "supply.contract/1", "supply.meter/1",
        "water.reading/1", "electricity.reading/1",
        "bank.account/1", "identity.contact/1", "insurance.contract/1", "telecom.line/1",
    }  # fmt: skip
    assert len(table(one, "water.use/1")) == 24
    assert len(table(one, "electricity.use/1")) == 48
    assert one.now == none.now + timedelta(days=1)


def test_days_of_23_and_25_hours_have_that_many_records() -> None:
    p = persona("single_flat")
    start = table(p, "water.use/1").ints("start")
    for day, hours in ((date(2025, 10, 26), 25), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        low, high = (micros(_midnight(d)) for d in (day, day + timedelta(days=1)))
        assert ((start >= low) & (start < high)).sum() == hours


def test_life_goes_by_the_clock_on_the_wall() -> None:
    """Breakfast is at the same local hour on both sides of the change of clocks."""
    p = persona("slow_leak_couple")
    t = table(p, "water.use/1")
    start, litres = t.ints("start"), t.ints("litres")

    def busiest(first: date) -> int:
        low = micros(_midnight(first))
        sums = [litres[(start >= low) & (start < low + 14 * 86_400_000_000)][h::24].sum() for h in range(24)]
        return int(np.argmax(sums[:12]))

    assert busiest(date(2025, 10, 1)) == busiest(date(2025, 10, 27)) == 7


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize("name", sorted(PERSONAS))
def test_an_absence_shows_on_every_meter(name: str) -> None:
    p = persona(name)
    leaks = [t for t in p.truths if t.kind == "leak"]
    water, power = table(p, "water.use/1"), table(p, "electricity.use/1")
    usual = np.median(power.ints("energy"))
    gone = [t for t in p.truths if t.kind == "absence"]
    assert gone
    for truth in gone:
        assert truth.end is not None
        low, high = micros(truth.start), micros(truth.end)
        dry = water.ints("litres")[(water.ints("start") >= low) & (water.ints("end") <= high)]
        if not any(leak.start < truth.end for leak in leaks):
            assert dry.sum() == 0
        if p.home.heating in ("gas", "district_heat"):
            quiet = power.ints("energy")[(power.ints("start") >= low) & (power.ints("end") <= high)]
            assert quiet.max(initial=0) < 2 * usual
        if p.home.has_gas and p.home.heating == "gas":
            gas = table(p, "gas.use/1")
            inside = (gas.ints("start") >= low) & (gas.ints("end") <= high)
            # In winter protection from frost burns some.
            if inside.any() and truth.start.month in range(5, 10):
                assert gas.ints("volume")[inside].max() == 0


@pytest.mark.parametrize(
    "text", ["leak@2026-03-12:20L/h", "leak@2026-03-12:7.5L/h:10d", "running-toilet@2025-10-25:3d"]
)
def test_a_planted_leak_adds_just_its_flow_from_its_date_on(text: str) -> None:
    plain, planted = persona("single_flat"), persona("single_flat", plant=[text])
    (truth,) = set(planted.truths) - set(plain.truths)
    t = table(plain, "water.use/1")
    more = amounts(planted, "water.use/1") - amounts(plain, "water.use/1")
    assert truth.amount is not None
    inside = t.ints("start") >= micros(truth.start)
    if truth.end is not None:
        inside &= t.ints("end") <= micros(truth.end)
    # The dial counts whole litres.
    assert np.abs(more[inside] - int(truth.amount * 1000)).max() <= 1000
    assert abs(more[inside].sum() - int(truth.amount * 1000) * inside.sum()) <= 1000
    assert np.abs(more[~inside]).max() <= 1000
    assert abs(more[~inside].sum()) <= 1000
    assert (amounts(planted, "electricity.use/1") == amounts(plain, "electricity.use/1")).all()


def test_a_planted_standby_adds_just_its_power() -> None:
    plain, planted = persona("holiday_family"), persona("holiday_family", plant=["standby@2026-01-10:60W:30d"])
    more = amounts(planted, "electricity.use/1") - amounts(plain, "electricity.use/1")
    assert more.sum() == 60 * 24 * 30 * 1000
    assert (more != 0).sum() == 48 * 30
    assert (amounts(planted, "water.use/1") == amounts(plain, "water.use/1")).all()


def test_a_planted_absence_empties_the_home_and_is_among_the_truths() -> None:
    planted = Truth.parse("absence@2026-05-04:14d", "Europe/Paris")
    p = persona("family_garden", plant=[planted])
    assert planted in p.truths
    water = table(p, "water.use/1")
    assert planted.end is not None
    inside = (water.ints("start") >= micros(planted.start)) & (water.ints("end") <= micros(planted.end))
    assert inside.sum() == 14 * 24
    assert water.ints("litres")[inside].sum() == 0


def test_absences_that_touch_are_one() -> None:
    p = persona("holiday_family", plant=["absence@2025-10-27:3d"])
    assert "absence@2025-10-19:11d" in [str(t) for t in p.truths]


@pytest.mark.parametrize("meter", ["water", "electricity", "gas"])
def test_a_gap_leaves_nothing_inside_and_a_reading_on_each_side(meter: str) -> None:
    p = persona("family_garden", plant=[f"gap@2026-01-12:4d:{meter}"])
    (truth,) = [t for t in p.truths if str(t) == f"gap@2026-01-12:4d:{meter}"]
    assert truth.end is not None
    low, high = micros(truth.start), micros(truth.end)
    uses, readings = table(p, f"{meter}.use/1"), table(p, f"{meter}.reading/1").ints("at")
    assert not ((uses.ints("start") < high) & (uses.ints("end") > low)).any()
    assert not ((readings > low) & (readings < high)).any()
    assert ((readings <= low) & (readings > low - 86_400_000_000)).any()
    assert ((readings >= high) & (readings < high + 86_400_000_000)).any()
    others = {"water", "electricity", "gas"} - {meter}
    plain = persona("family_garden")
    assert all(len(table(p, f"{m}.use/1")) == len(table(plain, f"{m}.use/1")) for m in others)


@pytest.mark.parametrize("meter", ["water", "electricity", "gas"])
def test_a_replaced_meter_begins_at_0_and_is_written_down(meter: str) -> None:
    p = persona("student_share", plant=[f"meter-swap@2026-02-03:{meter}"])
    readings = table(p, f"{meter}.reading/1")
    device = readings.column("device")
    assert isinstance(device, Codes)
    change = int(np.flatnonzero(np.diff(device.indexes))[0])
    assert device.indexes[change + 1] > device.indexes[change]
    field = {"water": "litres", "electricity": "energy", "gas": "volume"}[meter]
    assert readings.ints(field)[change + 1] < readings.ints(field)[change]
    with PersonalStore(MemoryCloud()) as store:
        p.write(store)
        installed = [
            r
            for r in store.read(MeterInstallation).records()
            if isinstance(r, MeterInstallation) and r.commodity == meter
        ]
    old, new = sorted(installed, key=lambda r: r.start)
    assert old.end == new.start
    assert new.end is None
    assert [old.device, new.device] == list(device.words)
    uses = table(p, f"{meter}.use/1")
    assert not ((uses.ints("start") < micros(new.start)) & (uses.ints("end") > micros(new.start))).any()


def test_a_revision_is_first_estimated_and_provisional_and_then_measured_and_final() -> None:
    p = persona("shift_worker", plant=["revision@2026-01-12:5d:water"])
    with PersonalStore(MemoryCloud()) as store:
        p.write(store)
        before = store.history("water.use")
    assert len(before) == 5 * 24
    assert {(r.quality, r.status, r.revision) for r in before} == {("estimated", "provisional", 1)}
    t = table(p, "water.use/1")
    inside = t.ints("revision") == 2
    assert inside.sum() == 5 * 24
    words = [t.column(name).take(inside).list() for name in ("quality", "status")]  # type: ignore[union-attr]
    assert [set(w) for w in words] == [{"derived"}, {"final"}]
    total = sum(r.litres for r in before)  # type: ignore[attr-defined]
    assert abs(int(total * 1000) - t.ints("litres")[inside].sum()) <= 1000, "an estimate is right as a whole"


def test_a_revision_at_the_end_of_the_data_is_still_to_come() -> None:
    p = persona("shift_worker", plant=["revision@2026-10-28:9d:water"])
    t = table(p, "water.use/1")
    status = t.column("status")
    assert isinstance(status, Codes)
    assert status.list()[-4 * 24 :] == ["provisional"] * 96
    assert status.list()[-4 * 24 - 1] == "final"


def test_a_rollover_begins_again_at_0_without_loss_of_use() -> None:
    plain = persona("family_garden")
    rolled = persona("family_garden", plant=["rollover@2026-01-20:gas"])
    index = amounts(rolled, "gas.reading/1")
    assert (np.diff(index) < 0).sum() == 1
    assert (amounts(rolled, "gas.use/1") == amounts(plain, "gas.use/1")).all()


def test_registers_add_up_to_the_total() -> None:
    p = persona("electric_commuter", plant=["meter-swap@2026-02-03:electricity"])
    total, day, night = (table(p, "electricity.reading/1", r).ints("energy") for r in ("", "F1", "F2"))
    assert ((day + night) % (10**9 * 1000) == total).all()
    assert (np.diff(night) > np.diff(day)).mean() > 0.5, "the car is charged in the cheap hours"


def test_gas_energy_is_volume_times_coefficient() -> None:
    t = table(persona("student_share"), "gas.use/1")
    exact = t.ints("volume") * t.ints("coefficient")
    assert np.abs(t.ints("energy") * 10_000 - exact).max() <= 5_000


def test_mean_power_is_energy_over_half_an_hour_and_no_more_than_the_peak_of_the_day() -> None:
    t = table(persona("single_flat"), "electricity.use/1")
    assert (t.ints("power") == 2 * t.ints("energy")).all()


@pytest.mark.parametrize("name", sorted(PERSONAS))
def test_peaks_are_within_the_subscribed_power(name: str) -> None:
    p = persona(name)
    peaks = table(p, "electricity.peak/1").ints("power")
    assert peaks.max() <= p.home.power * 1_000_000
    assert peaks.min() > 0


def test_each_quirk_is_some_personas() -> None:
    known = frozenset().union(*(home.quirks for home in PERSONAS.values()))
    assert known == {"gap", "revision", "meter-swap", "rollover"}
    for name, home in PERSONAS.items():
        assert persona(name).quirks == home.quirks


def test_truths_are_in_order_of_time() -> None:
    for name in PERSONAS:
        starts = [t.start for t in persona(name, plant=["leak@2026-03-12:20L/h"]).truths]
        assert starts == sorted(starts)


def test_what_cannot_be_planted_is_refused() -> None:
    with pytest.raises(RequestError, match="lies outside the data") as error:
        persona("single_flat", plant=["leak@2027-03-12:20L/h"])
    assert "from 2025-09-27 to 2026-10-31" in error.value.next
    with pytest.raises(RequestError, match="no gas meter"):
        persona("single_flat", plant=["gap@2026-03-12:2d:gas"])
    with pytest.raises(RequestError, match="no kind of truth"):
        persona("single_flat", plant=["flood@2026-03-12"])


def test_an_unknown_persona_is_refused_with_the_nearest_or_all() -> None:
    with pytest.raises(RequestError, match="Did you mean family_garden"):
        persona("family-garden")
    with pytest.raises(RequestError, match="There are single_flat, "):
        persona("zzz")


@pytest.mark.parametrize("days", [-1, 3661])
def test_too_few_and_too_many_days_are_refused(days: int) -> None:
    with pytest.raises(RequestError, match="0 days or more"):
        persona("single_flat", days=days)


def test_personas_need_no_test_library() -> None:
    code = (
        "import sys; from selfdata_sdk.testing.personas import persona; persona('single_flat', days=2);"
        "print([m for m in ('hypothesis', 'pytest') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_texts_are_in_both_languages() -> None:
    for home in PERSONAS.values():
        assert home.title.en != home.title.fr
        assert home.story.en != home.story.fr
    assert all(kind.title.en != kind.title.fr for kind in KINDS.values())
