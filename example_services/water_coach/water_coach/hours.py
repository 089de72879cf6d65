"""The home's use as arrays: one row per interval, hourly or longer, on one meter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .clock import HOUR

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LONGEST_HOUR = 1.6  # hours: meters that are read “every hour” are read every 40 to 95 minutes
KNOWN = 0.9  # of a row's own time
TRUSTED = frozenset({"measured", "edited", "derived"})
USABLE = TRUSTED | {"estimated", "interpolated", "questionable"}


@dataclass(frozen=True)
class Hours:
    """Intervals [start, end) in µs UTC, ascending and not overlapping, and the litres used in each.

    `trusted` is False where the holder estimated the value: good enough for a sum, not for a verdict.
    `provisional` is True where the holder may still change it.
    """

    start: Ints
    end: Ints
    litres: Floats
    trusted: Bools
    provisional: Bools
    tz: str

    @classmethod
    def of(
        cls,
        start: Ints,
        end: Ints,
        litres: Floats,
        tz: str,
        quality: NDArray[np.object_] | None = None,
        provisional: Bools | None = None,
        coverage: Floats | None = None,
    ) -> Hours:
        """Rows in time order, without those that hold no amount (missing, not a number, below zero).

        A row of whose own time less than nine tenths is known is a gap.
        """
        words = np.full(len(start), "measured", object) if quality is None else quality
        open_ = np.zeros(len(start), bool) if provisional is None else provisional
        known = np.ones(len(start)) if coverage is None else coverage
        order = np.argsort(start, kind="stable")
        rows = order[((end > start) & (litres >= 0) & (known >= KNOWN) & np.isin(words, sorted(USABLE)))[order]]
        # A row that starts before the one before it ended would be counted twice: it is left out.
        free = np.ones(len(rows), bool)
        free[1:] = start[rows][1:] >= np.maximum.accumulate(end[rows])[:-1]
        rows = rows[free]
        return cls(start[rows], end[rows], litres[rows], np.isin(words[rows], sorted(TRUSTED)), open_[rows], tz)

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def length(self) -> Floats:
        """The length of each row in hours."""
        length: Floats = (self.end - self.start) / HOUR
        return length

    @cached_property
    def flow(self) -> Floats:
        """The mean flow of each row in L/h."""
        flow: Floats = self.litres / self.length
        return flow

    @cached_property
    def fine(self) -> Bools:
        """True for rows that a leak verdict may stand on: measured, and no longer than about an hour."""
        fine: Bools = self.trusted & (self.length <= LONGEST_HOUR)
        return fine

    @cached_property
    def hourly(self) -> bool:
        """True if most of the last month's time was read by the hour: then hours can be spoken of."""
        if not len(self):
            return False
        recent = self.start >= self.end[-1] - 28 * 24 * HOUR
        return bool(self.length[recent & self.fine].sum() >= 0.5 * self.length[recent].sum())

    @cached_property
    def daily(self) -> bool:
        """True if most rows are a day or longer: they say nothing of hours, however many there are."""
        return bool(len(self) and np.median(self.length) >= 20)

    @cached_property
    def resolution(self) -> float:
        """The smallest step in which this meter counts, in litres (1 for most)."""
        steps = np.unique(np.round(self.litres * 1000).astype(np.int64))
        return float(np.gcd.reduce(steps)) / 1000 if len(steps) else 0.0

    def used(self, bounds: Ints) -> tuple[Floats, Floats]:
        """(litres, hours covered) between each two neighbours of `bounds`.

        A row that lies across a bound is shared out by time.
        """
        if not len(self):
            return np.zeros(len(bounds) - 1), np.zeros(len(bounds) - 1)
        knots = np.column_stack([self.start, self.end]).ravel()
        litres = np.repeat(np.concatenate([[0.0], np.cumsum(self.litres)]), 2)[1:-1]
        hours = np.repeat(np.concatenate([[0.0], np.cumsum(self.length)]), 2)[1:-1]
        return np.diff(np.interp(bounds, knots, litres)), np.diff(np.interp(bounds, knots, hours))

    def only(self, rows: Bools) -> Hours:
        """These rows."""
        return Hours(
            self.start[rows], self.end[rows], self.litres[rows], self.trusted[rows], self.provisional[rows], self.tz
        )
