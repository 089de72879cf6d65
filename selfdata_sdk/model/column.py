"""Columns: the values of one field of many records as typed arrays.

Four kinds. `Ints` holds instants (µs), dates (days), scaled quantities, integers and booleans; `Codes` holds
texts by dictionary; `Moneys` exact amounts; `Lists` nested values as offsets and child columns.
Missing is `NULL` in `Ints` and -1 in `Codes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NULL = np.iinfo(np.int64).min
"""Missing, in `Ints` (the same bits as numpy's NaT)."""

Rows = NDArray[np.int64] | NDArray[np.bool_] | slice


@dataclass(frozen=True, slots=True, eq=False)
class Ints:
    """Shape (n,) int64; `NULL` is missing."""

    values: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.values)

    @staticmethod
    def constant(value: int, n: int) -> Ints:
        return Ints(np.broadcast_to(np.int64(value), n))

    def take(self, rows: Rows) -> Ints:
        return Ints(self.values[rows])

    def codes(self) -> NDArray[np.int64]:
        """One integer per row, equal for equal values (shape (n,))."""
        return self.values


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Texts by dictionary: `codes` has shape (n,), int32, an index into `words`; -1 is missing.

    `words` are distinct.
    """

    indexes: NDArray[np.int32]
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.indexes)

    @staticmethod
    def constant(word: str | None, n: int) -> Codes:
        if word is None:
            return Codes(np.broadcast_to(np.int32(-1), n), ())
        return Codes(np.broadcast_to(np.int32(0), n), (word,))

    @staticmethod
    def of(values: Iterable[str | None]) -> Codes:
        """From texts in row order."""
        index: dict[str | None, int] = {None: -1}
        codes = [index.setdefault(v, len(index) - 1) for v in values]
        del index[None]
        return Codes(np.array(codes, np.int32), tuple(index))  # type: ignore[arg-type]

    def take(self, rows: Rows) -> Codes:
        return Codes(self.indexes[rows], self.words)

    def compact(self) -> Codes:
        """The same texts, with only the words that occur."""
        used, inverse = np.unique(self.indexes, return_inverse=True)
        offset = int(len(used) > 0 and used[0] == -1)
        words = tuple(self.words[i] for i in used[offset:])
        return Codes((inverse.reshape(-1) - offset).astype(np.int32), words)

    def recoded(self, words: tuple[str, ...]) -> NDArray[np.int32]:
        """The codes in terms of `words`, which must hold every word of this column."""
        if words == self.words:
            return self.indexes
        index = {w: i for i, w in enumerate(words)}
        table = np.array([*(index[w] for w in self.words), -1], np.int32)
        return table[self.indexes]

    def list(self) -> list[str | None]:
        words = (*self.words, None)
        return [words[i] for i in self.indexes.tolist()]


@dataclass(frozen=True, slots=True, eq=False)
class Moneys:
    """Exact money: `unscaled` × 10^-`exponent` in `currency`. Missing where `unscaled` is `NULL`."""

    unscaled: Ints
    exponent: Ints
    currency: Codes

    def __len__(self) -> int:
        return len(self.unscaled)

    def take(self, rows: Rows) -> Moneys:
        return Moneys(self.unscaled.take(rows), self.exponent.take(rows), self.currency.take(rows))


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Nested values: row i holds the elements `offsets[i]:offsets[i+1]` of every child column.

    `offsets` has shape (n + 1,) and starts at 0.
    """

    offsets: NDArray[np.int64]
    items: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @staticmethod
    def empty(n: int, items: Mapping[str, Column]) -> Lists:
        return Lists(np.zeros(n + 1, np.int64), items)

    def take(self, rows: Rows) -> Lists:
        index = np.arange(len(self))[rows]
        lengths = np.diff(self.offsets)[index]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        starts = self.offsets[:-1][index]
        inner = np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])
        return Lists(offsets, {k: c.take(inner) for k, c in self.items.items()})


Column = Ints | Codes | Moneys | Lists


def concat(columns: Sequence[Column]) -> Column:
    """The columns one after the other; all of one kind."""
    first = columns[0]
    if len(columns) == 1:
        return first
    if isinstance(first, Ints):
        return Ints(np.concatenate([c.values for c in columns]))  # type: ignore[union-attr]
    if isinstance(first, Codes):
        words = merged_words(columns)  # type: ignore[arg-type]
        return Codes(np.concatenate([c.recoded(words) for c in columns]), words)  # type: ignore[union-attr]
    if isinstance(first, Moneys):
        return Moneys(
            *(concat([getattr(c, part) for c in columns]) for part in ("unscaled", "exponent", "currency"))  # type: ignore[arg-type]
        )
    lengths = np.concatenate([np.diff(c.offsets) for c in columns])  # type: ignore[union-attr]
    items = {k: concat([c.items[k] for c in columns]) for k in first.items}  # type: ignore[union-attr]
    return Lists(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), items)


def merged_words(columns: Sequence[Codes]) -> tuple[str, ...]:
    """The words of all columns, each once, in order of first appearance."""
    first = columns[0].words
    if all(c.words == first for c in columns):
        return first
    return tuple(dict.fromkeys(w for c in columns for w in c.words))


def same(a: Column, b: Column) -> NDArray[np.bool_]:
    """Row by row, True where `a` and `b` (of one kind and length) hold the same value."""
    if isinstance(a, Ints) and isinstance(b, Ints):
        return np.asarray(a.values == b.values)
    if isinstance(a, Codes) and isinstance(b, Codes):
        words = merged_words((a, b))
        return np.asarray(a.recoded(words) == b.recoded(words))
    if isinstance(a, Moneys) and isinstance(b, Moneys):
        return same(a.unscaled, b.unscaled) & same(a.exponent, b.exponent) & same(a.currency, b.currency)
    assert isinstance(a, Lists)
    assert isinstance(b, Lists)
    equal = np.asarray(np.diff(a.offsets) == np.diff(b.offsets))
    rows = np.flatnonzero(equal)
    left, right = a.take(rows), b.take(rows)
    owner = np.repeat(rows, np.diff(left.offsets))
    for name in a.items:
        equal[owner[~same(left.items[name], right.items[name])]] = False
    return equal
