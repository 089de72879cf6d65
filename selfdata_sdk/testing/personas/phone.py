"""Telephones: the lines of a household, what they are used for, and their bills."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from operator import itemgetter

import numpy as np

from ...importers.batch import Row
from ...model import BillLine, VatTotal
from ...model.time import micros
from .chance import Bools, Chance
from .clock import Clock
from .ledger import EPOCH, Booking, Ledger, half_up, money
from .month import monthly
from .presence import DAY
from .reference import values
from .truth import Truth

ISSUER = "Persona Mobile"
PARTNERS = 4
BILLED = 12  # the day of the month
TAX = Decimal(20)
COSTS = {"phone-overage": "Hors forfait", "roaming": "Itinérance"}
"""The truths that cost something beside the plan, and what bills call it."""


@dataclass(frozen=True, slots=True, eq=False)
class PhoneBill:
    """A monthly bill of a line for [start, day): its parts (label, kind, cents with tax), and the booking that pays it."""

    start: int
    day: int
    number: str
    what: str
    parts: tuple[tuple[str, str, int], ...]
    booking: Booking

    @property
    def gross(self) -> int:
        return sum(cents for _, _, cents in self.parts)


@dataclass(slots=True)
class Phone:
    """The mobile line of the first member and the box of the home, billed apart and paid at once.

    settled  days that are not spent on holiday: calls roam on the others
    """

    clock: Clock
    settled: Bools
    truths: Sequence[Truth]
    chance: Chance
    ledger: Ledger
    bills: list[PhoneBill] = field(default_factory=list)
    met: set[Truth] = field(default_factory=set)
    """The truths that a bill shows."""

    @property
    def line(self) -> str:
        """A number that no one has: those of 06 39 98 are kept for films and books (ARCEP, decision 2018-0881)."""
        return f"06 39 98 {self.chance.one('line', 100):02d} {self.chance.one('line too', 100):02d}"

    def partner(self, n: int) -> str:
        return f"0639980{self.chance.of('partners').one(str(n), 90) + 10:02d}{n}"

    def run(self) -> None:
        prices = values("affairs")
        costly = [(self.clock.day_of(t.start), t) for t in self.truths if t.kind in COSTS and _cents(t)]
        for day, on in monthly(self.clock, BILLED):
            start = day - (on - _month_before(on)).days
            beside = [t for at, t in costly if start <= at < day]
            self.met.update(beside)
            mobile = (
                ("Forfait", "standing", prices["mobile"]["price"]),
                *((COSTS[t.kind], "use", _cents(t)) for t in beside),
            )
            box = (("Box internet", "standing", prices["box"]),)
            total = sum(cents for _, _, cents in (*mobile, *box))
            label = f"PRLV SEPA {ISSUER.upper()} {on:%m/%y}"
            booking = self.ledger.book(day + 5, -total, label, "direct_debit", counterparty=ISSUER)
            self.bills += [
                PhoneBill(start, day, f"M{on:%y%m}1", "mobile", mobile, booking),
                PhoneBill(start, day, f"B{on:%y%m}2", "internet", box, booking),
            ]

    def usage(self) -> list[Row]:
        """Calls, messages and data of each day, in order of time; roaming on days away."""
        found = sorted([*self._calls(), *self._data(), *self._costly()], key=itemgetter("at"))
        alike: Counter[tuple[object, ...]] = Counter()
        for row in found:
            key = tuple(map(row.get, ("at", "kind", "direction", "partner")))
            alike[key] += 1
            row["occurrence"] = alike[key]
        return found

    def _calls(self) -> Iterator[Row]:
        n, chance = self.clock.n, self.chance.of("usage")
        calls, texts = chance.below("calls", n, 4), chance.below("texts", n, 6)
        counts = calls + texts
        total = int(counts.sum())
        day = np.repeat(np.arange(n, dtype=np.int64), counts)
        place = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        columns = zip(
            self.clock.at(day * DAY + 8 * 60 + chance.below("at", total, 14 * 60)).tolist(),
            (place < calls[day]).tolist(),
            chance.happens("out", total, 60).tolist(),
            chance.below("who", total, PARTNERS).tolist(),
            chance.about("lasts", total, 2100, 1900).tolist(),
            (~self.settled[day]).tolist(),
            strict=True,
        )
        partners = [self.partner(i) for i in range(PARTNERS)]
        for at, voice, out, who, lasts, roaming in columns:
            row: Row = {"at": at, "direction": "out" if out else "in", "partner": partners[who], "roaming": roaming}
            yield row | ({"kind": "voice", "duration": lasts} if voice else {"kind": "sms", "count": 1})

    def _data(self) -> Iterator[Row]:
        n = self.clock.n
        at = self.clock.at(np.arange(n, dtype=np.int64) * DAY + DAY - 1).tolist()
        volume = (self.chance.of("usage").below("data", n, 1_400) * 1_000_000).tolist()
        for when, size, roaming in zip(at, volume, (~self.settled).tolist(), strict=True):
            yield {"at": when, "kind": "data", "direction": "none", "volume": size, "roaming": roaming}

    def _costly(self) -> Iterator[Row]:
        """The use that costs something beside the plan: data abroad, a long call."""
        for truth in (t for t in self.truths if t in self.met):
            row: Row = {"at": micros(truth.start), "cost": money(_cents(truth)), "roaming": truth.kind == "roaming"}
            if truth.kind == "roaming":
                yield row | {"kind": "data", "direction": "none", "volume": 250_000_000}
            else:
                yield row | {"kind": "voice", "direction": "out", "partner": self.partner(0), "duration": 9_000}

    def bill_rows(self) -> Iterator[Row]:
        first = self.clock.first.toordinal() - EPOCH
        for bill in self.bills:
            lines = tuple(
                BillLine.model_construct(
                    label=label, kind=kind, amount=money(_net(cents)), vat=TAX, quantity=Decimal(1)
                )
                for label, kind, cents in bill.parts
            )
            gross, net = bill.gross, sum(_net(cents) for _, _, cents in bill.parts)
            tax = money(gross - net)
            yield {
                "on": first + bill.day,
                "issuer": ISSUER,
                "number": bill.number,
                "kind": "invoice",
                "commodity": "other",
                "contract": f"T-{bill.what}",
                "period_start": first + bill.start,
                "period_end": first + bill.day,
                "due": first + bill.day + 5,
                "net": money(net),
                "vat_amount": tax,
                "gross": money(gross),
                "to_pay": money(gross),
                "lines": lines,
                "vat": (VatTotal.model_construct(rate=TAX, net=money(net), tax=tax, gross=money(gross)),),
            }


def _month_before(on: date) -> date:
    return (on.replace(day=1) - timedelta(days=1)).replace(day=on.day)


def _cents(truth: Truth) -> int:
    return int((truth.amount or Decimal(0)) * 100)


def _net(cents: int) -> int:
    return half_up(cents / (1 + TAX / 100))
