"""The meters of a home: dials that have counted its loads, with what happened to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...model.time import Int64s
from .chance import Chance
from .clock import Clock
from .home import Home
from .loads import Loads
from .meter import Meter, windows
from .truth import Commodity, Truth

GAS = 112
"""What the dial of a gas meter is driven by: 11.2 kWh/m3, in tenths."""

LIMIT: dict[Commodity, int] = {"water": 10**8, "electricity": 10**9, "gas": 10**8}
"""Where dials begin again: 100 000 m3 in litres, 1 000 MWh in watt-hours, 100 000 m3 in dm3."""

FIRST: dict[Commodity, tuple[int, int]] = {
    "water": (200_000, 1_300_000),
    "electricity": (4_000_000, 40_000_000),
    "gas": (900_000, 8_000_000),
}
"""What dials show at first, at least, and how much more at most."""


def meters(home: Home, loads: Loads, truths: Sequence[Truth], clock: Clock, chance: Chance) -> dict[str, Meter]:
    """By commodity; of electricity also by register ("electricity F1") where there are two prices."""
    found: dict[str, Meter] = {}
    for commodity in home.meters:
        if commodity == "water":
            found[commodity] = _meter("water", _counted(loads.water, 60_000), truths, clock, chance)
        elif commodity == "gas":
            found[commodity] = _meter("gas", _counted(loads.gas * 10, 60 * GAS), truths, clock, chance)
        elif home.off_peak is None:
            found[commodity] = _meter("electricity", _counted(loads.electricity, 60), truths, clock, chance)
        else:
            low = _off_peak(home.off_peak, clock)
            parts = [_counted(np.where(mask, loads.electricity, 0), 60) for mask in (~low, low)]
            whole = _meter("electricity", parts[0] + parts[1], truths, clock, chance)
            night = tuple(first * 2 // 5 for first in whole.first)
            found[commodity] = whole
            found["electricity F1"] = replace(
                whole, total=parts[0], first=tuple(w - f for w, f in zip(whole.first, night, strict=True))
            )
            found["electricity F2"] = replace(whole, total=parts[1], first=night)
    return found


def _counted(rate: Int64s, divisor: int) -> Int64s:
    return np.append(0, np.cumsum(rate)) // divisor


def _meter(commodity: Commodity, total: Int64s, truths: Sequence[Truth], clock: Clock, chance: Chance) -> Meter:
    own = chance.of(commodity)
    swaps = tuple(sorted({low for low, _ in windows(truths, "meter-swap", commodity, clock)} - {0, clock.minutes}))
    least, more = FIRST[commodity]
    first = least + own.one("index", more)
    for low, _ in windows(truths, "rollover", commodity, clock):
        # The last number before the limit is shown then; the next use goes past it.
        first = LIMIT[commodity] - 1 - int(total[min(low, clock.minutes)])
    devices = tuple(f"{commodity[0].upper()}{own.one(f'device {i}', 10**6):06d}" for i in range(len(swaps) + 1))
    return Meter(
        devices, total, (first, *(0 for _ in swaps)), swaps, LIMIT[commodity], windows(truths, "gap", commodity, clock)
    )


def _off_peak(window: tuple[int, int], clock: Clock) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """True in the minutes of the cheaper hours, by the clock on the wall."""
    start, end = window
    midnight = np.arange(-1, clock.n, dtype=np.int64) * 1440
    length = (end - start) % 1440
    steps = np.zeros(clock.minutes + 1, np.int64)
    np.add.at(steps, np.clip(clock.minute(midnight + start), 0, clock.minutes), 1)
    np.add.at(steps, np.clip(clock.minute(midnight + start + length), 0, clock.minutes), -1)
    return np.asarray(np.cumsum(steps[:-1]) > 0)
