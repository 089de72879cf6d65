"""Everything that was worked out from one home's data, once, for all advice to speak from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from .absences import away
from .clock import HOUR, local_date, micros
from .days import Days
from .forecast import Forecast, forecast
from .habits import Habit, habits
from .hours import Bools, Floats, Hours
from .leaks import Leaks, find_leaks
from .operator_sign import OperatorSign
from .past import SPAN, Comparison, compare
from .references import LeakRule, Tariff

FRESH = 7  # days after which what the data say is no longer called “now”
FIRST_DAYS = 14  # whole days before anything but leaks is spoken of


@dataclass(frozen=True)
class Findings:
    """One home's water use, and what follows from it."""

    hours: Hours
    days: Days
    away: Bools
    leaks: Leaks
    operator: OperatorSign | None
    comparison: Comparison | None
    habits: tuple[Habit, ...]
    forecast: Forecast | None
    rule: LeakRule
    tariff: Tariff
    occupants: int | None
    goal: int
    fresh: bool
    """True if the data reach up to the last days before now."""
    limited: bool
    """True if the person lets the coach see days, not hours."""
    provisional: date | None
    """The first recent day whose values may still change."""

    @property
    def tz(self) -> str:
        return self.hours.tz

    @property
    def enough(self) -> bool:
        """Two weeks of days that were read."""
        return int(self.days.whole.sum()) >= FIRST_DAYS

    @property
    def gaps(self) -> int:
        """Days of the last eight weeks that were not read well enough; those before the first reading do not count."""
        window = slice(max(0, self.days.last - 2 * SPAN + 1), self.days.last + 1)
        return int((~self.days.whole[window]).sum())

    @property
    def recent(self) -> Floats:
        """Litres of the whole days among the last four weeks on which somebody was at home."""
        filled, out = self.days.filled(), self.away
        window = slice(max(0, self.days.last - SPAN + 1), self.days.last + 1)
        mine = filled[window][~out[window]]
        found: Floats = mine[np.isfinite(mine)]
        return found

    @property
    def yearly(self) -> float:
        """Litres in 365 days at the mean of the last year's whole days."""
        filled = self.days.filled()[-365:]
        known = filled[np.isfinite(filled)]
        return float(known.mean() * 365) if len(known) else 0.0


def find(
    hours: Hours,
    operator: OperatorSign | None,
    *,
    now: datetime,
    random: np.random.Generator,
    rule: LeakRule,
    tariff: Tariff,
    occupants: int | None,
    goal: int,
    limited: bool,
) -> Findings:
    """Work out everything."""
    days = Days.of(hours)
    leaks = find_leaks(hours, rule)
    lost = leaks.lost(days.bounds) if len(days) else np.zeros(0)
    week = hours.end[-1] - 7 * 24 * HOUR if len(hours) else 0
    doubtful = np.flatnonzero(hours.provisional & (hours.start >= week))
    return Findings(
        hours=hours,
        days=days,
        away=away(days),
        leaks=leaks,
        operator=operator,
        comparison=compare(days),
        habits=habits(hours, days, lost),
        forecast=forecast(days, random, lost),
        rule=rule,
        tariff=tariff,
        occupants=occupants,
        goal=goal,
        fresh=bool(len(hours)) and micros(now) - int(hours.end[-1]) <= FRESH * 24 * HOUR,
        limited=limited,
        provisional=local_date(int(hours.start[doubtful[0]]), hours.tz) if len(doubtful) else None,
    )
