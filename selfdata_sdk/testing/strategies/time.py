"""Times and zones, often where the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

import numpy as np
from hypothesis import strategies as st

from ...model.time import DAY, HOUR, MINUTE, SECOND, micros, moment, offsets, zone

Strategy = st.SearchStrategy

ZONES = (
    "Europe/Paris",
    "UTC",
    "America/New_York",
    "Asia/Kathmandu",  # +05:45
    "Australia/Lord_Howe",  # changes by half an hour
    "Antarctica/Troll",  # changes by two hours
    "America/Sao_Paulo",  # changed at midnight
    "America/St_Johns",  # changed at one minute past midnight
    "Pacific/Apia",  # skipped a day
)
"""Zones with every kind of clock change."""

CADENCES = {"P1D": DAY, "PT1H": HOUR, "PT30M": 30 * MINUTE, "PT10M": 10 * MINUTE, "P1M": 30 * DAY}

_START, _STOP = datetime(2015, 1, 1), datetime(2030, 1, 1)  # noqa: DTZ001 (on the clock of each zone)


def zones() -> Strategy[str]:
    return st.sampled_from(ZONES)


@st.composite
def local_times(draw: st.DrawFn, tz: str | None = None) -> datetime:
    """An aware datetime of 2015 to 2029 in `tz` (any of `ZONES` if None), often in the hours around a clock change."""
    name = draw(zones()) if tz is None else tz
    return moment(draw(instants(name)), zone(name))


@st.composite
def instants(draw: st.DrawFn, tz: str = "Europe/Paris") -> int:
    """Microseconds since the epoch, 2015 to 2029, often within hours of a clock change of `tz`.

    The simplest is the midnight in `tz` with which 2015 begins.
    """
    changes = clock_changes(tz)
    if draw(st.booleans()) and changes:
        return draw(st.sampled_from(changes)) + draw(st.integers(-50, 50)) * 30 * MINUTE
    first, last = (micros(at.replace(tzinfo=zone(tz))) for at in (_START, _STOP))
    return first + draw(st.integers(0, (last - first) // SECOND - 1)) * SECOND


def dates() -> Strategy[date]:
    return st.dates(_START.date(), _STOP.date())


@st.composite
def changing_days(draw: st.DrawFn, tz: str = "Europe/Paris") -> date:
    """A local date of `tz` on which the clocks changed (`tz` must have such days)."""
    return moment(draw(st.sampled_from(clock_changes(tz))), zone(tz)).date()


@cache
def clock_changes(tz: str) -> tuple[int, ...]:
    """The starts of the hours, in µs since the epoch, in which the clocks of `tz` changed; those of 2015 to 2029."""
    first, last = (micros(at.replace(tzinfo=UTC)) for at in (_START, _STOP))
    hours = np.arange(first, last, HOUR, dtype=np.int64)
    return tuple(hours[1:][np.diff(offsets(hours, tz)) != 0].tolist())
