"""The door to a person's data: only what was asked for, in closed local buckets, and nothing of the envelope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.consent.right import Right, asked
from selfdata_sdk.errors import ManifestError
from selfdata_sdk.host.broker import home_zone, open_datasets
from selfdata_sdk.model import (
    REGISTRY,
    HouseholdProfile,
    Record,
    Series,
    Source,
    SupplyContract,
    Table,
    WaterReading,
    WaterUse,
)
from selfdata_sdk.model.column import Codes, Column, Ints, Lists
from selfdata_sdk.model.table import tables
from selfdata_sdk.model.time import HOUR, Period, micros
from selfdata_sdk.service.manifest import AskedNeed, Manifest
from selfdata_sdk.service.payload import Payload
from selfdata_sdk.store import PersonalStore

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2025, 6, 15, 10, 30, tzinfo=PARIS)
SOURCE = Source(holder="holder", importer="test", version="1", retrieved_at=datetime(2025, 6, 15, tzinfo=UTC))
SMALL = Path(__file__).parents[1] / "service/vectors/good/small.json"


@pytest.fixture
def store() -> PersonalStore:
    return PersonalStore(MemoryCloud())


def manifest(**needs: dict[str, Any]) -> Manifest:
    """A manifest that asks for `needs`, by label."""
    why = {"en": "For the purpose of this very test", "fr": "Pour les besoins de ce test précis"}
    asked = {n: {"at_worst": "total", "back": "P30D", "why": why, **need} for n, need in needs.items()}
    base = Manifest.from_json(SMALL.read_bytes()).model_dump(exclude={"needs"})
    return Manifest.model_validate({**base, "needs": asked})


def water(granularity: str = "day", **more: Any) -> dict[str, Any]:
    return {"record_type": "water.use/1", "fields": ["litres"], "granularity": granularity, **more}


def hourly(first: datetime, n: int, about: str = "P1", tz: str = "Europe/Paris", **more: Column) -> Table:
    start = micros(first) + np.arange(n, dtype=np.int64) * HOUR
    columns: dict[str, Column] = {
        "start": Ints(start),
        "end": Ints(start + HOUR),
        "litres": Ints(np.full(n, 1000)),
        "min_flow": Ints(np.full(n, 5)),
        **more,
    }
    return Table(WaterUse, Series("water.use/1", "holder", about, "", "PT1H", tz), columns, (SOURCE,))


def whole(label: str, need: AskedNeed, now: datetime) -> Right:
    return asked(need, REGISTRY, now)


def opened(store: PersonalStore, need: dict[str, Any], now: datetime = NOW) -> Payload:
    return open_datasets(store, manifest(it=need), whole, now).payloads["it"]


def starts(payload: Payload, first: str = "start") -> list[datetime]:
    return [datetime.fromtimestamp(us / 1e6, PARIS) for us in payload.rows.ints(first).tolist()]


def test_only_the_fields_that_were_asked_for_are_handed_over(store: PersonalStore) -> None:
    store.write([hourly(NOW.replace(day=10, hour=0, minute=0), 24)])
    payload = opened(store, water("raw"))
    assert set(payload.rows.columns) == {"start", "end", "litres"}
    assert set(opened(store, water("raw", fields=["min_flow"])).rows.columns) == {"start", "end", "min_flow"}


def test_nothing_of_the_envelope_is_in_what_is_handed_over(store: PersonalStore) -> None:
    """Supply point, holder and file are nowhere in the bytes that would cross to a service."""
    import pickle

    store.write([hourly(NOW.replace(day=10, hour=0, minute=0), 24, about="PRM-SECRET")])
    payload = opened(store, water("raw"))
    sent = pickle.dumps([getattr(payload, field.name) for field in fields(payload)])
    for secret in (b"PRM-SECRET", b"holder", b"test"):
        assert secret not in sent


def test_the_day_under_way_and_the_day_that_is_cut_are_withheld(store: PersonalStore) -> None:
    """30 days back from 10:30 cuts 16 May; 15 June is under way."""
    store.write([hourly(datetime(2025, 5, 1, tzinfo=PARIS), 24 * 60)])
    payload = opened(store, water("day"))
    assert starts(payload) == [_day(d) for d in range(29)]
    assert payload.rows.ints("litres").tolist() == [24_000] * 29
    assert payload.rows.covered.tolist() == [1.0] * 29
    assert datetime.fromtimestamp(payload.end / 1e6, PARIS) == datetime(2025, 6, 15, tzinfo=PARIS)


def _day(number: int) -> datetime:
    return datetime.fromordinal(date(2025, 5, 17).toordinal() + number).replace(tzinfo=PARIS)


@pytest.mark.parametrize(("granularity", "expected"), [("month", [datetime(2025, 5, 1, tzinfo=PARIS)]), ("year", [])])
def test_months_and_years_are_closed_too(store: PersonalStore, granularity: str, expected: list[datetime]) -> None:
    store.write([hourly(datetime(2025, 4, 1, tzinfo=PARIS), 24 * 90)])
    assert starts(opened(store, water(granularity, back="P2M"))) == expected


def test_a_total_is_of_whole_days(store: PersonalStore) -> None:
    """Two runs an hour apart tell nothing of that hour."""
    store.write([hourly(datetime(2025, 5, 1, tzinfo=PARIS), 24 * 60)])
    one, other = opened(store, water("total")), opened(store, water("total"), NOW.replace(hour=11))
    assert one.rows.ints("litres").tolist() == other.rows.ints("litres").tolist() == [29 * 24_000]


def test_hours_are_handed_over_up_to_now(store: PersonalStore) -> None:
    store.write([hourly(datetime(2025, 6, 15, tzinfo=PARIS), 24)])
    for granularity in ("hour", "raw"):
        last = starts(opened(store, water(granularity)))[-1]
        assert last == datetime(2025, 6, 15, 9, tzinfo=PARIS), "the hour under way ends after now"


def test_nothing_is_handed_over_from_before(store: PersonalStore) -> None:
    store.write([hourly(datetime(2025, 5, 1, tzinfo=PARIS), 24 * 60)])
    for granularity in ("raw", "hour", "day"):
        payload = opened(store, water(granularity, back="P2D"))
        assert starts(payload)[0] >= datetime(2025, 6, 13, 10, tzinfo=PARIS)


def test_a_day_that_is_known_in_part_says_so(store: PersonalStore) -> None:
    store.write([hourly(datetime(2025, 6, 1, tzinfo=PARIS), 6)])
    payload = opened(store, water("day"))
    assert payload.rows.covered.tolist() == [0.25]


@pytest.mark.parametrize(
    ("first", "granularity", "since"),
    [
        (datetime(2025, 4, 1, 7, tzinfo=PARIS), "hour", datetime(2025, 5, 16, 10, 30, tzinfo=PARIS)),
        (datetime(2025, 4, 1, 7, tzinfo=PARIS), "day", datetime(2025, 5, 17, tzinfo=PARIS)),
        (datetime(2025, 6, 1, 7, tzinfo=PARIS), "hour", datetime(2025, 6, 1, 7, tzinfo=PARIS)),
        (datetime(2025, 6, 1, 7, tzinfo=PARIS), "day", datetime(2025, 6, 1, tzinfo=PARIS)),
        (datetime(2025, 6, 1, 7, tzinfo=PARIS), "total", datetime(2025, 6, 1, tzinfo=PARIS)),
    ],
)
def test_coverage_counts_from_the_first_record_held_and_tells_it_no_finer_than_agreed(
    store: PersonalStore, first: datetime, granularity: str, since: datetime
) -> None:
    """What is held of another type, and a gap at the start of the period, change nothing in it."""
    reading = WaterReading(at=datetime(2020, 1, 1, tzinfo=UTC), litres=1, point="P1", source=SOURCE)
    store.write([hourly(first, 1), hourly(datetime(2025, 6, 3, tzinfo=PARIS), 24), *tables([reading])])
    assert datetime.fromtimestamp(opened(store, water(granularity)).since / 1e6, PARIS) == since


def test_local_days_are_those_of_the_series(store: PersonalStore) -> None:
    """A home in Martinique has its own midnight."""
    zone = ZoneInfo("America/Martinique")
    store.write([hourly(datetime(2025, 6, 1, tzinfo=zone), 48, tz="America/Martinique")])
    payload = opened(store, water("day"))
    assert payload.zones == ("America/Martinique",)
    assert payload.rows.ints("start").tolist() == [micros(datetime(2025, 6, d, tzinfo=zone)) for d in (1, 2)]
    assert home_zone(store.summary()) == "America/Martinique"


def test_two_meters_are_two_numbers(store: PersonalStore) -> None:
    store.write(
        [hourly(datetime(2025, 6, 1, tzinfo=PARIS), 48, "P1"), hourly(datetime(2025, 6, 1, tzinfo=PARIS), 24, "P2")]
    )
    payload = opened(store, water("day"))
    assert sorted(zip(starts(payload), payload.series.tolist(), strict=True)) == [
        (datetime(2025, 6, 1, tzinfo=PARIS), 0),
        (datetime(2025, 6, 1, tzinfo=PARIS), 1),
        (datetime(2025, 6, 2, tzinfo=PARIS), 1),
    ]


def test_one_meter_at_two_cadences_is_one_number(store: PersonalStore) -> None:
    """Hours, then days from before the meter told hours: one month of both."""
    start = [micros(datetime(2025, 5, d, tzinfo=PARIS)) for d in range(1, 20)]
    end = [micros(datetime(2025, 5, d + 1, tzinfo=PARIS)) for d in range(1, 20)]
    columns: dict[str, Column] = {
        "start": Ints(np.array(start)),
        "end": Ints(np.array(end)),
        "litres": Ints(np.full(19, 24_000)),
    }
    daily = Table(WaterUse, Series("water.use/1", "holder", "P1", "", "P1D"), columns, (SOURCE,))
    store.write([daily, hourly(datetime(2025, 5, 20, tzinfo=PARIS), 24 * 12)])
    payload = opened(store, water("month", back="P2M"))
    assert payload.zones == ("Europe/Paris",)
    assert starts(payload) == [datetime(2025, 5, 1, tzinfo=PARIS)]
    assert payload.rows.ints("litres").tolist() == [31 * 24_000]


def test_a_record_of_unknown_value_is_neither_zero_nor_known(store: PersonalStore) -> None:
    quality = Codes.of(["measured"] * 12 + ["missing"] * 12)
    store.write([hourly(datetime(2025, 6, 1, tzinfo=PARIS), 24, quality=quality)])
    raw, day = opened(store, water("raw")), opened(store, water("day"))
    assert (raw.rows.ints("litres") == np.iinfo(np.int64).min).sum() == 12
    assert (day.rows.ints("litres").tolist(), day.rows.covered.tolist()) == ([12_000], [0.5])


def test_what_is_cancelled_is_withheld_and_what_may_change_is_marked(store: PersonalStore) -> None:
    status = Codes.of(["final", "cancelled", "provisional"])
    store.write([hourly(datetime(2025, 6, 1, tzinfo=PARIS), 3, status=status)])
    payload = opened(store, water("raw"))
    assert payload.rows.provisional.tolist() == [False, True]


def test_a_value_of_an_enumeration_limits_what_is_handed_over(store: PersonalStore) -> None:
    """And the field that limits is not handed over unless it was asked for."""
    basis = Codes.of(["reported", "readings", None])
    store.write([hourly(datetime(2025, 6, 1, tzinfo=PARIS), 3, basis=basis)])
    payload = opened(store, water("raw", where={"basis": ["readings"]}))
    assert starts(payload) == [datetime(2025, 6, 1, 1, tzinfo=PARIS)]
    assert "basis" not in payload.rows.columns


def records(store: PersonalStore, *found: Record) -> None:
    store.write(tables(found))


def test_a_description_holds_until_the_next(store: PersonalStore) -> None:
    """The home as described years ago is today's home; what was said before that, and after now, is not given."""
    days = [date(2018, 1, 1), date(2020, 1, 1), date(2025, 6, 1), date(2025, 7, 1)]
    records(store, *(HouseholdProfile(on=d, occupants=i, source=SOURCE) for i, d in enumerate(days)))
    payload = opened(store, {"record_type": "home.household/1", "fields": ["occupants"], "granularity": "raw"})
    assert payload.rows.ints("occupants").tolist() == [1, 2]


def test_a_contract_is_given_while_it_runs(store: PersonalStore) -> None:
    def contract(number: str, start: int, end: int | None) -> SupplyContract:
        last = None if end is None else datetime(end, 1, 1, tzinfo=UTC)
        first = datetime(start, 1, 1, tzinfo=UTC)
        return SupplyContract(start=first, end=last, commodity="water", supplier="S", number=number, source=SOURCE)

    records(store, contract("old", 2010, 2020), contract("now", 2020, None), contract("later", 2026, None))
    need = {"record_type": "supply.contract/1", "fields": ["offer", "supplier"], "granularity": "raw"}
    assert opened(store, need).rows.ints("start").tolist() == [micros(datetime(2020, 1, 1, tzinfo=UTC))]


def test_of_a_list_only_the_fields_that_were_asked_for_are_handed_over(store: PersonalStore) -> None:
    price = {"label": "Abonnement", "kind": "standing", "per": "mo", "price": {"amount": "9.90", "currency": "EUR"}}
    first = datetime(2020, 1, 1, tzinfo=UTC)
    contract = {"start": first, "commodity": "water", "supplier": "S", "prices": [price], "source": SOURCE}
    records(store, SupplyContract.model_validate(contract))
    need = {"record_type": "supply.contract/1", "fields": ["prices.kind", "supplier"], "granularity": "raw"}
    prices = opened(store, need).rows.columns["prices"]
    assert isinstance(prices, Lists)
    assert set(prices.items) == {"kind"}
    with pytest.raises(ManifestError, match=r"no field prices\.colour"):
        opened(store, {**need, "fields": ["prices.colour"]})


def test_readings_are_the_last_of_each_closed_day(store: PersonalStore) -> None:
    found = [
        WaterReading(at=datetime(2025, 6, day, hour, tzinfo=PARIS), litres=Decimal(100 + i), point="P1", source=SOURCE)
        for i, (day, hour) in enumerate([(13, 8), (13, 20), (15, 8)])
    ]
    records(store, *found)
    payload = opened(store, {"record_type": "water.reading/1", "fields": ["litres"], "granularity": "day"})
    assert payload.rows.ints("litres").tolist() == [101_000]
    assert starts(payload, "at") == [datetime(2025, 6, 13, tzinfo=PARIS)]


def test_no_data_are_an_empty_dataset(store: PersonalStore) -> None:
    payload = opened(store, water("day"))
    assert (len(payload), set(payload.rows.columns)) == (0, {"start", "end", "litres"})


def test_what_was_handed_over_is_reported_without_values(store: PersonalStore) -> None:
    store.write([hourly(datetime(2025, 6, 1, tzinfo=PARIS), 48)])
    (delivered,) = open_datasets(store, manifest(it=water("day")), whole, NOW).delivered
    assert (delivered.label, delivered.record_type, delivered.fields) == ("it", "water.use/1", ("litres",))
    assert (delivered.rows, delivered.granularity) == (2, "day")
    assert (delivered.start, delivered.end) == (
        datetime(2025, 5, 17, tzinfo=PARIS),
        datetime(2025, 6, 15, tzinfo=PARIS),
    )


def test_what_overlaps_is_left_out_and_reported(store: PersonalStore) -> None:
    daily = replace(
        hourly(datetime(2025, 6, 1, tzinfo=PARIS), 1), series=Series("water.use/1", "holder", "P1", "", "P1D")
    )
    day = Ints(np.array([micros(datetime(2025, 6, 2, tzinfo=PARIS))]))
    store.write([hourly(datetime(2025, 6, 1, tzinfo=PARIS), 24), daily.replace(end=day)])
    (delivered,) = open_datasets(store, manifest(it=water("day")), whole, NOW).delivered
    assert [(left.series.cadence, left.reason) for left in delivered.left_out] == [("P1D", "finer")]


def test_the_effective_right_is_computed_from_the_need_in_one_place() -> None:
    right = asked(manifest(it=water("hour", back="P1Y")).needs["it"], REGISTRY, NOW)
    assert (right.record_type, right.fields, right.granularity) == (WaterUse, ("litres",), "hour")
    assert right.period == Period(datetime(2024, 6, 15, 10, 30, tzinfo=PARIS), NOW)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"record_type": "water.magic/1"}, "record type water.magic/1 is not known"),
        ({"fields": ["colour"]}, "no field colour"),
        ({"fields": ["ext"]}, "no field ext"),
        ({"fields": ["source"]}, "no field source"),
        ({"fields": ["point"]}, "no field point"),
    ],
)
def test_a_manifest_cannot_ask_past_its_type(store: PersonalStore, change: dict[str, Sequence[str]], what: str) -> None:
    with pytest.raises(ManifestError, match=what):
        opened(store, {**water("raw"), **change})
