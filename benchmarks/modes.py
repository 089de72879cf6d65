"""By what mode a trip was made, inferred where no record says it: the service's inference beside a plain rule.

The rule takes the mode whose usual speed is nearest, which is a threshold on speed between any two modes. Households are
invented. They are told as they are (three trips of ten do not say their mode), without tickets and rentals, with no trip that says
its mode, and without either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import log

from mobility_footprint.findings import kg
from mobility_footprint.inference import infer
from mobility_footprint.references import factors, usual
from mobility_footprint.rides import Ride, rides
from mobility_footprint.rows import Boarding, Part, Rented, Way

from selfdata_sdk.model import TransitValidation, Trip, VehicleRental
from selfdata_sdk.testing.personas import Persona, households

SERVICE = "mobility_footprint"
RULE = "the nearest usual speed"
KINDS = {"car": "car", "electric_car": "car", "bus": "transit", "tram": "transit", "metro": "transit", "train": "transit",
         "high_speed_train": "transit", "bike": "bike", "e_bike": "bike"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """Trips without mode: how many, how many got the right one, how many one of the right kind, and kgCO2e as inferred and true."""

    trips: int = 0
    right: int = 0
    kind: int = 0
    kg: float = 0.0
    true_kg: float = 0.0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.trips + other.trips, self.right + other.right, self.kind + other.kind,
            self.kg + other.kg, self.true_kg + other.true_kg,
        )  # fmt: skip

    @property
    def accuracy(self) -> float:
        return self.right / max(self.trips, 1)

    @property
    def kind_accuracy(self) -> float:
        return self.kind / max(self.trips, 1)


@dataclass(frozen=True, slots=True)
class Travels:
    """A household's trips, tickets and rentals as a service gets them, and the true mode of each trip by its start."""

    ways: tuple[Way, ...]
    boardings: tuple[Boarding, ...]
    rentals: tuple[Rented, ...]
    true: dict[datetime, str]


def scores(n: int = 100) -> dict[str, dict[str, Score]]:
    """By what is known, of the service and of the rule, over `n` households."""
    total: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for household in households(n, seed=6):
        lived = _travels(household)
        for known, told in _told(lived):
            every = rides(told.ways, told.boardings, told.rentals)
            total[known][SERVICE] += _score(infer(every), lived.true, told)
            total[known][RULE] += _score(_by_speed(rides(told.ways, (), ())), lived.true, told)
    return {known: dict(by_rule) for known, by_rule in total.items()}


def _told(lived: Travels) -> Iterator[tuple[str, Travels]]:
    yield "as they are", lived
    yield "no tickets or rentals", replace(lived, boardings=(), rentals=())
    silent = tuple(_silent(way) for way in lived.ways)
    yield "no trip says its mode", replace(lived, ways=silent)
    yield "neither", replace(lived, ways=silent, boardings=(), rentals=())


def _silent(way: Way) -> Way:
    legs = tuple(Part(**{**leg._asdict(), "mode": None, "inferred": None}) for leg in way.legs)
    return Way(**{**way._asdict(), "mode": None, "legs": legs})


def _score(found: Iterable[Ride], true: dict[datetime, str], told: Travels) -> Score:
    """Of the trips that do not say their mode; the mode of a trip is that of its longest part."""
    open_ones = {way.start for way in told.ways if way.mode is None}
    parts: dict[datetime, list[Ride]] = defaultdict(list)
    for ride in found:
        if ride.trip in open_ones:
            parts[ride.trip].append(ride)
    total = Score()
    for start, trip in parts.items():
        main = max(trip, key=lambda r: r.km or 0)
        mode, km = true[start], main.km or 0
        total += Score(
            1, main.mode == mode, _kind(main.mode or "") == _kind(mode), kg(main) or 0.0, factors().get(mode, 0.0) * km
        )
    return total


def _kind(mode: str) -> str:
    return KINDS.get(mode, mode)


def _by_speed(every: Sequence[Ride]) -> list[Ride]:
    def nearest(ride: Ride) -> str:
        speed = log((ride.km or 1) / ride.hours)
        return min(usual(), key=lambda mode: abs(log(usual()[mode].speed) - speed))

    return [replace(ride, mode=nearest(ride)) if ride.mode is None and ride.km else ride for ride in every]


def _travels(household: Persona) -> Travels:
    records = [r for t in household.tables for r in t.records() if t.record_type in _TYPES]
    ways = tuple(
        Way(
            start=r.start, end=r.end, mode=r.mode, distance=_metres(r.distance), purpose=r.purpose,
            legs=tuple(
                Part(mode=leg.mode, inferred=leg.inferred, start=leg.start, end=leg.end, distance=_metres(leg.distance))
                for leg in r.legs
            ),
        )
        for r in records if isinstance(r, Trip)
    )  # fmt: skip
    boardings = tuple(
        Boarding(at=r.at, kind=r.kind, mode=r.mode, price=r.price) for r in records if isinstance(r, TransitValidation)
    )
    rentals = tuple(
        Rented(start=r.start, end=r.end, vehicle=r.vehicle, distance=_metres(r.distance), cost=r.cost)
        for r in records
        if isinstance(r, VehicleRental)
    )
    return Travels(ways, boardings, rentals, {way.start: way.mode for way in household.ways})


def _metres(distance: object) -> float | None:
    return None if distance is None else float(str(distance))


_TYPES = (Trip, TransitValidation, VehicleRental)


def part(rows: Callable[[str, Mapping[str, Mapping[str, float]], int], str]) -> list[str]:
    """What stands on the page of benchmarks."""
    found = scores()
    return [
        (
            "**Modes of trips** (`mobility_footprint`, 100 households), against the mode whose usual speed is nearest. Only trips that "
            "do not say their mode count: three of ten as they are. A kind is a car, public transport, a bike, or on foot; the last "
            "column is kgCO2e as inferred, in percent of what was emitted."
        ),
        *(
            rows(
                f"trips, {known}",
                {
                    "mode, %": {name: 100 * score.accuracy for name, score in by_rule.items()},
                    "kind, %": {name: 100 * score.kind_accuracy for name, score in by_rule.items()},
                    "emitted, %": {name: 100 * score.kg / score.true_kg for name, score in by_rule.items()},
                },
                1,
            )
            for known, by_rule in found.items()
        ),
    ]


if __name__ == "__main__":
    for known, by_rule in scores(40).items():
        for name, score in by_rule.items():
            print(
                known, name, round(score.accuracy, 3), round(score.kind_accuracy, 3), round(score.kg / score.true_kg, 2)
            )
