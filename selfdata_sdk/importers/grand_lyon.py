"""Eau du Grand Lyon since 2023: daily use as the customer's page gets it, in JSON.

`{"unites": {"consommation": "l", …}, "postes": [{"data": [{annee, mois, jour, consommation, index,
volumeEstimeFuite, debitMin}]}]}`. `mois` counts from 0 at this holder; copies that count from 1 exist, so the dates
themselves decide. Each number has its unit in `unites`, which may be absent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

import numpy as np

from ..errors import FileRefused
from ..model import Record, Series, Source, Text, WaterReading, WaterUse
from ..model.time import DAY, to_utc
from .batch import Batch
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection, Remark
from .jsons import Json, read_json
from .numbers import scaled
from .reasons import NO_NUMBER, NO_TIME
from .water import DISAGREES, LITRE, PLACES, UNIT_UNSAID, places_of

TZ = "Europe/Paris"
_UNIX_DAY = date(1970, 1, 1).toordinal()

MOST_LIKELY_DAY = 20 * LITRE
"""A median day below 20, whatever the unit, is in cubic metres: no home lives on less than 20 litres."""

MONTH_GUESS = Text(
    en="Nothing in the file tells whether months count from 0 or from 1: taken to count from 0, as this holder does.",
    fr="Rien dans le fichier ne dit si les mois comptent depuis 0 ou 1 : pris depuis 0, comme le fait ce détenteur.",
)
MONTH_FROM_1 = Text(
    en="Months count from 1 in this file, not from 0 as usual at this holder: the dates fit only so.",
    fr="Les mois comptent depuis 1 dans ce fichier, et non depuis 0 comme d'habitude : seules ces dates conviennent.",
)
NOT_AN_ENTRY = Text(en="It is not a day's entry.", fr="Ce n'est pas l'entrée d'un jour.")
SEVERAL = Text(
    en="There are several registers: each is kept apart.", fr="Il y a plusieurs postes : chacun est gardé à part."
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One day as the file says it, its month as it is written."""

    number: int
    poste: int
    year: int
    month: int
    day: int
    body: Mapping[str, Json]

    def date(self, first_month: int) -> date | None:
        try:
            return date(self.year, self.month + 1 - first_month, self.day)
        except ValueError:
            return None


class GrandLyon:
    """One supply point's days."""

    name = "grand-lyon-json"
    version = "1"
    title = Text(en="Daily water use, Eau du Grand Lyon", fr="Consommation d'eau par jour, Eau du Grand Lyon")
    holder = "Eau du Grand Lyon"
    record_types: tuple[type[Record], ...] = (WaterReading, WaterUse)

    def recognises(self, sample: Sample) -> bool:
        text = sample.text
        return sample.is_json and all(
            f'"{key}"' in text for key in ("postes", "data", "annee", "mois", "jour", "consommation")
        )

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        root = read_json(file)
        postes = root.get("postes") if isinstance(root, dict) else None
        if not isinstance(root, dict) or not isinstance(postes, list):
            raise FileRefused("It has no list of “postes”.", where=file.name, next="Download it again.")
        entries: list[_Entry] = []
        for item in _entries(postes):
            if isinstance(item, _Entry):
                entries.append(item)
            else:
                yield item
        if not entries:
            return
        first_month, sure = _first_month(entries, source)
        if not sure:
            yield Remark("guess", MONTH_GUESS)
        elif first_month == 1:
            yield Remark("guess", MONTH_FROM_1)
        if len({e.poste for e in entries}) > 1:
            yield Remark("guess", SEVERAL)
        units = root.get("unites")
        yield from _Days(entries, first_month, units if isinstance(units, dict) else {}, source, options).items()


def _entries(postes: list[Json]) -> Iterator[_Entry | Rejection]:
    number = -1
    for index, poste in enumerate(postes):
        data = poste.get("data") if isinstance(poste, dict) else None
        for body in data if isinstance(data, list) else []:
            number += 1
            if not isinstance(body, dict):
                yield Rejection(f"entry {number}", NOT_AN_ENTRY)
                continue
            parts = [_whole(body.get(key)) for key in ("annee", "mois", "jour")]
            if None in parts:
                yield Rejection(f"entry {number}", NO_TIME)
                continue
            year, month, day = (p for p in parts if p is not None)
            yield _Entry(number, index, year, month, day, body)


def _whole(value: Json) -> int | None:
    try:
        found = scaled(value, 0)
    except ValueError:
        return None
    return found if found is not None and 0 <= found <= 9999 else None


def _first_month(entries: list[_Entry], source: Source) -> tuple[int, bool]:
    """(0 or 1, whether the dates decide it). The count under which more entries are dates that follow each other."""
    tomorrow = source.retrieved_at.date() + timedelta(days=1)
    scores = {}
    for base in (0, 1):
        dates = {d for e in entries if (d := e.date(base)) is not None and d <= tomorrow}
        follow = sum(d + timedelta(days=1) in dates for d in dates)
        scores[base] = (len(dates), follow)
    return (1, True) if scores[1] > scores[0] else (0, scores[0] > scores[1])


class _Days:
    """Turns entries into readings and uses."""

    def __init__(
        self, entries: list[_Entry], first_month: int, units: Mapping[str, Json], source: Source, options: Options
    ) -> None:
        self._entries = entries
        self._first_month = first_month
        self._options = options
        self._tz = options.tz or TZ
        self._batch = Batch(source, "entry {}")
        self._source = source
        self._several = len({e.poste for e in entries}) > 1
        self._guesses: list[Remark] = []
        self._use_places, self._use_guessed = self._unit(units, "consommation", "L")
        self._index_places, self._index_guessed = self._unit(units, "index", "L")
        self._leak_places, _ = self._unit(units, "volumeEstimeFuite", "L")
        self._flow_places, _ = self._unit(units, "debitMin", "L/h")

    def items(self) -> Iterator[Item]:
        previous: dict[int, tuple[date, int]] = {}
        disagree: Counter[str] = Counter()
        dated = [(e.date(self._first_month), e) for e in self._entries]
        last = max((d for d, _ in dated if d is not None), default=None)
        for day, entry in sorted(((d or date.max, e) for d, e in dated), key=lambda pair: pair[0]):
            if day is date.max:
                yield Rejection(f"entry {entry.number}", NO_TIME)
                continue
            try:
                used = scaled(entry.body.get("consommation"), self._use_places)
                index = scaled(entry.body.get("index"), self._index_places)
                leak = scaled(entry.body.get("volumeEstimeFuite"), self._leak_places)
                flow = scaled(entry.body.get("debitMin"), self._flow_places)
            except ValueError:
                yield Rejection(f"entry {entry.number}", NO_NUMBER)
                continue
            self._add(entry, day, day == last, used, index, leak, flow)
            if index is None:
                continue
            before = previous.get(entry.poste)
            if before and used is not None and day - before[0] == timedelta(days=1) and index - before[1] != used:
                disagree[f"entry {entry.number}"] += 1
            previous[entry.poste] = (day, index)
        yield from self._batch.items()
        yield from self._guesses
        if disagree:
            yield Remark("disagreement", DISAGREES, next(iter(disagree)), disagree.total())

    def _add(
        self,
        entry: _Entry,
        day: date,
        last: bool,
        used: int | None,
        index: int | None,
        leak: int | None,
        flow: int | None,
    ) -> None:
        start, end = (
            int(t) for t in to_utc((np.array([day.toordinal(), day.toordinal() + 1]) - _UNIX_DAY) * DAY, self._tz)
        )
        register = f"poste-{entry.poste + 1}" if self._several else self._options.register
        estimated = entry.body.get("estime") is True
        status = "provisional" if last else "final"

        def series(record_type: type[Record]) -> Series:
            return Series(record_type.type, self._source.holder, self._options.about, register, "P1D", self._tz)

        def quality(guessed: bool) -> str:
            return "questionable" if guessed else "estimated" if estimated else "measured"

        if used is not None:
            self._batch.add(
                WaterUse, series(WaterUse), entry.number, start=start, end=end, litres=used, basis="reported",
                min_flow=flow, estimated_leak=leak, quality=quality(self._use_guessed), status=status,
            )  # fmt: skip
        if index is not None:
            self._batch.add(
                WaterReading, series(WaterReading), entry.number, at=end, litres=index,
                quality=quality(self._index_guessed), status=status,
            )  # fmt: skip

    def _unit(self, units: Mapping[str, Json], key: str, usual: str) -> tuple[int, bool]:
        """(decimal places that turn the key's numbers into thousandths of a litre, whether the unit is guessed)."""
        said = units.get(key)
        stated = places_of(re.sub(r"\s*/\s*h$", "", said)) if isinstance(said, str) else None
        values = [e.body[key] for e in self._entries if e.body.get(key) is not None]
        if stated is not None or not values:
            return stated or PLACES, False
        places = self._likely(key)
        unit = usual if places == PLACES else usual.replace("L", "m³")
        self._guesses.append(Remark("guess", UNIT_UNSAID.fill(unit=unit), key))
        return places, True

    def _likely(self, key: str) -> int:
        """Litres or cubic metres, by the size of a day's use; every other number goes with it unless it has a point."""
        used = []
        for e in self._entries:
            try:
                value = scaled(e.body.get("consommation"), PLACES)
            except ValueError:
                continue
            if value:
                used.append(value)
        return PLACES if not used or median(used) >= MOST_LIKELY_DAY else PLACES + 3


IMPORTERS: tuple[Importer, ...] = (GrandLyon(),)
