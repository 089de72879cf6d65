"""What the personas used, as figures: days, hours, splits, and means beside those of real homes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import numpy as np

from selfdata_sdk.model import Table
from selfdata_sdk.model.time import HOUR, Int64s, day_bounds
from selfdata_sdk.testing.personas import PERSONAS, Persona, households, persona
from selfdata_sdk.testing.personas.events import EVENTS
from selfdata_sdk.testing.personas.reference import reference
from selfdata_sdk.testing.personas.uses import millilitres, uses

HOMES = 40
"""Households of the population, varied from the personas; of them one in twenty leaks."""

FIELDS = {"water.use/1": "litres", "electricity.use/1": "energy", "gas.use/1": "volume"}
"""The field of the amount by record type: in mL, mWh and 0.1 L."""


@cache
def personas() -> tuple[Persona, ...]:
    return tuple(persona(name) for name in PERSONAS)


def used(household: Persona, record_type: str) -> Table:
    return next(t for t in household.tables if t.series.type == record_type)


def by_day(household: Persona, record_type: str) -> Int64s:
    """What was used on each local day, in the units of `FIELDS`. Shape (days,)."""
    table = used(household, record_type)
    days = household.calendar.days
    last = days.first + timedelta(days=household.calendar.n - 1)
    starts = day_bounds(household.tz, days.first, last)[:-1]
    found = np.zeros(household.calendar.n, np.int64)
    np.add.at(found, np.searchsorted(starts, table.ints("start"), "right") - 1, table.ints(FIELDS[record_type]))
    return found


def by_hour(household: Persona, start: int, hours: int) -> Int64s:
    """Water in each hour from `start` (µs) on, in mL. Shape (hours,)."""
    table = used(household, "water.use/1")
    place = (table.ints("start") - start) // HOUR
    inside = (place >= 0) & (place < hours)
    found = np.zeros(hours, np.int64)
    found[place[inside]] = table.ints("litres")[inside]
    return found


@dataclass(frozen=True, slots=True)
class Means:
    """Litres per person and day, kWh a year, and percent of the hours in which no water ran, from what was read."""

    persons: int
    litres: int
    kwh: int
    still: int


def means(household: Persona) -> Means:
    water, energy = used(household, "water.use/1").ints("litres"), used(household, "electricity.use/1").ints("energy")
    persons = len(household.home.members)
    return Means(
        persons,
        _rounded(int(water.sum()) * 24, len(water) * persons * 1000),
        _rounded(int(energy.sum()) * 48 * 365, len(energy) * 10**6),
        _rounded(100 * int((water == 0).sum()), len(water)),
    )


@dataclass(frozen=True, slots=True)
class Population:
    """The same of many households together, and where their water went, in percent by end use."""

    litres: int
    kwh: int
    still: int
    split: Mapping[str, int]


@cache
def population() -> Population:
    found, split = [], dict.fromkeys(reference("water")["split"], 0)
    for household in households(HOMES, leaky=5, days=365):
        found.append(means(household))
        taken = millilitres(household.calendar.events, household.home)
        for kind, use in uses().items():
            if use.end:
                split[use.end] += int(taken[household.calendar.events.kind == EVENTS.index(kind)].sum())
    persons, total = sum(m.persons for m in found), sum(split.values())
    return Population(
        _rounded(sum(m.litres * m.persons for m in found), persons),
        _rounded(sum(m.kwh for m in found), len(found)),
        _rounded(sum(m.still for m in found), len(found)),
        {end: _rounded(100 * amount, total) for end, amount in split.items()},
    )


def _rounded(above: int, below: int) -> int:
    """The nearest whole number, without floats: the same on any machine."""
    return (2 * above + below) // (2 * below)
