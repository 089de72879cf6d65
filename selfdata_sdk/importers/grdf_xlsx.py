"""GRDF's customer XLSX, by day, week or month.

Nine rows of banner (title and `Export du dd/mm/yyyy`, address, `N° PCE`, …), the ninth naming the columns; data from
row 10, column B: `24/11/2020`, `Du 23/11/2020 au 29/11/2020`, or `Novembre 2020 ` with a blank at its end.

- Days are gas days. A day `Absence de Données` states 0 m³ and 0 kWh that were not measured: it is missing.
- The export covers a span of days, so its last week or month, if it ends after the export, is provisional, and its
  first month may be only the end of one: questionable.
- Around New Year weeks overlap: the longest is kept, the others rejected, so that no day counts twice.

Qualities: see `grdf`. Source of the format: GRDF's customer site; PyGazpar's recorded files.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import BinaryIO

from ..errors import FileRefused
from ..model import GasReading, GasUse, Record, Source, Text
from . import grdf
from .file import File, Sample
from .grdf import Statement, Statements
from .importer import Item, Options, Rejection, Remark
from .moments import day
from .numbers import scaled
from .refusal import check_archive

Row = tuple[object, ...]

MAX_ROWS = 50_000

# XML may write a letter as itself or as its number.
_MARKS = ("Données informatives".encode(), b"Donn&#233;es informatives")
_COLUMNS = {
    "date de relevé": "period",
    "index de début": "first_index",
    "index de fin": "last_index",
    "volume consommé": "volume",
    "energie consommée": "energy",
    "énergie consommée": "energy",
    "coefficient": "coefficient",
    "qualification": "qualification",
}
_NUMBERS = ("volume", "energy", "coefficient", "first_index", "last_index")
"""In the order of the quantities of a `Statement`."""
_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre")  # fmt: skip
_WEEK = re.compile(r"Du (\d\d/\d\d/\d{4}) au (\d\d/\d\d/\d{4})", re.IGNORECASE)
_MONTH = re.compile(r"([a-zéû]+) (\d{4})", re.IGNORECASE)
_EXPORT = re.compile(r"Export du (\d\d/\d\d/\d{4})")
_CADENCES = {"day": "P1D", "week": "P7D", "month": "P1M"}
_DAY = timedelta(days=1)

BAD_PERIOD = Text(en="The period cannot be read.", fr="La période ne peut pas être lue.")
BAD_VALUE = Text(en="A value is not a number.", fr="Une valeur n'est pas un nombre.")
OVERLAPS = Text(
    en="The week shares days with a longer one: it was left out, so that no day counts twice.",
    fr="La semaine partage des jours avec une autre plus longue : elle a été laissée de côté, pour qu'aucun jour ne "
    "compte deux fois.",
)
FIRST_PARTIAL = Text(
    en="The first month of an export may be only the end of that month: it is marked as questionable.",
    fr="Le premier mois d'un export n'est peut-être que la fin de ce mois : il est marqué comme douteux.",
)
LAST_PARTIAL = Text(
    en="The last period was not over when the file was exported: it is marked as provisional.",
    fr="La dernière période n'était pas finie lors de l'export du fichier : elle est marquée comme provisoire.",
)


class GrdfXlsx:
    """Gas use by day, week or month, with readings where the file has them."""

    name = "grdf-xlsx"
    version = "1"
    title = Text(en="GRDF use (XLSX)", fr="Consommation GRDF (XLSX)")
    holder = grdf.HOLDER
    record_types: tuple[type[Record], ...] = (GasUse, GasReading)

    def recognises(self, sample: Sample) -> bool:
        return sample.is_zip and any(mark in text for text in _members(sample.data) for mark in _MARKS)

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        check_archive(file)
        with file.open() as stream:
            sheet = _Sheet()
            for number, cells in enumerate(_rows(file, stream), 1):
                if number > MAX_ROWS:
                    raise FileRefused(
                        f"It has more than {MAX_ROWS} rows, which no home's meter gives.",
                        where=file.name,
                        next="Choose another file.",
                    )
                sheet.take(number, cells)
        if not sheet.columns:
            raise FileRefused(
                "It has no row that names the column “Date de relevé”.",
                where=file.name,
                next="Download it again from your GRDF account, as XLSX.",
            )
        yield from sheet.items(source, options)


def _members(data: bytes) -> Iterator[bytes]:
    """The first 100 000 bytes of each member of a zip whose start is `data`, as far as they can be unpacked."""
    at = 0
    while (at := data.find(b"PK\x03\x04", at)) >= 0 and at + 30 <= len(data):
        head = at + 30 + int.from_bytes(data[at + 26 : at + 28], "little")
        head += int.from_bytes(data[at + 28 : at + 30], "little")
        if data[at + 8] == 8:
            try:
                yield zlib.decompressobj(-15).decompress(data[head:], 100_000)
            except zlib.error:
                yield b""
        at += 4


def _rows(file: File, stream: BinaryIO) -> Iterator[Row]:
    import warnings

    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # openpyxl warns of parts of a workbook that it does not keep; only values are wanted.
            warnings.simplefilter("ignore")
            book = load_workbook(stream, read_only=True, data_only=True)
            try:
                yield from book.worksheets[0].iter_rows(values_only=True)
            finally:
                book.close()
    except Exception:
        # A damaged workbook makes openpyxl raise whatever zip, zlib, XML or its own code does.
        raise _damaged(file) from None


def _damaged(file: File) -> FileRefused:
    return FileRefused(
        "It is a damaged spreadsheet.", where=file.name, next="Download it again from your GRDF account."
    )


@dataclass(frozen=True, slots=True)
class _Period:
    """What a row's text says: gas days first..last, and of which kind."""

    kind: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(slots=True)
class _Sheet:
    """The banner, the columns by name, and the rows of data with their numbers."""

    pce: str = ""
    exported: date | None = None
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[int, Row]] = field(default_factory=list)

    def take(self, number: int, cells: Row) -> None:
        if self.columns:
            if any(cell is not None for cell in cells):
                self.rows.append((number, cells))
            return
        self.columns = _named(cells)
        text = " ".join(str(cell) for cell in cells if cell is not None)
        if match := _EXPORT.search(text):
            self.exported = day(match[1])
        if "PCE" in text and (found := grdf.PCE.search(text)):
            self.pce = found[0]

    def items(self, source: Source, options: Options) -> Iterator[Item]:
        found: list[tuple[_Period, int, Row]] = []
        for number, cells in self.rows:
            period = _period(self._cell(cells, "period"))
            if period is None:
                yield Rejection(f"row {number}", BAD_PERIOD)
            else:
                found.append((period, number, cells))
        overlapping = _overlapping([period for period, _, _ in found])
        by_kind: dict[str, Statements] = {}
        first = min((period for period, _, _ in found), key=lambda p: p.first, default=None)
        for index, (period, number, cells) in enumerate(found):
            if index in overlapping:
                yield Rejection(f"row {number}", OVERLAPS)
                continue
            statements = by_kind.setdefault(
                period.kind, Statements(source, options, self.pce, _CADENCES[period.kind], "row {}")
            )
            said = self._statement(period, number, cells, statements.tz)
            if isinstance(said, Text):
                yield Rejection(f"row {number}", said)
                continue
            if period.kind == "month" and period is first:
                yield Remark("guess", FIRST_PARTIAL, f"row {number}")
                said = replace(said, quality="questionable")
            if self._unfinished(period, index == len(found) - 1):
                yield Remark("guess", LAST_PARTIAL, f"row {number}")
                said = replace(said, status="provisional")
            yield from statements.add(said)
        for statements in by_kind.values():
            yield from statements.items()

    def _unfinished(self, period: _Period, is_last: bool) -> bool:
        """A week or month that ends after the export; without an export's date, the last one."""
        if period.kind == "day":
            return False
        return is_last if self.exported is None else period.last >= self.exported

    def _statement(self, period: _Period, number: int, cells: Row, tz: str) -> Statement | Text:
        try:
            volume, energy, coefficient, first, last = (
                scaled(self._cell(cells, name), grdf.PLACES) for name in _NUMBERS
            )
        except ValueError:
            return BAD_VALUE
        start, end = grdf.gas_days(tz, period.first, period.last)
        quality = grdf.quality_of(str(self._cell(cells, "qualification") or ""))
        return Statement(number, start, end, volume, energy, coefficient, first, last, quality)

    def _cell(self, cells: Row, name: str) -> object:
        place = self.columns.get(name, -1)
        return cells[place] if 0 <= place < len(cells) else None


def _named(cells: Row) -> dict[str, int]:
    """The places of the known columns, if this is the row that names them."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        title = str(cell or "").casefold().strip()
        for start, name in _COLUMNS.items():
            if title.startswith(start):
                found[name] = place
    return found if "period" in found else {}


def _period(cell: object) -> _Period | None:
    if isinstance(cell, datetime):
        return _Period("day", cell.date(), cell.date())
    text = " ".join(str(cell or "").split())
    if (on := day(text)) is not None:
        return _Period("day", on, on)
    if match := _WEEK.fullmatch(text):
        first, last = day(match[1]), day(match[2])
        return None if first is None or last is None or last < first else _Period("week", first, last)
    if (match := _MONTH.fullmatch(text)) and match[1].casefold() in _MONTHS:
        month, year = _MONTHS.index(match[1].casefold()) + 1, int(match[2])
        if not 1900 <= year <= 2200:
            return None
        following = date(year + month // 12, month % 12 + 1, 1)
        return _Period("month", date(year, month, 1), following - _DAY)
    return None


def _overlapping(periods: Sequence[_Period]) -> frozenset[int]:
    """The weeks that share days with a longer one (of two equal ones, with the earlier line)."""
    weeks = [i for i, p in enumerate(periods) if p.kind == "week"]
    kept: list[_Period] = []
    left_out: set[int] = set()
    for i in sorted(weeks, key=lambda i: (-periods[i].days, i)):
        if any(periods[i].first <= other.last and other.first <= periods[i].last for other in kept):
            left_out.add(i)
        else:
            kept.append(periods[i])
    return frozenset(left_out)


IMPORTERS = (GrdfXlsx(),)
