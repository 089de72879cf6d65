"""Standby: what is drawn all the time, from the lowest half hour of each day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from .clock import Bools, Dates, Floats
from .curve import Curve
from .weather import turning, warm

READ = 0.8
"""The share of a day that must have been measured."""
LAST = 28
"""Days from which the level is taken."""
FEWEST = 7
QUANTILE = 0.2
"""A fridge rests in the lowest half hour of some days only: this share of the days lies lower."""
AROUND = 14
"""Days held against each other before and after a rise."""
LEAST = 15.0
"""W: rises below this are a fridge's."""
CLEAR = 0.3
"""How far most days after a rise lie above most days before it, as a share of the rise."""
STAYS = 0.8
"""The share of a rise that, once it falls again, ends it."""
HEATED = 50.0
"""W from one cold day to the next where electricity heats all day: there only warm days show a rise."""


@dataclass(frozen=True, eq=False)
class Lows:
    """The lowest power of each day that was measured, W; shape (n,)."""

    days: Dates
    watts: Floats

    @classmethod
    def of(cls, curve: Curve) -> Lows:
        fine = curve.trusted & (curve.length <= 1.1)
        days, place = np.unique(curve.day[fine], return_inverse=True)
        lowest = np.full(len(days), np.inf)
        np.minimum.at(lowest, place, curve.watts[fine])
        read = np.bincount(place, curve.length[fine], len(days)) >= READ * 24
        return cls(days[read], lowest[read])

    def __len__(self) -> int:
        return len(self.days)


@dataclass(frozen=True, slots=True)
class Rise:
    """`watts` more than before, all the time, from the day `on`."""

    on: date
    watts: float


@dataclass(frozen=True, slots=True)
class Standby:
    """`watts` at most are drawn all the time, seen on `days` up to `until`.

    warm  True if nobody heats on these days, so that no heating is in it
    """

    watts: float
    days: int
    until: date
    warm: bool
    rise: Rise | None

    @property
    def kwh(self) -> float:
        """In a year."""
        return self.watts * 8.766


def standby(curve: Curve, town: str) -> Standby | None:
    """None with fewer days than a week."""
    lows = Lows.of(curve)
    if len(lows) < FEWEST:
        return None
    mild = warm(lows.days, town)
    is_warm = int(mild.sum()) >= FEWEST
    judged = np.flatnonzero(mild if is_warm else np.ones(len(lows), bool))[-LAST:]
    until: date = lows.days[judged[-1]].astype(object)
    rise = _rise(lows, mild, turning(lows.days, town))
    level = _level(lows.watts[judged])
    if rise is not None and rise.on > until:
        level += rise.watts
    # The last days can show that it is less by now.
    level = min(level, _level(lows.watts[-LAST:]))
    return Standby(level, len(judged), until, is_warm, rise)


def _level(lowest: Floats) -> float:
    return float(np.quantile(lowest, QUANTILE))


def _rise(lows: Lows, mild: Bools, autumn: Bools) -> Rise | None:
    """The clearest rise from one day to the next that lasts: fourteen days above the fourteen before."""
    lowest = lows.watts
    if len(lowest) < 2 * AROUND:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(lowest, AROUND)
    low, middle, high = np.quantile(windows, (QUANTILE, 0.5, 1 - QUANTILE), axis=1)
    before, after = slice(None, -AROUND), slice(AROUND, None)
    size = middle[after] - middle[before]
    # Days that vary by as much as they rise, as where heating runs, show nothing.
    apart = np.where(size > 0, low[after] - high[before], np.minimum(high[after] - low[before], 0))
    clear = np.abs(apart) >= np.maximum(CLEAR * np.abs(size), LEAST)
    allowed = mild if _heated(lowest[~mild]) else ~autumn
    up = clear & (apart > 0) & allowed[AROUND : len(lowest) - AROUND + 1]
    if not up.any():
        return None
    best = int(np.argmax(np.where(up, apart, 0)))
    if (clear[best:] & (size[best:] <= -STAYS * size[best])).any():
        return None
    at = _first(lowest, best + AROUND, float(middle[before][best] + size[best] / 2))
    return Rise(lows.days[at].astype(object), float(size[best]))


def _heated(lowest: Floats) -> bool:
    """True if one day differs from the next by what only heating explains."""
    return bool(len(lowest) > 1 and np.quantile(np.abs(np.diff(lowest)), 1 - QUANTILE) > HEATED)


def _first(lowest: Floats, at: int, level: float) -> int:
    """The day near `at` that divides best what lies below `level` from what lies above."""

    def wrong(split: int) -> int:
        return int((lowest[at - AROUND : split] >= level).sum() + (lowest[split : at + AROUND] < level).sum())

    return min(range(at - 4, min(at + 5, len(lowest))), key=wrong)
