"""The record types that are known, by name and version."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from ..errors import RecordTypeError, RequestError
from .record import Record

_NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9_-]*)+/[1-9][0-9]*")


class Registry:
    """Record types by `name/major`. One major version of a name is one class; several majors may live side by side."""

    def __init__(self, record_types: tuple[type[Record], ...] = ()) -> None:
        self._types: dict[str, type[Record]] = {}
        for record_type in record_types:
            self.add(record_type)

    def add(self, record_type: type[Record]) -> None:
        """Add a type; RecordTypeError if the name is malformed or taken by another class."""
        name = record_type.type
        if not _NAME.fullmatch(name):
            raise RecordTypeError(f"“{name}” is not a record type's name.", next="Write it like water.use/1.")
        if self._types.setdefault(name, record_type) is not record_type:
            raise RecordTypeError(
                f"{name} is declared twice, by {self._types[name].__name__} and {record_type.__name__}."
            )

    def __iter__(self) -> Iterator[type[Record]]:
        return iter(sorted(self._types.values(), key=lambda t: t.type))

    def __contains__(self, name: str) -> bool:
        return name in self._types

    def get(self, name: str) -> type[Record]:
        """The type `name/major`; with no major, its newest. RequestError names the nearest ones."""
        if name in self._types:
            return self._types[name]
        majors = [n for n in self._types if n.rpartition("/")[0] == name]
        if majors:
            return self._types[max(majors, key=lambda n: int(n.rpartition("/")[2]))]
        bare = sorted({n.rpartition("/")[0] for n in self._types})
        near = difflib.get_close_matches(name.rpartition("/")[0] or name, bare, 3, 0.5)
        raise RequestError(
            f"There is no record type “{name[:60]}”.",
            next=f"Did you mean {' or '.join(near)}?" if near else "`selfdata schema` lists them.",
        )
