"""Cells: one column of texts from a file as a matrix of bytes, the form in which they are parsed all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..model.column import Codes

Bytes = NDArray[np.uint8]
Int64s = NDArray[np.int64]
Mask = NDArray[np.bool_]

MAX_CELL = 256
"""Cells are cut at this many bytes: what is longer is no number, date or name."""


@dataclass(frozen=True, eq=False)
class Cells:
    """`rows` has shape (n, width): UTF-8 bytes from the left, zeros after. `lengths` has shape (n,)."""

    rows: Bytes
    lengths: Int64s

    @staticmethod
    def of(texts: Iterable[str]) -> Cells:
        """From texts in row order; white space at both ends is dropped."""
        raw = [t.strip().encode()[:MAX_CELL] for t in texts]
        width = max((len(r) for r in raw), default=0) or 1
        joined = b"".join(r.ljust(width, b"\0") for r in raw)
        return Cells(
            np.frombuffer(joined, np.uint8).reshape(len(raw), width), np.array([len(r) for r in raw], np.int64)
        )

    @staticmethod
    def cut(data: Bytes, starts: Int64s, ends: Int64s) -> Cells:
        """The texts data[starts[i]:ends[i]]; white space at both ends is dropped."""
        starts, ends = _stripped(data, starts, ends)
        lengths = np.minimum(ends - starts, MAX_CELL)
        width = max(int(lengths.max(initial=0)), 1)
        padded = np.concatenate([data, np.zeros(width, np.uint8)])
        rows = np.lib.stride_tricks.sliding_window_view(padded, width)[starts]
        if len(lengths) and int(lengths.min()) < width:
            rows[np.arange(width) >= lengths[:, None]] = 0
        return Cells(rows, lengths)

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def columns(self) -> Bytes:
        """Shape (width, n): the first bytes of all cells, then the second ones, and so on."""
        return np.ascontiguousarray(self.rows.T)

    @property
    def empty(self) -> Mask:
        return np.asarray(self.lengths == 0)

    def take(self, rows: Int64s | Mask) -> Cells:
        return Cells(self.rows[rows], self.lengths[rows])

    def texts(self) -> list[str]:
        return [bytes(r).rstrip(b"\0").decode("utf-8", "replace") for r in self.rows]

    def is_one_of(self, *words: str) -> Mask:
        """True where a cell is one of `words`, in any case (ASCII letters)."""
        folded = [w.casefold() for w in words]
        codes = self.codes()
        wanted = np.array([w.casefold() in folded for w in codes.words] + ["" in folded], bool)
        return wanted[codes.indexes]

    def codes(self) -> Codes:
        """The cells as texts by dictionary; an empty cell is missing."""
        if not len(self):
            return Codes(np.zeros(0, np.int32), ())
        if (self.rows == self.rows[0]).all():
            word = self.take(np.array([0])).texts()[0]
            return Codes.constant(word or None, len(self))
        keys = np.ascontiguousarray(self.rows).view(f"S{self.rows.shape[1]}").reshape(-1)
        distinct, inverse = np.unique(keys, return_inverse=True)
        words = [bytes(k).decode("utf-8", "replace") for k in distinct]
        offset = int(words[0] == "")
        return Codes((inverse.reshape(-1) - offset).astype(np.int32), tuple(words[offset:]))


_BLANK = np.zeros(256, bool)
_BLANK[[9, 13, 32]] = True


def _stripped(data: Bytes, starts: Int64s, ends: Int64s) -> tuple[Int64s, Int64s]:
    if not len(data):
        return starts, ends
    last = len(data) - 1
    while (leading := (starts < ends) & _BLANK[data[np.minimum(starts, last)]]).any():
        starts = starts + leading
    while (trailing := (starts < ends) & _BLANK[data[np.maximum(ends - 1, 0)]]).any():
        ends = ends - trailing
    return starts, ends
