"""Leaks: water that never rests.

A home without a leak uses nothing for a while every day or night. Three rules look for a flow that does not stop:

    no_rest     no hour at zero for 72 hours
    base_flow   no hour below 20 L/h for 24 hours
    seep        no rest of four hours in a row for seven days: a flow smaller than the meter's step per hour

The first two need 90 % of their time read by the hour; less gives no verdict. What they find is extended to the
last real rest (four hours in a row at zero) before and to the first one after: one leak is one episode, though an
hour at zero, which a meter that counts whole litres shows under a small leak, interrupts the count of hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from .clock import HOUR
from .hours import Bools, Floats, Hours, Ints
from .references import LeakRule

Sign = Literal["no_rest", "base_flow", "seep"]
Certainty = Literal["possible", "likely", "very_likely"]
DAY = 24 * HOUR


@dataclass(frozen=True)
class Episode:
    """A time in which water never rested: [start, end) in µs UTC."""

    start: int
    end: int
    signs: tuple[Sign, ...]
    without_zero: float
    """The longest time in it without an hour at zero, in hours."""
    coverage: float
    flow: float
    """L/h that ran all the time, as of its last week."""
    litres: float
    """What that flow took over the whole time."""

    @property
    def hours(self) -> float:
        return (self.end - self.start) / HOUR

    @property
    def mean_flow(self) -> float:
        """L/h that ran all the time, over the whole of it."""
        return self.litres / self.hours

    @property
    def certainty(self) -> Certainty:
        if self.signs == ("seep",):
            return "possible"
        long = self.without_zero >= 7 * 24 or ("base_flow" in self.signs and self.hours >= 48)
        return "very_likely" if long else "likely"


@dataclass(frozen=True)
class Leaks:
    """What the hours say of leaks. `current` is the last episode if no real rest has come since."""

    episodes: tuple[Episode, ...]
    current: Episode | None
    judged: bool
    """False if the last 72 hours neither show a real rest nor were read well enough by the hour for a verdict."""
    coverage: float
    """The share of the last 72 hours that was read by the hour."""
    last_rest: int | None
    """The end of the last real rest, in µs UTC."""

    @property
    def past(self) -> tuple[Episode, ...]:
        return tuple(e for e in self.episodes if e is not self.current)

    def lost(self, bounds: Ints) -> Floats:
        """Litres that leaks took between each two neighbours of `bounds` (µs UTC)."""
        lost = np.zeros(len(bounds) - 1)
        for e in self.episodes:
            overlap = np.minimum(bounds[1:], e.end) - np.maximum(bounds[:-1], e.start)
            lost += np.clip(overlap, 0, None) / HOUR * e.mean_flow
        return lost


def find_leaks(hours: Hours, rule: LeakRule) -> Leaks:
    """Every episode in `hours`, oldest first."""
    if not len(hours):
        return Leaks((), None, False, 0.0, None)
    rests = _rests(hours, rule.real_rest_hours)
    spans = _spans(hours, rests, rule)
    still = _still(hours, 0.0), _still(hours, rule.base_flow)
    episodes = tuple(e for low, high in spans if (e := _episode(hours, low, high, still, rule)) is not None)
    end = int(hours.end[-1])
    current = episodes[-1] if episodes and episodes[-1].end >= end - DAY and not _ended(episodes[-1], rests) else None
    since = end - int(rule.rest_hours * HOUR)
    coverage = _covered(hours, since, end)
    last_rest = int(rests[-1][1]) if len(rests) else None
    rested = last_rest is not None and last_rest > since
    judged = rested or current is not None or coverage >= rule.coverage
    return Leaks(episodes, current, judged, coverage, last_rest)


def _ended(episode: Episode, rests: Ints) -> bool:
    return bool(len(rests) and rests[-1][0] >= episode.end)


def _covered(hours: Hours, since: int, until: int) -> float:
    fine = hours.fine
    inside = np.minimum(hours.end[fine], until) - np.maximum(hours.start[fine], since)
    return float(np.clip(inside, 0, None).sum() / (until - since))


def _rests(hours: Hours, shortest: float) -> Ints:
    """Stretches [start, end) of at least `shortest` hours at zero, rows touching; shape (n, 2)."""
    zero = hours.trusted & (hours.litres <= 0)
    touching = np.concatenate([[False], zero[1:] & zero[:-1] & (hours.start[1:] - hours.end[:-1] <= HOUR // 4)])
    first = np.flatnonzero(zero & ~touching)
    if not len(first):
        return np.zeros((0, 2), np.int64)
    last = np.append(first[1:], len(zero)) - 1
    ends = [_last_true(zero, a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True)]
    found: Ints = np.column_stack([hours.start[first], hours.end[ends]])
    return found[(found[:, 1] - found[:, 0]) >= shortest * HOUR]


def _last_true(zero: Bools, first: int, last: int) -> int:
    """The last index of the stretch of zeros that starts at `first`."""
    stop = np.flatnonzero(~zero[first : last + 1])
    return int(first + stop[0] - 1) if len(stop) else last


def _spans(hours: Hours, rests: Ints, rule: LeakRule) -> list[tuple[int, int]]:
    """Row ranges [low, high) between real rests and unread times longer than the rule allows."""
    resting = np.zeros(len(hours), bool)
    for start, end in rests:
        resting[np.searchsorted(hours.start, start) : np.searchsorted(hours.start, end)] = True
    gap = np.zeros(len(hours), bool)
    gap[1:] = hours.start[1:] - hours.end[:-1] > rule.longest_gap_hours * HOUR
    edges = np.flatnonzero(np.diff(resting.astype(np.int8), prepend=1) != 0)
    cuts = np.unique(np.concatenate([[0], edges, np.flatnonzero(gap), [len(hours)]]))
    return [(int(a), int(b)) for a, b in pairwise(cuts) if not resting[a]]


def _still(hours: Hours, floor: float) -> Bools:
    """True for rows that show a moment without flow (floor 0), or below `floor` L/h.

    A longer row shows one too if fewer litres than hours ran in it (the meter counts whole litres at best).
    """
    if floor > 0:
        return hours.trusted & (hours.flow < floor)
    step = min(hours.resolution, 1.0)
    whole = np.where(hours.fine, 0.0, np.floor(hours.length))
    return hours.trusted & ((hours.litres <= 0) | (hours.litres < whole * step))


def _episode(hours: Hours, low: int, high: int, still: tuple[Bools, Bools], rule: LeakRule) -> Episode | None:
    start, end = int(hours.start[low]), int(hours.end[high - 1])
    if end - start < min(rule.base_hours, rule.rest_hours) * HOUR:
        return None
    longest = _longest(hours, low, high, still[0], rule.coverage)
    strong = _longest(hours, low, high, still[1], rule.coverage)
    coverage = _covered(hours, start, end)
    signs: list[Sign] = []
    if longest >= rule.rest_hours:
        signs.append("no_rest")
    if strong >= rule.base_hours:
        signs.append("base_flow")
    if not signs and end - start >= rule.seep_hours * HOUR and coverage >= rule.coverage:
        signs.append("seep")
    if not signs:
        return None
    flows = _flows(hours, low, high, rule.real_rest_hours)
    if not np.isfinite(flows).any():
        flows = hours.flow[low:high].min(keepdims=True)
    litres = float(np.nanmean(flows)) * (end - start) / HOUR
    return Episode(start, end, tuple(signs), longest, coverage, float(np.nanmedian(flows[-7:])), litres)


def _longest(hours: Hours, low: int, high: int, still: Bools, coverage: float) -> float:
    """The longest time, in hours, without a `still` row, of which at least `coverage` was read by the hour."""
    cuts = np.concatenate([[low - 1], np.flatnonzero(still[low:high]) + low, [high]])
    runs = [(int(a) + 1, int(b)) for a, b in pairwise(cuts) if b - a > 1]
    return max((_well_read(hours, a, b, coverage) for a, b in runs), default=0.0)


def _well_read(hours: Hours, low: int, high: int, coverage: float) -> float:
    """The longest window of rows [low, high) of which `coverage` was read by the hour.

    With f(t) = hours read until t less coverage × hours gone by, a window [s, e) is read well enough where
    f(e) ≥ f(s): the earliest s for each e is found among the running minima of f.
    """
    read = np.concatenate([[0.0], np.cumsum(np.where(hours.fine[low:high], hours.length[low:high], 0.0))])
    start, end = hours.start[low:high], hours.end[low:high]
    before = read[:-1] - coverage * (start - start[0]) / HOUR
    after = read[1:] - coverage * (end - start[0]) / HOUR
    minima = np.minimum.accumulate(before)
    # minima never rise, so the first start whose minimum is at most f(e) is a binary search away.
    first = np.searchsorted(-minima, -after - 1e-9, side="left")
    valid = first < np.arange(1, len(after) + 1)
    if not valid.any():
        return 0.0
    return float(((end - start[np.minimum(first, len(start) - 1)])[valid]).max() / HOUR)


def _flows(hours: Hours, low: int, high: int, window: float) -> Floats:
    """For each 24 hours, the lowest mean flow over `window` hours in a row, L/h; NaN where none was read."""
    size = max(1, round(window))
    litres, length, fine = (a[low:high] for a in (hours.litres, hours.length, hours.fine))
    start = hours.start[low:high]
    if len(start) < size:
        return np.full(1, np.nan)
    count = len(start) - size + 1
    sums = np.convolve(litres, np.ones(size), "valid")
    spans = np.convolve(length, np.ones(size), "valid")
    whole = np.convolve(fine.astype(float), np.ones(size), "valid") > size - 0.5
    gapless = (hours.end[low:high][size - 1 :] - start[:count]) / HOUR <= spans + 0.5
    flow = np.where(whole & gapless, sums / spans, np.nan)
    block = ((start[:count] - start[0]) // DAY).astype(int)
    lowest = np.full(block.max() + 1, np.inf)
    np.fmin.at(lowest, block, flow)
    return np.where(np.isfinite(lowest), lowest, np.nan)
