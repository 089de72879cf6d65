"""The cloud port: a store of named documents with compare-and-swap. All that an adapter implements."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

from ..errors import RequestError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,199}")


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was read. `version` is opaque and changes with every write."""

    data: bytes
    version: str


@dataclass(frozen=True, slots=True)
class Change:
    """A put (`data`) or a delete (`data` is None) of one document.

    It holds only while the document's version is `expected`; None expects that there is no such document.
    """

    name: str
    data: bytes | None
    expected: str | None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise RequestError(
                "A document's name has characters that not every cloud can hold.",
                next="Use lower-case letters, digits, dots, dashes and underscores only.",
            )


@runtime_checkable
class Cloud(Protocol):
    """Named documents with compare-and-swap, synchronous.

    atomic   `commit` does all or nothing; otherwise it does the changes in order and may stop between two
    binary   documents may hold any bytes; otherwise only UTF-8 JSON
    """

    atomic: bool
    binary: bool

    def get(self, name: str) -> Document | None:
        """The document, or None. CloudUnavailable if the cloud does not answer."""
        ...

    def get_many(self, names: Collection[str]) -> Mapping[str, Document]:
        """Those of the documents that exist."""
        ...

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        """Make the changes durable, each put whole or not at all.

        Conflict if a document is not at the version expected. With `scrub`, nothing of the documents that
        are replaced or deleted stays readable in the cloud's own storage.
        """
        ...

    def list(self, prefix: str = "") -> Sequence[str]:
        """The names that start with `prefix`, sorted."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


def conflict(name: str) -> str:
    """The sentence of a Conflict; the name of a document holds no personal value."""
    return f"The document {name} was changed by somebody else meanwhile."
