"""The importer that a mapping makes: any CSV or JSON, read as the mapping says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat

import numpy as np

from ..errors import RequestError
from ..model import ElectricityUse, Record, Series, Source, Table, Text
from ..model.column import NULL, Codes, Column, Ints, Moneys, concat
from ..model.field import Field, body_of, fields_of
from ..model.record import DateRecord, InstantRecord, OpenIntervalRecord
from ..model.table import from_values
from ..model.time import DAY, SECOND, Duration, Int64s, cadence_of, to_local, to_utc
from .cells import Cells, Mask
from .delimited import split
from .file import File, Sample
from .importer import Item, Options, Rejection, Remark
from .load_curve import INFERRED, STEPS, Powers, load_curve
from .mapping import FieldRule, FileMapping, is_power
from .mapping_columns import Read, clock, constant, decimal_cells, local_days, quantities, read
from .mapping_rows import Rows, rows_of, template
from .occurrences import Occurrences
from .reasons import NO_TIME
from .stamps import Stamps, to_instants
from .stepped import steps
from .units import factor

_LENGTHS = (*STEPS, DAY)


class Mapped:
    """The importer of one mapping. Its version changes with what the mapping says."""

    name = "mapping"
    title = Text(en="File read by a mapping", fr="Fichier lu par une correspondance")

    def __init__(self, mapping: FileMapping) -> None:
        self.mapping = mapping
        self.version = f"1.{mapping.digest}"
        self.holder = mapping.holder
        self.record_types: tuple[type[Record], ...] = (mapping.record_type,)

    def recognises(self, sample: Sample) -> bool:
        """True for JSON, or for a table whose header names a column: one that is missing is told when it is read."""
        shape = self.mapping.csv
        if shape is None:
            return sample.is_json
        line = max(shape.header, 1) - 1
        if len(sample.lines) <= line or (b"\0" in sample.data and sample.encoding != "utf-16"):
            return False
        cells = split(sample.lines[line], shape.delimiter)
        if not shape.header:
            return len(cells) > 1
        return not {c.casefold() for c in cells}.isdisjoint(c.casefold() for c in self.mapping.columns())

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        found = _Columns(self.mapping)
        for rows in rows_of(file, self.mapping):
            if isinstance(rows, Rejection):
                yield rows
            else:
                yield from found.add(rows, template(self.mapping))
        if not found.numbers:
            return
        mapping, tz = self.mapping, options.tz or self.mapping.tz
        series = Series(
            mapping.record_type.type,
            source.holder,
            options.about or mapping.about,
            options.register or mapping.register_name,
            mapping.cadence,
            tz,
        )
        yield from _items(found.joined(tz), mapping, series, source.model_copy(update={"locator": template(mapping)}))


@dataclass(frozen=True, slots=True, eq=False)
class _Good:
    """The rows that can be read: places, instants (µs UTC) or days, other ends if a column says them, and columns."""

    numbers: Int64s
    at: Int64s
    end: Int64s | None
    columns: dict[str, Column]

    def take(self, rows: Mask | Int64s) -> _Good:
        end = None if self.end is None else self.end[rows]
        columns = {name: column.take(rows) for name, column in self.columns.items()}
        return _Good(self.numbers[rows], self.at[rows], end, columns)


class _Columns:
    """Collects the columns of a file, a piece at a time."""

    def __init__(self, mapping: FileMapping) -> None:
        self.mapping = mapping
        self.specs = fields_of(mapping.record_type)
        self.numbers: list[Int64s] = []
        self._stamps: list[Stamps] = []
        self._ends: list[Stamps] = []
        self._columns: dict[str, list[Column]] = {}

    def add(self, rows: Rows, place: str) -> Iterator[Rejection]:
        time = self.mapping.time
        stamps = clock(_stamp_cells(rows, time.column, time.clock), time.format)
        ends = clock(rows.cells(time.end), time.format) if time.end else None
        reads = {name: self._read(name, rule, rows) for name, rule in self.mapping.fields.items()}
        bad = stamps.bad.copy()
        open_end = issubclass(self.mapping.record_type, OpenIntervalRecord)
        if ends is not None and not open_end:
            bad |= ends.bad
        yield from _rejections(rows.numbers[bad], place, NO_TIME)
        for found in reads.values():
            yield from _rejections(rows.numbers[found.bad & ~bad], place, found.reason)
            bad |= found.bad
        good = np.flatnonzero(~bad)
        self.numbers.append(rows.numbers[good])
        self._stamps.append(Stamps(stamps.local[good], stamps.offset[good]))
        if ends is not None:
            self._ends.append(Stamps(ends.local[good], ends.offset[good]))
        for name, found in reads.items():
            self._columns.setdefault(name, []).append(found.column.take(good))
        if self.mapping.keep:
            self._columns.setdefault("ext", []).append(self._kept(rows).take(good))

    def joined(self, tz: str) -> _Good:
        numbers = np.concatenate(self.numbers)
        stamps = _joined(self._stamps)
        dated = issubclass(self.mapping.record_type, DateRecord)
        at = local_days(stamps, tz) if dated else _instants(stamps, tz)
        end = _instants(_joined(self._ends), tz) if self._ends else None
        columns = {name: concat(parts) for name, parts in self._columns.items()}
        for name, said in self.mapping.constants.items():
            columns[name] = _constant(self.specs[name], said, len(numbers), self.mapping)
        return _Good(numbers, at, end, columns)

    def _read(self, name: str, rule: FieldRule, rows: Rows) -> Read:
        if is_power(rule, self.specs[name]):
            one = factor(rule.unit, "W") or Fraction(1)
            values, bad = quantities(decimal_cells(rows.cells(rule.column), self.mapping), one * 1000)
            return Read(Ints(values), bad)
        return read(self.specs[name], rule, rows, self.mapping)

    def _kept(self, rows: Rows) -> Column:
        texts = {f"mapping.{name}": rows.words(name).list() for name in self.mapping.keep}
        said = [
            {name: w for name, w in zip(texts, row, strict=True) if w is not None}
            for row in zip(*texts.values(), strict=True)
        ]
        return from_values(self.specs["ext"], said)


def _items(good: _Good, mapping: FileMapping, series: Series, source: Source) -> Iterator[Item]:
    record_type = mapping.record_type
    if "occurrence" in record_type.natural_key and "occurrence" not in good.columns:
        good.columns["occurrence"] = _occurrences(good, record_type)
    if (rule := mapping.fields.get("energy")) is not None and is_power(rule, fields_of(record_type)["energy"]):
        yield from _power(good, mapping, series, source)
    elif issubclass(record_type, DateRecord):
        yield _table(good, {"on": good.at}, record_type, series, source)
    elif issubclass(record_type, InstantRecord):
        yield _table(good, {"at": good.at}, record_type, series, source)
    elif issubclass(record_type, OpenIntervalRecord):
        end = np.full(len(good.at), NULL, np.int64) if good.end is None else good.end
        yield _table(good, {"start": good.at, "end": end}, record_type, series, source)
    else:
        yield from _intervals(good, mapping, series, source)


def _intervals(good: _Good, mapping: FileMapping, series: Series, source: Source) -> Iterator[Item]:
    start, end, guessed = _spans(good, mapping, series.tz)
    if guessed:
        yield Remark("guess", INFERRED, (source.locator or "{}").replace("{}", str(good.numbers[0])))
    cadences = _cadences(end - start) if guessed else np.full(len(start), series.cadence or mapping.time.step)
    for cadence in np.unique(cadences).tolist():
        rows = np.flatnonzero(cadences == cadence)
        one = Series(series.type, series.holder, series.about, series.register, series.cadence or cadence, series.tz)
        times = {"start": start[rows], "end": end[rows]}
        yield _table(good.take(rows), times, mapping.record_type, one, source)


def _spans(good: _Good, mapping: FileMapping, tz: str) -> tuple[Int64s, Int64s, bool]:
    """(starts, ends, whether the length had to be taken from the time between rows)."""
    at, backwards = good.at, mapping.time.stamp == "end"
    if good.end is not None:
        return at, good.end, False
    if mapping.time.step:
        other = _moved(at, Duration.parse(mapping.time.step), tz, -1 if backwards else 1)
        return (other, at, False) if backwards else (at, other, False)
    length = _lengths(at, backwards)
    return (at - length, at, True) if backwards else (at, at + length, True)


def _lengths(at: Int64s, backwards: bool) -> Int64s:
    """The step that each stamp closes, or opens: seen backwards, the next stamp is the one before."""
    signed = at if backwards else -at
    order = np.argsort(signed, kind="stable")
    length = np.empty_like(at)
    length[order] = steps(signed[order], _LENGTHS)[0]
    return length


def _moved(at: Int64s, step: Duration, tz: str, sign: int) -> Int64s:
    """Instants `step` later or earlier: months and days on the wall clock, the rest in true time."""
    if step.months or step.days:
        local = to_local(at, tz)
        day, rest = local // DAY, local % DAY
        if step.months:
            months = day.astype("datetime64[D]").astype("datetime64[M]")
            within = day - months.astype("datetime64[D]").astype(np.int64)
            moved = months + sign * step.months
            first = moved.astype("datetime64[D]").astype(np.int64)
            last = (moved + 1).astype("datetime64[D]").astype(np.int64) - 1
            day = np.minimum(first + within, last)
        at = to_utc((day + sign * step.days) * DAY + rest, tz)
    return at + sign * step.seconds * SECOND


def _power(good: _Good, mapping: FileMapping, series: Series, source: Source) -> Iterator[Item]:
    assert mapping.record_type is ElectricityUse
    if good.end is not None or mapping.time.step:
        start, end, _ = _spans(good, mapping, series.tz)
        stated: Int64s | int = end - start
    elif mapping.time.stamp == "end":
        end, stated = good.at, 0
    else:
        stated = _lengths(good.at, False)
        end = good.at + stated
    power, quality = good.columns["energy"], good.columns.get("quality")
    assert isinstance(power, Ints)
    flags = quality if isinstance(quality, Codes) else None
    yield from load_curve(Powers(end, power.values, good.numbers, stated, flags), series, source)


def _table(
    good: _Good, times: Mapping[str, Int64s], record_type: type[Record], series: Series, source: Source
) -> Table:
    columns: dict[str, Column] = {name: Ints(values) for name, values in times.items()}
    columns |= good.columns
    if "end" in times and "quality" not in columns:
        # A use without its amount is a gap that the holder states, not a mistake.
        empty = _empty(good, record_type)
        if empty.any():
            columns["quality"] = Codes(np.where(empty, 1, 0).astype(np.int32), ("measured", "missing"))
    columns["locator"] = Ints(good.numbers)
    return Table(record_type, series, columns, (source,))


def _empty(good: _Good, record_type: type[Record]) -> Mask:
    needed = [n for n, s in body_of(record_type).items() if s.kind == "quantity" and not s.nullable]
    found = [good.columns[n] for n in needed if n in good.columns]
    empty = np.zeros(len(good.at), bool)
    for column in found:
        assert isinstance(column, Ints)
        empty |= column.values == NULL
    return empty


def _occurrences(good: _Good, record_type: type[Record]) -> Ints:
    parts = [good.at.tolist()]
    parts += [
        _keys(good.columns[name]) if name in good.columns else list(repeat(None, len(good.at)))
        for name in record_type.natural_key
        if name not in (*record_type.time_fields, "occurrence")
    ]
    seen = Occurrences()
    return Ints(np.array([seen.number(*key) for key in zip(*parts, strict=True)], np.int64))


def _keys(column: Column) -> list[object]:
    match column:
        case Ints():
            return list(column.values.tolist())
        case Codes():
            return list(column.list())
        case Moneys():
            amounts = column.unscaled.values.tolist(), column.exponent.values.tolist(), column.currency.list()
            return list(zip(*amounts, strict=True))
        case _:
            return list(repeat(None, len(column)))


def _cadences(lengths: Int64s) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    names = {length: cadence_of(length) for length in np.unique(lengths).tolist()}
    return np.array([names[length] for length in lengths.tolist()], np.str_)


def _constant(spec: Field, said: str | int | bool, n: int, mapping: FileMapping) -> Column:
    try:
        one = constant(spec, said, mapping)
    except ValueError:
        raise RequestError(
            "The mapping has a constant that its field cannot hold.",
            where=f"constants.{spec.name}",
            next="Write it as the field is written in an export.",
        ) from None
    return Codes.constant(one, n) if spec.kind == "text" else from_values(spec, [one] * n)


def _stamp_cells(rows: Rows, column: str, clock_column: str) -> Cells:
    cells = rows.cells(column)
    if not clock_column:
        return cells
    return Cells.of([f"{a} {b}" for a, b in zip(cells.texts(), rows.cells(clock_column).texts(), strict=True)])


def _joined(parts: list[Stamps]) -> Stamps:
    return Stamps(np.concatenate([p.local for p in parts]), np.concatenate([p.offset for p in parts]))


def _instants(found: Stamps, tz: str) -> Int64s:
    """In a file that runs backwards, an hour that occurs twice comes in that order, too."""
    if len(found.local) > 1 and found.local[-1] < found.local[0]:
        return to_instants(Stamps(found.local[::-1], found.offset[::-1]), tz)[::-1]
    return to_instants(found, tz)


def _rejections(numbers: Int64s, place: str, reason: Text) -> Iterator[Rejection]:
    for number in numbers.tolist():
        yield Rejection(place.replace("{}", str(number)), reason)
