"""Why a line is not kept: the reasons that many formats share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model import Text
from .cells import Int64s, Mask
from .delimited import Grid
from .importer import Rejection

MISFIT = Text(en="It does not have as many cells as the header.", fr="Elle n'a pas autant de cellules que l'en-tête.")
NO_TIME = Text(en="Its date or time cannot be read.", fr="Sa date ou son heure est illisible.")
NO_NUMBER = Text(en="Its value is not a number.", fr="Sa valeur n'est pas un nombre.")
NO_QUALITY = Text(
    en="It does not say whether the value is measured or estimated in a word that is known.",
    fr="Elle ne dit pas par un mot connu si la valeur est mesurée ou estimée.",
)
IMPLAUSIBLE = Text(en="Its value is not possible in a home.", fr="Sa valeur est impossible dans un logement.")
OTHER_METER = Text(
    en="It is a reading of another meter among those of this one.",
    fr="C'est un relevé d'un autre compteur parmi ceux de celui-ci.",
)
CLASHES = Text(
    en="It is a second, different reading of the same moment.", fr="C'est un second relevé, différent, du même instant."
)


def misfits(grid: Grid) -> Iterator[Rejection]:
    """The rejections of the lines with another number of cells."""
    for line in grid.misfits:
        yield Rejection(f"line {line}", MISFIT)


def rejected(lines: Int64s, rows: Mask | Int64s, reason: Text) -> Iterator[Rejection]:
    """The rejections of some of the `lines`, for one reason."""
    for line in np.atleast_1d(lines[rows]).tolist():
        yield Rejection(f"line {line}", reason)
