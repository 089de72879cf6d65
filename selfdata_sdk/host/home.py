"""The folder of one person on this machine: where the store is, and how to open it."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import RequestError

if TYPE_CHECKING:
    from ..store import PersonalStore

STORE = "cloud.sqlite"


@dataclass(frozen=True, slots=True)
class Home:
    """The folder `path`, made when it is first opened, readable by its owner only."""

    path: Path

    @property
    def store_path(self) -> Path:
        return self.path / STORE

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

        self.make()
        try:
            return PersonalStore(SqliteCloud(self.store_path))
        except OSError as error:
            raise self._refused(error) from None

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
