"""What the holders of a home's data deliver: readings and uses, first as they are known then, later as measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from ...model import (
    ElectricityPeak,
    ElectricityReading,
    ElectricityUse,
    GasReading,
    GasUse,
    Record,
    Series,
    Source,
    Table,
    WaterReading,
    WaterUse,
)
from ...model.column import Codes, Column, Ints
from ...model.table import tables
from ...model.time import Int64s
from ...store.merge import merge
from .chance import Bools, Chance
from .clock import Clock
from .home import Home
from .loads import Loads
from .meter import Meter, Windows, windows
from .papers import Papers
from .persona import HOLDER
from .reference import reference
from .truth import Truth

MORNING = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Kind:
    """Records of a meter: the field of the amount, what a step of the dial is in it, and how often they come."""

    record_type: type[Record]
    field: str
    scale: int
    cadence: str
    quality: str = "measured"


READINGS = {
    "water": Kind(WaterReading, "litres", 1000, "PT1H"),
    "electricity": Kind(ElectricityReading, "energy", 1000, "P1D"),
    "gas": Kind(GasReading, "volume", 10, "P1D"),
}
USES = {
    "water": Kind(WaterUse, "litres", 1000, "PT1H", "derived"),
    "electricity": Kind(ElectricityUse, "energy", 1000, "PT30M"),
    "gas": Kind(GasUse, "volume", 10, "P1D"),
}
PEAKS = Kind(ElectricityPeak, "power", 1000, "P1D")


@dataclass(frozen=True, slots=True)
class Holders:
    """Those who hold a home's data, and what they know."""

    home: Home
    clock: Clock
    meters: Mapping[str, Meter]
    loads: Loads
    truths: Sequence[Truth]
    chance: Chance

    @property
    def now(self) -> datetime:
        return self.clock.moment(self.clock.minutes) + MORNING

    @property
    def last(self) -> Source:
        """Where the records of the last delivery come from."""
        return Source(holder=HOLDER, importer=HOLDER, version="1", retrieved_at=self.now)

    def deliveries(self) -> tuple[tuple[Table, ...], ...]:
        """One at the end of each time that was estimated at first, and one at the end of the data."""
        end = self.clock.minutes
        late = {c: windows(self.truths, "revision", c, self.clock) for c in self.home.meters}
        cuts = [*sorted({high for found in late.values() for _, high in found if high < end}), end]
        return tuple(
            tuple(t for t in self._delivery(late, before, cut) if len(t))
            for before, cut in zip([-1, *cuts[:-1]], cuts, strict=True)
        )

    def _delivery(self, late: Mapping[str, Windows], before: int, cut: int) -> Iterator[Table]:
        """What has ended since the delivery at the minute `before`, and anew what was estimated then."""
        source = Source(holder=HOLDER, importer=HOLDER, version="1", retrieved_at=self.clock.moment(cut) + MORNING)
        papers = Papers(self.home, self.clock)
        yield from tables([papers.household(source)])
        for commodity in self.home.meters:
            point, meter = self.point(commodity), self.meters[commodity]
            yield from tables(papers.supply(commodity, point, meter, cut, source))
            since = min([before, *(low for low, high in late[commodity] if low < before <= high)])
            doubtful = tuple((low, high) for low, high in late[commodity] if low < cut <= high)
            yield from self._metered(commodity, _Delivery(self.clock, point, since, cut, doubtful, source))

    def point(self, commodity: str) -> str:
        """14 digits that no real supply point has: theirs do not start with 000."""
        return f"000{self.chance.of(commodity).one('point', 10**9):011d}"

    def _metered(self, commodity: str, delivery: _Delivery) -> Iterator[Table]:
        clock, meter = self.clock, self.meters[commodity].estimated(delivery.doubtful)
        match commodity:
            case "water":
                hours = clock.steps(60)
                yield delivery.readings("water", meter, hours)
                yield delivery.uses("water", meter, hours, {"basis": Codes.constant("readings", len(hours) - 1)})
            case "electricity":
                half_hours = clock.steps(30)
                power = Ints(meter.used(half_hours)[0] * 2000)
                yield delivery.readings("electricity", meter, clock.days())
                yield delivery.uses("electricity", meter, half_hours, {"power": power})
                yield delivery.peaks(self.loads.electricity, meter)
                for register in ("F1", "F2"):
                    if (part := self.meters.get(f"electricity {register}")) is not None:
                        part = part.estimated(delivery.doubtful)
                        yield delivery.readings("electricity", part, clock.days(), register)
            case "gas":
                days = clock.days("gas")
                days = days[days <= clock.minutes]
                yield delivery.readings("gas", meter, days)
                yield delivery.uses("gas", meter, days, self._energy(meter, days))

    def _energy(self, meter: Meter, days: Int64s) -> dict[str, Column]:
        volume = meter.used(days)[0] * 10
        months = self.clock.micros(days[:-1]).astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) % 12
        by_month = [int(Decimal(text).scaleb(4)) for text in reference("gas")["coefficients"]]
        coefficient = np.array(by_month, np.int64)[months]
        return {"coefficient": Ints(coefficient), "energy": Ints((volume * coefficient + 5000) // 10_000)}


@dataclass(frozen=True, slots=True)
class _Delivery:
    """Records of one meter that end in the minutes (since, until], those in `doubtful` estimated."""

    clock: Clock
    point: str
    since: int
    until: int
    doubtful: Windows
    source: Source

    def readings(self, commodity: str, meter: Meter, at: Int64s, register: str = "") -> Table:
        kind = READINGS[commodity]
        at = at[self._come(at) & meter.read(at)]
        columns: dict[str, Column] = {
            "at": Ints(self.clock.micros(at)),
            kind.field: Ints(meter.index(at) * kind.scale),
            "device": Codes(meter.device(at).astype(np.int32), meter.devices),
        }
        return self._table(kind, columns, at, register)

    def uses(self, commodity: str, meter: Meter, bounds: Int64s, more: Mapping[str, Column]) -> Table:
        kind = USES[commodity]
        used, known = meter.used(bounds)
        rows = known & self._come(bounds[1:])
        columns: dict[str, Column] = {
            "start": Ints(self.clock.micros(bounds[:-1][rows])),
            "end": Ints(self.clock.micros(bounds[1:][rows])),
            kind.field: Ints(used[rows] * kind.scale),
            **{name: column.take(rows) for name, column in more.items()},
        }
        return self._table(kind, columns, bounds[1:][rows])

    def peaks(self, load: Int64s, meter: Meter) -> Table:
        """The highest power of each day that was read as a whole; none is estimated."""
        days = self.clock.days()
        rows = self._come(days[1:]) & ~self._estimated(days[1:])
        for low, high in meter.gaps:
            rows &= (days[1:] <= low) | (days[:-1] >= high)
        spans = zip(days[:-1][rows].tolist(), days[1:][rows].tolist(), strict=True)
        at = np.array([low + int(np.argmax(load[low:high])) for low, high in spans], np.int64)
        columns: dict[str, Column] = {
            "at": Ints(self.clock.micros(at)),
            PEAKS.field: Ints(load[at] * PEAKS.scale),
            "unit": Codes.constant("V.A", len(at)),
        }
        return self._table(PEAKS, columns, days[1:][rows])

    def _come(self, ends: Int64s) -> Bools:
        return np.asarray((self.since < ends) & (ends <= self.until))

    def _estimated(self, ends: Int64s) -> Bools:
        found = np.zeros(len(ends), bool)
        for low, high in self.doubtful:
            found |= (low < ends) & (ends <= high)
        return found

    def _table(self, kind: Kind, columns: dict[str, Column], ends: Int64s, register: str = "") -> Table:
        guess = self._estimated(ends).astype(np.int32)
        columns["quality"] = Codes(guess, (kind.quality, "estimated"))
        columns["status"] = Codes(guess, ("final", "provisional"))
        series = Series(kind.record_type.type, HOLDER, self.point, register, kind.cadence, self.clock.tz)
        return Table(kind.record_type, series, columns, (self.source,))


def held(deliveries: Sequence[Sequence[Table]]) -> tuple[Table, ...]:
    """What a store holds after the deliveries: one table per series, with revisions."""
    found: dict[Series, Table] = {}
    for table in (t for delivery in deliveries for t in delivery):
        merged = merge(found.get(table.series), table).table
        if merged is not None:
            found[table.series] = merged
    return tuple(found.values())
