"""Enedis Data Connect, metering data as JSON, as its API and the services built on it hand it out.

    {"meter_reading": {"usage_point_id": "…", "quality": "BRUT",
                       "reading_type": {"unit": "W", "measurement_kind": "power", "aggregate": "average"},
                       "interval_reading": [{"value": "540", "date": "2024-01-01 00:30:00",
                                             "interval_length": "PT30M", "measure_type": "B"}]}}

Values are texts. Stamps are on the clock of Paris without an offset, at the END of their step; in the hour that
occurs twice in autumn their order decides. `interval_length` may be missing: the step is then inferred. Daily energy
(`Wh`) has a date, and is that local day's. The daily highest power (`VA`) has the moment at which it was reached. A
file may hold one answer, an answer without its envelope, or a list of answers.

| in the file            | quality      |
|------------------------|--------------|
| `measure_type` B, none | measured     |
| `measure_type` C       | edited       |
| any other              | questionable |

Source of the format: the documentation of the API (metering data, version 4 and 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import numpy as np

from ..model import ElectricityPeak, ElectricityUse, Record, Series, Source, Text
from ..model.column import NULL, Codes
from ..model.time import MINUTE, day_bounds, to_utc, unfold
from . import enedis
from .batch import Batch
from .file import File, Sample
from .importer import Item, Options, Rejection, Remark
from .jsons import Json, items, member, read_json, words
from .load_curve import Powers, load_curve
from .moments import day, wall_clock
from .numbers import scaled

_POINT = re.compile(r"\d{14}")
_LENGTH = re.compile(r"PT(\d{1,3})([HM])")
_UNITS = {"W": 3, "kW": 6, "Wh": 3, "kWh": 6, "VA": 3, "kVA": 6}
_MEASURE_TYPES = {"": "measured", "B": "measured", "C": "edited"}

BAD_STAMP = Text(en="The date or time cannot be read.", fr="La date ou l'heure ne peut pas être lue.")
BAD_VALUE = Text(en="The value is not a number.", fr="La valeur n'est pas un nombre.")
NO_HOUR = Text(
    en="The file gives the day of the highest power, not its hour: it is placed at the start of the day, as "
    "questionable.",
    fr="Le fichier donne le jour de la puissance maximale, pas son heure : elle est placée au début du jour, comme "
    "douteuse.",
)


class EnedisDataConnect:
    """Load curves, daily use and daily highest power from the Enedis API."""

    name = "enedis-data-connect"
    version = "1"
    title = Text(en="Enedis Data Connect (JSON)", fr="Enedis Data Connect (JSON)")
    holder = enedis.HOLDER
    record_types: tuple[type[Record], ...] = (ElectricityUse, ElectricityPeak)

    def recognises(self, sample: Sample) -> bool:
        return sample.is_json and '"interval_reading"' in sample.text and '"usage_point_id"' in sample.text

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        root = read_json(file)
        answers = root if isinstance(root, list) else [root]
        for number, answer in enumerate(answers):
            place = "$" if root is answer else f"$[{number}]"
            if member(answer, "meter_reading") is not None:
                answer, place = member(answer, "meter_reading"), f"{place}.meter_reading"
            yield from _Answer(answer, place, source, options).items()


class _Answer:
    """One answer of the API, at `place` in the document."""

    def __init__(self, node: Json, place: str, source: Source, options: Options) -> None:
        self.rows = items(node, "interval_reading")
        self.unit = words(member(node, "reading_type"), "unit")
        self.place = f"{place}.interval_reading[{{}}]"
        self.tz = options.tz or enedis.TZ
        self.register = options.register
        point = words(node, "usage_point_id")
        self.about = options.about or (point if _POINT.fullmatch(point) else "")
        self.source = source.model_copy(update={"locator": self.place})

    def items(self) -> Iterator[Item]:
        match self.unit:
            case "W" | "kW":
                yield from self._curve()
            case "Wh" | "kWh":
                yield from self._days()
            case "VA" | "kVA":
                yield from self._peaks()
            case _ if self.rows:
                yield Rejection(self._at(0), enedis.OTHER_UNIT)

    def _at(self, number: int) -> str:
        return self.place.replace("{}", str(number))

    def _series(self, record_type: type[Record], cadence: str = "") -> Series:
        return Series(record_type.type, self.source.holder, self.about, self.register, cadence, self.tz)

    def _values(self) -> Iterator[tuple[int, Json, str, int | None] | Rejection]:
        """(number, row, its date as written, its value or None); a rejection for one that is no number."""
        for number, row in enumerate(self.rows):
            try:
                value = scaled(member(row, "value"), _UNITS[self.unit])
            except ValueError:
                yield Rejection(self._at(number), BAD_VALUE)
                continue
            yield number, row, words(row, "date"), value

    def _curve(self) -> Iterator[Item]:
        found: list[tuple[int, int, int, int]] = []
        qualities: list[str] = []
        for item in self._values():
            if isinstance(item, Rejection):
                yield item
                continue
            number, row, stamp, value = item
            local = wall_clock(stamp)
            if local is None:
                yield Rejection(self._at(number), BAD_STAMP)
                continue
            found.append((local, NULL if value is None else value, number, _length(words(row, "interval_length"))))
            qualities.append(_MEASURE_TYPES.get(words(row, "measure_type"), "questionable"))
        if not found:
            return
        local_stamps, power, numbers, stated = np.array(found, np.int64).T
        powers = Powers(unfold(local_stamps, self.tz), power, numbers, stated, Codes.of(qualities))
        yield from load_curve(powers, self._series(ElectricityUse), self.source)

    def _days(self) -> Iterator[Item]:
        batch = Batch(self.source, self.place)
        series = self._series(ElectricityUse, "P1D")
        for item in self._values():
            if isinstance(item, Rejection):
                yield item
                continue
            number, _, stamp, value = item
            on = day(stamp[:10])
            if on is None:
                yield Rejection(self._at(number), BAD_STAMP)
                continue
            start, end = _bounds(on, self.tz)
            quality = "missing" if value is None else "measured"
            batch.add(ElectricityUse, series, number, start=start, end=end, energy=value, quality=quality)
        yield from batch.items()

    def _peaks(self) -> Iterator[Item]:
        batch = Batch(self.source, self.place)
        series = self._series(ElectricityPeak, "P1D")
        for item in self._values():
            if isinstance(item, Rejection):
                yield item
                continue
            number, _, stamp, value = item
            on = day(stamp)
            local = wall_clock(stamp)
            if on is None and local is None:
                yield Rejection(self._at(number), BAD_STAMP)
            elif value is not None:
                if on is not None:
                    yield Remark("guess", NO_HOUR, self._at(number))
                at = _bounds(on, self.tz)[0] if on is not None else int(to_utc(np.array([local]), self.tz)[0])
                quality = "measured" if on is None else "questionable"
                batch.add(ElectricityPeak, series, number, at=at, power=value, unit="V.A", quality=quality)
        yield from batch.items()


def _length(text: str) -> int:
    """The step of `PT30M` in µs; 0 if it is not stated."""
    match = _LENGTH.fullmatch(text)
    return 0 if match is None else int(match[1]) * MINUTE * (60 if match[2] == "H" else 1)


def _bounds(on: date, tz: str) -> tuple[int, int]:
    bounds = day_bounds(tz, on, on)
    return int(bounds[0]), int(bounds[1])


IMPORTERS = (EnedisDataConnect(),)
