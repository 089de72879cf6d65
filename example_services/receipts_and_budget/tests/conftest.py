"""Lines of an account, receipts and records, as a test needs them."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))  # the package need not be installed to be tested

from receipts_and_budget.ledger import Line
from receipts_and_budget.names import day_in, words
from receipts_and_budget.purchases import Purchase
from receipts_and_budget.rows import Article

from selfdata_sdk.model import BankTransaction, Money, Payment, Receipt, ReceiptLine, Source

PARIS = ZoneInfo("Europe/Paris")
SOURCE = Source(holder="test", importer="test", version="1", retrieved_at=datetime(2026, 1, 1, tzinfo=UTC))


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def line(
    on: date, amount: str, label: str, kind: str | None = "card", account: int = 0, category: str | None = None
) -> Line:
    return Line(on, Decimal(amount), label, kind, " ".join(words(label)), day_in(label, on), category, account)


def article(
    label: str,
    amount: str,
    *,
    kind: str = "article",
    unit: str | None = "1",
    vat: float | None = 20.0,
    category: str | None = None,
) -> Article:
    return Article(label=label, kind=kind, amount=euros(amount), unit=unit, vat=vat, category=category)


def purchase(day: date, merchant: str, *parts: str, articles: tuple[Article, ...] = ()) -> Purchase:
    """A receipt whose `parts` were paid by card."""
    paid = tuple(map(Decimal, parts))
    return Purchase(day, merchant, sum(paid, Decimal()), articles, paid)


def booked(on: date, amount: str, label: str, kind: str = "card", occurrence: int = 1) -> BankTransaction:
    return BankTransaction(
        account="1", on=on, amount=euros(amount), label=label, kind=kind, occurrence=occurrence, tz="Europe/Paris",
        source=SOURCE,
    )  # fmt: skip


def receipt(day: date, merchant: str, total: str, *lines: ReceiptLine, paid: tuple[Payment, ...] = ()) -> Receipt:
    at = datetime.combine(day, time(18), PARIS)
    return Receipt(
        at=at, merchant=merchant, total=euros(total), lines=lines, payments=paid, tz="Europe/Paris", source=SOURCE
    )
