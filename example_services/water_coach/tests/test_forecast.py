from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from water_coach.days import Days
from water_coach.forecast import Forecast, forecast
from water_coach.hours import Hours

MakeHome = Callable[..., Hours]


def predict(hours: Hours, lost: float = 0.0) -> Forecast | None:
    days = Days.of(hours)
    return forecast(days, np.random.default_rng(1), np.full(len(days), lost))


def test_the_truth_of_the_year_lies_mostly_in_the_range(home: MakeHome) -> None:
    """Ten homes, seen to the end of May of their second year, held against what they used in all of it."""
    inside = 0
    for seed in range(10):
        hours = home(days=731, seed=seed)
        days = Days.of(hours)
        found = predict(hours.only(hours.end <= days.bounds[366 + 151]))
        assert found is not None
        inside += found.low <= days.litres[366:731].sum() <= found.high
    assert inside >= 7


def test_a_garden_is_expected_again_in_its_season(home: MakeHome) -> None:
    hours = home(days=731, garden=400.0)
    days = Days.of(hours)
    found = predict(hours.only(hours.end <= days.bounds[366 + 60]))
    assert found is not None
    assert found.seasonal
    assert found.expected == pytest.approx(days.litres[366:731].sum(), rel=0.1)


def test_what_was_read_is_counted_as_read(home: MakeHome) -> None:
    hours = home(days=366)
    found = predict(hours)
    assert found is not None
    assert found.low == found.expected == found.high == found.so_far == hours.litres.sum()


def test_a_leak_is_not_expected_again(home: MakeHome) -> None:
    hours = home(days=366 + 60, leak=(20, 0))
    with_leak, without = predict(hours), predict(hours, lost=480.0)
    assert with_leak is not None
    assert without is not None
    assert without.expected < with_leak.expected - 250 * 480


def test_the_range_is_in_order_and_the_known_part_below_it(home: MakeHome) -> None:
    found = predict(home(days=100))
    assert found is not None
    assert found.so_far < found.low <= found.expected <= found.high
    assert not found.seasonal


def test_the_same_data_and_chance_give_the_same_forecast(home: MakeHome) -> None:
    assert predict(home(days=200)) == predict(home(days=200))


def test_seven_weeks_are_too_few(home: MakeHome) -> None:
    assert predict(home(days=55)) is None


def test_a_gap_is_expected_like_days_to_come(home: MakeHome) -> None:
    hours = home(days=366)
    days = Days.of(hours)
    found = predict(hours.only((hours.start < days.bounds[100]) | (hours.start >= days.bounds[130])))
    assert found is not None
    assert found.expected == pytest.approx(hours.litres.sum(), rel=0.05)
