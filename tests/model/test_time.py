"""Local time: days of 23 and 25 hours, repeated and skipped hours, buckets; zoneinfo is the oracle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from selfdata_sdk.errors import RequestError
from selfdata_sdk.model.time import (
    ALWAYS,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    DayRule,
    Duration,
    Granularity,
    Period,
    bucket_bounds,
    cadence_of,
    day_bounds,
    local_date,
    micros,
    moment,
    offsets,
    repeated,
    skipped,
    to_local,
    to_utc,
    unfold,
    zone,
)
from selfdata_sdk.testing.strategies import ZONES, changing_days, instants, local_times, zones

PARIS = "Europe/Paris"
EPOCH_WALL = datetime(1970, 1, 1)  # noqa: DTZ001
RULES: tuple[DayRule, ...] = ("civil", "gas", "standard")
# Zones with unusual histories: local mean time, war time, clocks moved at midnight, dates skipped, negative DST.
HISTORIES = (
    *ZONES,
    "Europe/London",
    "Europe/Dublin",
    "Africa/Casablanca",
    "America/Recife",
    "Asia/Gaza",
    "Asia/Tehran",
)

anytime = st.integers(
    micros(datetime(1850, 1, 1, tzinfo=UTC)) // SECOND, micros(datetime(2150, 1, 1, tzinfo=UTC)) // SECOND
)


def us(*when: int, tz: str = PARIS, fold: int = 0) -> int:
    return micros(datetime(*when, tzinfo=zone(tz), fold=fold))  # type: ignore[misc,arg-type]


def wall(*when: int) -> int:
    return (datetime(*when) - EPOCH_WALL) // timedelta(microseconds=1)  # type: ignore[arg-type] # noqa: DTZ001


def array(*values: int) -> Any:
    return np.array(values, np.int64)


def wall_of(instant: int, tz: str) -> int:
    return (moment(instant, zone(tz)).replace(tzinfo=None) - EPOCH_WALL) // timedelta(microseconds=1)


def of_wall(local: int, tz: str, fold: int) -> int:
    return micros((EPOCH_WALL + timedelta(microseconds=local)).replace(tzinfo=zone(tz), fold=fold))


# Against zoneinfo


@given(tz=st.sampled_from(HISTORIES), seconds=st.lists(anytime, min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_local_time_is_zoneinfos_of_any_year(tz: str, seconds: list[int]) -> None:
    given_us = np.array(seconds, np.int64) * SECOND
    assert to_local(given_us, tz).tolist() == [wall_of(i, tz) for i in given_us.tolist()]


@given(tz=st.sampled_from(HISTORIES), seconds=st.lists(anytime, min_size=1, max_size=20), fold=st.sampled_from([0, 1]))
@settings(max_examples=60, deadline=None)
def test_instants_of_wall_clock_times_are_zoneinfos_with_both_folds(tz: str, seconds: list[int], fold: int) -> None:
    local = np.array(seconds, np.int64) * SECOND
    assert to_utc(local, tz, bool(fold)).tolist() == [of_wall(i, tz, fold) for i in local.tolist()]


@given(data=st.data(), tz=zones(), fold=st.sampled_from([0, 1]))
@settings(max_examples=100, deadline=None)
def test_instants_near_a_clock_change_are_zoneinfos(data: st.DataObject, tz: str, fold: int) -> None:
    here = data.draw(instants(tz))
    local = wall_of(here, tz)
    assert to_utc(array(local), tz, bool(fold)).tolist() == [of_wall(local, tz, fold)]
    assert here in {of_wall(local, tz, 0), of_wall(local, tz, 1)}
    assert repeated(array(local), tz)[0] == (of_wall(local, tz, 0) < of_wall(local, tz, 1))
    assert not skipped(array(local), tz)[0]


@given(moment_=local_times())
@settings(max_examples=50, deadline=None)
def test_an_instant_survives_the_way_through_microseconds(moment_: datetime) -> None:
    assert moment(micros(moment_)) == moment_.astimezone(UTC)


def test_no_instants_have_no_local_times() -> None:
    assert offsets(array(), PARIS).tolist() == to_utc(array(), PARIS).tolist() == []


def test_the_spring_hour_is_skipped_and_the_autumn_hour_repeated() -> None:
    local = array(wall(2024, 3, 31, 1, 59), wall(2024, 3, 31, 2, 0), wall(2024, 3, 31, 2, 59), wall(2024, 3, 31, 3, 0))
    assert skipped(local, PARIS).tolist() == [False, True, True, False]
    local = array(wall(2024, 10, 27, 1, 59), wall(2024, 10, 27, 2, 0), wall(2024, 10, 27, 2, 59), wall(2024, 10, 27, 3))
    assert repeated(local, PARIS).tolist() == [False, True, True, False]


def test_a_stamp_that_means_for_ever_has_a_local_time() -> None:
    ends = array(us(9999, 12, 31, tz="UTC"), us(2, 1, 1, tz="UTC"), us(2024, 7, 1, tz="UTC"))
    assert offsets(ends, PARIS).tolist() == [HOUR, 561 * SECOND, 2 * HOUR]


def test_a_datetime_without_a_zone_is_refused() -> None:
    with pytest.raises(RequestError, match="without a zone"):
        micros(datetime(2024, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("name", ["Nowhere/Else", "", "../../etc/passwd", "Europe", "Europe/Paris\0"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(RequestError, match="There is no time zone"):
        zone(name)


# The repeated hour, decided by order


@given(
    tz=zones(),
    step=st.sampled_from([10, 15, 30, 60]),
    start=st.integers(-200, 200),
    length=st.integers(1, 300),
    data=st.data(),
)
@settings(max_examples=100, deadline=None)
def test_wall_clock_stamps_in_order_are_the_instants_they_were(
    tz: str, step: int, start: int, length: int, data: st.DataObject
) -> None:
    first = data.draw(instants(tz)) + start * step * MINUTE
    happened = first + np.arange(length, dtype=np.int64) * step * MINUTE
    local = np.array([wall_of(i, tz) for i in happened.tolist()], np.int64)
    # A sequence that starts inside the second pass, or that steps past the whole first pass, does not tell it.
    twice = repeated(local, tz)
    assume(not twice[0] and not _first_pass_unseen(local, tz, happened))
    assert unfold(local, tz).tolist() == happened.tolist()


def _first_pass_unseen(local: Any, tz: str, happened: Any) -> bool:
    second = repeated(local, tz) & (to_utc(local, tz, False) != happened)
    starts = np.flatnonzero(second & ~np.concatenate([[False], second[:-1]]))
    return any(local[i] > local[i - 1] for i in starts)


def test_a_stamp_given_twice_in_the_autumn_hour_is_both_passes() -> None:
    local = array(wall(2024, 10, 27, 1), wall(2024, 10, 27, 2), wall(2024, 10, 27, 2), wall(2024, 10, 27, 3))
    assert np.diff(unfold(local, PARIS)).tolist() == [HOUR, HOUR, HOUR]


def test_one_stamp_in_the_autumn_hour_is_the_first_pass() -> None:
    local = array(wall(2024, 10, 27, 1), wall(2024, 10, 27, 2), wall(2024, 10, 27, 3))
    assert np.diff(unfold(local, PARIS)).tolist() == [HOUR, 2 * HOUR]


def test_each_autumn_has_its_own_second_pass() -> None:
    days = [(2023, 10, 29), (2024, 10, 27)]
    local = array(*(wall(*d, h) for d in days for h in (1, 2, 2, 3)))
    assert np.diff(unfold(local, PARIS).reshape(2, 4)).tolist() == [[HOUR] * 3] * 2


# Days


def hours(tz: str, day: date, rule: DayRule = "civil") -> float:
    return float(np.diff(day_bounds(tz, day, day, rule))[0]) / HOUR


@pytest.mark.parametrize(
    ("tz", "day", "expected"),
    [
        (PARIS, date(2024, 3, 31), 23),
        (PARIS, date(2024, 10, 27), 25),
        (PARIS, date(2024, 6, 1), 24),
        ("Australia/Lord_Howe", date(2024, 10, 6), 23.5),
        ("Australia/Lord_Howe", date(2024, 4, 7), 24.5),
        ("Antarctica/Troll", date(2024, 3, 31), 22),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # midnight did not exist
        ("Pacific/Apia", date(2011, 12, 30), 0),  # nor did this date
    ],
)
def test_a_local_day_has_as_many_hours_as_the_clock_showed(tz: str, day: date, expected: float) -> None:
    assert hours(tz, day) == expected


def test_a_gas_day_runs_from_six_to_six_and_changes_length_the_day_before() -> None:
    bounds = day_bounds(PARIS, date(2024, 3, 30), date(2024, 3, 31), "gas")
    assert bounds.tolist() == [us(2024, 3, 30, 6), us(2024, 3, 31, 6), us(2024, 4, 1, 6)]
    assert hours(PARIS, date(2024, 3, 30), "gas") == 23


def test_a_standard_day_has_24_hours_all_year_and_starts_at_one_in_summer() -> None:
    bounds = day_bounds(PARIS, date(2024, 1, 1), date(2024, 12, 31), "standard")
    assert set(np.diff(bounds).tolist()) == {DAY}
    assert moment(int(bounds[200]), zone(PARIS)).hour == 1


@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_days_start_at_the_first_instant_of_their_date(data: st.DataObject) -> None:
    tz = data.draw(st.sampled_from([z for z in ZONES if z != "America/St_Johns"]))
    day = date(2010, 1, 1) + timedelta(days=data.draw(st.integers(0, 5000)))
    start = int(day_bounds(tz, day, day)[0])
    assert moment(start, zone(tz)).date() >= day
    assert moment(start - SECOND, zone(tz)).date() < day


@given(day=changing_days())
@settings(max_examples=20, deadline=None)
def test_days_on_which_the_clocks_change_have_23_or_25_hours(day: date) -> None:
    assert hours(PARIS, day) == (23 if day.month == 3 else 25)


@given(data=st.data(), tz=zones(), rule=st.sampled_from(RULES))
@settings(max_examples=100, deadline=None)
def test_an_instant_lies_between_the_bounds_of_its_local_day(data: st.DataObject, tz: str, rule: DayRule) -> None:
    here = data.draw(instants(tz))
    day = local_date(here, tz, rule)
    start, end = day_bounds(tz, day, day, rule).tolist()
    assert start <= here < end


def test_local_dates_are_those_of_the_wall_clock() -> None:
    assert local_date(us(2024, 10, 27, 23, 59), PARIS) == date(2024, 10, 27)
    assert local_date(us(2024, 10, 27, 5, 59), PARIS, "gas") == date(2024, 10, 26)
    assert local_date(us(2024, 7, 1, 0, 30), PARIS, "standard") == date(2024, 6, 30)


def test_bounds_of_days_cannot_be_changed_by_who_reads_them() -> None:
    bounds = day_bounds(PARIS, date(2024, 1, 1), date(2024, 1, 2))
    with pytest.raises(ValueError, match="read-only"):
        bounds[0] = 0


# Buckets


@given(data=st.data(), tz=zones(), rule=st.sampled_from(RULES), length=st.integers(1, 800 * 24))
@settings(max_examples=60, deadline=None)
def test_buckets_ascend_cover_the_time_and_nest(data: st.DataObject, tz: str, rule: DayRule, length: int) -> None:
    lower = data.draw(instants(tz))
    upper = lower + length * HOUR
    found = {g: bucket_bounds(g, tz, lower, upper, rule) for g in ("year", "month", "day")}
    found |= {g: bucket_bounds(g, tz, lower, upper, rule) for g in ("hour", "half_hour")}
    for bounds in found.values():
        assert (np.diff(bounds) > 0).all()
        assert bounds[0] <= lower
        assert upper <= bounds[-1]
    nested = ("year", "month", "day") if rule != "civil" else ("year", "month", "day", "hour", "half_hour")
    for coarse, fine in pairwise(nested):
        inside = found[coarse][(found[coarse] >= found[fine][0]) & (found[coarse] <= found[fine][-1])]
        assert np.isin(inside, found[fine]).all(), (coarse, fine)


@pytest.mark.parametrize(
    ("granularity", "expected"),
    [("year", 1), ("month", 12), ("day", 366), ("hour", 8784), ("half_hour", 17568), ("total", 1)],
)
def test_a_year_has_its_buckets(granularity: Granularity, expected: int) -> None:
    assert len(bucket_bounds(granularity, PARIS, us(2024, 1, 1), us(2025, 1, 1))) - 1 == expected


def test_the_repeated_hour_is_two_buckets_and_the_skipped_one_none() -> None:
    autumn = bucket_bounds("hour", PARIS, us(2024, 10, 27), us(2024, 10, 28))
    spring = bucket_bounds("hour", PARIS, us(2024, 3, 31), us(2024, 4, 1))
    assert [len(autumn) - 1, len(spring) - 1] == [25, 23]
    assert [moment(int(b), zone(PARIS)).hour for b in autumn[:5]] == [0, 1, 2, 2, 3]


def test_hours_stay_on_the_clock_where_it_changes_by_half_an_hour() -> None:
    tz = "Australia/Lord_Howe"
    bounds = bucket_bounds("hour", tz, us(2024, 4, 7, tz=tz), us(2024, 4, 8, tz=tz))
    local = [moment(int(b), zone(tz)) for b in bounds]
    assert [(m.hour, m.minute) for m in local[:5]] == [(0, 0), (1, 0), (1, 30), (2, 0), (3, 0)]
    assert all(m.minute == 0 for m in local[3:])


def test_the_hours_of_a_gas_days_night_are_covered() -> None:
    bounds = bucket_bounds("hour", PARIS, us(2024, 1, 1, 6), us(2024, 1, 2, 3), "gas")
    assert bounds[-1] >= us(2024, 1, 2, 3)


def test_gas_months_start_at_six() -> None:
    bounds = bucket_bounds("month", PARIS, us(2024, 1, 5), us(2024, 2, 5), "gas")
    assert bounds.tolist() == [us(2024, 1, 1, 6), us(2024, 2, 1, 6), us(2024, 3, 1, 6)]


def test_raw_has_no_buckets() -> None:
    with pytest.raises(ValueError, match="raw has no buckets"):
        bucket_bounds("raw", PARIS, 0, HOUR)


# Periods and durations


def test_a_period_ends_after_it_starts_and_may_be_unbounded() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    with pytest.raises(RequestError, match="must end after it starts"):
        Period(start, start)
    assert ALWAYS.lower < Period(start).lower < Period(start).upper == ALWAYS.upper


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P1Y", Duration(12, 0, 0)),
        ("P1Y6M", Duration(18, 0, 0)),
        ("P2W", Duration(0, 14, 0)),
        ("P1DT2H30M5S", Duration(0, 1, 9005)),
        ("PT30M", Duration(0, 0, 1800)),
    ],
)
def test_durations_keep_months_days_and_seconds_apart(text: str, expected: Duration) -> None:
    assert Duration.parse(text) == expected


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1", "1D", "P1H", "PT1D", "-P1D", "P1.5D", "p1d", "P1D\n", "P١D", "P1234567D"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match="is not an ISO 8601 duration"):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("text", "end", "start"),
    [
        ("P1M", (2024, 3, 31), (2024, 2, 29)),
        ("P1Y", (2024, 2, 29), (2023, 2, 28)),
        ("P13M", (2024, 1, 15), (2022, 12, 15)),
        ("P1D", (2024, 4, 1), (2024, 3, 31)),  # 23 hours
    ],
)
def test_the_time_before_a_moment_is_counted_on_the_calendar(
    text: str, end: tuple[int, int, int], start: tuple[int, int, int]
) -> None:
    here = ZoneInfo(PARIS)
    assert Duration.parse(text).before(datetime(*end, tzinfo=here)) == datetime(*start, tzinfo=here)


def test_hours_before_a_moment_are_counted_by_the_clock_that_never_changes() -> None:
    end = datetime(2024, 3, 31, 4, tzinfo=ZoneInfo(PARIS))
    assert Duration.parse("PT3H").before(end) == datetime(2024, 3, 31, 0, tzinfo=ZoneInfo(PARIS))


@pytest.mark.parametrize(
    "text", ["PT1S", "PT10S", "PT1M", "PT5M", "PT10M", "PT15M", "PT30M", "PT1H", "P1D", "P7D", "P1M", "P1Y"]
)
def test_a_cadence_is_found_from_its_own_length(text: str) -> None:
    assert cadence_of(Duration.parse(text).nominal) == text


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (23 * HOUR, "P1D"),
        (25 * HOUR, "P1D"),
        (28 * DAY, "P1M"),
        (31 * DAY, "P1M"),
        (366 * DAY, "P1Y"),
        (12 * HOUR, ""),
        (0, ""),
        (-HOUR, ""),
    ],
)
def test_a_cadence_is_what_a_length_comes_near_to(length: int, expected: str) -> None:
    assert cadence_of(length) == expected
