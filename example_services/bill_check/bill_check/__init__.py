"""The bill check: energy and water bills, held against the meters and the bank account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

from selfdata_sdk import Block, Context, Dataset, Need, Row, Setting, Text, service
from selfdata_sdk.model import (
    BankTransaction,
    Bill,
    BillIndex,
    BillLine,
    ElectricityUse,
    GasUse,
    Money,
    WaterUse,
)

from .advice import advice
from .findings import find
from .used import Used


class Charge(Row[BillLine]):
    kind: str
    tariff_class: str | None
    start: date | None
    quantity: float | None
    unit: str | None
    unit_price: Money | None
    amount: Money | None


class Index(Row[BillIndex]):
    register_name: str
    first: float | None
    last: float | None
    estimated: bool | None


class Billed(Row[Bill]):
    on: date
    issuer: str
    number: str | None
    kind: str
    commodity: str | None
    period_start: date | None
    period_end: date | None
    due: date | None
    gross: Money
    to_pay: Money | None
    lines: tuple[Charge, ...]
    indexes: tuple[Index, ...]


class Booked(Row[BankTransaction]):
    on: date
    amount: Money
    label: str


class Electricity(Row[ElectricityUse]):
    start: datetime
    energy: float


class Gas(Row[GasUse]):
    start: datetime
    energy: float | None


class Water(Row[WaterUse]):
    start: datetime
    litres: float


BILLS = Need(
    why=Text(
        en="See what you were billed, for which time and at what price",
        fr="Voir ce qui vous a été facturé, pour quelle période et à quel prix",
    ),
    back="P2Y",
)
BANK = Need(
    why=Text(
        en="Find the payments of each bill, and payments made twice",
        fr="Retrouver les paiements de chaque facture et les paiements faits deux fois",
    ),
    back="P2Y",
    without=Text(en="No word on whether bills were paid", fr="Rien sur le paiement des factures"),
)
ELECTRICITY = Need(
    why=Text(
        en="Hold billed electricity against what your meter counted",
        fr="Comparer l'électricité facturée à ce que votre compteur a compté",
    ),
    granularity="day",
    back="P2Y",
    without=Text(en="Electricity bills are not held against the meter", fr="Factures d'électricité sans compteur"),
)
GAS = Need(
    why=Text(
        en="Hold billed gas against what your meter counted",
        fr="Comparer le gaz facturé à ce que votre compteur a compté",
    ),
    granularity="day",
    back="P2Y",
    without=Text(en="Gas bills are not held against the meter", fr="Factures de gaz sans compteur"),
)
WATER = Need(
    why=Text(
        en="Hold billed water against what your meter counted",
        fr="Comparer l'eau facturée à ce que votre compteur a compté",
    ),
    granularity="day",
    back="P2Y",
    without=Text(en="Water bills are not held against the meter", fr="Factures d'eau sans compteur"),
)
TOLERANCE = Setting(
    Text(en="Difference from the meter that is worth a word, in %", fr="Écart avec le compteur à signaler, en %"),
    ge=2,
    le=50,
)


@service(
    id="org.selfdata.bill-check",
    name=Text(en="Bill check", fr="Contrôle des factures"),
    summary=Text(
        en="Says if you were billed what you used and paid what you were billed, and what comes next.",
        fr="Dit si l'on vous a facturé ce que vous avez consommé, si c'est payé, et ce qui vient.",
    ),
)
def bill_check(
    context: Context,
    bills: Annotated[Dataset[Billed], BILLS],
    bank: Annotated[Dataset[Booked], BANK],
    electricity: Annotated[Dataset[Electricity], ELECTRICITY],
    gas: Annotated[Dataset[Gas], GAS],
    water: Annotated[Dataset[Water], WATER],
    tolerance: Annotated[int, TOLERANCE] = 8,
) -> Iterable[Block]:
    used = {
        "electricity": Used.of(electricity, "energy", 1000),
        "gas": Used.of(gas, "energy", 1),
        "water": Used.of(water, "litres", 1000),
    }
    return advice(find(list(bills), list(bank), used, context.now.date(), tolerance / 100))
