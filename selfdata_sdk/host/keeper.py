"""What a host keeps outside the persons' clouds: its key, and how far each person's ledger reached."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Self

from ..errors import CloudUnavailable, RequestError
from ..model.time import micros, moment
from ..store.ledger import Anchor

_TABLES = """
CREATE TABLE IF NOT EXISTS host (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS anchors (
    person TEXT PRIMARY KEY NOT NULL, origin TEXT NOT NULL, size INTEGER NOT NULL, hash TEXT NOT NULL,
    at INTEGER NOT NULL, grants TEXT NOT NULL
) STRICT;
"""


class SqliteKeeper:
    """A `Keeper` in one SQLite file, readable by its owner only; ":memory:" keeps nothing.

    A head that is lost with the power is not missed: the ledger is then later than what is remembered, and is
    checked to continue it. Grants are remembered durably.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock = RLock()
        self._keys: dict[str, bytes] = {}
        with self._asking():
            if str(path) != ":memory:" and not self.path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA trusted_schema=OFF")
            if self._db.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            if not self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                self._db.executescript(_TABLES)

    def key(self, person: str) -> bytes:
        if person not in self._keys:
            self._keys[person] = hmac.digest(self.secret("key"), b"person\0" + person.encode(), hashlib.sha256)
        return self._keys[person]

    def secret(self, name: str) -> bytes:
        """32 random bytes of that name, made at first use."""
        with self._asking():
            row = self._db.execute("SELECT value FROM host WHERE name = ?", (name,)).fetchone()
        if row is None:
            with self._durably():
                self._db.execute("INSERT OR IGNORE INTO host VALUES (?, ?)", (name, secrets.token_bytes(32)))
            return self.secret(name)
        return bytes(row[0])

    @property
    def clock(self) -> datetime | None:
        """The moment at which the clock of a practice host stands; None for a host of real data."""
        with self._asking():
            row = self._db.execute("SELECT value FROM host WHERE name = 'clock'").fetchone()
        return moment(int(row[0])) if row else None

    def set_clock(self, now: datetime) -> None:
        with self._durably():
            self._db.execute("INSERT OR REPLACE INTO host VALUES ('clock', ?)", (str(micros(now)).encode(),))

    def anchor(self, person: str) -> Anchor | None:
        with self._asking():
            row = self._db.execute(
                "SELECT origin, size, hash, at, grants FROM anchors WHERE person = ?", (person,)
            ).fetchone()
        if row is None:
            return None
        return Anchor(
            row[0],
            row[1],
            row[2],
            row[3],
            {service: (int(n), digest) for service, (n, digest) in json.loads(row[4]).items()},
        )

    def advance(self, person: str, anchor: Anchor, *, durable: bool = False, force: bool = False) -> None:
        with self._durably(durable or force):
            known = self.anchor(person)
            if known is not None and not force:
                later = anchor if anchor.size > known.size else known
                grants = dict(known.grants)
                for service, (revision, digest) in anchor.grants.items():
                    if revision > grants.get(service, (0, ""))[0]:
                        grants[service] = (revision, digest)
                anchor = Anchor(later.origin, later.size, later.hash, max(anchor.at, known.at), grants)
            self._db.execute(
                "INSERT OR REPLACE INTO anchors VALUES (?, ?, ?, ?, ?, ?)",
                (person, anchor.origin, anchor.size, anchor.hash, anchor.at, json.dumps(dict(anchor.grants))),
            )

    def forget(self, person: str) -> None:
        with self._durably():
            self._db.execute("DELETE FROM anchors WHERE person = ?", (person,))

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @contextmanager
    def _durably(self, durable: bool = True) -> Iterator[None]:
        with self._asking():
            if durable:
                self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
            if durable:
                self._db.execute("PRAGMA synchronous=NORMAL")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.DatabaseError as error:
                if "not a database" in str(error) or "malformed" in str(error):
                    raise RequestError(
                        "This file does not hold what a host remembers, or it is damaged.",
                        where=self.path.name,
                        next="Delete it: every agreement is then suspended until you confirm it.",
                    ) from None
                raise CloudUnavailable(
                    f"What the host remembers cannot be read or written ({error}).",
                    where=self.path.name,
                    next="Try again; another program may use it.",
                ) from None
            except OSError as error:
                raise RequestError(
                    f"The host cannot remember anything here ({error.strerror}).",
                    where=self.path.name,
                    next="Choose another folder.",
                ) from None
