"""Dates and times in files as wall-clock microseconds, parsed all at once by layout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ..model.column import NULL
from ..model.time import MINUTE, SECOND, Int64s
from .cells import Cells, Mask

_LETTERS = "YMDhmso"
_DIGIT_LIMITS = {"M": (1, 12), "D": (1, 31), "h": (0, 23), "m": (0, 59), "s": (0, 59)}


@dataclass(frozen=True, slots=True, eq=False)
class Stamps:
    """`local`: microseconds since 1970-01-01 00:00 on the file's clock, `NULL` where a cell fits no layout.

    `offset`: UTC offset in microseconds, `NULL` where the layout states none. `bad` is True where a cell fits no
    layout, an empty one too.
    """

    local: Int64s
    offset: Int64s

    @property
    def bad(self) -> Mask:
        return np.asarray(self.local == NULL)


def stamps(cells: Cells, *layouts: str) -> Stamps:
    """Parse by the first layout that fits each cell.

    A layout is written with `YYYY MM DD hh mm ss`, other characters standing for themselves, `T` for a `T` or a
    space, and at its end `±oo:oo` for an offset (`+01:00`, `+0100` by `±oooo`) or `Z`:
    `DD/MM/YYYY hh:mm:ss`, `YYYY-MM-DDThh:mm:ss±oo:oo`, `MM/YYYY` (the first of the month).
    """
    local = np.full(len(cells), NULL, np.int64)
    offset = np.full(len(cells), NULL, np.int64)
    for layout in layouts:
        rows = np.flatnonzero((local == NULL) & (cells.lengths == len(layout)))
        if not len(rows):
            continue
        whole = len(rows) == len(cells)
        part = cells if whole else cells.take(rows)
        found, shift = _parse(part, layout)
        if whole:
            local, offset = found, shift
        else:
            local[rows], offset[rows] = found, shift
    return Stamps(local, offset)


@cache
def _runs(layout: str) -> tuple[dict[str, tuple[int, ...]], tuple[tuple[int, bytes], ...], int]:
    """(positions of each part's digits, positions of literal characters and what may stand there, sign's place)."""
    parts: dict[str, tuple[int, ...]] = {}
    literals: list[tuple[int, bytes]] = []
    sign = -1
    for place, letter in enumerate(layout):
        if letter in _LETTERS:
            parts[letter] = (*parts.get(letter, ()), place)
        elif letter == "±":
            sign = place
            literals.append((place, b"+-"))
        else:
            literals.append((place, b"T " if letter == "T" else letter.encode()))
    return parts, tuple(literals), sign


def _parse(cells: Cells, layout: str) -> tuple[Int64s, Int64s]:
    parts, literals, sign = _runs(layout)
    columns = cells.columns
    good = np.ones(len(cells), bool)
    for place, allowed in literals:
        fits = columns[place] == allowed[0]
        for other in allowed[1:]:
            fits |= columns[place] == other
        good &= fits

    def number(letter: str, absent: int) -> Int64s:
        nonlocal good
        if letter not in parts:
            return np.full(len(cells), absent, np.int64)
        value = np.zeros(len(cells), np.int32)
        for place in parts[letter]:
            digit = columns[place] - np.uint8(48)
            good &= digit <= 9
            value = value * np.int32(10) + digit
        if letter in _DIGIT_LIMITS:
            low, high = _DIGIT_LIMITS[letter]
            good &= (value >= low) & (value <= high)
        return value.astype(np.int64)

    year, month, day = number("Y", 1970), number("M", 1), number("D", 1)
    days = days_from_civil(year, month, day)
    # The last days of a month: the day after the stated one must not be in a later month by more than one day.
    doubtful = np.flatnonzero(good & (day > 28))
    if len(doubtful):
        y, m = year[doubtful], month[doubtful]
        next_month = days_from_civil(y + m // 12, m % 12 + 1, np.ones_like(m))
        good[doubtful[days[doubtful] >= next_month]] = False
    minutes = (days * 24 + number("h", 0)) * 60 + number("m", 0)
    local = minutes * MINUTE
    if "s" in parts:
        local += number("s", 0) * SECOND
    shift = np.full(len(cells), NULL, np.int64)
    if "o" in parts:
        hhmm = number("o", 0)
        hours, rest = np.divmod(hhmm, 100)
        good &= (hours <= 15) & (rest < 60)
        shift = (hours * 60 + rest) * MINUTE
        if sign >= 0:
            shift = np.where(columns[sign] == 45, -shift, shift)
    elif layout.endswith("Z"):
        shift[:] = 0
    local[~good] = NULL
    shift[~good] = NULL
    return local, shift


def days_from_civil(year: Int64s, month: Int64s, day: Int64s) -> Int64s:
    """Days since 1970-01-01 of proleptic Gregorian dates (Howard Hinnant's algorithm)."""
    y = year - (month <= 2)
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    days: Int64s = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return days


def to_instants(found: Stamps, tz: str) -> Int64s:
    """UTC microseconds: by the stated offset, else by the clock of `tz` in file order (`unfold`). `NULL` stays."""
    from ..model.time import unfold

    instants = np.where(found.offset == NULL, NULL, found.local - np.where(found.offset == NULL, 0, found.offset))
    naive = np.flatnonzero((found.offset == NULL) & ~found.bad)
    if len(naive):
        instants[naive] = unfold(found.local[naive], tz)
    return instants
