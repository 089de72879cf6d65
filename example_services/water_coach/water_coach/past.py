"""The home's use against its own past: the same weekdays, the same season, as many days on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from .absences import away
from .days import Days

SPAN = 28  # days compared: four of each weekday
YEAR = 364  # days back: 52 weeks, so the same weekdays at the same season
ENOUGH = 20  # pairs of whole days needed


@dataclass(frozen=True)
class Comparison:
    """The last four weeks against earlier ones, day by day. Litres per day, means over the same pairs of days."""

    against: Literal["last_year", "weeks_before"]
    first: date
    last: date
    earlier_first: date
    earlier_last: date
    pairs: int
    now: float
    before: float
    at_home: bool
    """True if days away on either side were left out."""
    clear: bool
    """True if the change is larger than what the days' own ups and downs explain."""

    @property
    def change(self) -> float:
        """The change as a share of before; 0.2 is a fifth more."""
        return (self.now - self.before) / self.before if self.before else 0.0


def compare(days: Days) -> Comparison | None:
    """Against the same weeks a year ago, else against the four weeks before; None if neither was read enough."""
    return _compare(days, YEAR, "last_year") or _compare(days, SPAN, "weeks_before")


def _compare(days: Days, back: int, against: Literal["last_year", "weeks_before"]) -> Comparison | None:
    last = days.last
    first = last - SPAN + 1
    if last < 0 or first - back < 0:
        return None
    filled, out = days.filled(), away(days)
    now, before = filled[first : last + 1], filled[first - back : last + 1 - back]
    pairs = np.isfinite(now) & np.isfinite(before)
    home = pairs & ~out[first : last + 1] & ~out[first - back : last + 1 - back]
    used = home if home.sum() >= ENOUGH else pairs
    if used.sum() < ENOUGH:
        return None
    difference = (now - before)[used]
    noise = float(difference.std(ddof=1)) / np.sqrt(len(difference))
    return Comparison(
        against,
        days.date(first),
        days.date(last),
        days.date(first - back),
        days.date(last - back),
        int(used.sum()),
        float(now[used].mean()),
        float(before[used].mean()),
        used is home and bool((pairs & ~home).any()),
        bool(abs(difference.mean()) > 2.5 * noise and abs(difference.mean()) > 0.1 * before[used].mean()),
    )
