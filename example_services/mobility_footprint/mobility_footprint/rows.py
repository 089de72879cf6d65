"""What one record of each need looks like: all that is asked for. No place is."""

from __future__ import annotations

from datetime import date, datetime

from selfdata_sdk import Row
from selfdata_sdk.model import BankTransaction, Leg, Money, TransitValidation, Trip, VehicleRental


class Part(Row[Leg]):
    mode: str | None
    inferred: bool | None
    start: datetime
    end: datetime
    distance: float | None


class Way(Row[Trip]):
    start: datetime
    end: datetime
    mode: str | None
    distance: float | None
    purpose: str | None
    legs: tuple[Part, ...]


class Boarding(Row[TransitValidation]):
    at: datetime
    kind: str
    mode: str | None
    price: Money | None


class Rented(Row[VehicleRental]):
    start: datetime
    end: datetime
    vehicle: str | None
    distance: float | None
    cost: Money | None


class Paid(Row[BankTransaction]):
    on: date
    amount: Money
    label: str
