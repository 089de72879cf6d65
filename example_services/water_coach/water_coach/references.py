"""Dated reference values, with their sources: read from `data/`, never written in code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from selfdata_sdk import Text


@dataclass(frozen=True)
class LeakRule:
    """When to call a flow that does not stop a leak; see `leaks`."""

    rest_hours: float
    base_flow: float
    base_hours: float
    coverage: float
    real_rest_hours: float
    seep_hours: float
    longest_gap_hours: float
    flagged: dict[str, float]
    homes: int


@dataclass(frozen=True)
class Cause:
    """What usually leaks at a flow between `low` and `high` L/h, of which `typical` is an example."""

    name: Text
    check: Text
    low: float
    high: float
    typical: Text


@dataclass(frozen=True)
class Norm:
    """Litres per person per day of homes in a country, in a year, as published by `source`."""

    litres: float
    year: int
    source: str


@dataclass(frozen=True)
class Block:
    """The price per m3 from `above` m3 in a year on."""

    above: Decimal
    price: Decimal


@dataclass(frozen=True)
class Part:
    """One part of a bill, priced by volume in blocks that start anew each year."""

    name: Text
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Tariff:
    """What water costs: a fixed amount per year and parts by volume, all taxes included."""

    name: Text
    valid_from: date
    currency: str
    per_year: Decimal
    parts: tuple[Part, ...]
    note: Text


@cache
def leak_rule() -> LeakRule:
    return LeakRule(**_read("references.json")["leak_rule"]["values"])


@cache
def causes() -> tuple[Cause, ...]:
    """By growing flow; the last one has no upper bound in practice."""
    return tuple(
        Cause(Text(**c["name"]), Text(**c["check"]), c["low"], c["high"], Text(**c["typical"]))
        for c in _read("references.json")["causes"]["values"]
    )


def cause(flow: float) -> Cause:
    """The likely cause of a leak of `flow` L/h."""
    return next((c for c in causes() if flow < c.high), causes()[-1])


@cache
def unseen_season() -> float:
    """How far, in logarithms, a season that was never read may lie from those that were (standard deviation)."""
    return float(_read("references.json")["unseen_season"]["value"])


@cache
def norm() -> Norm:
    return Norm(**_read("references.json")["norm"])


@cache
def tariff(name: str) -> Tariff:
    """The tariff of the file `data/tariffs/{name}.json`."""
    data = _read("tariffs", f"{name}.json")
    return Tariff(
        name=Text(**data["name"]),
        valid_from=date.fromisoformat(data["valid_from"]),
        currency=data["currency"],
        per_year=Decimal(data["per_year"]),
        parts=tuple(
            Part(Text(**p["name"]), tuple(Block(Decimal(b["above"]), Decimal(b["price"])) for b in p["blocks"]))
            for p in data["parts"]
        ),
        note=Text(**data["note"]),
    )


def _read(*path: str) -> Any:
    return json.loads(files(__package__).joinpath("data", *path).read_text("utf-8"))
