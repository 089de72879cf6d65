"""What each kind of contract would cost on the real load curve. Money is Decimal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from .clock import Bools
from .curve import Curve
from .references import Option, offers

ENOUGH = 300
"""Days of the load curve before a year's cost is said."""
CENT = Decimal("0.01")
PER_YEAR = {"mo": 12, "a": 1, "d": 365}
"""How often a year a subscription by that unit is paid."""

Windows = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Costs:
    """What a year of this use costs, by kind of contract.

    power      kV.A for which the subscriptions are taken
    power_is_own  True if the contract says it
    off_peak   the share of the use that falls into the off-peak hours
    needed     the share from which off-peak hours pay
    windows    those hours, in minutes after midnight; `assumed` if they are not the contract's own
    own        at the contract's own prices; None if it does not tell them all
    """

    power: int
    power_is_own: bool
    base: Decimal
    peak_off_peak: Decimal
    off_peak: float
    needed: float
    windows: tuple[tuple[int, int], ...]
    assumed: bool
    own: Decimal | None


def costs(curve: Curve, contract: Any | None, highest: float) -> Costs | None:
    """None where hours cannot be told apart, or less than ten months are known. `highest` kV.A was drawn."""
    if not curve.fine or curve.days < ENOUGH or curve.kwh.sum() <= 0:
        return None
    known = offers()
    windows = off_peak(contract)
    off = inside(curve, windows)
    year = 365 / curve.days
    low = Decimal(round(float(curve.kwh[off].sum()) * year, 3))
    high = Decimal(round(float(curve.kwh[~off].sum()) * year, 3))
    size = _size(contract.power if contract else None, highest)
    price = own_prices(contract)
    return Costs(
        power=size,
        power_is_own=bool(contract and contract.power),
        base=cost(known.base, size, high, low),
        peak_off_peak=cost(known.peak_off_peak, size, high, low),
        off_peak=float(low / (low + high)),
        needed=_needed(known.base, known.peak_off_peak, size, low + high),
        windows=windows,
        assumed=not (contract and contract.off_peak),
        own=cost(price, size, high, low) if price else None,
    )


def off_peak(contract: Any | None) -> tuple[tuple[int, int], ...]:
    """The contract's windows, or those that are usual."""
    own = tuple((w.start, w.end) for w in contract.off_peak) if contract else ()
    return own or offers().off_peak


def all_day(option: Option, windows: Windows) -> Decimal:
    """The price per kWh of what runs all the time."""
    minutes = sum((end - start) % 1440 for start, end in windows)
    return (option.peak * (1440 - minutes) + option.off_peak * minutes) / 1440


def inside(curve: Curve, windows: Windows) -> Bools:
    """The rows that begin in one of the windows; a window may run over midnight."""
    off = np.zeros(len(curve), bool)
    for start, end in windows:
        within = (curve.minute >= start, curve.minute < end)
        off |= within[0] & within[1] if start < end else within[0] | within[1]
    return off


def cost(option: Option, power: int, high: Decimal, low: Decimal) -> Decimal:
    """A year's subscription and use: `high` kWh in peak hours, `low` in the others."""
    whole = option.per_year[power] + high * option.peak + low * option.off_peak
    return whole.quantize(CENT)


def own_prices(contract: Any | None) -> Option | None:
    """The contract's prices as an option; None if they are not one subscription and one or two prices per kWh."""
    if contract is None:
        return None
    standing = [p for p in contract.prices if p.kind == "standing" and p.per in PER_YEAR]
    units = sorted(p.price.amount for p in contract.prices if p.kind == "unit" and p.per == "kW.h")
    if len(standing) != 1 or len(units) not in (1, 2) or len(contract.prices) != len(standing) + len(units):
        return None
    per_year = standing[0].price.amount * PER_YEAR[standing[0].per]
    sizes = offers().base.per_year
    # The dearer price is that of peak hours, however the contract names them.
    return Option("own", dict.fromkeys(sizes, per_year), units[-1], units[0])


def _size(power: float | None, highest: float) -> int:
    """The offered power that holds the subscribed one, or else what was drawn."""
    sizes = sorted(offers().peak_off_peak.per_year)
    return next((size for size in sizes if size >= (power or highest)), sizes[-1])


def _needed(base: Option, two: Option, size: int, kwh: Decimal) -> float:
    more = two.per_year[size] - base.per_year[size]
    return float((two.peak - base.peak + more / kwh) / (two.peak - two.off_peak))
