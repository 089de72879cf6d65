from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from water_coach.days import Days
from water_coach.hours import Hours
from water_coach.past import compare

MakeHome = Callable[..., Hours]


@pytest.mark.parametrize("seed", range(6))
def test_an_unchanged_home_shows_no_clear_change(home: MakeHome, seed: int) -> None:
    found = compare(Days.of(home(days=450, seed=seed)))
    assert found is not None
    assert found.against == "last_year"
    assert not found.clear


@pytest.mark.parametrize("growth", [0.6, 1.4])
def test_a_change_is_seen_with_its_size(home: MakeHome, growth: float) -> None:
    found = compare(Days.of(home(days=450, growth=growth)))
    assert found is not None
    assert found.clear
    assert found.change == pytest.approx(growth - 1, abs=0.12)


def test_the_same_weekdays_are_held_together(home: MakeHome) -> None:
    found = compare(Days.of(home(days=450)))
    assert found is not None
    assert found.first.weekday() == found.earlier_first.weekday()
    assert (found.first - found.earlier_first).days == 364
    assert found.last - found.first == found.earlier_last - found.earlier_first


def test_with_less_than_a_year_the_weeks_before_are_taken(home: MakeHome) -> None:
    found = compare(Days.of(home(days=100, growth=1.5)))
    assert found is not None
    assert found.against == "weeks_before"
    assert found.clear


def test_with_seven_weeks_there_is_nothing_to_compare(home: MakeHome) -> None:
    assert compare(Days.of(home(days=49))) is None


def test_a_gap_on_one_side_takes_its_days_from_both(home: MakeHome) -> None:
    hours = home(days=450, growth=1.4)
    days = Days.of(hours)
    gap = (hours.start >= days.bounds[60]) & (hours.start < days.bounds[65])
    found = compare(Days.of(hours.only(~gap)))
    assert found is not None
    assert found.pairs == 23


def test_too_many_gaps_give_no_comparison(home: MakeHome) -> None:
    hours = home(days=100)
    keep = np.random.default_rng(1).random(len(hours)) < 0.8
    assert compare(Days.of(hours.only(keep))) is None


def test_days_away_do_not_count_as_saving(home: MakeHome) -> None:
    found = compare(Days.of(home(days=450, away=(440, 446))))
    assert found is not None
    assert found.at_home
    assert found.pairs == 22
    assert not found.clear


def test_days_alone_are_enough(home: MakeHome) -> None:
    days = Days.of(home(days=450, growth=1.4))
    daily = Hours.of(days.bounds[:-1], days.bounds[1:], days.litres, "Europe/Paris")
    found = compare(Days.of(daily))
    assert found is not None
    assert found.clear
