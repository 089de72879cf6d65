"""Tables: many records of one series as columns, and the way to and from records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import rfc8785
from pydantic import TypeAdapter

from .column import NULL, Codes, Column, Ints, Lists, Moneys, Rows, concat
from .field import Field, fields_of
from .money import Money
from .record import Record
from .series import Series
from .source import Source
from .time import EPOCH

_UNIX_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Records of one series as columns, one per field of `fields_of(record_type)`, all of length n.

    Two more columns tell where each record came from: `source`, an index into `sources`, and `locator`,
    the number that fills the source's locator template.
    A column that is left out holds the field's default: mostly missing; "measured", "final", revision 1.
    """

    record_type: type[Record]
    series: Series
    columns: Mapping[str, Column]
    sources: tuple[Source, ...]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def column(self, name: str) -> Column:
        """The column of a field, or the constant column that stands for one left out."""
        if (found := self.columns.get(name)) is not None:
            return found
        n = len(self)
        if name == "source":
            return Ints.constant(0, n)
        if name == "locator":
            return Ints.constant(NULL, n)
        return default(fields_of(self.record_type)[name], n)

    def ints(self, name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The stored integers of an instant, date, quantity, integer or boolean field."""
        column = self.column(name)
        if not isinstance(column, Ints):
            raise TypeError(f"{name} is not held as integers")
        return column.values

    def take(self, rows: Rows) -> Table:
        return Table(self.record_type, self.series, {k: c.take(rows) for k, c in self.columns.items()}, self.sources)

    def replace(self, **columns: Column) -> Table:
        """The table with some columns exchanged or added."""
        return Table(self.record_type, self.series, {**self.columns, **columns}, self.sources)

    def placed(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The instant (µs) by which each record is placed in time: its start or at, or midnight UTC of its date."""
        first = self.record_type.time_fields[0]
        return self.ints(first) * 86_400_000_000 if first == "on" else self.ints(first)

    def records(self) -> list[Record]:
        """Validated records, in row order."""
        parts = {part: getattr(self.series, part) for part in ("about", "register")}
        constant: dict[str, Any] = {"tz": self.series.tz, "cadence": self.series.cadence}
        for name, part in self.record_type.series_fields.items():
            constant[name] = parts[part] or None
        values = {
            name: to_values(spec, self.column(name))
            for name, spec in fields_of(self.record_type).items()
            if name in self.columns
        }
        sources = self._sources()
        rows = [
            {**constant, **dict(zip(values, row, strict=True)), "source": source}
            for *row, source in zip(*values.values(), sources, strict=True)
        ]
        return _adapter(self.record_type).validate_python(rows)

    def _sources(self) -> list[Source]:
        """The source of each row, its place in the file filled in."""
        which = self.ints("source").tolist()
        if "locator" not in self.columns:
            return [self.sources[s] for s in which]
        numbers = self.ints("locator").tolist()
        return [
            self.sources[s] if number == NULL else self.sources[s].at(number)
            for s, number in zip(which, numbers, strict=True)
        ]


@cache
def _adapter(record_type: type[Record]) -> TypeAdapter[list[Record]]:
    return TypeAdapter(list[record_type])  # type: ignore[valid-type]


def tables(records: Iterable[Record]) -> list[Table]:
    """Records in any order as tables, one per type and series, rows in the order given."""
    groups: dict[tuple[type[Record], Series], list[Record]] = {}
    for record in records:
        groups.setdefault((type(record), record.series), []).append(record)
    return [_table(record_type, series, group) for (record_type, series), group in groups.items()]


def _table(record_type: type[Record], series: Series, records: Sequence[Record]) -> Table:
    columns: dict[str, Column] = {
        name: from_values(spec, [getattr(r, name) for r in records]) for name, spec in fields_of(record_type).items()
    }
    # Each record keeps its own locator here, as a source of its own: records made one by one are few.
    index: dict[Source, int] = {}
    columns["source"] = Ints(np.array([index.setdefault(r.source, len(index)) for r in records], np.int64))
    return Table(record_type, series, columns, tuple(index))


def join(parts: Sequence[Table]) -> Table:
    """Tables of one series one after the other."""
    if len(parts) == 1:
        return parts[0]
    index: dict[Source, int] = {}
    maps = [np.array([index.setdefault(s, len(index)) for s in t.sources], np.int64) for t in parts]
    names = list(dict.fromkeys(n for t in parts for n in t.columns))
    columns: dict[str, Column] = {n: concat([t.column(n) for t in parts]) for n in names if n != "source"}
    if index:
        columns["source"] = Ints(np.concatenate([m[t.ints("source")] for m, t in zip(maps, parts, strict=True)]))
    return Table(parts[0].record_type, parts[0].series, columns, tuple(index))


def default(spec: Field, n: int) -> Column:
    """A column of `n` values left out."""
    held = spec.default
    match spec.kind:
        case "text" | "json":
            return Codes.constant(held if isinstance(held, str) else None, n)
        case "money":
            return Moneys(Ints.constant(NULL, n), Ints.constant(NULL, n), Codes.constant(None, n))
        case "list":
            return Lists.empty(n, {f.name: default(f, 0) for f in spec.items})
        case _:
            return Ints.constant(held if isinstance(held, int) else NULL, n)


def from_values(spec: Field, values: Sequence[Any]) -> Column:
    """Python values (as in records) as a column."""
    match spec.kind:
        case "instant":
            return _ints([None if v is None else (v - EPOCH) // _MICROSECOND for v in values])
        case "date":
            return _ints([None if v is None else v.toordinal() - _UNIX_DAY for v in values])
        case "quantity":
            return _ints([None if v is None else int(v.scaleb(spec.places)) for v in values])
        case "integer" | "boolean":
            return _ints([None if v is None else int(v) for v in values])
        case "text":
            return Codes.of(values)
        case "json":
            return Codes.of([rfc8785.dumps(v).decode() if v else None for v in values])
        case "money":
            return _moneys(values)
        case "list":
            elements = [e for v in values for e in v]
            return Lists(
                np.concatenate([[0], np.cumsum([len(v) for v in values])]).astype(np.int64),
                {f.name: from_values(f, [getattr(e, f.name) for e in elements]) for f in spec.items},
            )


def to_values(spec: Field, column: Column) -> list[Any]:
    """A column as Python values that the record type accepts; amounts and elements of lists as dicts."""
    if isinstance(column, Codes):
        words = column.list()
        if spec.kind != "json":
            return words
        return [{} if w is None else json.loads(w) for w in words]
    if isinstance(column, Moneys):
        return [
            None if u == NULL else {"amount": Decimal(u).scaleb(-e), "currency": c}
            for u, e, c in zip(
                column.unscaled.values.tolist(), column.exponent.values.tolist(), column.currency.list(), strict=True
            )
        ]
    if isinstance(column, Lists):
        names = [f.name for f in spec.items]
        children = [to_values(f, column.items[f.name]) for f in spec.items]
        elements = [dict(zip(names, row, strict=True)) for row in zip(*children, strict=True)]
        offsets = column.offsets.tolist()
        return [tuple(elements[a:b]) for a, b in pairwise(offsets)]
    integers = column.values.tolist()
    match spec.kind:
        case "instant":
            return [None if v == NULL else EPOCH + timedelta(microseconds=v) for v in integers]
        case "date":
            return [None if v == NULL else date.fromordinal(v + _UNIX_DAY) for v in integers]
        case "quantity":
            return [None if v == NULL else Decimal(v).scaleb(-spec.places) for v in integers]
        case "boolean":
            return [{NULL: None, 0: False, 1: True}.get(v, v) for v in integers]
        case _:
            return [None if v == NULL else v for v in integers]


def _ints(values: Sequence[int | None]) -> Ints:
    return Ints(np.array([NULL if v is None else v for v in values], np.int64))


def _moneys(values: Sequence[Money | None]) -> Moneys:
    unscaled: list[int | None] = []
    exponents: list[int | None] = []
    for value in values:
        if value is None:
            unscaled.append(None)
            exponents.append(None)
            continue
        exponent = -int(value.amount.as_tuple().exponent)
        unscaled.append(int(value.amount.scaleb(exponent)))
        exponents.append(exponent)
    return Moneys(_ints(unscaled), _ints(exponents), Codes.of([None if v is None else v.currency for v in values]))


def instants(values: Iterable[datetime]) -> Ints:
    """Aware datetimes as a column of instants."""
    return Ints(np.array([(v.astimezone(UTC) - EPOCH) // _MICROSECOND for v in values], np.int64))
