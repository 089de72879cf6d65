"""Merging: what becomes of a page when records come in that it may already hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model.column import Codes, Column, Ints, Moneys, merged_words, same
from ..model.field import fields_of
from ..model.table import Table, join

Int64s = NDArray[np.int64]
_LAST_REVISION = 2**31 - 1  # only a made-up export comes near it
NOT_CONTENT = frozenset({"revision", "source", "locator"})


@dataclass(frozen=True, slots=True)
class Merged:
    """`table` is None if nothing changed; `replaced` holds the earlier content of what was updated."""

    table: Table | None
    replaced: Table | None
    created: int
    updated: int
    unchanged: int


def merge(old: Table | None, new: Table) -> Merged:
    """`new` on top of `old` (rows of one page, both of one series).

    A record with a natural key that is not there is created. One that is there is unchanged if its content
    (body, times, quality, status, ext) is the same, whatever its source; else it is updated and its revision
    grows by one. Records of one key within `new` come after each other, in row order.
    """
    new, echoes = _without_echoes(new)
    table: Table | None = None
    replaced: list[Table] = []
    created = updated = 0
    unchanged = echoes
    rest: Table | None = new
    while rest is not None:
        first, rest = _split_repeats(rest)
        step = _merge_distinct(old if table is None else table, first)
        table = table if step.table is None else step.table
        replaced += [step.replaced] if step.replaced is not None else []
        created, updated, unchanged = created + step.created, updated + step.updated, unchanged + step.unchanged
    return Merged(table, join(replaced) if replaced else None, created, updated, unchanged)


def _merge_distinct(old: Table | None, new: Table) -> Merged:
    if old is None:
        return Merged(in_order(new), None, len(new), 0, 0)
    old_keys, new_keys = keys((old, new))
    place, known = _find(old_keys, new_keys)
    at_old, at_new = place[known], np.flatnonzero(known)
    changed = ~_same_content(old, at_old, new, at_new)
    created, updated = len(new) - len(at_new), int(changed.sum())
    if not created and not updated:
        return Merged(None, None, 0, 0, len(new))
    replaced = None
    kept = old
    if updated:
        rows = at_old[changed]
        replaced = old.take(rows)
        revision = new.ints("revision").copy()
        revision[at_new[changed]] = np.minimum(replaced.ints("revision") + 1, _LAST_REVISION)
        new = new.replace(revision=Ints(revision))
        kept = old.take(_without(len(old), rows))
    incoming = ~known
    incoming[at_new[changed]] = True
    return Merged(in_order(join([kept, new.take(incoming)])), replaced, created, updated, len(at_new) - updated)


def _find(old: Int64s, new: Int64s) -> tuple[Int64s, NDArray[np.bool_]]:
    """(the row of `old` that has each key of `new`, whether there is one)."""
    if len(old) == len(new) and np.array_equal(old, new):
        return np.arange(len(old)), np.ones(len(new), bool)
    order = np.argsort(old, kind="stable")
    place = np.minimum(np.searchsorted(old, new, sorter=order), len(old) - 1)
    rows = order[place]
    return rows, old[rows] == new


def _same_content(old: Table, at_old: Int64s, new: Table, at_new: Int64s) -> NDArray[np.bool_]:
    equal = np.ones(len(at_new), bool)
    whole = len(at_old) == len(old) == len(new)
    for name in fields_of(old.record_type):
        if name in NOT_CONTENT or (name not in old.columns and name not in new.columns):
            continue
        a, b = old.column(name), new.column(name)
        equal &= same(a, b) if whole and at_old[0] == 0 and _ascending(at_old) else same(a.take(at_old), b.take(at_new))
    return equal


def _ascending(rows: Int64s) -> bool:
    return bool(rows[-1] == len(rows) - 1 and (np.diff(rows) == 1).all())


def _without(n: int, rows: Int64s) -> NDArray[np.bool_]:
    kept = np.ones(n, bool)
    kept[rows] = False
    return kept


def _without_echoes(table: Table) -> tuple[Table, int]:
    """`table` without records that only repeat the one of the same key before them, and how many there were."""
    (ids,) = keys((table,))
    if len(ids) < 2 or (ids[1:] > ids[:-1]).all():
        return table, 0
    order = np.argsort(ids, kind="stable")
    again = ids[order[1:]] == ids[order[:-1]]
    before, after = order[:-1][again], order[1:][again]
    echoes = after[_same_content(table, before, table, after)]
    return (table.take(_without(len(table), echoes)), len(echoes)) if len(echoes) else (table, 0)


def _split_repeats(table: Table) -> tuple[Table, Table | None]:
    """The first record of each natural key, and the rest in row order."""
    (ids,) = keys((table,))
    if len(ids) < 2 or (ids[1:] > ids[:-1]).all():
        return table, None
    _, first = np.unique(ids, return_index=True)
    if len(first) == len(table):
        return table, None
    return table.take(np.sort(first)), table.take(_without(len(table), first))


def in_order(table: Table) -> Table:
    """The rows by the time at which they are placed."""
    placed = table.placed()
    if len(placed) < 2 or (placed[1:] >= placed[:-1]).all():
        return table
    return table.take(np.argsort(placed, kind="stable"))


def keys(parts: tuple[Table, ...]) -> list[Int64s]:
    """For each table, one integer per row; equal where the natural keys are equal, across all of them."""
    fields = parts[0].record_type.natural_key
    columns = [part for f in fields for part in _aligned([t.column(f) for t in parts])]
    if len(columns) == 1:
        return columns[0]
    stacked = np.stack([np.concatenate(c) for c in columns], axis=1)
    _, ids = np.unique(stacked, axis=0, return_inverse=True)
    bounds = np.cumsum([len(t) for t in parts])[:-1]
    return [np.asarray(part, np.int64) for part in np.split(ids.reshape(-1), bounds)]


def _aligned(columns: list[Column]) -> list[list[Int64s]]:
    """The integers that say one field of a natural key, for each table: one list of tables per integer it takes."""
    match columns[0]:
        case Ints():
            return [[c.values for c in columns if isinstance(c, Ints)]]
        case Codes():
            texts = [c for c in columns if isinstance(c, Codes)]
            words = merged_words(texts)
            return [[c.recoded(words).astype(np.int64) for c in texts]]
        case Moneys():
            moneys = [c for c in columns if isinstance(c, Moneys)]
            parts: list[list[Column]] = [[c.unscaled for c in moneys], [c.exponent for c in moneys]]
            parts.append([c.currency for c in moneys])
            return [aligned for part in parts for aligned in _aligned(part)]
        case _:
            raise TypeError("a natural key is made of times, dates, numbers, money and texts")
