"""The affairs of a household: money, bills, shopping, telephones, trips and papers, from the one calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from ...importers.batch import Batch, Row
from ...model import (
    Bill,
    Contact,
    ContactPoint,
    InsuranceContract,
    Insured,
    Parcel,
    ParcelEvent,
    Receipt,
    Record,
    Series,
    Source,
    Table,
    TelecomLine,
    TelecomUsage,
    TransitValidation,
    Trip,
    VehicleRental,
)
from ...model.time import MINUTE, moment, zone
from .billing import Billing
from .calendar import Calendar
from .chance import Bools, Chance
from .clock import Clock
from .home import Home
from .ledger import EPOCH, Booking, Ledger, Payment, money
from .meter import Meter
from .month import monthly
from .persona import HOLDER, Link, Way
from .phone import ISSUER, Phone
from .presence import DAY
from .reference import values
from .shopping import Shopping
from .travel import Travel
from .truth import Truth

SHOWN = frozenset(
    {
        "duplicate-bill", "wrong-index", "double-debit", "missed-payment", "price-rise", "forgotten-subscription",
        "phone-overage", "roaming",
    }
)  # fmt: skip
"""The truths that only a bill, a payment or the use of a telephone can show."""

STEPS = (("PC1", "Accepted"), ("ET1", "On its way"), ("DI1", "Delivered"))
"""Of a parcel, each at its own hour."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a household beside its meters.

    tables  one per series
    links   which payments pay what
    ways    how each trip really was
    idle    truths that nothing shows, as no bill follows them
    """

    tables: tuple[Table, ...]
    links: tuple[Link, ...]
    ways: tuple[Way, ...]
    idle: frozenset[Truth]


@dataclass(frozen=True, slots=True)
class Affairs:
    """points: the supply point of each commodity."""

    home: Home
    clock: Clock
    calendar: Calendar
    meters: Mapping[str, Meter]
    points: Mapping[str, str]
    truths: Sequence[Truth]
    chance: Chance

    def outcome(self, source: Source) -> Outcome:
        chance, settled = self.chance.of("affairs"), self._settled
        account = f"000{chance.one('account', 10**9):09d}"
        ledger = Ledger(self.clock, account, 120_000 + chance.one("opening", 200_000))
        billing = Billing(self.home, self.clock, self.meters, self.points, self.truths, chance, ledger)
        shopping = Shopping(self.home, self.clock, self.calendar, settled, chance.of("shops"), ledger)
        phone = Phone(self.clock, settled, self.truths, chance.of("phone"), ledger)
        travel = Travel(self.home, self.clock, self.calendar, self.chance, chance.of("travel"))
        for part in (billing, shopping, phone, travel):
            part.run()
        self._regular(ledger, travel, chance)
        met = billing.met | phone.met | set(self._forgotten(ledger))
        batch = Batch(source, "row {}")
        ledger.write(batch, HOLDER)
        self._add(batch, Bill, [*billing.rows(), *phone.bill_rows()])
        self._add(batch, Receipt, shopping.rows())
        self._add(batch, TelecomUsage, phone.usage(), phone.line)
        self._add(batch, Trip, travel.rows())
        self._add(batch, TransitValidation, travel.validations())
        self._add(batch, VehicleRental, travel.rentals())
        self._papers(batch, phone, chance)
        return Outcome(
            tuple(batch.items()),
            tuple(self._links(billing, shopping, phone, ledger)),
            tuple(self._ways(travel)),
            frozenset(t for t in self.truths if t.kind in SHOWN and t not in met),
        )

    @property
    def _settled(self) -> Bools:
        """Days that are not spent on holiday. Who is not in a second home is at their usual one. Shape (n,)."""
        return self.calendar.lived | (self.home.comes == "weekends")

    def _add(self, batch: Batch, record_type: type[Record], rows: Iterable[Row], about: str = "") -> None:
        series = self._series(record_type, about)
        for number, row in enumerate(rows):
            batch.add(record_type, series, number, **row)

    def _regular(self, ledger: Ledger, travel: Travel, chance: Chance) -> None:
        """What comes and goes each month. Of what is left about so much is saved as is usual."""
        home, clock, prices = self.home, self.clock, values("affairs")
        paid = [
            (member.rhythm, i + 1, prices["pay"][member.rhythm] + chance.of(f"pay {i}").one("more", prices["pay_more"]))
            for i, member in enumerate(home.members)
            if member.rhythm in prices["pay"]
        ]
        for rhythm, who, cents in paid:
            label = {"retired": "RETRAITE", "student": "BOURSE ET FAMILLE"}.get(rhythm, "SALAIRE")
            for at, _ in monthly(clock, prices["pay_day"][rhythm]):
                ledger.book(at, cents, f"VIR {label} {who}", "transfer", counterparty=f"Persona employer {who}")
        costs = list(self._costs(travel))
        left = sum(cents for _, _, cents in paid) - sum(cents for _, cents, _, _ in costs) - self._living
        saved = max(left, 0) * prices["saved_percent"] // 100 // 1000 * 1000
        if saved:
            costs.append((27, saved, "VIR PERMANENT EPARGNE", "transfer"))
        for day, cents, label, kind in costs:
            for at, _ in monthly(clock, day):
                ledger.book(at, -cents, label, kind)
        for at, _ in monthly(clock, 16):
            ledger.book(at, -prices["films"], "CARTE PERSONA FILMS", "card", bought=at)
        for at, _ in monthly(clock, 2, 3):
            ledger.book(at, -prices["card_fee"], "COTISATION CARTE", "fee")
        for at, _ in monthly(clock, 19):
            ledger.book(at, -2_000 * (2 + chance.of("cash").one(str(at), 4)), "RETRAIT DAB", "withdrawal")
        for at in travel.refuels():
            cents = (30 + chance.of("fuel").one(str(at), 15)) * prices["fuel_per_litre"]
            ledger.card(at, cents, "STATION DU ROND-POINT", chance)

    def _costs(self, travel: Travel) -> Iterator[tuple[int, int, str, str]]:
        """(day of the month, cents, label, kind) of what is the same each month."""
        home, prices = self.home, values("affairs")
        if home.dwelling == "flat":
            yield 5, home.surface * prices["rent_per_m2"], "VIR PERMANENT LOYER", "transfer"
        else:
            yield 5, home.surface * prices["loan_per_m2"], "PRLV ECHEANCE PRET", "direct_debit"
            yield 8, prices["car_insurance"], "PRLV SEPA PERSONA ASSURANCE AUTO", "direct_debit"
        premium = prices["home_insurance"][home.dwelling]
        yield 8, premium, "PRLV SEPA PERSONA ASSURANCE HABITATION", "direct_debit"
        if travel.mode in ("bus", "metro"):
            yield 3, prices["transit_pass"], "PRLV SEPA PERSONA TRANSIT ABONNEMENT", "direct_debit"
        if travel.mode == "bike":
            yield 3, prices["bike_pass"], "PRLV SEPA PERSONA VELO ABONNEMENT", "direct_debit"

    @property
    def _living(self) -> int:
        """What a household of this size spends in a month beside what is the same each month."""
        living = values("affairs")["living"]
        return int(living["first"] + living["more"] * (len(self.home.members) - 1))

    def _forgotten(self, ledger: Ledger) -> Iterator[Truth]:
        """Books the subscriptions that are forgotten, and says which a line shows."""
        for truth in self.truths:
            cents = int((truth.amount or Decimal(0)) * 100)
            if truth.kind == "forgotten-subscription" and cents:
                since = self.clock.day_of(truth.start)
                lines = [
                    ledger.book(at, -cents, "CARTE PERSONA FITNESS", "card", bought=at)
                    for at, _ in monthly(self.clock, 22)
                    if at >= since
                ]
                if any(map(ledger.seen, lines)):
                    yield truth

    def _papers(self, batch: Batch, phone: Phone, chance: Chance) -> None:
        since = self.clock.start - 500 * DAY * MINUTE
        plan = values("affairs")["mobile"]
        batch.add(
            TelecomLine, self._series(TelecomLine, phone.line), 0, start=since, end=None, kind="mobile",
            operator=ISSUER, plan=f"Forfait {plan['gigabytes']} Go", price=money(plan["price"]),
            voice=plan["seconds"], messages=plan["messages"], data=plan["gigabytes"] * 10**9, unlimited="none",
        )  # fmt: skip
        for i, name in enumerate(("Alix", "Camille", "Dominique", "Sacha")):
            point = ContactPoint.model_construct(kind="phone", use="mobile", value=phone.partner(i))
            on = self.clock.first.toordinal() - EPOCH
            batch.add(Contact, self._series(Contact), i, on=on, uid=f"persona-{i}", name=name, points=(point,))
        self._insurance(batch, since, chance)
        self._parcels(batch, chance)

    def _insurance(self, batch: Batch, since: int, chance: Chance) -> None:
        home, prices = self.home, values("affairs")
        contracts = [("home", prices["home_insurance"][home.dwelling], "dwelling", "Home", 2_500_000)]
        if home.dwelling == "house":
            contracts.append(("car", prices["car_insurance"], "vehicle", "Car", 900_000))
        for kind, premium, thing, label, value in contracts:
            number = f"C{chance.of(kind).one('contract', 10**6):06d}"
            insured = Insured.model_construct(kind=thing, label=label, value=money(value), excess=money(15_000))
            batch.add(
                InsuranceContract, self._series(InsuranceContract, number), 0, start=since, end=None,
                insurer="Persona Assurance", product=label, kind=kind, premium=money(premium), premium_every="month",
                objects=(insured,),
            )  # fmt: skip

    def _parcels(self, batch: Batch, chance: Chance) -> None:
        clock, local = self.clock, zone(self.clock.tz)
        for day in np.flatnonzero(chance.happens("parcel", max(clock.n - 3, 0), 4)).tolist():
            at = clock.at(np.array([9, 30, 57], np.int64) * 60 + day * DAY).tolist()
            events = tuple(
                ParcelEvent.model_construct(at=moment(when, local), code=code, label=said)
                for when, (code, said) in zip(at, STEPS, strict=True)
            )
            tracking = f"9P{chance.of('parcel').one(str(day), 10**9):09d}"
            batch.add(
                Parcel, self._series(Parcel), day, start=at[0], end=at[-1], tracking=tracking, carrier="Persona Post",
                direction="in", final=True, events=events,
            )  # fmt: skip

    def _series(self, record_type: type[Record], about: str = "") -> Series:
        return Series(record_type.type, HOLDER, about=about, tz=self.clock.tz)

    def _links(self, billing: Billing, shopping: Shopping, phone: Phone, ledger: Ledger) -> Iterator[Link]:
        def paid(*bookings: Booking | None) -> tuple[Payment, ...]:
            return tuple(ledger.payment(b) for b in bookings if b is not None and ledger.seen(b))

        for invoice, bookings in billing.paid:
            yield Link("bill", ledger.date(invoice.day), invoice.number, paid(*bookings))
        for bill in phone.bills:
            yield Link("bill", ledger.date(bill.day), bill.number, paid(bill.booking))
        for till in shopping.tills:
            yield Link("receipt", ledger.date(till.day), till.number, paid(till.booking))

    def _ways(self, travel: Travel) -> Iterator[Way]:
        local = zone(self.clock.tz)
        for j in travel.journeys:
            yield Way(moment(j.start, local), j.mode, j.told)
