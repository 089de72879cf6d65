"""Everything that was worked out from a person's bills, once, for all advice to speak from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Any

from .bills import claims_of
from .matching import Line, Match, match
from .used import Used

LATE = 25
"""Days after the due date from which a payment is missed, if the account is known so far."""
TWICE = 20
"""Days within which a payment of the same amount and text is one made twice."""
SMALL = {"water": 2.0, "electricity": 15.0, "gas": 15.0}
"""Differences in m3 and kWh that rounding alone makes."""


@dataclass(frozen=True, slots=True)
class Misbilled:
    """A bill whose amount of use since `start` is not what the meter counted, both in `unit`; `cost` of the difference."""

    bill: Any
    start: date
    billed: float
    counted: float
    unit: str
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Twice:
    """Two lines that pay the same; `of` is the bill."""

    bill: Any
    first: Any
    again: Any


@dataclass(frozen=True, slots=True)
class Jump:
    """An index at which a bill begins, which is not that at which the one before it ended."""

    bill: Any
    register: str
    ended: float
    begins: float


@dataclass(frozen=True, slots=True)
class Rise:
    """A price per unit that changed between two bills of one company."""

    commodity: str
    tariff_class: str
    before: Decimal
    after: Decimal
    since: date

    @property
    def percent(self) -> float:
        return float((self.after / self.before - 1) * 100)


@dataclass(frozen=True, slots=True)
class Next:
    """The next bill of a company: on which day about, and how much it would be."""

    commodity: str
    issuer: str
    on: date
    amount: Decimal
    measured: bool
    """True if what the meter counted since the last bill is in it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A payment by month, and what it would have to be for what is used now."""

    bill: Any
    paid: Decimal
    needed: Decimal


@dataclass(slots=True)
class Findings:
    bills: Sequence[Any]
    lines: Sequence[Any]
    metered: tuple[str, ...] = ()
    """Of what there are readings."""
    matches: list[Match] = field(default_factory=list)
    checked: int = 0
    misbilled: list[Misbilled] = field(default_factory=list)
    copies: list[tuple[Any, Any]] = field(default_factory=list)
    twice: list[Twice] = field(default_factory=list)
    unpaid: list[Any] = field(default_factory=list)
    open: list[Any] = field(default_factory=list)
    jumps: list[Jump] = field(default_factory=list)
    rises: list[Rise] = field(default_factory=list)
    coming: list[Next] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)

    @property
    def paid(self) -> int:
        """How many bills have all their payments."""
        return len(self.bills) - len(self.unpaid) - len(self.open)


def find(
    bills: Sequence[Any], lines: Sequence[Any], used: Mapping[str, Used], today: date, tolerance: float
) -> Findings:
    found = Findings(bills, lines, tuple(name for name, meter in used.items() if meter.last is not None))
    if not bills:
        return found
    found.copies = list(_copies(bills))
    copied = {id(again) for _, again in found.copies}
    if lines:
        _payments(found, today)
    invoices = [b for b in bills if b.kind == "invoice" and id(b) not in copied]
    for group in _by_issuer(invoices).values():
        _held_against_the_meter(found, group, used, tolerance)
    found.rises = [r for group in _by_issuer(invoices).values() for r in _rises(group)]
    found.jumps = [j for group in _by_issuer(invoices).values() for j in _jumps(group)]
    found.coming = [n for group in _by_issuer(invoices).values() if (n := _next(group, used, today)) is not None]
    found.plans = [p for b in bills if b.kind == "schedule" and (p := _plan(b, invoices, used)) is not None]
    return found


def _copies(bills: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Bills of one company for one time and amount under two numbers: (the first, the one sent again)."""
    seen: dict[tuple[object, ...], Any] = {}
    found = []
    for bill in sorted(bills, key=lambda b: b.on):
        if bill.kind != "invoice" or bill.period_start is None or not bill.gross.amount:
            continue
        key = (bill.issuer, bill.commodity, bill.period_start, bill.period_end, bill.gross)
        first = seen.setdefault(key, bill)
        if first is not bill and first.number != bill.number:
            found.append((first, bill))
    return found


def _payments(found: Findings, today: date) -> None:
    claims = claims_of(found.bills)
    lines = [Line(line.on, line.amount.amount, line.label) for line in found.lines]
    found.matches = match(claims, lines)
    paid = {c for m in found.matches for c in m.claims}
    taken = {i for m in found.matches for i in m.lines}
    first, last = min(line.on for line in lines), max(line.on for line in lines)
    for place, bill in enumerate(found.bills):
        mine = [c for c, claim in enumerate(claims) if claim.bill == place]
        lacking = [c for c in mine if c not in paid and claims[c].amount]
        known = [
            c for c in lacking if claims[c].on >= first and (claims[c].due or claims[c].on) + timedelta(LATE) <= last
        ]
        if known:
            found.unpaid.append(bill)
        elif lacking:
            found.open.append(bill)
    for m in found.matches:
        for i in m.lines:
            again = next(
                (
                    k
                    for k, line in enumerate(lines)
                    if k not in taken
                    and line.amount == lines[i].amount < 0
                    and line.label == lines[i].label
                    and 0 <= (line.on - lines[i].on).days <= TWICE
                ),
                None,
            )
            if again is not None:
                taken.add(again)
                found.twice.append(Twice(found.bills[claims[m.claims[0]].bill], lines[i], lines[again]))


def _quantity(bill: Any) -> tuple[float, str, Decimal]:
    """(what was billed by use, its unit, the price of one unit on average)."""
    uses = [line for line in bill.lines if line.kind == "use" and line.quantity is not None]
    total = sum(line.quantity for line in uses)
    cost = sum((line.amount.amount for line in uses if line.amount is not None), Decimal(0))
    unit = uses[0].unit or "" if uses else ""
    return total, unit, cost / Decimal(str(total)) if total else Decimal(0)


def _held_against_the_meter(found: Findings, group: Sequence[Any], used: Mapping[str, Used], tolerance: float) -> None:
    """Each bill of a company against the meter; those on estimated indexes together with the real one that settles them."""
    since: list[Any] = []
    for bill in group:
        if since and since[-1].period_end != bill.period_start:
            since = []
        since.append(bill)
        if any(index.estimated for index in bill.indexes):
            continue
        _held(found, since, used, tolerance)
        since = []


def _held(found: Findings, bills: Sequence[Any], used: Mapping[str, Used], tolerance: float) -> None:
    first, last = bills[0], bills[-1]
    if first.period_start is None or last.period_end is None:
        return
    quantities = [_quantity(b) for b in bills]
    billed, unit, price = sum(q for q, _, _ in quantities), quantities[-1][1], quantities[-1][2]
    counted = used[last.commodity].between(first.period_start, last.period_end)
    if counted is None or unit not in ("kW.h", "m3") or (unit == "m3") != (last.commodity == "water"):
        return
    found.checked += len(bills)
    if abs(billed - counted) > max(SMALL[last.commodity], tolerance * counted):
        cost = (Decimal(str(round(billed - counted, 3))) * price).quantize(Decimal("0.01"))
        found.misbilled.append(Misbilled(last, first.period_start, billed, counted, unit, cost))


def _by_issuer(invoices: Sequence[Any]) -> dict[tuple[str, str], list[Any]]:
    groups: dict[tuple[str, str], list[Any]] = {}
    for bill in sorted(invoices, key=lambda b: b.on):
        if bill.commodity in SMALL:
            groups.setdefault((bill.issuer, bill.commodity), []).append(bill)
    return groups


def _jumps(group: Sequence[Any]) -> list[Jump]:
    found = []
    for before, after in pairwise(group):
        ends = {i.register_name: i for i in before.indexes}
        for index in after.indexes:
            end = ends.get(index.register_name)
            if end is None or end.last is None or index.first is None or before.period_end != after.period_start:
                continue
            if end.last != index.first:
                found.append(Jump(after, index.register_name, end.last, index.first))
    return found


def _rises(group: Sequence[Any]) -> list[Rise]:
    """The last change of each price, of a half percent or more."""
    found: dict[str, Rise] = {}
    for before, after in pairwise(group):
        old, new = (_prices(b) for b in (before, after))
        for name in old.keys() & new.keys():
            if abs(new[name] / old[name] - 1) >= Decimal("0.005"):
                found[name] = Rise(after.commodity, name, old[name], new[name], after.on)
    return list(found.values())


def _prices(bill: Any) -> dict[str, Decimal]:
    return {
        line.tariff_class or "": line.unit_price.amount
        for line in bill.lines
        if line.kind == "use" and line.unit_price is not None and line.unit_price.amount > 0
    }


def _next(group: Sequence[Any], used: Mapping[str, Used], today: date) -> Next | None:
    """The bill after the last one, a usual time later.

    What was counted since is priced as the last bill was; the days still to come are taken to be as those of the same
    time a year ago, or as all since.
    """
    if len(group) < 2:
        return None
    last = group[-1]
    gaps = [(b.on - a.on).days for a, b in pairwise(group)]
    usual = int(median(gaps))
    start, length = last.period_end or last.on, usual
    total, _, _ = _quantity(last)
    days = ((last.period_end or last.on) - (last.period_start or group[-2].on)).days
    if usual < 20 or days <= 0 or (today - last.on).days > 2 * usual:
        return None
    end = start + timedelta(days=length)
    meter = used[last.commodity]
    until = meter.last
    amount = None
    if until is not None and total > 0 and until > start:
        so_far = meter.between(start, min(until, end))
        past = meter.between(max(until, start) - timedelta(365), end - timedelta(365)) if until < end else 0.0
        rest_days = max((end - until).days, 0)
        if so_far is not None:
            rest = past if past is not None else so_far / max((min(until, end) - start).days, 1) * rest_days
            standing = last.gross.amount * _share(last, "standing") * length / days
            per_unit = last.gross.amount * _share(last, "use") / Decimal(str(total))
            amount = standing + per_unit * Decimal(str(round(so_far + rest, 3)))
    measured = amount is not None
    if amount is None:
        amount = last.gross.amount * length / days
    return Next(
        last.commodity, last.issuer, last.on + timedelta(days=usual), amount.quantize(Decimal("0.01")), measured
    )


def _share(bill: Any, kind: str) -> Decimal:
    """The share of a bill's lines that is of a kind; taxes fall on all alike."""
    every = sum((line.amount.amount for line in bill.lines if line.amount is not None), Decimal(0))
    mine = sum((line.amount.amount for line in bill.lines if line.amount is not None and line.kind == kind), Decimal(0))
    return mine / every if every else Decimal(0)


def _plan(schedule: Any, invoices: Sequence[Any], used: Mapping[str, Used]) -> Plan | None:
    """A schedule against the last year's use at the last bill's price."""
    parts = [line.amount.amount for line in schedule.lines if line.kind == "advance" and line.amount is not None]
    mine = [b for b in invoices if b.issuer == schedule.issuer and b.commodity == schedule.commodity]
    if not parts or not mine or schedule.commodity not in SMALL:
        return None
    last = max(mine, key=lambda b: b.on)
    total, _, _ = _quantity(last)
    until = used[schedule.commodity].last
    days = ((last.period_end or last.on) - (last.period_start or last.on)).days
    if until is None or days < 300 or total <= 0:
        return None
    year = used[schedule.commodity].between(until - timedelta(365), until)
    if year is None:
        return None
    standing = last.gross.amount * _share(last, "standing") * 365 / days
    needed = standing + last.gross.amount * _share(last, "use") / Decimal(str(total)) * Decimal(str(round(year, 3)))
    return Plan(schedule, sum(parts, Decimal(0)) / len(parts), (needed / 12).quantize(Decimal("0.01")))
