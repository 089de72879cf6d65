"""The year's use: what was read so far, and what this home's own weeks let one expect of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from .days import Days
from .hours import Floats
from .references import unseen_season

DRAWS = 1000
WEEK = 7
SEASON = 6  # weeks before and after the same date that count as the same season
ENOUGH = 8  # weeks needed in all
ENOUGH_OF_SEASON = 4
WEEKS_A_YEAR = 365.25 / WEEK
BLOCK = 4  # weeks drawn together: a busy week seldom comes alone


@dataclass(frozen=True)
class Forecast:
    """Litres of the calendar year `year`: 8 in 10 of the years drawn lie between `low` and `high`."""

    year: int
    so_far: float
    """Read in this year up to `until`."""
    until: date
    expected: float
    low: float
    high: float
    weeks: int
    """The home's own weeks drawn from."""
    seasonal: bool
    """True if the rest of the year was drawn from the same season of the past."""


def forecast(days: Days, random: np.random.Generator, lost: Floats) -> Forecast | None:
    """None with fewer than eight whole weeks. `lost` (litres per day) went to leaks and is not expected again."""
    last = days.last
    if last < 0:
        return None
    filled = days.filled()
    weeks, ends = _weeks(np.maximum(filled - lost, 0), last)
    if len(weeks) < ENOUGH:
        return None
    year = days.date(last).year
    new_year = np.datetime64(f"{year}-01-01", "D")
    length = int((np.datetime64(f"{year + 1}-01-01", "D") - new_year).astype(np.int64))
    in_year = np.arange(max(0, days.at(new_year)), last + 1)
    known = np.isfinite(filled[in_year])
    so_far = float(filled[in_year][known].sum())
    missing = length - int(known.sum())
    when = ((days.day[ends] - days.day[ends].astype("datetime64[Y]")).astype(np.int64)) / WEEK
    first = (days.day[last] - new_year).astype(np.int64) + 1
    totals, seasonal = _draw(weeks, when, missing, float(first), random)
    low, expected, high = np.quantile(so_far + totals, [0.1, 0.5, 0.9])
    return Forecast(year, so_far, days.date(last), float(expected), float(low), float(high), len(weeks), seasonal)


def _weeks(litres: Floats, last: int) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """Totals of the whole weeks that end on `last` and every seven days before it, and the index of their last day."""
    ends = np.arange(last, WEEK - 2, -WEEK)[::-1]
    totals = np.array([litres[e - WEEK + 1 : e + 1].sum() for e in ends])
    whole = np.isfinite(totals)
    return totals[whole], ends[whole]


def _draw(weeks: Floats, when: Floats, days: int, first: float, random: np.random.Generator) -> tuple[Floats, bool]:
    """Totals of `days` days for each draw, and whether all of them come from the same season.

    The days ahead are drawn in blocks of four weeks in a row, each from the weeks of the same season where there are
    enough of them. Weeks are not independent, and nor are months: each draw as a whole is also made busier or calmer
    by as much as some six weeks of this home were, against the season around them, and by more if it depends on
    seasons that were never read.
    """
    totals = np.zeros(DRAWS)
    seasonal = True
    for offset in range(0, days, BLOCK * WEEK):
        span = min(BLOCK * WEEK, days - offset)
        near = weeks[_apart(when, (first + offset + span / 2) / WEEK) <= SEASON]
        if len(near) < ENOUGH_OF_SEASON:
            near, seasonal = weeks, False
        start = random.integers(0, len(near), DRAWS)
        drawn = near[(start[:, None] + np.arange(BLOCK)) % len(near)]
        totals += drawn.mean(axis=1) * span / WEEK
    levels = _levels(weeks, when)
    totals *= levels[random.integers(0, len(levels), DRAWS)]
    if not seasonal:
        totals *= np.exp(random.normal(0, unseen_season(), DRAWS))
    return totals, seasonal


def _apart(when: Floats, week: float) -> Floats:
    """Weeks between each of `when` and `week` of any year."""
    apart = np.abs(when - week % WEEKS_A_YEAR)
    return np.minimum(apart, WEEKS_A_YEAR - apart)


def _levels(weeks: Floats, when: Floats) -> Floats:
    """How busy each six weeks in a row were, as a factor of the mean of the season around them."""
    around = np.array([weeks[_apart(when, week) <= SEASON].mean() for week in when])
    factor = np.divide(weeks, around, out=np.ones(len(weeks)), where=around > 0)
    return np.convolve(factor, np.full(SEASON, 1 / SEASON), "valid")
