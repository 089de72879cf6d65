"""What one record of each need looks like: all that is asked for. With whom one speaks is not."""

from __future__ import annotations

from datetime import date, datetime

from selfdata_sdk import Pseudonym, Row
from selfdata_sdk.model import Bill, BillLine, Money, TelecomLine, TelecomUsage


class Use(Row[TelecomUsage]):
    at: datetime
    line: Pseudonym | None
    kind: str
    direction: str
    duration: float | None
    count: float | None
    volume: float | None
    roaming: bool | None
    cost: Money | None


class Plan(Row[TelecomLine]):
    start: datetime
    end: datetime | None
    line: Pseudonym
    kind: str
    operator: str | None
    price: Money | None
    voice: float | None
    messages: int | None
    data: float | None
    unlimited: str | None
    engaged_until: date | None


class Charge(Row[BillLine]):
    kind: str
    amount: Money | None
    vat: float | None


class Billed(Row[Bill]):
    on: date
    issuer: str
    gross: Money
    lines: tuple[Charge, ...]
