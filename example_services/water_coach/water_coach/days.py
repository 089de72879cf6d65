"""The home's use by local day, each with how much of it was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .clock import HOUR, local_date, midnights
from .hours import Bools, Floats, Hours, Ints

WHOLE = 0.9  # the share of a day that must have been read for the day to count
LONGEST_DAY = 36.0  # hours: what was read over more than this cannot be given to one day


@dataclass(frozen=True)
class Days:
    """Consecutive local days, litres of each, and the share of each that was read (0 to 1).

    `bounds` are the instants at which they start, and the end of the last one (µs UTC).
    """

    day: NDArray[np.datetime64]
    litres: Floats
    coverage: Floats
    bounds: Ints

    @classmethod
    def of(cls, hours: Hours) -> Days:
        rows = hours.only(hours.length <= LONGEST_DAY)
        if not len(rows):
            return cls(np.zeros(0, "datetime64[D]"), np.zeros(0), np.zeros(0), np.zeros(1, np.int64))
        first = local_date(int(rows.start[0]), rows.tz)
        last = local_date(int(rows.end[-1]) - 1, rows.tz)
        bounds = midnights(first, last, rows.tz)
        litres, covered = rows.used(bounds)
        span = np.diff(bounds) / HOUR
        day = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
        return cls(day, litres, np.minimum(covered / span, 1.0), bounds)

    def __len__(self) -> int:
        return len(self.day)

    @cached_property
    def whole(self) -> Bools:
        """True for days read well enough to be compared."""
        whole: Bools = self.coverage >= WHOLE
        return whole

    @cached_property
    def weekday(self) -> Ints:
        """0 for Monday to 6 for Sunday."""
        # 1 January 1970 was a Thursday.
        weekday: Ints = (self.day.astype(np.int64) + 3) % 7
        return weekday

    @cached_property
    def month(self) -> Ints:
        """1 to 12."""
        month: Ints = self.day.astype("datetime64[M]").astype(np.int64) % 12 + 1
        return month

    @property
    def last(self) -> int:
        """The index of the last whole day, -1 if there is none."""
        found = np.flatnonzero(self.whole)
        return int(found[-1]) if len(found) else -1

    def date(self, index: int) -> date:
        """The day at `index`."""
        found: date = self.day[index].item()
        return found

    def at(self, day: np.datetime64) -> int:
        """The index of `day`; may lie outside the days that are there."""
        return int((day - self.day[0]).astype(np.int64)) if len(self) else -1

    def filled(self) -> Floats:
        """Litres of each day scaled up to a whole one; NaN where too little was read."""
        return np.where(self.whole, self.litres / np.maximum(self.coverage, WHOLE), np.nan)
