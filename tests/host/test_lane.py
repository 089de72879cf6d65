"""Lanes: where a series has records, gaps, and parts that are provisional or were revised, on an axis shared by all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.host.lane import STEPS, Axis, Runs, axis, endless, lane
from selfdata_sdk.model import REGISTRY, HouseholdProfile, Record, Series, Source, SupplyContract, Table, WaterUse
from selfdata_sdk.model import WaterReading as Reading
from selfdata_sdk.model.column import Codes, Ints
from selfdata_sdk.model.table import tables
from selfdata_sdk.model.time import DAY, HOUR, micros
from selfdata_sdk.store import PersonalStore

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
START = micros(FIRST)
DAYS = Axis(START, START + STEPS * DAY)
"""Each step is a day."""
NOW = FIRST + timedelta(days=400)
SOURCE = Source(holder="h", importer="i", version="1", retrieved_at=NOW)


def use(*days: int, status: dict[int, str] | None = None, revised: tuple[int, ...] = ()) -> Table:
    """Water use of these days, counted from the first of the axis."""
    start = START + np.array(days, np.int64) * DAY
    return Table(
        WaterUse,
        Series(WaterUse.type, "h", cadence="P1D", tz="UTC"),
        {
            "start": Ints(start),
            "end": Ints(start + DAY),
            "litres": Ints.constant(1, len(days)),
            "status": Codes.of([(status or {}).get(d, "final") for d in days]),
            "revision": Ints(np.array([2 if d in revised else 1 for d in days])),
        },
        (SOURCE,),
    )


def contract(start: datetime, end: datetime | None = None) -> SupplyContract:
    return SupplyContract(commodity="water", supplier="s", point="12345678901234", start=start, end=end, source=SOURCE)


def household(on: datetime) -> HouseholdProfile:
    return HouseholdProfile(on=on.date(), occupants=2, source=SOURCE)


def over(*records: Record, table: Table | None = None, now: datetime = NOW) -> Axis:
    store = PersonalStore(MemoryCloud())
    store.write([*tables(records), *([] if table is None else [table])])
    return axis(store.summary(), REGISTRY, now)


def steps(runs: Runs) -> list[int]:
    return [step for first, last in runs for step in range(first, last)]


def test_days_that_are_absent_are_a_gap_and_what_lies_beside_is_not() -> None:
    made = lane(use(10, 11, 14, 15), DAYS)
    assert (made.held, made.gaps) == (((10, 12), (14, 16)), ((12, 14),))
    assert (made.gap_count, made.gap_time) == (1, 2 * DAY)


def test_provisional_days_are_told_apart_and_counted() -> None:
    made = lane(use(10, 11, 12, status={12: "provisional", 11: "corrected"}), DAYS)
    assert (made.held, made.unsettled, made.provisional) == (((10, 12),), ((12, 13),), 1)


def test_revised_days_are_marked_beside_the_band_and_counted() -> None:
    made = lane(use(10, 11, 12, revised=(11,)), DAYS)
    assert (made.held, made.changed, made.revised) == (((10, 13),), ((11, 12),), 1)


def test_a_gap_shorter_than_half_a_step_is_counted_but_not_drawn() -> None:
    hours = START + np.array([0, 1, 2, 7, *range(8, 24)], np.int64) * HOUR
    series = Series(Reading.type, "h", cadence="PT1H", tz="UTC")
    made = lane(Table(Reading, series, {"at": Ints(hours), "litres": Ints(hours)}, (SOURCE,)), DAYS)
    assert (made.held, made.gaps, made.gap_count) == (((0, 1),), (), 1)


def test_what_reaches_out_of_the_axis_is_cut_and_said() -> None:
    (table,) = tables([contract(FIRST - timedelta(days=900))])
    made = lane(table, DAYS)
    assert (made.held, made.before, made.after) == (((0, STEPS),), True, True)
    assert (lane(use(3), DAYS).before, lane(use(3), DAYS).after) == (False, False)


def test_what_lies_before_the_axis_is_not_drawn_in_it() -> None:
    (table,) = tables([household(FIRST - timedelta(days=5))])
    assert (lane(table, DAYS).held, lane(table, DAYS).before) == ((), True)


def test_the_axis_spans_the_events_and_is_not_stretched_by_contracts_and_profiles() -> None:
    assert over(contract(FIRST - timedelta(days=9000)), household(FIRST - timedelta(days=99)), table=use(3, 8)) == Axis(
        START + 3 * DAY, START + 9 * DAY
    )


def test_a_home_of_contracts_alone_has_an_axis_up_to_now() -> None:
    assert over(contract(FIRST)) == Axis(START, micros(NOW))


def test_the_shortest_axis_is_a_day() -> None:
    assert over(contract(FIRST), now=FIRST) == Axis(START, START + DAY)


def test_a_contract_without_an_end_is_endless_and_one_with_an_end_is_not() -> None:
    store = PersonalStore(MemoryCloud())
    store.write(tables([contract(FIRST)]))
    assert endless(store.summary()[0])
    store = PersonalStore(MemoryCloud())
    store.write(tables([contract(FIRST, FIRST + timedelta(days=30))]))
    assert not endless(store.summary()[0])


@given(days=st.sets(st.integers(0, STEPS - 1), min_size=1), some=st.sets(st.integers(0, STEPS - 1)))
def test_each_step_is_one_thing_and_the_steps_of_the_records_are_all_drawn(days: set[int], some: set[int]) -> None:
    made = lane(use(*sorted(days), status=dict.fromkeys(some, "provisional"), revised=tuple(some)), DAYS)
    held, gaps, unsettled = steps(made.held), steps(made.gaps), steps(made.unsettled)
    assert sorted(held + gaps + unsettled) == list(range(min(days), max(days) + 1))
    assert set(held) | set(unsettled) == days
    assert set(unsettled) == set(steps(made.changed)) == days & some
