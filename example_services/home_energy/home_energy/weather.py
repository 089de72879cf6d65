"""The normal temperature of each day of the year. A service has no network: it cannot know the weather that was."""

from __future__ import annotations

import numpy as np

from .clock import Bools, Dates, Floats
from .references import climate

STEP = np.timedelta64(7, "D")
THIRD = 1 / 3
"""The warmest third of the year is warm: nobody heats in it. In the coldest third, whoever heats has begun."""


def normal(days: Dates, town: str) -> Floats:
    """°C: straight lines between the middles of the months, each counted as 30 days."""
    months = np.array(climate(town))
    month = days.astype("M8[M]").astype(int) % 12
    day = (days - days.astype("M8[M]").astype("M8[D]")).astype(int)
    other = np.where(day < 15, month - 1, month + 1) % 12
    away = np.minimum(np.abs(day - 15), 15)
    temperatures: Floats = (months[month] * (30 - away) + months[other] * away) / 30
    return temperatures


def warm(days: Dates, town: str) -> Bools:
    found: Bools = normal(days, town) >= _of_the_year(town, 1 - THIRD)
    return found


def turning(days: Dates, town: str) -> Bools:
    """In autumn, when heating begins: neither warm nor cold yet, and it gets colder."""
    temperature = normal(days, town)
    between = (temperature < _of_the_year(town, 1 - THIRD)) & (temperature > _of_the_year(town, THIRD))
    found: Bools = between & (normal(days + STEP, town) < normal(days - STEP, town))
    return found


def _of_the_year(town: str, share: float) -> float:
    year = np.arange("2025-01-01", "2026-01-01", dtype="M8[D]")
    return float(np.quantile(normal(year, town), share))
