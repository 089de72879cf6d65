"""The days of a stretch of time as columns: their weekdays, months and holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from ...model.time import Int64s
from .chance import Bools
from .reference import reference

SATURDAY = 5


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Local days in order. Shape (n,) each.

    weekday  0 is Monday
    month    1 to 12
    free     week-ends and public holidays
    school   there is school in that week: False in school holidays
    """

    first: date
    weekday: Int64s
    month: Int64s
    free: Bools
    school: Bools

    def __len__(self) -> int:
        return len(self.weekday)

    @classmethod
    def of(cls, first: date, n: int) -> Days:
        dates = np.datetime64(first, "D") + np.arange(n)
        weekday = (dates.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
        month = dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
        day = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
        public = np.zeros(n, bool)
        for text in reference("public_holidays")["dates"]:
            public |= (month == int(text[:2])) & (day == int(text[3:]))
        school = np.ones(n, bool)
        for name in reference("school_holidays")["holidays"]:
            for start, end in stretches(name, first, n):
                school[max(start, 0) : max(end, 0)] = False
        return cls(first, weekday, month, (weekday >= SATURDAY) | public, school)


def stretches(name: str, first: date, n: int) -> list[tuple[int, int]]:
    """The school holidays `name` that touch the `n` days from `first` on, as days [start, end) from `first`."""
    length = reference("school_holidays")["holidays"][name]["days"]
    last = first + timedelta(days=n)
    starts = [(_start(name, year) - first).days for year in range(first.year - 1, last.year + 1)]
    return [(s, s + length) for s in starts if s < n and s + length > 0]


@cache
def _start(name: str, year: int) -> date:
    """The Saturday nearest to the date on which the holidays usually begin."""
    rule = reference("school_holidays")["holidays"][name]
    usual = date(year, rule["month"], rule["day"])
    return usual + timedelta(days=(SATURDAY - usual.weekday() + 3) % 7 - 3)
