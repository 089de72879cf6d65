"""The codes of Green Button / ESPI (NAESB REQ.21) that are read, and what they stand for.

Conversions are exact: international foot, US liquid gallon, imperial gallon, and 100 000 British thermal units
(International Table, 1055.05585262 J) to a therm.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Domain = Literal["electricity", "gas", "water"]
Field = Literal["energy", "volume", "litres"]

COMMODITIES: dict[int, Domain] = {1: "electricity", 2: "electricity", 7: "gas", 9: "water", 14: "water"}
"""CommodityKind: electricity metered at the secondary or the primary side, natural gas, water (drinkable or not)."""

SERVICES: dict[int, Domain] = {0: "electricity", 1: "gas", 2: "water"}
"""ServiceKind of a usage point."""

_JOULE = Decimal(1) / Decimal(3_600_000)
_BTU = Decimal("1055.05585262")
_CUBIC_FOOT = Decimal("28.316846592")


@dataclass(frozen=True, slots=True)
class Unit:
    """A UnitSymbolKind for one domain: the field it fills and how much of that field's unit one of it is."""

    field: Field
    factor: Decimal


UNITS: dict[tuple[Domain, int], Unit] = {
    ("electricity", 72): Unit("energy", Decimal(1)),
    ("gas", 72): Unit("energy", Decimal("0.001")),
    ("gas", 31): Unit("energy", _JOULE),
    ("gas", 132): Unit("energy", _BTU * _JOULE),
    ("gas", 169): Unit("energy", 100_000 * _BTU * _JOULE),
    ("gas", 42): Unit("volume", Decimal(1)),
    ("gas", 119): Unit("volume", _CUBIC_FOOT / 1000),
    ("water", 42): Unit("litres", Decimal(1000)),
    ("water", 134): Unit("litres", Decimal(1)),
    ("water", 119): Unit("litres", _CUBIC_FOOT),
    ("water", 128): Unit("litres", Decimal("3.785411784")),
    ("water", 130): Unit("litres", Decimal("4.54609")),
}
"""72 watt-hour, 31 joule, 132 Btu, 169 therm, 42 m³, 119 ft³, 134 litre, 128 US gallon, 130 imperial gallon."""

QUALITIES = {
    0: "measured", 7: "edited", 8: "estimated", 9: "interpolated", 10: "questionable", 11: "derived",
    12: "projected", 13: "questionable", 14: "measured", 15: "derived", 16: "questionable", 17: "measured",
    18: "measured", 19: "measured",
}  # fmt: skip
"""QualityOfReading: valid, manually edited, estimated (reference day), estimated (interpolation), questionable,
derived, projected, mixed, raw, normalized for weather, other, validated, verified, revenue quality."""

RAW = 14
"""Not yet validated by the holder: provisional."""

WORST_FIRST = ("questionable", "projected", "derived", "interpolated", "estimated", "edited", "measured")

DELTA = frozenset({0, 4, 9})
"""AccumulationKind: none, delta data, summation: an amount over the interval."""

CUMULATIVE = frozenset({1, 2, 3})
"""AccumulationKind: bulk quantity, continuous cumulative, cumulative: what the dial shows as the interval ends."""

FORWARD = frozenset({0, 1, 20})
"""FlowDirectionKind: none, forward (delivered to the home), total. 19 is reverse, 4 net of what the home fed in."""

CURRENCIES = {36: "AUD", 124: "CAD", 392: "JPY", 410: "KRW", 554: "NZD", 702: "SGD", 756: "CHF", 826: "GBP",
              840: "USD", 978: "EUR"}  # fmt: skip
"""ISO 4217, numeric."""

COST_PLACES = 5
"""Costs are in hundred-thousandths of the currency."""

ZONES_WITH_SUMMER_TIME = {
    -12600: "America/St_Johns", -14400: "America/Halifax", -18000: "America/New_York", -21600: "America/Chicago",
    -25200: "America/Denver", -28800: "America/Los_Angeles", -32400: "America/Anchorage", 0: "Europe/London",
    3600: "Europe/Paris", 7200: "Europe/Athens",
}  # fmt: skip
"""ESPI states an offset and summer-time rules, not a zone: the zone with North American or European rules."""

ZONES_WITHOUT = {-14400: "America/Puerto_Rico", -21600: "America/Regina", -25200: "America/Phoenix",
                 -36000: "Pacific/Honolulu"}  # fmt: skip


def zone_of(offset: int, summer: int) -> str:
    """The IANA zone of a standard offset (seconds east) and a summer-time shift; "" if none is known."""
    if summer and offset in ZONES_WITH_SUMMER_TIME:
        return ZONES_WITH_SUMMER_TIME[offset]
    if offset in ZONES_WITHOUT:
        return ZONES_WITHOUT[offset]
    hours, rest = divmod(offset, 3600)
    if rest or not -12 <= hours <= 14:
        return ""
    # The signs of these zones are reversed: Etc/GMT+5 is five hours behind Greenwich.
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"
