"""What the files of GRDF, the operator of most of the French gas network, have in common.

| qualification         | quality                |
|-----------------------|------------------------|
| `Mesuré`, none        | measured               |
| `Estimé`              | estimated              |
| `Corrigé`             | edited                 |
| `Absence de Données`  | missing: a gap         |
| any other             | questionable           |

Gas days run from 06:00 to 06:00 on the clock of Paris, with 23 or 25 hours at the changes of the clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ..model import GasReading, GasUse, Record, Series, Source, Text
from ..model.time import day_bounds
from .batch import Batch
from .importer import Item, Options, Remark

HOLDER = "GRDF"
TZ = "Europe/Paris"
PLACES = 4
UNIT = 10_000

PCE = re.compile(r"\d{14}|GI\d{6}")
"""A gas supply point: 14 digits, or GI and 6 digits."""

QUALITIES = {
    "": "measured",
    "mesuré": "measured",
    "estimé": "estimated",
    "corrigé": "edited",
    "absence de données": "missing",
}

ENERGY_DISAGREES = Text(
    en="The energy is not the volume times the coefficient that the file states beside it: all three are kept.",
    fr="L'énergie n'est pas le volume multiplié par le coefficient indiqué à côté : les trois sont gardés.",
)
VOLUME_DISAGREES = Text(
    en="The volume is not the difference of the readings beside it: all are kept.",
    fr="Le volume n'est pas la différence des index indiqués à côté : tous sont gardés.",
)
INDEX_DISAGREES = Text(
    en="A period starts at another reading than the one before ended: the first of the two is kept.",
    fr="Une période commence à un autre index que celui auquel la précédente a fini : le premier des deux est gardé.",
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the holder says of one period: bounds in µs, quantities as integers × 10⁴, None if not stated."""

    number: int
    start: int
    end: int
    volume: int | None = None
    energy: int | None = None
    coefficient: int | None = None
    first_index: int | None = None
    last_index: int | None = None
    quality: str = "measured"
    status: str = "final"


@dataclass(slots=True)
class Statements:
    """Statements of one supply point as records; what does not fit together is reported, never repaired."""

    source: Source
    options: Options
    pce: str
    cadence: str
    place: str
    tz: str = ""
    batch: Batch = field(init=False)
    _shown: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tz = self.options.tz or TZ
        self.batch = Batch(self.source, self.place)

    def add(self, said: Statement) -> Iterator[Item]:
        missing = said.quality == "missing"
        values: dict[str, object] = {
            "volume": None if missing else said.volume,
            "energy": None if missing else said.energy,
            "coefficient": None if missing else said.coefficient,
        }
        self.batch.add(
            GasUse,
            self._series(GasUse),
            said.number,
            start=said.start,
            end=said.end,
            quality=said.quality,
            status=said.status,
            **values,
        )
        if missing:
            return
        for fits, text in ((_energy_fits(said), ENERGY_DISAGREES), (_volume_fits(said), VOLUME_DISAGREES)):
            if not fits:
                yield Remark("disagreement", text, self._at(said.number))
        for at, index in ((said.start, said.first_index), (said.end, said.last_index)):
            if index is not None:
                yield from self._show(said, at, index)

    def items(self) -> Iterator[Item]:
        yield from self.batch.items()

    def _show(self, said: Statement, at: int, index: int) -> Iterator[Item]:
        """A reading; the end of one period and the start of the next are one."""
        if at not in self._shown:
            self._shown[at] = index
            self.batch.add(GasReading, self._series(GasReading), said.number, at=at, volume=index, quality=said.quality)
        elif self._shown[at] != index:
            yield Remark("disagreement", INDEX_DISAGREES, self._at(said.number))

    def _series(self, record_type: type[Record]) -> Series:
        about = self.options.about or self.pce
        return Series(record_type.type, self.source.holder, about, self.options.register, self.cadence, self.tz)

    def _at(self, number: int) -> str:
        return self.place.replace("{}", str(number))


def quality_of(qualification: str) -> str:
    return QUALITIES.get(" ".join(qualification.casefold().split()), "questionable")


def gas_days(tz: str, first: date, last: date) -> tuple[int, int]:
    """The instants (µs) at which the gas day `first` starts and `last` ends."""
    return int(day_bounds(tz, first, first, "gas")[0]), int(day_bounds(tz, last, last, "gas")[1])


def _energy_fits(said: Statement) -> bool:
    """Volumes are whole cubic metres cut off or rounded, coefficients have two decimals, energies none."""
    if said.volume is None or said.energy is None or not said.coefficient:
        return True
    product = said.volume * said.coefficient // UNIT
    margin = said.coefficient + UNIT // 2 + said.volume // 200
    return abs(product - said.energy) <= margin


def _volume_fits(said: Statement) -> bool:
    if said.volume is None or said.first_index is None or said.last_index is None:
        return True
    return abs(said.last_index - said.first_index - said.volume) <= UNIT
