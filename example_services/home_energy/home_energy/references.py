"""Dated reference values, with their sources: read from `data/`, never written in code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from selfdata_sdk import Text


@dataclass(frozen=True, slots=True)
class Factor:
    """kg of CO2e for each kWh, as published for `year`."""

    kg_per_kwh: float
    year: int


@dataclass(frozen=True, slots=True)
class Option:
    """An offer's prices, all taxes included: a year's subscription by power in kVA, and per kWh."""

    name: str
    per_year: Mapping[int, Decimal]
    peak: Decimal
    off_peak: Decimal


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be subscribed to; `off_peak` are windows in minutes after midnight, where a person's own are unknown."""

    name: Text
    valid_from: date
    off_peak: tuple[tuple[int, int], ...]
    base: Option
    peak_off_peak: Option


@cache
def climate(town: str) -> tuple[float, ...]:
    """The mean temperature of each month, °C."""
    return tuple(_read("weather.json")["climates"][town])


@cache
def carbon(energy: str) -> Factor:
    data = _read("carbon.json")[energy]
    return Factor(float(data["kg_per_kwh"]), data["year"])


@cache
def offers() -> Offers:
    data = _read("offers", "france-2025-08.json")
    return Offers(
        name=Text(**data["name"]),
        valid_from=date.fromisoformat(data["valid_from"]),
        off_peak=tuple((start, end) for start, end in data["off_peak"]),
        base=_option(data, "base"),
        peak_off_peak=_option(data, "peak_off_peak"),
    )


def _option(data: Any, name: str) -> Option:
    found = data["options"][name]
    per_year = {int(power): Decimal(price) for power, price in found["per_year"].items()}
    return Option(name, per_year, Decimal(found["peak"]), Decimal(found["off_peak"]))


def _read(*path: str) -> Any:
    return json.loads(files(__package__).joinpath("data", *path).read_text("utf-8"))
