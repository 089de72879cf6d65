"""Uses: the water and the power that each kind of event takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from ...model.time import Int64s
from .events import EVENTS, Events
from .home import Home


@dataclass(frozen=True, slots=True)
class Use:
    """What an event takes: `once` mL and `flow` mL a minute, for each person if `each`; of it `hot` percent at 38 °C;
    `watts` as long as it lasts, of gas if a `hob` burns it. `end` is its name in the published split of water."""

    once: int = 0
    flow: int = 0
    each: bool = False
    hot: int = 0
    watts: int = 0
    hob: bool = False
    end: str = ""


@cache
def uses() -> Mapping[str, Use]:
    """By kind of event; what is not there takes nothing."""
    text = files(__package__).joinpath("data", "uses.json").read_text("utf-8")
    return {name: Use(**values) for name, values in json.loads(text)["uses"].items()}


def of(events: Events, part: str) -> Int64s:
    """One part of the `Use` of each event. Shape (n,)."""
    table = np.array([int(getattr(uses().get(kind, Use()), part)) for kind in EVENTS], np.int64)
    return np.asarray(table[events.kind])


def millilitres(events: Events, home: Home) -> Int64s:
    """The water that each event takes. Shape (n,)."""
    people = np.where(of(events, "each") > 0, events.people, 1)
    taken: Int64s = (of(events, "once") * people + of(events, "flow") * events.lasts) * home.thrift // 100
    return taken
