"""The embedded cloud: one SQLite file per person, durable at every commit."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Self

from ..errors import CloudUnavailable, Conflict, NewerFormat, RequestError, SelfDataError
from .cloud import Change, Document, conflict

APPLICATION_ID = 0x53444C46  # “SDLF”, in the file's header
FORMAT = 1
BUSY_SECONDS = 30.0


class SqliteCloud:
    """Documents in one table of an SQLite file: WAL, synchronous FULL, deleted content overwritten.

    The file is created, readable by its owner only, unless `create` is False. It is untrusted when opened:
    a file that is not one of ours is refused (RequestError), a newer one too (NewerFormat).
    """

    atomic = True
    binary = True

    def __init__(self, path: str | os.PathLike[str], *, create: bool = True) -> None:
        self.path = Path(path)
        self._lock = RLock()
        self._make_file(create)
        try:
            self._db = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=32
            )
        except sqlite3.Error as error:
            raise self._failure(error) from None
        try:
            self._open()
        except sqlite3.Error as error:
            self._db.close()
            raise self._failure(error) from None
        except SelfDataError:
            self._db.close()
            raise

    def _make_file(self, create: bool) -> None:
        if self.path.exists():
            return
        if not create:
            raise RequestError("There is no such store.", where=self.path.name)
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise RequestError(
                f"The store cannot be made ({error.strerror}).", where=self.path.name, next="Choose another folder."
            ) from None

    def _open(self) -> None:
        self._db.execute("PRAGMA trusted_schema=OFF")
        self._db.execute("PRAGMA synchronous=FULL")
        # Replaced pages hold personal data too, so what is freed is overwritten at once, not only on erasing.
        self._db.execute("PRAGMA secure_delete=ON")
        ours = self._is_ours()
        # A backup that was put in its place is not in this mode.
        if self._db.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            self._patiently("PRAGMA journal_mode=WAL")
        if ours:
            return
        with self._transaction():
            if self._is_ours():
                return  # somebody else made it meanwhile
            self._db.execute(
                "CREATE TABLE documents (name TEXT PRIMARY KEY NOT NULL, version TEXT NOT NULL, data BLOB NOT NULL)"
                " STRICT"
            )
            self._db.execute(f"PRAGMA application_id={APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version={FORMAT}")

    def _is_ours(self) -> bool:
        """False if the file is new; an error if it is of something else, or newer. One statement sees one moment."""
        application, version, tables = self._db.execute(
            "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)"
            " FROM pragma_application_id, pragma_user_version"
        ).fetchone()
        if application == APPLICATION_ID and version == FORMAT:
            return True
        if application == APPLICATION_ID and version > FORMAT:
            raise NewerFormat(
                f"This store has format {version}; this version reads up to {FORMAT}.",
                where=self.path.name,
                next="Update selfdata-sdk.",
            )
        if application or version or tables:
            raise RequestError(
                "This file is an SQLite database of something else.", where=self.path.name, next="Choose another name."
            )
        return False

    def _patiently(self, statement: str) -> None:
        """Changing the journal does not wait for others by itself."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._db.execute(statement)
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _failure(self, error: sqlite3.Error) -> CloudUnavailable | RequestError:
        if "not a database" in str(error) or "malformed" in str(error):
            return RequestError(
                "This file is not a store, or it is damaged.", where=self.path.name, next="Restore a backup."
            )
        if "full" in str(error):
            return CloudUnavailable("The disk is full.", where=self.path.name, next="Free some space and try again.")
        return CloudUnavailable(
            f"The store does not answer ({error}).", where=self.path.name, next="Try again; another program may use it."
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise self._failure(error) from None

    def get(self, name: str) -> Document | None:
        with self._asking():
            row = self._db.execute("SELECT data, version FROM documents WHERE name = ?", (name,)).fetchone()
        return Document(*row) if row else None

    def get_many(self, names: Collection[str]) -> Mapping[str, Document]:
        with self._asking():
            rows = self._db.execute(
                "SELECT name, data, version FROM documents WHERE name IN (SELECT value FROM json_each(?))",
                (json.dumps(list(names)),),
            ).fetchall()
        return {name: Document(data, version) for name, data, version in rows}

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        # A fresh token each time, so that a document deleted and made again never has an old version.
        version = secrets.token_hex(8)
        puts = [(c.name, version, c.data) for c in changes if c.data is not None]
        deletes = [(c.name,) for c in changes if c.data is None]
        with self._asking():
            with self._transaction():
                found = dict(
                    self._db.execute(
                        "SELECT name, version FROM documents WHERE name IN (SELECT value FROM json_each(?))",
                        (json.dumps([c.name for c in changes]),),
                    )
                )
                for change in changes:
                    if found.get(change.name) != change.expected:
                        raise Conflict(conflict(change.name))
                self._db.executemany("DELETE FROM documents WHERE name = ?", deletes)
                self._db.executemany(
                    "INSERT INTO documents VALUES (?, ?, ?)"
                    " ON CONFLICT (name) DO UPDATE SET version = excluded.version, data = excluded.data",
                    puts,
                )
            if scrub:
                self._truncate_log()

    def _truncate_log(self) -> None:
        busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise CloudUnavailable(
                "What was erased is gone from the store, but still in its log, as another program is reading it.",
                where=self.path.name,
                next="Close the other program and erase again.",
            )

    def list(self, prefix: str = "") -> Sequence[str]:
        with self._asking():
            rows = self._db.execute(
                "SELECT name FROM documents WHERE substr(name, 1, ?) = ? ORDER BY name", (len(prefix), prefix)
            ).fetchall()
        return [name for (name,) in rows]

    def backup(self, path: str | os.PathLike[str]) -> None:
        """A copy of the store as it is now, while others may use it. RequestError if `path` exists."""
        target = Path(path)
        if target.exists():
            raise RequestError("There is a file of that name already.", where=target.name, next="Choose another name.")
        partial = target.with_name(target.name + ".partial")
        try:
            os.close(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600))
            copy = sqlite3.connect(partial)
            try:
                with self._asking():
                    self._db.backup(copy)
                # The copy is one file: no log beside it that a person would forget to take along.
                copy.execute("PRAGMA journal_mode=DELETE")
            finally:
                copy.close()
            partial.replace(target)
        except sqlite3.Error as error:
            raise self._failure(error) from None
        except OSError as error:
            raise RequestError(
                f"The backup cannot be written ({error.strerror}).", where=target.name, next="Choose another folder."
            ) from None
        finally:
            partial.unlink(missing_ok=True)

    def check(self) -> bool:
        """True if SQLite finds the whole file sound."""
        with self._asking():
            return bool(self._db.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
