"""Dated reference values, with their sources: read from `data/`, never written in code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Usual:
    """How a mode is usually used: share of trips (percent), km, km/h, and km of a ride known by its ticket only."""

    share: float
    km: float
    speed: float
    boarding: float


@dataclass(frozen=True, slots=True)
class Inference:
    """How a mode is worked out; see `inference`."""

    general: float
    rounds: int
    km: float
    speed: float
    same_day: float
    no_ticket: float
    tickets_within_days: int


@cache
def factors() -> Mapping[str, float]:
    """kgCO2e per km by mode; a mode that is missing has no factor."""
    return dict(_read("factors")["values"])


@cache
def usual() -> Mapping[str, Usual]:
    return {mode: Usual(**values) for mode, values in _read("usual")["values"].items()}


@cache
def spread() -> tuple[float, float]:
    """Of distances and of speeds in one mode, as standard deviations of their logarithms."""
    found = _read("usual")["spread"]
    return found["km"], found["speed"]


@cache
def inference() -> Inference:
    return Inference(**{k: v for k, v in _read("inference").items() if k not in ("on", "source")})


@cache
def words(of: str) -> frozenset[str]:
    """Words in the labels of banks that say what was paid for: “fuel”, “road” or “transit”."""
    return frozenset(_read("words")[of])


@cache
def suggested() -> Mapping[str, float]:
    """Up to how many km a mode is suggested."""
    return dict(_read("alternatives")["values"])


@cache
def _all() -> Any:
    return json.loads(files(__package__).joinpath("data", "references.json").read_text("utf-8"))


def _read(name: str) -> Any:
    return _all()[name]
