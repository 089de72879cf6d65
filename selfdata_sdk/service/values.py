"""Columns of a dataset as numpy arrays, and as the Python values that a row class declares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfdata_sdk.model.column import NULL, Codes, Column, Ints, Lists, Moneys
from selfdata_sdk.model.field import Field
from selfdata_sdk.model.money import Money
from selfdata_sdk.model.table import to_values
from selfdata_sdk.model.time import DAY, repeated, to_local, to_utc, zone

from .row import Asked, Row, shape_of


def as_array(spec: Field, column: Column, asked: Asked | None) -> NDArray[Any]:
    """Shape (n,), as `Dataset.column` says."""
    if not isinstance(column, Ints):
        return as_objects(as_python(spec, column, asked, "UTC"))
    values, missing = column.values, column.values == NULL
    match spec.kind:
        case "instant":
            return values.view("datetime64[us]")
        case "date":
            days = values.astype("datetime64[D]")
            days[missing] = np.datetime64("NaT")
            return days
        case "quantity":
            if asked is not None and asked.python is Decimal:
                return as_objects(as_python(spec, column, asked, "UTC"))
            return np.where(missing, np.nan, values / 10**spec.places)
        case "boolean":
            return as_objects(as_python(spec, column, asked, "UTC")) if missing.any() else values.astype(bool)
        case _:
            floats = missing.any() or (asked is not None and asked.python is float)
            return np.where(missing, np.nan, values) if floats else values


def as_objects(values: Sequence[Any]) -> NDArray[Any]:
    """Shape (n,), whatever the values are: numpy would make a table of equally long tuples."""
    return np.fromiter(values, dtype=object, count=len(values))


def as_python(spec: Field, column: Column, asked: Asked | None, tz: str) -> Sequence[Any]:
    """One value per row, of the type that the row class declares; instants in `tz`."""
    kind = asked.python if asked is not None else None
    if isinstance(column, Lists):
        assert asked is not None
        assert asked.nested is not None
        return _nested(spec, column, asked.nested, tz)
    if isinstance(column, Moneys):
        return _moneys(column, whole=kind is Money)
    if isinstance(column, Codes):
        return column.list()
    if spec.kind == "instant":
        return _moments(column.values, tz)
    if kind is float or (spec.kind == "quantity" and kind is not Decimal):
        floats = (column.values / 10**spec.places).tolist()
        return _with_gaps(floats, column.values, None if asked is None or asked.nullable else float("nan"))
    values = to_values(spec, column)
    if kind is Decimal and asked is not None and not asked.nullable:
        return [Decimal("NaN") if v is None else v for v in values]
    return values


def _moneys(column: Moneys, *, whole: bool) -> list[Decimal | None] | list[Money | None]:
    """Amounts, or `whole` money with its currency."""
    pairs = zip(column.unscaled.values.tolist(), column.exponent.values.tolist(), strict=True)
    amounts = [None if u == NULL else Decimal(u).scaleb(-e) for u, e in pairs]
    if not whole:
        return amounts
    both = zip(amounts, column.currency.list(), strict=True)
    return [None if a is None or c is None else Money(amount=a, currency=c) for a, c in both]


def _with_gaps(values: list[float], stored: NDArray[np.int64], gap: float | None) -> list[float | None]:
    missing = np.flatnonzero(stored == NULL)
    found: list[float | None] = list(values)
    for i in missing.tolist():
        found[i] = gap
    return found


def _moments(values: NDArray[np.int64], tz: str) -> list[datetime | None]:
    """Aware datetimes in `tz`: wall clocks from arrays, each put together from its day and its time of day.

    There are few of both, so each is made once: five times faster than a zone put on each datetime.
    """
    missing = values == NULL
    safe = np.where(missing, 0, values) if missing.any() else values
    local = to_local(safe, tz)
    days, clocks = (local // DAY).tolist(), (local % DAY).tolist()
    dates = {day: date.fromordinal(day + _UNIX_DAY) for day in set(days)}
    times = {clock: _time(clock, tz) for clock in set(clocks)}
    stamps: list[datetime | None] = list(
        map(datetime.combine, map(dates.__getitem__, days), map(times.__getitem__, clocks))
    )
    for i in np.flatnonzero(repeated(local, tz) & (to_utc(local, tz) != safe)).tolist():
        stamps[i] = datetime.combine(dates[days[i]], times[clocks[i]].replace(fold=1))
    for i in np.flatnonzero(missing).tolist():
        stamps[i] = None
    return stamps


_UNIX_DAY = date(1970, 1, 1).toordinal()


def _time(clock: int, tz: str) -> time:
    """The time of day `clock` microseconds after midnight."""
    return (datetime(1, 1, 1, tzinfo=zone(tz)) + timedelta(microseconds=clock)).timetz()


def _nested(spec: Field, column: Lists, row: type[Row[Any]], tz: str) -> list[tuple[Any, ...]]:
    items = {item.name: item for item in spec.items}
    asked = shape_of(row).fields
    n = int(column.offsets[-1])
    elements = row._many([as_python(items[f.name], column.items[f.name], f, tz) for f in asked], n)
    return [tuple(elements[a:b]) for a, b in pairwise(column.offsets.tolist())]
