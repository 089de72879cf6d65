"""Datasets: what a service receives for one need, as columns, or as rows when iterated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from selfdata_sdk.errors import ServiceMistake
from selfdata_sdk.model.column import NULL, Codes, Column, Ints, Lists, Moneys
from selfdata_sdk.model.reduction import Part, reducible
from selfdata_sdk.model.time import (
    DAY,
    GRANULARITIES,
    Granularity,
    micros,
    moment,
    to_utc,
    zone,
)

from .payload import Payload, coverage, reduced
from .row import Asked, Row, Shape, shape_of, specs_of
from .values import as_array, as_objects, as_python

if TYPE_CHECKING:
    import pandas
    import polars

R = TypeVar("R", bound=Row[Any])

_ROWS_AT_ONCE = 20_000
ALWAYS_THERE = ("quality", "provisional", "coverage")


class Dataset(Generic[R]):
    """The records of one need, sorted by time: columns, or rows of the class `R` when iterated.

    column(name)   one declared field as a numpy array, see there
    [start:end]    the rows that start in a half-open time, given by aware datetimes
    by("day")      local days, months …: sums, means or last values, with coverage
    latest()       the last row, or None
    coverage       the share of `period`, from the first record held on, that is known, 0 to 1
    """

    def __init__(self, row: type[R], payload: Payload) -> None:
        self._row = row
        self._shape: Shape = shape_of(row)
        self._payload = payload
        self._specs = specs_of(self._shape.record_type)

    @classmethod
    def of(cls, row: type[R], payload: Payload) -> Dataset[R]:
        """A dataset of what the host hands over; rows without a value that the row class requires are left out."""
        whole = _required(shape_of(row), payload.rows)
        return cls(row, payload if whole is None else payload.take(whole))

    def __len__(self) -> int:
        return len(self._payload)

    def __repr__(self) -> str:
        return f"<Dataset of {len(self)} {self._row.__name__} rows, {self.granularity}, {self.tz}>"

    @property
    def is_series(self) -> bool:
        """True for a time series: it has buckets and a coverage of its own."""
        return reducible(self._shape.record_type)

    @property
    def granularity(self) -> Granularity:
        """The one in effect: it may be coarser than the one that was asked for."""
        return self._payload.granularity

    @property
    def tz(self) -> str:
        """The IANA zone in which local days are cut; that of the newest series where they differ."""
        return self._payload.zones[-1]

    @property
    def period(self) -> tuple[datetime, datetime]:
        """What was handed over, [start, end), in `tz`. There may be no data in parts of it: see `coverage`."""
        return moment(self._payload.start, zone(self.tz)), moment(self._payload.end, zone(self.tz))

    @property
    def series(self) -> NDArray[np.int64]:
        """Shape (n,): the series of each row, numbered from 0 (one per meter and register; a move starts another)."""
        return self._payload.series

    @property
    def provisional(self) -> NDArray[np.bool_]:
        """Shape (n,): True where the holder may still change the value."""
        return self._payload.rows.provisional

    @cached_property
    def coverage(self) -> float:
        """The share of `period` that is known, 0 to 1; what two series both know counts once.

        Time before the first record that the person holds does not count: nobody measured it. For data that are not a
        time series, 1 if there are any.
        """
        return coverage(self._payload, self._shape.record_type)

    def column(self, name: str) -> NDArray[Any]:
        """One field as an array of shape (n,).

        Quantities are float64 (NaN: missing; Decimal objects if the row asks for Decimal), integers int64 (float64 if
        some are missing), instants datetime64[us] in UTC (NaT: missing), dates datetime64[D], booleans bool, texts and
        money (Decimal) objects, lists tuples of rows.
        The times of the record type, "quality", "provisional" and "coverage" (of each row's own time) are always there.
        """
        if name in ALWAYS_THERE:
            return self._always_there(name)
        times = self._shape.record_type.time_fields
        asked = {f.name: f for f in self._shape.fields}
        if name not in asked and name not in times:
            declared = ", ".join(sorted({*asked, *times, *ALWAYS_THERE}))
            raise ServiceMistake(
                f"{self._row.__name__} does not ask for {name}.", where=f'column("{name}")', next=f"It has {declared}."
            )
        return as_array(self._specs[name], self._payload.rows.columns[name], asked.get(name))

    def _always_there(self, name: str) -> NDArray[Any]:
        match name:
            case "quality":
                return as_objects(self._payload.rows.quality.list())
            case "provisional":
                return self.provisional
            case _:
                return self._payload.rows.covered

    def __iter__(self) -> Iterator[R]:
        for first in range(0, len(self), _ROWS_AT_ONCE):
            rows = slice(first, first + _ROWS_AT_ONCE)
            part = self._payload.rows.take(rows) if len(self) > _ROWS_AT_ONCE else self._payload.rows
            yield from self._row._many([self._values(f, part) for f in self._shape.fields], len(part))

    def __getitem__(self, span: slice) -> Dataset[R]:
        if getattr(span, "step", span) is not None:
            raise ServiceMistake(
                "A dataset is cut by time only.", next="Write dataset[start:end] with aware datetimes."
            )
        lower, upper = self._payload.start, self._payload.end
        lower = lower if span.start is None else max(lower, _cut(span.start))
        upper = upper if span.stop is None else min(upper, _cut(span.stop))
        placed = self._placed()
        rows = (placed >= lower) & (placed < upper)
        return Dataset(self._row, replace(self._payload.take(rows), start=lower, end=max(lower, upper)))

    def by(self, granularity: Granularity) -> Dataset[R]:
        """Local buckets of this length: each field by its own rule (sum, mean, last, min, max).

        A bucket that is known in part is there, with `column("coverage")` under 1; one that is not known at all is not.
        Series stay apart.
        """
        record_type = self._shape.record_type
        if granularity not in GRANULARITIES[:-1]:
            raise ServiceMistake(
                f"There is no bucket “{granularity}”.", where="by", next=f"Use one of {', '.join(GRANULARITIES[:-1])}."
            )
        if not reducible(record_type):
            raise ServiceMistake(f"{record_type.__name__} is not a time series.", where="by", next="Iterate its rows.")
        if GRANULARITIES.index(granularity) > GRANULARITIES.index(self.granularity):
            raise ServiceMistake(
                f"The data are by {self.granularity}: they cannot be given by {granularity}.",
                where="by",
                next="Use a coarser one.",
            )
        return Dataset(self._row, reduced(self._payload, record_type, granularity))

    def latest(self) -> R | None:
        """The last row; None if there is none."""
        if not len(self):
            return None
        last = Dataset(self._row, self._payload.take(slice(len(self) - 1, None)))
        return next(iter(last))

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame of the declared fields and times; instants in the zone of the data."""
        import pandas

        frame = pandas.DataFrame({name: self.column(name) for name in self._columns()})
        for name in self._columns():
            if self._specs[name].kind == "instant":
                frame[name] = frame[name].dt.tz_localize("UTC").dt.tz_convert(self.tz)
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A data frame of the declared fields and times; instants in the zone of the data."""
        import polars

        frame = polars.from_arrow(self._arrow())
        assert isinstance(frame, polars.DataFrame)
        return frame

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._arrow().__arrow_c_stream__(requested_schema)

    def _arrow(self) -> Any:
        import pyarrow as pa

        arrays = {}
        for name in self._columns():
            spec, values = self._specs[name], self.column(name)
            if spec.kind == "instant":
                arrays[name] = (
                    pa.array(values, pa.timestamp("us"))
                    .cast(pa.timestamp("us", "UTC"))
                    .cast(pa.timestamp("us", self.tz))
                )
            elif spec.kind == "list":
                arrays[name] = pa.array([[r._asdict() for r in rows] for rows in values])
            else:
                arrays[name] = pa.array(values, from_pandas=True)
        return pa.table(arrays)

    def _columns(self) -> list[str]:
        return list(dict.fromkeys([*self._shape.record_type.time_fields, *(f.name for f in self._shape.fields)]))

    def _ints(self, name: str) -> NDArray[np.int64]:
        return self._payload.rows.ints(name)

    def _placed(self) -> NDArray[np.int64]:
        """The instant by which each row is placed in time: its start or at, or local midnight of its date."""
        first = self._shape.record_type.time_fields[0]
        if first != "on":
            return self._ints(first)
        return to_utc(self._ints(first) * DAY, self.tz)

    def _values(self, asked: Asked, part: Part) -> Sequence[Any]:
        """The values of one field as the row class declares them."""
        if asked.name == "quality":
            return part.quality.list()
        return as_python(self._specs[asked.name], part.columns[asked.name], asked, self.tz)


def _cut(moment: object) -> int:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ServiceMistake(
            "A dataset is cut by aware datetimes.", next="Write dataset[start:end] with datetimes that have a zone."
        )
    return micros(moment)


def _required(shape: Shape, rows: Part) -> NDArray[np.bool_] | None:
    """Rows that have every value that the row class requires; None if all have."""
    if reducible(shape.record_type):
        return None
    whole = np.ones(len(rows), bool)
    for asked in shape.fields:
        if not asked.nullable and asked.name != "quality":
            whole &= ~_missing(rows.columns[asked.name])
    return None if whole.all() else whole


def _missing(column: Column) -> NDArray[np.bool_]:
    match column:
        case Ints():
            return np.asarray(column.values == NULL)
        case Codes():
            return np.asarray(column.indexes < 0)
        case Moneys():
            return _missing(column.unscaled)
        case Lists():
            return np.zeros(len(column), bool)
