"""The lines of a person's accounts, in one currency, without what only moves between the accounts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from selfdata_sdk import Dataset

from .names import day_in, words
from .references import known
from .rows import Booked

APART = 3  # days between both sides of a transfer


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line: `amount` is negative for what was paid.

    who   the same for all lines with one counterparty: its pseudonym, else the words of the label
    used  the day on which a card was used, where the bank says it
    """

    on: date
    amount: Decimal
    label: str
    kind: str | None
    who: str
    used: date | None
    category: str | None
    account: int = 0

    @property
    def is_spent(self) -> bool:
        """Something was paid, and not put aside."""
        return self.amount < 0 and not known("savings").intersection(words(self.label))


@dataclass(frozen=True, slots=True)
class Ledger:
    """Lines in order of time. `foreign` counts those in other currencies, which are left out."""

    lines: tuple[Line, ...]
    currency: str
    foreign: int

    @classmethod
    def of(cls, bank: Dataset[Booked]) -> Ledger:
        rows = list(bank)
        currencies = Counter(row.amount.currency for row in rows)
        currency = currencies.most_common(1)[0][0] if rows else "EUR"
        accounts = bank.series.tolist()
        lines = (
            Line(
                row.on,
                row.amount.amount,
                row.label,
                row.kind,
                row.counterparty or " ".join(words(row.label)),
                row.transaction_date or day_in(row.label, row.on),
                row.category,
                account,
            )
            for row, account in zip(rows, accounts, strict=True)
            if row.amount.currency == currency
        )
        return cls(tuple(_without_own(lines)), currency, len(rows) - currencies[currency])


def _without_own(lines: Iterable[Line]) -> Iterable[Line]:
    """Without transfers from one account to another: the same amount on both, within a few days."""
    listed = sorted(lines, key=lambda line: line.on)
    came: dict[Decimal, list[Line]] = defaultdict(list)
    for line in listed:
        if line.amount > 0 and line.kind in ("transfer", None):
            came[line.amount].append(line)
    own: set[Line] = set()
    for line in listed:
        if line.amount < 0 and line.kind in ("transfer", None):
            for other in came[-line.amount]:
                if other.account != line.account and other not in own and abs((other.on - line.on).days) <= APART:
                    own |= {line, other}
                    break
    return (line for line in listed if line not in own)
