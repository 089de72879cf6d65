from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from home_energy.curve import Curve
from home_energy.standby import standby
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MakeCurve = Callable[..., Curve]
FIRST = date(2025, 11, 1)


def usual(days: int = 365) -> np.ndarray:
    """W: 60 all the time, a fridge that comes and goes, evenings, and a water heater from 23 to 1 o'clock."""
    random = np.random.default_rng(2)
    watts = 60 + 40 * random.random((days, 48))
    watts[:, 36:44] += 400
    watts[:, [46, 47, 0, 1]] += 2200
    return watts


def test_what_never_sleeps_is_found_under_what_comes_and_goes(curve: MakeCurve) -> None:
    found = standby(curve(usual()), "lyon")
    assert found is not None
    assert found.watts == pytest.approx(60, abs=3)
    assert found.rise is None
    assert found.warm


def test_heating_is_no_standby(curve: MakeCurve) -> None:
    watts = usual()
    watts[:200] += 900
    found = standby(curve(watts), "lyon")
    assert found is not None
    assert found.watts == pytest.approx(60, abs=3)


@given(st.integers(110, 320), st.integers(40, 300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
def test_what_is_left_on_is_found_with_its_day(curve: MakeCurve, day: int, more: int) -> None:
    watts = usual()
    watts[day:] += more
    found = standby(curve(watts), "lyon")
    assert found is not None
    assert found.rise is not None
    assert abs(found.rise.on - (FIRST + timedelta(days=day))) <= timedelta(days=1)
    assert found.rise.watts == pytest.approx(more, abs=4)


def test_what_was_switched_off_again_is_not_told(curve: MakeCurve) -> None:
    watts = usual()
    watts[150:220] += 80
    found = standby(curve(watts), "lyon")
    assert found is not None
    assert found.rise is None


def test_a_rise_in_autumn_may_be_heating(curve: MakeCurve) -> None:
    watts = usual()
    watts[340:] += 80  # 7 October
    found = standby(curve(watts), "lyon")
    assert found is not None
    assert found.rise is None


def test_what_was_switched_off_lately_is_not_counted(curve: MakeCurve) -> None:
    watts = usual() + 50
    watts[330:] -= 50
    found = standby(curve(watts), "lyon")
    assert found is not None
    assert found.watts == pytest.approx(60, abs=3)


def test_estimated_values_and_few_days_give_no_verdict(curve: MakeCurve) -> None:
    assert standby(curve(usual(), trusted=False), "lyon") is None
    assert standby(curve(usual(6), days=6), "lyon") is None
