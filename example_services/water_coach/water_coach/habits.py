"""Which habit takes most water beyond what this home uses at ordinary times.

Each habit is held against the rest of the same home's life, so that they can be ranked by litres:

    morning   06 to 10 h    against as many other waking hours (06 to 23 h)
    evening   18 to 23 h    against as many other waking hours
    weekend   Saturday and Sunday against weekdays
    garden    May to September against November to March, the same weekdays
    away      what runs while nobody is at home, against nothing
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .absences import away
from .clock import wall_hours
from .days import Days
from .hours import LONGEST_HOUR, Bools, Floats, Hours, Ints

Name = Literal["morning", "evening", "weekend", "garden", "away"]

BANDS: dict[Name, tuple[int, int]] = {"morning": (6, 10), "evening": (18, 23)}
WAKING = (6, 23)
WARM, COOL = (5, 6, 7, 8, 9), (11, 12, 1, 2, 3)
ENOUGH_DAYS = 28
ENOUGH_OF_SEASON = 45
LEAST_SHARE = 0.03  # of the year's use: less is not worth a word
YEAR = 365


@dataclass(frozen=True)
class Habit:
    """`extra` litres in a year beyond the home's ordinary times, `used` in all by the habit."""

    name: Name
    used: float
    extra: float
    occasion: float
    """Litres at one occasion: a morning, a day of the weekend, a day of the season, a day away."""
    ordinary: float
    """Litres that as much ordinary time takes."""
    occasions: int
    """In the days looked at."""


def habits(hours: Hours, days: Days, lost: Floats) -> tuple[Habit, ...]:
    """Habits that take clearly more than ordinary times, the costliest first, over the last 365 days.

    `lost` (litres per day) went to leaks and is nobody's habit. Hours of the day are spoken of only where most of
    the use was read by the hour; where a garden is watered, they are those of the other months.
    """
    out = away(days)
    recent = np.arange(len(days)) >= len(days) - YEAR
    lived = days.whole & recent & ~out
    if lived.sum() < ENOUGH_DAYS:
        return ()
    kept = replace(days, litres=np.maximum(days.litres - lost, 0))
    mean = float(kept.filled()[lived].mean())
    share = float(lived.sum() / (days.whole & recent).sum())
    garden = _garden(kept, lived, share)
    found = [_away(days, out & recent, share), _weekend(kept, lived, share), garden]
    if hours.hourly:
        usual = lived & ~np.isin(days.month, WARM) if garden else lived
        found += [_band(hours, days, name, usual, share) for name in BANDS]
    worth = [h for h in found if h is not None and h.extra >= LEAST_SHARE * mean * YEAR * share]
    return tuple(sorted(worth, key=lambda h: (-h.extra, h.name)))


def _band(hours: Hours, days: Days, name: Name, usual: Bools, share: float) -> Habit:
    work, free = profile(hours, days, usual)
    rate = (5 * work + 2 * free) / 7
    low, high = BANDS[name]
    inside = np.zeros(24, bool)
    inside[low:high] = True
    waking = np.zeros(24, bool)
    waking[WAKING[0] : WAKING[1]] = True
    occasion = float(rate[inside].sum())
    ordinary = float(rate[waking & ~inside].mean()) * (high - low)
    return Habit(
        name, occasion * YEAR * share, (occasion - ordinary) * YEAR * share, occasion, ordinary, int(usual.sum())
    )


def _weekend(days: Days, lived: Bools, share: float) -> Habit | None:
    weekend = days.weekday >= 5
    return _against(days, "weekend", lived & weekend, lived & ~weekend, YEAR * 2 / 7 * share, ENOUGH_DAYS // 7)


def _garden(days: Days, lived: Bools, share: float) -> Habit | None:
    warm, cool = np.isin(days.month, WARM), np.isin(days.month, COOL)
    return _against(days, "garden", lived & warm, lived & cool, 153 * share, ENOUGH_OF_SEASON)


def _against(days: Days, name: Name, those: Bools, others: Bools, per_year: float, enough: int) -> Habit | None:
    """None if there are too few days on a side, or if the difference is within their ups and downs."""
    if min(those.sum(), others.sum()) < max(enough, 2):
        return None
    filled = days.filled()
    a, b = filled[those], filled[others]
    difference = float(a.mean() - b.mean())
    noise = float(np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)))
    if difference <= 2.5 * noise:
        return None
    return Habit(
        name, float(a.mean()) * per_year, difference * per_year, float(a.mean()), float(b.mean()), int(those.sum())
    )


def _away(days: Days, out: Bools, share: float) -> Habit | None:
    if not out.any():
        return None
    mean = float(days.litres[out].mean())
    extra = mean * YEAR * (1 - share)
    return Habit("away", extra, extra, mean, 0.0, int(out.sum()))


def profile(hours: Hours, days: Days, which: Bools) -> tuple[Floats, Floats]:
    """The mean flow (L/h) in each wall-clock hour of the days in `which`, on weekdays and at the weekend; (24,) each.

    A row goes to the hour in which its middle lies; one longer than an hour to none.
    """
    if not len(hours) or not len(days):
        return np.zeros(24), np.zeros(24)
    middle = (hours.start + hours.end) // 2
    hour = wall_hours(middle, hours.tz).astype(np.int64)
    index = np.clip(np.searchsorted(days.bounds, middle, side="right") - 1, 0, len(days) - 1)
    counts = (hours.length <= LONGEST_HOUR) & which[index]
    weekend = days.weekday[index] >= 5
    return _mean_flow(hours, hour, counts & ~weekend), _mean_flow(hours, hour, counts & weekend)


def _mean_flow(hours: Hours, hour: Ints, rows: Bools) -> Floats:
    litres = np.bincount(hour[rows], hours.litres[rows], 24)
    time = np.bincount(hour[rows], hours.length[rows], 24)
    return np.divide(litres, time, out=np.zeros(24), where=time > 0)
