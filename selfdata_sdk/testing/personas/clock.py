"""The clock of one persona: minutes since the start of its data, in UTC and as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from ...model.time import MINUTE, DayRule, Int64s, day_bounds, micros, moment, to_utc, zone


@dataclass(frozen=True, slots=True)
class Clock:
    """`n` local days from `first` on. A minute is counted from the first midnight, through days of 23 and 25 hours."""

    first: date
    n: int
    tz: str

    @property
    def start(self) -> int:
        """The first midnight, in µs."""
        return int(day_bounds(self.tz, self.first, self.first)[0])

    def days(self, rule: DayRule = "civil") -> Int64s:
        """The minutes at which days start, and at which the last one ends. Shape (n + 1,)."""
        bounds = day_bounds(self.tz, self.first, self.first + timedelta(days=self.n - 1), rule)
        return np.asarray((bounds - self.start) // MINUTE)

    @property
    def minutes(self) -> int:
        return int(self.days()[-1])

    def minute(self, local: Int64s) -> Int64s:
        """The minutes at which the clock on the wall has gone `local` minutes from the first midnight."""
        midnight = (np.datetime64(self.first, "us")).astype(np.int64)
        return np.asarray((to_utc(midnight + local * MINUTE, self.tz) - self.start) // MINUTE)

    def at(self, local: Int64s) -> Int64s:
        """The same in µs."""
        return self.micros(self.minute(local))

    def span(self, start: datetime, end: datetime | None) -> tuple[int, int]:
        """The minutes [low, high) of a time, as far as they lie in the data; high is at least low."""
        low = min(max(self.minute_of(start), 0), self.minutes)
        return low, self.minutes if end is None else min(max(self.minute_of(end), low), self.minutes)

    def minute_of(self, when: datetime) -> int:
        return (micros(when) - self.start) // MINUTE

    def day_of(self, when: datetime) -> int:
        """Which local day, counted from the first."""
        return (when.astimezone(zone(self.tz)).date() - self.first).days

    def moment(self, minute: int) -> datetime:
        return moment(self.start + minute * MINUTE, zone(self.tz))

    def micros(self, minutes: Int64s) -> Int64s:
        return self.start + minutes * MINUTE

    def steps(self, minutes: int) -> Int64s:
        """From the start to the end, every so many minutes."""
        return np.arange(0, self.minutes + 1, minutes, dtype=np.int64)
