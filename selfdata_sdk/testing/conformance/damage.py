"""What happens to the data of homes: there are few, they have gaps, are revised, or are more than one thought of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ...model import Table
from ...model.column import NULL, Codes, Column, Ints
from ...model.field import Field, fields_of
from ...model.record import OpenIntervalRecord
from ...model.table import join
from ...model.text import Text
from ...model.time import DAY, HOUR, bucket_bounds, local_date, micros, moment, offsets, zone
from .case import Case

YEAR = 364  # days: whole weeks, so that weekdays stay what they are


def is_series(table: Table) -> bool:
    """True for what is recorded again and again; False for what holds until it changes, like a home's description."""
    return table.record_type.facts.span != "whole" and not issubclass(table.record_type, OpenIntervalRecord)


def _of_series(damage: Callable[[Table], Table]) -> Callable[[Table], Table]:
    return lambda table: damage(table) if is_series(table) else table


def midnight(case: Case, days: int) -> int:
    """The start of the local day so many days before the one that holds `now`, in microseconds since the epoch."""
    first = local_date(micros(case.now), case.tz) - timedelta(days=days)
    return micros(datetime(first.year, first.month, first.day, tzinfo=zone(case.tz)))


# Little


@cache
def without_data(case: Case) -> Case:
    return case.damaged(Text(en="without data", fr="sans données"), lambda table: None)


@cache
def without(case: Case, record_type: str) -> Case:
    how = Text(en=f"without {record_type}", fr=f"sans {record_type}")
    return case.damaged(how, lambda table: None if table.record_type.type == record_type else table)


@cache
def of_days(case: Case, days: int) -> Case:
    """What a person has who began so many days ago."""
    lower = midnight(case, days)
    one = Text(en="with one day of data", fr="avec un seul jour de données")
    how = Text(en=f"with {days} days of data", fr=f"avec {days} jours de données") if days > 1 else one
    return case.damaged(how, _of_series(lambda table: table.take(table.placed() >= lower)))


@cache
def silent(case: Case, length: int) -> Case:
    """Nothing new for so many microseconds."""
    upper = micros(case.now) - length
    how = Text(en="with nothing new", fr="sans rien de nouveau")
    return case.damaged(how, _of_series(lambda table: table.take(table.placed() < upper)))


# Gaps


@cache
def with_gaps(case: Case) -> Case:
    """A week that is missing, every seventh day, and an hour of every third."""
    week = midnight(case, 20), midnight(case, 13)

    def damage(table: Table) -> Table:
        at = table.placed()
        day = at // DAY
        gone = (at >= week[0]) & (at < week[1])
        gone |= (day % 7 == 3) | ((day % 3 == 0) & (at // HOUR % 24 == 9))
        return table.take(~gone)

    return case.damaged(Text(en="with gaps", fr="avec des trous"), _of_series(damage))


@cache
def mostly_gaps(case: Case) -> Case:
    """Two days of three missing, half of the hours of the others, and some of the rest known to be missing."""

    def damage(table: Table) -> Table:
        at = table.placed()
        kept = table.take((at // DAY % 3 == 1) & (at // HOUR % 2 == 1))
        return kept.replace(quality=_mixed(len(kept), "measured", "missing", 7))

    return case.damaged(Text(en="with more gaps than data", fr="avec plus de trous que de données"), _of_series(damage))


def _mixed(n: int, often: str, sometimes: str, every: int) -> Codes:
    return Codes((np.arange(n) % every == 0).astype(np.int32), (often, sometimes))


# Revisions


@cache
def provisional(case: Case) -> Case:
    """As a holder delivers at first: estimated values that may still change."""
    return case.damaged(Text(en="with provisional data", fr="avec des données provisoires"), _of_series(_first))


@cache
def revised(case: Case) -> Case:
    """The provisional data, and then the right ones, of which some are taken back."""

    def tables() -> Iterable[Table]:
        yield from provisional(case).tables()
        for table in case.tables():
            if is_series(table):
                yield table.replace(status=_mixed(len(table), "corrected", "cancelled", 50))

    return case.delivered(Text(en="with revised data", fr="avec des données révisées"), tables)


def _first(table: Table) -> Table:
    n = len(table)
    later = {
        name: Ints(np.roll(column.values, 1))
        for name, spec, column in _numbers(table)
        if spec.kind == "quantity" and spec.reduce == "sum"
    }
    return table.replace(quality=Codes.constant("estimated", n), status=Codes.constant("provisional", n), **later)


def _numbers(table: Table) -> Iterator[tuple[str, Field, Ints]]:
    for name, spec in fields_of(table.record_type).items():
        column = table.columns.get(name)
        if spec.kind in ("quantity", "integer") and name != "revision" and isinstance(column, Ints):
            yield name, spec, column


# Clocks


@cache
def around_clock_changes(case: Case) -> tuple[Case, ...]:
    """The mornings of the last days on which the clock went forward and back, and those after them."""
    days = bucket_bounds("day", case.tz, midnight(case, YEAR), micros(case.now))
    shift = np.diff(offsets(days, case.tz))
    found = []
    for changed, en, fr in (
        (shift > 0, "the day on which the clock goes forward", "le jour du passage à l'heure d'été"),
        (shift < 0, "the day on which the clock goes back", "le jour du passage à l'heure d'hiver"),
    ):
        for day in days[np.flatnonzero(changed)][-1:]:
            at = moment(int(day), zone(case.tz)).replace(hour=8)
            found.append(case.seen(at, Text(en=f"on {en}", fr=fr)))
            found.append(case.seen(at + timedelta(days=1), Text(en=f"after {en}", fr=f"après {fr}")))
    return tuple(c for c in found if c.now <= case.now)


# Much


@cache
def of_years(case: Case, years: int) -> Case:
    """The last year again and again, back in time."""
    lower = midnight(case, YEAR)

    def damage(table: Table) -> Table:
        last = table.take(table.placed() >= lower)
        pieces = [_moved(last, -YEAR * back) for back in reversed(range(1, years))]
        return join([*pieces, last])

    return case.damaged(Text(en=f"with {years} years of data", fr=f"avec {years} ans de données"), _of_series(damage))


def _moved(table: Table, days: int) -> Table:
    length = {"on": 1}
    times = {}
    for name in table.record_type.time_fields:
        values = table.ints(name)
        times[name] = Ints(np.where(values == NULL, NULL, values + days * length.get(name, DAY)))
    return table.replace(**times)


@cache
def twice(case: Case) -> Case:
    """Every meter twice: another one that shows half."""

    def tables() -> Iterable[Table]:
        for table in case.tables():
            yield table
            if is_series(table) and table.series.about:
                about = table.series.about[:-1] + ("1" if table.series.about[-1] != "1" else "2")
                half = {
                    n: Ints(np.where(c.values == NULL, NULL, np.maximum(c.values // 2, spec.lower or 0)))
                    for n, spec, c in _numbers(table)
                }
                yield replace(table.replace(**half), series=replace(table.series, about=about))

    return case.delivered(Text(en="with two meters of each kind", fr="avec deux compteurs de chaque sorte"), tables)


# Values at their bounds


@cache
def largest(case: Case) -> Case:
    """Values a thousand times as large, and some as large as the type allows."""

    def grown(spec: Field, values: NDArray[np.int64]) -> NDArray[np.int64]:
        upper = spec.upper if spec.upper is not None else 2**53
        more = np.clip(np.clip(values, -(2**53), 2**53) * 1000, spec.lower, upper)
        large = np.where(values == NULL, NULL, more)
        large[::97] = upper
        return large

    return case.damaged(Text(en="with huge values", fr="avec des valeurs énormes"), _with_numbers(grown))


@cache
def least(case: Case) -> Case:
    """Nothing but zeros, as where nobody lives."""

    def shrunk(spec: Field, values: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.where(values == NULL, NULL, max(spec.lower or 0, 0))

    return case.damaged(Text(en="with zeros only", fr="avec des zéros seulement"), _with_numbers(shrunk))


def _with_numbers(change: Callable[[Field, NDArray[np.int64]], NDArray[np.int64]]) -> Callable[[Table], Table]:
    def damage(table: Table) -> Table:
        numbers: dict[str, Column] = {n: Ints(change(spec, c.values)) for n, spec, c in _numbers(table) if len(table)}
        return table.replace(**numbers)

    return damage
