"""Households with planted truths, as a meter that counts whole litres shows them, and two real homes."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # the package need not be installed to be tested

from water_coach.advice import advice
from water_coach.clock import HOUR, instant, local_days, micros, midnights, wall_hours
from water_coach.findings import Findings, find
from water_coach.hours import Hours
from water_coach.operator_sign import OperatorSign
from water_coach.references import leak_rule, tariff

from selfdata_sdk import Block
from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.model import Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Codes, Column, Ints
from selfdata_sdk.store import PersonalStore

PARIS = "Europe/Paris"
FILES = Path(__file__).parents[3] / "tests" / "files" / "daiad"

# Litres in each wall-clock hour when somebody is at home, and how often anything is used in it.
RATE = np.array([0, 0, 0, 0, 0, 0, 4, 60, 35, 12, 10, 14, 25, 20, 8, 6, 8, 12, 20, 40, 45, 25, 10, 4], float)
OFTEN = np.array(
    [0, 0, 0, 0, 0, 0, 0.3, 0.9, 0.8, 0.5, 0.4, 0.5, 0.7, 0.6, 0.4, 0.3, 0.4, 0.5, 0.6, 0.8, 0.9, 0.7, 0.5, 0.3]
)


@dataclass(frozen=True)
class Household:
    """How a made home lives, from 1 January 2024 on. Days count from 0."""

    days: int = 400
    first: date = date(2024, 1, 1)
    tz: str = PARIS
    leak: tuple[float, int] | tuple[float, int, int] | None = None
    """L/h, the hour from which it runs, and for how many hours (else without end)."""
    away: tuple[int, int] | None = None
    garden: float = 0.0
    weekend: float = 1.0
    evening: float = 1.0
    growth: float = 1.0
    """Use from the last 28 days on, as a factor."""
    seed: int = 1

    def use(self) -> Hours:
        bounds = midnights(self.first, self.first + timedelta(days=self.days - 1), self.tz)
        start = np.arange(bounds[0], bounds[-1], HOUR)
        hour = wall_hours(start, self.tz).astype(int)
        day = (local_days(start, self.tz) - np.datetime64(self.first, "D")).astype(int)
        random = np.random.default_rng(self.seed)
        litres = (random.random(len(start)) < OFTEN[hour]) * RATE[hour] * random.gamma(4, 0.25, len(start))
        weekday = (day + self.first.weekday()) % 7
        litres = (
            litres * np.where(weekday >= 5, self.weekend, 1.0) * np.where((hour >= 18) & (hour < 23), self.evening, 1)
        )
        litres = litres * np.where(day >= self.days - 28, self.growth, 1.0)
        month = (np.datetime64(self.first, "D") + day).astype("datetime64[M]").astype(int) % 12 + 1
        litres = litres + np.where((month >= 5) & (month <= 9) & (hour == 20), self.garden, 0.0)
        if self.away:
            litres = np.where((day >= self.away[0]) & (day < self.away[1]), 0.0, litres)
        if self.leak:
            flow, begin, *lasting = self.leak
            litres[begin : begin + lasting[0] if lasting else None] += flow
        index = np.floor(np.concatenate([[0.0], np.cumsum(litres)]))
        return Hours.of(start, start + HOUR, np.diff(index), self.tz)


def read_real(name: str) -> Hours:
    """A real home's hourly index file as uses between its readings."""
    zone = ZoneInfo("Europe/Madrid")
    stamps, index, before = [], [], datetime.min  # noqa: DTZ901
    with (FILES / name).open(newline="", encoding="utf-8") as file:
        for row in list(csv.reader(file, delimiter=";"))[1:]:
            at = datetime.strptime(row[1], "%d/%m/%Y %H:%M:%S")  # noqa: DTZ007
            stamps.append(micros(at.replace(tzinfo=zone, fold=int(at < before))))
            index.append(float(row[2]))
            before = at
    at_us = np.array(stamps, np.int64)
    return Hours.of(at_us[:-1], at_us[1:], np.diff(np.array(index)), "Europe/Madrid")


@pytest.fixture(scope="session")
def real_home() -> Callable[[str], Hours]:
    """A real home by its file's name, read once."""
    known: dict[str, Hours] = {}

    def home(name: str) -> Hours:
        if name not in known:
            known[name] = read_real(f"daiad_alicante_{name}.csv")
        return known[name]

    return home


@pytest.fixture(scope="session")
def home() -> Callable[..., Hours]:
    """A made home: `home(leak=(20, 24 * 300))`; see `Household`."""
    built = cache(Household.use)
    return lambda **facts: built(Household(**facts))


@pytest.fixture(scope="session")
def found() -> Callable[..., Findings]:
    """What is found in such hours, seen `later` days after the last reading."""

    def findings(
        hours: Hours,
        *,
        later: int = 0,
        occupants: int | None = None,
        price: str = "france-2024",
        sign: OperatorSign | None = None,
        goal: int = 120,
        limited: bool = False,
    ) -> Findings:
        end = instant(int(hours.end[-1]), hours.tz) if len(hours) else datetime(2025, 1, 1, tzinfo=ZoneInfo(hours.tz))
        return find(
            hours,
            sign,
            now=end + timedelta(days=later),
            random=np.random.default_rng(1),
            rule=leak_rule(),
            tariff=tariff(price),
            occupants=occupants,
            goal=goal,
            limited=limited,
        )

    return findings


@pytest.fixture(scope="session")
def said(found: Callable[..., Findings]) -> Callable[..., dict[str, Block]]:
    """The blocks by id, in order."""
    return lambda hours, **facts: {block.id: block for block in advice(found(hours, **facts))}


@pytest.fixture
def store() -> Iterator[PersonalStore]:
    """A person's store, empty."""
    with PersonalStore(MemoryCloud()) as opened:
        yield opened


@pytest.fixture(scope="session")
def table() -> Callable[..., Table]:
    """Hours as a table of water use; more columns beside as numbers (thousandths) or words."""

    def use(hours: Hours, *, cadence: str = "PT1H", about: str = "1", **more: list[str] | list[int]) -> Table:
        columns: dict[str, Column] = {
            "start": Ints(hours.start),
            "end": Ints(hours.end),
            "litres": Ints(np.round(hours.litres * 1000).astype(np.int64)),
        }
        for name, values in more.items():
            words = [v for v in values if isinstance(v, str)]
            columns[name] = Codes.of(words) if words else Ints(np.array(values, np.int64))
        source = Source(
            holder="Water operator", importer="made", version="1", retrieved_at=datetime(2025, 6, 1, tzinfo=UTC)
        )
        series = Series(WaterUse.type, "Water operator", about=about, cadence=cadence, tz=hours.tz)
        return Table(WaterUse, series, columns, (source,))

    return use
