"""What one record of each need looks like: all that is asked for."""

from __future__ import annotations

from datetime import date, datetime

from selfdata_sdk import Pseudonym, Row
from selfdata_sdk.model import BankTransaction, Bill, InsuranceContract, Insured, Money, Payment, Receipt, ReceiptLine


class Booked(Row[BankTransaction]):
    on: date
    amount: Money
    label: str
    kind: str | None
    counterparty: Pseudonym | None
    transaction_date: date | None
    category: str | None


class Article(Row[ReceiptLine]):
    label: str
    kind: str
    amount: Money
    unit: str | None
    vat: float | None
    category: str | None


class Paid(Row[Payment]):
    means: str
    amount: Money


class Till(Row[Receipt]):
    at: datetime
    merchant: str
    total: Money | None
    lines: tuple[Article, ...]
    payments: tuple[Paid, ...]


class EnergyBill(Row[Bill]):
    issuer: str


class Thing(Row[Insured]):
    kind: str
    value: Money | None


class Contract(Row[InsuranceContract]):
    start: datetime
    end: datetime | None
    insurer: str
    kind: str | None
    objects: tuple[Thing, ...]
