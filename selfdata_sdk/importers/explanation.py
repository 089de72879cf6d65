"""How a file is understood, before anything is written: what its records hold, and which of its columns they came from.

Importers are not asked. A record says in its locator where it stands in the file; the cells that stand there are laid
beside its fields, and a column whose cells give a field's value in every row that is looked at is where it came from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
from pydantic import JsonValue

from ..errors import FixHost, SelfDataError
from ..model import Series, Table, Text
from ..model.column import NULL, Codes, Column, Ints, Lists, Moneys
from ..model.field import Field, fields_of, titles
from ..model.table import to_values
from ..model.time import Int64s, zone
from . import refusal
from .file import File
from .importer import Importer, Options, Rejection, Remark
from .importing import Reader, read_here, sieved
from .mapping_suggestion import suggest
from .registry import Importers
from .tracing import Trace, cells_of, document, traces

ROWS = 60
"""Records of a series whose cells are looked at."""

MOST_SERIES = 20
"""Series of a file whose columns are followed."""


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field of the records: its example is of the first record that has one."""

    name: str
    title: Text | None
    unit: str
    example: str
    count: int


@dataclass(frozen=True, slots=True)
class SeriesShown:
    """The records of one series, and what they keep beside their fields (`kept`, names in ext)."""

    series: Series
    title: Text
    count: int
    fields: tuple[FieldShown, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """One column of the file: its first value, the fields seen to come from it, and whether it is kept in ext.

    With neither it was not seen to be used.
    """

    name: str
    example: str
    fields: tuple[Trace, ...]
    kept: bool


@dataclass(slots=True)
class Explanation:
    """How one file is understood. `traced` is False where a format's columns cannot be followed (XML, XLSX)."""

    name: str
    format: str = ""
    title: Text | None = None
    holder: str = ""
    series: list[SeriesShown] = field(default_factory=list)
    columns: list[ColumnShown] = field(default_factory=list)
    traced: bool = False
    good: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    rejected: int = 0
    remarks: list[Remark] = field(default_factory=list)
    refused: SelfDataError | None = None
    suggestion: str = ""

    def to_json(self) -> dict[str, JsonValue]:
        return {
            "name": self.name,
            "format": self.format,
            "holder": self.holder,
            "good": self.good,
            "rejected": self.rejected,
            "traced": self.traced,
            "columns": [_column_json(c) for c in self.columns],
            "series": [_series_json(s) for s in self.series],
            "rejections": [{"locator": r.locator, "reason": r.reason.en} for r in self.rejections],
            "remarks": [
                {"kind": r.kind, "text": r.text.en, "locator": r.locator, "count": r.count} for r in self.remarks
            ],
            "refused": None if self.refused is None else str(self.refused),
            "suggestion": self.suggestion or None,
        }


def explain(
    file: File,
    *,
    now: datetime,
    options: Options = Options(),  # noqa: B008 (frozen)
    importers: Importers | None = None,
    chosen: Importer | None = None,
    reader: Reader | None = None,
) -> Explanation:
    """Read a file as `import_files` does and write nothing. With a `reader`, which reads elsewhere, no column is traced.

    A file that no importer knows is refused with a mapping to begin with, if it is a table.
    """
    known = Importers() if importers is None else importers
    read = partial(read_here, known) if reader is None else reader
    found = Explanation(file.name)
    try:
        refusal.check_size(file)
        importer, items = read(file, now, options, chosen)
        found.format, found.title = importer.name, importer.title
        found.holder = options.holder or importer.holder
        sieve, tables = sieved(file, importer, items)
    except FixHost:
        raise
    except SelfDataError as error:
        found.refused = error
        if not found.format and reader is None:
            found.suggestion = suggest(file.sample)
        return found
    found.rejections, found.rejected, found.remarks = sieve.rejections, sieve.rejected, sieve.remarks
    found.good = sum(map(len, tables))
    found.series = [_series(table) for table in tables]
    if reader is None:
        _trace(found, file, tables)
    return found


def _series(table: Table) -> SeriesShown:
    specs = fields_of(table.record_type)
    shown = [_shown(specs[n], table) for n in specs if n in table.columns and n not in ("ext", "revision")]
    ext = table.columns.get("ext")
    words = ext.words if isinstance(ext, Codes) else ()
    kept = dict.fromkeys(key for word in words for key in json.loads(word))
    return SeriesShown(
        table.series, table.record_type.facts.title, len(table), tuple(s for s in shown if s), tuple(kept)
    )


def _shown(spec: Field, table: Table) -> FieldShown | None:
    rows = _present(table.column(spec.name))
    if not len(rows):
        return None
    (first,) = to_values(spec, table.column(spec.name).take(rows[:1]))
    title = titles(table.record_type.model_fields[spec.name])
    return FieldShown(spec.name, title, spec.unit, said(first, table.series.tz), len(rows))


def _present(column: Column) -> Int64s:
    """The rows that have a value."""
    match column:
        case Ints():
            return np.flatnonzero(column.values != NULL)
        case Codes():
            return np.flatnonzero(column.indexes >= 0)
        case Moneys():
            return np.flatnonzero(column.unscaled.values != NULL)
        case Lists():
            return np.flatnonzero(np.diff(column.offsets))


def said(value: Any, tz: str) -> str:
    """A value as one short text."""
    match value:
        case datetime():
            return value.astimezone(zone(tz)).isoformat(sep=" ")
        case {"amount": amount, "currency": currency}:
            return f"{amount:f} {currency}"
        case tuple():
            return f"({len(value)})"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value.normalize(), "f")
        case _:
            text = str(value)
            return text if len(text) <= 60 else text[:59] + "…"


def _trace(found: Explanation, file: File, tables: Sequence[Table]) -> None:
    root = document(file)
    examples: dict[str, str] = {}
    seen: dict[str, list[Trace]] = {}
    kept: set[str] = set()
    for table in tables[:MOST_SERIES]:
        if (rows := cells_of(file, root, table, ROWS)) is None:
            continue
        found.traced = True
        for name in rows.names:
            examples[name] = examples.get(name) or rows.examples[name]
        for trace in traces(table, rows, ROWS):
            if trace not in (known := seen.setdefault(trace.column, [])):
                known.append(trace)
        kept |= _kept_columns(table, rows.names)
    found.columns = [
        ColumnShown(name, example, tuple(seen.get(name, ())), name in kept and name not in seen)
        for name, example in examples.items()
    ]


def _kept_columns(table: Table, names: Sequence[str]) -> set[str]:
    """The columns that ext names: its names are the file's own, behind a prefix."""
    ext = table.columns.get("ext")
    keys = {key.partition(".")[2] for word in (ext.words if isinstance(ext, Codes) else ()) for key in json.loads(word)}
    return {name for name in names if name in keys or name.split(".")[0] in keys}


def _column_json(column: ColumnShown) -> dict[str, JsonValue]:
    return {
        "name": column.name,
        "example": column.example,
        "fields": [{"field": t.field, "how": t.how.en if t.how else None, "type": t.type} for t in column.fields],
        "ext": column.kept,
        "used": bool(column.fields) or column.kept,
    }


def _series_json(shown: SeriesShown) -> dict[str, JsonValue]:
    fields: list[JsonValue] = [
        {"name": f.name, "unit": f.unit or None, "example": f.example, "count": f.count} for f in shown.fields
    ]
    parts: Mapping[str, JsonValue] = {
        name: getattr(shown.series, name) for name in ("type", "holder", "about", "register", "cadence", "tz")
    }
    return {**parts, "count": shown.count, "fields": fields, "ext": list(shown.kept)}
