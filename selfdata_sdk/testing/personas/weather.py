"""The weather: the mean temperature of each day, and whether it is dry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...model.time import Int64s
from .chance import Bools, Chance
from .days import Days
from .reference import reference

SPELL = 6  # days over which what differs from the season is averaged


@dataclass(frozen=True, slots=True, eq=False)
class Weather:
    """Shape (n,) each; temperatures in tenths of a degree Celsius."""

    tenths: Int64s
    dry: Bools

    @classmethod
    def of(cls, days: Days, chance: Chance) -> Weather:
        n = len(days)
        months = np.array(reference("climate")["tenths"], np.int64)
        dates = np.datetime64(days.first, "D") + np.arange(n)
        day = (dates - dates.astype("datetime64[M]")).astype(np.int64)
        # Straight lines between the middles of the months, each counted as 30 days.
        other = np.where(day < 15, days.month - 2, days.month) % 12
        away = np.minimum(np.abs(day - 15), 15)
        season = (months[days.month - 1] * (30 - away) + months[other] * away) // 30
        drawn = np.cumsum(np.append(0, chance.below("weather", n + SPELL, 301) - 150))
        return cls(season + (drawn[SPELL:] - drawn[:-SPELL])[:n] // SPELL, ~chance.happens("rain", n, 30))
