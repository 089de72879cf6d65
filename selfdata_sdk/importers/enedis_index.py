"""Enedis customer CSV “index”: what each register of the meter shows once a day, and the day's highest power.

    Identifiant PRM;Type de donnees;…;Unite
    09876543210987;Index;01/09/2023;01/09/2024;Energie active;Consommation;Comptage Brut;Wh
    Horodate;Type de releve;EAS F1;…;EAS F10;EAS D1;…;EAS D4;EAS T
    2024-01-02T00:00:00+01:00;Arrêté quotidien;1009905;…;1834405
    Periode;Identifiant calendrier fournisseur;…
    Identifiant PRM;…
    09876543210987;Puissance maximale quotidienne;…;W
    Horodate;Valeur

Meters read themselves at the same moment all year, so the stamp's hour moves by one between winter and summer; its
offset says which moment it was. F1 to F10 are the supplier's registers, D1 to D4 the distributor's, T the total,
which is the series without a register. Registers that only ever show 0, or nothing, are not in use: they are left
out. The part about calendars is not read.

| in the file                   | quality                                  |
|-------------------------------|------------------------------------------|
| `Comptage Brut`               | measured                                 |
| `Comptage Corrigé`            | edited                                   |
| use between two total readings| derived                                  |
| highest power of 65535        | questionable: it is the largest number a |
|                               | meter can write, not a power             |

Source of the format: files that customers download from their Enedis account, and those of its service for third
parties.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ..errors import FileRefused
from ..model import ElectricityPeak, ElectricityReading, ElectricityUse, Record, Series, Source, Text
from . import enedis
from .batch import Batch
from .delimited import cut, ends_with_newline, named, rows, split
from .enedis import Section
from .file import File, Sample
from .importer import Item, Options, Rejection, Remark
from .meters import Dial, Steps, steps
from .moments import instant
from .numbers import scaled

INDEX = "index"
PEAK = "puissance maximale quotidienne"
NO_POWER = 65_535

_PLACES = {"": 3, "Wh": 3, "kWh": 6}
_PEAK_UNITS = {"": ("V.A", 3), "VA": ("V.A", 3), "kVA": ("V.A", 6), "W": ("W", 3), "kW": ("W", 6)}
_MILLI = 1_000

METER = Dial(fastest=250_000 * _MILLI, tolerance=_MILLI, unit=_MILLI)
"""A low-voltage connection: 250 kW is the most that any of them has; a step back of 1 Wh is rounding."""

BAD_STAMP = Text(en="The date and time cannot be read.", fr="La date et l'heure ne peuvent pas être lues.")
BAD_VALUE = Text(en="A value is not a number.", fr="Une valeur n'est pas un nombre.")
BAD_WIDTH = Text(
    en="The line has another number of columns than its header.",
    fr="La ligne n'a pas le même nombre de colonnes que son en-tête.",
)
NO_UNIT = Text(
    en="The file does not state the unit of the highest power: volt-amperes were assumed, and it is marked as "
    "questionable.",
    fr="Le fichier n'indique pas l'unité de la puissance maximale : le voltampère a été supposé, et elle est marquée "
    "comme douteuse.",
)
FULL = Text(
    en="A highest power of 65535 is the largest number that the meter can write, not a power: marked as questionable.",
    fr="Une puissance maximale de 65535 est le plus grand nombre que le compteur peut écrire, pas une puissance : "
    "elle est marquée comme douteuse.",
)
OTHER_METER = Text(
    en="Total readings do not follow from the others: they are kept, but no use was derived from them.",
    fr="Des index totaux ne sont pas cohérents avec les autres : ils sont gardés, mais aucune consommation n'en a été "
    "déduite.",
)


class EnedisIndex:
    """Daily readings of every register, and daily highest powers, of a Linky meter."""

    name = "enedis-index"
    version = "1"
    title = Text(en="Enedis meter readings (CSV)", fr="Index Enedis (CSV)")
    holder = enedis.HOLDER
    record_types: tuple[type[Record], ...] = (ElectricityReading, ElectricityUse, ElectricityPeak)

    def recognises(self, sample: Sample) -> bool:
        lines = [line for line in sample.lines[:8] if line.strip()]
        if len(lines) < 2 or not named(split(lines[0], ";"), enedis.SECTION, "Type de donnees"):
            return False
        return [c.casefold() for c in split(lines[1], ";")[1:2]] in ([INDEX], [PEAK])

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        batch = Batch(source)
        for part in _parts(file):
            if part.refusal is not None:
                yield Rejection(f"line {part.section.line}", part.refusal)
            elif part.section.kind.casefold() == INDEX:
                yield from _index(part, batch, options)
            else:
                yield from _peaks(part, batch, options)
        yield from batch.items()


@dataclass(slots=True)
class _Part:
    """A section: its column names, and its lines by number."""

    section: Section
    columns: list[str] = field(default_factory=list)
    lines: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def refusal(self) -> Text | None:
        kind = self.section.kind.casefold()
        if kind not in (INDEX, PEAK):
            return enedis.OTHER_KIND
        if self.section.is_production:
            return enedis.PRODUCTION
        if self.section.unit not in (_PLACES if kind == INDEX else _PEAK_UNITS):
            return enedis.OTHER_UNIT
        return None

    @property
    def quality(self) -> str:
        return "edited" if self.section.is_corrected else "measured"

    def series(self, record_type: type[Record], source: Source, options: Options, register: str = "") -> Series:
        about = options.about or self.section.prm
        return Series(record_type.type, source.holder, about, register, "P1D", options.tz or enedis.TZ)


def _parts(file: File) -> Iterator[_Part]:
    part: _Part | None = None
    header: list[str] = []
    calendars = False
    last, width = 0, 0
    for number, cells in rows(file, ";"):
        last, width = number, len(cells)
        if named(cells, enedis.SECTION):
            header, calendars = cells, False
        elif header:
            if part is not None:
                yield part
            part, header = _Part(enedis.section(header, cells, number)), []
        elif part is None:
            raise FileRefused(f"Line {number} is not the header of an Enedis file.", where=file.name)
        elif named(cells, "Horodate"):
            part.columns = cells
        elif named(cells, "Periode"):
            calendars = True
        elif not calendars:
            part.lines.append((number, cells))
    if part is None or header:
        raise FileRefused("The file stops before its values.", where=file.name, next="Download it again.")
    if not calendars and part.lines and width < len(part.columns) and not ends_with_newline(file):
        raise cut(file, last)
    yield part


def _index(part: _Part, batch: Batch, options: Options) -> Iterator[Item]:
    places = _PLACES[part.section.unit]
    registers = {i: name.removeprefix("EAS").strip() for i, name in enumerate(part.columns) if name.startswith("EAS")}
    shown: dict[str, list[tuple[int, int, int]]] = {}
    for number, cells in part.lines:
        at = instant(cells[0])
        if at is None:
            yield Rejection(f"line {number}", BAD_STAMP)
            continue
        if len(cells) < len(part.columns) or any(cells[len(part.columns) :]):
            yield Rejection(f"line {number}", BAD_WIDTH)
            continue
        for place, register in registers.items():
            try:
                value = scaled(cells[place], places)
            except ValueError:
                yield Rejection(f"line {number}", BAD_VALUE)
                continue
            if value is not None:
                shown.setdefault("" if register == "T" else register, []).append((at, value, number))
    for register, readings in shown.items():
        if not any(value for _, value, _ in readings):
            continue
        series = part.series(ElectricityReading, batch.source, options, register)
        for at, value, number in readings:
            batch.add(ElectricityReading, series, number, at=at, energy=value, quality=part.quality)
    yield from _derived(part, batch, options, shown.get("", []))


def _derived(part: _Part, batch: Batch, options: Options, total: list[tuple[int, int, int]]) -> Iterator[Item]:
    """The use between readings of the total: the holder gives none in this file."""
    if len(total) < 2:
        return
    at, value, number = (np.array(column, np.int64) for column in zip(*total, strict=True))
    found: Steps = steps(at, value, METER)
    series = part.series(ElectricityUse, batch.source, options)
    for a, b, amount in zip(found.first.tolist(), found.last.tolist(), found.amount.tolist(), strict=True):
        batch.add(
            ElectricityUse,
            series,
            int(number[b]),
            start=int(at[a]),
            end=int(at[b]),
            energy=amount,
            quality="derived",
        )
    strange = np.concatenate([found.foreign, found.clashing, found.replaced])
    if len(strange):
        yield Remark("disagreement", OTHER_METER, f"line {number[strange.min()]}", len(strange))


def _peaks(part: _Part, batch: Batch, options: Options) -> Iterator[Item]:
    unit, places = _PEAK_UNITS[part.section.unit]
    if not part.section.unit:
        yield Remark("guess", NO_UNIT, f"line {part.section.line}")
    series = part.series(ElectricityPeak, batch.source, options)
    for number, cells in part.lines:
        at = instant(cells[0])
        if at is None or len(cells) < 2:
            yield Rejection(f"line {number}", BAD_STAMP if at is None else BAD_WIDTH)
            continue
        try:
            power = scaled(cells[1], places)
        except ValueError:
            yield Rejection(f"line {number}", BAD_VALUE)
            continue
        if power is None:
            continue
        full = power == NO_POWER * _MILLI
        if full:
            yield Remark("disagreement", FULL, f"line {number}")
        quality = "questionable" if full or not part.section.unit else part.quality
        batch.add(ElectricityPeak, series, number, at=at, power=power, unit=unit, quality=quality)


IMPORTERS = (EnedisIndex(),)
