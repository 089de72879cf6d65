"""The papers of a home: the household as it describes itself, its supply points and contracts, and its meters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ...model import (
    HouseholdProfile,
    MeterInstallation,
    MeterRegister,
    Money,
    PriceComponent,
    Record,
    Source,
    SupplyContract,
    SupplyPoint,
    Window,
)
from .clock import Clock
from .home import Home
from .meter import Meter
from .reference import reference


@dataclass(frozen=True, slots=True)
class Papers:
    """What is written down about a home; all of it has held for some years when the data start."""

    home: Home
    clock: Clock

    @property
    def _since(self) -> datetime:
        return self.clock.moment(0).replace(year=self.clock.first.year - 2, month=1, day=1)

    def household(self, source: Source) -> HouseholdProfile:
        home = self.home
        return HouseholdProfile(
            on=self.clock.first,
            tz=self.clock.tz,
            source=source,
            dwelling=home.dwelling,
            surface=Decimal(home.surface),
            occupants=len(home.members),
            heating=home.heating,
            hot_water=home.hot_water,
            built=home.built,
            garden=Decimal(home.garden) if home.garden else None,
        )

    def supply(self, commodity: str, point: str, meter: Meter, until: int, source: Source) -> Iterator[Record]:
        """The supply point, its contract, and its meters as they are at the minute `until`."""
        yield SupplyPoint(start=self._since, tz=self.clock.tz, source=source, point=point, commodity=commodity)
        yield self._contract(commodity, point, source)
        yield from self._installed(commodity, point, meter, until, source)

    def _contract(self, commodity: str, point: str, source: Source) -> SupplyContract:
        home, electric = self.home, commodity == "electricity"
        windows = [home.off_peak] if electric and home.off_peak else []
        return SupplyContract(
            start=self._since,
            tz=self.clock.tz,
            source=source,
            point=point,
            commodity=commodity,
            supplier=f"Persona {commodity}",
            number=f"P{point[-9:]}",
            power=Decimal(home.power) if electric else None,
            tariff_option=("peak_off_peak" if windows else "base") if electric else None,
            off_peak=tuple(Window(start=start, end=end) for start, end in windows),
            prices=tuple(_prices(commodity, "two" if windows else "one")),
        )

    def _installed(
        self, commodity: str, point: str, meter: Meter, until: int, source: Source
    ) -> Iterator[MeterInstallation]:
        unit, scale, digits = ("W.h", 1, 9) if commodity == "electricity" else ("m3", 1000, 5)
        swaps = [swap for swap in meter.swaps if swap <= until]
        starts = [self._since, *(self.clock.moment(swap) for swap in swaps)]
        for i, start in enumerate(starts):
            ended = i < len(swaps)
            register = MeterRegister(
                name="total",
                first=Decimal(0) if i else None,
                last=Decimal(meter.last(i)) / scale if ended else None,
            )
            yield MeterInstallation(
                start=start,
                end=starts[i + 1] if ended else None,
                tz=self.clock.tz,
                source=source,
                point=point,
                commodity=commodity,
                device=meter.devices[i],
                digits=digits,
                unit=unit,
                registers=(register,),
            )


def _prices(commodity: str, how_many: str) -> Iterator[PriceComponent]:
    for entry in reference("prices")[commodity][how_many]:
        price = Money(amount=Decimal(entry["price"]), currency="EUR")
        yield PriceComponent(
            label=entry["label"], kind=entry["kind"], per=entry["per"], price=price, tariff_class=entry.get("class")
        )
