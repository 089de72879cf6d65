"""Homes in the mean use what is published, and their days look like days."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from selfdata_sdk.model import Table
from selfdata_sdk.model.time import HOUR, to_local
from selfdata_sdk.testing.personas import PERSONAS, Persona, households, persona
from selfdata_sdk.testing.personas.events import EVENTS
from selfdata_sdk.testing.personas.reference import reference, values
from selfdata_sdk.testing.personas.uses import millilitres, uses

HOMES = 40


def table(p: Persona, record_type: str) -> Table:
    (found,) = [t for t in p.tables if t.series.type == record_type and t.series.register == ""]
    return found


@cache
def population() -> tuple[Persona, ...]:
    """A year of homes of two seeds, of which as many leak as were flagged for a week among real ones."""
    return tuple(p for seed in (0, 1) for p in households(HOMES, seed=seed, leaky=5, days=365))


def mean_of_hours(t: Table, field: str) -> NDArray[np.float64]:
    """The mean per hour of the local day, by hour (24,)."""
    hour = to_local(t.ints("start"), t.series.tz) // HOUR % 24
    return np.array([t.ints(field)[hour == h].mean() for h in range(24)])


def zero_at(t: Table, *hours: int) -> float:
    """The share of these hours of the day in which no water ran."""
    hour = to_local(t.ints("start"), t.series.tz) // HOUR % 24
    return float((t.ints("litres")[np.isin(hour, hours)] == 0).mean())


def longest_run(t: Table) -> float:
    """Days without an hour at zero."""
    zeros = np.flatnonzero(np.concatenate([[True], t.ints("litres") == 0, [True]]))
    return float(np.diff(zeros).max() - 1) / 24


def test_litres_per_person_and_day_are_those_published() -> None:
    litres = persons = 0.0
    for p in population():
        t = table(p, "water.use/1")
        litres += t.ints("litres").sum() / 1000 / len(t) * 24
        persons += len(p.home.members)
    assert litres / persons == pytest.approx(reference("water")["litres"], rel=0.07)


def test_water_goes_where_it_was_published_to_go() -> None:
    split = dict.fromkeys(reference("water")["split"], 0)
    for p in population():
        taken = millilitres(p.calendar.events, p.home)
        by_kind = np.bincount(p.calendar.events.kind, taken, len(EVENTS))
        for kind, use in uses().items():
            if use.end:
                split[use.end] += int(by_kind[EVENTS.index(kind)])
    total = sum(split.values())
    for end, percent in reference("water")["split"].items():
        assert 100 * split[end] / total == pytest.approx(percent, abs=1.5), end


def test_electricity_is_that_of_a_mean_home() -> None:
    tables = [table(p, "electricity.use/1") for p in population()]
    kwh = [t.ints("energy").sum() / 1e6 / len(t) * 48 * 365 for t in tables]
    assert np.mean(kwh) == pytest.approx(reference("electricity")["kwh"], rel=0.1)
    assert np.median(kwh) < np.mean(kwh), "homes that heat with electricity make the mean"


def test_as_many_homes_as_real_ones_have_days_without_an_hour_at_zero() -> None:
    runs = np.array([longest_run(table(p, "water.use/1")) for p in population()])
    for days, percent in reference("night")["flagged"].items():
        assert 100 * (runs >= int(days)).mean() == pytest.approx(percent, abs=10 if days == "1" else 5), days


def test_homes_without_a_leak_are_not_taken_for_leaking() -> None:
    for p in population():
        if not any(t.kind in ("leak", "running-toilet") for t in p.truths):
            assert longest_run(table(p, "water.use/1")) < 2


@pytest.mark.parametrize("name", ["single_flat", "holiday_family", "student_share"])
def test_nights_are_at_rest(name: str) -> None:
    """A real home without a leak: no water ran in 96 to 98 of 100 hours from 2 to 6 (Alicante, DAIAD open data)."""
    assert zero_at(table(persona(name), "water.use/1"), 3, 4, 5) > 0.88


def test_a_slow_leak_never_rests() -> None:
    t = table(persona("slow_leak_couple"), "water.use/1")
    since = int(len(t) * 160 / 400)
    assert (t.ints("litres")[since:] == 0).sum() == 0
    assert zero_at(t.take(slice(0, since)), 3, 4, 5) > 0.7


def test_a_shift_worker_showers_before_dawn() -> None:
    water = mean_of_hours(table(persona("shift_worker"), "water.use/1"), "litres")
    assert water[4] > 5 * mean_of_hours(table(persona("single_flat"), "water.use/1"), "litres")[4]


@pytest.mark.parametrize("name", ["single_flat", "family_garden", "holiday_family", "electric_commuter"])
def test_mornings_and_evenings_are_busy(name: str) -> None:
    water = mean_of_hours(table(persona(name), "water.use/1"), "litres")
    assert water[6:9].max() > 3 * water[2:5].mean()
    assert water[18:23].max() > 2 * water[14:17].mean()


def test_week_ends_are_not_weekdays() -> None:
    t = table(persona("single_flat"), "electricity.use/1")
    local = to_local(t.ints("start"), t.series.tz)
    weekend = (local // (24 * HOUR) + 3) % 7 >= 5
    noon = (local // HOUR % 24) == 12
    assert t.ints("energy")[noon & weekend].mean() > 1.5 * t.ints("energy")[noon & ~weekend].mean()


@pytest.mark.parametrize("name", sorted(PERSONAS))
def test_who_heats_with_it_uses_more_in_winter(name: str) -> None:
    p = persona(name)
    record_type, field = ("gas.use/1", "volume") if p.home.heating == "gas" else ("electricity.use/1", "energy")
    t = table(p, record_type)
    month = t.ints("start").astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) % 12
    winter, summer = (t.ints(field)[np.isin(month, m)].mean() for m in ((11, 0, 1), (5, 6, 7)))
    least = {"gas": 3.0, "electricity": 2.0, "heat_pump": 1.4, "district_heat": 0.8}[p.home.heating]
    assert winter > least * summer
    if p.home.heating == "district_heat":
        assert winter < 1.4 * summer


def test_a_garden_drinks_in_summer() -> None:
    t = table(persona("family_garden"), "water.use/1")
    month = t.ints("start").astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) % 12
    summer, winter = (t.ints("litres")[np.isin(month, m)].mean() for m in ((5, 7), (10, 0)))
    assert summer > 1.2 * winter


def test_a_car_is_charged_in_the_cheap_hours() -> None:
    power = mean_of_hours(table(persona("electric_commuter"), "electricity.use/1"), "power") / 1000
    assert power[23] > 5 * power[16]


def test_references_say_when_and_where_they_come_from() -> None:
    for name in values("reference"):
        assert reference(name)["source"]
        assert reference(name)["on"] == "2025-11-24"
    for name in ("affairs", "shop"):
        assert values(name)["source"]
        assert values(name)["on"] == "2026-11-24"
