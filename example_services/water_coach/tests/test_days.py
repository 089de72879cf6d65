from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from water_coach.clock import HOUR, local_days, midnights, month_starts, wall_hours
from water_coach.days import Days
from water_coach.hours import Hours

PARIS = "Europe/Paris"


def around(first: date, last: date) -> Hours:
    """One litre in each hour of the local days first..last."""
    bounds = midnights(first, last, PARIS)
    start = np.arange(bounds[0], bounds[-1], HOUR)
    return Hours.of(start, start + HOUR, np.ones(len(start)), PARIS)


def test_days_have_23_24_or_25_hours() -> None:
    spring, autumn = (
        Days.of(around(date(2024, 3, 30), date(2024, 4, 1))),
        Days.of(around(date(2024, 10, 26), date(2024, 10, 28))),
    )
    assert spring.litres.tolist() == [24, 23, 24]
    assert autumn.litres.tolist() == [24, 25, 24]
    assert spring.whole.all()
    assert autumn.whole.all()


def test_wall_clock_hours_follow_the_change_of_the_clock() -> None:
    spring = around(date(2024, 3, 31), date(2024, 3, 31))
    assert wall_hours(spring.start, PARIS).tolist() == [0, 1, *range(3, 24)]
    autumn = around(date(2024, 10, 27), date(2024, 10, 27))
    assert wall_hours(autumn.start, PARIS).tolist() == [0, 1, 2, 2, *range(3, 24)]


def test_weekdays_and_months_are_those_of_the_calendar() -> None:
    days = Days.of(around(date(2024, 2, 28), date(2024, 3, 2)))
    assert [days.date(i).weekday() for i in range(len(days))] == days.weekday.tolist()
    assert days.month.tolist() == [2, 2, 3, 3]


def test_a_day_read_for_less_than_nine_tenths_is_not_whole_and_has_no_amount() -> None:
    hours = around(date(2024, 1, 1), date(2024, 1, 3))
    days = Days.of(hours.only((hours.start < hours.start[30]) | (hours.start > hours.start[40])))
    assert days.whole.tolist() == [True, False, True]
    assert np.isnan(days.filled()[1])


def test_what_was_read_over_several_days_is_given_to_none_of_them() -> None:
    bounds = midnights(date(2024, 1, 1), date(2024, 1, 6), PARIS)
    start, end = bounds[[0, 1, 4]], bounds[[1, 4, 5]]
    days = Days.of(Hours.of(start, end, np.array([100.0, 900.0, 100.0]), PARIS))
    assert days.whole.tolist() == [True, False, False, False, True]


def test_a_reading_hour_that_is_not_midnight_is_shared_out_by_time() -> None:
    bounds = midnights(date(2024, 1, 1), date(2024, 1, 3), PARIS) + 12 * HOUR
    days = Days.of(Hours.of(bounds[:2], bounds[1:3], np.array([100.0, 300.0]), PARIS))
    assert days.litres.tolist() == pytest.approx([50, 200, 150])


def test_local_days_are_cut_at_local_midnight() -> None:
    bounds = midnights(date(2024, 7, 1), date(2024, 7, 2), PARIS)
    assert local_days(np.array([bounds[1] - 1, bounds[1]]), PARIS).astype(str).tolist() == ["2024-07-01", "2024-07-02"]


def test_months_start_at_local_midnight_of_their_first_day() -> None:
    firsts, bounds = month_starts(date(2024, 2, 10), date(2024, 3, 5), PARIS)
    assert firsts == [date(2024, 2, 1), date(2024, 3, 1)]
    assert np.diff(bounds).tolist() == [29 * 24 * HOUR, (31 * 24 - 1) * HOUR]


def test_nothing_read_is_no_day() -> None:
    none = np.zeros(0, np.int64)
    days = Days.of(Hours.of(none, none, np.zeros(0), PARIS))
    assert len(days) == 0
    assert days.last == -1
