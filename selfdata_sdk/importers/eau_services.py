"""eau-services.com and Eau du Grand Lyon (until 2023): daily use as CSV.

`date;consommation(litre)`, dd/mm/yyyy. The holder takes differences of an index that its system sometimes loses,
so a use can be hugely negative and the next one hugely positive: together they are the use of both days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from ..model import Record, Source, Text, WaterUse
from ..model.column import NULL, Codes
from ..model.time import DAY, Int64s
from .cells import Mask
from .delimited import grids, split
from .file import File, Sample
from .importer import Importer, Item, Options, Remark
from .numbers import decimals
from .reasons import IMPLAUSIBLE, NO_NUMBER, NO_TIME, misfits, rejected
from .sieve import TWICE
from .stamps import stamps
from .water import MOST_IN_A_DAY, by_line, days, places_of, uses

TZ = "Europe/Paris"

LOST_INDEX = Text(
    en="A negative use and the opposite one beside it come from an index that the holder lost: "
    "kept as one questionable use over both days.",
    fr="Une consommation négative et son opposée voisine viennent d'un index perdu par le détenteur : "
    "gardées comme une seule consommation douteuse sur les deux jours.",
)
LAST_DAY = Text(
    en="The last day may still change: its use is provisional.",
    fr="Le dernier jour peut encore changer : sa consommation est provisoire.",
)
_HEADER = re.compile(r"date;consommation ?\(([\w³]+)\)", re.IGNORECASE)


class EauServices:
    """One column of litres (or cubic metres) by day."""

    name = "eau-services-csv"
    version = "1"
    title = Text(
        en="Daily water use, eau-services or Grand Lyon until 2023",
        fr="Consommation d'eau par jour, eau-services ou Grand Lyon jusqu'en 2023",
    )
    holder = "eau-services"
    record_types: tuple[type[Record], ...] = (WaterUse,)

    def recognises(self, sample: Sample) -> bool:
        return _places(sample) is not None

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        places = _places(file.sample)
        assert places is not None, "read only what is recognised"
        empty = np.zeros(0, np.int64)
        lines, local, litres = [empty], [empty], [empty]
        for grid in grids(file, ";", 2):
            yield from misfits(grid)
            when = stamps(grid.cells(0), "DD/MM/YYYY")
            used, bad = decimals(grid.cells(1), places)
            yield from rejected(grid.lines, when.bad, NO_TIME)
            yield from rejected(grid.lines, bad & ~when.bad, NO_NUMBER)
            good = ~when.bad & ~bad & (used != NULL)
            lines.append(grid.lines[good])
            local.append(when.local[good])
            litres.append(used[good])
        yield from _days(np.concatenate(lines), np.concatenate(local), np.concatenate(litres), source, options)


def _places(sample: Sample) -> int | None:
    found = _HEADER.fullmatch(";".join(split(sample.lines[0], ";"))) if sample.lines else None
    return None if found is None else places_of(found[1])


def _days(lines: Int64s, local: Int64s, litres: Int64s, source: Source, options: Options) -> Iterator[Item]:
    order = np.argsort(local, kind="stable")
    lines, local, litres = lines[order], local[order], litres[order]
    again = np.flatnonzero(np.diff(local) == 0)
    if len(differing := again[litres[again] != litres[again + 1]]):
        yield Remark("disagreement", TWICE, f"line {lines[differing[0] + 1]}", len(differing))
    once = np.append(np.diff(local) != 0, True)[: len(local)]
    lines, local, litres = lines[once], local[once], litres[once]
    if not len(local):
        return
    until = local + DAY
    last = local == local[-1]
    litres, until, kept, joined = _join_opposites(litres, local, until)
    if joined.any():
        yield Remark("disagreement", LOST_INDEX, f"line {lines[np.argmax(joined)]}", int(joined.sum()))
    possible = kept & (litres >= 0) & (litres <= MOST_IN_A_DAY * ((until - local) // DAY))
    yield from rejected(lines, kept & ~possible, IMPLAUSIBLE)
    tz = options.tz or TZ
    words = np.where(joined, 1, 0).astype(np.int32)
    status = np.where(last | (until > local[-1]), 1, 0).astype(np.int32)
    table = uses(
        by_line(source),
        options,
        cadence="P1D",
        tz=tz,
        start=days(local, tz)[0],
        end=days(until, tz)[0],
        litres=litres,
        lines=lines,
        more={
            "quality": Codes(words, ("measured", "questionable")),
            "status": Codes(status, ("final", "provisional")),
            "basis": Codes.constant("reported", len(litres)),
        },
    )
    yield table.take(possible)
    yield Remark("guess", LAST_DAY, f"line {lines[-1]}")


def _join_opposites(litres: Int64s, local: Int64s, until: Int64s) -> tuple[Int64s, Int64s, Mask, Mask]:
    """A negative use and the neighbour that takes it back become one use over both.

    (litres, ends, True where a row is kept, True where it stands for two).
    """
    litres, until = litres.copy(), until.copy()
    kept, joined = np.ones(len(litres), bool), np.zeros(len(litres), bool)
    for row in np.flatnonzero(litres < 0).tolist():
        for first in (row, row - 1):
            if not 0 <= first < len(litres) - 1 or not (kept[first] and kept[first + 1]) or joined[first]:
                continue
            total = int(litres[first] + litres[first + 1])
            span = int(until[first + 1] - local[first]) // DAY
            if 0 <= total <= MOST_IN_A_DAY * span and abs(int(litres[row])) > 0:
                litres[first], until[first] = total, until[first + 1]
                kept[first + 1], joined[first] = False, True
                break
    return litres, until, kept, joined


IMPORTERS: tuple[Importer, ...] = (EauServices(),)
