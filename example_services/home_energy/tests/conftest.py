"""Load curves made of what is switched on when. The package need not be installed to be tested."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from home_energy.clock import DAY, Floats
from home_energy.curve import Curve

FIRST = np.datetime64("2025-11-01", "D")


@pytest.fixture
def curve() -> Callable[..., Curve]:
    """The half hours of `days` days from 1 November 2025 on: W by (day, half hour), a number or an array."""

    def made(watts: float | Floats, days: int = 365, trusted: bool = True) -> Curve:
        shape = (days, 48)
        power = np.broadcast_to(np.asarray(watts, float), shape).ravel()
        start = (FIRST.astype(int) * DAY) + np.arange(days * 48) * (DAY // 48)
        return Curve(start, np.full(len(start), 0.5), power / 2000, np.full(len(start), trusted))

    return made
