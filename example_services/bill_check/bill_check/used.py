"""What meters counted, by day, in the unit in which it is billed: kWh, or m3 of water."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfdata_sdk import Dataset

COVERED = 0.9
"""The share of a bill's time that must be read for a verdict."""


@dataclass(frozen=True, eq=False)
class Used:
    """Amounts of one meter by local day: `days` (n,) ascending and distinct, `amounts` and `coverage` (n,)."""

    days: NDArray[np.datetime64]
    amounts: NDArray[np.float64]
    coverage: NDArray[np.float64]

    @classmethod
    def of(cls, data: Dataset[Any], field: str, divisor: float) -> Used:
        """The meter through which most flows; a second one may measure the same again."""
        if not len(data):
            return cls(np.zeros(0, "M8[D]"), np.zeros(0), np.zeros(0))
        amounts = data.column(field) / divisor
        series = data.series
        most = max(np.unique(series).tolist(), key=lambda n: float(np.nansum(amounts[series == n])))
        mine = (series == most) & np.isfinite(amounts)
        # A bucket begins at local midnight: half a day later it is that day in UTC as well.
        days = (data.column("start")[mine] + np.timedelta64(12, "h")).astype("M8[D]")
        whole, place = np.unique(days, return_inverse=True)
        coverage = np.zeros(len(whole))
        np.maximum.at(coverage, place, data.column("coverage")[mine])
        return cls(whole, np.bincount(place, amounts[mine], len(whole)).astype(np.float64), coverage)

    def between(self, start: date, end: date) -> float | None:
        """What was counted on the days [start, end), days that lack at the mean of the others; None below 90 %."""
        n = (end - start).days
        if n <= 0:
            return None
        inside = (self.days >= np.datetime64(start)) & (self.days < np.datetime64(end))
        read = float(self.coverage[inside].sum())
        if read < COVERED * n:
            return None
        return float(self.amounts[inside].sum()) * n / read

    @property
    def last(self) -> date | None:
        """The last day that was read."""
        return None if not len(self.days) else self.days[-1].astype(object)
