"""The only door to a person's data: from a manifest's needs to the rows that a service is handed.

What is handed over holds the fields that were asked for, times, quality, and which values may still change; no id,
source, revision, vendor field, supply point or holder. At day or coarser only closed buckets are given: one under
way, or cut by how far back the need goes, would tell by difference what the granularity hides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from selfdata_sdk.errors import ManifestError
from selfdata_sdk.model.column import NULL, Codes, Column, Ints, Moneys
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.record import OpenIntervalRecord, Record
from selfdata_sdk.model.reduction import Part, join_parts, reduce, reducible
from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.table import Table, default
from selfdata_sdk.model.time import (
    ALWAYS,
    DAY,
    GRANULARITIES,
    Duration,
    Granularity,
    Period,
    bucket_bounds,
    micros,
    moment,
    to_utc,
    zone,
)
from selfdata_sdk.service.manifest import AskedNeed, Manifest
from selfdata_sdk.service.payload import Payload, gather
from selfdata_sdk.store import Holding, LeftOut, Reading
from selfdata_sdk.store.overlap import groups

DEFAULT_TZ = "Europe/Paris"


class Store(Protocol):
    """What the broker needs of a store."""

    registry: Registry

    def read(
        self, record_type: type[Record] | str, period: Period = ..., *, fields: Sequence[str] | None = ...
    ) -> Reading: ...

    def summary(self) -> tuple[Holding, ...]: ...


@dataclass(frozen=True, slots=True)
class Right:
    """What a service may read for one need, on every axis."""

    record_type: type[Record]
    fields: tuple[str, ...]
    granularity: Granularity
    period: Period
    where: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was handed over for one need: never a value."""

    label: str
    record_type: str
    fields: tuple[str, ...]
    granularity: Granularity
    start: datetime
    end: datetime
    rows: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """The datasets of one run, by label, what was handed over, and the zone in which the run takes place."""

    payloads: Mapping[str, Payload]
    delivered: tuple[Delivered, ...]
    tz: str


def open_datasets(store: Store, manifest: Manifest, now: datetime, tz: str | None = None) -> Opened:
    """Everything that the manifest asks for, as of `now` (aware), in one go; `tz` is the home's unless given."""
    holdings = store.summary()
    tz = tz or home_zone(holdings)
    payloads: dict[str, Payload] = {}
    delivered: list[Delivered] = []
    for label, need in sorted(manifest.needs.items()):
        right = right_of(need, store.registry, now.astimezone(zone(tz)))
        payload, left_out = _read(store, right, tz, holdings)
        payloads[label] = payload
        where = zone(payload.zones[-1])
        start, end = moment(payload.start, where), moment(payload.end, where)
        delivered.append(
            Delivered(label, need.record_type, need.fields, payload.granularity, start, end, len(payload), left_out)
        )
    return Opened(payloads, tuple(delivered), tz)


def home_zone(holdings: Sequence[Holding]) -> str:
    """The zone of the series that reaches furthest; Europe/Paris if there is none."""
    return max(holdings, key=lambda h: (h.end, h.count)).series.tz if holdings else DEFAULT_TZ


def right_of(need: AskedNeed, registry: Registry, now: datetime) -> Right:
    """What a need gives the right to at `now`: here, what it asks for. Every other limit is a meet with this."""
    if need.record_type not in registry:
        raise ManifestError(f"The record type {need.record_type} is not known.", next="Update the SDK.")
    record_type = registry.get(need.record_type)
    fields = tuple(dict.fromkeys(name.partition(".")[0] for name in need.fields))
    known = fields_of(record_type)
    if unknown := [f for f in fields if f not in known or f in ("status", "revision", "ext")]:
        raise ManifestError(f"{need.record_type} has no field {unknown[0]} to give.", next="Correct the manifest.")
    period = Period(Duration.parse(need.back).before(now), now)
    return Right(record_type, fields, need.granularity, period, need.where)


def _read(store: Store, right: Right, tz: str, holdings: Sequence[Holding]) -> tuple[Payload, tuple[LeftOut, ...]]:
    record_type = right.record_type
    body = [f for f in right.fields if f not in record_type.time_fields]
    loaded = {*body, "quality", "status", *right.where}
    whole = record_type.facts.span == "whole"
    reading = store.read(record_type, ALWAYS if whole else right.period, fields=sorted(loaded))
    names = (*record_type.time_fields, *(f for f in body if f != "quality"))
    parts, zones = [], []
    for tables in _things([_allowed(t, right) for t in reading.tables]):
        parts.append(join_parts([_part(t, names) for t in tables]))
        zones.append(tables[0].series.tz)
    if not parts:
        empty = {n: default(fields_of(record_type)[n], 0) for n in names}
        parts, zones = [Part(empty, Codes.constant(None, 0), np.zeros(0, bool), np.zeros(0))], [tz]
    start, end = _span(right, zones[-1])
    cut = [_cut(_in_order(p, record_type), right, z, start, end) for p, z in zip(parts, zones, strict=True)]
    since = _since(right, zones[-1], start, holdings)
    payload = gather(cut, record_type.time_fields[0], tuple(zones), right.granularity, start, end, since)
    return payload, reading.left_out


def _things(tables: Sequence[Table]) -> list[list[Table]]:
    """Tables about one meter's register (or one account) in one zone belong together, whatever their cadence."""
    by_series = {t.series: t for t in tables if len(t)}
    found: dict[tuple[int, str, str], list[Table]] = {}
    for number, group in enumerate(groups(sorted(by_series))):
        for series in sorted(group):
            found.setdefault((number, series.register, series.tz), []).append(by_series[series])
    # The newest thing comes last: its zone is the dataset's.
    return sorted(found.values(), key=lambda ts: max(int(t.placed().max()) for t in ts))


def _allowed(table: Table, right: Right) -> Table:
    """The rows that `where` allows and that are not cancelled."""
    keep = ~_is(table.column("status"), ("cancelled",))
    for name, values in right.where.items():
        keep &= _is(table.column(name), values)
    return table if keep.all() else table.take(keep)


def _is(column: Column, words: Sequence[str]) -> NDArray[np.bool_]:
    """Shape (n,): True where the text is one of `words`."""
    assert isinstance(column, Codes)
    allowed = np.array([*(w in words for w in column.words), False], bool)
    return np.asarray(allowed[column.indexes], bool)


def _part(table: Table, names: Sequence[str]) -> Part:
    """The columns of `names` alone. A record of quality “missing” keeps its place, and has no number."""
    quality, status = table.column("quality"), table.column("status")
    assert isinstance(quality, Codes)
    missing = _is(quality, ("missing",))
    columns = {n: table.column(n) for n in names}
    if missing.any():
        specs = fields_of(table.record_type)
        columns = {n: _blank(c, missing) if specs[n].kind in ("quantity", "money") else c for n, c in columns.items()}
    return Part(columns, quality, _is(status, ("provisional",)), np.where(missing, 0.0, 1.0))


def _blank(column: Column, rows: NDArray[np.bool_]) -> Column:
    match column:
        case Ints():
            return Ints(np.where(rows, NULL, column.values))
        case Moneys():
            return Moneys(Ints(np.where(rows, NULL, column.unscaled.values)), column.exponent, column.currency)
        case _:
            return column


def _in_order(part: Part, record_type: type[Record]) -> Part:
    first = part.ints(record_type.time_fields[0])
    return part if (first[1:] >= first[:-1]).all() else part.take(np.argsort(first, kind="stable"))


def _cut(part: Part, right: Right, tz: str, lower: int, upper: int) -> Part:
    """The rows of [lower, upper): what is wholly inside; for what holds until changed, what held in it too."""
    record_type = right.record_type
    first = part.ints(record_type.time_fields[0])
    if record_type.time_fields[0] == "on":
        first = to_utc(first * DAY, tz)
    if record_type.facts.span == "whole":
        return part.take(_held(part, first, lower, upper, record_type))
    if not reducible(record_type):
        return part.take((first >= lower) & (first < upper))
    if _closed(right.granularity):
        return reduce(record_type, part, right.granularity, tz, lower, upper, closed=True)
    inside = (first >= lower) & ((part.ints("end") <= upper) if "end" in part.columns else (first < upper))
    kept = part if inside.all() else part.take(inside)
    return reduce(record_type, kept, right.granularity, tz, lower, upper)


def _held(part: Part, first: NDArray[np.int64], lower: int, upper: int, record_type: type[Record]) -> NDArray[np.bool_]:
    """True for what held at some time of the period: a contract that runs, the last description of a home."""
    begun = first < upper
    if issubclass(record_type, OpenIntervalRecord):
        end = part.ints("end")
        return np.asarray(begun & ((end > lower) | (end == NULL)))
    before = np.flatnonzero(first <= lower)
    held = begun & (first > lower)
    if len(before):
        held[before[-1]] = True
    return held


def _span(right: Right, tz: str) -> tuple[int, int]:
    """The period handed over: its closed buckets, where only these are; for a total, its closed days."""
    lower, upper = right.period.lower, right.period.upper
    if not _closed(right.granularity):
        return lower, upper
    granularity = "day" if right.granularity == "total" else right.granularity
    bounds = bucket_bounds(granularity, tz, lower, upper, right.record_type.facts.day_rule)
    inside = bounds[(bounds >= lower) & (bounds <= upper)]
    return (int(inside[0]), int(inside[-1])) if len(inside) > 1 else (lower, lower)


def _since(right: Right, tz: str, start: int, holdings: Sequence[Holding]) -> int:
    """From when coverage counts: the first record held, as finely as it may be told, but not before `start`."""
    first = min((micros(h.start) for h in holdings if h.series.type == right.record_type.type), default=start)
    if first > start and _closed(right.granularity):
        granularity = "day" if right.granularity == "total" else right.granularity
        first = int(bucket_bounds(granularity, tz, first, first + 1, right.record_type.facts.day_rule)[0])
    return max(start, first)


def _closed(granularity: Granularity) -> bool:
    """True for what is given in closed buckets only: day and coarser."""
    return GRANULARITIES.index(granularity) <= GRANULARITIES.index("day")
