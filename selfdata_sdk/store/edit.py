"""Edits: what a write, an erasure, an undo or a restore does to one page and its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..model.table import Table
from ..model.time import Period
from .merge import keys, merge
from .rows import Mask, both, from_import, inside, truly_past


@dataclass(frozen=True, slots=True)
class Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged)


@dataclass(frozen=True, slots=True)
class Held:
    """What a page's edit may look at: the page, and its history when asked for."""

    page: Table | None
    history: Callable[[], Table | None]


@dataclass(frozen=True, slots=True)
class Edit:
    """New content of a page and of its history (None: no such page any more), and what to report."""

    page: Table | None
    history: Table | None
    outcome: Counts = Counts()


Editor = Callable[[Held], Edit | Counts]
"""Makes an edit, or says that nothing changes. May run again after a conflict, so it must not count on its own."""


def merging(new: Table) -> Editor:
    def edit(held: Held) -> Edit | Counts:
        merged = merge(held.page, new)
        counts = Counts(merged.created, merged.updated, merged.unchanged)
        if merged.table is None:
            return counts
        history = None
        if merged.replaced is not None:
            history = both(held.history(), merged.replaced)
        return Edit(merged.table, history, counts)

    return edit


def erasing(period: Period, sha256: str | None) -> Editor:
    def hit(table: Table) -> Mask:
        rows = inside(table, period)
        if sha256 is not None:
            rows &= np.array([s.sha256 == sha256 for s in table.sources], bool)[table.ints("source")]
        return rows

    def edit(held: Held) -> Edit | Counts:
        page, history = held.page, held.history()
        gone = hit(page) if page is not None else np.zeros(0, bool)
        past_gone = hit(history) if history is not None else np.zeros(0, bool)
        if not gone.any() and not past_gone.any():
            return Counts()
        kept = page.take(~gone) if page is not None else None
        past = history.take(~past_gone) if history is not None else None
        if past is not None and kept is not None and len(past):
            # History follows its record: of a record that goes, every revision goes.
            past_keys, kept_keys = keys((past, kept))
            past = past.take(np.isin(past_keys, kept_keys))
        elif kept is None or not len(kept):
            past = None
        return Edit(
            kept if kept is not None and len(kept) else None,
            past if past is not None and len(past) else None,
            Counts(updated=int(gone.sum())),
        )

    return edit


def undoing(at: int) -> Editor:
    def edit(held: Held) -> Edit | Counts:
        if held.page is None:
            return Counts()
        mine = from_import(held.page, at)
        if not mine.any():
            return Counts()
        kept, history = held.page.take(~mine), held.history()
        if history is None:
            return Edit(kept if len(kept) else None, None, Counts(created=int(mine.sum())))
        # Of records that somebody else changed since, the history stays as it is.
        past, taken = keys((history, held.page.take(mine)))
        before = history.take(~(from_import(history, at) & np.isin(past, taken)))
        newest = _newest(before, held.page.take(mine))
        restored = before.take(newest)
        remaining = before.take(~newest)
        page = both(kept, restored)
        return Edit(
            page,
            remaining if len(remaining) else None,
            Counts(created=int(mine.sum()) - len(restored), updated=len(restored)),
        )

    return edit


def _newest(history: Table, of: Table) -> Mask:
    """True for the newest revision in `history` of each record in `of`."""
    chosen = np.zeros(len(history), bool)
    if not len(history):
        return chosen
    past, wanted = keys((history, of))
    best: dict[int, tuple[int, int]] = {}
    asked = set(wanted.tolist())
    for row, (key, revision) in enumerate(zip(past.tolist(), history.ints("revision").tolist(), strict=True)):
        if key in asked and best.get(key, (0, 0))[0] < revision:
            best[key] = (revision, row)
    chosen[[row for _, row in best.values()]] = True
    return chosen


def adding_history(past: Table) -> Editor:
    def edit(held: Held) -> Edit | Counts:
        known = held.history()
        if held.page is None:
            return Counts()
        together = both(known, past)
        return Edit(held.page, None if together is None else truly_past(together, held.page))

    return edit
