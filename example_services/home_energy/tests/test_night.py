from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from home_energy.curve import Curve
from home_energy.night import night

MakeCurve = Callable[..., Curve]


def test_a_third_of_a_constant_load_is_used_at_night(curve: MakeCurve) -> None:
    found = night(curve(300))
    assert found is not None
    assert found.share == pytest.approx(1 / 3, abs=0.01)
    assert found.kwh == pytest.approx(2.4)
    assert found.block is None


def test_a_load_over_midnight_is_one_block(curve: MakeCurve) -> None:
    watts = np.full((60, 48), 100.0)
    watts[:, [46, 47, 0, 1, 2]] += 2000
    found = night(curve(watts, days=60))
    assert found is not None
    assert found.block is not None
    assert (found.block.start, found.block.end) == (23 * 60, 90)
    assert found.block.watts == pytest.approx(2100)


def test_what_runs_on_few_nights_is_no_habit(curve: MakeCurve) -> None:
    watts = np.full((60, 48), 100.0)
    watts[::3, [2, 3]] += 2000
    found = night(curve(watts, days=60))
    assert found is not None
    assert found.block is None


def test_a_few_nights_say_nothing(curve: MakeCurve) -> None:
    assert night(curve(100, days=4)) is None
