"""What runs at night, beyond what is drawn all the time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .curve import Curve

BEGIN, END = 22 * 60, 6 * 60
"""The night, in minutes after midnight; so long that a water heater's usual hours lie in it."""
LAST = 28
FEWEST = 7
LOUD = 1000.0
"""W above the quietest time of the night from which something large runs."""
MOST_NIGHTS = 0.5


@dataclass(frozen=True, slots=True)
class Block:
    """A time of the night in which something large runs on most nights: [start, end) in minutes after midnight."""

    start: int
    end: int
    watts: float


@dataclass(frozen=True, slots=True)
class Night:
    """What is used between 22 and 6 o'clock: kWh a night, the share of the whole day, and the large block if any."""

    kwh: float
    share: float
    nights: int
    block: Block | None


def night(curve: Curve) -> Night | None:
    """Over the last four weeks; None with fewer nights than a week, or where hours cannot be told apart."""
    if not curve.fine:
        return None
    last = curve.day >= curve.day[-1] - np.timedelta64(LAST, "D")
    minute, kwh, watts, day = (a[last] for a in (curve.minute, curve.kwh, curve.watts, curve.day))
    dark = (minute >= BEGIN) | (minute < END)
    nights = len(np.unique(day[dark]))
    if nights < FEWEST or kwh.sum() <= 0:
        return None
    # By the hours that were read: a gap in the night makes it neither shorter nor cheaper.
    hours = curve.length[last][dark].sum()
    per_night = float(kwh[dark].sum() / hours * 8)
    return Night(per_night, float(kwh[dark].sum() / kwh.sum()), nights, _block(minute[dark], watts[dark]))


def _block(minute: np.ndarray, watts: np.ndarray) -> Block | None:
    """The longest run of times at which most nights are loud."""
    shifted = (minute - BEGIN) % 1440
    times, place = np.unique(shifted, return_inverse=True)
    quiet = float(np.quantile(watts, 0.1))
    loud = np.bincount(place, watts >= quiet + LOUD) / np.bincount(place) >= MOST_NIGHTS
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    if not runs:
        return None
    first, end = max(runs, key=lambda r: (r[1] - r[0], -r[0]))
    step = int(np.diff(times).min()) if len(times) > 1 else 30
    inside = (place >= first) & (place < end)
    power = float(np.median(watts[inside & (watts >= quiet + LOUD)]))
    return Block(int(times[first] + BEGIN) % 1440, int(times[end - 1] + step + BEGIN) % 1440, power)
