"""Bills and the lines of an account that pay them: the service's matching against the rule of personal clouds until now.

That rule, of Cozy's `linkBankOperations`: a line from 15 days before a bill to 29 days after it, whose amount differs by at
most 0.001, and whose label holds the name of the company. Households are invented, with mistakes planted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from bill_check import bill_check
from bill_check.bills import claims_of
from bill_check.matching import Claim, Line, match
from bill_check.names import likeness

from selfdata_sdk.testing import run_on
from selfdata_sdk.testing.personas import Persona, households

Pairs = set[tuple[int, int]]

PLANTED = (
    "double-debit@2026-02-01",
    "duplicate-bill@2026-04-01",
    "missed-payment@2026-06-15",
    "wrong-index@2026-05-01",
)


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs of a bill and a line: how many were found, how many of them are right, and how many there are."""

    found: int = 0
    right: int = 0
    true: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.found + other.found, self.right + other.right, self.true + other.true)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0


SERVICE, RULE = "bill_check", "Cozy's rule"
ALONE = ", bills that one line pays alone"


def scores(count: int = 100) -> dict[str, Score]:
    """Of the service and of the rule, over so many households."""
    total = {name: Score() for name in (SERVICE, RULE, f"{SERVICE}{ALONE}", f"{RULE}{ALONE}")}
    for household in households(count, seed=6, plant=PLANTED):
        claims, lines, true = _read(household)
        bills, paying = Counter(b for b, _ in true), Counter(i for _, i in true)
        alone = {b for b, i in true if bills[b] == paying[i] == 1} | ({c.bill for c in claims} - bills.keys())
        for name, found in ((SERVICE, ours(claims, lines)), (RULE, rule(claims, lines))):
            total[name] += Score(len(found), len(found & true), len(true))
            mine, theirs = ({p for p in pairs if p[0] in alone} for pairs in (found, true))
            total[f"{name}{ALONE}"] += Score(len(mine), len(mine & theirs), len(theirs))
    return total


def ours(claims: list[Claim], lines: list[Line]) -> Pairs:
    return {(claims[c].bill, i) for m in match(claims, lines) for c in m.claims for i in m.lines}


def rule(claims: list[Claim], lines: list[Line]) -> Pairs:
    found: Pairs = set()
    for claim in claims:
        for i, line in enumerate(lines):
            near = claim.on - timedelta(days=15) <= line.on <= claim.on + timedelta(days=29)
            if near and abs(line.amount + claim.amount) <= Decimal("0.001") and likeness(claim.issuer, line.label) == 1:
                found.add((claim.bill, i))
                break
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """Households: those with a mistake in which it was found, or not, and those without it in which it was found all the same."""

    hits: int = 0
    misses: int = 0
    false: int = 0

    @property
    def precision(self) -> float:
        return self.hits / max(self.hits + self.false, 1)

    @property
    def recall(self) -> float:
        return self.hits / max(self.hits + self.misses, 1)


def mistakes(count: int = 100) -> dict[str, dict[str, Found]]:
    """By the kind of mistake, of the service and of a plain rule; every other household has them all planted."""
    total = {kind: {SERVICE: Found(), rule: Found()} for kind, (_, rule, _) in MISTAKES.items()}
    for n, (with_all, with_none) in enumerate(
        zip(households(count, seed=7, plant=PLANTED), households(count, seed=7), strict=True)
    ):
        household = with_all if n % 2 else with_none
        said = {block.id.partition("-")[0] for block in run_on(bill_check, household).blocks}
        records = {t.series.type: t.records() for t in household.tables if t.series.type in _TYPES}
        bills, booked = records["bill.invoice/1"], records["bank.transaction/1"]
        for kind, (prefix, name, plain) in MISTAKES.items():
            true = any(t.kind == kind for t in household.truths)
            for who, found in ((SERVICE, prefix in said), (name, plain(bills, booked))):
                was = total[kind][who]
                total[kind][who] = Found(
                    was.hits + (true and found), was.misses + (true and not found), was.false + (found and not true)
                )
    return total


def _paid_twice(bills: Sequence[Any], booked: Sequence[Any]) -> bool:
    """Two debits of one amount and text within five days."""
    debits = [b for b in booked if b.kind == "direct_debit"]
    return any(
        a is not b and a.amount == b.amount and a.label == b.label and 0 <= (b.on - a.on).days <= 5
        for a in debits
        for b in debits
    )


def _sent_twice(bills: Sequence[Any], booked: Sequence[Any]) -> bool:
    """Two bills of one company and amount within 60 days."""
    return any(
        a is not b and a.issuer == b.issuer and a.gross == b.gross and 0 <= (b.on - a.on).days <= 60
        for a in bills
        for b in bills
    )


def _not_paid(bills: Sequence[Any], booked: Sequence[Any]) -> bool:
    """A bill for which Cozy's rule finds no line, two months before the end."""
    claims = claims_of(bills)
    lines = [Line(b.on, b.amount.amount, b.label, b.counterparty or "") for b in booked]
    paid = {b for b, _ in rule(claims, lines)}
    last = max(b.on for b in booked)
    return any(i not in paid and (last - b.on).days > 60 for i, b in enumerate(bills))


def _far_off(bills: Sequence[Any], booked: Sequence[Any]) -> bool:
    """A bill of electricity half as much again, a day, as the one before."""
    found = [b for b in bills if b.commodity == "electricity" and b.kind == "invoice" and b.period_end > b.period_start]
    daily = [b.gross.amount / (b.period_end - b.period_start).days for b in found]
    return any(after > Decimal("1.5") * before for before, after in pairwise(daily))


MISTAKES: dict[str, tuple[str, str, Callable[[Sequence[Any], Sequence[Any]], bool]]] = {
    "double-debit": ("twice", "the same debit within 5 days", _paid_twice),
    "duplicate-bill": ("copy", "the same company and amount within 60 days", _sent_twice),
    "missed-payment": ("unpaid", "no line by Cozy's rule", _not_paid),
    "wrong-index": ("misbilled", "half as much again a day as the bill before", _far_off),
}
"""Kinds of truths: how the service's block is called, a plain rule in words, and the rule."""


def _read(household: Persona) -> tuple[list[Claim], list[Line], Pairs]:
    records = {t.series.type: t.records() for t in household.tables if t.series.type in _TYPES}
    bills, booked = records["bill.invoice/1"], records["bank.transaction/1"]
    claims = claims_of(bills)
    lines = [Line(b.on, b.amount.amount, b.label, b.counterparty or "") for b in booked]  # type: ignore[attr-defined]
    place = {(b.on, b.amount.amount, b.label, b.occurrence): i for i, b in enumerate(booked)}  # type: ignore[attr-defined]
    known = {(b.on, b.number): i for i, b in enumerate(bills)}  # type: ignore[attr-defined]
    true = {
        (known[link.on, link.number], place[p.on, p.amount, p.label, p.occurrence])
        for link in household.links
        if link.kind == "bill"
        for p in link.payments
    }
    return claims, lines, true


_TYPES = frozenset({"bank.transaction/1", "bill.invoice/1"})


def main() -> None:
    for name, score in scores().items():
        print(f"{name:50} precision {score.precision:.3f}  recall {score.recall:.3f}  ({score.true} pairs)")
    for kind, rules in mistakes().items():
        for who, found in rules.items():
            print(f"{kind:15} {who:45} precision {found.precision:.3f}  recall {found.recall:.3f}  {found}")


if __name__ == "__main__":
    main()
