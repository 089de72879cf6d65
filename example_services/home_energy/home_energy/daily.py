"""What a meter counted by local day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from selfdata_sdk import Dataset

from .clock import Bools, Dates, Floats
from .curve import KNOWN, main_series

AWAY = 0.05
"""The share of a usual day's water up to which nobody was at home."""


@dataclass(frozen=True, eq=False)
class Daily:
    """Whole days only, ascending: `days` (n,) and what was used on each, `amounts` (n,)."""

    days: Dates
    amounts: Floats

    @classmethod
    def of(cls, data: Dataset[Any], field: str, divisor: float = 1.0) -> Daily:
        if not len(data):
            return cls(np.zeros(0, "M8[D]"), np.zeros(0))
        by_day = data.by("day")
        amounts = by_day.column(field).astype(float) / divisor
        mine = main_series(by_day, field) & (by_day.column("coverage") >= KNOWN) & (amounts >= 0)
        # A day begins at local midnight: half a day later it is that day in UTC as well.
        days = (by_day.column("start")[mine] + np.timedelta64(12, "h")).astype("M8[D]")
        whole, first = np.unique(days, return_index=True)
        return cls(whole, amounts[mine][first])

    def __len__(self) -> int:
        return len(self.days)

    @property
    def total(self) -> float:
        return float(self.amounts.sum())

    @property
    def per_year(self) -> float:
        """What a year of such days makes."""
        return float(self.amounts.mean()) * 365 if len(self) else 0.0

    def without(self, days: Dates) -> Daily:
        kept = ~np.isin(self.days, days)
        return Daily(self.days[kept], self.amounts[kept])

    def empty(self) -> Dates:
        """The days on which (nearly) nothing ran."""
        if not len(self):
            return self.days
        nothing: Bools = self.amounts <= AWAY * float(np.quantile(self.amounts, 0.75))
        return self.days[nothing]
