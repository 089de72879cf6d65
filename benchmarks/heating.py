"""How much home_energy says that heating takes, in generated households of which the same without heating is known too.

The service knows the normal temperatures of a town, and not the weather that these homes had. Beside it stands what is often
done by hand: what is used above the days of summer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from home_energy.clock import wall
from home_energy.daily import Daily
from home_energy.heating import heating

from selfdata_sdk.model import ElectricityUse, GasUse, WaterUse
from selfdata_sdk.model.time import DAY, micros
from selfdata_sdk.testing.personas import Persona, households
from selfdata_sdk.testing.personas.life import live

SERVICE = "home_energy"
SUMMER = "use above the days of June to August"
TOWN = "lyon"


def errors(n: int = 60) -> dict[str, list[float]]:
    """By how many percent of the truth each is wrong, one for each household that gas or electricity heats."""
    found: dict[str, list[float]] = {SERVICE: [], SUMMER: []}
    for person in households(n, leaky=0):
        if person.home.heating == "district_heat":
            continue
        used, cold = _used(person), _used(live(replace(person.home, loss=0), strict=False))
        away = _water(person).empty()
        told = heating(used.without(away), TOWN, len(used))
        if told is None:
            continue
        # Gaps lie on the same days in both.
        true = (used.total - cold.total) * 365 / len(used)
        found[SERVICE].append(100 * (told.kwh - true) / true)
        month = used.days.astype("M8[M]").astype(int) % 12 + 1
        base = float(used.amounts[np.isin(month, (6, 7, 8))].mean())
        found[SUMMER].append(100 * ((used.total - base * len(used)) * 365 / len(used) - true) / true)
    return found


def _used(person: Persona) -> Daily:
    """The energy that heats, kWh by day of the last year."""
    if person.home.heating == "gas":
        return _daily(person, GasUse, "energy", 1e4, 6)
    return _daily(person, ElectricityUse, "energy", 1e6, 0)


def _water(person: Persona) -> Daily:
    return _daily(person, WaterUse, "litres", 1e3, 0)


def _daily(person: Persona, record_type: type, field: str, scale: float, hour: int) -> Daily:
    table = next(t for t in person.tables if t.record_type is record_type)
    last = table.ints("start") >= micros(person.now) - 365 * DAY
    start, end = table.ints("start")[last], table.ints("end")[last]
    days, place = np.unique((wall(start, person.tz) - hour * DAY // 24) // DAY, return_inverse=True)
    amounts = np.bincount(place, table.ints(field)[last] / scale).astype(np.float64)
    whole = np.bincount(place, (end - start) / DAY) >= 0.9
    return Daily(days[whole].astype("M8[D]"), amounts[whole])


def part(rows: Callable[[str, Mapping[str, Mapping[str, float]], int], str]) -> list[str]:
    """What stands on the page of benchmarks."""
    found = errors()
    return [
        (
            "**What heats** (`home_energy`, the 60 first households, without those of district heating), against the use above that "
            "of June to August. The truth is what the same home uses less without heating. Their weather is not in the data: both "
            "know the season only."
        ),
        rows(
            "heating, %",
            {
                "median error": {name: float(np.median(np.abs(wrong))) for name, wrong in found.items()},
                "nine of ten are nearer than": {
                    name: float(np.quantile(np.abs(wrong), 0.9)) for name, wrong in found.items()
                },
                "error on the whole": {name: float(np.mean(wrong)) for name, wrong in found.items()},
            },
            1,
        ),
    ]


if __name__ == "__main__":
    for name, wrong in errors().items():
        print(name, len(wrong), np.round(np.quantile(np.abs(wrong), (0.5, 0.9)), 1), round(float(np.mean(wrong)), 1))
