"""Which lines of a bank account pay which bills: scored, explained, exact to the cent.

A bill may be paid by one line, in parts, or together with others by one line. What is found first is what leaves least
doubt: the amount of one bill; then several bills of one company by one line; then one bill by several lines; and the
parts of a schedule by their own amounts and days. Nothing is matched whose amounts do not add up exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise

from .names import common, holds, likeness

BEFORE, AFTER = 15, 120
"""Days before and after a bill in which its payments are sought."""
LEAST = 4.0
"""The score from which a payment is believed."""
MOST_TOGETHER = 4
"""Bills that one line pays, at most."""
MOST_CHOICES = 14
"""Lines or bills among which a sum is sought."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be paid: `amount` is positive, or negative where the company pays back."""

    bill: int
    on: date
    due: date | None
    issuer: str
    number: str
    amount: Decimal
    part: bool = False
    """One payment of a schedule."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the account, signed from the account."""

    on: date
    amount: Decimal
    label: str
    counterparty: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Claims and the lines that pay them; `reasons` says why, each with its part of the score."""

    claims: tuple[int, ...]
    lines: tuple[int, ...]
    score: float
    reasons: tuple[tuple[str, float], ...]


def match(claims: Sequence[Claim], lines: Sequence[Line]) -> list[Match]:
    """The matches, each claim and each line in one at most. Indexes into what was given."""
    return _Matching(claims, lines).run()


class _Matching:
    def __init__(self, claims: Sequence[Claim], lines: Sequence[Line]) -> None:
        self._claims, self._lines = claims, lines
        self._open = set(range(len(claims)))
        self._free = set(range(len(lines)))
        self._by_amount: dict[Decimal, list[int]] = {}
        for i, line in enumerate(lines):
            self._by_amount.setdefault(-line.amount, []).append(i)
        self._weak = common(claim.issuer for claim in claims)
        self._quoted = [{c for c, claim in enumerate(claims) if holds(line.label, claim.number)} for line in lines]
        self._found: list[Match] = []

    def run(self) -> list[Match]:
        self._take(self._single())
        self._take([m for line in sorted(self._free) for m in self._together(line)])
        self._take([m for c in sorted(self._open) if not self._claims[c].part for m in self._in_parts(c)])
        return sorted(self._found, key=lambda m: m.lines)

    def _take(self, found: Iterable[Match]) -> None:
        """The best of `found` first; later ones only if all of theirs is still to be had."""
        for one in sorted(found, key=lambda m: (-m.score, m.claims, m.lines)):
            if self._open.issuperset(one.claims) and self._free.issuperset(one.lines) and one.score >= LEAST:
                self._found.append(one)
                self._open.difference_update(one.claims)
                self._free.difference_update(one.lines)

    def _single(self) -> Iterator[Match]:
        for c, claim in enumerate(self._claims):
            for i in self._by_amount.get(claim.amount, ()):
                if claim.amount and self._may_pay(c, i):
                    yield self._scored((c,), (i,))

    def _together(self, i: int) -> Iterator[Match]:
        line = self._lines[i]
        near = [c for c in sorted(self._open) if not self._claims[c].part and self._may_pay(c, i)]
        near.sort(key=lambda c: abs((self._claims[c].on - line.on).days))
        for n in range(2, MOST_TOGETHER + 1):
            for some in combinations(near[:MOST_CHOICES], n):
                if sum((self._claims[c].amount for c in some), Decimal(0)) == -line.amount:
                    yield self._scored(tuple(sorted(some)), (i,))

    def _in_parts(self, c: int) -> Iterator[Match]:
        claim = self._claims[c]
        near = [
            i
            for i in sorted(self._free, key=lambda i: self._lines[i].on)
            if self._lines[i].amount < 0 < claim.amount
            and -self._lines[i].amount < claim.amount
            and self._may_pay(c, i)
        ][:MOST_CHOICES]
        for n in range(2, len(near) + 1):
            # Parts follow each other; any two or three lines may be parts too.
            runs = [tuple(near[k : k + n]) for k in range(len(near) - n + 1)]
            for some in dict.fromkeys([*runs, *(combinations(near, n) if n <= 3 else ())]):
                if -sum((self._lines[i].amount for i in some), Decimal(0)) == claim.amount:
                    yield self._scored((c,), some)

    def _in_time(self, claim: Claim, line: Line) -> bool:
        days = (line.on - (claim.due or claim.on)).days if claim.part else (line.on - claim.on).days
        return -6 <= days <= 12 if claim.part else -BEFORE <= days <= AFTER

    def _may_pay(self, c: int, i: int) -> bool:
        """In time, of that company by its name or the bill's number, and not with the number of another bill."""
        claim, line = self._claims[c], self._lines[i]
        if self._quoted[i]:
            return c in self._quoted[i] and self._in_time(claim, line)
        return self._in_time(claim, line) and self._likeness(claim, line) >= 0.5

    def _likeness(self, claim: Claim, line: Line) -> float:
        return likeness(claim.issuer, f"{line.label} {line.counterparty}", self._weak)

    def _scored(self, claims: tuple[int, ...], lines: tuple[int, ...]) -> Match:
        reasons: dict[str, float] = {"amount": 3.0 if len(claims) == len(lines) == 1 else 2.5}
        asked, paid = [self._claims[c] for c in claims], [self._lines[i] for i in lines]
        names = [self._likeness(c, p) for c in asked for p in paid]
        reasons["name"] = 3.0 * sum(names) / len(names)
        if any(holds(p.label, c.number) for c in asked for p in paid):
            reasons["number"] = 4.0
        first = paid[0].on
        due = [c.due or c.on for c in asked]
        reasons["day"] = sum(_near(d, first) for d in due) / len(due)
        if len(lines) > 1:
            reasons["rhythm"] = _rhythm(paid)
        return Match(claims, lines, sum(reasons.values()), tuple((k, round(v, 2)) for k, v in reasons.items() if v))


def _rhythm(paid: Sequence[Line]) -> float:
    """2 for parts of one text just a month apart, less for others."""
    off = max(abs((b.on - a.on).days - 30.4) for a, b in pairwise(paid))
    return max(0.0, 1 - off / 10) + (1.0 if len({p.label for p in paid}) == 1 else 0.0)


def _near(due: date, on: date) -> float:
    """2 on the day that was said, 0 a month and more away from it."""
    return 2.0 * max(0.0, 1 - abs((on - due).days) / 30)
