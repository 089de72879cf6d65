"""How long the step is of values that come with one stamp each."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..model.time import MINUTE

Int64s = NDArray[np.int64]
Mask = NDArray[np.bool_]
Guess = Literal["", "inferred", "assumed"]

USUAL = 30 * MINUTE


def steps(at: Int64s, known: tuple[int, ...], stated: int = 0) -> tuple[Int64s, Guess]:
    """The length (µs) of the step that each ascending stamp closes, and how it was found.

    A stated length holds for all, except where stamps follow each other faster. Otherwise it is the time since the
    stamp before, if that is one of the `known` lengths and the stamp stands on a multiple of it. A distance that is
    longer than those around it and that neither has is a hole, not a step: the row takes its neighbour's length.
    """
    n = len(at)
    if n == 1 or not n:
        return np.full(n, stated or USUAL, np.int64), "" if stated else "assumed"
    since = np.diff(at, prepend=at[0])
    if stated:
        faster = np.isin(since, known) & (since < stated)
        faster[0] = False
        return np.where(faster, since, stated), "inferred" if faster.any() else ""
    if (since[1:] == since[1]).all() and since[1] in known:
        since[0] = since[1]
        return since, "inferred"
    fits = np.zeros(n, bool)
    for length in known:
        fits |= (since == length) & (at % length == 0)
    fits[0] = False
    as_before = np.concatenate([[False], (since[1:] == since[:-1]) & fits[:-1]])
    as_after = np.concatenate([(since[:-1] == since[1:]) & fits[1:], [False]])
    # A hole makes a distance longer, never shorter.
    before, after = np.append(since[0], since[:-1]), np.append(since[1:], since[-1])
    before[:2] = since[:2]
    shortest = (since <= before) & (since <= after)
    sure = fits & (as_before | as_after | shortest)
    if not sure.any():
        sure = fits
    if not sure.any():
        return _within(np.full(n, USUAL, np.int64), since, known), "assumed"
    return _within(since[_nearest(sure)], since, known), "inferred"


def _within(found: Int64s, since: Int64s, known: tuple[int, ...]) -> Int64s:
    """No step reaches back over the stamp before: what would is the longest known length that does not."""
    lengths = np.array(sorted(known), np.int64)
    place = np.searchsorted(lengths, since, side="right") - 1
    longest = np.where(place >= 0, lengths[np.maximum(place, 0)], since)
    over = found > since
    over[0] = False
    return np.where(over, longest, found)


def _nearest(sure: Mask) -> Int64s:
    """For each row the next one from it on that is sure; after the last one, that one.

    What follows a hole was measured as the rows after it were.
    """
    where = np.flatnonzero(sure)
    return where[np.minimum(np.searchsorted(where, np.arange(len(sure))), len(where) - 1)]
