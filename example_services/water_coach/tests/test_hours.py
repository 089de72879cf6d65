from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from water_coach.clock import HOUR
from water_coach.hours import Hours

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


def hourly(litres: list[float], **more: object) -> Hours:
    start = np.arange(len(litres), dtype=np.int64) * HOUR
    return Hours.of(start, start + HOUR, np.array(litres), "Europe/Paris", **more)  # type: ignore[arg-type]


def test_rows_without_an_amount_are_gaps() -> None:
    hours = hourly([1, np.nan, -3, 4])
    assert hours.litres.tolist() == [1, 4]


def test_a_row_that_overlaps_the_one_before_is_not_counted_twice() -> None:
    start = np.array([0, HOUR // 2, HOUR])
    hours = Hours.of(start, start + HOUR, np.array([1.0, 2.0, 4.0]), "Europe/Paris")
    assert hours.litres.tolist() == [1.0]


def test_an_hour_known_for_less_than_nine_tenths_is_a_gap() -> None:
    assert hourly([1, 2, 3], coverage=np.array([1.0, 0.5, 0.95])).litres.tolist() == [1, 3]


def test_estimated_values_count_in_sums_but_carry_no_verdict() -> None:
    hours = hourly([1, 2, 3], quality=np.array(["measured", "estimated", "missing"], object))
    assert hours.litres.tolist() == [1, 2]
    assert hours.fine.tolist() == [True, False]


@pytest.mark.parametrize(("litres", "step"), [([3, 7, 20], 1.0), ([30, 70, 200], 10.0), ([0.5, 1.25], 0.25)])
def test_the_step_in_which_a_meter_counts_is_seen(litres: list[float], step: float) -> None:
    assert hourly(litres).resolution == step


def test_days_are_not_taken_for_hours() -> None:
    start = np.arange(30, dtype=np.int64) * 24 * HOUR
    days = Hours.of(start, start + 24 * HOUR, np.full(30, 300.0), "Europe/Paris")
    assert days.daily
    assert not days.hourly


def test_a_year_of_hours_is_hourly(home: Callable[..., Hours]) -> None:
    hours = home(days=60)
    assert hours.hourly
    assert not hours.daily


@given(
    litres=st.lists(st.integers(0, 500), min_size=1, max_size=40),
    cuts=st.lists(st.integers(0, 40 * HOUR), min_size=2, max_size=9, unique=True),
)
@settings(deadline=None)
def test_no_litre_is_lost_or_made_when_time_is_cut(litres: list[float], cuts: list[int]) -> None:
    hours = hourly(litres)
    bounds = np.array(sorted({*cuts, 0, 40 * HOUR}), np.int64)
    used, covered = hours.used(bounds)
    assert used.sum() == pytest.approx(sum(litres))
    assert covered.sum() == pytest.approx(len(litres))
    assert (used >= 0).all()
