"""Chance that is the same on every machine: the bytes of SHAKE-256 under a name, read as whole numbers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...model.time import Int64s

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Chance:
    """Streams of draws, each fixed by `key` and its own name; a longer stream starts as a shorter one does."""

    key: str

    def of(self, name: str) -> Chance:
        """Streams of their own for a part of the whole."""
        return Chance(f"{self.key}/{name}")

    def below(self, name: str, n: int, bound: int | Int64s) -> Int64s:
        """`n` whole numbers in [0, bound), all equally likely. Shape (n,)."""
        draws = np.frombuffer(hashlib.shake_256(f"{self.key}/{name}".encode()).digest(4 * n), "<u4")
        drawn: Int64s = draws.astype(np.int64) * bound >> 32
        return drawn

    def about(self, name: str, n: int, middle: int | Int64s, spread: int | Int64s) -> Int64s:
        """`n` whole numbers at most `spread` from `middle`, the nearer the likelier (the sum of two draws)."""
        drawn: Int64s = middle + self.below(f"{name}+", n, spread + 1) - self.below(f"{name}-", n, spread + 1)
        return drawn

    def happens(self, name: str, n: int, percent: int | Int64s) -> Bools:
        """True in `percent` of `n` cases."""
        return self.below(name, n, 100) < percent

    def one(self, name: str, bound: int) -> int:
        """One whole number in [0, bound)."""
        return int(self.below(name, 1, bound)[0])
