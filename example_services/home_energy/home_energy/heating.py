"""What follows the cold: daily energy held against degree days of the normal temperature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .daily import Daily
from .weather import normal

ENOUGH = 90
"""Whole days needed, and among them degrees between the colder and the warmer tenth."""
SPREAD = 8.0
BASES = np.arange(10.0, 18.5, 0.5)
"""°C: temperatures from which a home may be heated; the one that fits best is taken."""
CLEAR_SHARE, CLEAR_FIT = 0.3, 0.4
SOME_SHARE, SOME_FIT = 0.12, 0.1


@dataclass(frozen=True, slots=True)
class Heating:
    """Daily kWh = `rest` + `per_degree` × max(0, `base` − temperature).

    share  of the kWh of these days that follows the cold
    fit    R²: the share of the days' ups and downs that normal temperatures explain
    days   that were looked at
    kwh    that follow the cold in a year
    """

    base: float
    per_degree: float
    rest: float
    share: float
    fit: float
    days: int
    kwh: float

    @property
    def verdict(self) -> Literal["heats", "perhaps", "none"]:
        if self.share >= CLEAR_SHARE and self.fit >= CLEAR_FIT:
            return "heats"
        return "perhaps" if self.share >= SOME_SHARE and self.fit >= SOME_FIT else "none"


def heating(daily: Daily, town: str, known: int = 0) -> Heating | None:
    """The line of least squares with the best base; None where there is not enough cold and warmth to tell.

    `known` is the number of days that were read, with those that are left out of `daily`.
    """
    if len(daily) < ENOUGH:
        return None
    temperature = normal(daily.days, town)
    low, high = np.quantile(temperature, (0.1, 0.9))
    spread = daily.amounts.var()
    if high - low < SPREAD or spread <= 0:
        return None
    found = []
    for base in BASES:
        degrees = np.maximum(base - temperature, 0)
        mean = degrees.mean()
        if degrees.var() <= 0:
            continue
        slope = float(((degrees - mean) * daily.amounts).mean() / degrees.var())
        fit = float(slope**2 * degrees.var() / spread)
        found.append((fit, float(base), slope, float(mean)))
    fit, base, slope, mean = max(found)
    used = float(daily.amounts.mean())
    if slope <= 0:
        return Heating(base, 0.0, used, 0.0, 0.0, len(daily), 0.0)
    rest = used - slope * mean
    share = min(slope * mean / used, 1.0)
    return Heating(
        base, slope, max(rest, 0.0), share, min(fit, 1.0), len(daily), share * daily.total * 365 / (known or len(daily))
    )
