"""Events: what happens in a home, at a time, by whom. Meters do not appear here."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...model.time import Int64s
from .chance import Bools

NOBODY = -1

EVENTS = (
    "wake",
    "sleep",
    "leave",
    "return",
    "depart",
    "arrive",
    "toilet",
    "wash_hands",
    "drink",
    "shower",
    "bath",
    "breakfast",
    "lunch",
    "dinner",
    "wash_up",
    "dishwasher",
    "laundry",
    "dryer",
    "clean",
    "garden",
    "car_wash",
    "television",
    "computer",
    "drive",
    "charge",
)
"""The kinds of events. Those that move people are instants; `depart` and `arrive` begin and end a journey."""
CODES = {name: code for code, name in enumerate(EVENTS)}


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Events in order of time. Shape (n,) each.

    kind    an index into `EVENTS`
    at      minutes on the local clock since the first midnight
    lasts   minutes
    member  who, by place in the home's members; `NOBODY` where it is the household
    people  how many it is for
    """

    kind: Int64s
    at: Int64s
    lasts: Int64s
    member: Int64s
    people: Int64s

    def __len__(self) -> int:
        return len(self.kind)

    def of(self, *kinds: str) -> Events:
        return self.take(np.isin(self.kind, [CODES[k] for k in kinds]))

    def take(self, rows: Bools | Int64s) -> Events:
        return Events(*(getattr(self, name)[rows] for name in ("kind", "at", "lasts", "member", "people")))


@dataclass
class Diary:
    """Events as they are written down, in any order."""

    _parts: list[tuple[Int64s, ...]] = field(default_factory=list)

    def add(
        self, kind: str, at: Int64s, lasts: Int64s | int = 0, *, member: int = NOBODY, people: Int64s | int = 1
    ) -> None:
        """Events of one kind; `at`, `lasts` and `people` have one shape or are the same for all."""
        at = np.asarray(at, np.int64).reshape(-1)
        columns = (CODES[kind], at, np.reshape(lasts, -1), member, np.reshape(people, -1))
        self._parts.append(tuple(np.broadcast_to(np.asarray(c, np.int64), at.shape) for c in columns))

    def events(self) -> Events:
        if not self._parts:
            return Events(*(np.zeros(0, np.int64) for _ in range(5)))
        kind, at, lasts, member, people = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        order = np.lexsort((member, kind, at))
        return Events(*(column[order] for column in (kind, at, lasts, member, people)))
