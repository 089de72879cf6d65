"""Green Button: the Atom feeds of ESPI (NAESB REQ.21) that North American utilities hand out.

An interval starts at an epoch second and lasts a number of seconds; a value times ten to `powerOfTenMultiplier` is
in the unit `uom`; a cost is in hundred-thousandths of the currency. Entries refer to each other by links, in any
order, under any prefix of the namespace http://naesb.org/espi.

| QualityOfReading                | quality      | status      |
|---------------------------------|--------------|-------------|
| none, valid, validated, verified, revenue | measured | final |
| raw                             | measured     | provisional |
| manually edited                 | edited       | final       |
| estimated by a reference day    | estimated    | final       |
| estimated by interpolation      | interpolated | final       |
| derived, normalized for weather | derived      | final       |
| projected                       | projected    | final       |
| questionable, mixed, other      | questionable | final       |

Delta data are uses; cumulative data are readings, at the end of their interval. What flows the other way (a home's
own production), reactive energy and other commodities are left out, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median_low

from ..model import (
    ElectricityReading,
    ElectricityUse,
    GasReading,
    GasUse,
    Money,
    Record,
    Series,
    Source,
    Text,
    WaterReading,
    WaterUse,
)
from ..model.field import fields_of
from ..model.time import SECOND, cadence_of
from .batch import Batch
from .espi_codes import (
    COMMODITIES,
    COST_PLACES,
    CUMULATIVE,
    CURRENCIES,
    DELTA,
    FORWARD,
    QUALITIES,
    SERVICES,
    UNITS,
    WORST_FIRST,
    Domain,
    Unit,
    zone_of,
)
from .espi_feed import ABSENT, Block, Feed, Meant, Meter, Point, feed
from .file import File, Sample
from .importer import Item, Options, Rejection, Remark

NAMESPACE = "http://naesb.org/espi"

_USE: dict[Domain, type[Record]] = {"electricity": ElectricityUse, "gas": GasUse, "water": WaterUse}
_READING: dict[Domain, type[Record]] = {
    "electricity": ElectricityReading,
    "gas": GasReading,
    "water": WaterReading,
}
_POINT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:-]{0,63}")
_REGISTER = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_LIMIT = 10**18

NO_TYPE = Text(
    en="The file does not say what these readings measure.", fr="Le fichier ne dit pas ce que mesurent ces relevés."
)
REVERSE = Text(
    en="These readings are not of what the home drew: they count what it fed in, or the difference.",
    fr="Ces relevés ne comptent pas ce que le logement a soutiré, mais ce qu'il a injecté, ou la différence.",
)
OTHER_UNIT = Text(
    en="These readings are in a unit that is not an amount of electricity, gas or water.",
    fr="Ces relevés sont dans une unité qui n'est pas une quantité d'électricité, de gaz ou d'eau.",
)
OTHER_COMMODITY = Text(
    en="These readings are of something else than electricity, gas or drinking water.",
    fr="Ces relevés portent sur autre chose que l'électricité, le gaz ou l'eau potable.",
)
OTHER_KIND = Text(
    en="These readings are momentary values, neither uses nor what a dial shows.",
    fr="Ces relevés sont des valeurs instantanées, ni des consommations ni l'affichage d'un compteur.",
)
NO_NUMBER = Text(en="The reading has no value.", fr="Le relevé n'a pas de valeur.")
NO_TIME = Text(
    en="The file does not say when the reading starts and how long it lasts.",
    fr="Le fichier ne dit pas quand commence le relevé ni combien de temps il dure.",
)
TOO_LARGE = Text(en="The value is too large to be true.", fr="La valeur est trop grande pour être vraie.")
ZONE_GUESSED = Text(
    en="The file states {hours} hours from Greenwich, not a time zone: {zone} was assumed.",
    fr="Le fichier indique {hours} heures d'écart avec Greenwich, pas un fuseau : {zone} a été supposé.",
)
NO_ZONE = Text(
    en="The file states no time zone: days are cut in UTC. Say which one, as in --tz America/New_York.",
    fr="Le fichier n'indique pas de fuseau horaire : les jours sont découpés en UTC. Précisez-le, par exemple --tz "
    "America/New_York.",
)
NO_CURRENCY = Text(
    en="The file states costs without a currency that is known here: they were left out.",
    fr="Le fichier indique des coûts sans monnaie connue ici : ils ont été laissés de côté.",
)


class GreenButton:
    """Electricity, gas and water of a Green Button download."""

    name = "green-button"
    version = "1"
    title = Text(en="Green Button (ESPI)", fr="Green Button (ESPI)")
    holder = "Green Button"
    record_types: tuple[type[Record], ...] = (*_USE.values(), *_READING.values())

    def recognises(self, sample: Sample) -> bool:
        return sample.is_xml and NAMESPACE in sample.text

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        found = feed(file)
        tz, remark = _zone(found, options)
        if remark is not None:
            yield remark
        reading = _Reading(found, options, tz, Batch(source, "IntervalReading {}"))
        for stream in _streams(found):
            yield from reading.stream(stream)
        yield from reading.batch.items()


def _zone(found: Feed, options: Options) -> tuple[str, Remark | None]:
    if options.tz:
        return options.tz, None
    for offset, summer in found.zones:
        if name := zone_of(offset, summer) if offset != ABSENT else "":
            hours = Decimal(offset) / 3600
            return name, Remark("guess", ZONE_GUESSED.fill(hours=hours, zone=name), "LocalTimeParameters")
    return "UTC", Remark("guess", NO_ZONE)


@dataclass(slots=True)
class _Stream:
    """The blocks of one MeterReading."""

    meter: Meter | None
    blocks: list[Block] = field(default_factory=list)


def _streams(found: Feed) -> list[_Stream]:
    streams: dict[int, _Stream] = {}
    for block in found.blocks:
        meter = found.meter_of(block)
        streams.setdefault(id(meter), _Stream(meter)).blocks.append(block)
    return list(streams.values())


@dataclass(frozen=True, slots=True)
class _Sense:
    """What the readings of a stream are: records of `record_type`, in scaled integers of `scale` per counted unit."""

    record_type: type[Record]
    field: str
    scale: Decimal
    currency: str
    instants: bool


@dataclass(slots=True)
class _Reading:
    """The way from a feed to tables."""

    feed: Feed
    options: Options
    tz: str
    batch: Batch
    _taken: set[Series] = field(default_factory=set)

    def stream(self, stream: _Stream) -> Iterator[Item]:
        """Put a stream's records into the batch; give what could not be."""
        meant = self.feed.type_of(stream.meter)
        point = self.feed.point_of(stream.meter)
        sense = _sense(meant, point)
        first = f"IntervalReading {stream.blocks[0].first}"
        if isinstance(sense, Text):
            yield Rejection(first, sense)
            return
        assert meant is not None
        rows = [row for block in stream.blocks for row in _rows(block, meant)]
        for block in stream.blocks:
            yield from (Rejection(f"IntervalReading {n}", NO_NUMBER) for n in block.faulty)
        timed = [row for row in rows if row.start != ABSENT and row.duration > 0]
        for row in rows:
            if row.start == ABSENT or row.duration <= 0:
                yield Rejection(f"IntervalReading {row.number}", NO_TIME)
        if any(row.cost != ABSENT for row in timed) and not sense.currency and sense.record_type is ElectricityUse:
            yield Remark("guess", NO_CURRENCY, first)
        if not timed:
            return
        series = self._series(sense, stream.meter, point, median_low(row.duration for row in timed))
        for row in timed:
            yield from self._add(row, sense, series, meant)

    def _series(self, sense: _Sense, meter: Meter | None, point: Point | None, seconds: int) -> Series:
        """The stream's own series; a second stream of one kind and cadence gets the name of its meter as register."""
        key = "" if point is None else point.entry.key
        about = self.options.about or (key if _POINT.fullmatch(key) else "")
        cadence = cadence_of(seconds * SECOND)
        series = Series(
            sense.record_type.type, self.batch.source.holder, about, self.options.register, cadence, self.tz
        )
        name = "" if meter is None else meter.entry.key
        if series in self._taken:
            register = name if _REGISTER.fullmatch(name) else f"meter-{len(self._taken) + 1}"
            series = Series(series.type, series.holder, about, register, cadence, self.tz)
        self._taken.add(series)
        return series

    def _add(self, row: _Row, sense: _Sense, series: Series, meant: Meant) -> Iterator[Item]:
        amount = int((row.value * sense.scale).to_integral_value("ROUND_HALF_EVEN"))
        if abs(amount) >= _LIMIT:
            yield Rejection(f"IntervalReading {row.number}", TOO_LARGE)
            return
        start, end = row.start * SECOND, (row.start + row.duration) * SECOND
        values: dict[str, object] = {"at": end} if sense.instants else {"start": start, "end": end}
        values[sense.field] = amount
        values["quality"] = _quality(row, meant)
        if row.raw == 1:
            values["status"] = "provisional"
        if sense.record_type is ElectricityUse and row.cost != ABSENT and sense.currency:
            values["cost"] = Money(amount=Decimal(row.cost).scaleb(-COST_PLACES), currency=sense.currency)
        if row.tou != ABSENT:
            values["ext"] = {"org.naesb.espi.tou": row.tou}
        self.batch.add(sense.record_type, series, row.number, **values)


def _sense(meant: Meant | None, point: Point | None) -> _Sense | Text:
    """What a stream's readings are, or why they are left out."""
    if meant is None:
        return NO_TYPE
    service = ABSENT if point is None else point.service
    commodity = meant.get("commodity")
    domain = COMMODITIES.get(commodity) if commodity else SERVICES.get(service)
    if domain is None and not commodity and meant.get("uom") == 72:
        domain = "electricity"
    if domain is None:
        return OTHER_COMMODITY
    if meant.get("flowDirection") not in FORWARD:
        return REVERSE
    unit = UNITS.get((domain, meant.get("uom")))
    if unit is None:
        return OTHER_UNIT
    behaviour = meant.get("accumulationBehaviour")
    if behaviour not in DELTA | CUMULATIVE:
        return OTHER_KIND
    instants = behaviour in CUMULATIVE
    record_type = (_READING if instants else _USE)[domain]
    if unit.field not in fields_of(record_type):
        return OTHER_UNIT
    return _Sense(
        record_type, unit.field, _scale(unit, meant, record_type), CURRENCIES.get(meant.get("currency"), ""), instants
    )


def _scale(unit: Unit, meant: Meant, record_type: type[Record]) -> Decimal:
    places = fields_of(record_type)[unit.field].places
    power = max(-30, min(30, meant.get("powerOfTenMultiplier")))
    return unit.factor.scaleb(power + places)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    start: int
    duration: int
    value: int
    cost: int
    quality: int
    raw: int
    tou: int


def _rows(block: Block, meant: Meant) -> Iterator[_Row]:
    """The rows of a block. One without a time of its own follows the one before by the type's interval length."""
    length = meant.get("intervalLength")
    expected = block.start
    columns = block.columns
    for i, number in enumerate(block.numbers):
        start = columns["start"][i]
        duration = columns["duration"][i]
        row = _Row(
            number,
            expected if start == ABSENT else start,
            length if duration == ABSENT else duration,
            columns["value"][i],
            columns["cost"][i],
            columns["quality"][i],
            columns["raw"][i],
            columns["tou"][i],
        )
        expected = ABSENT if row.start == ABSENT or row.duration <= 0 else row.start + row.duration
        yield row


def _quality(row: _Row, meant: Meant) -> str:
    if row.quality != ABSENT:
        return WORST_FIRST[row.quality]
    return QUALITIES.get(meant.get("defaultQuality"), "questionable")


IMPORTERS = (GreenButton(),)
