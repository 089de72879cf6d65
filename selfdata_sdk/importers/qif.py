"""QIF: lists of transactions as Quicken and its kin write them.

    !Type:Bank
    D8/12'06
    T-12.50
    PMarket
    ^

No field says whose account it is but `!Account`, or the opening balance, which is booked on `[its own name]`; no field
says the currency. Days and months stand in either order: the dates of the whole file decide. Parts of a split go into
`ext` as they are. Lists of categories, classes and securities are passed over.

Source of the format: Quicken Interchange Format, as documented by Intuit for Quicken 2005.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ..model import BankTransaction, Record, Source, Text
from .amounts import amount
from .bank import NO_AMOUNT, NO_CURRENCY, NO_DATE, Booked, Ledger, account_of, refuse_nameless, short
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection, Remark

_BOOKS = {"bank": None, "cash": None, "ccard": "card", "oth a": None, "oth l": None}
"""Sections of transactions, and of which kind theirs are."""
_DATE = re.compile(r"\s*(\d{1,4})[/.-]\s*(\d{1,2})[/.'-]\s*(\d{1,4})\s*", re.ASCII)

DAY_FIRST_GUESS = Text(
    en="Nothing in the file tells whether days or months come first in its dates: taken to be days.",
    fr="Rien dans le fichier ne dit si ses dates commencent par le jour ou par le mois : pris pour le jour.",
)
MANY_ORDERS = Text(
    en="Its day and month fit no order that fits the other dates.",
    fr="Son jour et son mois ne vont pas avec l'ordre des autres dates.",
)
UNENDED = Text(
    en="Nothing ends it (^): the file may be cut.", fr="Rien ne la termine (^) : le fichier est peut-être coupé."
)
INVESTMENTS = Text(en="Transactions of securities are not read.", fr="Les opérations sur titres ne sont pas lues.")


@dataclass(slots=True)
class _Entry:
    """The fields of one transaction by their letters; parts of a split in order."""

    line: int
    account: str
    kind: str | None
    fields: dict[str, str] = field(default_factory=dict)
    parts: list[dict[str, str]] = field(default_factory=list)

    def ends_before(self, letter: str) -> bool:
        """True if a field of that letter is of the next one. A part of a split may have a date of its own."""
        return letter in self.fields and letter in ("T" if self.parts else "DT")


class Qif:
    """Transactions of bank, cash and card accounts."""

    name = "qif"
    version = "1"
    title = Text(en="Bank transactions (QIF)", fr="Opérations bancaires (QIF)")
    holder = "bank"
    record_types: tuple[type[Record], ...] = (BankTransaction,)

    def recognises(self, sample: Sample) -> bool:
        first = next((line for line in sample.lines if line.strip() and not line.startswith("#")), "")
        return re.match(r"!(type:|account\s*$|option:)", first.strip(), re.IGNORECASE) is not None

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        entries: list[_Entry] = []
        for item in _entries(file):
            if isinstance(item, _Entry):
                entries.append(item)
            else:
                yield item
        if not entries:
            return
        account = options.about or _own_name(entries)
        day_first, sure = _order([e.fields.get("D", "") for e in entries])
        ledger = Ledger(source, options, "line {}")
        for entry in entries:
            on, moved = _day(entry.fields.get("D", ""), day_first), _amount(entry.fields)
            if on is None:
                readable = _day(entry.fields.get("D", ""), not day_first) is not None
                yield Rejection(f"line {entry.line}", MANY_ORDERS if readable else NO_DATE)
            elif moved is None:
                yield Rejection(f"line {entry.line}", NO_AMOUNT)
            elif not (of := options.about or entry.account or account):
                raise refuse_nameless(file.name)
            else:
                ledger.booked(of, _booked(entry, on, moved))
        yield from ledger.tables()
        if not sure:
            yield Remark("guess", DAY_FIRST_GUESS)
        yield Remark("guess", NO_CURRENCY)


def _entries(file: File) -> Iterator[_Entry | Rejection]:
    section, account = "", ""
    entry: _Entry | None = None
    for number, raw in file.lines():
        line = raw.strip()
        if line.startswith("!"):
            if entry is not None:
                yield Rejection(f"line {entry.line}", UNENDED)
            section, entry = line[1:].strip().casefold(), None
        elif section == "account" and line[:1] == "N":
            account = account_of(line[1:])
        elif section.startswith("type:invst") and line == "^":
            yield Rejection(f"line {number}", INVESTMENTS)
        elif line and section.startswith("type:") and section[5:] in _BOOKS:
            if line == "^":
                if entry is not None:
                    yield entry
                entry = None
                continue
            if entry is not None and entry.ends_before(line[0]):
                yield Rejection(f"line {entry.line}", UNENDED)
                entry = None
            entry = entry or _Entry(number, account, _BOOKS[section[5:]])
            _take(entry, line[0], line[1:].strip())
    if entry is not None:
        yield Rejection(f"line {entry.line}", UNENDED)


def _take(entry: _Entry, letter: str, text: str) -> None:
    if letter == "S":
        entry.parts.append({"category": short(text)})
    elif letter in "E$%" and entry.parts:
        entry.parts[-1][{"E": "memo", "$": "amount", "%": "percent"}[letter]] = short(text)
    elif letter in "DTUPMNLCA" and text:
        entry.fields.setdefault(letter, text)


def _own_name(entries: list[_Entry]) -> str:
    """The account on which the opening balance is booked: the file's own."""
    for entry in entries:
        if entry.fields.get("P", "").casefold() == "opening balance" and entry.fields.get("L", "").startswith("["):
            return account_of(entry.fields["L"].strip("[]"))
    return ""


def _booked(entry: _Entry, on: date, moved: Decimal) -> Booked:
    said = entry.fields
    number = said.get("N", "")
    ext: dict[str, object] = {"qif.split": entry.parts} if entry.parts else {}
    if number:
        ext["qif.number"] = short(number)
    return Booked(
        entry.line,
        on,
        moved,
        "EUR",
        said.get("P", "") or said.get("M", ""),
        kind=entry.kind or ("check" if number.isdigit() else None),
        category=said.get("L", ""),
        note=said.get("M", "") if "P" in said else "",
        ext=ext,
    )


def _amount(said: dict[str, str]) -> Decimal | None:
    try:
        return amount(said.get("T") or said.get("U") or "")
    except ValueError:
        return None


def _parts(text: str) -> tuple[int, int, int] | None:
    """(first number, second, year) of a date, or (month, day, year) as `day_first` False where the year is first."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    first, second, third = (int(part) for part in found.groups())
    if len(found[1]) == 4:
        return second, third, first
    year = third if len(found[3]) > 2 else third + (2000 if "'" in text or third < 70 else 1900)
    return first, second, year


def _order(texts: list[str]) -> tuple[bool, bool]:
    """(whether days come first, whether the dates tell it). A date that begins with its year goes on with its month."""
    found = [parts for text in texts if (parts := _parts(text)) is not None]
    if any(re.match(r"\s*\d{4}\D", text) for text in texts):
        return False, True
    first, second = (sum(parts[i] > 12 for parts in found) for i in (0, 1))
    return (True, False) if first == second else (first > second, True)


def _day(text: str, day_first: bool) -> date | None:
    if (parts := _parts(text)) is None:
        return None
    a, b, year = parts
    try:
        return date(year, b, a) if day_first else date(year, a, b)
    except ValueError:
        return None


IMPORTERS: tuple[Importer, ...] = (Qif(),)
