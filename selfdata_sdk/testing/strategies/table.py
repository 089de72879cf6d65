"""Tables of records: with gaps, over clock changes, said twice, said again otherwise, handed out bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ...model import Record, Series, Source, Table
from ...model.column import NULL, Codes, Column, Ints, concat, same
from ...model.field import Field, body_of, fields_of
from ...model.record import DateRecord, InstantRecord, IntervalRecord
from ...model.table import from_values
from ...model.time import DAY, HOUR, Int64s, to_local, to_utc
from .record import series, sources, step_of
from .time import clock_changes, dates, instants
from .value import values

Strategy = st.SearchStrategy

_UNIX_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class _Row:
    """A row, times aside. It is drawn at once, so that a row that matters not can be left out when a failure shrinks.

    missing  how many steps before it are left out
    source   an index
    """

    missing: int
    source: int
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is the same for all rows of a table: its columns, times aside, and its sources.

    numbered  the one source has a template, of which each row has the number
    """

    record_type: type[Record]
    series: Series
    fields: Sequence[Field]
    sources: tuple[Source, ...]
    numbered: bool

    def rows(self, *, least: int = 0, most: int = 12, missing: int = 0) -> Strategy[list[_Row]]:
        """Rows, before each of which up to `missing` steps are left out."""
        row = st.builds(
            _Row,
            st.integers(0, missing),
            st.integers(0, len(self.sources) - 1),
            st.tuples(*(values(spec) for spec in self.fields)),
        )
        return st.lists(row, min_size=least, max_size=most)

    def table(self, rows: Sequence[_Row], times: dict[str, Column]) -> Table:
        columns = dict(times)
        for place, spec in enumerate(self.fields):
            columns[spec.name] = from_values(spec, [row.values[place] for row in rows])
        key = self.record_type.natural_key
        if not set(key) & set(times):  # facts that are told apart by a number of their own, whenever they are
            columns[key[0]] = Codes.of([f"N-{n}" for n in range(len(rows))])
        if self.numbered:
            columns["locator"] = Ints(np.arange(2, len(rows) + 2, dtype=np.int64))
        else:
            columns["source"] = Ints(np.array([row.source for row in rows], np.int64))
        return Table(self.record_type, self.series, columns, self.sources)


@st.composite
def _shapes(draw: st.DrawFn, record_type: type[Record], held: Series) -> _Shape:
    """Optional columns are there or left out; sources are one with a locator template, or several."""
    fields = [
        spec
        for name, spec in fields_of(record_type).items()
        if name not in record_type.time_fields and (record_type.model_fields[name].is_required() or draw(st.booleans()))
    ]
    if draw(st.booleans()):
        several = draw(st.lists(sources(holder=held.holder), min_size=1, max_size=3, unique=True))
        return _Shape(record_type, held, fields, tuple(several), numbered=False)
    return _Shape(record_type, held, fields, (draw(sources(holder=held.holder, locator="line {}")),), numbered=True)


@st.composite
def tables(
    draw: st.DrawFn,
    record_type: type[Record],
    *,
    min_size: int = 1,
    max_size: int = 12,
    of: Series | None = None,
    gaps: bool = True,
) -> Table:
    """A valid table of one series: times ascending, distinct and never overlapping; with `gaps`, some left out."""
    shape = draw(_shapes(record_type, draw(series(record_type)) if of is None else of))
    rows = draw(shape.rows(least=min_size, most=max_size, missing=3 if gaps else 0))
    return shape.table(rows, draw(_times(shape, rows)))


@st.composite
def gappy_tables(draw: st.DrawFn, record_type: type[Record], *, max_size: int = 12) -> Table:
    """A table in which at least one record is missing between two others."""
    shape = draw(_shapes(record_type, draw(series(record_type))))
    rows = draw(shape.rows(least=2, most=max_size, missing=3))
    if not any(row.missing for row in rows[1:]):
        rows[-1] = replace(rows[-1], missing=1)
    return shape.table(rows, draw(_times(shape, rows)))


@st.composite
def _times(draw: st.DrawFn, shape: _Shape, rows: Sequence[_Row]) -> dict[str, Column]:
    """A step of the series for each row, and those that are missing left out."""
    places = np.arange(len(rows), dtype=np.int64) + np.cumsum(np.array([row.missing for row in rows], np.int64))
    if issubclass(shape.record_type, DateRecord):
        return {"on": Ints(draw(dates()).toordinal() - _UNIX_DAY + places)}
    step = step_of(shape.series)
    starts = draw(instants(shape.series.tz)) + places * step
    if issubclass(shape.record_type, InstantRecord):
        return {"at": Ints(starts)}
    ends = starts + step
    if rows and not issubclass(shape.record_type, IntervalRecord) and not draw(st.booleans()):
        ends[-1] = NULL
    return {"start": Ints(starts), "end": Ints(ends)}


@st.composite
def tables_over_clock_change(
    draw: st.DrawFn, record_type: type[Record], tz: str = "Europe/Paris", *, most: int = 5
) -> Table:
    """A table by local day or by hour in which the clocks of `tz` change: a day of 23 or 25 hours, an hour that is
    skipped or comes twice. At `most` so many more steps before it, and after it.
    """
    cadence = draw(st.sampled_from(["P1D", "PT1H"]))
    shape = draw(_shapes(record_type, replace(draw(series(record_type)), tz=tz, cadence=cadence)))
    change = draw(st.sampled_from(clock_changes(tz)))
    before, after = draw(shape.rows(most=most)), draw(shape.rows(most=most))
    least = 1 if cadence == "P1D" and not issubclass(record_type, InstantRecord) else 2
    rows = [*before, *draw(shape.rows(least=least, most=least)), *after]
    times = _times_around(shape.record_type, change, tz, by_day=cadence == "P1D", before=len(before), count=len(rows))
    return shape.table(rows, times)


def _times_around(
    record_type: type[Record], change: int, tz: str, *, by_day: bool, before: int, count: int
) -> dict[str, Column]:
    """Days from `before` ones before that of the change on, or hours from the one before it on."""
    day = int(to_local(np.array([change], np.int64), tz)[0]) // DAY - before
    days: Int64s = day + np.arange(count + 1, dtype=np.int64)
    if issubclass(record_type, DateRecord):
        return {"on": Ints(days[:-1])}
    hours: Int64s = change + HOUR * (np.arange(count + 1, dtype=np.int64) - 1 - before)
    edges = to_utc(days * DAY, tz) if by_day else hours
    if issubclass(record_type, InstantRecord):
        return {"at": Ints(edges[:-1])}
    return {"start": Ints(edges[:-1]), "end": Ints(edges[1:])}


@st.composite
def duplicates(draw: st.DrawFn, table: Table) -> Table:
    """`table` with some rows a second time, in another order: the same facts."""
    rows = list(range(len(table)))
    more = draw(st.lists(st.sampled_from(rows), min_size=1, max_size=3))
    return table.take(np.array(draw(st.permutations(rows + more)), np.int64))


@st.composite
def revisions(draw: st.DrawFn, table: Table) -> tuple[Table, frozenset[int]]:
    """`table` with the content of some rows changed and their natural keys kept; and which rows changed."""
    spec = _changeable(table.record_type)
    fresh = draw(st.dictionaries(st.sampled_from(range(len(table))), values(spec), min_size=1))
    column = table.column(spec.name)
    order = np.arange(len(table))
    order[list(fresh)] = len(table) + np.arange(len(fresh))
    mixed = concat([column, from_values(spec, list(fresh.values()))]).take(order)
    changed = np.flatnonzero(~same(column, mixed)).tolist()
    return table.replace(**{spec.name: mixed}), frozenset(changed)


def _changeable(record_type: type[Record]) -> Field:
    """A field of the body that is no part of the natural key: a quantity if there is one."""
    free = [f for f in body_of(record_type).values() if f.name not in record_type.natural_key]
    return next((f for f in free if f.kind == "quantity"), free[0])


@st.composite
def deliveries(draw: st.DrawFn, record_type: type[Record], *, max_size: int = 12) -> tuple[Table, Table]:
    """What a holder hands out, and what later: some of it again, perhaps revised or twice, and at least one more record."""
    whole = draw(tables(record_type, min_size=2, max_size=max_size))
    until = draw(st.integers(1, len(whole) - 1))
    since = draw(st.integers(0, until))
    later = whole.take(slice(since, len(whole)))
    if draw(st.booleans()):
        later, _ = draw(revisions(later))
    if draw(st.booleans()):
        later = draw(duplicates(later))
    return whole.take(slice(0, until)), later
