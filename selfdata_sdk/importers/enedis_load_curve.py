"""Enedis customer CSV “courbe de charge”: the mean power of every step, up to years of half hours.

    Identifiant PRM;Type de donnees;Date de debut;Date de fin;…;Unite;Pas en minutes
    09876543210987;Courbe de charge;01/01/2024;01/01/2025;Energie active;Consommation;Comptage Brut;W;
    Horodate;Valeur
    2024-01-01T00:30:00+01:00;412

A value is the mean power in W over the step that ENDS at its stamp. The step is often not stated and changes from
60 to 30 to 10 minutes when the meter is set anew: each step is a series of its own.

| in the file          | quality                   |
|----------------------|---------------------------|
| `Comptage Brut`      | measured                  |
| `Comptage Corrigé`   | edited                    |
| no unit              | questionable              |
| empty value          | missing: a gap, no record |

Source of the format: files that customers download from their Enedis account.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ..errors import FileRefused
from ..model import ElectricityUse, Record, Series, Source, Text
from ..model.column import Codes
from ..model.time import MINUTE
from . import enedis
from .delimited import named, split
from .enedis import Section
from .file import File, Sample
from .importer import Item, Options, Rejection, Remark
from .load_curve import Powers, load_curve
from .power_rows import Readings, readings

PIECE = 4_000_000
"""Bytes read at a time: small enough for the processor's cache."""

_OPENING = enedis.SECTION.encode() + b";"

NO_UNIT = Text(
    en="The file does not state the unit of the values: watts were assumed, and they are marked as questionable.",
    fr="Le fichier n'indique pas l'unité des valeurs : le watt a été supposé, et elles sont marquées comme douteuses.",
)


class EnedisLoadCurve:
    """Mean power of every step of a Linky meter."""

    name = "enedis-load-curve"
    version = "1"
    title = Text(en="Enedis load curve (CSV)", fr="Courbe de charge Enedis (CSV)")
    holder = enedis.HOLDER
    record_types: tuple[type[Record], ...] = (ElectricityUse,)

    def recognises(self, sample: Sample) -> bool:
        lines = [line for line in sample.lines[:8] if line.strip()]
        return (
            len(lines) > 1
            and named(split(lines[0], ";"), enedis.SECTION, "Type de donnees")
            and split(lines[1], ";")[1:2] == ["Courbe de charge"]
        )

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        source = source.model_copy(update={"locator": "line {}"})
        for curve in _curves(file):
            if curve.refusal is not None:
                yield Rejection(f"line {curve.section.line}", curve.refusal)
                continue
            for number, reason in curve.rejected:
                yield Rejection(f"line {number}", reason)
            yield from _items(curve, source, options)


@dataclass
class _Curve:
    """One section as read."""

    section: Section
    parts: list[Readings] = field(default_factory=list)
    rejected: list[tuple[int, Text]] = field(default_factory=list)

    @property
    def refusal(self) -> Text | None:
        if self.section.kind.casefold() != "courbe de charge":
            return enedis.OTHER_KIND
        if self.section.is_production:
            return enedis.PRODUCTION
        if self.section.unit not in ("", "W", "kW"):
            return enedis.OTHER_UNIT
        return None


def _curves(file: File) -> Iterator[_Curve]:
    """The sections of a file, each as soon as it ends."""
    curve: _Curve | None = None
    header: list[list[str]] = []
    inside = False
    number = 1
    for piece, ended in _pieces(file):
        at = 0
        while at < len(piece):
            if inside:
                # One letter is sought faster than a word, and no reading holds this one.
                stop = piece.find(_OPENING, at) if piece.find(_OPENING[:1], at) >= 0 else -1
                block = piece[at : len(piece) if stop < 0 else stop]
                assert curve is not None
                number += _take(curve, block, number, ended or stop >= 0, file)
                at += len(block)
                inside = stop < 0
                header = []
                continue
            line_end = piece.find(b"\n", at)
            line_end = len(piece) if line_end < 0 else line_end
            cells = split(piece[at:line_end].decode("utf-8", "replace"), ";")
            if any(cells):
                header.append(cells)
            if len(header) == 3:
                if curve is not None:
                    yield curve
                curve, inside = _opened(header, number, file), True
            at, number = line_end + 1, number + 1
    if curve is None or not inside:
        raise FileRefused("The file stops before its values.", where=file.name, next="Download it again.")
    yield curve


def _opened(header: list[list[str]], number: int, file: File) -> _Curve:
    if not named(header[0], enedis.SECTION) or not named(header[2], "Horodate"):
        raise FileRefused(
            f"Line {number} is not the header that an Enedis file has there.",
            where=file.name,
            next="Download it again from your Enedis account, as CSV.",
        )
    return _Curve(enedis.section(header[0], header[1], number - 1))


def _take(curve: _Curve, block: bytes, number: int, ended: bool, file: File) -> int:
    """Read the lines of `block` into `curve`; how many they are."""
    if curve.refusal is not None:
        return block.count(b"\n")
    found = readings(block, number, ended=ended, thousand=curve.section.unit == "kW", file=file)
    curve.parts.append(found)
    curve.rejected += found.rejected
    return found.count


def _pieces(file: File) -> Iterator[tuple[bytes, bool]]:
    """(whole lines as UTF-8, whether the last has its line end)."""
    rest = b""
    for block in _blocks(file):
        stop = block.rfind(b"\n") + 1
        if not stop:
            rest += block
            if len(rest) > 2 * PIECE:
                raise FileRefused("It holds a line that never ends.", where=file.name, next="Choose another file.")
            continue
        yield rest + block[:stop], True
        rest = block[stop:]
    if rest:
        yield rest, False


def _blocks(file: File) -> Iterator[bytes]:
    if file.sample.encoding == "utf-16":
        with file.text() as text:
            while part := text.read(PIECE):
                yield part.removeprefix("\ufeff").encode()
        return
    with file.open() as stream:
        yield stream.read(PIECE).removeprefix(b"\xef\xbb\xbf")
        while block := stream.read(PIECE):
            yield block


def _items(curve: _Curve, source: Source, options: Options) -> Iterator[Item]:
    section = curve.section
    if not curve.parts:
        return
    at, power, lines = (
        np.concatenate([part.at for part in curve.parts]),
        np.concatenate([part.power for part in curve.parts]),
        np.concatenate([part.lines for part in curve.parts]),
    )
    if not section.unit and len(at):
        yield Remark("guess", NO_UNIT, f"line {section.line}")
    quality = "questionable" if not section.unit else "edited" if section.is_corrected else "measured"
    column = None if quality == "measured" else Codes.constant(quality, len(at))
    powers = Powers(at, power, lines, section.step * MINUTE, column)
    about, tz = options.about or section.prm, options.tz or enedis.TZ
    series = Series(ElectricityUse.type, source.holder, about, options.register, tz=tz)
    yield from load_curve(powers, series, source)


IMPORTERS = (EnedisLoadCurve(),)
