"""Uses, plans and bills, as a test needs them."""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))  # the package need not be installed to be tested

from phone_fit.rows import Billed, Charge, Plan, Use

from selfdata_sdk import Pseudonym
from selfdata_sdk.model import Money

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 5, 3, 8, tzinfo=PARIS)
MINE = Pseudonym("mine")


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def use(day: date, kind: str = "data", **facts: Any) -> Use:
    """At noon; 1 GB of data if nothing else is said."""
    given: dict[str, Any] = {
        "line": MINE, "direction": "none" if kind == "data" else "out", "duration": None, "count": None,
        "volume": 1e9 if kind == "data" else None, "roaming": None, "cost": None,
    }  # fmt: skip
    return Use(at=datetime(day.year, day.month, day.day, 12, tzinfo=PARIS), kind=kind, **given | facts)


def daily(first: date, last: date, **facts: Any) -> list[Use]:
    return [use(first + timedelta(days=n), **facts) for n in range((last - first).days + 1)]


def plan(**facts: Any) -> Plan:
    given: dict[str, Any] = {
        "start": datetime(2025, 1, 1, tzinfo=PARIS), "end": None, "line": MINE, "kind": "mobile", "operator": "Opérateur",
        "price": euros("20.00"), "voice": 7200.0, "messages": 100, "data": 60e9, "unlimited": "none", "engaged_until": None,
    }  # fmt: skip
    return Plan(**given | facts)


def bill(on: date, gross: str, *lines: tuple[str, str], issuer: str = "OPÉRATEUR") -> Billed:
    """`lines`: (kind, amount without tax), each at 20 %."""
    charges = tuple(Charge(kind=kind, amount=euros(amount), vat=20.0) for kind, amount in lines)
    return Billed(on=on, issuer=issuer, gross=euros(gross), lines=charges)
