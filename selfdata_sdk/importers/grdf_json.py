"""GRDF's web JSON: the readings of a supply point, published (those that are billed) and informative (daily).

    {"12345678901234": {"idPce": "…", "releves": [{"dateDebutReleve": "2023-01-01T06:00:00+00:00",
        "dateFinReleve": "…", "indexDebut": 5089, "indexFin": 7114, "volumeBrutConsomme": 2025,
        "energieConsomme": 22417, "coeffConversion": 11.07, "qualificationReleve": "Mesuré",
        "natureReleve": "Publiée", "journeeGaziere": null}]}}

The stamps say 06:00 and `+00:00` all year, but are 06:00 on the clock of Paris. Published periods have any length, so
their series has no cadence. A row `Absence de Données` has nulls, or zeros, for what is not known.
Qualities: see `grdf`.

Source of the format: GRDF's customer site; PyGazpar's recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import numpy as np

from ..model import GasReading, GasUse, Record, Source, Text
from ..model.time import to_utc
from . import grdf
from .file import File, Sample
from .grdf import Statement, Statements
from .importer import Item, Options, Rejection, Remark
from .jsons import Json, items, member, read_json, words
from .moments import day, instant, wall_clock
from .numbers import scaled

_NUMBERS = ("volumeBrutConsomme", "energieConsomme", "coeffConversion", "indexDebut", "indexFin")
"""In the order of the quantities of a `Statement`."""
_NO_OFFSET = ("+00:00", "Z")

BAD_STAMP = Text(en="The period's dates cannot be read.", fr="Les dates de la période ne peuvent pas être lues.")
BAD_VALUE = Text(en="A value is not a number.", fr="Une valeur n'est pas un nombre.")
UNCOVERED = Text(
    en="No published period covers the time before this one.",
    fr="Aucune période publiée ne couvre le temps qui précède celle-ci.",
)


class GrdfJson:
    """Published and informative gas readings."""

    name = "grdf-json"
    version = "1"
    title = Text(en="GRDF readings (JSON)", fr="Relevés GRDF (JSON)")
    holder = grdf.HOLDER
    record_types: tuple[type[Record], ...] = (GasUse, GasReading)

    def recognises(self, sample: Sample) -> bool:
        return sample.is_json and '"releves"' in sample.text and '"dateDebutReleve"' in sample.text

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        for place, node in _points(read_json(file)):
            yield from _Point(node, place, source, options).items()


def _points(root: Json) -> Iterator[tuple[str, Json]]:
    """(place, object with `releves`) of each supply point."""
    if member(root, "releves") is not None:
        yield "$", root
    elif isinstance(root, dict):
        # The key is the supply point's number, which no place in a report may show.
        for number, node in enumerate(root.values()):
            yield "$.*" if len(root) == 1 else f"$.*[{number}]", node
    elif isinstance(root, list):
        for number, node in enumerate(root):
            yield f"$[{number}]", node


class _Point:
    def __init__(self, node: Json, place: str, source: Source, options: Options) -> None:
        pce = words(node, "idPce")
        self.pce = pce if grdf.PCE.fullmatch(pce) else ""
        self.rows = items(node, "releves")
        self.place = f"{place}.releves[{{}}]"
        self.source = source
        self.options = options
        self.tz = options.tz or grdf.TZ

    def items(self) -> Iterator[Item]:
        daily = Statements(self.source, self.options, self.pce, "P1D", self.place)
        published = Statements(self.source, self.options, self.pce, "", self.place)
        spans: list[tuple[int, int, int]] = []
        for number, row in enumerate(self.rows):
            said = self._statement(number, row)
            if isinstance(said, Text):
                yield Rejection(self.place.replace("{}", str(number)), said)
            elif _is_daily(row):
                yield from daily.add(said)
            else:
                yield from published.add(said)
                spans.append((said.start, said.end, number))
        yield from self._uncovered(sorted(spans))
        yield from daily.items()
        yield from published.items()

    def _statement(self, number: int, row: Json) -> Statement | Text:
        start, end = self._moment(row, "dateDebutReleve"), self._moment(row, "dateFinReleve")
        on = day(words(row, "journeeGaziere")[:10])
        if on is not None and (start is None or end is None):
            start, end = grdf.gas_days(self.tz, on, on)
        if start is None or end is None:
            return BAD_STAMP
        try:
            volume, energy, coefficient, first, last = (scaled(member(row, name), grdf.PLACES) for name in _NUMBERS)
        except ValueError:
            return BAD_VALUE
        quality = grdf.quality_of(words(row, "qualificationReleve"))
        return Statement(number, start, end, volume, energy, coefficient, first, last, quality)

    def _moment(self, row: Json, name: str) -> int | None:
        text = words(row, name)
        for offset in _NO_OFFSET:
            if text.endswith(offset):
                local = wall_clock(text.removesuffix(offset))
                return None if local is None else int(to_utc(np.array([local]), self.tz)[0])
        return instant(text)

    def _uncovered(self, spans: list[tuple[int, int, int]]) -> Iterator[Remark]:
        for (_, end, _), (start, _, number) in pairwise(spans):
            if start > end:
                yield Remark("gap", UNCOVERED, self.place.replace("{}", str(number)))


def _is_daily(row: Json) -> bool:
    return "journalier" in words(row, "natureReleve").casefold() or isinstance(
        day(words(row, "journeeGaziere")[:10]), date
    )


IMPORTERS = (GrdfJson(),)
