"""Mean powers with the end of their step, as electricity use: one series for each length of step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..model import ElectricityUse, Series, Source, Table, Text
from ..model.column import NULL, Codes, Column, Ints
from ..model.time import HOUR, MINUTE, SECOND, cadence_of
from .importer import Item, Remark
from .stepped import Guess, Int64s, Mask, steps

STEPS = (5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR)

INFERRED = Text(
    en="The file does not say over how long each value was measured: the time between values was taken.",
    fr="Le fichier ne dit pas sur quelle durée chaque valeur est mesurée : l'écart entre les valeurs a été retenu.",
)
ASSUMED = Text(
    en="The file does not say over how long each value was measured, and holds too few values to tell: half an hour "
    "was assumed.",
    fr="Le fichier ne dit pas sur quelle durée chaque valeur est mesurée et contient trop peu de valeurs pour le "
    "savoir : une demi-heure a été supposée.",
)
ROUNDED = Text(
    en="Energy is power times the step; where that is not a whole number of milliwatt-hours it was rounded to one.",
    fr="L'énergie est la puissance multipliée par la durée ; elle a été arrondie au milliwattheure quand elle n'en "
    "était pas un nombre entier.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Powers:
    """Columns of shape (n,), in any order.

    at        where each step ends (µs UTC)
    power     mean power over the step in mW; `NULL` where the holder gives none
    numbers   the places in the file
    stated    length of the steps (µs) as the file says, for all or for each; 0 if it does not
    quality   of each value, or None: all measured
    """

    at: Int64s
    power: Int64s
    numbers: Int64s
    stated: Int64s | int = 0
    quality: Codes | None = None

    def take(self, rows: Mask | Int64s) -> Powers:
        stated = self.stated if isinstance(self.stated, int) else self.stated[rows]
        quality = None if self.quality is None else self.quality.take(rows)
        return Powers(self.at[rows], self.power[rows], self.numbers[rows], stated, quality)

    def in_order(self) -> Powers:
        if (np.diff(self.at) >= 0).all():
            return self
        return self.take(np.argsort(self.at, kind="stable"))


def load_curve(powers: Powers, series: Series, source: Source) -> Iterator[Item]:
    """Tables of uses; a value that is not there becomes a row that says so. `series.cadence` is filled in.

    Energy is exact where it is a whole number of mWh, else rounded half to even, which is reported once.
    """
    if not len(powers.at):
        return
    powers = powers.in_order()
    step, guess = _steps(powers.at, powers.stated)
    if guess:
        place = (source.locator or "{}").replace("{}", str(powers.numbers[0]))
        yield Remark("guess", ASSUMED if guess == "assumed" else INFERRED, place)
    lengths = _lengths(step)
    for length in lengths:
        # A file of one step is passed on without copies.
        chosen = powers if len(lengths) == 1 else powers.take(step == length)
        yield from _uses(chosen, length, replace(series, cadence=cadence_of(length)), source)


def energy_of(power: Int64s, length: int) -> tuple[Int64s, Mask | None]:
    """Energy in mWh of a mean power in mW over `length` µs, and where it had to be rounded (None: nowhere)."""
    seconds, hour = length // SECOND, HOUR // SECOND
    whole = hour // seconds
    if whole * seconds == hour and not (power % whole).any():
        return power // whole, None
    energy, rest = np.divmod(power * seconds, hour)
    energy += (2 * rest > hour) | ((2 * rest == hour) & (energy % 2 == 1))
    rounded: Mask = rest != 0
    return energy, rounded if rounded.any() else None


def _steps(at: Int64s, stated: Int64s | int) -> tuple[Int64s, Guess]:
    """As `steps`, of ascending stamps that may be stated more than once, with lengths stated for some of them."""
    if not isinstance(stated, int):
        if (stated > 0).all():
            return stated, ""
        found, guess = _steps(at, 0)
        return np.where(stated > 0, stated, found), guess
    new = np.diff(at, prepend=at[0] - 1) > 0
    if new.all():
        return steps(at, STEPS, stated)
    found, guess = steps(at[new], STEPS, stated)
    return found[np.cumsum(new) - 1], guess


def _lengths(step: Int64s) -> list[int]:
    if (step == step[0]).all():
        return [int(step[0])]
    return [int(length) for length in np.unique(step)]


def _uses(powers: Powers, length: int, series: Series, source: Source) -> Iterator[Table | Remark]:
    empty = powers.power == NULL
    if empty.any():
        gone = powers.take(empty)
        missing = Codes.constant("missing", len(gone.at))
        yield _table(gone, length, series, source, {"energy": Ints(gone.power), "quality": missing})
        powers = powers.take(~empty)
    if not len(powers.at):
        return
    energy, rounded = energy_of(powers.power, length)
    body: dict[str, Column] = {"energy": Ints(energy), "power": Ints(powers.power)}
    if powers.quality is not None:
        body["quality"] = powers.quality
    yield _table(powers, length, series, source, body)
    if rounded is not None:
        first = (source.locator or "{}").replace("{}", str(powers.numbers[np.argmax(rounded)]))
        yield Remark("guess", ROUNDED, first, int(np.count_nonzero(rounded)))


def _table(powers: Powers, length: int, series: Series, source: Source, body: dict[str, Column]) -> Table:
    times: dict[str, Column] = {"start": Ints(powers.at - length), "end": Ints(powers.at)}
    return Table(ElectricityUse, series, {**times, **body, "locator": Ints(powers.numbers)}, (source,))
