"""Overlapping series: nothing counts twice, the finest complete one is taken, the rest is reported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.model import Table, WaterReading, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import DAY, HOUR, MINUTE
from selfdata_sdk.store import PersonalStore, Reading
from selfdata_sdk.store.overlap import TOTALS, choose, groups

Uses = Callable[..., Table]
JANUARY = datetime(2024, 1, 1, tzinfo=UTC)
STEPS = {"PT10M": 10 * MINUTE, "PT30M": 30 * MINUTE, "PT1H": HOUR, "P1D": DAY, "P7D": 7 * DAY}


def read(*tables: Table) -> Reading:
    with PersonalStore(MemoryCloud()) as store:
        store.write(tables)
        return store.read(WaterUse)


def litres(reading: Reading) -> float:
    return sum(int(t.ints("litres").sum()) for t in reading.tables) / 1000


def reasons(reading: Reading) -> list[tuple[str, int, str]]:
    return [(o.series.cadence + o.series.register, o.count, o.reason) for o in reading.left_out]


def test_a_load_curve_and_daily_values_of_one_meter_do_not_double_its_use(uses: Uses) -> None:
    reading = read(uses([10] * 48), uses([240, 240], step=DAY, cadence="P1D"))
    assert litres(reading) == 480
    assert reasons(reading) == [("P1D", 2, "finer")]
    (out,) = reading.left_out
    assert (out.start, out.end) == (JANUARY, JANUARY + timedelta(days=2))


def test_values_from_two_holders_about_one_point_do_not_add_up(uses: Uses) -> None:
    assert litres(read(uses([10] * 24), uses([240], step=DAY, cadence="P1D", holder="enedis"))) == 240


def test_two_points_do_add_up(uses: Uses) -> None:
    reading = read(uses([10] * 24), uses([7] * 24, about="P2"))
    assert litres(reading) == 24 * 17
    assert not reading.left_out


def test_coarser_values_fill_the_days_that_finer_ones_do_not_cover(uses: Uses) -> None:
    reading = read(uses([10] * 24), uses([240, 300, 310], step=DAY, cadence="P1D"))
    assert litres(reading) == 240 + 300 + 310
    assert reasons(reading) == [("P1D", 1, "finer")]


def test_a_day_with_too_many_gaps_is_taken_from_the_coarser_series(uses: Uses) -> None:
    curve = uses([10] * 48)
    holes = curve.take(np.array([i for i in range(48) if i not in (2, 3, 4)]))
    reading = read(holes, uses([240, 240], step=DAY, cadence="P1D"))
    assert litres(reading) == 480
    assert reasons(reading) == [("P1D", 1, "finer"), ("PT1H", 21, "coarser")]


def test_a_day_with_few_gaps_keeps_the_finer_values(uses: Uses) -> None:
    reading = read(uses([10] * 24).take(np.arange(2, 24)), uses([240], step=DAY, cadence="P1D"))
    assert litres(reading) == 220
    assert reasons(reading) == [("P1D", 1, "finer")]


def test_three_series_of_which_the_finest_gives_way_altogether(uses: Uses) -> None:
    sparse = uses([1], step=10 * MINUTE, cadence="PT10M")
    reading = read(sparse, uses([10] * 24), uses([240] * 7, step=DAY, cadence="P1D"))
    assert litres(reading) == 240 * 7
    assert ("PT10M", 1, "coarser") in reasons(reading)


def test_where_there_is_a_total_registers_are_not_added_to_it(uses: Uses) -> None:
    reading = read(uses([10] * 24), uses([4] * 24, register="HP"), uses([6] * 24, register="HC"))
    assert litres(reading) == 240
    assert sorted(reasons(reading)) == [("PT1HHC", 24, "total"), ("PT1HHP", 24, "total")]


def test_registers_count_where_there_is_no_total(uses: Uses) -> None:
    reading = read(uses([10] * 12), uses([4] * 24, register="HP"), uses([6] * 24, register="HC"))
    assert litres(reading) == 240
    assert sorted(reasons(reading)) == [("PT1HHC", 12, "total"), ("PT1HHP", 12, "total")]


def test_the_distributors_classes_split_what_the_suppliers_do(uses: Uses) -> None:
    reading = read(uses([4] * 12, register="F1"), uses([6] * 12, register="F2"), uses([10] * 24, register="D1"))
    assert litres(reading) == 240
    assert reasons(reading) == [("PT1HD1", 12, "total")]
    assert litres(read(uses([4] * 12, register="D1"), uses([6] * 12, register="D2"))) == 120


def test_a_series_without_a_point_belongs_to_the_only_point_of_its_holder(uses: Uses) -> None:
    daily = uses([240], step=DAY, cadence="P1D", about="")
    assert litres(read(uses([10] * 24), daily)) == 240


def test_a_series_without_a_point_stands_alone_where_its_holder_has_several(uses: Uses) -> None:
    a, b = uses([10] * 24), uses([10] * 24, about="P2")
    alone = uses([240], step=DAY, cadence="P1D", about="")
    assert len(groups(sorted(t.series for t in (a, b, alone)))) == 3


def test_records_of_one_series_that_overlap_are_not_added(uses: Uses) -> None:
    table = uses([10, 10, 10])
    long = table.replace(end=Ints(table.ints("end") + HOUR))
    reading = read(long)
    assert litres(reading) == 20
    assert reasons(reading) == [("PT1H", 1, "overlap")]


def test_a_series_that_is_asked_for_is_read_whole(uses: Uses) -> None:
    daily = uses([240], step=DAY, cadence="P1D")
    with PersonalStore(MemoryCloud()) as store:
        store.write([uses([10] * 24), daily])
        reading = store.read(WaterUse, series=daily.series)
    assert litres(reading) == 240
    assert not reading.left_out


def test_instants_are_never_left_out() -> None:
    assert WaterReading.time_fields == ("at",)
    assert choose([]) == ([], [])


@st.composite
def some_series(draw: st.DrawFn, uses: Uses) -> list[Table]:
    found = []
    keys = draw(
        st.lists(
            st.tuples(
                st.sampled_from(sorted(STEPS)),
                st.sampled_from(["", "total", "HP", "HC"]),
                st.sampled_from(["P1", "P2", ""]),
                st.sampled_from(["veolia", "sedif"]),
            ),
            min_size=1,
            max_size=5,
            unique=True,
        )
    )
    for cadence, register, about, holder in keys:
        step = STEPS[cadence]
        n = draw(st.integers(1, 20))
        start = JANUARY + timedelta(microseconds=draw(st.integers(0, 60)) * 30 * MINUTE)
        table = uses([1] * n, start, step=step, cadence=cadence, register=register, about=about, holder=holder)
        longer = np.array(draw(st.lists(st.sampled_from([0, 0, 0, step // 2, -step // 2]), min_size=n, max_size=n)))
        kept = np.array(draw(st.lists(st.sampled_from([True, True, True, False]), min_size=n, max_size=n)))
        kept[draw(st.integers(0, n - 1))] = True
        found.append(table.replace(end=Ints(table.ints("end") + longer)).take(kept))
    return found


def test_no_instant_is_ever_counted_twice_and_what_is_read_or_left_out_is_all(uses: Uses) -> None:
    @settings(max_examples=100, deadline=None)
    @given(some_series(uses))
    def check(tables: list[Table]) -> None:
        reading = read(*tables)
        group = {s: n for n, g in enumerate(groups(sorted(t.series for t in tables))) for s in g}
        taken: dict[tuple[int, str], list[tuple[int, int]]] = {}
        for t in reading.tables:
            intervals = list(zip(t.ints("start").tolist(), t.ints("end").tolist(), strict=True))
            assert intervals == sorted(intervals)
            register = "" if t.series.register in TOTALS else t.series.register
            taken.setdefault((group[t.series], register), []).extend(intervals)
        for (number, register), intervals in taken.items():
            totals = taken.get((number, ""), []) if register else []
            assert all(a[1] <= b[0] for a, b in pairwise(sorted(intervals)))
            assert all(a[1] <= b[0] or b[1] <= a[0] for a in totals for b in intervals)
        assert len(reading) + sum(o.count for o in reading.left_out) == sum(len(t) for t in tables)

    check()


def test_every_hour_that_some_series_covers_completely_is_read(uses: Uses) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.booleans(), min_size=72, max_size=72))
    def check(there: list[bool]) -> None:
        if not any(there):
            return
        hours = uses([1] * 72).take(np.array(there))
        reading = read(hours, uses([24] * 3, step=DAY, cadence="P1D"))
        for day in range(3):
            covered = sum(there[24 * day : 24 * day + 24])
            lower, upper = (day * DAY + int(JANUARY.timestamp()) * 1_000_000 for day in (day, day + 1))
            got = sum(
                int(t.ints("litres")[(t.ints("start") >= lower) & (t.ints("start") < upper)].sum()) / 1000
                for t in reading.tables
            )
            assert got == (covered if covered >= 0.9 * 24 else 24)

    check()
