"""Instants in files of telephones and operators: ISO 8601, `dd/mm/yyyy hh:mm`, seconds or milliseconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from ..model.time import Int64s, micros, to_utc, unfold
from .jsons import Json
from .numbers import scaled

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:?\d\d[^\n]*", re.ASCII)
_FRENCH = re.compile(r"(\d\d)/(\d\d)/(\d{4})[T ]+(?:à )?(\d\d?)[:h](\d\d)(?::(\d\d))?", re.ASCII)
_EPOCH = re.compile(r"\d{9,13}(?:\.\d+)?", re.ASCII)
_FIRST, _LAST = 10**8, 10**11
"""Seconds since 1970 that are taken for an instant (1973 to 5138); what is larger counts milliseconds."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """`us`: microseconds since 1970, in UTC if `sure`, else on a clock that the file does not name."""

    us: int
    sure: bool


def stamp(value: Json) -> Stamp | None:
    """None if the value is no instant."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    text = str(value).strip()
    if _EPOCH.fullmatch(text):
        seconds = Decimal(text)
        if seconds >= _LAST:
            seconds /= 1000
        return Stamp(int(scaled(seconds, 6) or 0), True) if _FIRST <= seconds < _LAST else None
    if french := _FRENCH.fullmatch(text):
        day, month, year, hour, minute, second = french.groups()
        text = f"{year}-{month}-{day} {int(hour):02}:{minute}:{second or '00'}"
    if not _ISO.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Stamp(micros(found if found.tzinfo else found.replace(tzinfo=UTC)), found.tzinfo is not None)


def instant(value: Json, tz: str) -> int | None:
    """µs UTC of one value, on the clock of `tz` where it names none; None if it is no instant."""
    found = stamp(value)
    if found is None or found.sure:
        return None if found is None else found.us
    return int(to_utc(np.array([found.us]), tz)[0])


def instants(found: Sequence[Stamp], tz: str) -> Int64s:
    """µs UTC of stamps in the order of a file, from the first to the last or from the last to the first.

    In an hour that occurs twice in autumn that order decides.
    """
    us = np.array([s.us for s in found], np.int64)
    local = np.flatnonzero([not s.sure for s in found])
    if len(local):
        falling = us[local[-1]] < us[local[0]]
        rows = local[::-1] if falling else local
        us[rows] = unfold(us[rows], tz)
    return us
