"""What the host hands over for one need: plain arrays, and nothing else of the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from selfdata_sdk.model.column import Rows
from selfdata_sdk.model.record import InstantRecord, Record
from selfdata_sdk.model.reduction import Part, join_parts, reduce, reducible
from selfdata_sdk.model.time import Granularity, bucket_bounds


@dataclass(frozen=True, slots=True, eq=False)
class Payload:
    """The rows of one dataset, sorted by time.

    rows         the times of the record type, and the fields that were asked for, as they are stored
    series       shape (n,): which series a row belongs to, numbered from 0
    zones        the IANA zone of each series, in which its local days are cut
    granularity  the one in effect
    start, end   the period handed over, in microseconds since the epoch
    since        from when coverage counts: `start`, or the first record that is held if that is later
    """

    rows: Part
    series: NDArray[np.int64]
    zones: tuple[str, ...]
    granularity: Granularity
    start: int
    end: int
    since: int

    def __len__(self) -> int:
        return len(self.series)

    def take(self, rows: Rows) -> Payload:
        return replace(self, rows=self.rows.take(rows), series=self.series[rows])


def gather(
    parts: Sequence[Part],
    first: str,
    zones: tuple[str, ...],
    granularity: Granularity,
    start: int,
    end: int,
    since: int,
) -> Payload:
    """One payload of the rows of each series, sorted by their time field `first` and then by series."""
    numbers = np.repeat(np.arange(len(parts)), [len(p) for p in parts])
    payload = Payload(join_parts(list(parts)), numbers, zones, granularity, start, end, since)
    if len(parts) == 1:
        return payload
    return payload.take(np.argsort(payload.rows.ints(first), kind="stable"))


def coverage(payload: Payload, record_type: type[Record]) -> float:
    """The share of the period, from the first record held on, that is known, 0 to 1.

    For data that are not a time series, 1 if there are any.
    """
    if not len(payload) or payload.end <= payload.start:
        return 0.0
    if not reducible(record_type):
        return 1.0
    return _days_known(payload) if issubclass(record_type, InstantRecord) else _known(payload)


def _known(payload: Payload) -> float:
    """The share of the period, from the first record held on, that at least one row knows."""
    start, end, covered = payload.rows.ints("start"), payload.rows.ints("end"), payload.rows.covered
    if not (start[1:] > start[:-1]).all():
        order = np.lexsort((-covered, start))
        start, end, covered = start[order], end[order], covered[order]
    first = max(payload.start, min(payload.since, int(start[0])))
    low, high = np.maximum(start, first), np.minimum(end, payload.end)
    before = np.maximum.accumulate(np.concatenate([[first], np.where(covered > 0, high, first)[:-1]]))
    new = np.maximum(high - np.maximum(low, before), 0)
    # A bucket may reach out of the period: what is known of it is in the part that lies inside.
    inside = np.maximum(high - low, 1)
    known = np.minimum((end - start) * covered, inside) / inside
    return min(float((new * known).sum() / max(payload.end - first, 1)), 1.0)


def _days_known(payload: Payload) -> float:
    """The share of the period's local days, from the first record held on, that have a row."""
    at, tz = payload.rows.ints("at"), payload.zones[-1]
    first = max(payload.start, min(payload.since, int(at.min())))
    days = bucket_bounds("day", tz, first, payload.end)
    return len(set(np.searchsorted(days, at, side="right").tolist())) / (len(days) - 1)


def reduced(payload: Payload, record_type: type[Record], granularity: Granularity) -> Payload:
    """The payload in coarser local buckets, series by series."""
    start, end = payload.start, payload.end
    parts = [
        _reduced(record_type, part, granularity, tz, start, end)
        for part, tz in zip(_by_series(payload), payload.zones, strict=True)
    ]
    return gather(parts, record_type.time_fields[0], payload.zones, granularity, start, end, payload.since)


def _reduced(record_type: type[Record], part: Part, granularity: Granularity, tz: str, start: int, end: int) -> Part:
    """One series in coarser buckets: what it holds for all its records holds for each bucket."""
    held = {n: c for n, c in part.columns.items() if n in record_type.series_fields}
    own = {n: c for n, c in part.columns.items() if n not in held}
    made = reduce(record_type, replace(part, columns=own), granularity, tz, start, end)
    first = np.zeros(len(made), np.int64)
    return replace(made, columns={**made.columns, **{n: c.take(first) for n, c in held.items()}})


def _by_series(payload: Payload) -> list[Part]:
    if len(payload.zones) == 1:
        return [payload.rows]
    return [payload.rows.take(payload.series == number) for number in range(len(payload.zones))]
