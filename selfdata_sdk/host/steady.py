"""Closed buckets that were given stay as they were given, for a day: what is coarse tells nothing finer by difference.

A service that runs often would else see a day's total before and after a late reading, or two totals whose stretches
differ by a day, and subtract. So a bucket that changed is withheld until a day after it last changed for this service,
and the stretches of totals are the same or do not overlap.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from ..consent.right import Right
from ..consent.use import Use
from ..model.column import Codes, Column, Ints, Lists, Moneys
from ..model.reduction import Part
from ..model.time import DAY, micros

_ROW = np.dtype([("start", "<i8"), ("thing", "<u8"), ("hash", "<u8"), ("at", "<i8")])
_Words = NDArray[np.uint64]
_Rows = NDArray[np.void]


class Steady:
    """What one service was given so far, and what it is given now. `use` is None before its first run."""

    def __init__(self, use: Use | None, now: datetime) -> None:
        self._now = now
        self._before = use
        self._given = dict(use.given) if use else {}
        self._windows = dict(use.windows) if use else {}

    @property
    def use(self) -> Use | None:
        """What to write; None if it is as it was (a grant's last use counts by the day)."""
        known = self._before
        new = {"last": self._now, "given": self._given, "windows": self._windows}
        now = (known or Use(last=self._now)).model_copy(update=new)
        if known and known.last.date() == now.last.date() and known == now.model_copy(update={"last": known.last}):
            return None
        return now

    def window(self, record_type: str, start: int, end: int, lowest: int, highest: int) -> tuple[int, int]:
        """The stretch of a total: [start, end) itself, or the last one while that would overlap it.

        An empty one if the last one is not inside [lowest, highest), which the service may read.
        """
        last = self._windows.get(record_type)
        if last is not None and (start, end) != last and start < last[1]:
            return last if lowest <= last[0] and last[1] <= highest else (start, start)
        if start < end:
            self._windows[record_type] = (start, end)
        return start, end

    def keep(self, right: Right, part: Part, thing: str) -> NDArray[np.bool_]:
        """Shape (n,): True for the rows of `part` (in order of time) whose buckets may be given; remembers those.

        Field by field, so that a version which asks for fewer fields is told nothing new of those.
        """
        if not len(part):
            return np.zeros(0, bool)
        starts = part.ints(right.record_type.time_fields[0])
        # A bucket may have several rows: a peak in W and one in V.A.
        first = np.flatnonzero(np.diff(starts, prepend=starts[0] - 1))
        now = np.zeros(len(first), _ROW)
        now["start"], now["at"] = starts[first], micros(self._now)
        now["thing"] = int.from_bytes(hashlib.blake2b(thing.encode(), digest_size=8).digest(), "little")
        found: dict[str, tuple[_Rows, _Rows]] = {}
        held = np.zeros(len(first), bool)
        for name, hashes in _hashes(part, right.record_type.time_fields).items():
            key = f"{_kind(right)}.{name}"
            known, rows = _load(self._given.get(key, "")), now.copy()
            rows["hash"] = np.add.reduceat(hashes, first)
            held |= self._compare(known, rows)
            found[key] = known, rows
        for key, (known, rows) in found.items():
            self._remember(key, known, rows, held)
        return np.repeat(~held, np.diff(first, append=len(part)))

    def _compare(self, known: _Rows, rows: _Rows) -> NDArray[np.bool_]:
        """True for rows that are not as they were given less than a day ago. Those that are as given keep their time."""
        mine = known[known["thing"] == rows["thing"][0]]
        place = np.searchsorted(mine["start"], rows["start"])
        there = place < len(mine)
        there[there] = mine["start"][place[there]] == rows["start"][there]
        before = mine[place[there]]
        same = before["hash"] == rows["hash"][there]
        rows["at"][there] = np.where(same, before["at"], rows["at"][there])
        held = np.zeros(len(rows), bool)
        held[there] = ~same & (before["at"] > micros(self._now) - DAY)
        return held

    def _remember(self, key: str, known: _Rows, rows: _Rows, held: NDArray[np.bool_]) -> None:
        """Keep what was given: now, or before and not now, to others or less than a day ago."""
        if known.tobytes() == rows.tobytes():
            return  # all is as it was, as usual
        recent = known["at"] > micros(self._now) - DAY
        mine = known["thing"] == rows["thing"][0]
        given = rows[~held]
        left = known[~mine | (recent & ~np.isin(known["start"], given["start"]))]
        if (text := _dump(np.concatenate([left, given]))) != self._given.get(key, ""):
            self._given[key] = text


def _kind(right: Right) -> str:
    """What buckets are of: the same kind of data in the same shape."""
    where = sorted((name, *values) for name, values in right.where.items())
    text = repr((right.pseudonyms, right.precision, where))
    digest = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return f"{right.record_type.type}.{right.granularity}.{digest}"


def _load(text: str) -> _Rows:
    return np.frombuffer(b64decode(text), _ROW)


def _dump(rows: _Rows) -> str:
    return b64encode(np.sort(rows, order=("thing", "start")).tobytes()).decode()


def _hashes(part: Part, times: Sequence[str]) -> dict[str, _Words]:
    """For each field, and "" for what a row has besides, 64 bits of each row's content. Shape (n,) each."""
    rest = _mixed(part.provisional.astype(np.uint64) ^ part.covered.view(np.uint64))
    found = {"": _folded(rest, [part.quality, *(part.columns[name] for name in times)])}
    zero = np.zeros(len(part), np.uint64)
    return found | {name: _folded(zero, [c]) for name, c in part.columns.items() if name not in times}


def _folded(total: _Words, columns: Sequence[Column]) -> _Words:
    for column in columns:
        for words in _words(column):
            total = _mixed(total ^ words)
    return total


def _words(column: Column) -> list[_Words]:
    match column:
        case Ints():
            return [column.values.view(np.uint64)]
        case Codes():
            digests = [hashlib.blake2b(w.encode(), digest_size=8).digest() for w in column.words]
            table = np.array([*(int.from_bytes(d, "little") for d in digests), 0], np.uint64)
            return [table[column.indexes]]
        case Moneys():
            return [*_words(column.unscaled), *_words(column.exponent), *_words(column.currency)]
        case Lists():
            raise TypeError("a list has no buckets")


def _mixed(words: _Words) -> _Words:
    """The finaliser of SplitMix64 (Steele, Lea and Flood, 2014)."""
    with np.errstate(over="ignore"):
        words = words + np.uint64(0x9E3779B97F4A7C15)
        words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return words ^ (words >> np.uint64(31))
