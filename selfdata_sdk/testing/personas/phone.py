"""Telephones: the lines of a household, what they are used for, and their bills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from ...model import BillLine
from .calendar import Calendar
from .chance import Chance
from .clock import Clock
from .home import Home
from .ledger import Booking, Ledger, euros
from .month import monthly
from .truth import Truth

ISSUER = "Persona Mobile"
PLAN = (1599, 7200, 100, 40)
"""A plan: cents a month, seconds of calls (two hours), messages and GB that are included."""
BOX = 2999
PARTNERS = 4
BILLED = 12  # the day of the month
TAX = Decimal(20)


@dataclass(frozen=True, slots=True, eq=False)
class PhoneBill:
    """A monthly bill of a line, in cents with tax, and the booking that pays it."""

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
    """The mobile line of the first member and the box of the home, billed apart and paid at once."""

    home: Home
    clock: Clock
    calendar: Calendar
    truths: Sequence[Truth]
    chance: Chance
    ledger: Ledger
    bills: list[PhoneBill] = field(default_factory=list)

    @property
    def line(self) -> str:
        """A number that no one has: those of 06 39 98 are kept for films and books (ARCEP, decision 2018-0881)."""
        return f"06 39 98 {self.chance.one('line', 100):02d} {self.chance.one('line too', 100):02d}"

    def partner(self, n: int) -> str:
        return f"0639980{self.chance.of('partners').one(str(n), 90) + 10:02d}{n}"

    def run(self) -> None:
        over = {self.clock.day_of(t.start): int((t.amount or Decimal(0)) * 100) for t in self._of("phone-overage")}
        for day, on in monthly(self.clock, BILLED):
            extra = sum(cents for at, cents in over.items() if day - 31 < at <= day)
            mobile = (("Forfait", "standing", PLAN[0]), *((("Hors forfait", "use", extra),) if extra else ()))
            box = (("Box internet", "standing", BOX),)
            total = sum(c for _, _, c in (*mobile, *box))
            label = f"PRLV SEPA {ISSUER.upper()} {on:%m/%y}"
            booking = self.ledger.book(day + 5, -total, label, "direct_debit", counterparty=ISSUER)
            self.bills += [
                PhoneBill(day, f"M{on:%y%m}1", "mobile", mobile, booking),
                PhoneBill(day, f"B{on:%y%m}2", "internet", box, booking),
            ]

    def usage(self) -> Iterator[dict[str, Any]]:
        """Calls, messages and data of each day; roaming on days away."""
        n, chance = self.clock.n, self.chance.of("usage")
        midnights = self.clock.micros(self.clock.days()[:-1]).tolist()
        gone = (~self.calendar.lived).tolist()
        calls = chance.below("calls", n, 4).tolist()
        texts = chance.below("texts", n, 6).tolist()
        data = (chance.below("data", n, 1_400) * 1_000_000).tolist()
        for day in range(n):
            own = chance.of(str(day))
            count = calls[day] + texts[day]
            at = sorted((8 * 60 + own.below("at", count, 14 * 60)).tolist())
            lasts = own.about("lasts", count, 210, 190).tolist()
            out = own.happens("out", count, 60).tolist()
            who = own.below("who", count, PARTNERS).tolist()
            for i in range(count):
                voice = i % (texts[day] + 1) == 0 if texts[day] else True
                row: dict[str, Any] = {
                    "at": midnights[day] + at[i] * 60_000_000,
                    "kind": "voice" if voice else "sms",
                    "direction": "out" if out[i] else "in",
                    "partner": self.partner(who[i]),
                    "occurrence": 1 + sum(at[j] == at[i] for j in range(i)),
                    "roaming": gone[day],
                }
                yield row | ({"duration": lasts[i] * 10} if voice else {"count": 1})
            yield {
                "at": midnights[day] + 1439 * 60_000_000,
                "kind": "data",
                "direction": "none",
                "occurrence": 1,
                "volume": data[day],
                "roaming": gone[day],
            }

    def bill_rows(self) -> Iterator[dict[str, Any]]:
        first = int(np.datetime64(self.clock.first, "D").astype(np.int64))
        for bill in self.bills:
            lines = []
            for label, kind, cents in bill.parts:
                net = _net(cents)
                lines.append(
                    BillLine.model_construct(label=label, kind=kind, amount=euros(net), vat=TAX, quantity=Decimal(1))
                )
            net = sum(_net(cents) for _, _, cents in bill.parts)
            yield {
                "on": first + bill.day,
                "issuer": ISSUER,
                "number": bill.number,
                "kind": "invoice",
                "commodity": "other",
                "contract": f"T-{bill.what}",
                "period_start": first + bill.day - 30,
                "period_end": first + bill.day,
                "due": first + bill.day + 5,
                "net": euros(net),
                "vat_amount": euros(bill.gross - net),
                "gross": euros(bill.gross),
                "to_pay": euros(bill.gross),
                "lines": tuple(lines),
            }

    def _of(self, kind: str) -> list[Truth]:
        return [t for t in self.truths if t.kind == kind]


def _net(cents: int) -> int:
    return int((Decimal(cents) / (1 + TAX / 100)).to_integral_value())
