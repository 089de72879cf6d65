"""What a store holds, series by series: gaps, files and a chart of the amounts over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ..importers.gaps import gaps
from ..model import Period, Record, Series, Table, Text
from ..model.column import NULL
from ..model.field import Field, body_of
from ..model.record import DateRecord, InstantRecord, IntervalRecord
from ..model.time import ALWAYS, DAY, Granularity, Int64s, bucket_bounds, moment, zone
from ..service.blocks import MAX_POINTS, Chart, Point
from ..store import PersonalStore
from ..store.store import Holding

Floats = NDArray[np.float64]

_SPANS: tuple[tuple[float, Granularity], ...] = ((3, "hour"), (92, "day"), (1500, "month"), (1e9, "year"))
"""How many days are shown by the hour, the day, the month, the year."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A series as a person wants to know it. `number` is its place in `selfdata show`, from 1."""

    number: int
    series: Series
    title: Text
    count: int
    start: datetime
    end: datetime
    shown: tuple[date | datetime, date | datetime]
    gap_count: int
    gap_time: timedelta
    files: int
    importers: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        s = self.series
        return {
            "number": self.number, "type": s.type, "title": self.title.model_dump(), "holder": s.holder, "about": s.about,
            "register": s.register, "cadence": s.cadence, "tz": s.tz, "count": self.count,
            "start": self.start.isoformat(), "end": self.end.isoformat(), "gap_count": self.gap_count,
            "gap_seconds": int(self.gap_time.total_seconds()), "files": self.files, "importers": list(self.importers),
        }  # fmt: skip


def contents(store: PersonalStore, record_type: type[Record] | None = None) -> Iterator[tuple[Contents, Table]]:
    """Each series of the store (of one type, if given) with its records."""
    for number, holding in enumerate(store.summary(), 1):
        kind = store.registry.get(holding.series.type)
        if record_type is not None and kind is not record_type:
            continue
        table = store.read(kind, series=holding.series).tables[0]
        spans = gaps(table)
        yield (
            Contents(
                number=number,
                series=holding.series,
                title=kind.facts.title,
                count=holding.count,
                start=holding.start,
                end=holding.end,
                shown=_shown(kind, holding),
                gap_count=len(spans),
                gap_time=timedelta(microseconds=int((spans[:, 1] - spans[:, 0]).sum())),
                files=len({s.sha256 for s in table.sources if s.sha256}),
                importers=tuple(sorted({s.importer for s in table.sources})),
            ),
            table,
        )


def _shown(kind: type[Record], holding: Holding) -> tuple[date | datetime, date | datetime]:
    """The first and last moment as people say them: whole days as dates, the last one included."""
    start, end = holding.start, holding.end
    if issubclass(kind, DateRecord):
        return start.astimezone(UTC).date(), end.astimezone(UTC).date()
    if holding.series.cadence in ("P1D", "P7D", "P1M", "P1Y"):
        return start.date(), (end - timedelta(microseconds=1) if "end" in kind.time_fields else end).date()
    return start, end


def amount(record_type: type[Record]) -> Field | None:
    """The field that a chart of a type shows: its first quantity."""
    if not issubclass(record_type, IntervalRecord | InstantRecord):
        return None
    return next((f for f in body_of(record_type).values() if f.kind == "quantity" and not f.nullable), None) or next(
        (f for f in body_of(record_type).values() if f.kind == "quantity"), None
    )


def chart(table: Table) -> Chart | None:
    """The amounts of a series over its time, by hour, day, month or year; None if it has none to draw."""
    field = amount(table.record_type)
    if field is None or len(table) < 2:
        return None
    times = table.placed()
    days = float(times[-1] - times[0]) / DAY
    by = next(granularity for most, granularity in _SPANS if days <= most)
    tz = table.series.tz
    bounds = bucket_bounds(by, tz, int(times[0]), int(times[-1]) + 1, table.record_type.facts.day_rule)
    if len(bounds) - 1 > MAX_POINTS:
        return None
    values = _reduced(field, times, table.ints(field.name), bounds)
    where = zone(tz)
    points = tuple(
        Point(at=at if by == "hour" else at.date(), value=None if np.isnan(v) else float(v))
        for at, v in zip((moment(int(b), where) for b in bounds[:-1]), values, strict=True)
    )
    title = field.title or table.record_type.facts.title
    words = _SUMMARY["sum" if field.reduce == "sum" else "mean" if field.reduce == "mean" else "last"][by]
    return Chart(
        id="series", form="bars" if field.reduce == "sum" else "line", title=title, summary=words, unit=field.unit,
        time_unit=by if by in ("hour", "day", "month", "year") else "day", points=points,
        places=0 if np.nanmax(values, initial=0) >= 100 else min(field.places, 2),
    )  # fmt: skip


def _reduced(field: Field, times: Int64s, stored: Int64s, bounds: Int64s) -> Floats:
    """One value per bucket, NaN where there is none: sum, mean, lowest, highest or last, as the field says."""
    present = stored != NULL
    index = np.searchsorted(bounds, times[present], side="right") - 1
    values = stored[present] / 10.0**field.places
    n = len(bounds) - 1
    counts = np.bincount(index, minlength=n)
    match field.reduce:
        case "sum" | "mean":
            result: Floats = np.bincount(index, values, minlength=n).astype(np.float64)
            if field.reduce == "mean":
                result = result / np.maximum(counts, 1)
        case "max":
            result = np.full(n, -np.inf)
            np.maximum.at(result, index, values)
        case "min":
            result = np.full(n, np.inf)
            np.minimum.at(result, index, values)
        case _:
            result = np.zeros(n)
            result[index] = values
    return np.where(counts > 0, result, np.nan)


_SUMMARY: dict[str, dict[str, Text]] = {
    "sum": {
        "hour": Text(en="Sum of each hour.", fr="Somme de chaque heure."),
        "day": Text(en="Sum of each day.", fr="Somme de chaque jour."),
        "month": Text(en="Sum of each month.", fr="Somme de chaque mois."),
        "year": Text(en="Sum of each year.", fr="Somme de chaque année."),
    },
    "mean": {
        "hour": Text(en="Mean of each hour.", fr="Moyenne de chaque heure."),
        "day": Text(en="Mean of each day.", fr="Moyenne de chaque jour."),
        "month": Text(en="Mean of each month.", fr="Moyenne de chaque mois."),
        "year": Text(en="Mean of each year.", fr="Moyenne de chaque année."),
    },
    "last": {
        "hour": Text(en="Value of each hour.", fr="Valeur de chaque heure."),
        "day": Text(en="Value of each day.", fr="Valeur de chaque jour."),
        "month": Text(en="Value of each month.", fr="Valeur de chaque mois."),
        "year": Text(en="Value of each year.", fr="Valeur de chaque année."),
    },
}


def days(first: date | None, last: date | None, tz: str) -> Period:
    """The period from local midnight of `first` to the end of the day `last`."""
    where = zone(tz)
    start = datetime(first.year, first.month, first.day, tzinfo=where) if first else None
    if last is None:
        return Period(start, None) if start else ALWAYS
    following = last + timedelta(days=1)
    return Period(start, datetime(following.year, following.month, following.day, tzinfo=where))
