"""Single dates and times in files, as microseconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from ..model.time import HOUR, MINUTE, SECOND

_TIME = r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.0+)?)?)?"
_INSTANT = re.compile(_TIME + r"(?:Z|([+-])(\d\d)(?::?(\d\d))?)", re.ASCII)
_WALL = re.compile(_TIME, re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_FRENCH_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)


def instant(text: str) -> int | None:
    """`2024-01-01T00:30:00+01:00` in µs UTC; None if it is not written so, offset included."""
    match = _INSTANT.fullmatch(text)
    if match is None or (local := _local(match)) is None:
        return None
    hours, minutes = int(match[8] or 0), int(match[9] or 0)
    if hours > 23 or minutes > 59:
        return None
    offset = hours * HOUR + minutes * MINUTE
    return local + offset if match[7] == "-" else local - offset


def wall_clock(text: str) -> int | None:
    """`2024-01-01 00:30:00` in µs since 1970-01-01 00:00 on its own clock; None if it is not written so."""
    match = _WALL.fullmatch(text)
    return None if match is None else _local(match)


def day(text: str) -> date | None:
    """`2024-01-31` or `31/01/2024`; None if it is no date."""
    if match := _DATE.fullmatch(text):
        year, month, number = match.groups()
    elif match := _FRENCH_DATE.fullmatch(text):
        number, month, year = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None


def _local(match: re.Match[str]) -> int | None:
    year, month, number, hour, minute, second = (int(g or 0) for g in match.groups()[:6])
    try:
        return int(datetime(year, month, number, hour, minute, second, tzinfo=UTC).timestamp()) * SECOND
    except ValueError:
        return None
