"""Records of short files, collected one by one and given out as tables, one per series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ..model import Record, Series, Source, Table
from ..model.column import NULL, Codes, Column, Ints
from ..model.field import Field, fields_of
from ..model.table import from_values

_AS_INTEGERS = frozenset({"instant", "date", "quantity", "integer", "boolean"})

Row = dict[str, object]


@dataclass
class Batch:
    """Rows by series. Values are as tables store them: instants in µs, quantities as scaled integers; money and the
    items of lists are as records hold them.

    A row with quality "missing" and no quantity says that the holder gives nothing for that time.
    """

    source: Source
    place: str = "line {}"
    _rows: dict[tuple[type[Record], Series], list[tuple[int, Row]]] = field(default_factory=dict)

    def add(self, record_type: type[Record], series: Series, number: int, /, **values: object) -> None:
        """One record; `number` fills the locator template."""
        self._rows.setdefault((record_type, series), []).append((number, values))

    def items(self) -> Iterator[Table]:
        """One table per series, rows as they were added."""
        source = self.source.model_copy(update={"locator": self.place})
        for (record_type, series), rows in self._rows.items():
            yield _table(record_type, series, rows, source)


def _table(record_type: type[Record], series: Series, rows: list[tuple[int, Row]], source: Source) -> Table:
    names = list(dict.fromkeys(name for _, row in rows for name in row))
    specs = fields_of(record_type)
    columns: dict[str, Column] = {
        name: _column(specs[name], [row.get(name, specs[name].default) for _, row in rows]) for name in names
    }
    columns["locator"] = Ints(np.array([number for number, _ in rows], np.int64))
    return Table(record_type, series, columns, (source,))


def _column(spec: Field, values: list[object]) -> Column:
    if spec.kind in _AS_INTEGERS:
        return Ints(np.array([NULL if v is None else v for v in values], np.int64))
    if spec.kind == "text":
        return Codes.of([None if v is None else str(v) for v in values])
    if spec.kind == "list":
        return from_values(spec, [v or () for v in values])
    return from_values(spec, values)
