"""Days of the month on which something is due, as days of the data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .clock import Clock


def monthly(clock: Clock, day: int, every: int = 1, months: tuple[int, ...] = ()) -> Iterator[tuple[int, date]]:
    """(day of the data, date) of each `day` (1 to 28) of a month; every so many months, or of some `months` only."""
    year, month = clock.first.year, clock.first.month
    for step in range(clock.n // 28 + 2):
        index = month - 1 + step
        on = date(year + index // 12, index % 12 + 1, day)
        place = (on - clock.first).days
        if 0 <= place < clock.n and (on.month in months if months else index % every == 0):
            yield place, on
