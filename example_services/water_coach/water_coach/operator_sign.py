"""What the water operator itself says of a leak, in daily values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .clock import HOUR
from .hours import Floats, Ints

RECENT = 7  # days looked at
AT_LEAST = 3  # days of them that must say it, and the last one among the last three


@dataclass(frozen=True)
class OperatorSign:
    """`days` of the last seven on which the operator saw a leak: [start, end) in µs UTC."""

    start: int
    end: int
    days: int
    litres: float | None
    """The operator's own estimate over these days; None if it gave only a lowest flow."""
    flow: float
    """L/h: the median lowest flow, or the estimate spread over the day."""


def operator_sign(start: Ints, end: Ints, min_flow: Floats, estimated_leak: Floats) -> OperatorSign | None:
    """The operator's recent estimate, or else a lowest flow that was never zero, on daily rows.

    NaN means that the operator said nothing. Rows shorter than a day are not looked at: in an hour of use the
    lowest flow is the use itself.
    """
    daily = (end - start) >= 20 * HOUR
    if not daily.any():
        return None
    start, end = start[daily][-RECENT:], end[daily][-RECENT:]
    min_flow, leak = min_flow[daily][-RECENT:], estimated_leak[daily][-RECENT:]
    length = (end - start) / HOUR
    if _said(leak > 0):
        on = leak > 0
        return OperatorSign(
            int(start[on][0]),
            int(end[on][-1]),
            int(on.sum()),
            float(leak[on].sum()),
            float(np.median((leak / length)[on])),
        )
    if _said(min_flow > 0):
        on = min_flow > 0
        return OperatorSign(int(start[on][0]), int(end[on][-1]), int(on.sum()), None, float(np.median(min_flow[on])))
    return None


def _said(on: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    return bool(on.sum() >= AT_LEAST and on[-AT_LEAST:].any())
