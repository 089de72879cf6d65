"""The rows of a CSV or JSON file as columns of cells, by the names that a mapping calls them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from io import TextIOWrapper
from typing import Protocol

import numpy as np

from ..errors import FileRefused
from ..model.column import Codes
from .cells import MAX_CELL, Cells, Int64s
from .delimited import Grid, grids, split
from .file import File, Sample
from .importer import Rejection
from .jsons import Json, member, read_json
from .mapping import CsvShape, FileMapping
from .reasons import misfits


class Rows(Protocol):
    """Consecutive rows; `numbers` (n,) are their places in the file."""

    @property
    def numbers(self) -> Int64s: ...

    def cells(self, column: str) -> Cells:
        """The column as bytes; what is longer than 256 of them is cut."""
        ...

    def words(self, column: str) -> Codes:
        """The column as whole texts, empty ones missing."""
        ...

    def nodes(self, column: str) -> Sequence[Json]:
        """The column as JSON values."""
        ...


@dataclass(frozen=True, eq=False)
class _Lines:
    """Lines of a CSV."""

    grid: Grid
    places: dict[str, int]

    @property
    def numbers(self) -> Int64s:
        return self.grid.lines

    def cells(self, column: str) -> Cells:
        return self.grid.cells(self.places[column])

    def words(self, column: str) -> Codes:
        cells = self.cells(column)
        if not (cells.lengths == MAX_CELL).any():
            return cells.codes()
        place = self.places[column]
        spans = zip(self.grid.starts[:, place].tolist(), self.grid.ends[:, place].tolist(), strict=True)
        texts = [bytes(self.grid.data[a:b]).decode("utf-8", "replace").strip() for a, b in spans]
        return Codes.of([t or None for t in texts])

    def nodes(self, column: str) -> Sequence[Json]:
        return list(self.words(column).list())


@dataclass(frozen=True, eq=False)
class _Objects:
    """Rows of a JSON document."""

    rows: list[Json]

    @property
    def numbers(self) -> Int64s:
        return np.arange(len(self.rows), dtype=np.int64)

    def cells(self, column: str) -> Cells:
        return Cells.of([written(at_path(row, column)) for row in self.rows])

    def words(self, column: str) -> Codes:
        return Codes.of([written(at_path(row, column)).strip() or None for row in self.rows])

    def nodes(self, column: str) -> Sequence[Json]:
        return [at_path(row, column) for row in self.rows]


def rows_of(file: File, mapping: FileMapping) -> Iterator[Rows | Rejection]:
    """The rows in pieces, and the lines that are none. FileRefused if a column is not there."""
    if mapping.csv is not None:
        yield from _csv(file, mapping.csv, mapping.columns())
        return
    path = "" if mapping.json_ is None else mapping.json_.rows
    rows = at_path(read_json(file), path)
    if not isinstance(rows, list):
        raise FileRefused(
            "It has no list of rows where the mapping says.",
            where=file.name,
            next="Write the path to the list: rows in [json].",
        )
    if rows:
        for column in mapping.columns():
            if all(at_path(row, column) is None for row in rows):
                raise _without(file, column)
        yield _Objects(rows)


def template(mapping: FileMapping) -> str:
    """The places of rows in such a file."""
    if mapping.json_ is None:
        return "line {}"
    return f"$.{mapping.json_.rows}[{{}}]" if mapping.json_.rows else "$[{}]"


def at_path(node: Json, path: str) -> Json:
    """What stands at a path like `data.readings` or `loc.0`; a name may itself hold points. None if nothing does."""
    if not path:
        return node
    if (found := member(node, path)) is not None:
        return found
    for name in path.split("."):
        if isinstance(node, list) and name.isdecimal():
            node = node[int(name)] if int(name) < len(node) else None
        else:
            node = member(node, name)
    return node


def written(value: Json) -> str:
    """A scalar as a CSV would hold it; "" for nothing, an object or a list."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case str() | int():
            return str(value)
        case _:
            return ""


def header_of(file: File, shape: CsvShape) -> list[str]:
    """The names of the columns; numbers from 1 if the file has none."""
    for number, line in file.lines():
        if number == max(shape.header, 1):
            cells = split(line, shape.delimiter)
            return cells if shape.header else [str(i) for i in range(1, len(cells) + 1)]
    raise FileRefused(
        "The file stops before its header.", where=file.name, next="Compare the mapping with the file's columns."
    )


def _csv(file: File, shape: CsvShape, columns: Sequence[str]) -> Iterator[Rows | Rejection]:
    if shape.encoding:
        file = _Encoded(file.path, shape.encoding)
    header = header_of(file, shape)
    # A stray delimiter at the end of the header is no column.
    while header and not header[-1]:
        header.pop()
    places = {name: i for i, name in reversed(list(enumerate(header)))}
    folded = {name.casefold(): i for name, i in places.items()}
    for column in columns:
        if (place := places.get(column, folded.get(column.casefold()))) is None:
            raise _without(file, column)
        places[column] = place
    for grid in grids(file, shape.delimiter, len(header), skip=shape.header):
        yield from misfits(grid)
        yield _Lines(grid, places)


def _without(file: File, column: str) -> FileRefused:
    return FileRefused(
        f"It has no column “{column}”.", where=file.name, next="Compare the mapping with the file's columns."
    )


@dataclass(frozen=True)
class _Encoded(File):
    """A file whose encoding was said."""

    encoding: str = ""

    @cached_property
    def sample(self) -> Sample:
        found = super().sample
        vars(found)["encoding"] = self.encoding
        return found

    def text(self) -> TextIOWrapper:
        return TextIOWrapper(self.open(), encoding=self.encoding, errors="replace", newline="")
