"""Trips of the first member of a household: where they go on the days out, by what means, and what tickets they show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...model import Leg
from ...model.time import Int64s, moment, zone
from .calendar import Calendar
from .chance import Chance
from .clock import Clock
from .home import Home

SPEEDS = {"walk": 4.6, "bike": 14.5, "bus": 15.5, "tram": 18.5, "metro": 25.0, "car": 33.0, "electric_car": 42.0,
          "train": 75.0}  # fmt: skip
"""Usual km/h from door to door, our own guesses near the French survey of mobility of 2019 (SDES, EMP)."""
UNKNOWN = 30  # percent of trips whose mode the holder does not give
NETWORK = "Persona Transit"


@dataclass(frozen=True, slots=True, eq=False)
class Journey:
    """A trip: when it begins (µs) and lasts (minutes), how far (m), and by what mode it really was."""

    start: int
    minutes: int
    metres: int
    mode: str
    told: bool
    purpose: str


@dataclass(frozen=True, slots=True)
class Travel:
    home: Home
    clock: Clock
    calendar: Calendar
    chance: Chance

    @property
    def mode(self) -> str:
        """How the first member goes to work, school or town on most days."""
        if self.home.car:
            return "electric_car"
        if self.home.dwelling == "house":
            return "car"
        return {"student": "bike", "shift": "bus"}.get(self.home.members[0].rhythm, "metro")

    def journeys(self) -> list[Journey]:
        n, chance = self.clock.n, self.chance
        first = self.calendar.presences[0]
        out = first.out[:n]
        midnights = self.clock.micros(self.clock.days()[:-1])
        usual = (
            self.home.car * 500
            if self.home.car
            else {"car": 12_000, "metro": 6_500, "bus": 7_500}.get(self.mode, 4_200)
        )
        other = chance.happens("other", n, 18)
        told = chance.below("told", 2 * n, 100) >= UNKNOWN
        found: list[Journey] = []
        for day in np.flatnonzero(out).tolist():
            own = chance.of(str(day))
            mode, metres = self.mode, own.about("metres", 2, usual, usual // 25)
            if other[day]:
                mode = ("walk", "bike", "tram")[own.one("mode", 3)]
                metres = own.about("metres", 2, {"walk": 1_400, "bike": 3_800, "tram": 5_200}[mode], 600)
            free = 0
            for way, at in enumerate((int(first.leave[day]), int(first.back[day]))):
                minutes = _minutes(mode, int(metres[way]), own.about(f"slow {way}", 1, 100, 16))
                begins = max(at if way == 0 else at - minutes, free)
                free = begins + minutes + 5
                purpose = "home" if way else {"student": "school"}.get(self.home.members[0].rhythm, "work")
                start = int(midnights[day]) + begins * 60_000_000
                found.append(Journey(start, minutes, int(metres[way]), mode, bool(told[2 * day + way]), purpose))
        return found

    def rows(self) -> Iterator[dict[str, Any]]:
        local = zone(self.clock.tz)
        for j in self.journeys():
            end = j.start + j.minutes * 60_000_000
            leg = Leg.model_construct(
                mode=j.mode if j.told else None,
                inferred=False if j.told else None,
                start=moment(j.start, local),
                end=moment(end, local),
                distance=_metres(j.metres),
                from_place="Home" if j.purpose != "home" else None,
                to_place="Home" if j.purpose == "home" else None,
            )
            yield {
                "start": j.start,
                "end": end,
                "mode": j.mode if j.told else None,
                "distance": j.metres * 10,
                "purpose": j.purpose,
                "legs": (leg,),
            }

    def validations(self) -> Iterator[dict[str, Any]]:
        for j in self.journeys():
            if j.mode in ("bus", "tram", "metro"):
                line = {"bus": "C3", "tram": "T1", "metro": "B"}[j.mode]
                yield {
                    "at": j.start + 4 * 60_000_000,
                    "kind": "board",
                    "network": NETWORK,
                    "mode": j.mode,
                    "line": line,
                }

    def passes(self) -> bool:
        """Whether they hold a monthly pass of public transport."""
        return self.mode in ("bus", "metro")

    def refuels(self) -> list[int]:
        """Days on which a thermal car is filled up: one for each 500 km."""
        if self.mode != "car":
            return []
        found, driven = [], 0
        for j in self.journeys():
            if j.mode == "car":
                driven += j.metres
            if driven > 500_000:
                found.append((j.start - self.clock.start) // 86_400_000_000)
                driven = 0
        return found


def _minutes(mode: str, metres: int, slow: Int64s) -> int:
    return max(2, round(metres / 1000 / SPEEDS[mode] * 60 * int(slow[0]) / 100))


def _metres(metres: int) -> Any:
    from decimal import Decimal

    return Decimal(metres)
