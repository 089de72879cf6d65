"""The power that is paid for, against the highest that was drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .clock import Floats
from .curve import Curve
from .references import offers

MARGIN = 0.9
"""The share of a power up to which it is said to be enough: a busier day may come."""
ENOUGH = 300
"""Days of peaks before less power is advised: both winters and washing days are in them."""


@dataclass(frozen=True, slots=True)
class Power:
    """kV.A: what is subscribed to, the highest that was drawn, and the least that would have been enough.

    seen  by the meter's own peaks ("peaks"), or by means over half hours, which hide short ones ("means")
    days  on which there was a peak, or of the load curve
    """

    subscribed: float
    highest: float
    enough: float
    seen: Literal["peaks", "means"]
    days: int

    @property
    def verdict(self) -> Literal["less", "tight", "fits", "unknown"]:
        if self.highest > self.subscribed * 0.95:
            return "tight"
        if self.seen == "means":
            return "unknown"
        return "less" if self.enough < self.subscribed and self.days >= ENOUGH else "fits"


def power(subscribed: float | None, peaks: Floats, curve: Curve) -> Power | None:
    """None where the contract's power or any draw is not known. Peaks are W or V.A, which are W at least."""
    peaks = peaks[np.isfinite(peaks)]
    if not subscribed or not (len(peaks) or len(curve)):
        return None
    highest = float((peaks if len(peaks) else curve.watts).max()) / 1000
    sizes = sorted(offers().base.per_year)
    enough = next((float(size) for size in sizes if highest <= size * MARGIN), subscribed)
    return Power(subscribed, highest, enough, "peaks" if len(peaks) else "means", len(peaks) or round(curve.days))
