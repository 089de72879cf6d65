"""A value with its unit, to be written in a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A value with its UCUM unit, to be written in a text: `Measure(412, "L")`. `places` decimals are shown."""

    value: float
    unit: str
    places: int = 0
