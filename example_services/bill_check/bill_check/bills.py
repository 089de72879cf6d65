"""Bills as the checks see them, and what each claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Protocol

from .matching import Claim


class Amount(Protocol):
    @property
    def amount(self) -> Decimal: ...


class Advance(Protocol):
    """One line of a schedule."""

    @property
    def kind(self) -> str: ...
    @property
    def start(self) -> date | None: ...
    @property
    def amount(self) -> Amount | None: ...


def claims_of(bills: Iterable[object]) -> list[Claim]:
    """What is to be paid for each bill: the whole, or for a schedule each of its payments. `bill` is its place."""
    return [claim for place, bill in enumerate(bills) for claim in _claims(place, bill)]


def _claims(place: int, bill: object) -> Iterator[Claim]:
    issuer, number, on, due = (getattr(bill, name) for name in ("issuer", "number", "on", "due"))
    if getattr(bill, "kind", "invoice") == "schedule":
        for line in getattr(bill, "lines"):  # noqa: B009 (rows and records alike)
            if line.kind == "advance" and line.start is not None and line.amount is not None:
                yield Claim(place, on, line.start, issuer, number or "", line.amount.amount, part=True)
        return
    owed = getattr(bill, "to_pay") or getattr(bill, "gross")  # noqa: B009
    sign = -1 if bill_kind(bill) == "credit_note" and owed.amount > 0 else 1
    yield Claim(place, on, due, issuer, number or "", sign * owed.amount)


def bill_kind(bill: object) -> str:
    return str(getattr(bill, "kind", "invoice"))
