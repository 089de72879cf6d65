"""Days on which nobody used water: the home was empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from .days import Days
from .hours import Bools

SHARE = 0.05  # of a day in use: what a leak, a softener or a watering timer may still use


@dataclass(frozen=True)
class Absence:
    """Whole days away, first to last, and the litres that ran meanwhile."""

    first: date
    last: date
    days: int
    litres: float


def away(days: Days) -> Bools:
    """True for whole days with at most 5 % of what a day in use takes."""
    filled = days.filled()
    if not days.whole.any():
        return np.zeros(len(days), bool)
    # The busier quarter of the days begins here: months of absence leave it where it is.
    usual = float(np.nanquantile(filled, 0.75))
    if usual <= 0:
        return np.zeros(len(days), bool)
    away: Bools = days.whole & (np.nan_to_num(filled, nan=np.inf) <= SHARE * usual)
    return away


def absences(days: Days) -> tuple[Absence, ...]:
    """Each stretch of days away, oldest first."""
    mask = away(days)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return tuple(
        Absence(days.date(int(a)), days.date(int(b) - 1), int(b - a), float(days.litres[a:b].sum()))
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    )
