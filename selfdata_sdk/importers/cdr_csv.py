"""CSV of telecom operators: calls, messages and data line by line, and top-ups of prepaid lines.

    DT_HOROD;NDE_NU_CONCERNE;NDE_NU_CORRESP;NB_UNITE;CO_TYPUNIT;CO_IDCELL;lat;lon
    2014-03-01 08:15:00;33600000001;33600000002;75;s;1234;45.7597;4.8422
    2014-03-01 08:20:00;33600000001;33600000002;1;M;NULL;NULL;NULL

The columns are known by their words, whatever their order. Stamps without an offset are on the clock of the place,
and in the hour that occurs twice in autumn their order decides. Orange's own names are those of the pilot MesInfos;
top-ups have the columns of CIDER (Global Policy Lab).
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Position, Record, Source, TelecomUsage, Text
from .delimited import cut, ends_with_newline, rows, split
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection
from .reasons import MISFIT
from .telecom import Usages, fields, plain, row

_TOP_UPS = {"caller id", "amount", "timestamp"}


class CdrCsv:
    """What one line was used for, and where its antennas were."""

    name = "cdr-csv"
    version = "1"
    title = Text(en="Calls, messages and data (CSV)", fr="Appels, messages et données (CSV)")
    holder = "Telecom operator"
    record_types: tuple[type[Record], ...] = (TelecomUsage, Position)

    def recognises(self, sample: Sample) -> bool:
        return _delimiter(sample) != ""

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        yield from _read(file, _delimiter(file.sample), Usages(source, options, "line {}", file.name))


class TopUpsCsv:
    """Credit that was bought for a prepaid line."""

    name = "top-ups-csv"
    version = "1"
    title = Text(en="Top-ups of a prepaid line (CSV)", fr="Recharges d'une ligne prépayée (CSV)")
    holder = "Telecom operator"
    record_types: tuple[type[Record], ...] = (TelecomUsage,)

    def recognises(self, sample: Sample) -> bool:
        return {plain(c) for c in split(_header(sample), ",")} == _TOP_UPS

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        yield from _read(file, ",", Usages(source, options, "line {}", file.name, "top_up"))


def _header(sample: Sample) -> str:
    return sample.lines[0] if sample.lines else ""


def _delimiter(sample: Sample) -> str:
    """What sets the columns apart; "" if the first line names no columns of calls."""
    for delimiter in (";", "\t", "|", ","):
        found = fields(tuple(split(_header(sample), delimiter))).keys()
        if "at" in found and found & {"units", "kind"} and found & {"partner", "unit", "cell", "network"}:
            return delimiter
    return ""


def _read(file: File, delimiter: str, usages: Usages) -> Iterator[Item]:
    last = 0 if ends_with_newline(file) else sum(1 for _ in file.lines())
    header: list[str] = []
    for number, cells in rows(file, delimiter):
        if not header:
            header = cells
        elif len(cells) < len(header):
            if number == last:
                raise cut(file, number)
            yield Rejection(f"line {number}", MISFIT)
        else:
            yield from usages.add(row(number, dict(zip(header, cells, strict=False)), "cdr"))
    yield from usages.items()


IMPORTERS: tuple[Importer, ...] = (CdrCsv(), TopUpsCsv())
