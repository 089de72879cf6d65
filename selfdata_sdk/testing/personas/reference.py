"""Dated reference values with their sources, read from `data/`."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def reference(name: str) -> dict[str, Any]:
    """The entry `name` of `data/reference.json`, with its `source` and the day `on` which it was written down."""
    entry: dict[str, Any] = _all()[name]
    return entry


@cache
def _all() -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = json.loads(
        files(__package__).joinpath("data", "reference.json").read_text("utf-8")
    )
    return read
