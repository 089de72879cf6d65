"""Personas: invented households whose records hang together, and the truths behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ...model import Table, Text
from ...store import PersonalStore, Written
from .calendar import Calendar
from .home import Home
from .truth import KINDS, Truth

HOLDER = "persona"
"""The holder of every record."""


@dataclass(frozen=True, slots=True, eq=False)
class Persona:
    """A household over some time.

    now         aware: the morning after the last day
    tables      its records as they are held in the end, one table per series
    deliveries  the same as they came in, in order; later ones revise earlier ones
    truths      what really happened, in order of time
    """

    name: str
    title: Text
    story: Text
    tz: str
    now: datetime
    tables: tuple[Table, ...]
    deliveries: tuple[tuple[Table, ...], ...]
    truths: tuple[Truth, ...]
    home: Home
    calendar: Calendar

    @property
    def quirks(self) -> frozenset[str]:
        """What is odd about its meters and deliveries: the kinds of those truths, like "gap" or "meter-swap"."""
        return frozenset(t.kind for t in self.truths if KINDS[t.kind].meter is not None)

    def write(self, store: PersonalStore) -> tuple[Written, ...]:
        """Write the deliveries one after the other, or only what is held in the end where the persona is there already."""
        known = {holding.series for holding in store.summary()}
        if any(t.series in known for t in self.tables):
            return (store.write(self.tables),)
        return tuple(store.write(delivery) for delivery in self.deliveries)
