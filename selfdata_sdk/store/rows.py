"""Rows of tables: by page, by period, by source, by revision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

from ..errors import RecordRefused
from ..model.check import explain, faults
from ..model.column import NULL, Ints
from ..model.record import DateRecord, OpenIntervalRecord, Span
from ..model.table import Table, join
from ..model.time import Period, local_date, micros, moment
from . import span as spans
from .contents import Entry, Figures
from .merge import in_order, keys

Mask = NDArray[np.bool_]
_UNIX_DAY = 719_163  # ordinal of 1970-01-01


def accept(table: Table) -> None:
    sources = table.ints("source")
    if sources.min() < 0 or sources.max() >= len(table.sources):
        raise RecordRefused("A table has records without a source.", next="Say where they come from.")
    bad = faults(table)
    if bad.any():
        row = int(np.argmax(bad))
        source = table.sources[int(table.ints("source")[row])].at(int(table.ints("locator")[row]))
        raise RecordRefused(
            f"A record breaks the rules of {table.record_type.type}: {explain(table, row)}.",
            where=source.locator or f"row {row}",
            next="Leave it out or correct it; nothing was written.",
        )


def cut(table: Table, entry: Entry | None) -> Iterator[tuple[str, Table]]:
    """The parts of a table (in order) by the pages that they belong to, as far as spans are split already."""
    yield from _cut_to(table, table.record_type.facts.span, set(entry.spans) if entry else set())


def _cut_to(table: Table, span: Span, known: set[str]) -> Iterator[tuple[str, Table]]:
    for label, rows in spans.cut(table.placed(), span):
        part = table if rows == slice(0, len(table)) else table.take(rows)
        smaller = spans.finer(label)
        if label not in known and smaller and any(spans.within(other, label) for other in known):
            yield from _cut_to(part, smaller, known)
        else:
            yield label, part


def count(table: Table) -> Figures:
    placed = table.placed()
    last = int(placed.max())
    if "end" in table.record_type.time_fields:
        ends = table.ints("end")
        last = 2**62 if issubclass(table.record_type, OpenIntervalRecord) and (ends == NULL).any() else int(ends.max())
        last = min(last, _FOREVER)
    return Figures(len(table), int(placed.min()), last)


_BEGINNING = -62135510400_000000  # 0001-01-02T00:00Z
_FOREVER = 253402214400_000000  # 9999-12-31T00:00Z: what an open end counts as


def near(us: int, tz: tzinfo) -> datetime:
    """The instant in `tz`; at the edges of the calendar, the nearest one that has a date there."""
    return moment(min(max(us, _BEGINNING), _FOREVER), tz)


def may_overlap(period: Period) -> Callable[[Figures], bool]:
    """Whether a page with such figures may hold records that overlap the period."""
    day = 86_400_000_000  # a date is placed at midnight UTC, but its local day starts up to 14 h before or after
    lower, upper = period.lower - day, period.upper + day
    return lambda figures: figures.first < upper and figures.last >= lower


def within(table: Table, period: Period) -> Table:
    if period.start is None and period.end is None:
        return table
    rows = inside(table, period)
    return table if rows.all() else table.take(rows)


def inside(table: Table, period: Period) -> Mask:
    """True for the rows that overlap the period."""
    lower, upper = period.lower, period.upper
    record_type = table.record_type
    if issubclass(record_type, DateRecord):
        on, tz = table.ints("on"), table.series.tz
        inside = np.ones(len(table), bool)
        if period.start is not None:
            inside &= on >= local_date(lower, tz).toordinal() - _UNIX_DAY
        if period.end is not None:
            inside &= on <= local_date(upper - 1, tz).toordinal() - _UNIX_DAY
        return inside
    if "end" in record_type.time_fields:
        end = table.ints("end")
        return np.asarray((table.ints("start") < upper) & ((end > lower) | (end == NULL)))
    at = table.ints("at")
    return (at >= lower) & (at < upper)


def used_sources(table: Table) -> Table:
    """The table with only those sources that a row names: an erased file leaves no trace of itself."""
    if len(table.sources) < 2:
        return table
    used, index = np.unique(table.ints("source"), return_inverse=True)
    if len(used) == len(table.sources):
        return table
    sources = tuple(table.sources[i] for i in used)
    return Table(
        table.record_type, table.series, {**table.columns, "source": Ints(index.reshape(-1).astype(np.int64))}, sources
    )


def both(a: Table | None, b: Table | None) -> Table | None:
    """The rows of both, in order of time."""
    parts = [t for t in (a, b) if t is not None and len(t)]
    return in_order(join(parts)) if parts else None


def from_import(table: Table, at: int) -> Mask:
    """True for the rows whose content came with the import of that instant."""
    flags = np.array([micros(s.retrieved_at) == at and s.method in ("file", "api") for s in table.sources], bool)
    return np.asarray(flags[table.ints("source")])


def truly_past(history: Table, current: Table | None) -> Table:
    """Of revisions that come from elsewhere, each one once, and only those older than the page's own."""
    if current is None:
        return history
    past, now = keys((history, current))
    newest = dict(zip(now.tolist(), current.ints("revision").tolist(), strict=True))
    revisions = history.ints("revision").tolist()
    rows, seen = [], set()
    for i, (key, revision) in enumerate(zip(past.tolist(), revisions, strict=True)):
        if revision < newest.get(key, 2**62) and (key, revision) not in seen:
            seen.add((key, revision))
            rows.append(i)
    return history.take(np.array(rows, np.int64))
