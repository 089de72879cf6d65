"""Reduction: records of one series in coarser local buckets.

Intervals: what is summed is shared out over the buckets that a record straddles in proportion to time; the running
total is rounded, not each share, so nothing is lost or made. Means are weighted by time. A record that is already as
long as a bucket stays as it is (a holder's days may run from 20:00 to 20:00). Instants: one row per bucket, placed
at the bucket's start. What is missing is not zero: `covered` tells which share of each bucket is known, and a
bucket of which nothing is known is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .column import NULL, Codes, Column, Ints, Lists, Moneys, Rows, concat
from .field import Field, fields_of
from .record import InstantRecord, IntervalRecord, Record
from .time import NOMINAL, SECOND, DayRule, Granularity, Int64s, bucket_bounds

WORST_LAST = ("measured", "edited", "derived", "interpolated", "estimated", "projected", "questionable", "missing")
"""Qualities from best to worst: a bucket has the worst of its records."""

_RANK = {word: rank for rank, word in enumerate(WORST_LAST)}


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Rows of one record type as columns of length n, with what a reduction needs to know of each.

    columns      the times, and fields as they are stored
    quality      one word per row
    provisional  shape (n,): True where the value may still change
    covered      shape (n,): the share of the row's own time that is known, 0 to 1
    """

    columns: Mapping[str, Column]
    quality: Codes
    provisional: NDArray[np.bool_]
    covered: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.covered)

    def ints(self, name: str) -> Int64s:
        """The stored integers of a column."""
        column = self.columns[name]
        assert isinstance(column, Ints)
        return column.values

    def take(self, rows: Rows) -> Part:
        return Part(
            {n: c.take(rows) for n, c in self.columns.items()},
            self.quality.take(rows),
            self.provisional[rows],
            self.covered[rows],
        )


def join_parts(parts: list[Part]) -> Part:
    """The rows of all parts, one after the other; all hold the same columns."""
    if len(parts) == 1:
        return parts[0]
    quality = concat([p.quality for p in parts])
    assert isinstance(quality, Codes)
    return Part(
        {n: concat([p.columns[n] for p in parts]) for n in parts[0].columns},
        quality,
        np.concatenate([p.provisional for p in parts]),
        np.concatenate([p.covered for p in parts]),
    )


def reducible(record_type: type[Record]) -> bool:
    """True for time series: their records may be given in coarser buckets."""
    return issubclass(record_type, IntervalRecord | InstantRecord)


def reduce(
    record_type: type[Record],
    part: Part,
    granularity: Granularity,
    tz: str,
    lower: int,
    upper: int,
    *,
    closed: bool = False,
) -> Part:
    """`part` (rows of one series, sorted by time, not overlapping) in local buckets of [lower, upper).

    Instants in microseconds. With `closed`, buckets that reach out of [lower, upper) are withheld whole, and so are
    records that stay as they are; without it they are given as far as they are known.
    """
    if granularity == "raw":
        return part
    rule = record_type.facts.day_rule
    if issubclass(record_type, InstantRecord):
        return _instants(record_type, part, granularity, tz, lower, upper, rule, closed)
    return _intervals(record_type, part, granularity, tz, lower, upper, rule, closed)


@lru_cache(maxsize=256)
def _bounds(granularity: Granularity, tz: str, lower: int, upper: int, rule: DayRule, closed: bool) -> Int64s:
    """Bounds of the buckets: those wholly inside [lower, upper) if `closed`. Shape (buckets + 1,), or (0,)."""
    if upper <= lower:
        return np.zeros(0, np.int64)
    bounds = bucket_bounds(granularity, tz, lower, upper, rule)
    if closed:
        bounds = bounds[(bounds >= lower) & (bounds <= upper)]
    bounds = bounds if len(bounds) > 1 else np.zeros(0, np.int64)
    bounds.flags.writeable = False
    return bounds


# Intervals


def _intervals(
    record_type: type[Record],
    part: Part,
    granularity: Granularity,
    tz: str,
    lower: int,
    upper: int,
    rule: DayRule,
    closed: bool,
) -> Part:
    start, end = part.ints("start"), part.ints("end")
    known = part.covered > 0
    long = np.zeros(len(part), bool) if granularity == "total" else _as_long(end - start, known, NOMINAL[granularity])
    whole = known & long & (start >= lower) & (end <= upper) if closed else known & long
    fine = known & ~long
    kept = [part.take(whole)] if whole.any() else []
    bounds = _bounds(granularity, tz, lower, upper, rule, closed)
    if fine.any() and len(bounds):
        kept.append(_bucketed(record_type, part if fine.all() else part.take(fine), bounds))
    if not kept:
        return part.take(slice(0, 0))
    joined = join_parts(kept)
    return joined if len(kept) == 1 else joined.take(np.argsort(joined.ints("start"), kind="stable"))


def _as_long(length: Int64s, known: NDArray[np.bool_], bucket: int) -> NDArray[np.bool_]:
    """True for records that are as long as a bucket, or are meant to be.

    A meter that is read every hour is read every 40 to 80 minutes. Where most records of a series are as long as a
    bucket, those that are a little shorter are buckets too: cut on the clock, they would overlap their neighbours.
    """
    if known.any() and np.median(length[known]) >= 0.9 * bucket:
        return length > 0.5 * bucket
    return length >= bucket


class _Cuts:
    """Where bounds fall in sorted intervals that do not overlap.

    Per bound: `at`, the last interval that starts before or at it (-1: none), and `share`, how much of that
    interval lies before it. Per bucket: the intervals first..last that reach into it.
    """

    def __init__(self, start: Int64s, end: Int64s, bounds: Int64s) -> None:
        self.at = np.searchsorted(start, bounds, side="right") - 1
        held = np.maximum(self.at, 0)
        length = (end - start)[held]
        inside = np.clip(bounds - start[held], 0, length)
        self.share = np.where(self.at >= 0, inside / length, 0.0)
        self.part = np.where(self.at >= 0, inside, 0)
        self.first = np.searchsorted(end, bounds[:-1], side="right")
        self.last = np.searchsorted(start, bounds[1:], side="left") - 1
        self.some = self.last >= self.first

    def shared(self, values: Int64s) -> Int64s:
        """Per bucket, the sum of `values`, each shared out over time; the whole is kept to the last unit."""
        total = np.concatenate([[0], np.cumsum(values)])
        held = np.maximum(self.at, 0)
        return np.diff(total[held] + np.rint(values[held] * self.share).astype(np.int64))

    def time(self, start: Int64s, end: Int64s) -> Int64s:
        """Per bucket, the time (µs) that the intervals cover."""
        total = np.concatenate([[0], np.cumsum(end - start)])
        return np.diff(total[np.maximum(self.at, 0)] + self.part)

    def over(self, combine: np.ufunc, values: NDArray[np.int64]) -> Int64s:
        """`combine` (minimum, maximum) over the intervals that reach into each bucket; 0 where there are none."""
        found = np.zeros(len(self.some), np.int64)
        if self.some.any():
            edges = np.stack([self.first[self.some], self.last[self.some] + 1], axis=1).reshape(-1)
            padded = np.append(values, values[-1])
            found[self.some] = combine.reduceat(padded, edges)[::2]
        return found


def _bucketed(record_type: type[Record], part: Part, bounds: Int64s) -> Part:
    start, end = part.ints("start"), part.ints("end")
    cuts = _Cuts(start, end, bounds)
    time = _known_time(cuts, part, start, end)
    there = np.flatnonzero(time > 0)
    columns: dict[str, Column] = {"start": Ints(bounds[:-1][there]), "end": Ints(bounds[1:][there])}
    specs = fields_of(record_type)
    for name, column in part.columns.items():
        if name not in columns:
            columns[name] = _reduced(specs[name], column, cuts, start, end, bounds).take(there)
    return Part(
        columns,
        _worst(part.quality, lambda ranks: cuts.over(np.maximum, ranks)[there], len(there)),
        _any(part.provisional, lambda flags: cuts.over(np.maximum, flags)[there], len(there)),
        np.minimum(time[there] / np.diff(bounds)[there], 1.0),
    )


def _known_time(cuts: _Cuts, part: Part, start: Int64s, end: Int64s) -> Int64s:
    if part.covered.min() >= 1:
        return cuts.time(start, end)
    return cuts.shared(np.rint((end - start) * part.covered).astype(np.int64))


def _worst(quality: Codes, combine: Callable[[Int64s], Int64s], n: int) -> Codes:
    if len(quality.words) == 1 and (quality.indexes == 0).all():
        return Codes.constant(quality.words[0], n)
    ranks = np.array([*(_RANK[w] for w in quality.words), 0], np.int64)[quality.indexes]
    return Codes(combine(ranks).astype(np.int32), WORST_LAST)


def _any(flags: NDArray[np.bool_], combine: Callable[[Int64s], Int64s], n: int) -> NDArray[np.bool_]:
    return combine(flags.astype(np.int64)) > 0 if flags.any() else np.zeros(n, bool)


def _reduced(spec: Field, column: Column, cuts: _Cuts, start: Int64s, end: Int64s, bounds: Int64s) -> Column:
    if isinstance(column, Lists):
        raise TypeError(f"{spec.name} is a list, which has no reduction")
    if isinstance(column, Moneys):
        return _money_sum(column, start, end, bounds, cuts)
    if not isinstance(column, Ints):
        return column.take(np.maximum(cuts.last, 0))
    values = column.values
    present = values != NULL
    if present.all():
        return Ints(_numbers(spec, values, cuts, start, end))
    if not present.any():
        return Ints.constant(NULL, len(bounds) - 1)
    start, end = start[present], end[present]
    cuts = _Cuts(start, end, bounds)
    return Ints(np.where(cuts.some, _numbers(spec, values[present], cuts, start, end), NULL))


def _numbers(spec: Field, values: Int64s, cuts: _Cuts, start: Int64s, end: Int64s) -> Int64s:
    if spec.kind == "quantity":
        match spec.reduce:
            case "sum":
                return cuts.shared(values)
            case "mean":
                return _mean(values, cuts, start, end)
            case "min":
                return cuts.over(np.minimum, values)
            case "max":
                return cuts.over(np.maximum, values)
    return values[np.maximum(cuts.last, 0)]


def _mean(values: Int64s, cuts: _Cuts, start: Int64s, end: Int64s) -> Int64s:
    """Weighted by time. Each value times its length, summed from the bucket's own first interval on."""
    seconds = (end - start) / SECOND
    total = np.concatenate([[0.0], np.cumsum(values * seconds)])
    held = np.maximum(cuts.at, 0)
    weighted = np.diff(total[held] + values[held] * (cuts.part / SECOND))
    time = cuts.time(start, end) / SECOND
    return np.rint(np.divide(weighted, time, out=np.zeros(len(time)), where=time > 0)).astype(np.int64)


def _money_sum(column: Moneys, start: Int64s, end: Int64s, bounds: Int64s, cuts: _Cuts) -> Moneys:
    """Amounts of one currency, summed exactly; missing where currencies mix."""
    present = column.unscaled.values != NULL
    n = len(bounds) - 1
    if not present.any():
        return Moneys(Ints.constant(NULL, n), Ints.constant(NULL, n), Codes.constant(None, n))
    if not present.all():
        column, start, end = column.take(present), start[present], end[present]
        cuts = _Cuts(start, end, bounds)
    exponent = int(column.exponent.values.max())
    amounts = column.unscaled.values * 10 ** (exponent - column.exponent.values)
    codes = column.currency.indexes.astype(np.int64)
    one = cuts.over(np.minimum, codes) == cuts.over(np.maximum, codes)
    there = cuts.some & one
    currency = np.where(there, cuts.over(np.maximum, codes), -1).astype(np.int32)
    return Moneys(
        Ints(np.where(there, cuts.shared(amounts), NULL)),
        Ints(np.where(there, exponent, NULL)),
        Codes(currency, column.currency.words),
    )


# Instants


def _instants(
    record_type: type[Record],
    part: Part,
    granularity: Granularity,
    tz: str,
    lower: int,
    upper: int,
    rule: DayRule,
    closed: bool,
) -> Part:
    bounds = _bounds(granularity, tz, lower, upper, rule, closed)
    at = part.ints("at")
    if not len(bounds) or not len(part):
        return part.take(slice(0, 0))
    inside = (part.covered > 0) & (at >= bounds[0]) & (at < bounds[-1])
    if not inside.all():
        part, at = part.take(inside), at[inside]
    parts = [_last_of(record_type, p, bounds) for p in _kinds(record_type, part) if len(p)]
    if not parts:
        return part.take(slice(0, 0))
    joined = join_parts(parts)
    return joined if len(parts) == 1 else joined.take(np.argsort(joined.ints("at"), kind="stable"))


def _kinds(record_type: type[Record], part: Part) -> list[Part]:
    """Rows that the rest of the natural key tells apart: a peak in W and one in V.A are not one another's last."""
    parts = [part]
    for name in record_type.natural_key:
        if isinstance(part.columns.get(name), Codes):
            parts = [kind for p in parts for kind in _by_word(p, name)]
    return parts


def _by_word(part: Part, name: str) -> list[Part]:
    column = part.columns[name]
    assert isinstance(column, Codes)
    return [part.take(column.indexes == code) for code in np.unique(column.indexes).tolist()]


def _last_of(record_type: type[Record], part: Part, bounds: Int64s) -> Part:
    bucket = np.searchsorted(bounds, part.ints("at"), side="right") - 1
    first = np.flatnonzero(np.diff(bucket, prepend=-1))
    last = np.append(first[1:], len(bucket)) - 1
    specs = fields_of(record_type)
    columns: dict[str, Column] = {"at": Ints(bounds[bucket[first]])}
    for name, column in part.columns.items():
        if name != "at":
            columns[name] = _extreme(specs[name], column, first) or column.take(last)
    return Part(
        columns,
        _worst(part.quality, lambda ranks: np.maximum.reduceat(ranks, first), len(first)),
        _any(part.provisional, lambda flags: np.maximum.reduceat(flags, first), len(first)),
        np.ones(len(first)),
    )


def _extreme(spec: Field, column: Column, first: NDArray[np.intp]) -> Ints | None:
    """The largest or smallest of each bucket, for quantities that reduce so."""
    if not isinstance(column, Ints) or spec.kind != "quantity" or spec.reduce not in ("min", "max"):
        return None
    if spec.reduce == "max":
        return Ints(np.maximum.reduceat(column.values, first))
    highest = np.where(column.values == NULL, np.iinfo(np.int64).max, column.values)
    found = np.minimum.reduceat(highest, first)
    return Ints(np.where(found == np.iinfo(np.int64).max, NULL, found))
