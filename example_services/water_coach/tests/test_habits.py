from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from water_coach.clock import HOUR
from water_coach.days import Days
from water_coach.habits import Habit, habits, profile
from water_coach.hours import Hours

MakeHome = Callable[..., Hours]


def found(hours: Hours) -> tuple[Habit, ...]:
    days = Days.of(hours)
    return habits(hours, days, np.zeros(len(days)))


@pytest.mark.parametrize(
    ("facts", "name", "extra"),
    [
        ({"evening": 2.5}, "evening", None),
        ({"weekend": 3.0}, "weekend", 104 * 2.0 * 240),
        ({"garden": 900.0}, "garden", 153 * 900.0),
    ],
)
def test_the_planted_habit_costs_most(home: MakeHome, facts: dict[str, float], name: str, extra: float | None) -> None:
    first = found(home(**facts))[0]
    assert first.name == name
    if extra is not None:
        assert first.extra == pytest.approx(extra, rel=0.1)


def test_the_same_use_all_day_and_year_is_no_habit() -> None:
    start = np.arange(400 * 24, dtype=np.int64) * HOUR
    assert found(Hours.of(start, start + HOUR, np.full(len(start), 10.0), "UTC")) == ()


def test_a_weekend_like_any_other_day_is_no_habit(home: MakeHome) -> None:
    assert "weekend" not in {h.name for h in found(home())}


def test_what_runs_while_away_is_a_habit_of_its_own(home: MakeHome) -> None:
    hours = home(away=(100, 260))
    litres = hours.litres + np.where((hours.start >= hours.start[2400]) & (hours.start < hours.start[6240]), 0.5, 0)
    names = {h.name: h for h in found(Hours.of(hours.start, hours.end, litres, hours.tz))}
    assert names["away"].occasion == pytest.approx(12, abs=0.5)
    assert names["away"].occasions == 160


def test_watering_in_the_evening_is_the_gardens_and_not_the_evenings(home: MakeHome) -> None:
    first, *others = found(home(garden=400))
    assert first.name == "garden"
    evening = next(h for h in others if h.name == "evening")
    assert evening.extra < 20_000


def test_a_leak_is_nobodys_habit(home: MakeHome) -> None:
    hours = home(leak=(20, 24 * 121, 24 * 153))
    days = Days.of(hours)
    lost = np.where((np.arange(len(days)) >= 121) & (np.arange(len(days)) < 274), 480.0, 0.0)
    assert "garden" in {h.name for h in habits(hours, days, np.zeros(len(days)))}
    assert "garden" not in {h.name for h in habits(hours, days, lost)}


def test_days_alone_know_no_hours_but_weekends(home: MakeHome) -> None:
    days = Days.of(home(weekend=2.0))
    daily = Hours.of(days.bounds[:-1], days.bounds[1:], days.litres, "Europe/Paris")
    assert [h.name for h in found(daily)] == ["weekend"]


def test_three_weeks_are_too_few(home: MakeHome) -> None:
    assert found(home(days=21, weekend=3.0)) == ()


def test_the_profile_is_in_litres_per_hour_by_wall_clock(home: MakeHome) -> None:
    hours = home(weekend=2.0)
    days = Days.of(hours)
    work, free = profile(hours, days, days.whole)
    assert int(np.argmax(work)) == 7
    assert free.sum() == pytest.approx(2 * work.sum(), rel=0.1)
    assert work[2:5].sum() == 0
    mean = float((days.litres[days.weekday < 5]).mean())
    assert work.sum() == pytest.approx(mean, rel=0.01)


def test_the_real_clean_home_uses_most_at_weekends(real_home: MakeHome) -> None:
    (first, *_) = found(real_home("clean"))
    assert first.name == "weekend"
    assert 10_000 < first.extra < 13_000
