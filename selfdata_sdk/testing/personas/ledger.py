"""The bank account of a household: what is booked on it, and its balances."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ...importers.batch import Batch
from ...model import BankAccount, BankBalance, BankTransaction, Money, Series
from .clock import Clock

EPOCH = date(1970, 1, 1).toordinal()


def euros(cents: int) -> Money:
    return Money.model_construct(amount=Decimal(cents).scaleb(-2), currency="EUR")


@dataclass(frozen=True, slots=True)
class Payment:
    """A line of the account, as its natural key says it."""

    on: date
    amount: Decimal
    label: str
    occurrence: int = 1


@dataclass(slots=True, eq=False)
class Booking:
    """Something booked on the account on a `day` of the data; `cents` are negative for what is paid."""

    day: int
    cents: int
    label: str
    kind: str
    counterparty: str | None = None
    bought: int | None = None
    occurrence: int = 1


@dataclass(slots=True)
class Ledger:
    """All that is booked, in any order; only what is booked by the end of the data is seen."""

    clock: Clock
    account: str
    opening: int
    _booked: list[Booking] = field(default_factory=list)

    def book(
        self, day: int, cents: int, label: str, kind: str, *, counterparty: str | None = None, bought: int | None = None
    ) -> Booking:
        booking = Booking(day, cents, label, kind, counterparty, bought)
        self._booked.append(booking)
        return booking

    def seen(self, booking: Booking) -> bool:
        return 0 <= booking.day < self.clock.n

    def payment(self, booking: Booking) -> Payment:
        on = date.fromordinal(self.clock.first.toordinal() + booking.day)
        return Payment(on, Decimal(booking.cents).scaleb(-2), booking.label, booking.occurrence)

    def write(self, batch: Batch, holder: str) -> None:
        """The account, its lines, and its balance at the end of each month."""
        clock, account = self.clock, self.account
        lines = sorted((b for b in self._booked if self.seen(b)), key=lambda b: b.day)
        first = clock.first.toordinal() - EPOCH
        counts: Counter[tuple[int, int, str]] = Counter()
        series = Series(BankTransaction.type, holder, about=account, tz=clock.tz)
        for number, line in enumerate(lines):
            counts[line.day, line.cents, line.label] += 1
            line.occurrence = counts[line.day, line.cents, line.label]
            batch.add(
                BankTransaction,
                series,
                number,
                on=first + line.day,
                amount=euros(line.cents),
                label=line.label,
                occurrence=line.occurrence,
                kind=line.kind,
                counterparty=line.counterparty,
                transaction_date=None if line.bought is None else first + line.bought,
            )
        batch.add(
            BankAccount,
            Series(BankAccount.type, holder, about=account, tz=clock.tz),
            0,
            start=clock.start,
            end=None,
            kind="current",
            held="alone",
            currency="EUR",
        )
        self._balances(batch, holder, lines)

    def _balances(self, batch: Batch, holder: str, lines: list[Booking]) -> None:
        series = Series(BankBalance.type, holder, about=self.account, tz=self.clock.tz)
        bounds = self.clock.days()
        total, line = self.opening, 0
        for day in range(self.clock.n):
            while line < len(lines) and lines[line].day == day:
                total += lines[line].cents
                line += 1
            if date.fromordinal(self.clock.first.toordinal() + day + 1).day == 1:
                at = int(self.clock.micros(bounds[day + 1 : day + 2])[0])
                batch.add(BankBalance, series, day, at=at, kind="closing", amount=euros(total))
