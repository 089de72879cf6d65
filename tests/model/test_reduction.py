"""Reduction to local buckets, against a slow model with exact fractions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.model import ElectricityPeak, ElectricityUse, GasUse, Table, WaterReading, WaterUse
from selfdata_sdk.model.column import NULL, Codes, Column, Ints, Moneys
from selfdata_sdk.model.record import Record
from selfdata_sdk.model.reduction import WORST_LAST, Part, join_parts, reduce, reducible
from selfdata_sdk.model.time import DAY, HOUR, MINUTE, NOMINAL, bucket_bounds, micros
from selfdata_sdk.testing.strategies import tables, zones

Bucket = Literal["total", "year", "month", "day", "hour", "half_hour"]
BUCKETS: tuple[Bucket, ...] = ("total", "year", "month", "day", "hour", "half_hour")
PARIS = "Europe/Paris"


def at(*moment: int) -> int:
    return micros(datetime(*moment, tzinfo=UTC))  # type: ignore[misc, arg-type]


def part_of(table: Table) -> Part:
    columns = {
        n: table.column(n)
        for n in table.columns
        if n not in ("source", "locator", "ext", "status", "quality", "revision")
    }
    quality = table.column("quality")
    assert isinstance(quality, Codes)
    return Part(columns, quality, np.zeros(len(table), bool), np.ones(len(table)))


def uses(*rows: tuple[int, int, int], quality: tuple[str, ...] = (), **more: Column) -> Part:
    """Water uses (start, end, scaled litres)."""
    start, end, litres = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    return Part(
        {"start": Ints(start), "end": Ints(end), "litres": Ints(litres), **more},
        Codes.of(quality or ["measured"] * len(rows)),
        np.zeros(len(rows), bool),
        np.ones(len(rows)),
    )


def extent(part: Part) -> tuple[int, int]:
    return int(part.ints("start")[0]), int(part.ints("end")[-1])


def rows_of(part: Part, name: str = "litres") -> list[tuple[int, int, int]]:
    return list(zip(part.ints("start").tolist(), part.ints("end").tolist(), part.ints(name).tolist(), strict=True))


@settings(deadline=None)
@given(tables(WaterUse, max_size=20), st.sampled_from(BUCKETS), zones())
def test_a_sum_is_kept_to_the_last_unit(table: Table, bucket: Bucket, tz: str) -> None:
    """Sharing out over buckets neither loses nor makes water."""
    part = part_of(table)
    found = reduce(WaterUse, part, bucket, tz, *extent(part))
    assert sum(found.ints("litres").tolist()) == sum(part.ints("litres").tolist())


@settings(deadline=None)
@given(tables(WaterUse, max_size=8), st.sampled_from(BUCKETS), zones())
def test_each_bucket_has_its_share(table: Table, bucket: Bucket, tz: str) -> None:
    """Within one unit (and a float's rounding) of the exact share; coverage is exact; order is that of time."""
    part = part_of(table)
    lower, upper = extent(part)
    found = reduce(WaterUse, part, bucket, tz, lower, upper)
    expected = _slow(part, bucket, tz, lower, upper)
    assert [(a, b) for a, b, _ in rows_of(found)] == [(a, b) for a, b, _, _ in expected]
    for (_, _, litres), (_, _, exact, _) in zip(rows_of(found), expected, strict=True):
        assert abs(litres - exact) <= 1 + abs(exact) / 2**50
    np.testing.assert_allclose(found.covered, [float(c) for *_, c in expected], rtol=1e-12)


def _slow(part: Part, bucket: Bucket, tz: str, lower: int, upper: int) -> list[tuple[int, int, Fraction, Fraction]]:
    """(start, end, litres, coverage) of each row, by the definition."""
    rows = rows_of(part)
    long = [r for r in rows if bucket != "total" and r[1] - r[0] >= NOMINAL[bucket]]
    found = [(a, b, Fraction(v), Fraction(1)) for a, b, v in long]
    bounds = bucket_bounds(bucket, tz, lower, upper).tolist()
    for start, end in pairwise(bounds):
        litres, known = Fraction(0), 0
        for a, b, v in rows:
            inside = min(b, end) - max(a, start)
            if inside > 0 and (a, b, v) not in long:
                litres += Fraction(v * inside, b - a)
                known += inside
        if known:
            found.append((start, end, litres, Fraction(known, end - start)))
    return sorted(found, key=lambda r: r[:2])


@settings(deadline=None)
@given(tables(WaterUse, max_size=20), st.sampled_from(BUCKETS))
def test_the_lowest_flow_is_the_lowest_of_those_that_are_known(table: Table, bucket: Bucket) -> None:
    part = part_of(table)
    if "min_flow" not in part.columns:
        return
    found = reduce(WaterUse, part, bucket, PARIS, *extent(part))
    rows = rows_of(part, "min_flow")
    for start, end, lowest in rows_of(found, "min_flow"):
        inside = [
            v
            for a, b, v in rows
            if v != NULL and a < end and b > start and (b - a < NOMINAL.get(bucket, 2**62) or (a, b) == (start, end))
        ]
        assert lowest == min(inside, default=NULL)


@settings(deadline=None)
@given(tables(WaterUse, max_size=20), st.sampled_from(BUCKETS), st.integers(0, 60), st.integers(0, 60))
def test_closed_buckets_are_wholly_inside(table: Table, bucket: Bucket, before: int, after: int) -> None:
    """A bucket cut by the period is withheld whole, never given in part."""
    part = part_of(table)
    lower, upper = extent(part)
    lower, upper = lower + before * HOUR, upper - after * HOUR
    found = reduce(WaterUse, part, bucket, PARIS, lower, upper, closed=True)
    assert all(lower <= a and b <= upper for a, b, _ in rows_of(found))
    open_too = reduce(WaterUse, part, bucket, PARIS, lower, upper) if upper > lower else found
    assert {(a, b) for a, b, _ in rows_of(found)} <= {(a, b) for a, b, _ in rows_of(open_too)}


def test_days_are_local_also_when_the_clocks_change() -> None:
    """30 March 2025 has 23 hours in Paris, 26 October 25."""
    for day, hours in ((date(2025, 3, 30), 23), (date(2025, 10, 26), 25)):
        first = at(day.year, day.month, day.day - 1, 0)
        part = uses(*((first + i * HOUR, first + (i + 1) * HOUR, 1000) for i in range(72)))
        found = reduce(WaterUse, part, "day", PARIS, *extent(part))
        lengths = dict(
            zip(
                np.diff([*found.ints("start"), found.ints("end")[-1]]).tolist(),
                found.ints("litres").tolist(),
                strict=True,
            )
        )
        assert lengths[hours * HOUR] == hours * 1000


def test_gas_days_run_from_six() -> None:
    """The record type's day rule cuts the days."""
    first = at(2025, 1, 10, 5)  # 06:00 in Paris
    part = Part(
        {
            "start": Ints(first + np.arange(48) * HOUR),
            "end": Ints(first + np.arange(1, 49) * HOUR),
            "energy": Ints(np.full(48, 10_000)),
        },
        Codes.constant("measured", 48),
        np.zeros(48, bool),
        np.ones(48),
    )
    found = reduce(GasUse, part, "day", PARIS, *extent(part))
    assert rows_of(found, "energy") == [(first, first + DAY, 240_000), (first + DAY, first + 2 * DAY, 240_000)]


def test_a_holders_own_day_stays_as_it_is() -> None:
    """A day from 20:00 to 20:00 is not cut at midnight, as nobody knows what was used when."""
    start = at(2025, 1, 10, 19)
    part = uses((start, start + DAY, 5000), (start + DAY, start + 2 * DAY, 7000))
    assert rows_of(reduce(WaterUse, part, "day", PARIS, *extent(part))) == rows_of(part)
    assert len(reduce(WaterUse, part, "day", PARIS, start + HOUR, start + 2 * DAY, closed=True)) == 1


def test_a_use_over_midnight_is_shared_out() -> None:
    """Three hours around midnight: a third before, two thirds after, rounded once."""
    start = at(2025, 1, 10, 22)  # 23:00 in Paris
    part = uses((start, start + 3 * HOUR, 1000))
    found = reduce(WaterUse, part, "day", PARIS, at(2025, 1, 9, 23), at(2025, 1, 11, 23))
    assert found.ints("litres").tolist() == [333, 667]
    assert found.covered.tolist() == [1 / 24, 2 / 24]


def test_a_gap_is_missing_and_not_zero() -> None:
    """A day without a record is not there; a day known in part says so."""
    start = at(2025, 1, 9, 23)
    part = uses((start, start + 12 * HOUR, 1000), (start + 2 * DAY, start + 2 * DAY + 12 * HOUR, 0))
    found = reduce(WaterUse, part, "day", PARIS, *extent(part))
    assert rows_of(found) == [(start, start + DAY, 1000), (start + 2 * DAY, start + 3 * DAY, 0)]
    assert found.covered.tolist() == [0.5, 0.5]


def test_a_record_of_unknown_value_counts_for_nothing() -> None:
    """Quality “missing”: neither a zero in the sum nor covered time."""
    start = at(2025, 1, 9, 23)
    part = uses((start, start + 12 * HOUR, 1000), (start + 12 * HOUR, start + DAY, NULL))
    part = Part(part.columns, Codes.of(["measured", "missing"]), part.provisional, np.array([1.0, 0.0]))
    found = reduce(WaterUse, part, "day", PARIS, *extent(part))
    assert (found.ints("litres").tolist(), found.covered.tolist(), found.quality.list()) == (
        [1000],
        [0.5],
        ["measured"],
    )


def test_a_bucket_is_as_doubtful_as_its_worst_record() -> None:
    start = at(2025, 1, 9, 23)
    rows = [(start + i * HOUR, start + (i + 1) * HOUR, 1) for i in range(48)]
    quality = ["measured"] * 10 + ["estimated"] + ["measured"] * 36 + ["questionable"]
    part = uses(*rows, quality=tuple(quality))
    part.provisional[-1] = True
    found = reduce(WaterUse, part, "day", PARIS, *extent(part))
    assert found.quality.list() == ["estimated", "questionable"]
    assert found.provisional.tolist() == [False, True]
    assert found.quality.words == WORST_LAST


def test_a_mean_is_weighted_by_time() -> None:
    """One hour at 1 kW and three at 200 W are 400 W on average."""
    start = at(2025, 1, 9, 23)
    part = Part(
        {
            "start": Ints(np.array([start, start + HOUR])),
            "end": Ints(np.array([start + HOUR, start + 4 * HOUR])),
            "power": Ints(np.array([1_000_000, 200_000])),
        },
        Codes.constant("measured", 2),
        np.zeros(2, bool),
        np.ones(2),
    )
    found = reduce(ElectricityUse, part, "day", PARIS, *extent(part))
    assert found.ints("power").tolist() == [400_000]


@pytest.mark.parametrize(("currencies", "total"), [(["EUR", "EUR"], [1005]), (["EUR", "USD"], [NULL])])
def test_money_is_summed_exactly_and_never_across_currencies(currencies: list[str], total: list[int]) -> None:
    """9.80 and 0.250 euros are 10.050; euros and dollars have no sum."""
    start = at(2025, 1, 9, 23)
    cost = Moneys(Ints(np.array([98, 25])), Ints(np.array([1, 2])), Codes.of(currencies))
    part = uses((start, start + HOUR, 1), (start + HOUR, start + 2 * HOUR, 1))
    part = Part(
        {**part.columns, "cost": cost} | {"energy": part.columns["litres"]},
        part.quality,
        part.provisional,
        part.covered,
    )
    columns = {n: c for n, c in part.columns.items() if n != "litres"}
    found = reduce(
        ElectricityUse, Part(columns, part.quality, part.provisional, part.covered), "day", PARIS, *extent(part)
    )
    summed = found.columns["cost"]
    assert isinstance(summed, Moneys)
    assert summed.unscaled.values.tolist() == total


def test_a_reading_is_the_last_of_its_bucket() -> None:
    """What a dial shows is not summed; the row stands at the bucket's start, so that it tells no finer time."""
    moments = [at(2025, 1, 10, 5), at(2025, 1, 10, 20), at(2025, 1, 12, 7)]
    part = Part(
        {"at": Ints(np.array(moments)), "litres": Ints(np.array([1000, 2000, 9000]))},
        Codes.constant("measured", 3),
        np.zeros(3, bool),
        np.ones(3),
    )
    found = reduce(WaterReading, part, "day", PARIS, at(2025, 1, 9, 23), at(2025, 1, 12, 23))
    assert found.ints("litres").tolist() == [2000, 9000]
    assert found.ints("at").tolist() == [at(2025, 1, 9, 23), at(2025, 1, 11, 23)]


def test_a_peak_is_the_highest_of_its_bucket_and_units_stay_apart() -> None:
    start = at(2025, 1, 9, 23)
    part = Part(
        {
            "at": Ints(start + np.arange(4) * 5 * HOUR),
            "power": Ints(np.array([5, 7, 3, 6])),
            "unit": Codes.of(["W", "V.A", "W", "V.A"]),
        },
        Codes.constant("measured", 4),
        np.zeros(4, bool),
        np.ones(4),
    )
    found = reduce(ElectricityPeak, part, "day", PARIS, start, start + DAY)
    units = found.columns["unit"]
    assert isinstance(units, Codes)
    assert sorted(zip(units.list(), found.ints("power").tolist(), strict=True)) == [("V.A", 7), ("W", 5)]


@pytest.mark.parametrize("record_type", [WaterUse, WaterReading])
def test_nothing_reduces_to_nothing(record_type: type[Record]) -> None:
    time = {"start": Ints(np.zeros(0, np.int64)), "end": Ints(np.zeros(0, np.int64))}
    columns = time if record_type is WaterUse else {"at": time["start"]}
    empty = Part(columns, Codes.constant(None, 0), np.zeros(0, bool), np.zeros(0))
    for bucket in BUCKETS:
        assert len(reduce(record_type, empty, bucket, PARIS, at(2025, 1, 1), at(2025, 2, 1), closed=True)) == 0


def test_raw_is_left_as_it_is() -> None:
    part = uses((0, MINUTE, 1))
    assert reduce(WaterUse, part, "raw", PARIS, 0, MINUTE) is part


def test_rows_of_two_parts_follow_one_another() -> None:
    joined = join_parts([uses((0, MINUTE, 1)), uses((MINUTE, 2 * MINUTE, 2), quality=("estimated",))])
    assert rows_of(joined) == [(0, MINUTE, 1), (MINUTE, 2 * MINUTE, 2)]
    assert joined.quality.list() == ["measured", "estimated"]


def test_only_time_series_have_buckets() -> None:
    from selfdata_sdk.model import HouseholdProfile, SupplyContract

    assert [reducible(t) for t in (WaterUse, WaterReading, HouseholdProfile, SupplyContract)] == [
        True,
        True,
        False,
        False,
    ]


def test_the_length_of_history_does_not_change_a_day() -> None:
    """The same day has the same values, whatever was read before it."""
    start = at(2025, 1, 9, 23)
    rng = np.random.default_rng(7)
    n = 48 * 60
    litres = rng.integers(0, 10_000, n)
    power = rng.integers(0, 10_000_000, n)
    part = Part(
        {
            "start": Ints(start + np.arange(n) * 30 * MINUTE),
            "end": Ints(start + np.arange(1, n + 1) * 30 * MINUTE),
            "energy": Ints(litres),
            "power": Ints(power),
        },
        Codes.constant("measured", n),
        np.zeros(n, bool),
        np.ones(n),
    )
    long = reduce(ElectricityUse, part, "day", PARIS, *extent(part))
    short = reduce(
        ElectricityUse, part.take(slice(n - 48, n)), "day", PARIS, start + (n - 48) * 30 * MINUTE, extent(part)[1]
    )
    for name in ("energy", "power"):
        assert long.ints(name)[-1] == short.ints(name)[-1]


def test_hours_of_a_meter_that_is_read_about_every_hour_stay_as_they_are() -> None:
    """Cut on the clock they would be smeared over two hours each, and overlap the longer ones beside them."""
    lengths = np.array([60, 39, 81, 60, 60, 75, 45, 60, 60, 60], np.int64) * MINUTE
    end = at(2024, 3, 1, 0, 24) + np.cumsum(lengths)
    part = uses(*zip((end - lengths).tolist(), end.tolist(), range(1, 11), strict=True))
    assert rows_of(reduce(WaterUse, part, "hour", "Europe/Paris", *extent(part))) == rows_of(part)


def test_quarter_hours_are_cut_to_hours_even_if_one_is_as_long() -> None:
    lengths = np.array([15] * 8 + [60] + [15] * 4, np.int64) * MINUTE
    end = at(2024, 3, 1) + np.cumsum(lengths)
    part = uses(*zip((end - lengths).tolist(), end.tolist(), [1] * 13, strict=True))
    assert [litres for _, _, litres in rows_of(reduce(WaterUse, part, "hour", "Europe/Paris", *extent(part)))] == [
        4,
        4,
        1,
        4,
    ]
