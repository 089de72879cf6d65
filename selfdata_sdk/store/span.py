"""Spans: the pieces of time, in UTC, that one page each holds. A label sorts in time: 2016, 2016-03, 2016-03-05."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..model.record import Span

WHOLE = "all"
_UNITS = {"year": "Y", "month": "M", "day": "D"}
_FINER: dict[Span, Span] = {"whole": "year", "year": "month", "month": "day"}
_KINDS: dict[int, Span] = {4: "year", 7: "month", 10: "day"}


def kind(label: str) -> Span:
    """How much time the span of a label holds."""
    return "whole" if label == WHOLE else _KINDS[len(label)]


def finer(label: str) -> Span | None:
    """The next smaller kind of span; None for a day."""
    return _FINER.get(kind(label))


def cut(placed: NDArray[np.int64], span: Span) -> Iterator[tuple[str, slice]]:
    """Ascending instants (µs) cut into spans: each label with the slice of rows that lie in it."""
    if not len(placed):
        return
    if span == "whole":
        yield WHOLE, slice(0, len(placed))
        return
    unit = _UNITS[span]
    first, last = placed[[0, -1]].astype("datetime64[us]").astype(f"datetime64[{unit}]")
    labels = np.arange(first, last + 1)
    starts = np.append(labels, last + 1).astype("datetime64[us]").astype(np.int64)
    bounds = np.searchsorted(placed, starts).tolist()
    for label, low, high in zip(labels.astype(str).tolist(), bounds[:-1], bounds[1:], strict=True):
        if high > low:
            yield label, slice(low, high)


def start(label: str) -> int:
    """The instant (µs) at which the span starts; the first of all for the whole."""
    return -(2**62) if label == WHOLE else _instant(label, 0)


def end(label: str) -> int:
    """The instant (µs) at which the span ends."""
    return 2**62 if label == WHOLE else _instant(label, 1)


def _instant(label: str, later: int) -> int:
    first = np.array([label], f"datetime64[{_UNITS[kind(label)]}]") + later
    return int(first.astype("datetime64[us]").astype(np.int64)[0])


def within(label: str, outer: str) -> bool:
    """True if the span of `label` is a smaller part of the span of `outer`."""
    return label != outer and (outer == WHOLE or label.startswith(outer + "-"))
