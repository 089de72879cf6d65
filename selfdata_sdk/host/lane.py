"""What a store holds over time: one lane for each series, cut into the steps of one axis that all lanes share.

Only times and states are read of a record, never its values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from ..importers.gaps import gaps
from ..model import Record, Registry, Table
from ..model.column import NULL, Codes
from ..model.record import DateRecord, OpenIntervalRecord
from ..model.time import DAY, LAST, Duration, Int64s, micros
from ..store.store import Holding

STEPS = 480

Steps = NDArray[np.bool_]
Runs = tuple[tuple[int, int], ...]
"""Steps [first, last) that follow each other."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The time from `start` to `end` (µs), in `STEPS` steps of one length."""

    start: int
    end: int

    @property
    def edges(self) -> Int64s:
        """Shape (STEPS + 1,)."""
        return np.linspace(self.start, self.end, STEPS + 1).astype(np.int64)

    def place(self, us: int) -> float:
        """0 at the start, 1 at the end."""
        return (us - self.start) / (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Lane:
    """A series over the axis.

    provisional, revised  how many records are
    gap_time              in µs, of all gaps
    before, after         True if it reaches out of the axis
    """

    held: Runs
    gaps: Runs
    unsettled: Runs
    changed: Runs
    before: bool
    after: bool
    gap_count: int
    gap_time: int
    provisional: int
    revised: int


def axis(holdings: Sequence[Holding], registry: Registry, now: datetime) -> Axis:
    """From the first to the last reading or event. Contracts and profiles, which may reach far, do not stretch it."""
    kinds = [(registry.get(h.series.type), h) for h in holdings]
    events = [(k, h) for k, h in kinds if not _lasts(k)]
    start = min(micros(h.start) for _, h in events or kinds)
    end = max((micros(h.end) + (DAY if issubclass(k, DateRecord) else 0) for k, h in events), default=micros(now))
    return Axis(start, max(end, start + DAY))


def _lasts(record_type: type[Record]) -> bool:
    """True for what holds for long: contracts, profiles."""
    return record_type.facts.span == "whole" or issubclass(record_type, OpenIntervalRecord)


def endless(holding: Holding) -> bool:
    """True for a series that holds until further notice."""
    return holding.end.astimezone(UTC).year >= 9999


def lane(table: Table, axis: Axis) -> Lane:
    """The lane of a series; its records are in order of time."""
    starts, ends = _reach(table)
    edges, spans = axis.edges, gaps(table)
    lacking = _lacking(spans, edges)
    provisional = _said(table, "status", "provisional")
    revised = table.ints("revision") > 1
    held = _touched(starts, ends, edges) & ~lacking
    unsettled = _touched(starts[provisional], ends[provisional], edges) & held
    return Lane(
        held=_runs(held & ~unsettled),
        gaps=_runs(lacking),
        unsettled=_runs(unsettled),
        changed=_runs(_touched(starts[revised], ends[revised], edges) & held),
        before=bool((starts < axis.start).any()),
        after=bool((ends > axis.end).any()),
        gap_count=len(spans),
        gap_time=int((spans[:, 1] - spans[:, 0]).sum()),
        provisional=int(provisional.sum()),
        revised=int(revised.sum()),
    )


def _reach(table: Table) -> tuple[Int64s, Int64s]:
    """From when until when each record tells something (µs); a reading until the next one is due."""
    starts = table.placed()
    match table.record_type.time_fields:
        case ("on",):
            return starts, starts + DAY
        case ("at",):
            step = Duration.parse(table.series.cadence).nominal if table.series.cadence else 0
            due = starts + step
            return starts, np.concatenate([due[:-1], starts[-1:]])
        case _:
            ends = table.ints("end")
            return starts, np.where(ends == NULL, LAST, ends)


def _said(table: Table, field: str, word: str) -> Steps:
    """True for the records whose `field` is `word`."""
    column = table.column(field)
    assert isinstance(column, Codes)
    if word not in column.words:
        return np.zeros(len(table), bool)
    return np.asarray(column.indexes == column.words.index(word))


def _touched(starts: Int64s, ends: Int64s, edges: Int64s) -> Steps:
    """The steps in which there is something; what lies outside of the axis is left out."""
    inside = (starts <= edges[-1]) & (ends >= edges[0])
    first = np.clip(np.searchsorted(edges, starts[inside], side="right") - 1, 0, STEPS - 1)
    last = np.clip(np.searchsorted(edges, ends[inside], side="left"), first + 1, STEPS)
    opened, closed = (np.bincount(steps, minlength=STEPS + 1) for steps in (first, last))
    return np.asarray(np.cumsum(opened - closed)[:STEPS] > 0)


def _lacking(spans: Int64s, edges: Int64s) -> Steps:
    """The steps of which more than half lies in gaps."""
    if not len(spans):
        return np.zeros(STEPS, bool)
    lengths = np.stack([np.zeros(len(spans), np.int64), spans[:, 1] - spans[:, 0]], axis=1)
    within = np.diff(np.interp(edges, spans.ravel(), np.cumsum(lengths.ravel())))
    return np.asarray(2 * within > np.diff(edges))


def _runs(steps: Steps) -> Runs:
    bounds = np.flatnonzero(np.diff(steps.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    return tuple((first, last) for first, last in bounds.tolist())
