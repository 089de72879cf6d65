"""A dated list of how much data plans include: read from `data/`, never written in code."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from importlib.resources import files


@cache
def sizes() -> tuple[float, ...]:
    """GB a month, growing."""
    return tuple(float(size) for size in _read()["data"])


@cache
def listed_on() -> date:
    return date.fromisoformat(str(_read()["on"]))


def enough(used: float) -> float | None:
    """The smallest size for so many GB; None if the list has none."""
    return next((size for size in sizes() if size >= used), None)


@cache
def _read() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(files(__package__).joinpath("data", "sizes.json").read_text("utf-8"))
    return found
