"""Veolia Eau d'Île-de-France: the CSV files of the customer's page, by day and by month.

By day: `Date de relevé;Index relevé (litres);Consommation du jour (litres);Index Mesuré/Estimé`, the reading with
its hour, which varies. The holder counts a day's use from one evening to the next, so a reading taken at another
hour leaves some use that no day states. What is stated is kept as the use of that local day, the readings as they
are. By month: `Mois;Index relevé fin de mois (litres);Consommation du mois (litres);Index Mesuré/Estimé`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..model import Record, Source, Text, WaterReading, WaterUse
from ..model.column import NULL, Codes
from ..model.time import DAY, Int64s, micros, to_utc
from .delimited import grids, split
from .file import File, Sample
from .importer import Importer, Item, Options, Remark
from .numbers import decimals
from .reasons import NO_NUMBER, NO_QUALITY, NO_TIME, misfits, rejected
from .stamps import days_from_civil, stamps
from .water import DISAGREES, by_line, days, flags, places_of, readings, uses

TZ = "Europe/Paris"

DAY_GUESS = Text(
    en="The hour of the readings varies, and the holder's day is not the civil one: "
    "its use is kept as that of the civil day.",
    fr="L'heure des relevés varie et le jour du détenteur n'est pas le jour civil : "
    "sa consommation est gardée comme celle du jour civil.",
)
LAST_MONTH = Text(
    en="The last month may not be over: its use is provisional.",
    fr="Le dernier mois n'est peut-être pas fini : sa consommation est provisoire.",
)
UNFINISHED = Text(
    en="The last month is not over, so the moment of its index is not known: the index is left out.",
    fr="Le dernier mois n'est pas fini, donc l'instant de son index est inconnu : l'index est omis.",
)
END_OF_MONTH = Text(
    en="An index “at the end of the month” has no hour: it is placed at the end of the last day.",
    fr="Un index « de fin de mois » n'a pas d'heure : il est placé à la fin du dernier jour.",
)


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """What the lines of a file say. Shape (n,) each; litres in thousandths, `NULL` where a cell is empty."""

    numbers: Int64s
    local: Int64s
    index: Int64s
    used: Int64s
    estimated: Int64s


@dataclass(slots=True)
class VeoliaIdf:
    """One of the two files; `header` matches the first line, its group the unit."""

    name: str
    title: Text
    header: re.Pattern[str]
    layouts: tuple[str, ...]
    monthly: bool
    version: str = "1"
    holder: str = "Veolia Eau d'Île-de-France"
    record_types: tuple[type[Record], ...] = (WaterReading, WaterUse)

    def recognises(self, sample: Sample) -> bool:
        return bool(sample.lines) and self._unit(sample) is not None

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        unit = self._unit(file.sample)
        assert unit is not None, "read only what is recognised"
        parts: list[_Lines] = []
        for grid in grids(file, ";", 4):
            yield from misfits(grid)
            when = stamps(grid.cells(0), *self.layouts)
            index, index_bad = decimals(grid.cells(1), unit)
            used, used_bad = decimals(grid.cells(2), unit)
            said = grid.cells(3)
            estimated = said.is_one_of("Estimé", "Estime")
            strange = ~(estimated | said.is_one_of("Mesuré", "Mesure"))
            yield from rejected(grid.lines, when.bad, NO_TIME)
            yield from rejected(grid.lines, ~when.bad & (index_bad | used_bad), NO_NUMBER)
            yield from rejected(grid.lines, ~when.bad & ~index_bad & ~used_bad & strange, NO_QUALITY)
            good = ~(when.bad | index_bad | used_bad | strange)
            columns = (grid.lines, when.local, index, used, estimated.astype(np.int64))
            parts.append(_Lines(*(c[good] for c in columns)))
        lines = _in_order(parts)
        if len(lines.numbers):
            yield from self._monthly(lines, source, options) if self.monthly else self._daily(lines, source, options)

    def _unit(self, sample: Sample) -> int | None:
        if not sample.lines:
            return None
        found = self.header.fullmatch(";".join(split(sample.lines[0], ";")))
        return None if found is None or found[1] != found[2] else places_of(found[1])

    def _daily(self, lines: _Lines, source: Source, options: Options) -> Iterator[Item]:
        tz, source = options.tz or TZ, by_line(source)
        start, end = days(lines.local, tz)
        quality = {"quality": flags(lines.estimated.astype(bool), "estimated", "measured")}
        known = lines.index != NULL
        yield readings(
            source, options, cadence="P1D", tz=tz, at=to_utc(lines.local, tz), litres=lines.index,
            lines=lines.numbers, more=quality,
        ).take(known)  # fmt: skip
        quality["basis"] = Codes.constant("reported", len(start))
        yield uses(
            source, options, cadence="P1D", tz=tz, start=start, end=end, litres=lines.used,
            lines=lines.numbers, more=quality,
        ).take(lines.used != NULL)  # fmt: skip
        yield from _disagreements(lines)
        if len(np.unique(lines.local % DAY)) > 1:
            yield Remark("guess", DAY_GUESS)

    def _monthly(self, lines: _Lines, source: Source, options: Options) -> Iterator[Item]:
        tz, source = options.tz or TZ, by_line(source)
        start, end = to_utc(lines.local, tz), to_utc(_next_month(lines.local), tz)
        last = np.arange(len(start)) == len(start) - 1
        over = end <= micros(source.retrieved_at)
        more = {
            "quality": flags(lines.estimated.astype(bool), "estimated", "measured"),
            "status": flags(last, "provisional", "final"),
        }
        yield readings(
            source, options, cadence="P1M", tz=tz, at=end, litres=lines.index, lines=lines.numbers, more=more
        ).take((lines.index != NULL) & over)
        more["basis"] = Codes.constant("reported", len(start))
        yield uses(
            source,
            options,
            cadence="P1M",
            tz=tz,
            start=start,
            end=end,
            litres=lines.used,
            lines=lines.numbers,
            more=more,
        ).take(lines.used != NULL)
        yield from _disagreements(lines)
        yield Remark("guess", END_OF_MONTH)
        yield Remark("guess", LAST_MONTH, f"line {lines.numbers[-1]}")
        if not over.all():
            yield Remark("guess", UNFINISHED, f"line {lines.numbers[-1]}")


def _in_order(parts: list[_Lines]) -> _Lines:
    columns = [
        np.concatenate([getattr(p, name) for p in parts] or [np.zeros(0, np.int64)]) for name in _Lines.__slots__
    ]
    order = np.argsort(columns[1], kind="stable")
    return _Lines(*(c[order] for c in columns))


def _disagreements(lines: _Lines) -> Iterator[Remark]:
    """Where the index has moved by something else than the use stated for the step."""
    known = (lines.index != NULL) & (lines.used != NULL)
    pair = known[1:] & known[:-1]
    rows = np.flatnonzero(pair & (np.diff(np.where(known, lines.index, 0)) != lines.used[1:])) + 1
    if len(rows):
        yield Remark("disagreement", DISAGREES, f"line {lines.numbers[rows[0]]}", len(rows))


def _next_month(first: Int64s) -> Int64s:
    """The wall-clock times at which the months after those of `first` begin."""
    month = first.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) + 1
    return days_from_civil(1970 + month // 12, month % 12 + 1, np.ones_like(month)) * DAY


_TAIL = r"Index Mesuré/Estimé"

DAILY = VeoliaIdf(
    name="veolia-idf-daily-csv",
    title=Text(en="Daily water use, Veolia Île-de-France", fr="Consommation d'eau par jour, Veolia Île-de-France"),
    header=re.compile(rf"Date de relevé;Index relevé \((\w+)\);Consommation du jour \((\w+)\);{_TAIL}", re.IGNORECASE),
    layouts=("YYYY-MM-DDThh:mm:ss", "YYYY-MM-DDThh:mm", "YYYY-MM-DD"),
    monthly=False,
)
MONTHLY = VeoliaIdf(
    name="veolia-idf-monthly-csv",
    title=Text(en="Monthly water use, Veolia Île-de-France", fr="Consommation d'eau par mois, Veolia Île-de-France"),
    header=re.compile(
        rf"Mois;Index relevé fin de mois \((\w+)\);Consommation du mois \((\w+)\);{_TAIL}", re.IGNORECASE
    ),
    layouts=("MM/YYYY",),
    monthly=True,
)

IMPORTERS: tuple[Importer, ...] = (DAILY, MONTHLY)
