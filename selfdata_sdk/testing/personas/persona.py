"""Personas: invented households whose records hang together, and the truths behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np

from ...model import Table, Text
from ...store import PersonalStore, Written
from ...store.merge import keys
from .calendar import Calendar
from .home import Home
from .ledger import Payment
from .truth import KINDS, Truth

HOLDER = "persona"
"""The holder of every record."""


def _holds_others(store: PersonalStore, table: Table) -> bool:
    """True if the store holds facts of a series that are not in `table`, like a payment that another life made."""
    held = store.read(table.record_type, series=table.series).tables
    if not held:
        return False
    old, new = keys((held[0], table))
    return not bool(np.isin(old, new).all())


@dataclass(frozen=True, slots=True)
class Link:
    """Which lines of the account pay a bill or a receipt: none, one, several, or one for several bills.

    on, number  by which the bill or receipt is known
    """

    kind: Literal["bill", "receipt"]
    on: date
    number: str
    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """How a trip really was; `told` if its record says so."""

    start: datetime
    mode: str
    told: bool


@dataclass(frozen=True, slots=True, eq=False)
class Persona:
    """A household over some time.

    now         aware: the morning after the last day
    tables      its records as they are held in the end, one table per series
    deliveries  the same as they came in, in order; later ones revise earlier ones
    truths      what really happened, in order of time
    links       which lines of the account pay which bill and receipt
    ways        by what mode each trip was made
    """

    name: str
    title: Text
    story: Text
    tz: str
    now: datetime
    tables: tuple[Table, ...]
    deliveries: tuple[tuple[Table, ...], ...]
    truths: tuple[Truth, ...]
    links: tuple[Link, ...]
    ways: tuple[Way, ...]
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
            for table in self.tables:
                if table.series in known and _holds_others(store, table):
                    store.erase(series=table.series)
            return (store.write(self.tables),)
        return tuple(store.write(delivery) for delivery in self.deliveries)
