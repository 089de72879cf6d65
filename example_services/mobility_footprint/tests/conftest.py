"""Rides and records, as a test needs them."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))  # the package need not be installed to be tested

from mobility_footprint.rides import Ride
from mobility_footprint.rows import Boarding, Paid, Part, Rented, Way

from selfdata_sdk.model import Money

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 3, 2, 8, tzinfo=PARIS)


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def at(day: int, hour: int = 8, minute: int = 0) -> datetime:
    """A moment `day` days after a Monday of March."""
    return MONDAY.replace(hour=hour, minute=minute) + timedelta(days=day)


def way(
    start: datetime,
    minutes: int,
    km: float | None,
    mode: str | None = None,
    purpose: str | None = None,
    legs: tuple[Part, ...] = (),
) -> Way:
    end = start + timedelta(minutes=minutes)
    return Way(start=start, end=end, mode=mode, distance=None if km is None else km * 1000, purpose=purpose, legs=legs)


def part(start: datetime, minutes: int, km: float, mode: str | None, inferred: bool | None = None) -> Part:
    return Part(mode=mode, inferred=inferred, start=start, end=start + timedelta(minutes=minutes), distance=km * 1000)


def boarding(when: datetime, mode: str | None = "metro", kind: str = "board", price: str | None = None) -> Boarding:
    return Boarding(at=when, kind=kind, mode=mode, price=euros(price) if price else None)


def rented(
    start: datetime, minutes: int, km: float | None, vehicle: str | None = "bike", cost: str | None = None
) -> Rented:
    return Rented(
        start=start, end=start + timedelta(minutes=minutes), vehicle=vehicle,
        distance=None if km is None else km * 1000, cost=euros(cost) if cost else None,
    )  # fmt: skip


def paid(when: datetime, amount: str, label: str) -> Paid:
    return Paid(on=when.date(), amount=euros(amount), label=label)


def ride(start: datetime, minutes: int, km: float | None, mode: str | None = None, **more: object) -> Ride:
    return Ride(start, start + timedelta(minutes=minutes), km, mode, **more)  # type: ignore[arg-type]
