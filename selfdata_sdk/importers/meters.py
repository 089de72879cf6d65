"""From what a meter's dial shows to what was used: rollover, replacement, steps back and foreign readings.

No use is ever negative. What cannot be explained gives no use at all: a gap, reported, never a repair.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model.time import HOUR, Int64s

Mask = NDArray[np.bool_]

_NEAR = 0.01
"""A dial rolls over only from the last hundredth of its range into the first one."""

_CHAINS = 8
"""Meters followed at once; a file with more is not one home's."""

_EXCURSION = 24
"""Readings in a row that may turn out to be another meter's."""


@dataclass(frozen=True, slots=True)
class Dial:
    """What a meter can do, in the integers of its readings.

    fastest     the most that can pass in an hour
    tolerance   a step back of up to this is rounding, not another meter
    digits      digits on the dial before it starts again at 0; 0 if unknown
    unit        the integer that one unit of the last digit stands for
    """

    fastest: int
    tolerance: int
    digits: int = 0
    unit: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Use between consecutive readings, and what became of each reading. Rows are positions in the input.

    kept          readings of the meters of this supply point, by time (k,)
    first, last   the readings that each use lies between (n,)
    amount        the use, never negative (n,)
    doubtful      True where the dial stepped back by no more than its tolerance (n,)
    foreign       readings of another meter among the kept ones; dropped
    clashing      readings of an instant that already has another one; dropped
    repeated      readings said twice; dropped without loss
    replaced      the first reading of each later meter: no use across it
    rolled        the first reading after a rollover: the use across it is kept
    """

    kept: Int64s
    first: Int64s
    last: Int64s
    amount: Int64s
    doubtful: Mask
    foreign: Int64s
    clashing: Int64s
    repeated: Int64s
    replaced: Int64s
    rolled: Int64s


def steps(at: Int64s, index: Int64s, dial: Dial) -> Steps:
    """The uses between readings `index` at the instants `at` (µs), in any order; none of them missing."""
    order = np.argsort(at, kind="stable")
    order, clashing, repeated = _one_per_instant(order, at, index)
    chain = _chains(at[order], index[order], dial)
    main = _main(chain)
    mine = np.isin(chain, main)
    kept, foreign, chain = order[mine], order[~mine], chain[mine]
    values = index[kept]
    top, behind = _tops(values, chain)
    amount = np.diff(top)
    doubtful = behind[1:] | behind[:-1]
    keep = np.diff(chain) == 0
    replaced: list[int] = []
    rolled: list[int] = []
    for change in np.flatnonzero(~keep).tolist():
        across = _rollover(
            int(top[change]), int(values[change + 1]), int(at[kept[change + 1]] - at[kept[change]]), dial
        )
        if across is None:
            replaced.append(int(kept[change + 1]))
        else:
            rolled.append(int(kept[change + 1]))
            amount[change], keep[change], doubtful[change] = across, True, behind[change]
    return Steps(
        kept=kept,
        first=kept[:-1][keep],
        last=kept[1:][keep],
        amount=amount[keep],
        doubtful=doubtful[keep],
        foreign=np.sort(foreign),
        clashing=clashing,
        repeated=repeated,
        replaced=np.array(replaced, np.int64),
        rolled=np.array(rolled, np.int64),
    )


def _one_per_instant(order: Int64s, at: Int64s, index: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    """The rows by time with the first of each instant, the others that differ from it, and those that do not."""
    again = np.zeros(len(order), bool)
    again[1:] = np.diff(at[order]) == 0
    if not again.any():
        none = np.zeros(0, np.int64)
        return order, none, none
    leader = order[np.maximum.accumulate(np.where(again, 0, np.arange(len(order))))]
    other = again & (index[order] != index[leader])
    return order[~again], np.sort(order[other]), np.sort(order[again & ~other])


def _chains(at: Int64s, index: Int64s, dial: Dial) -> Int64s:
    """The meter, numbered from 0, that each reading belongs to: one whose dial can have gone there in that time."""
    if len(at) < 2:
        return np.zeros(len(at), np.int64)
    delta = np.diff(index)
    breaks = np.flatnonzero((delta < -dial.tolerance) | (delta > _most(np.diff(at), dial))) + 1
    if not len(breaks):
        return np.zeros(len(at), np.int64)
    # Near a step that cannot be, each reading finds its meter on its own; elsewhere whole runs do.
    near = (breaks[:, None] + np.arange(_EXCURSION)).reshape(-1)
    breaks = np.unique(near[near < len(at)])
    found = _Meters(at, index, dial)
    for first, after in zip([0, *breaks.tolist()], [*breaks.tolist(), len(at)], strict=True):
        found.add(first, after)
    return found.chain()


class _Meters:
    """Meters as lists of rows, told apart reading by reading where one dial cannot have shown them all."""

    def __init__(self, at: Int64s, index: Int64s, dial: Dial) -> None:
        self._at: list[int] = at.tolist()
        self._index: list[int] = index.tolist()
        self._dial = dial
        self._rows: list[list[int]] = []
        self._recent: list[int] = []

    def add(self, first: int, after: int) -> None:
        """Rows first..after-1, a run of plausible steps, to the meter that they continue."""
        meter = self._continued(first)
        if meter is None:
            meter = self._returned_to(first)
        self._give(meter, list(range(first, after)))

    def chain(self) -> Int64s:
        chain = np.zeros(len(self._at), np.int64)
        for meter, rows in enumerate(self._rows):
            chain[rows] = meter
        return chain

    def _give(self, meter: int | None, rows: list[int]) -> None:
        if meter is None:
            meter = len(self._rows)
            self._rows.append([])
        self._rows[meter] += rows
        self._recent = [*[m for m in self._recent if m != meter][1 - _CHAINS :], meter]

    def _step(self, before: int, row: int) -> int | None:
        """How far the dial would have moved from one row to another; None if it cannot have."""
        moved = self._index[row] - self._index[before]
        if moved < -self._dial.tolerance:
            return None
        hours = max(self._at[row] - self._at[before], HOUR) / HOUR
        return abs(moved) if moved <= hours * self._dial.fastest else None

    def _continued(self, row: int, but: int | None = None) -> int | None:
        """The meter whose last reading `row` continues best."""
        fits = []
        for meter in self._recent:
            moved = self._step(self._rows[meter][-1], row) if meter != but and self._rows[meter] else None
            if moved is not None:
                fits.append((moved, meter))
        return min(fits)[1] if fits else None

    def _returned_to(self, row: int) -> int | None:
        """The meter that `row` continues once its last few readings, which lie above, are taken for another one's."""
        for meter in self._recent[:-3:-1]:
            rows = self._rows[meter]
            for back in range(1, min(len(rows) - 1, _EXCURSION) + 1):
                if self._index[rows[-back]] <= self._index[row] + self._dial.tolerance:
                    break
                if self._step(rows[-back - 1], row) is not None:
                    others = rows[-back:]
                    del rows[-back:]
                    self._give(self._continued(others[0], but=meter), others)
                    return meter
        return None


def _most(elapsed: Int64s | int, dial: Dial) -> Int64s:
    """What can pass at most in `elapsed` microseconds; never less than in an hour, as clocks jitter."""
    hours = np.maximum(elapsed, HOUR) / HOUR
    return np.asarray(hours * dial.fastest, np.int64)


def _main(chain: Int64s) -> Int64s:
    """The meters that follow one another in time, those with most readings first; the others are foreign."""
    meters, first, counts = np.unique(chain, return_index=True, return_counts=True)
    if len(meters) <= 1:
        return meters
    last = len(chain) - 1 - np.unique(chain[::-1], return_index=True)[1]
    chosen: list[tuple[int, int, int]] = []
    for m in np.lexsort((first, -counts)).tolist():
        place = (int(first[m]), int(last[m]), m)
        at = bisect(chosen, place)
        if (at == 0 or chosen[at - 1][1] < place[0]) and (at == len(chosen) or place[1] < chosen[at][0]):
            chosen.insert(at, place)
    return np.asarray(meters[[m for _, _, m in chosen]])


def _tops(values: Int64s, chain: Int64s) -> tuple[Int64s, Mask]:
    """The highest value that each meter has shown so far, and True where it shows less."""
    top = values.copy()
    edges = np.concatenate([[0], np.flatnonzero(np.diff(chain)) + 1, [len(values)]])
    for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        top[a:b] = np.maximum.accumulate(values[a:b])
    return top, values < top


def _rollover(before: int, after: int, elapsed: int, dial: Dial) -> int | None:
    """The use across a dial that began again at 0; None if it is not near its limit."""
    digits = dial.digits or max(4, len(str(before // dial.unit)))
    limit = 10**digits * dial.unit
    near = limit * _NEAR
    across = int(limit - before + after)
    if limit - before > near or after > near or not 0 <= across <= int(_most(elapsed, dial)):
        return None
    return across
