"""Time: instants, half-open periods, local days of 23, 24 and 25 hours, and day rules.

Instants in columns are int64 microseconds since 1970-01-01 UTC (`datetime64[us]` without a zone).
Nothing here adds 24 hours to get to the next day: bounds are cut in local time, then turned to UTC.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from ..errors import RequestError

Int64s = NDArray[np.int64]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR  # nominal: a length to compare with, never a step
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DayRule = Literal["civil", "gas", "standard"]
"""civil: from local midnight. gas: from 06:00 local. standard: from midnight in standard time all year
(what many meters do, as their clocks never change)."""

Granularity = Literal["total", "year", "month", "day", "hour", "half_hour", "raw"]
GRANULARITIES: tuple[Granularity, ...] = ("total", "year", "month", "day", "hour", "half_hour", "raw")
"""From coarsest to finest. Weeks do not nest in months, so they are a display choice."""

NOMINAL: dict[str, int] = {
    "year": 365 * DAY,
    "month": 28 * DAY,
    "day": 23 * HOUR,
    "hour": HOUR,
    "half_hour": 30 * MINUTE,
    "raw": 0,
}
"""The shortest length that a bucket of each granularity has where clocks change by an hour, in microseconds."""


def micros(moment: datetime) -> int:
    """Microseconds since the epoch of an aware `moment`, exact."""
    if moment.tzinfo is None:
        raise RequestError("A datetime without a zone cannot be placed in time.", next="Give it a tzinfo.")
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(us: int, zone: tzinfo = UTC) -> datetime:
    """The aware datetime of `us` microseconds since the epoch, in `zone`."""
    return (EPOCH + timedelta(microseconds=int(us))).astimezone(zone)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The IANA zone `name`; RequestError if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RequestError(
            f"There is no time zone “{name[:60]}”.", next="Use an IANA name like Europe/Paris."
        ) from None


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open interval [start, end) of aware datetimes; None means unbounded."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise RequestError("A period must end after it starts.")

    @property
    def lower(self) -> int:
        """Microseconds of `start`; the smallest instant if unbounded."""
        return FIRST if self.start is None else micros(self.start)

    @property
    def upper(self) -> int:
        """Microseconds of `end`; past the largest instant if unbounded."""
        return LAST if self.end is None else micros(self.end)


FIRST = -(2**62)
LAST = 2**62
ALWAYS = Period()


# Zones as arrays: zoneinfo answers one datetime at a time, so its transitions are found once per year
# and zone, and everything else is a binary search in them.


# Years whose clock changes are known. Before them local mean time held; after them the last offset is kept,
# so that a stamp like 9999-12-31, which often means “open”, costs nothing.
_FIRST_YEAR, _LAST_YEAR = 1830, 2170


@lru_cache(maxsize=4096)
def _transitions(name: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """(instant, offset before, offset after) in microseconds, for the changes of `year`."""
    where = zone(name)

    def offset(us: int) -> int:
        return int(moment(us, where).utcoffset() // timedelta(microseconds=1))  # type: ignore[operator]

    found = []
    low = micros(datetime(year, 1, 1, tzinfo=UTC))
    last = micros(datetime(year + 1, 1, 1, tzinfo=UTC))
    before = offset(low)
    while low < last:
        # No zone has ever changed twice within three days.
        high = min(low + 3 * DAY, last)
        after = offset(high)
        if after != before:
            left, right = low, high
            while right - left > SECOND:
                middle = (left + right) // 2 // SECOND * SECOND
                if offset(middle) == before:
                    left = middle
                else:
                    right = middle
            found.append((right, before, after))
            before = after
        low = high
    return tuple(found)


_EARLIEST = micros(datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC))
_LATEST = micros(datetime(_LAST_YEAR + 1, 1, 1, tzinfo=UTC))


@lru_cache(maxsize=256)
def _zone_table(name: str, first: int, last: int) -> tuple[Int64s, Int64s]:
    """(instants at which the offset changes, offsets before, between and after them) for years first..last."""
    changes = [t for year in range(first, last + 1) for t in _transitions(name, year)]
    start = moment(micros(datetime(first, 1, 1, tzinfo=UTC)), zone(name)).utcoffset()
    assert start is not None
    at = np.array([c[0] for c in changes], dtype=np.int64)
    offsets = np.array([start // timedelta(microseconds=1), *(c[2] for c in changes)], dtype=np.int64)
    return at, offsets


def _years(us: Int64s) -> tuple[int, int]:
    return _year(int(us.min()) - 2 * DAY), _year(int(us.max()) + 2 * DAY)


def _year(us: int) -> int:
    """The year (UTC) of an instant, within the years whose clock changes are known."""
    if not _EARLIEST <= us < _LATEST:
        return _FIRST_YEAR if us < _EARLIEST else _LAST_YEAR
    return moment(us).year


def offsets(us: Int64s, tz: str) -> Int64s:
    """UTC offset (microseconds, east positive) in `tz` at each instant."""
    if not len(us):
        return np.zeros(0, np.int64)
    at, values = _zone_table(tz, *_years(us))
    found: Int64s = values[np.searchsorted(at, us, side="right")]
    return found


def to_local(us: Int64s, tz: str) -> Int64s:
    """Wall-clock time in `tz` of each instant, as microseconds since 1970-01-01 00:00 on that clock."""
    return us + offsets(us, tz)


def to_utc(local: Int64s, tz: str, fold: NDArray[np.bool_] | bool = False) -> Int64s:
    """The instant of each wall-clock time (microseconds since 1970-01-01 00:00 on the clock of `tz`).

    An hour that occurs twice is the first one unless `fold`; one that does not occur is read with the
    offset before the change (PEP 495).
    """
    if not len(local):
        return np.zeros(0, np.int64)
    at, values = _zone_table(tz, *_years(local))
    before, after = values[:-1], values[1:]
    first = values[np.searchsorted(at + np.maximum(before, after), local, side="right")]
    # In a gap PEP 495 takes the offset before the change for fold=0, the one after for fold=1.
    second = values[np.searchsorted(at + np.minimum(before, after), local, side="right")]
    return local - np.where(fold, second, first)


def repeated(local: Int64s, tz: str) -> NDArray[np.bool_]:
    """True where a wall-clock time occurs twice (the autumn change)."""
    return to_utc(local, tz, False) < to_utc(local, tz, True)


def skipped(local: Int64s, tz: str) -> NDArray[np.bool_]:
    """True where a wall-clock time does not occur (the spring change)."""
    return to_utc(local, tz, False) > to_utc(local, tz, True)


def unfold(local: Int64s, tz: str) -> Int64s:
    """The instants of wall-clock times that are in the order in which they happened.

    Inside an hour that occurs twice, the order decides: from the first step back on (or a stamp that is
    repeated), a stamp is in the second pass.
    """
    twice = repeated(local, tz)
    if not twice.any():
        return to_utc(local, tz)
    back = np.zeros(len(local), bool)
    back[1:] = (np.diff(local) <= 0) & twice[1:]
    # Count the steps back since the run of doubtful stamps began.
    edge = np.flatnonzero(np.diff(twice.astype(np.int8), prepend=0) == 1)
    steps = np.cumsum(back)
    run = np.searchsorted(edge, np.arange(len(local)), side="right") - 1
    base = np.where(run >= 0, steps[edge[np.maximum(run, 0)]] - back[edge[np.maximum(run, 0)]], 0)
    return to_utc(local, tz, twice & (steps - base > 0))


# Buckets


def day_bounds(tz: str, first: date, last: date, rule: DayRule = "civil") -> Int64s:
    """The instants at which the local days first..last (inclusive) start, and the end of the last one.

    Shape (days + 1,). A day has 23, 24 or 25 hours between its bounds; a date that a zone skipped has none.
    """
    return _day_bounds(tz, first.toordinal(), last.toordinal(), rule)


@lru_cache(maxsize=512)
def _day_bounds(tz: str, first: int, last: int, rule: DayRule) -> Int64s:
    unix = date(1970, 1, 1).toordinal()
    midnights = np.arange(first - unix, last - unix + 2, dtype=np.int64) * DAY
    if rule == "gas":
        midnights = midnights + 6 * HOUR
    if rule == "standard":
        years = [date.fromordinal(d).year for d in range(first, last + 2)]
        bounds = midnights - np.array([_standard_offset(tz, y) for y in years], np.int64)
    else:
        bounds = to_utc(midnights, tz)
        # A midnight that does not exist (some zones change at 00:00): the day starts at the change.
        gap = skipped(midnights, tz)
        if gap.any():
            at, _ = _zone_table(tz, *_years(midnights))
            bounds[gap] = at[np.searchsorted(at, bounds[gap], side="right") - 1]
    bounds.flags.writeable = False
    return bounds


@lru_cache(maxsize=512)
def _standard_offset(tz: str, year: int) -> int:
    where = zone(tz)
    for month in (1, 7):
        at = datetime(year, month, 15, 12, tzinfo=where)
        if not at.dst():
            return int(at.utcoffset() // timedelta(microseconds=1))  # type: ignore[operator]
    return int(datetime(year, 1, 15, 12, tzinfo=where).utcoffset() // timedelta(microseconds=1))  # type: ignore[operator]


def local_date(us: int, tz: str, rule: DayRule = "civil") -> date:
    """The local day, under `rule`, that holds the instant `us`: the one whose `day_bounds` it lies between."""
    guess = moment(us + 12 * HOUR).date()
    first = guess - timedelta(days=2)
    bounds = day_bounds(tz, first, guess + timedelta(days=1), rule)
    return first + timedelta(days=int(np.searchsorted(bounds, us, side="right")) - 1)


def bucket_bounds(granularity: Granularity, tz: str, lower: int, upper: int, rule: DayRule = "civil") -> Int64s:
    """Bounds of the local buckets of `granularity` that cover the instants [lower, upper), ascending.

    Shape (buckets + 1,). Hours and half hours are cut on the wall clock. "raw" has no buckets.
    """
    if granularity == "raw":
        raise ValueError("raw has no buckets")
    if granularity == "total":
        return np.array([lower, upper], np.int64)
    if granularity in ("hour", "half_hour"):
        first, last = local_date(lower, tz), local_date(upper - 1, tz)
        return _clock_bounds(tz, first.toordinal(), last.toordinal(), HOUR if granularity == "hour" else 30 * MINUTE)
    first, last = local_date(lower, tz, rule), local_date(upper - 1, tz, rule)
    if granularity == "month":
        first = first.replace(day=1)
        last = (last.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    elif granularity == "year":
        first, last = date(first.year, 1, 1), date(last.year, 12, 31)
    days = day_bounds(tz, first, last, rule)
    if granularity == "day":
        return _distinct(days)
    starts = [
        i
        for i in range((last - first).days + 2)
        if (d := first + timedelta(days=i)).day == 1 and (granularity == "month" or d.month == 1)
    ]
    return days[starts]


@lru_cache(maxsize=64)
def _clock_bounds(tz: str, first_day: int, last_day: int, step: int) -> Int64s:
    """Bounds of the wall clock's hours or half hours in the local days first_day..last_day (ordinals).

    An hour that occurs twice is two buckets; a clock change that is not on the hour is a bound of its own.
    """
    days = _day_bounds(tz, first_day, last_day, "civil")
    first, last = int(days[0]), int(days[-1])
    wall = np.arange(first // DAY * DAY - DAY, last + 2 * DAY, step, dtype=np.int64)
    wall = wall[~skipped(wall, tz)]
    at, _ = _zone_table(tz, *_years(days))
    bounds = _distinct(np.concatenate([days, to_utc(wall, tz, False), to_utc(wall, tz, True), at]))
    bounds = bounds[(first <= bounds) & (bounds <= last)]
    bounds.flags.writeable = False
    return bounds


def _distinct(values: Int64s) -> Int64s:
    """Ascending, each once; `np.unique` would load numpy's masked arrays for it."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


# Durations (ISO 8601, the subset that cadences and `back` use)

_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """An ISO 8601 duration: calendar months, days and clock seconds, each kept apart."""

    months: int
    days: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Duration:
        match = _DURATION.fullmatch(text)
        if match is None:
            raise RequestError(
                f"“{text[:40]}” is not an ISO 8601 duration.", next="Write it like P30D, P6M, P1Y or PT30M."
            )
        y, m, w, d, h, minutes, s = (int(g or 0) for g in match.groups())
        return cls(12 * y + m, 7 * w + d, 3600 * h + 60 * minutes + s)

    @property
    def nominal(self) -> int:
        """A length in microseconds, to compare durations: a month counts 30.4375 days."""
        return int(self.months * 30.4375 * DAY) + self.days * DAY + self.seconds * SECOND

    def before(self, moment: datetime) -> datetime:
        """The instant this long before `moment`, on the wall clock of its zone (day 31 becomes the last)."""
        year, month = divmod(moment.year * 12 + moment.month - 1 - self.months, 12)
        day = min(moment.day, _days_in(year, month + 1))
        moved = moment.replace(year=year, month=month + 1, day=day, fold=0) - timedelta(days=self.days)
        if not self.seconds:
            return moved
        return (moved.astimezone(UTC) - timedelta(seconds=self.seconds)).astimezone(moment.tzinfo)


def _days_in(year: int, month: int) -> int:
    return ((date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)).day


_CADENCES: tuple[tuple[int, str], ...] = (
    (SECOND, "PT1S"),
    (10 * SECOND, "PT10S"),
    (MINUTE, "PT1M"),
    (5 * MINUTE, "PT5M"),
    (10 * MINUTE, "PT10M"),
    (15 * MINUTE, "PT15M"),
    (30 * MINUTE, "PT30M"),
    (HOUR, "PT1H"),
    (DAY, "P1D"),
    (7 * DAY, "P7D"),
)


def cadence_of(length: int) -> str:
    """The ISO 8601 duration that intervals of `length` microseconds come closest to; "" if none is near.

    Near: within 10 %. 28 to 31 days is P1M, 350 to 380 days P1Y.
    """
    if 27.5 * DAY <= length <= 31.5 * DAY:
        return "P1M"
    if 350 * DAY <= length <= 380 * DAY:
        return "P1Y"
    index = bisect_right([n for n, _ in _CADENCES], length)
    for nominal, text in _CADENCES[max(0, index - 1) : index + 1]:
        if abs(length - nominal) <= nominal / 10:
            return text
    return ""
