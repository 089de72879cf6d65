"""Minutes go on through changes of clocks; people live by the clock on the wall."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.model.time import moment
from selfdata_sdk.testing.personas.clock import Clock

PARIS = ZoneInfo("Europe/Paris")
AUTUMN = Clock(date(2025, 10, 25), 3, "Europe/Paris")
SPRING = Clock(date(2026, 3, 28), 3, "Europe/Paris")


def test_days_have_23_24_or_25_hours() -> None:
    assert np.diff(AUTUMN.days()).tolist() == [1440, 1500, 1440]
    assert np.diff(SPRING.days()).tolist() == [1440, 1380, 1440]
    assert Clock(date(2025, 1, 1), 0, "Europe/Paris").minutes == 0


def test_gas_days_start_at_six() -> None:
    assert AUTUMN.days("gas").tolist() == [360, 1860, 3300, 4740]


def test_an_hour_on_the_wall_is_an_hour_later_or_earlier_after_a_change() -> None:
    noon = np.array([720, 1440 + 720, 2880 + 720])
    assert AUTUMN.minute(noon).tolist() == [720, 2220, 3660]
    assert SPRING.minute(noon).tolist() == [720, 2100, 3540]


def test_a_time_on_the_wall_is_that_time_of_its_day() -> None:
    evening = np.arange(3) * 1440 + 1439
    for clock in (AUTUMN, SPRING):
        for day, at in enumerate(clock.at(evening).tolist()):
            local = moment(at, PARIS)
            assert (clock.day_of(local), local.hour, local.minute) == (day, 23, 59)


@given(st.integers(0, 3 * 1440 - 1))
def test_a_moment_is_at_its_minute_on_both_sides_of_a_change(minute: int) -> None:
    for clock in (AUTUMN, SPRING):
        assert clock.minute_of(clock.moment(minute)) == minute


def test_a_time_is_cut_to_the_data() -> None:
    before, inside, after = (datetime(2025, 10, day, tzinfo=PARIS) for day in (1, 27, 31))
    assert AUTUMN.span(before, after) == (0, AUTUMN.minutes)
    assert AUTUMN.span(inside, None) == (2940, AUTUMN.minutes)
    assert AUTUMN.span(after, before) == (AUTUMN.minutes, AUTUMN.minutes)
    assert AUTUMN.day_of(inside) == 2
