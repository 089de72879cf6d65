"""The bills of a line, and what they hold beside its plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .rows import Billed, Plan

NEAR = Decimal("0.2")
"""How far, of its price, what a bill charges for the plan may be from it: prices change."""
ROUNDING = Decimal("0.05")
"""What rounding the tax of each line may make."""


@dataclass(frozen=True, slots=True)
class PhoneBill:
    """With taxes: all of it, and what is beside the plan."""

    on: date
    total: Decimal
    extra: Decimal


def bills_of(plan: Plan, billed: Iterable[Billed]) -> tuple[PhoneBill, ...]:
    """Those of the line's operator that charge about the price of its plan, in order; an operator bills boxes too."""
    if plan.price is None or plan.operator is None:
        return ()
    price, operator = plan.price.amount, plan.operator.casefold()
    found = []
    for bill in billed:
        standing = _standing(bill)
        same = bill.issuer.casefold() == operator and bill.gross.currency == plan.price.currency
        if same and abs(standing - price) <= NEAR * price:
            extra = bill.gross.amount - (price if abs(standing - price) <= ROUNDING else standing)
            found.append(PhoneBill(bill.on, bill.gross.amount, extra if extra > ROUNDING else Decimal()))
    return tuple(sorted(found, key=lambda b: b.on))


def _standing(bill: Billed) -> Decimal:
    """What is charged for the plan, with taxes; all of a bill without lines."""
    parts = [
        line.amount.amount * (1 + Decimal(str(line.vat or 0)) / 100)
        for line in bill.lines
        if line.kind == "standing" and line.amount is not None
    ]
    return sum(parts, Decimal()) if bill.lines else bill.gross.amount
