"""A cloud in memory: for tests, for trying a service, and as the plainest example of an adapter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import count
from threading import Lock
from typing import Self

from ..errors import Conflict
from .cloud import Change, Document, conflict


class MemoryCloud:
    """Documents in a dictionary. `atomic` and `binary` can be turned off to behave like lesser clouds."""

    def __init__(self, *, atomic: bool = True, binary: bool = True) -> None:
        self.atomic = atomic
        self.binary = binary
        self._documents: dict[str, Document] = {}
        self._versions = count(1)
        self._lock = Lock()

    def get(self, name: str) -> Document | None:
        return self._documents.get(name)

    def get_many(self, names: Collection[str]) -> Mapping[str, Document]:
        with self._lock:
            return {n: self._documents[n] for n in names if n in self._documents}

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        with self._lock:
            if self.atomic:
                for change in changes:
                    self._expect(change)
            for change in changes:
                self._expect(change)
                if change.data is None:
                    self._documents.pop(change.name, None)
                else:
                    self._documents[change.name] = Document(change.data, str(next(self._versions)))

    def _expect(self, change: Change) -> None:
        found = self._documents.get(change.name)
        if (found.version if found else None) != change.expected:
            raise Conflict(conflict(change.name))

    def list(self, prefix: str = "") -> Sequence[str]:
        with self._lock:
            return sorted(n for n in self._documents if n.startswith(prefix))

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
