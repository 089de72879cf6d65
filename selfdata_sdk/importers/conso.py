"""The CSV of the browser extension Conso Downloader: a load curve that it collects from the Enedis account.

    debut;fin;kW
    2024-01-01T00:00:00+01:00;2024-01-01T00:30:00+01:00;"0,412"

`fin` is missing in some files; the step is then the time to the next line. The mean power has a decimal comma, and is
`null` where Enedis has none: missing, a gap. All other values are measured. The file does not name the supply point.

Source of the format: the extension's own published code.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model import ElectricityUse, Record, Series, Source, Text
from ..model.column import NULL
from ..model.time import unfold
from . import enedis
from .delimited import cut, ends_with_newline, named, rows, split
from .file import File, Sample
from .importer import Item, Options, Rejection
from .load_curve import STEPS, Powers, load_curve
from .moments import instant, wall_clock
from .numbers import scaled
from .stepped import Int64s, steps

_KILO_TO_MILLI = 6

BAD_STAMP = Text(en="The date and time cannot be read.", fr="La date et l'heure ne peuvent pas être lues.")
BAD_VALUE = Text(en="The value is not a number.", fr="La valeur n'est pas un nombre.")
BAD_WIDTH = Text(en="The line has too few columns.", fr="La ligne n'a pas assez de colonnes.")
BACKWARDS = Text(en="The step ends before it starts.", fr="Le pas se termine avant d'avoir commencé.")


class ConsoDownloader:
    """A load curve in kW, stamped at the start of each step."""

    name = "conso-downloader"
    version = "1"
    title = Text(en="Conso Downloader (CSV)", fr="Conso Downloader (CSV)")
    holder = enedis.HOLDER
    record_types: tuple[type[Record], ...] = (ElectricityUse,)

    def recognises(self, sample: Sample) -> bool:
        header = split(sample.lines[0], ";") if sample.lines else []
        return named(header, "debut", "kW") or named(header, "debut", "fin", "kW")

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        tz = options.tz or enedis.TZ
        found = _Lines(has_end=False)
        last, fits = 0, True
        for number, cells in rows(file, ";"):
            if number == 1:
                found = _Lines(has_end=len(cells) > 2)
                continue
            reason = found.add(number, cells)
            last, fits = number, reason is None
            if reason is not None:
                yield Rejection(f"line {number}", reason)
        if not fits and not ends_with_newline(file):
            raise cut(file, last)
        series = Series(ElectricityUse.type, source.holder, options.about, options.register, tz=tz)
        powers = found.powers(tz)
        forward = powers.stated >= 0
        for number in powers.numbers[~np.asarray(forward, bool)].tolist():
            yield Rejection(f"line {number}", BACKWARDS)
        yield from load_curve(
            powers.take(np.flatnonzero(forward)), series, source.model_copy(update={"locator": "line {}"})
        )


class _Lines:
    """The lines of a file, a number per cell."""

    def __init__(self, *, has_end: bool) -> None:
        self.has_end = has_end
        self.rows: list[tuple[int, int, int, int, int]] = []
        """(line, start, whether it has an offset, end or NULL, mW or NULL)"""

    def add(self, number: int, cells: list[str]) -> Text | None:
        """Take a line; why it cannot be taken."""
        width = 3 if self.has_end else 2
        if len(cells) < width:
            return BAD_WIDTH
        start = _moment(cells[0])
        end = _moment(cells[1]) if self.has_end else (NULL, True)
        if start is None or end is None:
            return BAD_STAMP
        try:
            power = scaled(cells[width - 1], _KILO_TO_MILLI)
        except ValueError:
            return BAD_VALUE
        self.rows.append((number, start[0], int(start[1]), end[0], NULL if power is None else power))
        return None

    def powers(self, tz: str) -> Powers:
        """The steps by their end. Where a line states an end before its start, the stated length is negative."""
        table = np.array(self.rows, np.int64).reshape(-1, 5)
        numbers, start, absolute, end, power = table.T
        start = _instants(start, absolute == 1, tz)
        if self.has_end:
            length = _instants(end, absolute == 1, tz) - start
            length[length == 0] = -1
        else:
            order = np.argsort(-start, kind="stable")
            length = np.empty_like(start)
            # Seen backwards, the time to the next line is the time since the line before.
            length[order] = steps(-start[order], STEPS)[0]
        return Powers(start + length, power, numbers, length)


def _moment(text: str) -> tuple[int, bool] | None:
    """(µs, whether they are UTC) of a stamp with or without an offset."""
    if (at := instant(text)) is not None:
        return at, True
    return None if (local := wall_clock(text)) is None else (local, False)


def _instants(values: Int64s, absolute: np.ndarray[tuple[int], np.dtype[np.bool_]], tz: str) -> Int64s:
    found = values.copy()
    if not absolute.all():
        found[~absolute] = unfold(values[~absolute], tz)
    return found


IMPORTERS = (ConsoDownloader(),)
