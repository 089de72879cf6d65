"""Hourly index of a smart water meter: `user key;datetime;meter reading;diff`.

Litres on the dial, about once an hour, on a clock that is set back in autumn: the order of the lines says which
of two equal hours came first. `diff` is what has passed since the line before; use is derived from the readings,
and a `diff` that says something else is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..errors import FileRefused
from ..model import Record, Source, Text, WaterReading, WaterUse
from ..model.column import NULL, Codes
from ..model.time import Int64s, skipped, unfold
from .cells import Mask
from .delimited import grids, named, split
from .file import File, Sample
from .importer import Importer, Item, Options, Remark
from .meters import Steps, steps
from .numbers import decimals
from .reasons import CLASHES, NO_NUMBER, NO_TIME, OTHER_METER, misfits, rejected
from .stamps import stamps
from .water import DISAGREES, HOME, PLACES, by_line, flags, readings, uses

TZ = "Europe/Paris"
CADENCE = "PT1H"
_COLUMNS = ("user key", "datetime", "meter reading", "diff")

ZONE = Text(
    en="The file does not say in which zone its clock is: taken for {tz}.",
    fr="Le fichier ne dit pas le fuseau de son horloge : pris pour {tz}.",
)
REPEATED = Text(
    en="Lines that say once more what an earlier line says: counted once.",
    fr="Lignes qui répètent une ligne précédente : comptées une fois.",
)
STEP_BACK = Text(
    en="The dial steps back by a litre or two, as a radio's rounding does: no use, marked questionable.",
    fr="Le compteur recule d'un litre ou deux, comme un arrondi de la radio : aucune consommation, marqué douteux.",
)
REPLACED = Text(
    en="From here on the dial is another one, a new meter surely: no use is counted across the change.",
    fr="À partir d'ici l'index est d'un autre cadran, sans doute un nouveau compteur : "
    "aucune consommation n'est comptée pendant le changement.",
)
ROLLED = Text(
    en="The dial seems to have gone past its highest number and begun again at 0.",
    fr="Le compteur semble avoir dépassé son plus grand nombre et recommencé à 0.",
)
SKIPPED = Text(
    en="A time in the hour that is left out in spring: read as if the clock had not been put forward.",
    fr="Une heure qui n'existe pas au passage à l'heure d'été : lue comme si l'horloge n'avait pas été avancée.",
)


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """The lines of one meter in order of time. Shape (n,) each; litres in thousandths."""

    numbers: Int64s
    at: Int64s
    litres: Int64s
    diff: Int64s


class HourlyIndex:
    """The readings of one home's meter; a file with several meters needs the person's word for which."""

    name = "hourly-index-csv"
    version = "1"
    title = Text(en="Hourly readings of a water meter", fr="Index horaires d'un compteur d'eau")
    holder = "Water operator"
    record_types: tuple[type[Record], ...] = (WaterReading, WaterUse)

    def recognises(self, sample: Sample) -> bool:
        return bool(sample.lines) and named(split(sample.lines[0], ";"), *_COLUMNS)

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        tz = options.tz or TZ
        parts: list[tuple[Codes, Int64s, Int64s, Int64s, Int64s]] = []
        for grid in grids(file, ";", len(_COLUMNS)):
            yield from misfits(grid)
            when = stamps(grid.cells(1), "DD/MM/YYYY hh:mm:ss", "DD/MM/YYYY hh:mm", "YYYY-MM-DDThh:mm:ss")
            litres, bad = decimals(grid.cells(2), PLACES)
            diff, _ = decimals(grid.cells(3), PLACES)
            yield from rejected(grid.lines, when.bad, NO_TIME)
            yield from rejected(grid.lines, bad & ~when.bad, NO_NUMBER)
            good = ~when.bad & ~bad & (litres != NULL)
            parts.append((grid.cells(0).take(good).codes(), *(c[good] for c in (grid.lines, when.local, litres, diff))))
        if not parts:
            return
        key, mine = _meter(file, [p[0] for p in parts], options)
        lines, local, litres, diff = (np.concatenate([p[i] for p in parts])[mine] for i in range(1, 5))
        if len(local) and np.count_nonzero(np.diff(local) < 0) > len(local) // 2:
            lines, local, litres, diff = lines[::-1], local[::-1], litres[::-1], diff[::-1]
        if not options.tz:
            yield Remark("guess", ZONE.fill(tz=tz))
        if len(lost := np.flatnonzero(skipped(local, tz))):
            yield Remark("guess", SKIPPED, f"line {lines[lost[0]]}", len(lost))
        found = _Lines(lines, unfold(local, tz), litres, diff)
        yield from _items(found, key, tz, by_line(source), options)


def _meter(file: File, keys: list[Codes], options: Options) -> tuple[str, Mask]:
    """The meter's key, and True for its lines; FileRefused if the file has several and none is chosen."""
    words = sorted({w for k in keys for w in k.words})
    if len(words) > 1 and options.about not in words:
        raise FileRefused(
            f"It holds the readings of {len(words)} meters, which are not all one home's.",
            where=file.name,
            next="Say which one, as in --about KEY.",
        )
    key = options.about if options.about in words or not words else words[0]
    mine = np.concatenate([np.array([*(w == key for w in k.words), not words], bool)[k.indexes] for k in keys])
    return options.about or key, mine


def _items(lines: _Lines, about: str, tz: str, source: Source, options: Options) -> Iterator[Item]:
    found = steps(lines.at, lines.litres, HOME)
    for rows, reason in ((found.foreign, OTHER_METER), (found.clashing, CLASHES)):
        yield from rejected(lines.numbers, rows, reason)
    kept = found.kept
    back = np.zeros(len(lines.at), bool)
    back[found.last[found.doubtful & (lines.litres[found.last] < lines.litres[found.first])]] = True
    yield readings(
        source,
        options,
        cadence=CADENCE,
        tz=tz,
        at=lines.at[kept],
        litres=lines.litres[kept],
        lines=lines.numbers[kept],
        about=about,
        more={"quality": flags(back[kept], "questionable", "measured")},
    )
    yield uses(
        source,
        options,
        cadence=CADENCE,
        tz=tz,
        start=lines.at[found.first],
        end=lines.at[found.last],
        litres=found.amount,
        lines=lines.numbers[found.last],
        about=about,
        more={
            "quality": flags(found.doubtful, "questionable", "derived"),
            "basis": Codes.constant("readings", len(found.first)),
        },
    )
    yield from _remarks(lines, found, np.flatnonzero(back))


def _remarks(lines: _Lines, found: Steps, back: Int64s) -> Iterator[Remark]:
    stated = lines.diff[found.last]
    # `diff` counts from the line before, which is the reading before unless lines were dropped in between.
    beside = np.isin(found.last, found.first + 1) & (found.last == found.first + 1)
    differs = found.last[beside & ~found.doubtful & (stated != NULL) & (stated != found.amount)]
    for rows, text, kind in (
        (differs, DISAGREES, "disagreement"),
        (found.repeated, REPEATED, "disagreement"),
        (back, STEP_BACK, "disagreement"),
        (found.replaced, REPLACED, "guess"),
        (found.rolled, ROLLED, "guess"),
    ):
        if len(rows):
            yield Remark(
                "guess" if kind == "guess" else "disagreement", text, f"line {lines.numbers[rows[0]]}", len(rows)
            )


IMPORTERS: tuple[Importer, ...] = (HourlyIndex(),)
