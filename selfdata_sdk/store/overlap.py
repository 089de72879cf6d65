"""Overlapping series of one supply point: which records are read, so that nothing counts twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from ..model.series import Series
from ..model.table import Table
from ..model.time import zone
from .rows import near

COMPLETE = 0.9
"""A finer series stands for a coarser record if it covers at least this share of its time."""

TOTALS = ("", "total")
DISTRIBUTOR = ("D1", "D2", "D3", "D4")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Records of `series` in [start, end) that were not read, and why: the finer or coarser series was
    taken ("finer", "coarser"), the total was ("total"), or records of one series overlap ("overlap")."""

    series: Series
    start: datetime
    end: datetime
    count: int
    reason: str


def groups(series: Sequence[Series]) -> list[list[Series]]:
    """Series that may describe the same use, each group from finest to coarsest.

    Those about one supply point belong together. One that names no point belongs with the holder's only one.
    """
    named: dict[str, set[str]] = {}
    for s in series:
        if s.about:
            named.setdefault(s.holder, set()).add(s.about)
    found: dict[tuple[str, str], list[Series]] = {}
    for s in series:
        points = named.get(s.holder, set())
        about = s.about or (next(iter(points)) if len(points) == 1 else "")
        found.setdefault((about, "" if about else s.holder), []).append(s)
    return [sorted(g, key=lambda s: (s.fineness, s)) for g in found.values()]


def choose(tables: Sequence[Table]) -> tuple[list[Table], list[LeftOut]]:
    """From tables of one group of interval records, finest first, rows that do not overlap; and what was left out.

    Where there is a total, registers are not taken; where there are the supplier's classes, the distributor's (D1 to
    D4), which split the same use another way, are not. A coarser record is taken only where the finer ones
    cover less than `COMPLETE` of its time; then they give way.
    """
    tables = [t for t in tables if len(t)]
    left: list[LeftOut] = []
    chosen = _one_register([t for t in tables if t.series.register in TOTALS], left)
    registers = list(dict.fromkeys(t.series.register for t in tables if t.series.register not in TOTALS))
    for level in ([r for r in registers if r not in DISTRIBUTOR], [r for r in registers if r in DISTRIBUTOR]):
        counted = list(chosen)
        for register in level:
            parts = [_outside(t, counted, left) for t in tables if t.series.register == register]
            chosen += _one_register([t for t in parts if len(t)], left)
    return chosen, left


def _outside(table: Table, others: Sequence[Table], left: list[LeftOut]) -> Table:
    """The rows of one register at times that the others, which count the same use, do not cover."""
    counted = _busy(others, table.ints("start"), table.ints("end")) > 0
    if counted.any():
        left.append(_left_out(table, counted, "total"))
    return table.take(~counted)


def _one_register(tables: Sequence[Table], left: list[LeftOut]) -> list[Table]:
    chosen: list[Table] = []
    for table in tables:
        start, end = table.ints("start"), table.ints("end")
        take = _apart(start, end)
        if chosen:
            take &= _busy(chosen, start, end) < COMPLETE * (end - start)
        if take.all():
            kept = table
        else:
            kept = table.take(take)
            left.append(_left_out(table, ~take, "finer" if chosen else "overlap"))
        if len(kept):
            earlier = [_give_way(t, kept, left) for t in chosen]
            chosen = [*(t for t in earlier if len(t)), kept]
    return chosen


def _apart(start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Of one series in order of start, True for the rows that do not overlap one taken before."""
    take = np.ones(len(start), bool)
    if (start[1:] >= end[:-1]).all():
        return take
    free = _EARLY
    for row, (a, b) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        take[row] = a >= free
        free = b if take[row] else free
    return take


_EARLY = -(2**62)


def _busy(chosen: Sequence[Table], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Microseconds of each [start, end) that the rows chosen so far cover."""
    busy = np.zeros(len(start), np.int64)
    for table in chosen:
        a, b = table.ints("start"), table.ints("end")
        covered = np.concatenate([[0], np.cumsum(b - a)])
        busy += _covered_until(end, a, b, covered) - _covered_until(start, a, b, covered)
    return busy


def _covered_until(
    at: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64], covered: NDArray[np.int64]
) -> NDArray[np.int64]:
    index = np.searchsorted(a, at, side="right")
    inside = np.where(index > 0, np.minimum(at, b[index - 1]) - b[index - 1], 0)
    total: NDArray[np.int64] = covered[index] + inside
    return total


def _give_way(fine: Table, coarse: Table, left: list[LeftOut]) -> Table:
    """The rows of `fine` that no row of `coarse` (sorted, not overlapping) overlaps."""
    start, end = coarse.ints("start"), coarse.ints("end")
    index = np.searchsorted(end, fine.ints("start"), side="right")
    inside = np.minimum(index, len(start) - 1)
    overlaps = (index < len(start)) & (start[inside] < fine.ints("end"))
    if overlaps.any():
        left.append(_left_out(fine, overlaps, "coarser"))
    return fine.take(~overlaps)


def _left_out(table: Table, rows: NDArray[np.bool_], reason: str) -> LeftOut:
    tz = zone(table.series.tz)
    start, end = int(table.ints("start")[rows].min()), int(table.ints("end")[rows].max())
    return LeftOut(table.series, near(start, tz), near(end, tz), int(rows.sum()), reason)
