"""Bills of a household's water, electricity and gas, from what its meters counted, and how they are paid.

Prices include taxes in contracts; bills say them without and add value-added tax by rate, rounded half up as bills are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from ...model import BillIndex, BillLine, Money, VatTotal
from .chance import Chance
from .clock import Clock
from .home import Home
from .ledger import Booking, Ledger, euros
from .meter import Meter
from .month import monthly
from .reference import reference
from .truth import Truth

RATES = {"water": Decimal("5.5"), "electricity": Decimal(20), "gas": Decimal(20)}
"""Value-added tax in percent; for electricity and its subscription one rate since August 2025 (French finance law)."""
CENT = Decimal("0.01")
UNITS = {"water": "m3", "electricity": "kW.h", "gas": "kW.h"}
DUE = 15  # days after the bill
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
        return int((Decimal(self.net) * self.rate / 100).quantize(Decimal(1), ROUND_HALF_UP))

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

    @property
    def by_plan(self) -> bool:
        """Energy is paid in equal parts each month and settled once a year."""
        return self.home.has_gas and len(self.home.members) > 1

    def run(self) -> None:
        for commodity in self.home.meters:
            found = self._spoiled(list(self._invoices(commodity)))
            if commodity != "water" and self.by_plan:
                self._plan(found)
                continue
            for invoice in found:
                self.paid.append((invoice, []))
        self._pay()

    def _invoices(self, commodity: str) -> Iterator[Invoice]:
        chance = self.chance.of(f"bills of {commodity}")
        on = 6 + chance.one("day", 18)
        yearly = commodity != "water" and self.by_plan
        if yearly:
            dates = [(d, day) for d, day in monthly(self.clock, on) if d >= 330][:1]
        elif commodity == "water":
            dates = list(monthly(self.clock, on, months=(4, 10)))
        else:
            dates = list(monthly(self.clock, on, 2))
        start = 0
        bounds = self.clock.days()
        wrong = [(self.clock.day_of(t.start), t.amount) for t in self._of("wrong-index")]
        for number, (day, _) in enumerate(dates):
            if day - start < 25:
                continue
            extra = 0
            if commodity == "electricity" and wrong and day >= wrong[0][0]:
                extra = int(wrong.pop(0)[1] or 0)
            used = self._used(commodity, int(bounds[start]), int(bounds[day]), extra)
            lines = tuple(self._lines(commodity, start, day, used))
            indexes = tuple(self._indexes(commodity, start, day, extra))
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
            start = day

    def _used(self, commodity: str, low: int, high: int, extra: int) -> dict[str, int]:
        """Whole units by class of the tariff ("" if there is one)."""
        if commodity == "gas":
            return {"": self._gas(low, high)}
        registers = [r for r in ("F1", "F2") if f"electricity {r}" in self.meters] if commodity == "electricity" else []
        found = {r: self._counted(self.meters[f"electricity {r}"], low, high) for r in registers}
        found = found or {"": self._counted(self.meters[commodity], low, high)}
        first = next(iter(found))
        return found | {first: found[first] + extra}

    @staticmethod
    def _counted(meter: Meter, low: int, high: int) -> int:
        return int(meter.total[high]) // 1000 - int(meter.total[low]) // 1000

    def _gas(self, low: int, high: int) -> int:
        """kWh: each day's volume times its month's coefficient."""
        days = self.clock.days()
        inside = days[(days >= low) & (days <= high)]
        volume = np.diff(self.meters["gas"].total[inside])
        months = self.clock.micros(inside[:-1]).astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) % 12
        by_month = np.array([int(Decimal(text).scaleb(2)) for text in reference("gas")["coefficients"]], np.int64)
        return int((volume * by_month[months]).sum()) // 100_000

    def _lines(self, commodity: str, start: int, end: int, used: Mapping[str, int]) -> Iterator[BillLine]:
        rate = RATES[commodity]
        two = "two" if len(used) > 1 else "one"
        for entry in reference("prices")[commodity][two]:
            price = Decimal(entry["price"]) * self._rise(commodity, entry["kind"], start)
            unit_price = (price / (1 + rate / 100)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
            if entry["kind"] == "standing":
                quantity = (Decimal(end - start) * 12 / 365).quantize(Decimal("0.01"), ROUND_HALF_UP)
                kind, unit = "standing", "mo"
            else:
                quantity = Decimal(used[entry.get("class", "")])
                kind, unit = "use", UNITS[commodity]
            yield BillLine.model_construct(
                label=entry["label"],
                kind=kind,
                tariff_class=entry.get("class"),
                start=self._date(start),
                end=self._date(end),
                quantity=quantity,
                unit=unit,
                unit_price=Money.model_construct(amount=unit_price, currency="EUR"),
                amount=Money.model_construct(
                    amount=(quantity * unit_price).quantize(CENT, ROUND_HALF_UP), currency="EUR"
                ),
                vat=rate,
            )

    def _rise(self, commodity: str, kind: str, start: int) -> Decimal:
        factor = Decimal(1)
        for truth in self._of("price-rise"):
            if commodity == "electricity" and kind == "unit" and start >= self.clock.day_of(truth.start):
                factor *= 1 + (truth.amount or Decimal(0)) / 100
        return factor

    def _indexes(self, commodity: str, start: int, end: int, extra: int) -> Iterator[BillIndex]:
        names = [f"electricity {r}" for r in ("F1", "F2") if f"electricity {r}" in self.meters]
        bounds = self.clock.days()
        for name in names if commodity == "electricity" and names else [commodity]:
            meter = self.meters[name]
            at = np.array([bounds[start], bounds[end]], np.int64)
            first, last = (int(v) // 1000 for v in meter.index(at))
            device = meter.device(at)
            if device[0] != device[1] or last < first:
                continue  # replaced or begun again: the bill says amounts only
            yield BillIndex.model_construct(
                register_name=name.removeprefix("electricity ") if name in names else "total",
                unit="m3" if commodity in ("water", "gas") else "kW.h",
                start=self._date(start),
                end=self._date(end),
                first=Decimal(first),
                last=Decimal(last + extra),
                estimated=False,
            )
            extra = 0

    def _spoiled(self, found: list[Invoice]) -> list[Invoice]:
        """With the bills that are sent twice."""
        for truth in self._of("duplicate-bill"):
            day = self.clock.day_of(truth.start)
            if truth.meter in ("", *(i.commodity for i in found)):
                again = next((i for i in found if i.day >= day and i.commodity == self._first_billed), None)
                if again is not None:
                    found = sorted(
                        [*found, replace(again, day=again.day + 9, number=f"{again.number}B")], key=lambda i: i.day
                    )
        return found

    @property
    def _first_billed(self) -> str:
        """The commodity that is billed most often: where mistakes with bills are planted."""
        return "water" if self.by_plan else "electricity"

    def _pay(self) -> None:
        missed = [self.clock.day_of(t.start) for t in self._of("missed-payment")]
        twice = [self.clock.day_of(t.start) for t in self._of("double-debit")]
        for invoice, payments in sorted(self.paid, key=lambda p: p[0].day):
            if invoice.kind != "invoice" or invoice.paid_before:
                continue
            if invoice.commodity == self._first_billed and missed and invoice.day >= missed[0]:
                missed.pop(0)
                continue
            due = invoice.day + DUE + self.chance.of(invoice.number).one("late", 3)
            payments += self._debits(invoice, due)
            if invoice.commodity == self._first_billed and twice and invoice.day >= twice[0]:
                twice.pop(0)
                first = payments[0]
                self.ledger.book(due + 2, first.cents, first.label, first.kind, counterparty=first.counterparty)

    def _debits(self, invoice: Invoice, due: int) -> list[Booking]:
        chance = self.chance.of(invoice.number)
        told = f" {invoice.number}" if chance.happens("told", 1, 50)[0] else ""
        label = f"PRLV SEPA {invoice.issuer.upper()}{told}"
        if invoice.commodity == "water" and invoice.gross > LARGE:
            part = invoice.gross // PARTS
            shares = [part] * (PARTS - 1) + [invoice.gross - part * (PARTS - 1)]
            return [
                self.ledger.book(due + 30 * i, -share, label, "direct_debit", counterparty=invoice.issuer)
                for i, share in enumerate(shares)
            ]
        return [self.ledger.book(due, -invoice.gross, label, "direct_debit", counterparty=invoice.issuer)]

    def _plan(self, found: list[Invoice]) -> None:
        """A schedule of ten or eleven equal payments, and the yearly bill that settles them."""
        for settled in found:
            months = [(d, on) for d, on in monthly(self.clock, 10) if d < settled.day]
            if not months:
                continue
            chance = self.chance.of(f"plan of {settled.commodity}")
            part = settled.gross * chance.about("part", 1, 95, 12).item() // 100 // len(months) // 100 * 100
            lines = tuple(
                BillLine.model_construct(label="Monthly payment", kind="advance", start=on, amount=euros(part))
                for _, on in months
            )
            schedule = replace(
                settled,
                day=0,
                number=f"E{settled.number[1:]}",
                lines=lines,
                indexes=(),
                kind="schedule",
                rate=Decimal(0),
            )
            label = f"PRLV SEPA {settled.issuer.upper()} ECHEANCE"
            bookings = [
                self.ledger.book(d, -part, label, "direct_debit", counterparty=settled.issuer) for d, _ in months
            ]
            self.paid.append((schedule, bookings))
            paid = part * len(months)
            final = replace(settled, paid_before=paid)
            rest = final.gross - paid
            kind, what = ("direct_debit", "PRLV SEPA") if rest > 0 else ("transfer", "VIR SEPA")
            last = self.ledger.book(
                final.day + DUE, -rest, f"{what} {final.issuer.upper()}", kind, counterparty=final.issuer
            )
            self.paid.append((final, [last] if rest else []))

    def _of(self, kind: str) -> list[Truth]:
        return [t for t in self.truths if t.kind == kind]

    def _date(self, day: int) -> date:
        return self.clock.first + timedelta(days=day)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The fields of each bill, by its day."""
        first = (self.clock.first - date(1970, 1, 1)).days
        for invoice, _ in sorted(self.paid, key=lambda p: (p[0].day, p[0].commodity, p[0].number)):
            if invoice.day >= self.clock.n:
                continue
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
                "net": euros(invoice.net),
                "vat_amount": euros(invoice.tax),
                "gross": euros(invoice.gross),
                "balance_before": euros(-invoice.paid_before) if invoice.paid_before else None,
                "to_pay": euros(invoice.gross - invoice.paid_before),
                "lines": invoice.lines,
                "vat": (
                    VatTotal.model_construct(
                        rate=invoice.rate, net=euros(invoice.net), tax=euros(invoice.tax), gross=euros(invoice.gross)
                    ),
                )
                if invoice.rate
                else (),
                "indexes": invoice.indexes,
            }


def _cents(amount: Money | None) -> int:
    return 0 if amount is None else int(amount.amount.scaleb(2))
