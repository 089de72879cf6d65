"""Dated reference values with their sources, read from `data/`."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


def reference(name: str) -> dict[str, Any]:
    """The entry `name` of `data/reference.json`, with its `source` and the day `on` which it was written down."""
    entry: dict[str, Any] = values("reference")[name]
    return entry


@cache
def values(name: str) -> dict[str, Any]:
    """The whole of `data/{name}.json`."""
    read: dict[str, Any] = json.loads(files(__package__).joinpath("data", f"{name}.json").read_text("utf-8"))
    return read
