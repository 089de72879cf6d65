"""The contents document: which series and spans there are, how many records, and from when to when.

It is written together with the pages that it describes, and can be rebuilt from them.
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
    """`imports` is a list of (instant of the import in µs, page names that it changed), oldest first."""

    entries: dict[Series, Entry] = field(default_factory=dict)
    imports: list[tuple[int, set[str]]] = field(default_factory=list)

    def of_type(self, name: str) -> list[Entry]:
        return [e for s, e in self.entries.items() if s.type == name]

    def types(self) -> set[str]:
        """The record types of which there are records."""
        return {series.type for series, entry in self.entries.items() if entry.spans}

    def note_import(self, at: int, pages: set[str]) -> None:
        """Remember which pages an import changed, so that it can be undone."""
        for known, already in self.imports:
            if known == at:
                already |= pages
                return
        self.imports = sorted([*self.imports, (at, set(pages))], key=lambda i: i[0])[-UNDOABLE:]

    def changed(self, prefix: str) -> int:
        """The instant (µs) of the last import that changed a page of this prefix, of those that are remembered; else 0."""
        return next((at for at, pages in reversed(self.imports) if any(p.startswith(prefix) for p in pages)), 0)

    def move_page(self, page: str, parts: set[str]) -> None:
        """Remember the parts of a page that was split, where it is remembered."""
        self.imports = [(at, pages - {page} | parts if page in pages else pages) for at, pages in self.imports]

    def forget_imports_but(self, stamps: set[int], page: str) -> None:
        """Drop what is remembered of a page, except by the imports of these instants."""
        kept = [(at, pages if at in stamps else pages - {page}) for at, pages in self.imports]
        self.imports = [(at, pages) for at, pages in kept if pages]

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
            return cls(entries, [(at, set(pages)) for at, pages in body["imports"]])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DamagedPage("The store's contents are not what was written.", next="Restore a backup.") from None
