"""Facts of one day that are alike: told apart by the order in which a file gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable


class Occurrences:
    """Numbers from 1. A file that holds a day at all holds it whole, so that a later one counts the same."""

    def __init__(self) -> None:
        self._seen: Counter[Hashable] = Counter()

    def number(self, *key: Hashable) -> int:
        """Which of those alike so far this one is."""
        self._seen[key] += 1
        return self._seen[key]
