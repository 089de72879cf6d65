"""Bills of a household's water, electricity and gas, from what its meters counted, and how they are paid.

Prices include taxes in contracts; bills say them without and add value-added tax by rate, rounded half up as bills are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import numpy as np

from ...importers.batch import Row
from ...model import BillIndex, BillLine, Money, VatTotal
from .chance import Chance
from .clock import Clock
from .home import Home
from .ledger import EPOCH, Booking, Ledger, half_up, money
from .meter import Meter
from .month import monthly
from .reference import reference
from .truth import Truth

RATES = {"water": Decimal("5.5"), "electricity": Decimal(20), "gas": Decimal(20)}
"""Value-added tax in percent; for electricity and its subscription one rate since August 2025 (French finance law)."""
CENT = Decimal("0.01")
UNITS = {"water": "m3", "electricity": "kW.h", "gas": "kW.h"}
DUE = 15  # days after the bill
AGAIN = 9  # days after a bill it is sent a second time
PARTS = 3  # in which a large water bill is paid
LARGE = 15_000  # cents


@dataclass(frozen=True, slots=True)
class Invoice:
    """A bill before it is written: its day in the data, and its lines in cents."""

    day: int
    issuer: str
    number: str
    commodity: str
    point: str
    start: int
    end: int
    lines: tuple[BillLine, ...]
    indexes: tuple[BillIndex, ...]
    rate: Decimal
    kind: str = "invoice"
    paid_before: int = 0

    @property
    def net(self) -> int:
        return sum(_cents(line.amount) for line in self.lines)

    @property
    def tax(self) -> int:
        return half_up(self.net * self.rate / 100)

    @property
    def gross(self) -> int:
        return self.net + self.tax


@dataclass(slots=True)
class Billing:
    """Writes and pays the bills. `paid` holds each with the bookings that pay it."""

    home: Home
    clock: Clock
    meters: Mapping[str, Meter]
    points: Mapping[str, str]
    truths: Sequence[Truth]
    chance: Chance
    ledger: Ledger
    paid: list[tuple[Invoice, list[Booking]]] = field(default_factory=list)
    met: set[Truth] = field(default_factory=set)
    """The truths that a bill or its payment shows."""

    @property
    def by_plan(self) -> bool:
        """Energy is paid in equal parts each month and settled once a year."""
        return self.home.has_gas and len(self.home.members) > 1

    @property
    def _first_billed(self) -> str:
        """The commodity that is billed most often: where mistakes with bills are planted."""
        return "water" if self.by_plan else "electricity"

    def run(self) -> None:
        for commodity in self.home.meters:
            found = list(self._invoices(commodity, self.truths))
            if commodity != "water" and self.by_plan:
                for settled, expected in zip(found, self._invoices(commodity, ()), strict=True):
                    self._plan(settled, expected.gross)
                continue
            if commodity == self._first_billed:
                found += self._again(found)
            self.paid += [(invoice, []) for invoice in found]
        self._pay()

    def _dates(self, commodity: str, chance: Chance) -> list[int]:
        """The days of the bills of a commodity: yearly, in April and October, or every two months."""
        on = 6 + chance.one("day", 18)
        if commodity == "water":
            return [day for day, _ in monthly(self.clock, on, months=(4, 10))]
        if self.by_plan:
            return [day for day, _ in monthly(self.clock, on) if day >= 330][:1]
        return [day for day, _ in monthly(self.clock, on, 2)]

    def _invoices(self, commodity: str, truths: Sequence[Truth]) -> Iterator[Invoice]:
        chance = self.chance.of(f"bills of {commodity}")
        electric = commodity == "electricity"
        rises = [t for t in truths if t.kind == "price-rise" and electric]
        wrong = [t for t in truths if t.kind == "wrong-index" and electric]
        start, before = 0, 0
        for number, day in enumerate(self._dates(commodity, chance)):
            if day - start < 25:
                continue
            mistake = self._next(wrong, day)
            after = int(mistake.amount or 0) if mistake else 0
            estimated = electric and not self.by_plan and mistake is None and number % 2 == 1
            if estimated:
                after = self._used(commodity, start, day) * chance.about(f"guess {number}", 1, 0, 12).item() // 100
            lines = tuple(self._lines(commodity, start, day, after - before, rises))
            indexes = tuple(self._indexes(commodity, start, day, before, after, estimated))
            yield Invoice(
                day,
                f"Persona {commodity}",
                f"F{self.clock.first.year % 100}{commodity[0].upper()}{chance.one('number', 900_000) + 100_000 + number}",
                commodity,
                self.points[commodity],
                start,
                day,
                lines,
                indexes,
                RATES[commodity],
            )
            start, before = day, after
            self.met.update(t for t in rises if self.clock.day_of(t.start) < day)
            if mistake is not None and after:
                self.met.add(mistake)

    def _next(self, waiting: list[Truth], day: int) -> Truth | None:
        """The first of those that wait for a bill of `day` or before, which then waits no longer."""
        return waiting.pop(0) if waiting and self.clock.day_of(waiting[0].start) <= day else None

    def _registers(self, commodity: str) -> dict[str, Meter]:
        """By class of the tariff ("" if there is one)."""
        found = {r: self.meters[f"{commodity} {r}"] for r in ("F1", "F2") if f"{commodity} {r}" in self.meters}
        return found or {"": self.meters[commodity]}

    def _used(self, commodity: str, start: int, end: int, register: str | None = None) -> int:
        """Whole units of one register, the first if none is named."""
        bounds = self.clock.days()
        low, high = int(bounds[start]), int(bounds[end])
        if commodity == "gas":
            return self._gas(low, high)
        registers = self._registers(commodity)
        meter = registers[next(iter(registers)) if register is None else register]
        at = np.array([low, high], np.int64)
        replaced = np.diff(meter.device(at)).any()
        first, last = (int(v) // 1000 for v in (meter.total[at] if replaced else meter.index(at)))
        return (last - first) % (meter.limit // 1000)

    def _gas(self, low: int, high: int) -> int:
        """kWh: each day's volume times its month's coefficient."""
        days = self.clock.days()
        inside = days[(days >= low) & (days <= high)]
        volume = np.diff(self.meters["gas"].total[inside])
        months = self.clock.micros(inside[:-1]).astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) % 12
        by_month = np.array([int(Decimal(text).scaleb(2)) for text in reference("gas")["coefficients"]], np.int64)
        return int((volume * by_month[months]).sum()) // 100_000

    def _lines(self, commodity: str, start: int, end: int, more: int, rises: Sequence[Truth]) -> Iterator[BillLine]:
        """The use line of a class is split where the price rises; `more` is charged beside what was used."""
        rate = RATES[commodity]
        days = {self.clock.day_of(t.start) for t in rises}
        cuts = [start, *sorted(day for day in days if start < day < end), end]
        registers = list(self._registers(commodity))
        for entry in reference("prices")[commodity]["two" if len(registers) > 1 else "one"]:
            price = Decimal(entry["price"])
            if entry["kind"] == "standing":
                months = (Decimal(end - start) * 12 / 365).quantize(CENT, ROUND_HALF_UP)
                yield self._line(entry["label"], "standing", (start, end), months, "mo", price, rate)
                continue
            register = entry.get("class", "")
            for low, high in pairwise(cuts):
                used = self._used(commodity, low, high, register)
                if high == end and register == registers[0]:
                    used += more
                risen = price * self._rise(rises, low)
                unit = UNITS[commodity]
                yield self._line(entry["label"], "use", (low, high), Decimal(used), unit, risen, rate, register or None)

    def _line(
        self,
        label: str,
        kind: str,
        days: tuple[int, int],
        quantity: Decimal,
        unit: str,
        price: Decimal,
        rate: Decimal,
        tariff_class: str | None = None,
    ) -> BillLine:
        """A line of what costs `price` with its tax."""
        unit_price = (price / (1 + rate / 100)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
        return BillLine.model_construct(
            label=label,
            kind=kind,
            tariff_class=tariff_class,
            start=self.ledger.date(days[0]),
            end=self.ledger.date(days[1]),
            quantity=quantity,
            unit=unit,
            unit_price=Money.model_construct(amount=unit_price, currency="EUR"),
            amount=money(half_up(quantity * unit_price * 100)),
            vat=rate,
        )

    def _rise(self, rises: Sequence[Truth], day: int) -> Decimal:
        factor = Decimal(1)
        for truth in rises:
            if self.clock.day_of(truth.start) <= day:
                factor *= 1 + (truth.amount or Decimal(0)) / 100
        return factor

    def _indexes(
        self, commodity: str, start: int, end: int, before: int, after: int, estimated: bool
    ) -> Iterator[BillIndex]:
        """What the bill says of each register; the first one is off by `before` and `after`."""
        at = self.clock.days()[[start, end]]
        for register, meter in self._registers(commodity).items():
            first, last = (int(v) // 1000 for v in meter.index(at))
            device = meter.device(at)
            if device[0] == device[1] and first <= last and first + before >= 0:
                yield BillIndex.model_construct(
                    register_name=register or "total",
                    unit="m3" if commodity in ("water", "gas") else "kW.h",
                    start=self.ledger.date(start),
                    end=self.ledger.date(end),
                    first=Decimal(first + before),
                    last=Decimal(last + after),
                    estimated=estimated,
                )
            # Else it was replaced or began again: the bill says amounts only.
            before = after = 0

    def _again(self, found: Sequence[Invoice]) -> Iterator[Invoice]:
        """The bills that are sent a second time, under another number."""
        twice = self._of("duplicate-bill")
        for invoice in found:
            if invoice.day + AGAIN < self.clock.n and (truth := self._next(twice, invoice.day)):
                self.met.add(truth)
                yield replace(invoice, day=invoice.day + AGAIN, number=f"{invoice.number}B")

    def _pay(self) -> None:
        missed, twice = self._of("missed-payment"), self._of("double-debit")
        for invoice, payments in sorted(self.paid, key=lambda p: p[0].day):
            if invoice.kind != "invoice" or invoice.paid_before:
                continue
            due = invoice.day + DUE + self.chance.of(invoice.number).one("late", 3)
            faulty = invoice.commodity == self._first_billed and invoice.gross > 0
            n, paid = self.clock.n, self.ledger.working(due)
            if faulty and paid < n and (truth := self._next(missed, invoice.day)):
                self.met.add(truth)
                continue
            payments += self._settle(invoice, due)
            if faulty and self.ledger.working(paid + 2) < n and (truth := self._next(twice, invoice.day)):
                self.met.add(truth)
                first = payments[0]
                self.ledger.book(paid + 2, first.cents, first.label, first.kind, counterparty=first.counterparty)

    def _settle(self, invoice: Invoice, due: int) -> list[Booking]:
        """Debits of what is to be paid, or the transfer that gives it back."""
        rest = invoice.gross - invoice.paid_before
        issuer, book = invoice.issuer, self.ledger.book
        if rest < 0:
            return [book(due, -rest, f"VIR SEPA {issuer.upper()}", "transfer", counterparty=issuer)]
        told = f" {invoice.number}" if self.chance.of(invoice.number).happens("told", 1, 50)[0] else ""
        parts = PARTS if invoice.commodity == "water" and rest > LARGE else 1
        shares = [rest // parts] * (parts - 1) + [rest - rest // parts * (parts - 1)]
        label = f"PRLV SEPA {issuer.upper()}{told}"
        return [
            book(due + 30 * i, -share, label, "direct_debit", counterparty=issuer)
            for i, share in enumerate(shares)
            if share
        ]

    def _plan(self, settled: Invoice, expected: int) -> None:
        """A schedule of equal monthly payments, near what is `expected` in all, and the yearly bill that settles them."""
        months = [(d, on) for d, on in monthly(self.clock, 10) if d < settled.day]
        chance = self.chance.of(f"plan of {settled.commodity}")
        part = expected * chance.about("part", 1, 95, 12).item() // 100 // len(months) // 100 * 100
        lines = tuple(
            BillLine.model_construct(label="Monthly payment", kind="advance", start=on, amount=money(part))
            for _, on in months
        )
        schedule = replace(
            settled, day=0, number=f"E{settled.number[1:]}", lines=lines, indexes=(), kind="schedule", rate=Decimal(0)
        )
        label = f"PRLV SEPA {settled.issuer.upper()} ECHEANCE"
        bookings = [self.ledger.book(d, -part, label, "direct_debit", counterparty=settled.issuer) for d, _ in months]
        final = replace(settled, paid_before=part * len(months))
        self.paid += [(schedule, bookings), (final, self._settle(final, final.day + DUE))]

    def _of(self, kind: str) -> list[Truth]:
        return [t for t in self.truths if t.kind == kind]

    def rows(self) -> Iterator[Row]:
        """The fields of each bill, by its day."""
        first = self.clock.first.toordinal() - EPOCH
        for invoice, _ in sorted(self.paid, key=lambda p: (p[0].day, p[0].commodity, p[0].number)):
            yield {
                "on": first + invoice.day,
                "issuer": invoice.issuer,
                "number": invoice.number,
                "kind": invoice.kind,
                "commodity": invoice.commodity,
                "contract": f"P{invoice.point[-9:]}",
                "point": invoice.point,
                "period_start": first + invoice.start,
                "period_end": first + invoice.end,
                "due": first + invoice.day + DUE,
                "net": money(invoice.net),
                "vat_amount": money(invoice.tax),
                "gross": money(invoice.gross),
                "balance_before": money(-invoice.paid_before) if invoice.paid_before else None,
                "to_pay": money(invoice.gross - invoice.paid_before),
                "lines": invoice.lines,
                "vat": (
                    VatTotal.model_construct(
                        rate=invoice.rate, net=money(invoice.net), tax=money(invoice.tax), gross=money(invoice.gross)
                    ),
                )
                if invoice.rate
                else (),
                "indexes": invoice.indexes,
            }


def _cents(amount: Money | None) -> int:
    return 0 if amount is None else int(amount.amount.scaleb(2))
