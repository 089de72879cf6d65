"""What the importers of water have in common: readings and uses in litres as tables, and litres from any unit."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from ..model import Series, Source, Table, Text, WaterReading, WaterUse
from ..model.column import Codes, Column, Ints
from ..model.time import DAY, Int64s, to_utc
from .cells import Mask
from .importer import Options
from .meters import Dial

PLACES = 3
"""Water is kept in thousandths of a litre."""

LITRE = 1_000

HOME = Dial(fastest=10_000 * LITRE, tolerance=2 * LITRE, unit=LITRE)
"""A home's connection: 10 m³ in an hour is more than any lets through; radio rounding steps back by a litre."""

MOST_IN_A_DAY = 100_000 * LITRE
"""A day's use above this is no home's."""

UNIT_UNSAID = Text(
    en="The file does not say the unit: taken for {unit}, as the values are those of a home then. Marked questionable.",
    fr="Le fichier ne dit pas l'unité : lue en {unit}, car les valeurs sont alors celles d'un logement. "
    "Marqué comme douteux.",
)
DISAGREES = Text(
    en="The use that the holder states is not the difference of its readings: both are kept.",
    fr="La consommation indiquée n'est pas la différence des index : les deux sont conservées.",
)


def places_of(unit: str) -> int | None:
    """The decimal places to read a number of `unit` with, to get thousandths of a litre; None if unknown."""
    match re.sub(r"[\s.]", "", unit).casefold():
        case "l" | "litre" | "litres" | "liter" | "liters":
            return PLACES
        case "m3" | "m³" | "mcube" | "mètrescubes" | "metrescubes":
            return PLACES + 3
        case _:
            return None


def uses(
    source: Source,
    options: Options,
    *,
    cadence: str,
    tz: str,
    start: Int64s,
    end: Int64s,
    litres: Int64s,
    lines: Int64s,
    about: str = "",
    register: str = "",
    more: Mapping[str, Column] | None = None,
) -> Table:
    """A table of water uses, `litres` in thousandths; `more` columns beside."""
    series = Series(WaterUse.type, source.holder, about or options.about, register or options.register, cadence, tz)
    columns = {"start": Ints(start), "end": Ints(end), "litres": Ints(litres), **(more or {}), "locator": Ints(lines)}
    return Table(WaterUse, series, columns, (source,))


def readings(
    source: Source,
    options: Options,
    *,
    cadence: str,
    tz: str,
    at: Int64s,
    litres: Int64s,
    lines: Int64s,
    about: str = "",
    more: Mapping[str, Column] | None = None,
) -> Table:
    """A table of readings of a water meter, `litres` in thousandths; `more` columns beside."""
    series = Series(WaterReading.type, source.holder, about or options.about, options.register, cadence, tz)
    columns = {"at": Ints(at), "litres": Ints(litres), **(more or {}), "locator": Ints(lines)}
    return Table(WaterReading, series, columns, (source,))


def by_line(source: Source) -> Source:
    """The source with its places in the file counted in lines."""
    return source.model_copy(update={"locator": "line {}"})


def days(local: Int64s, tz: str) -> tuple[Int64s, Int64s]:
    """The instants at which the local days of wall-clock times start and end."""
    midnight = local // DAY * DAY
    return to_utc(midnight, tz), to_utc(midnight + DAY, tz)


def flags(mask: Mask, word: str, other: str) -> Codes:
    """`word` where `mask`, else `other`."""
    return Codes(np.where(mask, 0, 1).astype(np.int32), (word, other))
