"""Dated reference values, with their sources: read from `data/`, never written in code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Guarantee:
    """For how many months the seller answers for a new thing, by which law."""

    months: int
    source: str


@cache
def guarantee() -> Guarantee:
    found = _read()["guarantee"]
    return Guarantee(found["months"], found["source"])


@cache
def known(name: str) -> frozenset[str]:
    """One of the lists of words: names in labels are in capitals, beginnings of categories in lower case."""
    return frozenset(_read()["words"][name])


@cache
def _read() -> Any:
    return json.loads(files(__package__).joinpath("data", "references.json").read_text("utf-8"))
