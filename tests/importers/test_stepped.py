"""The length of the step that a stamp closes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.importers.load_curve import STEPS, energy_of
from selfdata_sdk.importers.stepped import steps
from selfdata_sdk.model.time import HOUR, MINUTE


def minutes(*at: int) -> tuple[list[int], str]:
    found, guess = steps(np.array(at, np.int64) * MINUTE, STEPS)
    return [int(s) // MINUTE for s in found], guess


@pytest.mark.parametrize(
    ("at", "lengths"),
    [
        ((30, 60, 90), [30, 30, 30]),
        ((60, 120, 180, 210, 240, 250, 260), [60, 60, 60, 30, 30, 10, 10]),
        ((10, 20, 60, 120, 180), [10, 10, 30, 60, 60]),
        ((30, 60, 120, 150, 180), [30, 30, 30, 30, 30]),
        ((60, 120, 180, 210), [60, 60, 60, 30]),
        ((60, 120, 150), [30, 30, 30]),
        ((30, 60, 1440, 1470, 1500), [30, 30, 30, 30, 30]),
        ((30, 90, 150, 180, 210), [30, 30, 30, 30, 30]),
    ],
)
def test_a_step_lasts_from_one_stamp_to_the_next_unless_there_is_a_hole(
    at: tuple[int, ...], lengths: list[int]
) -> None:
    assert minutes(*at) == (lengths, "inferred")


@pytest.mark.parametrize("at", [(30,), (7, 94, 1000)])
def test_what_cannot_be_told_is_half_an_hour_and_said_to_be_assumed(at: tuple[int, ...]) -> None:
    assert minutes(*at) == ([30] * len(at), "assumed")


def test_a_stated_length_holds_unless_stamps_follow_faster() -> None:
    at = np.array([60, 120, 240, 250], np.int64) * MINUTE
    found, guess = steps(at, STEPS, HOUR)
    assert (found // MINUTE).tolist() == [60, 60, 60, 10]
    assert guess == "inferred"
    assert steps(at[:3], STEPS, HOUR)[1] == ""


@given(st.lists(st.sampled_from([10, 30, 60]), min_size=2, max_size=40))
def test_no_step_is_longer_than_the_time_since_the_stamp_before(lengths: list[int]) -> None:
    """So no two uses of one file overlap, whatever the file does."""
    at = np.cumsum(lengths).astype(np.int64) * MINUTE
    found, _ = steps(at, STEPS)
    assert (found[1:] <= np.diff(at)).all()


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50), st.sampled_from(STEPS))
def test_energy_is_power_times_the_step_rounded_half_to_even(power: list[int], length: int) -> None:
    energy, rounded = energy_of(np.array(power, np.int64), length)
    for i, (p, e) in enumerate(zip(power, energy.tolist(), strict=True)):
        exact, rest = divmod(p * length, HOUR)
        assert abs(e * HOUR - p * length) * 2 <= HOUR
        assert e % 2 == 0 or rest * 2 != HOUR
        assert e == exact or rest
        assert bool(rest) == bool(rounded is not None and rounded[i])
