"""Gaps: the times of a series for which the holder gives nothing."""

from __future__ import annotations

import numpy as np

from ..model.column import NULL, Codes
from ..model.field import fields_of
from ..model.record import DateRecord, InstantRecord, OpenIntervalRecord
from ..model.table import Table
from ..model.time import DAY, Duration, Int64s, to_local
from .cells import Mask


def missing(table: Table) -> Mask:
    """True where a row says that there is no value: quality "missing" and no quantity."""
    quality = table.columns.get("quality")
    if not isinstance(quality, Codes) or "missing" not in quality.words:
        return np.zeros(len(table), bool)
    said = quality.indexes == quality.words.index("missing")
    for name, spec in fields_of(table.record_type).items():
        if spec.kind == "quantity" and name in table.columns:
            said &= table.ints(name) == NULL
    return np.asarray(said)


def gaps(table: Table, said: Table | None = None) -> Int64s:
    """Shape (n, 2): the spans [start, end) in µs between the records of one series, and those `said` to be missing.

    `table` is sorted by time. Intervals leave a gap where the next one starts after all earlier ones have ended;
    readings where a whole step of their cadence passes without one.
    """
    spans = [_between(table)]
    if said is not None and len(said) and "end" in table.record_type.time_fields:
        spans.append(np.stack([said.ints("start"), said.ints("end")], axis=1))
    return _merged(np.concatenate(spans))


def _between(table: Table) -> Int64s:
    none = np.zeros((0, 2), np.int64)
    if len(table) < 2 or not table.series.cadence or issubclass(table.record_type, DateRecord | OpenIntervalRecord):
        return none
    if issubclass(table.record_type, InstantRecord):
        at = table.ints("at")
        rows = np.flatnonzero(_skips(at, table.series.cadence, table.series.tz))
        return np.stack([at[rows], at[rows + 1]], axis=1)
    start, end = table.ints("start"), np.maximum.accumulate(table.ints("end"))
    rows = np.flatnonzero(start[1:] > end[:-1])
    return np.stack([end[rows], start[rows + 1]], axis=1)


def _skips(at: Int64s, cadence: str, tz: str) -> Mask:
    """True between two readings that a reading is missing between."""
    step = Duration.parse(cadence)
    if step.seconds or step.days > 1:
        return np.asarray(np.diff(at) > 1.5 * step.nominal)
    # Daily and monthly readings are taken at any hour: what counts is whether each day or month has one.
    day = to_local(at, tz) // DAY
    if step.days:
        return np.asarray(np.diff(day) > 1)
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(np.diff(months) > step.months)


def _merged(spans: Int64s) -> Int64s:
    if len(spans) < 2:
        return spans
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reach = np.maximum.accumulate(spans[:, 1])
    new = np.concatenate([[True], spans[1:, 0] > reach[:-1]])
    starts = np.flatnonzero(new)
    return np.stack([spans[starts, 0], np.maximum.reduceat(spans[:, 1], starts)], axis=1)
