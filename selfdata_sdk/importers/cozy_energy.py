"""Consumption statements of the pilot MesInfos (`org.fing.mesinfos.consumptionstatement`): electricity and gas.

| statementCategory | value                                   | its times                                          |
|-------------------|-----------------------------------------|----------------------------------------------------|
| (of a bill)       | kW.h                                    | dates, the last day included                       |
| edelia            | kW.h, `cost` in euros                   | dates, the last one not included                   |
| linky             | half hours: W, the mean power           | times on the local clock                           |
| gazpar            | kW.h, `volume` in m3, `…Coefficient`    | gas days, the last one included                    |

Whether the last day is included is told by the next statement: it starts on that day or on the day after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from ..model import ElectricityUse, GasUse, Series, Source, Text
from ..model.time import HOUR, to_utc
from .bank import TZ, days
from .batch import Batch
from .cozy_documents import CLOUD, Said, euros
from .importer import Item, Options, Rejection, Remark
from .instants import instant
from .jsons import Json, kept, member, words
from .moments import day
from .numbers import scaled
from .reasons import NO_NUMBER, NO_TIME

GAS_DAY = 6 * HOUR
"""A gas day starts at 6 in the morning."""

ELECTRICITY = Text(
    en="A statement does not say what was used: taken for electricity.",
    fr="Un relevé ne dit pas ce qui a été consommé : pris pour de l'électricité.",
)
POWER = Text(
    en="The half hours do not say their unit: taken for watts, the mean power. Marked questionable.",
    fr="Les demi-heures ne disent pas leur unité : lues en watts, la puissance moyenne. Marquées comme douteuses.",
)
INCLUDED = Text(
    en="The last day of a statement is taken to be included, as the next one starts on the day after.",
    fr="Le dernier jour d'un relevé est pris comme inclus, car le suivant commence le lendemain.",
)

_CADENCES = (("monthly", "P1M"), ("yearly", "P1Y"), ("daily", "P1D"), ("halfhour", "PT30M"))
_READ = CLOUD | {
    "contractNumber", "start", "end", "value", "statementType", "cost", "volume", "volumeToEnergyCoefficient", "period",
}  # fmt: skip


class Statements:
    """Collects the statements of one file."""

    def __init__(self, source: Source, options: Options, template: str) -> None:
        self._batch, self._options = Batch(source, template), options
        self._holder, self._tz = source.holder, options.tz or TZ

    def items(self, statements: Sequence[Said]) -> Iterator[Item]:
        groups: dict[tuple[bool, Series], list[Said]] = {}
        for one in statements:
            about = " ".join(f"{words(one.said, name)}".casefold() for name in ("statementReason", "statementCategory"))
            is_gas = "gaz" in about or "gas" in about
            if not is_gas and not any(w in about for w in ("elec", "linky")):
                yield Remark("guess", ELECTRICITY, one.place)
            series = Series(
                GasUse.type if is_gas else ElectricityUse.type,
                self._holder,
                self._options.about or str(member(one.said, "contractNumber") or ""),
                self._options.register,
                next((cadence for word, cadence in _CADENCES if word in about), ""),
                self._tz,
            )
            groups.setdefault((is_gas, series), []).append(one)
        for (is_gas, series), part in groups.items():
            included = _last_is_included(part)
            if included:
                yield Remark("guess", INCLUDED, part[0].place)
            for one in part:
                yield from self._statement(one, series, is_gas, included)
        yield from self._batch.items()

    def _statement(self, one: Said, series: Series, is_gas: bool, included: bool) -> Iterator[Item]:
        said = one.said
        start, end = self._moment(said, "start", is_gas, 0), self._moment(said, "end", is_gas, int(included))
        if start is None or end is None or end <= start:
            yield Rejection(one.place, NO_TIME)
            return
        try:
            value = _number(said, "value", 4)
            volume, ratio = _number(said, "volume", 4), _number(said, "volumeToEnergyCoefficient", 4)
        except ValueError:
            yield Rejection(one.place, NO_NUMBER)
            return
        if value is None:
            yield Rejection(one.place, NO_NUMBER)
            return
        quality = "measured" if words(said, "statementType").casefold() in ("reel", "mesure") else "estimated"
        if is_gas:
            ext = kept(said, _READ - {"cost"}, "mesinfos")
            body: dict[str, object] = {"energy": value, "volume": volume, "coefficient": ratio, "ext": ext}
            self._batch.add(GasUse, series, one.number, start=start, end=end, quality=quality, **body)
            return
        ext = kept(said, _READ - {"volume", "volumeToEnergyCoefficient"}, "mesinfos")
        body = {"energy": value * 100, "cost": euros(said, "cost"), "ext": ext}
        if series.cadence == "PT30M":
            yield Remark("guess", POWER, one.place)
            # Tenths of a milliwatt over the hours of the step, in milliwatt-hours.
            body |= {"energy": value * (end - start) // (10 * HOUR), "power": value // 10}
            quality = "questionable"
        self._batch.add(ElectricityUse, series, one.number, start=start, end=end, quality=quality, **body)

    def _moment(self, said: Json, name: str, is_gas: bool, after: int) -> int | None:
        """A time, or the start of a day, `after` days later."""
        text = words(said, name)
        if len(text) > 10 and (at := instant(text, self._tz)) is not None:
            return at if not after else self._start(date.fromisoformat(text[:10]), is_gas, after)
        on = day(text[:10])
        return None if on is None else self._start(on, is_gas, after)

    def _start(self, on: date, is_gas: bool, after: int) -> int:
        local = (days(on) + after) * 24 * HOUR + (GAS_DAY if is_gas else 0)
        return int(to_utc(np.array([local]), self._tz)[0])


def _last_is_included(part: Sequence[Said]) -> bool:
    """True if a statement starts on the day after another one's last day."""
    found = [(day(words(one.said, "start")[:10]), day(words(one.said, "end")[:10])) for one in part]
    starts = {start for start, _ in found}
    ends = [end for start, end in found if end is not None and end != start]
    return any(end not in starts and end + timedelta(days=1) in starts for end in ends)


def _number(said: Json, name: str, places: int) -> int | None:
    found = member(said, name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
        raise ValueError("is not a number")
    return scaled(found, places)
