"""Trips of the first member of a household: where they go on the days out, by what means, and what tickets they show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from ...importers.batch import Row
from ...model import Leg
from ...model.time import MINUTE, moment, zone
from .calendar import Calendar
from .chance import Chance
from .clock import Clock
from .home import Home
from .ledger import money
from .presence import DAY

SPEEDS = {"walk": 46, "bike": 145, "bus": 155, "tram": 185, "metro": 250, "car": 330, "electric_car": 420}
"""Usual speeds from door to door in hm/h, our own guesses near the French survey of mobility of 2019 (SDES, EMP)."""
TO_WORK = {"electric_car": 29_000, "car": 12_000, "metro": 6_500, "bus": 7_500, "bike": 4_200}
"""Metres to work or school by the usual mode."""
INSTEAD = {"car": ("bus", "bike"), "metro": ("bike", "tram"), "bus": ("bike", "tram"), "bike": ("walk", "tram")}
"""By what else they go there now and then."""
TO_TOWN = {"walk": 1_400, "bike": 3_800, "tram": 5_200, "car": 7_000}
LINES = {"bus": "C3", "tram": "T1", "metro": "B"}
LONG = 360  # minutes out of home from which it is for work or school
STOP = 400  # metres on foot to the tram
UNKNOWN = 30  # percent of trips whose mode the holder does not give
RENTED = 40  # percent of a student's rides
NETWORK = "Persona Transit"
BIKES = "Persona Vélo"
TANK = 500_000  # metres


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a trip: when it begins (µs) and ends, how far (m) and by what mode."""

    start: int
    end: int
    metres: int
    mode: str


@dataclass(frozen=True, slots=True)
class Journey:
    """A trip on a `day` of the data; `mode` is what it really was, `told` if its record says so."""

    day: int
    stages: tuple[Stage, ...]
    mode: str
    told: bool
    rented: bool
    purpose: str

    @property
    def start(self) -> int:
        return self.stages[0].start

    @property
    def end(self) -> int:
        return self.stages[-1].end

    @property
    def metres(self) -> int:
        return sum(stage.metres for stage in self.stages)


@dataclass(slots=True)
class Travel:
    """`life` is the chance by which the calendar draws how far the electric car goes."""

    home: Home
    clock: Clock
    calendar: Calendar
    life: Chance
    chance: Chance
    journeys: list[Journey] = field(default_factory=list)

    @property
    def mode(self) -> str:
        """How the first member goes to work, school or town on most days."""
        if self.home.car:
            return "electric_car"
        if self.home.dwelling == "house":
            return "car"
        return {"student": "bike", "shift": "bus"}.get(self.home.members[0].rhythm, "metro")

    def run(self) -> None:
        """Out and back on each day on which the first member is out."""
        n, chance, first = self.clock.n, self.chance, self.calendar.presences[0]
        student = self.home.members[0].rhythm == "student"
        other, pick, town = chance.happens("other", n, 18), chance.below("pick", n, 4), chance.below("town", n, 2)
        near, slow = chance.about("near", 2 * n, 100, 12), chance.about("slow", 2 * n, 100, 16)
        told, rented = ~chance.happens("untold", 2 * n, UNKNOWN), chance.happens("rented", 2 * n, RENTED)
        driven = self.life.about("km", n, self.home.car, self.home.car // 4) * 500
        for day in np.flatnonzero(first.out[:n]).tolist():
            leave, back = int(first.leave[day]), int(first.back[day])
            long = back - leave >= LONG
            purpose = ("school" if student else "work") if long else ("shopping", "leisure")[town[day]]
            mode, usual = self._means(long, bool(other[day]), int(pick[day]))
            for way, aim in ((2 * day, purpose), (2 * day + 1, "home")):
                metres = int(driven[day]) if self.home.car else usual * int(near[way]) // 100
                parts = [("walk", STOP), ("tram", metres)] if mode == "tram" else [(mode, metres)]
                legs = [(part, m, _minutes(part, m, int(slow[way]))) for part, m in parts]
                lasts = sum(minutes for _, _, minutes in legs)
                if aim == "home":
                    legs.reverse()
                    begins = max(back - lasts, leave)
                else:
                    begins, leave = leave, leave + lasts + 5
                hired = student and mode == "bike" and bool(rented[way])
                stages = tuple(_stages(self._at(day * DAY + begins), legs))
                self.journeys.append(Journey(day, stages, mode, bool(told[way]), hired, aim))

    def _at(self, local: int) -> int:
        return int(self.clock.at(np.array([local], np.int64))[0])

    def _means(self, long: bool, other: bool, pick: int) -> tuple[str, int]:
        """(mode, metres) of a way to work or school, if it is for `long`, or to town; `pick` is in [0, 4)."""
        usual = self.mode
        if self.home.car or (long and not other):
            return usual, TO_WORK[usual]
        if long:
            return INSTEAD[usual][pick % 2], TO_WORK[usual]
        mode = (("walk", "bike", "car", "car") if usual == "car" else ("walk", "walk", "bike", "tram"))[pick]
        return mode, TO_TOWN[mode]

    def rows(self) -> Iterator[Row]:
        local = zone(self.clock.tz)
        for j in self.journeys:
            homeward = j.purpose == "home"
            legs = tuple(
                Leg.model_construct(
                    mode=s.mode if j.told else None,
                    inferred=False if j.told else None,
                    start=moment(s.start, local),
                    end=moment(s.end, local),
                    distance=Decimal(s.metres),
                    from_place="Home" if s is j.stages[0] and not homeward else None,
                    to_place="Home" if s is j.stages[-1] and homeward else None,
                )
                for s in j.stages
            )
            yield {
                "start": j.start,
                "end": j.end,
                "mode": j.mode if j.told else None,
                "distance": j.metres * 10,
                "purpose": j.purpose,
                "legs": legs,
            }

    def validations(self) -> Iterator[Row]:
        for s in (s for j in self.journeys for s in j.stages if s.mode in LINES):
            yield {
                "at": s.start + 2 * MINUTE,
                "kind": "board",
                "network": NETWORK,
                "mode": s.mode,
                "line": LINES[s.mode],
            }

    def rentals(self) -> Iterator[Row]:
        """Rides on shared bikes, which the subscription pays."""
        for j in self.journeys:
            if j.rented:
                yield {
                    "start": j.start,
                    "end": j.end,
                    "system": BIKES,
                    "vehicle": "bike",
                    "distance": j.metres * 10,
                    "cost": money(0),
                }

    def refuels(self) -> Iterator[int]:
        """Days on which a thermal car is filled up."""
        driven = 0
        for j in self.journeys:
            driven += j.metres * (j.mode == "car")
            if driven > TANK:
                yield j.day
                driven = 0


def _stages(at: int, legs: Sequence[tuple[str, int, int]]) -> Iterator[Stage]:
    """One after the other from `at` on; each leg is (mode, metres, minutes)."""
    for mode, metres, minutes in legs:
        yield Stage(at, at + minutes * MINUTE, metres, mode)
        at += minutes * MINUTE


def _minutes(mode: str, metres: int, slow: int) -> int:
    """Whole minutes at a `slow` percent of the usual time."""
    return max(2, metres * 6 * slow // (SPEEDS[mode] * 1_000))
