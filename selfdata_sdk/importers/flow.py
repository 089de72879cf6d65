"""Feeds of flow sensors in a home: a whole flow trace, or the events of one fixture.

Trace: lines of `epoch seconds` and `flow`, without header, about every ten seconds while water flows and every ten
minutes when it rests. Events: `Time Flow "End time"`: epoch seconds of start and end, and the litres between.
Both in UTC. The files state no unit. For the traces the publication of the one public set of such feeds (WEUSEDTO,
Naples; Di Mauro et al., SoftwareX 2022, doi:10.1016/j.softx.2022.101144) is understood to say mL/s; on which side of
its stamp a flow holds is not documented, nor what an event's number is. All of it is reported as guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from ..model import Record, Source, Text, WaterUse
from ..model.column import NULL, Codes
from ..model.time import MINUTE, SECOND, Int64s
from .cells import Mask
from .delimited import grids, named, split
from .file import File, Sample
from .importer import Importer, Item, Options, Remark
from .numbers import decimals
from .reasons import IMPLAUSIBLE, NO_NUMBER, NO_TIME, misfits, rejected
from .water import LITRE, by_line, uses

TZ = "Europe/Paris"

FASTEST = 5 * LITRE * 1_000
"""Thousandths of a millilitre per second: 5 L/s is more than a home's connection lets through."""

LONGEST_FLOW = 20 * SECOND
"""A flow above zero is not taken to go on for longer than two samples."""

LONGEST_REST = 15 * MINUTE
"""A flow of zero is said again every ten minutes."""

_FIRST, _LAST = 946_684_800, 4_102_444_800  # the years 2000 to 2099, in epoch seconds
_LINE = re.compile(r"\d{9,10} -?\d+(\.\d+)?(e[+-]?\d+)?")

FLOW_UNIT = Text(
    en="The file does not say the unit of the flow: taken for millilitres per second. Marked questionable.",
    fr="Le fichier ne dit pas l'unité du débit : lu en millilitres par seconde. Marqué comme douteux.",
)
EVENT_UNIT = Text(
    en="The file does not say the unit of an event: taken for its litres. Marked questionable.",
    fr="Le fichier ne dit pas l'unité d'un usage : lu comme ses litres. Marqué comme douteux.",
)
HOLD = Text(
    en="The file does not say for how long a flow lasts: taken to last until the next line, at most 20 seconds.",
    fr="Le fichier ne dit pas combien de temps dure un débit : pris jusqu'à la ligne suivante, au plus 20 secondes.",
)
WHOLE_HOME = Text(
    en="The file does not say what the sensor is on: taken for the whole home. Say --register for a fixture.",
    fr="Le fichier ne dit pas où est le capteur : pris pour tout le logement. Indiquez --register pour un appareil.",
)
FIXTURE = Text(
    en="The file does not name the fixture: kept as “fixture”, apart from the home's total. Say --register to name it.",
    fr="Le fichier ne nomme pas l'appareil : gardé comme « fixture », à part du total du logement. "
    "Indiquez --register pour le nommer.",
)


class FlowTrace:
    """One sensor's flow through time."""

    name = "flow-trace"
    version = "1"
    title = Text(en="Water flow through time", fr="Débit d'eau au fil du temps")
    holder = "Flow sensor"
    record_types: tuple[type[Record], ...] = (WaterUse,)

    def recognises(self, sample: Sample) -> bool:
        lines = [line.strip() for line in sample.lines[:20] if line.strip()]
        return len(lines) > 1 and all(_LINE.fullmatch(line) for line in lines)

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        empty = np.zeros(0, np.int64)
        lines, at, flow = [empty], [empty], [empty]
        for grid in grids(file, " ", 2, skip=0):
            yield from misfits(grid)
            seconds, no_time = _epoch(decimals(grid.cells(0), 0))
            value, bad = decimals(grid.cells(1), 3)
            wild = ~bad & ((value < 0) | (value > FASTEST))
            yield from rejected(grid.lines, no_time, NO_TIME)
            yield from rejected(grid.lines, ~no_time & bad, NO_NUMBER)
            yield from rejected(grid.lines, ~no_time & wild, IMPLAUSIBLE)
            # A line that cannot be true still ends what the line before it says.
            value[bad | wild] = NULL
            lines.append(grid.lines[~no_time])
            at.append(seconds[~no_time])
            flow.append(value[~no_time])
        yield from _trace(np.concatenate(lines), np.concatenate(at), np.concatenate(flow), source, options)


class FlowEvents:
    """The events of one fixture: flushes, showers."""

    name = "flow-events"
    version = "1"
    title = Text(en="Water events of a fixture", fr="Usages d'eau d'un appareil")
    holder = "Flow sensor"
    record_types: tuple[type[Record], ...] = (WaterUse,)

    def recognises(self, sample: Sample) -> bool:
        return bool(sample.lines) and named(split(sample.lines[0], " "), "time", "flow", "end time")

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        register = options.register or "fixture"
        for grid in grids(file, " ", 3):
            yield from misfits(grid)
            start, no_start = _epoch(decimals(grid.cells(0), 0))
            end, no_end = _epoch(decimals(grid.cells(2), 0))
            litres, bad = decimals(grid.cells(1), 3)
            no_time = no_start | no_end
            yield from rejected(grid.lines, no_time, NO_TIME)
            yield from rejected(grid.lines, ~no_time & bad, NO_NUMBER)
            good = ~no_time & ~bad
            yield uses(
                by_line(source),
                options,
                cadence="",
                tz=options.tz or TZ,
                start=start[good],
                end=end[good],
                litres=litres[good],
                lines=grid.lines[good],
                register=register,
                more={
                    "quality": Codes.constant("questionable", int(good.sum())),
                    "basis": Codes.constant("reported", int(good.sum())),
                },
            )
        yield Remark("guess", EVENT_UNIT)
        if not options.register:
            yield Remark("guess", FIXTURE)


def _epoch(numbers: tuple[Int64s, Mask]) -> tuple[Int64s, Mask]:
    """(instants, True where there is no epoch second of this century)."""
    seconds, bad = numbers
    bad = bad | (seconds < _FIRST) | (seconds > _LAST)
    return np.where(bad, 0, seconds) * SECOND, bad


def _trace(lines: Int64s, at: Int64s, flow: Int64s, source: Source, options: Options) -> Iterator[Item]:
    if len(at) < 2:
        return
    order = np.argsort(at, kind="stable")
    lines, at, flow = lines[order], at[order], flow[order]
    lasts = np.minimum(np.diff(at), np.where(flow[:-1] == 0, LONGEST_REST, LONGEST_FLOW))
    known = (flow[:-1] != NULL) & (lasts > 0)
    # Thousandths of a millilitre per second times µs, rounded to millilitres; bounded, so far below 2^63.
    litres = (np.where(known, flow[:-1], 0) * lasts + 500 * SECOND) // (1_000 * SECOND)
    yield uses(
        by_line(source),
        options,
        cadence="PT10S",
        tz=options.tz or TZ,
        start=at[:-1][known],
        end=(at[:-1] + lasts)[known],
        litres=litres[known],
        lines=lines[:-1][known],
        more={
            "quality": Codes.constant("questionable", int(known.sum())),
            "basis": Codes.constant("reported", int(known.sum())),
        },
    )
    yield Remark("guess", FLOW_UNIT)
    yield Remark("guess", HOLD)
    if not options.register:
        yield Remark("guess", WHOLE_HOME)


IMPORTERS: tuple[Importer, ...] = (FlowTrace(), FlowEvents())
