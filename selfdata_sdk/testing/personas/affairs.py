"""The affairs of a household: money, bills, shopping, telephones, trips and papers, from the one calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from ...importers.batch import Batch
from ...model import (
    Bill,
    Contact,
    ContactPoint,
    InsuranceContract,
    Insured,
    Parcel,
    ParcelEvent,
    Receipt,
    Series,
    Source,
    Table,
    TelecomLine,
    TelecomUsage,
    TransitValidation,
    Trip,
)
from ...model.record import Record
from ...model.time import moment, zone
from .billing import Billing
from .calendar import Calendar
from .chance import Chance
from .clock import Clock
from .home import Home
from .ledger import EPOCH, Ledger, Payment, euros
from .meter import Meter
from .month import monthly
from .persona import HOLDER, Link, Way
from .phone import PLAN, Phone
from .shopping import Shopping
from .travel import Travel
from .truth import Truth

PAY = {"office": 215_000, "shift": 196_000, "retired": 148_000, "student": 62_000, "at_home": 92_000}
"""Monthly income in cents by rhythm; invented, near French medians of 2023 (INSEE, Filosofi)."""
RENT = 1_150  # cents a month for a square metre
PREMIUM = {"flat": 1_490, "house": 2_990}
CAR_PREMIUM = 4_150
PASS = 7_400
FILM = 1_349


@dataclass(frozen=True, slots=True)
class Affairs:
    """What comes of a household beside its meters.

    points  the supply point of each commodity
    """

    home: Home
    clock: Clock
    calendar: Calendar
    meters: Mapping[str, Meter]
    points: Mapping[str, str]
    truths: Sequence[Truth]
    chance: Chance

    def all(self, source: Source) -> tuple[tuple[Table, ...], tuple[Link, ...], tuple[Way, ...]]:
        """(one table per series, which payments pay what, how each trip really was)."""
        chance = self.chance.of("affairs")
        account = f"000{chance.one('account', 10**9):09d}"
        ledger = Ledger(self.clock, account, 120_000 + chance.one("opening", 200_000))
        billing = Billing(self.home, self.clock, self.meters, self.points, self.truths, chance, ledger)
        shopping = Shopping(self.home, self.clock, self.calendar, chance.of("shops"), ledger)
        phone = Phone(self.home, self.clock, self.calendar, self.truths, chance.of("phone"), ledger)
        travel = Travel(self.home, self.clock, self.calendar, chance.of("travel"))
        for part in (billing, shopping, phone):
            part.run()
        self._regular(ledger, travel, chance)
        batch = Batch(source, "row {}")
        ledger.write(batch, HOLDER)
        self._add(batch, Bill, [*billing.rows(), *phone.bill_rows()])
        self._add(batch, Receipt, shopping.rows())
        self._add(batch, TelecomUsage, phone.usage(), phone.line)
        self._add(batch, Trip, travel.rows())
        self._add(batch, TransitValidation, travel.validations())
        self._papers(batch, phone, chance)
        return tuple(batch.items()), tuple(self._links(billing, shopping, phone, ledger)), tuple(self._ways(travel))

    def _add(self, batch: Batch, record_type: type[Record], rows: Iterator[dict[str, object]] | list[dict[str, object]],
             about: str = "") -> None:  # fmt: skip
        series = Series(record_type.type, HOLDER, about=about, tz=self.clock.tz)
        for number, row in enumerate(rows):
            batch.add(record_type, series, number, **row)

    def _regular(self, ledger: Ledger, travel: Travel, chance: Chance) -> None:
        """What comes and goes each month, and what is forgotten."""
        home, clock = self.home, self.clock
        pays: list[tuple[int, int, str, str, str]] = []
        for i, member in enumerate(home.members):
            if member.rhythm in PAY:
                cents = PAY[member.rhythm] + chance.of(f"pay {i}").one("more", 60_000)
                day = {"retired": 9, "student": 5}.get(member.rhythm, 28)
                name = {"retired": "RETRAITE", "student": "BOURSE ET FAMILLE"}.get(member.rhythm, "SALAIRE")
                pays.append((day, cents, f"VIR {name} {i + 1}", "transfer", f"Persona employer {i + 1}"))
        costs = [
            (5, home.surface * RENT, "VIR PERMANENT LOYER", "transfer") if home.dwelling == "flat"
            else (5, home.surface * RENT * 4 // 5, "PRLV ECHEANCE PRET", "direct_debit"),
            (8, PREMIUM[home.dwelling], "PRLV SEPA PERSONA ASSURANCE HABITATION", "direct_debit"),
            (27, 20_000, "VIR PERMANENT EPARGNE", "transfer"),
        ]  # fmt: skip
        if home.dwelling == "house":
            costs.append((8, CAR_PREMIUM, "PRLV SEPA PERSONA ASSURANCE AUTO", "direct_debit"))
        if travel.passes():
            costs.append((3, PASS, "PRLV SEPA PERSONA TRANSIT ABONNEMENT", "direct_debit"))
        for day, cents, label, kind, payer in pays:
            for at, _ in monthly(clock, day):
                ledger.book(at, cents, label, kind, counterparty=payer)
        for day, cents, label, kind in costs:
            for at, _ in monthly(clock, day):
                ledger.book(at, -cents, label, kind)
        for at, _ in monthly(clock, 16):
            ledger.book(at, -FILM, "CARTE PERSONA FILMS", "card", bought=at)
        for at, _ in monthly(clock, 2, 3):
            ledger.book(at, -750, "COTISATION CARTE", "fee")
        for at, _ in monthly(clock, 19):
            ledger.book(at, -4000 - 2000 * chance.of("cash").one(str(at), 4), "RETRAIT DAB", "withdrawal")
        for at in travel.refuels():
            litres = 30 + chance.of("fuel").one(str(at), 15)
            ledger.book(at + 2, -litres * 172, "CARTE STATION DU ROND-POINT", "card", counterparty=None, bought=at)
        for truth in self.truths:
            if truth.kind == "forgotten-subscription":
                since = clock.day_of(truth.start)
                for at, _ in monthly(clock, 22):
                    if at >= since:
                        ledger.book(at, -int((truth.amount or Decimal(0)) * 100), "CARTE PERSONA FITNESS", "card")

    def _papers(self, batch: Batch, phone: Phone, chance: Chance) -> None:
        clock, home, local = self.clock, self.home, zone(self.clock.tz)
        since = clock.start - 500 * 86_400_000_000
        line = Series(TelecomLine.type, HOLDER, about=phone.line, tz=clock.tz)
        price, voice, messages, data = PLAN
        batch.add(
            TelecomLine, line, 0, start=since, end=None, kind="mobile", operator="Persona Mobile", plan="Forfait 40 Go",
            price=euros(price), voice=voice, messages=messages, data=data * 10**9, unlimited="none",
        )  # fmt: skip
        contracts = [("home", PREMIUM[home.dwelling], "dwelling", "Home", 2_500_000)]
        if home.dwelling == "house":
            contracts.append(("car", CAR_PREMIUM, "vehicle", "Car", 900_000))
        for kind, premium, thing, label, value in contracts:
            number = f"C{chance.of(kind).one('contract', 10**6):06d}"
            insured = Insured.model_construct(kind=thing, label=label, value=euros(value), excess=euros(15_000))
            batch.add(
                InsuranceContract, Series(InsuranceContract.type, HOLDER, about=number, tz=clock.tz), 0, start=since,
                end=None, insurer="Persona Assurance", product=label, kind=kind, premium=euros(premium),
                premium_every="month", objects=(insured,),
            )  # fmt: skip
        parcels = Series(Parcel.type, HOLDER, tz=clock.tz)
        n = clock.n
        for day in np.flatnonzero(chance.happens("parcel", max(n - 3, 0), 4)).tolist():
            start = clock.start + day * 86_400_000_000
            events = tuple(
                ParcelEvent.model_construct(at=moment(start + hours * 3_600_000_000, local), code=code, label=said)
                for hours, code, said in ((9, "PC1", "Accepted"), (30, "ET1", "On its way"), (57, "DI1", "Delivered"))
            )
            batch.add(
                Parcel, parcels, day, start=start + 9 * 3_600_000_000, end=start + 57 * 3_600_000_000,
                tracking=f"9P{chance.of('parcel').one(str(day), 10**9):09d}", carrier="Persona Post", direction="in",
                final=True, events=events,
            )  # fmt: skip
        contacts = Series(Contact.type, HOLDER, tz=clock.tz)
        for i, name in enumerate(("Alix", "Camille", "Dominique", "Sacha")):
            point = ContactPoint.model_construct(kind="phone", use="mobile", value=phone.partner(i))
            batch.add(
                Contact, contacts, i, on=clock.first.toordinal() - EPOCH, uid=f"persona-{i}", name=name, points=(point,)
            )

    def _links(self, billing: Billing, shopping: Shopping, phone: Phone, ledger: Ledger) -> Iterator[Link]:
        def paid(bookings: Sequence[object]) -> tuple[Payment, ...]:
            return tuple(ledger.payment(b) for b in bookings if ledger.seen(b))  # type: ignore[arg-type]

        for invoice, bookings in billing.paid:
            if invoice.day < self.clock.n:
                yield Link("bill", self._date(invoice.day), invoice.number, paid(bookings))
        for bill in phone.bills:
            yield Link("bill", self._date(bill.day), bill.number, paid([bill.booking]))
        for till in shopping.tills:
            yield Link("receipt", self._date(till.day), till.number, paid([till.booking] if till.booking else []))

    def _ways(self, travel: Travel) -> Iterator[Way]:
        local = zone(self.clock.tz)
        for j in travel.journeys():
            yield Way(moment(j.start, local), j.mode, j.told)

    def _date(self, day: int) -> date:
        return self.clock.first + timedelta(days=day)
