"""The contents document: which series and spans there are, how many records, and from when to when.

It can be rebuilt from the pages. On clouds that are not atomic it also says which spans are being written
("dirty"), so that a reader after a crash does not trust their figures.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..errors import DamagedPage, NewerFormat
from ..model.series import Series

FORMAT = 1
NAME = "contents"
UNDOABLE = 50  # imports that can be undone


class Figures(NamedTuple):
    """Of one page: records, the smallest instant at which one is placed, and the largest end (µs)."""

    records: int
    first: int
    last: int


@dataclass(slots=True)
class Entry:
    """One series: the name that stands for it in documents' names, and its spans."""

    series: Series
    name: str
    spans: dict[str, Figures] = field(default_factory=dict)


@dataclass(slots=True)
class Contents:
    """`imports` is a list of (instant of the import in µs, page names that it changed), oldest first.

    `dirty` maps a writer's token to the names of the pages that it is writing.
    """

    entries: dict[Series, Entry] = field(default_factory=dict)
    imports: list[tuple[int, set[str]]] = field(default_factory=list)
    dirty: dict[str, set[str]] = field(default_factory=dict)

    def of_type(self, name: str) -> list[Entry]:
        return [e for s, e in self.entries.items() if s.type == name]

    def being_written(self) -> set[str]:
        """The names of the pages whose figures cannot be trusted."""
        return set().union(*self.dirty.values())

    def note_import(self, at: int, pages: set[str]) -> None:
        """Remember which pages an import changed, so that it can be undone."""
        for known, already in self.imports:
            if known == at:
                already |= pages
                return
        self.imports = sorted([*self.imports, (at, set(pages))], key=lambda i: i[0])[-UNDOABLE:]

    def forget_pages(self, pages: set[str]) -> None:
        """Drop what is remembered of pages that are gone."""
        self.imports = [(at, kept) for at, p in self.imports if (kept := p - pages)]

    def dump(self) -> bytes:
        body: dict[str, Any] = {
            "v": FORMAT,
            "series": [
                {"key": list(e.series.key), "name": e.name, "spans": {s: list(f) for s, f in sorted(e.spans.items())}}
                for e in sorted(self.entries.values(), key=lambda e: e.series)
                if e.spans
            ],
            "imports": [[at, sorted(pages)] for at, pages in self.imports],
            "dirty": {token: sorted(pages) for token, pages in sorted(self.dirty.items())},
        }
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def load(cls, data: bytes) -> Contents:
        try:
            body = json.loads(data)
            version = body["v"]
            if version > FORMAT:
                raise NewerFormat(
                    f"The store's contents have format {version}; this version reads up to {FORMAT}.",
                    next="Update selfdata-sdk.",
                )
            entries = {}
            for item in body["series"]:
                series = Series(*item["key"])
                spans = {label: Figures(*figures) for label, figures in item["spans"].items()}
                entries[series] = Entry(series, item["name"], spans)
            return cls(
                entries,
                [(at, set(pages)) for at, pages in body["imports"]],
                {token: set(pages) for token, pages in body["dirty"].items()},
            )
        except (ValueError, KeyError, TypeError):
            raise DamagedPage("The store's contents are not what was written.", next="Restore a backup.") from None
