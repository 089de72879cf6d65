"""Payments that come back: found in the lines of the account by their times and amounts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, pairwise

from .ledger import Line
from .names import likeness, shown, words
from .references import known

STEADY = ("direct_debit", "transfer", "fee")
"""Ways of paying by which also amounts that change are the same contract."""
NOT_PAYMENTS = ("withdrawal", "deposit", "check")
CARD = 4  # days by which a card payment may be off: it is made on one day, and booked after a week-end
CHANGE = Decimal("0.3")  # of the price, at most, from one payment to the next
CROWDED = 0.8  # share of the lines alike that must be part of it: coffee at one price every day is none
LATE = 10  # days after which a payment that did not come is taken to have ended


@dataclass(frozen=True, slots=True)
class Period:
    """`months` between payments, give or take `days`; `least` payments are needed to call it one.

    Four for months: purchases are often paid in three parts.
    """

    months: int
    days: int
    least: int


PERIODS = (Period(1, 5, 4), Period(2, 6, 3), Period(3, 8, 3), Period(6, 12, 3), Period(12, 15, 2))


@dataclass(frozen=True, slots=True)
class Rise:
    """A price that went up: from which payment on, from how much to how much."""

    on: date
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Recurring:
    """A payment that comes back; `fixed` if its price stays until it is changed."""

    lines: tuple[Line, ...]
    period: Period
    fixed: bool

    @property
    def name(self) -> str:
        return shown(self.lines[-1].label)

    @property
    def next(self) -> date:
        """When it should come again."""
        return later(self.lines[-1].on, self.period.months)

    @property
    def price(self) -> Decimal:
        """Of one payment: the last if it is fixed, else the mean of those of a year."""
        paid = [-line.amount for line in self.lines]
        if self.fixed:
            return paid[-1]
        recent = paid[-max(12 // self.period.months, 1) :]
        return (sum(recent, Decimal()) / len(recent)).quantize(Decimal("0.01"))

    @property
    def yearly(self) -> Decimal:
        return self.price * 12 / self.period.months

    @property
    def rise(self) -> Rise | None:
        """The last change of a fixed price, if it went up. A direct debit that differs once may settle a plan."""
        changes = [(a, b) for a, b in pairwise(self.lines) if a.amount != b.amount]
        if not self.fixed or not changes:
            return None
        before, after = changes[-1]
        once = after is self.lines[-1] and after.kind == "direct_debit"
        return None if once or after.amount > before.amount else Rise(after.on, -before.amount, -after.amount)

    def is_contract(self, suppliers: Iterable[str]) -> bool:
        """Something that one does not give up lightly: rent, insurance, energy, a telephone, the bank."""
        last = self.lines[-1]
        named = (known("contracts") | known("energy_suppliers")).intersection(words(last.label))
        return last.kind in ("fee", "transfer") or bool(named) or any(likeness(s, last.label) == 1 for s in suppliers)

    def runs(self, today: date) -> bool:
        """Whether the next payment is still to come, or is not long overdue."""
        return today <= self.next + timedelta(days=self.period.days + LATE)


def later(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def recurring(lines: Sequence[Line]) -> tuple[Recurring, ...]:
    """All of them, the most expensive first. `lines` are in order of time."""
    groups: dict[tuple[int, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.is_spent and line.who and line.kind not in NOT_PAYMENTS:
            groups[line.account, line.who].append(line)
    found = [one for group in groups.values() for one in _of_one(group)]
    return tuple(sorted(found, key=lambda r: (-r.yearly, r.name)))


def _of_one(lines: list[Line]) -> Iterator[Recurring]:
    """The recurring payments to one counterparty: those of a fixed price first, then others."""
    left = lines
    for fixed in (True, False):
        for period in PERIODS:
            for chain in _chains(left if fixed else [line for line in left if line.kind in STEADY], period, fixed):
                yield Recurring(tuple(chain), period, fixed)
                left = [line for line in left if line not in chain]


def _chains(lines: list[Line], period: Period, fixed: bool) -> Iterator[list[Line]]:
    used: set[int] = set()
    for first in range(len(lines)):
        if first in used:
            continue
        places = _chain(lines, first, used, period, fixed)
        chain = [lines[i] for i in places]
        if _is_one(chain, lines, period, fixed):
            used.update(places)
            yield chain


def _chain(lines: list[Line], first: int, used: set[int], period: Period, fixed: bool) -> list[int]:
    """The lines that follow each other at the period, from `first` on; once it runs, one may be missing."""
    places = [first]
    while True:
        last = lines[places[-1]]
        for skipped in (1, 2) if len(places) >= period.least else (1,):
            due = later(last.on, period.months * skipped)
            off = timedelta(days=period.days if last.kind in STEADY else min(period.days, CARD))
            low = bisect_left(lines, due - off, key=lambda line: line.on)
            high = bisect_right(lines, due + off, key=lambda line: line.on)
            fitting = [i for i in range(low, high) if i not in used and _follows(last, lines[i], fixed)]
            if fitting:
                break
        else:
            return places
        places.append(min(fitting, key=lambda i: (lines[i].amount != last.amount, abs((lines[i].on - due).days))))


def _follows(last: Line, line: Line, fixed: bool) -> bool:
    return not fixed or abs(line.amount - last.amount) <= CHANGE * abs(last.amount)


def _is_one(chain: list[Line], lines: list[Line], period: Period, fixed: bool) -> bool:
    if len(chain) < period.least:
        return False
    prices = {line.amount for line in chain}
    changes = len(list(groupby(line.amount for line in chain))) - 1
    if fixed and changes > max(len(chain) // 4, chain[-1].kind == "direct_debit"):
        return False
    # Of two payments in two years nothing but their being alone tells that they belong together.
    alike = [
        line
        for line in lines
        if chain[0].on <= line.on <= chain[-1].on and (not fixed or period.months == 12 or line.amount in prices)
    ]
    return len(chain) >= CROWDED * len(alike)
