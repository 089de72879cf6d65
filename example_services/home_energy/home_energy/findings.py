"""Everything that was worked out from a home's energy, once, for all advice to speak from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from selfdata_sdk import Dataset

from .curve import Curve
from .daily import Daily
from .heating import Heating, heating
from .night import Night, night
from .power import Power, power
from .references import offers
from .standby import Standby, standby
from .tariff import Costs, all_day, costs, off_peak, own_prices


@dataclass(frozen=True, eq=False)
class Findings:
    """`given` are the needs that have data; `coarse` if the load curve cannot tell hours apart.

    `away` days are left out of what heats; `price` is that of a kWh that runs all the time.
    """

    given: frozenset[str]
    coarse: bool
    curve: Curve
    electricity: Daily
    gas: Daily
    by_electricity: Heating | None
    by_gas: Heating | None
    away: int
    heated_with: str | None
    surface: float | None
    standby: Standby | None
    night: Night | None
    power: Power | None
    costs: Costs | None
    price: Decimal
    price_is_own: bool

    def needs(self, *names: str) -> tuple[str, ...]:
        """Those of the needs that have data."""
        return tuple(name for name in names if name in self.given)


def find(
    electricity: Dataset[Any],
    peaks: Dataset[Any],
    gas: Dataset[Any],
    water: Dataset[Any],
    home: Any | None,
    contracts: Sequence[Any],
    town: str,
) -> Findings:
    curve = Curve.of(electricity)
    daily, burnt = Daily.of(electricity, "energy", 1000), Daily.of(gas, "energy")
    away = Daily.of(water, "litres").empty()
    lived = daily.without(away)
    electric = [c for c in contracts if c.commodity == "electricity"]
    contract = max(electric, key=lambda c: c.start, default=None)
    drawn = power(contract.power if contract else None, peaks.column("power"), curve)
    own = own_prices(contract)
    given = {
        "electricity": len(electricity),
        "peaks": len(peaks),
        "gas": len(gas),
        "water": len(water),
        "home": home is not None,
        "contract": contract is not None,
    }
    return Findings(
        given=frozenset(name for name, there in given.items() if there),
        coarse=not curve.fine,
        curve=curve,
        electricity=daily,
        gas=burnt,
        by_electricity=heating(lived, town, len(daily)),
        by_gas=heating(burnt.without(away), town, len(burnt)),
        away=int(np.isin(daily.days if len(daily) else burnt.days, away).sum()),
        heated_with=home.heating if home else None,
        surface=home.surface if home else None,
        standby=standby(curve, town) if curve.fine else None,
        night=night(curve),
        power=drawn,
        costs=costs(curve, contract, drawn.highest if drawn else _highest(curve)),
        price=all_day(own or offers().base, off_peak(contract)),
        price_is_own=own is not None,
    )


def _highest(curve: Curve) -> float:
    return float(curve.watts.max()) / 1000 if len(curve) else 0.0
