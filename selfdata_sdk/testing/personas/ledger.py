"""The bank account of a household: what is booked on it, and its balances."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from ...importers.batch import Batch
from ...model import BankAccount, BankBalance, BankTransaction, Money, Series
from ...model.time import MINUTE
from .chance import Chance
from .clock import Clock
from .days import SATURDAY

EPOCH = date(1970, 1, 1).toordinal()


@lru_cache(10_000)
def money(cents: int, currency: str = "EUR") -> Money:
    return Money.model_construct(amount=Decimal(cents).scaleb(-2), currency=currency)


def half_up(amount: Decimal) -> int:
    """Whole cents, as bills and tills round."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


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
    original: Money | None = None
    occurrence: int = 1


@dataclass(slots=True)
class Ledger:
    """All that is booked, in any order; only what is booked by the end of the data is seen."""

    clock: Clock
    account: str
    opening: int
    _booked: list[Booking] = field(default_factory=list)

    def book(
        self,
        day: int,
        cents: int,
        label: str,
        kind: str,
        *,
        counterparty: str | None = None,
        bought: int | None = None,
        original: Money | None = None,
    ) -> Booking:
        """On the first working day from `day` on."""
        booking = Booking(self.working(day), cents, label, kind, counterparty, bought, original)
        self._booked.append(booking)
        return booking

    def card(self, day: int, cents: int, shop: str, chance: Chance, original: Money | None = None) -> Booking:
        """A card line, booked one to three working days later; its label holds the day on which the card was used."""
        later = 1 + chance.of(f"card {day} {shop}").one("later", 3)
        label = f"CARTE {self.date(day):%d/%m} {_plain(shop)}"
        return self.book(day + later, -cents, label, "card", bought=day, original=original)

    def working(self, day: int) -> int:
        """The first day from `day` on that is no week-end."""
        over = self.date(day).weekday() - SATURDAY
        return day if over < 0 else day + 2 - over

    def date(self, day: int) -> date:
        return self.clock.first + timedelta(days=day)

    def seen(self, booking: Booking) -> bool:
        return booking.day < self.clock.n

    def payment(self, booking: Booking) -> Payment:
        return Payment(self.date(booking.day), Decimal(booking.cents).scaleb(-2), booking.label, booking.occurrence)

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
                amount=money(line.cents),
                label=line.label,
                occurrence=line.occurrence,
                kind=line.kind,
                counterparty=line.counterparty,
                transaction_date=None if line.bought is None else first + line.bought,
                original=line.original,
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
        bounds = self.clock.days().tolist()
        total, line = self.opening, 0
        for day in range(self.clock.n):
            while line < len(lines) and lines[line].day == day:
                total += lines[line].cents
                line += 1
            if self.date(day + 1).day == 1:
                at = self.clock.start + bounds[day + 1] * MINUTE
                batch.add(BankBalance, series, day, at=at, kind="closing", amount=money(total))


def _plain(shop: str) -> str:
    return shop.upper().translate(str.maketrans("ÉÈÀÂÊÎÔÛÇ", "EEAAEIOUC"))
