"""The load curve of one meter: how much electricity was used in each half hour, and when by the clock on the wall."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from selfdata_sdk import Dataset

from .clock import DAY, HOUR, MINUTE, Bools, Dates, Floats, Ints, wall

KNOWN = 0.9
"""The share of a row's own time that must be known for it to be looked at."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Rows in time order, shape (n,) each: `wall` is the wall-clock start in µs, `length` in hours, `kwh` used.

    `trusted` is False where the value was estimated.
    """

    wall: Ints
    length: Floats
    kwh: Floats
    trusted: Bools

    @classmethod
    def of(cls, data: Dataset[Any]) -> Curve:
        mine = main_series(data, "energy")
        start, end = (data.column(name)[mine].astype(np.int64) for name in ("start", "end"))
        kwh = data.column("energy")[mine] / 1000
        known = (kwh >= 0) & (end > start) & (data.column("coverage")[mine] >= KNOWN)
        trusted = data.column("quality")[mine] == "measured"
        start, end = start[known], end[known]
        shown = wall(start, data.tz) if len(start) else start
        return cls(shown, (end - start) / HOUR, kwh[known], np.asarray(trusted[known], bool))

    def __len__(self) -> int:
        return len(self.wall)

    @cached_property
    def watts(self) -> Floats:
        return self.kwh / self.length * 1000

    @cached_property
    def day(self) -> Dates:
        """The local day in which each row begins."""
        return (self.wall // DAY).astype("M8[D]")

    @cached_property
    def minute(self) -> Ints:
        """Minutes since local midnight."""
        return self.wall % DAY // MINUTE

    @cached_property
    def fine(self) -> bool:
        """True if hours can be told apart."""
        return bool(len(self) and np.median(self.length) <= 1.1)

    @cached_property
    def days(self) -> float:
        """How many days of time are known."""
        return float(self.length.sum() / 24)


def main_series(data: Dataset[Any], field: str) -> Bools:
    """The rows of one meter: of those read up to the end, the one with most use. A second one may count it again."""
    series = data.series
    if not len(data):
        return np.zeros(0, bool)
    start, amounts = data.column("start"), np.nan_to_num(data.column(field).astype(float))
    recent = start.max() - np.timedelta64(14, "D")
    current = [n for n in np.unique(series).tolist() if start[series == n].max() >= recent]
    most = max(current, key=lambda n: (float(amounts[series == n].sum()), -n))
    mine: Bools = series == most
    return mine
