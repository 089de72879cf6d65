"""What the formats of banks have in common: lines and balances of accounts, by account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from ..errors import FileRefused
from ..model import BankBalance, BankTransaction, Series, Source, Table, Text
from ..model.text import clean
from ..model.time import DAY, to_utc
from .amounts import money
from .batch import Batch
from .importer import Options
from .occurrences import Occurrences

TZ = "Europe/Paris"
NO_AMOUNT = Text(en="Its amount cannot be read.", fr="Son montant est illisible.")
NO_DATE = Text(en="Its date cannot be read.", fr="Sa date est illisible.")
NO_CURRENCY = Text(
    en="The file does not say in which currency it is: taken to be euros.",
    fr="Le fichier ne dit pas en quelle monnaie il est : pris pour des euros.",
)
UNLABELLED = "-"
"""The label of a line that has none."""

_LONGEST = 500
_UNIX_DAY = date(1970, 1, 1).toordinal()
_STRANGE = re.compile(r"[^A-Za-z0-9 ._/*:~-]+")


@dataclass(frozen=True, slots=True)
class Booked:
    """One line of an account as a file says it. `number` is its place; `on` the day on which it was booked.

    amount  signed from the account: debit negative
    """

    number: int
    on: date
    amount: Decimal
    currency: str
    label: str
    status: str = "final"
    kind: str | None = None
    counterparty: str = ""
    counterparty_account: str = ""
    value_date: date | None = None
    transaction_date: date | None = None
    code: str | None = None
    category: str = ""
    reference: str = ""
    mandate: str = ""
    note: str = ""
    ext: dict[str, object] | None = None


class Ledger:
    """Collects the lines and balances of a file's accounts."""

    def __init__(self, source: Source, options: Options, place: str) -> None:
        self._batch = Batch(source, place)
        self._options = options
        self._occurrences = Occurrences()
        self._holder = source.holder

    def booked(self, account: str, line: Booked) -> None:
        label = short(line.label) or UNLABELLED
        amount = money(line.amount, line.currency)
        self._batch.add(
            BankTransaction,
            self._series(BankTransaction.type, account),
            line.number,
            on=days(line.on),
            amount=amount,
            label=label,
            occurrence=self._occurrences.number(account, line.on, amount, label),
            status=line.status,
            kind=line.kind,
            counterparty=short(line.counterparty) or None,
            counterparty_account=account_of(line.counterparty_account) or None,
            value_date=None if line.value_date is None else days(line.value_date),
            transaction_date=None if line.transaction_date is None else days(line.transaction_date),
            code=line.code,
            category=short(line.category) or None,
            reference=short(line.reference) or None,
            mandate=short(line.mandate) or None,
            note=short(line.note) or None,
            ext=line.ext or None,
        )

    def balance(self, account: str, number: int, at: int, kind: str, amount: Decimal, currency: str) -> None:
        """What was on the account at an instant (µs)."""
        series = self._series(BankBalance.type, account)
        self._batch.add(BankBalance, series, number, at=at, kind=kind, amount=money(amount, currency))

    def tables(self) -> Iterator[Table]:
        yield from self._batch.items()

    def _series(self, record_type: str, account: str) -> Series:
        return Series(record_type, self._holder, about=account, tz=self._options.tz or TZ)


def short(text: str) -> str:
    """A label as records hold it: one clean line, cut where it is too long."""
    return clean(text)[:_LONGEST].rstrip()


def days(on: date) -> int:
    return on.toordinal() - _UNIX_DAY


def midnight(on: date, tz: str, *, after: int = 0) -> int:
    """µs of the midnight that begins the local day `after` days later."""
    return int(to_utc(np.array([(days(on) + after) * DAY]), tz)[0])


def account_of(text: str) -> str:
    """An account's number as records hold it; an IBAN without its blanks."""
    plain = _STRANGE.sub(" ", text).strip()
    if re.fullmatch(r"[A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]{2,4}){2,9}", plain):
        plain = plain.replace(" ", "").upper()
    return " ".join(plain.split()).lstrip(" ._/:~-")[:64].rstrip()


def refuse_nameless(file_name: str) -> FileRefused:
    return FileRefused(
        "It does not say which account it is about.", where=file_name, next="Name the account: --about NUMBER."
    )
