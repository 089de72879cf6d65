"""Which cell of a file gave which field of a record: found by laying the two side by side, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import FileRefused
from ..model import Table, Text
from ..model.column import NULL
from ..model.field import Field, fields_of
from ..model.table import to_values
from ..model.text import clean
from ..model.time import micros, to_utc
from .amounts import amount
from .delimited import split
from .file import File
from .instants import stamp
from .jsons import Json, member, read_json
from .mapping_rows import at_path, written
from .moments import day
from .numbers import scaled

Row = Mapping[str, str]

_OWN = ("ext", "revision", "occurrence")
"""Fields that no column gives."""

_AS_IS = Text(en="as it is", fr="tel quel")
START = Text(en="the start of the interval", fr="le début de l'intervalle")
END = Text(en="the end of the interval", fr="la fin de l'intervalle")
TIMES = Text(en="multiplied by {factor}", fr="multiplié par {factor}")
DEBIT = Text(en="the sign changed", fr="le signe changé")
CURRENCY = Text(en="its currency", fr="sa monnaie")
AMOUNT = Text(en="with its sign", fr="avec son signe")
WORDS = Text(en="its words translated", fr="ses mots traduits")
FOLDED = Text(en="in part or folded", fr="en partie ou réécrit")


@dataclass(frozen=True, slots=True)
class Trace:
    """`column` of the file gives `field` of a record type, changed as `how` says."""

    column: str
    type: str
    field: str
    how: Text | None = None


@dataclass(frozen=True, slots=True)
class CellRows:
    """The cells of some rows by the number in their locator, the names of all columns, and an example of each."""

    names: tuple[str, ...]
    rows: Mapping[int, Row]
    examples: Mapping[str, str]


def document(file: File) -> Json:
    """The JSON document of a file; None if it is none, or lines of JSON."""
    if not file.sample.is_json:
        return None
    try:
        return read_json(file)
    except FileRefused:
        return None


def cells_of(file: File, root: Json, table: Table, most: int) -> CellRows | None:
    """The cells of a table's first rows; None if the format cannot be followed. `root` is the file's document."""
    if file.sample.is_zip or file.sample.is_xml:
        return None
    wanted = sorted({n for n in table.ints("locator")[:most].tolist() if n != NULL})
    template = table.sources[0].locator or ""
    if not wanted or len({s.locator for s in table.sources}) > 1:
        return None
    if template == "line {}":
        return None if file.sample.is_json else _lines(file, wanted)
    return _objects(root, template, wanted) if template.startswith("$") and root is not None else None


def traces(table: Table, cells: CellRows, most: int) -> Iterator[Trace]:
    """The columns that the fields of a table come from."""
    numbers = table.ints("locator")[:most].tolist()
    part = table.take(slice(0, most))
    for name, spec in fields_of(table.record_type).items():
        if name not in part.columns or name in _OWN or spec.kind in ("list", "json"):
            continue
        values = to_values(spec, part.column(name))
        pairs = [(cells.rows[n], v) for n, v in zip(numbers, values, strict=True) if n in cells.rows and v is not None]
        if not pairs:
            continue
        found = {c: _match(spec, [(row.get(c, ""), v) for row, v in pairs], table.series.tz) for c in cells.names}
        surely = any(how is not None and how is not FOLDED for how in found.values())
        for column, how in found.items():
            if how is not None and not (surely and how is FOLDED):
                yield Trace(column, table.record_type.type, name, None if how is _AS_IS else how)
    for name, held in table.record_type.series_fields.items():
        word = getattr(table.series, held)
        for column in cells.names if word else ():
            if {cells.rows[n].get(column) for n in numbers if n in cells.rows} == {word}:
                yield Trace(column, table.record_type.type, name)


def _match(spec: Field, pairs: Sequence[tuple[str, Any]], tz: str) -> Text | None:
    """How the cells give the values; None if they do not."""
    match spec.kind:
        case "quantity" | "integer":
            return _numbers(pairs)
        case "money":
            return CURRENCY if all(cell == v["currency"] for cell, v in pairs) else _amounts(pairs)
        case "instant" | "date":
            return _times(spec, pairs, tz)
        case "text":
            return _texts(spec, pairs)
        case _:
            return None


def _numbers(pairs: Sequence[tuple[str, Any]]) -> Text | None:
    factors: set[Fraction] = set()
    for cell, value in pairs:
        try:
            found = scaled(cell, 9)
        except ValueError:
            return None
        if found is None or (not found) != (not value):
            return None
        if found:
            factors.add(Fraction(value) * 10**9 / found)
    distinct = len({cell for cell, _ in pairs})
    if len(factors) != 1:
        return None
    (one,) = factors
    if one != 1 and distinct < 2 and not _is_power_of_ten(one):
        return None
    return _AS_IS if one == 1 else TIMES.fill(factor=_shown(one))


def _is_power_of_ten(one: Fraction) -> bool:
    return any(one == Fraction(10) ** power for power in range(-9, 10))


def _shown(one: Fraction) -> Decimal | str:
    exact = Decimal(one.numerator) / Decimal(one.denominator)
    return exact.normalize() if Fraction(exact) == one else f"{one.numerator}/{one.denominator}"


def _amounts(pairs: Sequence[tuple[str, Any]]) -> Text | None:
    signs: set[int] = set()
    for cell, value in pairs:
        try:
            found = amount(cell)
        except ValueError:
            return None
        if found is None:
            continue
        if abs(found) != abs(value["amount"]):
            return None
        if found:
            signs.add(1 if found == value["amount"] else -1)
    if not signs:
        return None
    return _AS_IS if signs == {1} else DEBIT if signs == {-1} else AMOUNT


def _times(spec: Field, pairs: Sequence[tuple[str, Any]], tz: str) -> Text | None:
    said = [(cell, value) for cell, value in pairs if cell]
    for cell, value in said:
        if isinstance(value, datetime):
            if micros(value) not in _instants(cell, tz):
                return None
        elif isinstance(value, date) and not _says(cell, value, tz):
            return None
    return {"start": START, "end": END}.get(spec.name, _AS_IS) if said else None


def _instants(cell: str, tz: str) -> set[int]:
    """The instants that a cell can mean: a time that occurs twice means two."""
    if (found := stamp(cell)) is not None and found.sure:
        return {found.us}
    if found is not None:
        local = found.us
    elif (on := day(cell[:10])) is not None and len(cell) <= 10:
        local = micros(datetime(on.year, on.month, on.day, tzinfo=UTC))
    elif month := re.fullmatch(r"(\d\d)/(\d{4})|(\d{4})-(\d\d)", cell):
        year, number = int(month[2] or month[3]), int(month[1] or month[4])
        if not 1 <= number <= 12:
            return set()
        local = micros(datetime(year, number, 1, tzinfo=UTC))
    else:
        return set()
    return {int(to_utc(np.array([local]), tz, fold)[0]) for fold in (False, True)}


def _says(cell: str, on: date, tz: str) -> bool:
    from ..model.time import local_date

    if day(cell[:10]) == on:
        return True
    if short := re.fullmatch(r"(\d\d?)/(\d\d?)/(\d\d)", cell):
        return (int(short[3]) + 2000, int(short[2]), int(short[1])) == (on.year, on.month, on.day)
    return any(local_date(us, tz) == on for us in _instants(cell, tz))


def _texts(spec: Field, pairs: Sequence[tuple[str, Any]]) -> Text | None:
    said = [(cell, word) for cell, word in pairs if cell]
    if all(clean(cell) == word for cell, word in said):
        return _AS_IS if said else None
    known = dict(said)
    if len(said) < len(pairs) or any(known[cell] != word for cell, word in said):
        return None
    if spec.known or spec.choices:
        # Only words that come again tell: any column of distinct cells could stand for any words.
        again = len(said) > len(known) and len(set(known.values())) > 1
        return WORDS if again and not any(c.isdigit() for cell in known for c in cell) else None
    return FOLDED if all(clean(w) in clean(c) or clean(c) in clean(w) for c, w in known.items()) else None


def _lines(file: File, wanted: Sequence[int]) -> CellRows | None:
    """The cells of lines, by the delimiter that gives all of them the same number, under the nearest header above."""
    needed, above = set(wanted), [""]
    lines: dict[int, str] = {}
    for number, line in file.lines():
        if number > wanted[-1]:
            break
        if number in needed:
            lines[number] = line
        elif number < wanted[0] and line.strip():
            above.append(line)
    first = next(iter(lines.values()), "")
    delimiter = max((";", "\t", ",", "|", " "), key=lambda d: (len(split(first, d)) > 1, -";\t,| ".index(d)))
    cells = {number: split(line, delimiter) for number, line in lines.items()}
    width = max(map(len, cells.values()), default=0)
    if width < 2 or min(map(len, cells.values())) < width - 1 or first.lstrip().startswith("<"):
        return None
    header = next((found for line in reversed(above) if len(found := split(line, delimiter)) >= 2), [])
    names = _named(header, width)
    rows = {number: dict(zip(names, row, strict=False)) for number, row in cells.items()}
    return CellRows(
        tuple(n for n in names if any(r.get(n) for r in rows.values()) or n in header), rows, _examples(names, rows)
    )


def _named(header: Sequence[str], width: int) -> tuple[str, ...]:
    names: list[str] = []
    for place in range(width):
        word = clean(header[place]) if place < len(header) else ""
        names.append(word if word and word not in names else str(place + 1))
    return tuple(names)


def _objects(root: Json, template: str, wanted: Sequence[int]) -> CellRows:
    rows = {n: dict(_leaves(_node(root, template.replace("{}", str(n))), "")) for n in wanted}
    names = tuple(dict.fromkeys(name for row in rows.values() for name in row))
    return CellRows(names, rows, _examples(names, rows))


def _node(root: Json, place: str) -> Json:
    """What stands at a place like `$.rows[3].doc`."""
    return at_path(root, re.sub(r"\[(\d+)\]", r".\1", place.removeprefix("$")).removeprefix("."))


def _leaves(node: Json, path: str) -> Iterator[tuple[str, str]]:
    """The scalars of an object by their paths; those inside lists are left out, their list is named."""
    if isinstance(node, dict):
        for name in node:
            yield from _leaves(member(node, name), f"{path}.{name}" if path else name)
    elif isinstance(node, list):
        yield path, f"[{len(node)}]"
    else:
        yield path, written(node)


def _examples(names: Sequence[str], rows: Mapping[int, Row]) -> dict[str, str]:
    return {name: next((clean(r[name])[:60] for r in rows.values() if r.get(name)), "") for name in names}
