"""Many persons on one host: a folder each, named by an opaque id, and what the host remembers of all of them.

host.sqlite                     the host's keys, and how far each person's ledger reached
services/                       the services that are installed for all
people/3f/3f0c…/cloud.sqlite    a person's store, grants and journal; the folder is a `Home`
"""

from __future__ import annotations

import hmac
import os
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self

from ..errors import RequestError
from ..store.ledger import Ledger
from .home import KEEPER, PEOPLE, SERVICES, Home
from .host import Host
from .keeper import SqliteKeeper
from .policy import PERSON, HostPolicy
from .report import RunReport


class Identity(Protocol):
    """From what a person signs in with to the id that their folder is named by: 32 hexadecimal digits.

    The same login gives the same id at every call; no id tells its login.
    """

    def person(self, login: str) -> str: ...


class KeyedIdentity:
    """An HMAC-SHA256 of the login, in NFC, under a key of the host's: without the key no login can be guessed."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def person(self, login: str) -> str:
        return hmac.digest(self._key, unicodedata.normalize("NFC", login).encode(), "sha256").hex()[:32]


class People:
    """The persons of one host, in one folder. The folder is made when the first person is added.

    identity  how a login becomes an id; by default under a key that this host keeps
    policy    the operator's own limits
    """

    def __init__(
        self, path: str | os.PathLike[str], *, identity: Identity | None = None, policy: HostPolicy | None = None
    ) -> None:
        self.path = Path(path)
        self.policy = policy or HostPolicy()
        self._identity = identity
        self._keeper: SqliteKeeper | None = None

    @property
    def keeper(self) -> SqliteKeeper:
        """What the host remembers, open from the first use on. RequestError if nobody was ever added here."""
        if self._keeper is None:
            if not (self.path / KEEPER).is_file():
                raise RequestError(
                    "There are no people here yet.",
                    where=str(self.path),
                    next="`selfdata fleet add LOGIN --people DIR` makes a folder for the first one.",
                )
            self._keeper = SqliteKeeper(self.path / KEEPER)
        return self._keeper

    def _make(self) -> None:
        Home(self.path).make()
        if self._keeper is None:
            self._keeper = SqliteKeeper(self.path / KEEPER)

    def close(self) -> None:
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def services(self) -> Path:
        """Where the services lie that are installed for all."""
        return self.path / SERVICES

    # Who is there

    def add(self, login: str) -> str:
        """The id of the person who signs in like this, with a folder; the same as before if they were added already."""
        if not login.strip():
            raise RequestError(
                "A login has at least one character.", next="Give the name that the person signs in with."
            )
        self._make()
        identity = self._identity or KeyedIdentity(self.keeper.secret("identity"))
        person = identity.person(login)
        with self.home(person).open():
            return person

    def ids(self) -> Iterator[str]:
        """Every person, in order; a shard of them in memory at a time."""
        for shard in _names(self.path / PEOPLE):
            yield from (name for name in _names(self.path / PEOPLE / shard) if PERSON.fullmatch(name))

    def __len__(self) -> int:
        return sum(1 for _ in self.ids())

    def __contains__(self, person: str) -> bool:
        return PERSON.fullmatch(person) is not None and self._folder(person).is_dir()

    # One person

    def home(self, person: str) -> Home:
        """The folder of a person, as the one of a person alone."""
        if not PERSON.fullmatch(person):
            raise RequestError("This is not the id of a person.", next="It has 32 digits from 0 to f.")
        return Home(self._folder(person))

    @contextmanager
    def host(self, person: str, observe: Callable[[RunReport], None] | None = None) -> Iterator[Host]:
        """A person's store with their grants and journal, under the operator's policy.

        observe  called with a report of every run

        RequestError if there is no such person.
        """
        if person not in self:
            raise RequestError("There is no such person here.", next="`selfdata fleet list` lists who there is.")
        stands = self.keeper.clock
        with self.home(person).open() as store:
            ledger = Ledger(store.cloud, self.keeper, person, clock=None if stands is None else lambda: stands)
            yield Host(store, ledger, self.policy.for_person(person).policy, stands, observe)

    def erase(self, person: str) -> None:
        """Erase a person: every document, what the host remembers, and the folder."""
        with self.host(person) as host:
            host.erase_everything()
        store = self.home(person).store_path
        for end in ("-wal", "-shm", ""):
            store.with_name(store.name + end).unlink(missing_ok=True)
        store.parent.rmdir()

    def practise(self, clock: datetime) -> None:
        """Let the clock of this host stand, for invented data. RequestError if anybody is here under a real clock."""
        self._make()
        stands = self.keeper.clock
        if clock != stands and next(self.ids(), None) is not None and (stands is None or clock < stands):
            raise RequestError(
                "The clock of these people cannot be set: what was agreed and read here is later, or real.",
                where=str(self.path),
                next="Practise in a folder of its own.",
            )
        self.keeper.set_clock(clock)

    def _folder(self, person: str) -> Path:
        return self.path / PEOPLE / person[:2] / person


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
