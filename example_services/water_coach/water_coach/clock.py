"""Local days and wall-clock hours of instants in µs UTC. A day has 23, 24 or 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

SECOND = 1_000_000
HOUR = 3600 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(us: int, tz: str) -> datetime:
    """The aware datetime of `us`, on the clock of `tz`."""
    return (EPOCH + timedelta(microseconds=int(us))).astimezone(ZoneInfo(tz))


def local_date(us: int, tz: str) -> date:
    """The local day that holds the instant `us`."""
    return instant(us, tz).date()


def micros(at: datetime) -> int:
    """Microseconds since the epoch of an aware datetime."""
    return (at - EPOCH) // timedelta(microseconds=1)


def midnights(first: date, last: date, tz: str) -> NDArray[np.int64]:
    """The instants at which the days first..last start, and the end of the last one; shape (days + 1,)."""
    zone = ZoneInfo(tz)
    days = (last - first).days + 2
    starts = (datetime.combine(first + timedelta(days=n), datetime.min.time(), zone) for n in range(days))
    return np.array([micros(start) for start in starts], np.int64)


def month_starts(first: date, last: date, tz: str) -> tuple[list[date], NDArray[np.int64]]:
    """The first days of the months that hold first..last, and the instants at which they start, with the next one."""
    months = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 2)
    starts = [m.astype("datetime64[D]").item() for m in months]
    zone = ZoneInfo(tz)
    bounds = [micros(datetime.combine(day, datetime.min.time(), zone)) for day in starts]
    return starts[:-1], np.array(bounds, np.int64)


def local_days(us: NDArray[np.int64], tz: str) -> NDArray[np.datetime64]:
    """The local day that holds each instant."""
    if not len(us):
        return np.zeros(0, "datetime64[D]")
    first = local_date(int(us.min()), tz)
    bounds = midnights(first, local_date(int(us.max()), tz), tz)
    return np.datetime64(first, "D") + (np.searchsorted(bounds, us, side="right") - 1)


def wall_hours(us: NDArray[np.int64], tz: str) -> NDArray[np.float64]:
    """The wall-clock hour (0 ≤ h < 24, with its fraction) of each instant."""
    if not len(us):
        return np.zeros(0)
    bounds = midnights(local_date(int(us.min()), tz), local_date(int(us.max()), tz), tz)
    day = np.searchsorted(bounds, us, side="right") - 1
    hours: NDArray[np.float64] = (us - bounds[day]) / HOUR
    # Only on the two days of the year that have not 24 hours does the clock differ from the time gone by.
    for odd in np.flatnonzero(np.diff(bounds)[day] != 24 * HOUR):
        at = instant(int(us[odd]), tz)
        hours[odd] = at.hour + at.minute / 60 + at.second / 3600
    return hours
