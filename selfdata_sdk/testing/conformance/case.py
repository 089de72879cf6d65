"""The data on which services are tried: a household as it is, or damaged in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from ...cloud import MemoryCloud
from ...model import Table
from ...model.own_record import own_type_of
from ...model.text import Text
from ...store import PersonalStore

Tables = Callable[[], Iterable[Table]]


@dataclass(frozen=True)
class Case:
    """Data of one household, and as of when a service looks at them.

    household  its name
    now        aware
    tables     makes what is delivered, in order: what comes later revises what came before
    how        what is different from the household as it is
    """

    household: str
    now: datetime
    tz: str
    tables: Tables
    how: tuple[Text, ...] = ()

    @property
    def name(self) -> str:
        """The household and what is different: `family_garden, with gaps`."""
        return self.title.en

    @property
    def title(self) -> Text:
        return in_words(self.household, self.how)

    @property
    def store(self) -> PersonalStore:
        """The data in a store, which nobody writes to."""
        return _shared(self.tables)

    def new_store(self) -> PersonalStore:
        """The data in a store of their own."""
        return _stored(self.tables)

    def seen(self, now: datetime, how: Text) -> Case:
        """The same data as of another moment."""
        return replace(self, now=now, how=(*self.how, how))

    def damaged(self, how: Text, damage: Callable[[Table], Table | None]) -> Case:
        """The case with each table changed, or left out where `damage` gives None."""

        def tables() -> Iterable[Table]:
            return (changed for t in self.tables() if (changed := damage(t)) is not None and len(changed))

        return self.delivered(how, tables)

    def delivered(self, how: Text, tables: Tables) -> Case:
        """The household with other data."""
        return replace(self, tables=tables, how=(*self.how, how))


def in_words(household: str, how: Iterable[Text]) -> Text:
    """A household and what is different there."""
    return Text(
        en=", ".join([household, *(h.en for h in how)]),
        fr=", ".join([household, *(h.fr for h in how)]),
    )


def _stored(tables: Tables) -> PersonalStore:
    store = PersonalStore(MemoryCloud())
    for table in tables():
        if (own := own_type_of(table.record_type)) is not None:
            store.declare([own])
        store.write([table])
    return store


_shared = cache(_stored)
