"""Everything that was worked out from one person's rides and payments, once, for all advice to speak from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from statistics import median

from .inference import infer
from .money import Spent, spent
from .references import factors, suggested, usual
from .rides import TRANSIT, Ride, rides
from .rows import Boarding, Paid, Rented, Way

MONTH = 30.4375
LEAST_DAYS = 7
SURE = 0.7
CARS = ("car", "electric_car", "taxi", "motorcycle")
ONE_WAY_TIMES = 4
"""Ways to work that are needed to speak of a commute."""
WORTH = 1
"""kgCO2e a month, from which on an alternative is named."""


@dataclass(frozen=True, slots=True)
class Other:
    """The usual commute in another mode: minutes one way, and kgCO2e less in a month."""

    mode: str
    minutes: float
    less: float


@dataclass(frozen=True, slots=True)
class Commute:
    """The ways to work or school and back: km and minutes one way (medians), the mode of most km, ways and kg a month."""

    mode: str
    km: float
    minutes: float
    ways: float
    kg: float
    cost: Decimal
    others: tuple[Other, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """`days` from the first ride to the last; sums are over this time."""

    rides: tuple[Ride, ...]
    days: int
    spent: Spent
    commute: Commute | None
    fuel_price: float
    consumption: float

    @property
    def enough(self) -> bool:
        return self.days >= LEAST_DAYS and bool(self.counted)

    @property
    def months(self) -> float:
        return self.days / MONTH

    @property
    def counted(self) -> list[Ride]:
        """Those with a mode that has a factor and a distance."""
        return [r for r in self.rides if kg(r) is not None]

    @property
    def by_mode(self) -> dict[str, float]:
        """kgCO2e by mode, most first."""
        found: dict[str, float] = defaultdict(float)
        for ride in self.counted:
            found[ride.mode or ""] += kg(ride) or 0
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def km_by_mode(self) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for ride in self.counted:
            found[ride.mode or ""] += ride.km or 0
        return dict(found)

    @property
    def by_month(self) -> dict[date, float]:
        """kgCO2e by the first of each month."""
        found: dict[date, float] = defaultdict(float)
        for ride in self.counted:
            found[ride.start.date().replace(day=1)] += kg(ride) or 0
        return dict(sorted(found.items()))

    @property
    def kg(self) -> float:
        return sum(self.by_mode.values())

    @property
    def how(self) -> Counter[str]:
        """Rides by how their mode is known."""
        return Counter(r.how for r in self.counted)

    @property
    def unsure(self) -> int:
        return sum(r.likely < SURE for r in self.counted)

    @property
    def fuel_km(self) -> float:
        """How far the fuel in the account goes."""
        return float(self.spent.fuel) / self.fuel_price / self.consumption * 100


def kg(ride: Ride) -> float | None:
    """kgCO2e; None where it cannot be told."""
    factor = factors().get(ride.mode or "")
    return None if factor is None or ride.km is None else factor * ride.km


def find(
    ways: Iterable[Way], boardings: Iterable[Boarding], rentals: Iterable[Rented], lines: Iterable[Paid],
    *, fuel_price: float, consumption: float,
) -> Findings:  # fmt: skip
    """Work out everything."""
    boardings, rentals = list(boardings), list(rentals)
    found = infer(rides(ways, boardings, rentals))
    if not found:
        return Findings((), 0, Spent("EUR"), None, fuel_price, consumption)
    first, last = found[0].start.date(), max(r.end for r in found).date()
    days = (last - first).days + 1
    paid = spent(lines, boardings, rentals, first, last)
    return Findings(tuple(found), days, paid, _commute(found, paid, days / MONTH), fuel_price, consumption)


def _commute(every: Sequence[Ride], paid: Spent, months: float) -> Commute | None:
    trips = list(_to_work(every))
    out = [trip for trip in trips if trip[0].purpose in ("work", "school")]
    if len(out) < ONE_WAY_TIMES:
        return None
    mode = Counter(_main(trip) for trip in trips).most_common(1)[0][0]
    usual_ones = [trip for trip in out if _main(trip) == mode] or out
    distance = median(sum(r.km or 0 for r in trip) for trip in usual_ones)
    minutes = median((trip[-1].end - trip[0].start).total_seconds() / 60 for trip in usual_ones)
    ways = [ride for trip in trips for ride in trip]
    a_month = len(trips) / months
    cost = sum((amount * _part(ways, every, modes, rented) for amount, modes, rented in _payments(paid)), Decimal())
    return Commute(
        mode,
        distance,
        minutes,
        a_month,
        sum(kg(r) or 0 for r in ways) / months,
        cost / Decimal(str(months)),
        tuple(_others(mode, distance, a_month, every)),
    )


def _to_work(every: Sequence[Ride]) -> Iterable[list[Ride]]:
    """Trips to work or school, and those home within a day after one, each as its rides; only those that are counted."""
    gone: date | None = None
    for _, rides_of in groupby((r for r in every if r.trip), key=lambda r: r.trip):
        trip = [r for r in rides_of if kg(r) is not None]
        if not trip:
            continue
        purpose, day = trip[0].purpose, trip[0].start.date()
        if purpose in ("work", "school"):
            gone = day
            yield trip
        elif purpose == "home" and gone is not None and (day - gone).days <= 1:
            gone = None
            yield trip


def _main(trip: Sequence[Ride]) -> str:
    """The mode of most of its way."""
    return max(trip, key=lambda r: r.km or 0).mode or ""


def _payments(paid: Spent) -> Iterable[tuple[Decimal, tuple[str, ...], bool]]:
    """What was paid, for which modes, and whether for rented vehicles."""
    return ((paid.car, CARS, False), (paid.transit, TRANSIT, False), (paid.rental, (), True))


def _part(ways: Sequence[Ride], every: Sequence[Ride], modes: tuple[str, ...], rented: bool) -> Decimal:
    """The share of the commute in the km of these modes, or of what is rented."""

    def km(rides: Sequence[Ride]) -> float:
        return sum(r.km or 0 for r in rides if (r.rented if rented else r.mode in modes and not r.rented))

    total = km(every)
    return Decimal(str(round(km(ways) / total, 6))) if total else Decimal()


def _others(mode: str, km: float, ways: float, every: Sequence[Ride]) -> Iterable[Other]:
    """Modes for such a distance that emit less, the least first. Public transport only if the person has used it."""
    used, factor = {r.mode for r in every}, factors()
    for name, longest in sorted(suggested().items(), key=lambda item: factor[item[0]]):
        if name != mode and km <= longest and factor[name] < factor[mode] and (name not in TRANSIT or name in used):
            speeds = [r.km / r.hours for r in every if r.mode == name and r.km and not r.assumed and r.how == "said"]
            speed = median(speeds) if speeds else usual()[name].speed
            if (less := (factor[mode] - factor[name]) * km * ways) >= WORTH:
                yield Other(name, km / speed * 60, less)
