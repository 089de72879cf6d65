"""What of a file's tables goes into the store: rows that say something, obey their type, and say it once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from pydantic import ValidationError

from ..errors import FileRefused
from ..model import Record, Series, Table, Text
from ..model.check import explain, faults, series_rule
from ..model.column import NULL, Codes, Column, Ints, Moneys, same
from ..model.field import body_of, fields_of
from ..model.table import join
from .cells import Int64s, Mask
from .gaps import missing
from .importer import Rejection, Remark
from .report import LIMIT

TWICE = Text(
    en="The file says two different things about one moment: the later line is kept.",
    fr="Le fichier dit deux choses différentes d'un même moment : la dernière ligne est retenue.",
)


@dataclass(slots=True)
class Sieve:
    """Collects a file's items in bounded memory; `close` gives the tables to write, one per series."""

    rejections: list[Rejection] = field(default_factory=list)
    rejected: int = 0
    _remarks: dict[tuple[str, Text], Remark] = field(default_factory=dict)
    _good: dict[tuple[type[Record], Series], list[Table]] = field(default_factory=dict)
    _missing: dict[Series, list[Table]] = field(default_factory=dict)

    @property
    def remarks(self) -> list[Remark]:
        return list(self._remarks.values())

    def add(self, item: Table | Rejection | Remark) -> None:
        match item:
            case Table():
                self._table(item)
            case Rejection():
                self.rejected += 1
                if len(self.rejections) < LIMIT:
                    self.rejections.append(item)
            case Remark():
                key = (item.kind, item.text)
                if (known := self._remarks.get(key)) is not None:
                    item = Remark(known.kind, known.text, known.locator or item.locator, known.count + item.count)
                self._remarks[key] = item

    def said_missing(self, series: Series) -> Table | None:
        """The rows of a series in which the file itself says that there is no value."""
        parts = self._missing.get(series)
        return join(parts) if parts else None

    def close(self) -> Iterator[Table]:
        """One table per series, sorted by time, no fact twice."""
        for parts in self._good.values():
            yield self._once(join(parts))

    def _table(self, table: Table) -> None:
        if not len(table):
            return
        check_series(table.record_type, table.series)
        gone = missing(table)
        if gone.any():
            self._missing.setdefault(table.series, []).append(table.take(gone))
            table = table.take(~gone)
        bad = faults(table) if len(table) else np.zeros(0, bool)
        if bad.any():
            self._reject(table, np.flatnonzero(bad))
            table = table.take(~bad)
        if len(table):
            self._good.setdefault((table.record_type, table.series), []).append(table)

    def _reject(self, table: Table, rows: Int64s) -> None:
        room = max(0, LIMIT - len(self.rejections))
        for row in rows[:room].tolist():
            self.add(Rejection(locator(table, row), reason(table, row)))
        self.rejected += len(rows[room:])

    def _once(self, table: Table) -> Table:
        """Sorted by time; of several rows with one natural key the last one of the file."""
        placed = table.placed()
        if (np.diff(placed) > 0).all():
            return table
        keys = [part for name in table.record_type.natural_key for part in _integers(table.column(name))]
        order = np.lexsort((*reversed(keys), placed))
        table = table.take(order)
        again = np.ones(max(len(table) - 1, 0), bool)
        for key in keys:
            values = key[order]
            again &= values[1:] == values[:-1]
        if not again.any():
            return table
        earlier = np.flatnonzero(again)
        differing = earlier[_differ(table, earlier, earlier + 1)]
        if len(differing):
            self.add(Remark("disagreement", TWICE, locator(table, int(differing[0])), len(differing)))
        return table.take(np.append(~again, True))


@cache
def check_series(record_type: type[Record], series: Series) -> None:
    """FileRefused if a series could not be read back: its supply point or register is no name of one."""
    for name, part in record_type.series_fields.items():
        try:
            series_rule(record_type, name).validate_python(getattr(series, part) or None)
        except ValidationError:
            raise FileRefused(
                f"What it is about cannot be used as a {name.removesuffix('_id')}.",
                where=part,
                next=f"Say --{part} with letters, digits and . _ / : - only.",
            ) from None


def locator(table: Table, row: int) -> str:
    """The place of a row in its file."""
    source = table.sources[int(table.ints("source")[row])]
    number = int(table.ints("locator")[row])
    return (source.at(number) if number != NULL else source).locator or ""


def reason(table: Table, row: int) -> Text:
    """Why a row breaks the rules of its type, without its values."""
    for name, spec in body_of(table.record_type).items():
        if spec.kind != "quantity" or spec.title is None:
            continue
        value = int(table.ints(name)[row])
        title = spec.title
        if value == NULL:
            if not spec.nullable:
                return Text(en="{title}: there is no value.", fr="{title} : il n'y a pas de valeur.").fill(title=title)
        elif spec.lower == 0 and value < 0:
            return Text(en="{title}: it is negative.", fr="{title} : la valeur est négative.").fill(title=title)
        elif spec.upper is not None and value > spec.upper:
            return Text(en="{title}: it is too large.", fr="{title} : la valeur est trop grande.").fill(title=title)
    why = explain(table, row).replace("{", "(").replace("}", ")")
    return Text(en=f"It breaks a rule of its type: {why}.", fr=f"Il enfreint une règle de son type : {why}.")


def _integers(column: Column) -> list[Int64s]:
    match column:
        case Ints():
            return [column.values]
        case Codes():
            return [column.indexes.astype(np.int64)]
        case Moneys():
            return [part for c in (column.unscaled, column.exponent, column.currency) for part in _integers(c)]
        case _:
            raise TypeError("a natural key is made of times, dates, numbers, money and texts")


def _differ(table: Table, a: Int64s, b: Int64s) -> Mask:
    """True where rows `a` and `b` differ in more than where they stand in the file."""
    differ = np.zeros(len(a), bool)
    for name in fields_of(table.record_type):
        if name in table.columns:
            column = table.columns[name]
            differ |= ~same(column.take(a), column.take(b))
    return differ
