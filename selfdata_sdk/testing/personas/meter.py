"""Meters: dials that run on with what flows, roll over, are replaced, are not read for a time, and are estimated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...model.time import Int64s
from .chance import Bools
from .clock import Clock
from .truth import Truth

Windows = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Meter:
    """One commodity's meter, and those that came after it.

    total   what has flowed since the start, in steps of the dial, at each minute (minutes + 1,)
    first   what each device showed at the start of the data, or when it was put in
    swaps   the minutes at which a device was replaced
    limit   the dial begins again at 0 here
    gaps    minutes [start, end) in which nothing is read
    """

    devices: tuple[str, ...]
    total: Int64s
    first: tuple[int, ...]
    swaps: tuple[int, ...]
    limit: int
    gaps: Windows

    def device(self, minutes: Int64s) -> Int64s:
        """Which device is in place, as an index."""
        return np.searchsorted(np.array(self.swaps, np.int64), minutes, side="right")

    def index(self, minutes: Int64s) -> Int64s:
        """What the dial shows."""
        device = self.device(minutes)
        since = np.array([0, *self.swaps], np.int64)
        shown = np.array(self.first, np.int64)[device] + self.total[minutes] - self.total[since[device]]
        return np.asarray(shown % self.limit)

    def last(self, device: int) -> int:
        """What a device showed when it was taken out."""
        since = self.swaps[device - 1] if device else 0
        return int(self.first[device] + self.total[self.swaps[device]] - self.total[since]) % self.limit

    def read(self, minutes: Int64s) -> Bools:
        """True where the dial is read."""
        read = np.ones(len(minutes), bool)
        for low, high in self.gaps:
            # The readings at its edges are there.
            read &= (minutes <= low) | (minutes >= high)
        return read

    def used(self, bounds: Int64s) -> tuple[Int64s, Bools]:
        """What passed between neighbours of `bounds`, and where that is known: not in gaps nor across a replacement."""
        index, device, read = self.index(bounds), self.device(bounds), self.read(bounds)
        whole = (device[1:] == device[:-1]) & read[1:] & read[:-1]
        return np.asarray(np.diff(index) % self.limit), whole

    def estimated(self, windows: Windows) -> Meter:
        """The meter as its operator takes it to be while it is not read: it runs evenly through each window."""
        total = self.total.copy()
        for low, high in windows:
            inside = np.arange(low, high, dtype=np.int64)
            total[low:high] = total[low] + (total[high] - total[low]) * (inside - low) // max(high - low, 1)
        return replace(self, total=total)


def windows(truths: Sequence[Truth], kind: str, commodity: str, clock: Clock) -> Windows:
    """The minutes [start, end) of the truths of a kind about a meter, inside the data, in order."""
    mine = [t for t in truths if t.kind == kind and t.meter in ("", commodity)]
    return tuple(sorted(clock.span(t.start, t.end) for t in mine))
