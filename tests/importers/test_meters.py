"""From readings to use: never negative, nothing invented, nothing lost but what is reported."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.importers.meters import Dial, Steps, steps
from selfdata_sdk.model.time import DAY, HOUR, MINUTE

LITRE = 1000
DIAL = Dial(fastest=20_000 * LITRE, tolerance=2 * LITRE, unit=LITRE)
T0 = 1_456_787_056_000_000

INDEXES = st.lists(st.integers(0, 10**7).map(lambda v: v * LITRE), min_size=2, max_size=60)
RISING = st.lists(st.integers(0, 500), min_size=2, max_size=60).map(lambda d: np.cumsum([300_000, *d]) * LITRE)


def hourly(litres: list[int], dial: Dial = DIAL, gap: int = HOUR) -> Steps:
    return steps(T0 + np.arange(len(litres)) * gap, np.array(litres, np.int64) * LITRE, dial)


def amounts(found: Steps) -> list[int]:
    return [int(a) for a in found.amount // LITRE]


@given(RISING, st.randoms(use_true_random=False))
def test_rising_readings_in_any_order_add_up_to_the_last_less_the_first(index: np.ndarray, random: object) -> None:
    at = T0 + np.arange(len(index)) * HOUR
    order = np.random.default_rng(random.getrandbits(32)).permutation(len(index))  # type: ignore[attr-defined]
    found = steps(at[order], index[order], DIAL)
    assert found.amount.sum() == index[-1] - index[0]
    assert len(found.amount) == len(index) - 1
    assert not found.doubtful.any()
    assert not len(found.foreign)


@given(INDEXES, st.lists(st.integers(0, 5 * 24 * 60), min_size=60, max_size=60))
def test_no_use_is_ever_negative_or_faster_than_a_home_can_draw(index: list[int], minutes: list[int]) -> None:
    at = T0 + np.cumsum(np.array(minutes[: len(index)]) * MINUTE)
    found = steps(at, np.array(index, np.int64), DIAL)
    assert (found.amount >= 0).all()
    hours = np.maximum(at[found.last] - at[found.first], HOUR) / HOUR
    # A step back and the rise after it may both belong to one step.
    assert (found.amount <= np.ceil(hours * DIAL.fastest) + DIAL.tolerance).all()


@given(INDEXES, st.lists(st.integers(0, 5 * 24 * 60), min_size=60, max_size=60))
def test_every_reading_is_kept_or_named(index: list[int], minutes: list[int]) -> None:
    at = T0 + np.cumsum(np.array(minutes[: len(index)]) * MINUTE)
    found = steps(at, np.array(index, np.int64), DIAL)
    rows = np.concatenate([found.kept, found.foreign, found.clashing, found.repeated])
    assert sorted(rows.tolist()) == list(range(len(index)))
    assert (np.diff(at[found.kept]) > 0).all()


@given(INDEXES)
def test_uses_never_overlap(index: list[int]) -> None:
    at = T0 + np.arange(len(index)) * HOUR
    found = steps(at, np.array(index, np.int64), DIAL)
    assert (at[found.first][1:] >= at[found.last][:-1]).all()


def test_a_step_back_of_a_litre_is_doubtful_and_loses_no_water() -> None:
    found = hourly([100, 105, 104, 110])
    assert amounts(found) == [5, 0, 5]
    assert found.doubtful.tolist() == [False, True, True]
    assert found.kept.tolist() == [0, 1, 2, 3]


def test_a_replaced_meter_gives_no_use_across_the_change() -> None:
    found = hourly([300_100, 300_110, 300_120, 0, 7, 9])
    assert amounts(found) == [10, 10, 7, 2]
    assert found.replaced.tolist() == [3]
    assert not len(found.foreign)


def test_a_dial_near_its_limit_rolls_over() -> None:
    found = hourly([99_980, 99_990, 5, 20])
    assert amounts(found) == [10, 15, 15]
    assert found.rolled.tolist() == [2]
    assert not len(found.replaced)


def test_a_dial_far_from_its_limit_does_not_roll_over() -> None:
    found = hourly([97_000, 97_010, 5, 20])
    assert amounts(found) == [10, 15]
    assert found.replaced.tolist() == [2]


def test_stated_digits_decide_where_the_limit_is() -> None:
    assert hourly([99_990, 5], Dial(DIAL.fastest, DIAL.tolerance, digits=6, unit=LITRE)).replaced.tolist() == [1]
    assert hourly([99_990, 5], Dial(DIAL.fastest, DIAL.tolerance, digits=5, unit=LITRE)).rolled.tolist() == [1]


def test_a_foreign_meter_between_the_readings_is_dropped() -> None:
    found = hourly([300_100, 300_110, 5_000, 300_120, 5_001, 300_130, 300_131])
    assert found.foreign.tolist() == [2, 4]
    assert amounts(found) == [10, 10, 10, 1]
    assert found.amount.sum() == (300_131 - 300_100) * LITRE


def test_a_foreign_meter_with_a_higher_index_is_dropped_too() -> None:
    found = hourly([5_000, 5_001, 900_000, 5_002, 900_001, 5_004])
    assert found.foreign.tolist() == [2, 4]
    assert amounts(found) == [1, 1, 2]


@pytest.mark.parametrize("foreign", [105_000, 95_000, 130_000, 2_000])
def test_a_foreign_meter_is_told_apart_also_when_its_index_is_near(foreign: int) -> None:
    ours = [100_000 + 7 * i for i in range(20)]
    both = [v for i, a in enumerate(ours) for v in ((a, foreign + i) if 3 <= i < 15 else (a,))]
    found = hourly(both)
    assert [both[r] for r in found.foreign.tolist()] == [foreign + i for i in range(3, 15)]
    assert amounts(found) == [7] * 19


def test_one_high_reading_is_dropped_and_the_use_goes_on_over_it() -> None:
    found = hourly([100, 105, 9_000, 110, 115])
    assert found.foreign.tolist() == [2]
    assert amounts(found) == [5, 5, 5]


def test_a_long_time_allows_a_large_use() -> None:
    found = hourly([1_000, 30_000], gap=2 * DAY)
    assert amounts(found) == [29_000]


def test_two_readings_of_one_instant_are_repeated_or_clash() -> None:
    at = T0 + np.array([0, HOUR, HOUR, HOUR, 2 * HOUR])
    found = steps(at, np.array([1, 2, 2, 9, 12]) * LITRE, DIAL)
    assert found.repeated.tolist() == [2]
    assert found.clashing.tolist() == [3]
    assert amounts(found) == [1, 10]


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_readings_give_no_use(count: int) -> None:
    found = hourly([5] * count)
    assert len(found.amount) == 0
    assert len(found.kept) == count
