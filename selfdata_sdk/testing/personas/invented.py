"""Telling invented data from real ones."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Source
from ...store import PersonalStore
from .persona import HOLDER


def is_invented(store: PersonalStore) -> bool:
    """True if a store holds something, and nothing but personas, also in the earlier revisions of its records."""
    held = store.summary()
    return (
        bool(held)
        and all(holding.series.holder == HOLDER for holding in held)
        # A holder is named by whoever imports a file, an importer by its own code.
        and all(source.importer == HOLDER for source in _sources(store, {h.series.type for h in held}))
    )


def _sources(store: PersonalStore, record_types: set[str]) -> Iterator[Source]:
    for record_type in sorted(record_types):
        for page in store.pages(record_type):
            yield from page.current.sources
            yield from page.past.sources if page.past is not None else ()
