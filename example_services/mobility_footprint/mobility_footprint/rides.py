"""Rides: each part of a way in one mode, from trips, validated tickets and rented vehicles, none counted twice."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from .references import usual
from .rows import Boarding, Rented, Way

TRANSIT = ("bus", "tram", "metro", "train", "high_speed_train", "coach", "ferry")
EARLY = timedelta(minutes=10)
"""How long before a ride its ticket may be validated, and a vehicle be taken."""

How = Literal["said", "guessed", "ticket", "rental", "inferred"]


@dataclass(frozen=True, slots=True)
class Ride:
    """One mode from `start` to `end`, over `km`; None: not known.

    how      the mode is known because the record says it, its holder guessed it (and says so), a ticket was validated
             or a vehicle rented meanwhile, or it is inferred here
    likely   how likely the mode is, 0 to 1; under 1 only where it is inferred
    assumed  True if the distance is only the usual one of such a ride
    trip     when the trip began of which it is a part
    """

    start: datetime
    end: datetime
    km: float | None
    mode: str | None
    how: How = "said"
    purpose: str | None = None
    rented: bool = False
    ticketed: bool = False
    likely: float = 1.0
    assumed: bool = False
    trip: datetime | None = None

    @property
    def hours(self) -> float:
        return max((self.end - self.start).total_seconds(), 60) / 3600


def rides(ways: Iterable[Way], boardings: Iterable[Boarding], rentals: Iterable[Rented]) -> list[Ride]:
    """In order of time. A ticket or a rental during a ride says its mode; outside of any it is a ride of its own."""
    found = sorted((r for way in ways for r in _parts(way)), key=lambda r: r.start)
    found = _joined(found, [_rental(r) for r in rentals])
    tickets = (b for b in boardings if b.mode is not None and b.kind in ("board", "transfer"))
    return _joined(found, [_ticket(b.at, b.mode or "other") for b in tickets])


def _parts(way: Way) -> Iterable[Ride]:
    if len(way.legs) < 2:
        (leg,) = way.legs or (None,)
        mode = way.mode or (leg.mode if leg else None)
        metres = way.distance if way.distance is not None else leg.distance if leg else None
        guessed = bool(leg and leg.inferred)
        yield Ride(way.start, way.end, _km(metres), mode, "guessed" if guessed else "said", way.purpose, trip=way.start)
        return
    for leg in way.legs:
        how: How = "guessed" if leg.inferred else "said"
        yield Ride(leg.start, leg.end, _km(leg.distance), leg.mode, how, way.purpose, trip=way.start)


def _rental(rental: Rented) -> Ride:
    ride = Ride(rental.start, rental.end, _km(rental.distance), rental.vehicle, "rental", rented=True)
    known = usual().get(rental.vehicle or "")
    if ride.km is None and known is not None:
        return replace(ride, km=ride.hours * known.speed, assumed=True)
    return ride


def _ticket(at: datetime, mode: str) -> Ride:
    known = usual().get(mode)
    return Ride(at, at, known.boarding if known else None, mode, "ticket", ticketed=True, assumed=True)


def _joined(found: Sequence[Ride], others: Sequence[Ride]) -> list[Ride]:
    """`found` with what `others` say of them, and those of `others` that fall into none of them."""
    known, alone = list(found), []
    starts = [r.start for r in known]
    for other in sorted(others, key=lambda r: r.start):
        middle = other.start + (other.end - other.start) / 2
        at = bisect_right(starts, middle) - 1
        if at < 0 or middle > known[at].end:
            at += 1  # not during one: at the beginning of the next?
            if at == len(known) or starts[at] - middle > EARLY:
                alone.append(other)
                continue
        known[at] = _with(known[at], other)
    return sorted([*known, *alone], key=lambda r: r.start)


def _with(ride: Ride, other: Ride) -> Ride:
    """A ride with what a ticket or a rental says of it: a rented vehicle counts its own kilometres."""
    if ride.mode is None and other.mode is not None:
        ride = replace(ride, mode=other.mode, how=other.how)
    if other.rented and other.km is not None and not other.assumed and ride.mode == other.mode:
        ride = replace(ride, km=other.km)
    return replace(ride, rented=ride.rented or other.rented, ticketed=ride.ticketed or other.ticketed)


def _km(metres: float | None) -> float | None:
    return None if metres is None or metres <= 0 else metres / 1000
