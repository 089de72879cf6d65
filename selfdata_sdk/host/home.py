"""The folder of one person on this machine: where the store is, and how to open it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import RequestError

if TYPE_CHECKING:
    from ..consent.policy import Policy
    from ..store import PersonalStore
    from .host import Host
    from .keeper import SqliteKeeper
    from .report import RunReport

STORE = "cloud.sqlite"
KEEPER = "host.sqlite"
PEOPLE = "people"
SERVICES = "services"
POLICY = "policy.toml"


@dataclass(frozen=True, slots=True)
class Home:
    """The folder `path`, made when it is first opened, readable by its owner only.

    The folder of one of many persons on a host (see `People`) shares what that host keeps.
    """

    path: Path

    @property
    def store_path(self) -> Path:
        return self.path / STORE

    @property
    def keeper_path(self) -> Path:
        return (self._host or self.path) / KEEPER

    @property
    def services_path(self) -> Path:
        """Where the services lie that are installed for whoever lives here."""
        return (self._host or self.path) / SERVICES

    @property
    def person(self) -> str:
        """As whom the host remembers the person: by the folder's name among many, else "self"."""
        return self.path.absolute().name if self._host else "self"

    @property
    def is_shared(self) -> bool:
        """True for the folder of one of many persons."""
        return self._host is not None

    @property
    def _host(self) -> Path | None:
        """The folder of the host of many persons that this folder belongs to; None for a home of its own."""
        path = self.path.absolute()
        shard = path.parent
        if shard.parent.name != PEOPLE or shard.name != path.name[:2]:
            return None
        host = shard.parents[1]
        return host if (host / KEEPER).is_file() else None

    @property
    def exists(self) -> bool:
        """True once something was opened here."""
        return self.store_path.is_file()

    def open(self) -> AbstractContextManager[PersonalStore]:
        """The person's store, made if there is none; close it, or use it in a `with` statement.

        Raises RequestError if the folder cannot be made or written, CloudUnavailable if the store is locked.
        """
        from ..cloud import SqliteCloud
        from ..store import PersonalStore
        from .record_types import RecordTypes

        self.make()
        try:
            return PersonalStore(SqliteCloud(self.store_path), RecordTypes())
        except OSError as error:
            raise self._refused(error) from None

    @contextmanager
    def host(self, clock: datetime | None = None, observe: Callable[[RunReport], None] | None = None) -> Iterator[Host]:
        """The person's store with its grants and journal, made if there is none.

        clock  makes this a home to practise in, whose clock stands at that moment, also when it is opened later.
               RequestError if it holds a journal that is later, or one of real data.
        observe  called with a report of every run, which holds nothing of the person
        """
        from ..store.ledger import Ledger
        from .host import Host
        from .keeper import SqliteKeeper

        with self.open() as store, SqliteKeeper(self.keeper_path) as keeper:
            if clock is not None:
                self._practise(keeper, clock)
            stands = keeper.clock
            ledger = Ledger(store.cloud, keeper, self.person, (lambda: stands) if stands is not None else None)
            yield Host(store, ledger, self._policy(), stands, observe)

    def _policy(self) -> Policy | None:
        """The limits that the operator of a host of many set for this person."""
        if self._host is None or not (file := self._host / POLICY).is_file():
            return None
        from .policy import HostPolicy

        return HostPolicy.read(file).for_person(self.person).policy

    def _practise(self, keeper: SqliteKeeper, clock: datetime) -> None:
        anchor, stands = keeper.anchor(self.person), keeper.clock
        if (anchor is not None or self._host) and (stands is None or clock < stands):
            raise RequestError(
                "The clock of this home cannot be set: what was agreed and read here is later, or real.",
                where=str(self.path),
                next="Practise in a home of its own, named with --home.",
            )
        keeper.set_clock(clock)

    def make(self) -> None:
        """Make the folder; RequestError if that cannot be done."""
        try:
            for folder in reversed([p for p in (self.path, *self.path.parents) if not p.exists()]):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise self._refused(error) from None
        if not self.path.is_dir():
            raise RequestError("This is a file, not a folder.", where=self.path.name, next="Name a folder with --home.")

    @property
    def writable(self) -> bool:
        """True if the folder, or the nearest one that exists above it, can be written."""
        nearest = next(p for p in (self.path.absolute(), *self.path.absolute().parents) if p.exists())
        return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)

    def _refused(self, error: OSError) -> RequestError:
        return RequestError(
            f"This folder cannot be used ({error.strerror}).",
            where=str(self.path),
            next="Name another one with --home.",
        )
