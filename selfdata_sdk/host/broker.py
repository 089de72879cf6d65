"""The only door to a person's data: from a manifest's needs to the rows that a service is handed.

What is handed over holds the fields that were asked for, times, quality, and which values may still change; no id,
source, revision, vendor field, supply point or holder. At day or coarser only closed buckets are given: one under
way, or cut by how far back the need goes, would tell by difference what the granularity hides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from selfdata_sdk.consent.precision import PLACE, coarse
from selfdata_sdk.consent.pseudonym import key_of, pseudonymous
from selfdata_sdk.consent.right import Right
from selfdata_sdk.model.answer import Answer
from selfdata_sdk.model.column import NULL, Codes, Column, Ints, Lists, Moneys
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.own_type import OwnType
from selfdata_sdk.model.record import OpenIntervalRecord, Record
from selfdata_sdk.model.reduction import Part, join_parts, reduce, reducible
from selfdata_sdk.model.series import Series
from selfdata_sdk.model.table import Table, default
from selfdata_sdk.model.time import (
    ALWAYS,
    DAY,
    GRANULARITIES,
    Granularity,
    Period,
    bucket_bounds,
    micros,
    moment,
    to_utc,
    zone,
)
from selfdata_sdk.service.manifest import AskedNeed, Manifest, is_service_id
from selfdata_sdk.service.payload import Payload, gather
from selfdata_sdk.store import Holding, LeftOut, Reading
from selfdata_sdk.store.overlap import groups

from .steady import Steady

DEFAULT_TZ = "Europe/Paris"


class Store(Protocol):
    """What the broker needs of a store."""

    def declare(self, own: Iterable[OwnType]) -> None: ...

    def read(
        self,
        record_type: type[Record] | str,
        period: Period = ...,
        *,
        fields: Sequence[str] | None = ...,
        series: Series | None = ...,
        only: Callable[[Series], bool] | None = ...,
    ) -> Reading: ...

    def summary(self) -> tuple[Holding, ...]: ...

    def secret(self) -> bytes: ...


Rights = Callable[[str, AskedNeed, datetime], Right]
"""What may be read for a need, by its label, at a moment in the zone of the home."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was handed over for one need: never a value.

    given     False if the person did not agree to it, which the service cannot tell from there being no data
    withheld  closed buckets that changed since they were given, less than a day ago
    """

    label: str
    record_type: str
    fields: tuple[str, ...]
    granularity: Granularity
    start: datetime
    end: datetime
    rows: int
    left_out: tuple[LeftOut, ...] = ()
    given: bool = True
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """The datasets of one run, by label, what was handed over, and when and in which zone the run takes place."""

    payloads: Mapping[str, Payload]
    delivered: tuple[Delivered, ...]
    tz: str
    now: datetime


def open_datasets(
    store: Store, manifest: Manifest, rights: Rights, now: datetime, tz: str | None = None, steady: Steady | None = None
) -> Opened:
    """Everything that the manifest asks for and that `rights` allow, as of `now` (aware), in one go.

    tz      the home's unless given
    steady  what the service was given before; None for a service that runs once
    """
    store.declare(manifest.own_types)
    holdings = store.summary()
    tz = tz or home_zone(holdings)
    now = now.astimezone(zone(tz))
    allowed = {label: rights(label, need, now) for label, need in sorted(manifest.needs.items())}
    readable = {right.record_type.type for right in allowed.values() if right.given}
    door = _Door(store, manifest, tz, holdings, readable, steady)
    payloads: dict[str, Payload] = {}
    delivered: list[Delivered] = []
    for label, right in allowed.items():
        need = manifest.needs[label]
        read = door.read(right) if right.given else door.nothing(right)
        payload = payloads[label] = read.payload
        where = zone(payload.zones[-1])
        start, end = moment(payload.start, where), moment(payload.end, where)
        delivered.append(
            Delivered(
                label,
                need.record_type,
                need.fields,
                payload.granularity,
                start,
                end,
                len(payload),
                read.left_out,
                right.given,
                read.withheld,
            )
        )
    return Opened(payloads, tuple(delivered), tz, now)


def home_zone(holdings: Sequence[Holding]) -> str:
    """The zone of the series that reaches furthest; Europe/Paris if there is none."""
    return max(holdings, key=lambda h: (h.end, h.count)).series.tz if holdings else DEFAULT_TZ


@dataclass(frozen=True, slots=True)
class _Read:
    payload: Payload
    left_out: tuple[LeftOut, ...] = ()
    withheld: int = 0


class _Door:
    """One run's reads."""

    def __init__(
        self,
        store: Store,
        manifest: Manifest,
        tz: str,
        holdings: Sequence[Holding],
        readable: set[str],
        steady: Steady | None,
    ) -> None:
        self._store = store
        self._service = manifest.id
        self._tz = tz
        self._holdings = holdings
        self._readable = readable
        self._steady = steady

    def nothing(self, right: Right) -> _Read:
        """What a need is given of which the store holds nothing: also what one is given that was refused."""
        return self._payload(right, [], [], [], ())

    def read(self, right: Right) -> _Read:
        record_type = right.record_type
        body = [f for f in right.columns if f not in record_type.time_fields and f not in record_type.series_fields]
        names = (*record_type.time_fields, *(f for f in body if f != "quality"))
        if _is_coarse(right):
            names = (*names, *(f for f in PLACE if f not in names))
        loaded = {*names[len(record_type.time_fields) :], "quality", "status", *right.where}
        whole = record_type.facts.span == "whole"
        period = ALWAYS if whole else right.period
        reading = self._store.read(record_type, period, fields=sorted(loaded), only=self._is_readable)
        parts, zones, things = [], [], []
        for tables in _things([_allowed(t, right) for t in reading.tables]):
            parts.append(join_parts([self._part(t, names, right) for t in tables]))
            zones.append(tables[0].series.tz)
            things.append(max((t.series for t in tables), key=lambda s: s.about))
        return replace(self._payload(right, parts, zones, things, self._holdings), left_out=reading.left_out)

    def _payload(
        self, right: Right, parts: list[Part], zones: list[str], things: list[Series], holdings: Sequence[Holding]
    ) -> _Read:
        record_type = right.record_type
        if not parts:
            parts, zones, things = [_no_rows(right)], [self._tz], [Series(record_type.type, "")]
        start, end = _span(right, zones[-1])
        if self._steady is not None and right.granularity == "total" and reducible(record_type):
            period = right.period
            start, end = self._steady.window(record_type.type, start, end, period.lower, period.upper)
        kept, withheld = [], 0
        for part, tz, thing in zip(parts, zones, things, strict=True):
            part = _cut(_in_order(part, record_type), right, tz, start, end)
            if self._steady is not None and len(part) and _closed(right.granularity) and reducible(record_type):
                keep = self._steady.keep(right, part, _name(thing))
                withheld += int((~keep).sum())
                part = part if keep.all() else part.take(keep)
            kept.append(self._with_series_fields(part, thing, right))
        held = [h for h in holdings if h.series.type == record_type.type and self._is_readable(h.series)]
        since = _since(right, zones[-1], start, end, held)
        payload = gather(kept, record_type.time_fields[0], tuple(zones), right.granularity, start, end, since)
        return _Read(payload, withheld=withheld)

    def _part(self, table: Table, names: Sequence[str], right: Right) -> Part:
        part = _part(table, names)
        columns = {n: _only(c, right.items(n)) for n, c in part.columns.items()}
        for name in right.pseudonyms:
            if name in columns:
                columns[name] = self._pseudonymous(columns[name])
        if _is_coarse(right):
            columns |= coarse(columns, fields_of(right.record_type), right.precision)
            columns = {n: c for n, c in columns.items() if n not in PLACE or n in right.columns}
        return replace(part, columns=columns)

    def _with_series_fields(self, part: Part, series: Series, right: Right) -> Part:
        """The part with pseudonyms of what is the same for all its records: the supply point, say."""
        columns = dict(part.columns)
        for name in right.pseudonyms:
            if (held := right.record_type.series_fields.get(name)) is not None:
                word = Codes.constant(getattr(series, held) or None, len(part))
                columns[name] = self._pseudonymous(word)
        return replace(part, columns=columns)

    def _pseudonymous(self, column: Column) -> Codes:
        assert isinstance(column, Codes)
        return pseudonymous(column, key_of(self._store.secret(), self._service))

    def _is_readable(self, series: Series) -> bool:
        """What a service saved is for itself, and for those who may read all that it was made from.

        What a person answered is for the service that asked.
        """
        if series.type == Answer.type:
            return series.about == self._service
        if series.holder == self._service or not is_service_id(series.holder):
            return True
        made = self._store.read(series.type, series=series)
        sources = [s for t in made.tables for s in t.sources]
        return all(s.method != "derived" or set(s.derived_from) <= self._readable for s in sources)


def _is_coarse(right: Right) -> bool:
    """True for places that are given less exactly than they are held."""
    return right.precision != "exact" and set(PLACE) <= fields_of(right.record_type).keys()


def _no_rows(right: Right) -> Part:
    specs = fields_of(right.record_type)
    names = (*right.record_type.time_fields, *(f for f in right.columns if f in specs and f != "quality"))
    empty = {n: _only(default(specs[n], 0), right.items(n)) for n in names}
    return Part(empty, Codes.constant(None, 0), np.zeros(0, bool), np.zeros(0))


def _things(tables: Sequence[Table]) -> list[list[Table]]:
    """Tables about one meter's register (or one account) in one zone belong together, whatever their cadence."""
    by_series = {t.series: t for t in tables if len(t)}
    found: dict[tuple[int, str, str], list[Table]] = {}
    for number, group in enumerate(groups(sorted(by_series))):
        for series in sorted(group):
            found.setdefault((number, series.register, series.tz), []).append(by_series[series])
    # The newest thing comes last: its zone is the dataset's.
    return sorted(found.values(), key=lambda ts: max(int(t.placed().max()) for t in ts))


def _name(thing: Series) -> str:
    """What a thing is known by from run to run, at whatever cadences and by whomever it is told."""
    return "\x1f".join((thing.about or thing.holder, thing.register, thing.tz))


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


def _only(column: Column, items: Sequence[str]) -> Column:
    """A list with these fields of its elements alone."""
    return Lists(column.offsets, {n: column.items[n] for n in items}) if isinstance(column, Lists) else column


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


def _since(right: Right, tz: str, start: int, end: int, holdings: Sequence[Holding]) -> int:
    """From when coverage counts: the first record held, as finely as it may be told, but not before `start`.

    That something is held from `end` on is not told.
    """
    first = min((micros(h.start) for h in holdings), default=start)
    if first >= end:
        return start
    if first > start and _closed(right.granularity):
        granularity = "day" if right.granularity == "total" else right.granularity
        first = int(bucket_bounds(granularity, tz, first, first + 1, right.record_type.facts.day_rule)[0])
    return max(start, first)


def _closed(granularity: Granularity) -> bool:
    """True for what is given in closed buckets only: day and coarser."""
    return GRANULARITIES.index(granularity) <= GRANULARITIES.index("day")
