"""The life of a home: who is there, and what happens when."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.testing.personas import PERSONAS
from selfdata_sdk.testing.personas.calendar import Calendar, calendar
from selfdata_sdk.testing.personas.chance import Chance
from selfdata_sdk.testing.personas.events import EVENTS, NOBODY

FIRST = date(2025, 9, 27)
DAY = 1440


def lived(name: str, days: int = 400, absent: tuple[tuple[int, int], ...] = (), first: date = FIRST) -> Calendar:
    return calendar(PERSONAS[name], first, days, absent, Chance(name))


def days_with(found: Calendar, *kinds: str) -> set[int]:
    return set((found.events.of(*kinds).at // DAY).tolist())


HOMES = st.sampled_from(sorted(PERSONAS))
STARTS = st.dates(date(1990, 1, 1), date(2080, 1, 1))


@given(HOMES, STARTS, st.integers(0, 40), st.integers(0, 40))
def test_a_shorter_calendar_is_the_beginning_of_a_longer_one(name: str, first: date, n: int, more: int) -> None:
    short, long = lived(name, n, first=first), lived(name, n + more, first=first)
    begun = long.events.take(long.events.at < n * DAY)
    for part in ("kind", "at", "lasts", "member", "people"):
        assert getattr(short.events, part).tolist() == getattr(begun, part).tolist()


@given(HOMES, STARTS, st.integers(1, 30))
def test_times_of_a_day_follow_one_another(name: str, first: date, n: int) -> None:
    for p in lived(name, n, first=first).presences:
        for earlier, later in ((p.wake, p.leave), (p.leave, p.back), (p.back, p.bed)):
            assert (earlier <= later)[p.here].all()
        nights = p.sleeps[:-1]
        assert (p.bed[:-1] < p.wake[1:] + DAY)[nights].all()


@given(HOMES, st.integers(0, 30), st.integers(1, 9))
def test_nothing_happens_on_days_on_which_nobody_is_there(name: str, start: int, length: int) -> None:
    found = lived(name, 45, ((start, start + length),))
    gone = {day for low, high in found.empty for day in range(low, high)}
    assert gone >= set(range(start, start + length))
    assert not gone & days_with(found, *EVENTS)


@given(HOMES, STARTS, st.integers(1, 30))
def test_members_do_what_they_do_while_they_are_at_home_and_awake(name: str, first: date, n: int) -> None:
    found = lived(name, n, first=first)
    for kind in ("drink", "wash_hands", "shower", "bath", "breakfast"):
        events = found.events.of(kind)
        for who, at in zip(events.member.tolist(), events.at.tolist(), strict=True):
            starts, ends = found.presences[who].waking()
            assert ((starts <= at) & (at < ends)).any(), kind
    for kind in ("lunch", "dinner"):
        events = found.events.of(kind)
        assert (events.member == NOBODY).all()
        for people, at in zip(events.people.tolist(), events.at.tolist(), strict=True):
            there = [((a <= at) & (at < b)).any() for a, b in (p.waking() for p in found.presences)]
            assert people == sum(there)


def test_people_get_up_later_when_they_are_free() -> None:
    found = lived("single_flat")
    p = found.presences[0]
    work = p.here & ~found.days.free & ~p.arrives
    free = p.here & found.days.free & ~p.arrives
    assert p.wake[free].mean() > p.wake[work].mean() + 60


def test_children_are_at_home_in_school_holidays() -> None:
    found = lived("family_garden")
    child = found.presences[2]
    weekday = child.here & (found.days.weekday < 5) & (found.days.weekday != 2) & ~found.days.free
    assert child.awake[weekday & ~found.days.school].mean() > 1.5 * child.awake[weekday & found.days.school].mean()


def test_a_shift_worker_is_up_before_dawn_on_some_days_and_asleep_at_noon_on_others() -> None:
    found = lived("shift_worker").presences[0]

    def days(times: tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...], minute: int) -> int:
        starts, ends = times
        return sum(bool(((starts <= d * DAY + minute) & (d * DAY + minute < ends)).any()) for d in range(400))

    assert days(found.waking(), 5 * 60) > 50
    assert days(found.nights(), 12 * 60) > 50


def test_the_garden_is_watered_on_warm_evenings_only() -> None:
    found = lived("family_garden")
    waters = found.events.of("garden").at
    assert len(waters) > 20
    assert set(found.days.month[waters // DAY].tolist()) <= {5, 6, 7, 8, 9}
    assert found.weather.dry[waters // DAY].all()
    assert ((waters % DAY) // 60 >= 19).all()


def test_the_car_is_charged_in_the_night_after_it_was_driven() -> None:
    found = lived("electric_commuter")
    assert days_with(found, "charge") <= days_with(found, "drive")
    assert 150 < len(days_with(found, "drive")) < 300


def test_a_second_home_is_empty_on_most_days() -> None:
    found = lived("second_home")
    gone = sum(end - start for start, end in found.empty)
    assert 200 < gone < 330
    assert any(end - start < 6 for start, end in found.empty), "it is never visited on two week-ends in a row"


def test_everybody_leaves_in_the_holidays() -> None:
    found = lived("holiday_family")
    away = np.zeros(400, bool)
    for start, end in found.empty:
        away[start:end] = True
    assert away.sum() > 50
    assert not found.days.school[:400][away].any()


def test_leap_days_are_days_like_others() -> None:
    found = lived("family_garden", 3, first=date(2024, 2, 28))
    assert days_with(found, "toilet") == {0, 1, 2}


@pytest.mark.parametrize("name", sorted(PERSONAS))
def test_what_is_done_daily_is_done_daily(name: str) -> None:
    found = lived(name)
    present = set(range(400)) - {d for low, high in found.empty for d in range(low, high)}
    assert days_with(found, "toilet") == present
    assert len(days_with(found, "shower", "bath")) > 0.7 * len(present)
    assert len(days_with(found, "dinner")) > 0.4 * len(present)


def test_members_move_between_home_and_elsewhere_in_turn() -> None:
    """Who has left comes back, or departs, before leaving again."""
    events = lived("electric_commuter").events
    moves = events.take(events.member == 0).of("leave", "return", "arrive", "depart")
    names = [EVENTS[k] for k in moves.kind.tolist()]
    assert not any(pair in (("leave", "leave"), ("return", "return")) for pair in pairwise(names))


def test_the_end_of_the_data_is_not_a_journey() -> None:
    found = lived("single_flat", 5)
    assert days_with(found, "sleep") == set(range(5))
    assert (FIRST + timedelta(days=4)).weekday() == 2
