"""CSV of French banks: lines under a header that names a date, a label and an amount, or a debit and a credit.

The columns are known by their words, whatever their order; a banner above them may name the account. Decimal commas and
points, blanks between thousands and signs of currencies occur in one file. A debit column is subtracted whatever its
sign.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..model import BankTransaction, Record, Source, Text
from .amounts import amount, currency_of
from .bank import NO_AMOUNT, NO_DATE, Booked, Ledger, account_of, refuse_nameless
from .delimited import cut, ends_with_newline, rows, split
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection
from .moments import day
from .reasons import MISFIT

_HEAD = 40
"""Lines in which the header stands."""
_WORDS: Mapping[str, tuple[str, ...]] = {
    "on": ("date", "date comptable", "date de comptabilisation", "date operation", "date de l operation",
           "date d operation", "dateop", "booking date"),
    "value_date": ("date valeur", "date de valeur", "dateval", "value date"),
    "label": ("libelle", "libelle operation", "libelle de l operation", "libelle simplifie", "nature de l operation",
              "description", "label", "operation"),
    "note": ("informations complementaires", "information complementaire", "detail", "details", "commentaire", "note"),
    "amount": ("montant", "montant eur", "montant euros", "montant en euros", "montant de l operation", "amount"),
    "debit": ("debit", "debit eur", "debit euros"),
    "credit": ("credit", "credit eur", "credit euros"),
    "currency": ("devise", "currency", "monnaie"),
    "account": ("compte", "numero de compte", "num compte", "n de compte", "accountnum", "account", "iban"),
    "category": ("categorie", "category"),
    "reference": ("reference", "numero d operation", "n operation"),
    "kind": ("type", "type operation", "type d operation"),
}  # fmt: skip
_NAMES = {word: field for field, words in _WORDS.items() for word in words}
_BANNER = re.compile(r"(?:n(?:umero|o|°)? (?:de |du )?)?compte(?: n(?:umero|o)?)?", re.ASCII)
_BANNER_WORDS = frozenset({"compte", "iban", "liste", "mouvements", "operations", "periode", "releve", "solde"})
"""Words of which a line above the header has one, where it is no table itself."""
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})", re.ASCII)
_KINDS = (
    ("card", ("carte", "cb", "paiement par carte", "achat cb")), ("withdrawal", ("retrait", "dab")),
    ("direct_debit", ("prelevement", "prlv", "prlvt")), ("check", ("cheque", "chq")),
    ("transfer", ("virement", "vir", "virt", "vrt")), ("fee", ("frais", "cotisation", "commission")),
    ("interest", ("interets", "int")), ("deposit", ("remise", "versement", "depot")),
)  # fmt: skip

OTHER_CURRENCY = Text(en="Its currency is no ISO 4217 code.", fr="Sa monnaie n'est pas un code ISO 4217.")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the header stands, how cells are set apart, and which column each field is in."""

    line: int
    delimiter: str
    columns: Mapping[str, int]
    account: str

    @property
    def width(self) -> int:
        return max(self.columns[f] for f in ("on", "label", "amount", "debit", "credit") if f in self.columns) + 1


class BankCsv:
    """Lines of one or several accounts."""

    name = "bank-csv"
    version = "1"
    title = Text(en="Bank transactions (CSV, France)", fr="Opérations bancaires (CSV, France)")
    holder = "bank"
    record_types: tuple[type[Record], ...] = (BankTransaction,)

    def recognises(self, sample: Sample) -> bool:
        return _layout(sample) is not None

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        layout = _layout(file.sample)
        assert layout is not None, "read only what is recognised"
        ledger = Ledger(source, options, "line {}")
        whole = ends_with_newline(file)
        last = sum(1 for _ in file.lines()) if not whole else 0
        for number, cells in rows(file, layout.delimiter):
            if number <= layout.line:
                continue
            if len(cells) < layout.width:
                if number == last:
                    raise cut(file, number)
                yield Rejection(f"line {number}", MISFIT)
                continue
            found = _booked(number, cells, layout)
            if isinstance(found, Text):
                yield Rejection(f"line {number}", found)
                continue
            account = options.about or account_of(_cell(cells, layout, "account")) or layout.account
            if not account:
                raise refuse_nameless(file.name)
            ledger.booked(account, found)
        yield from ledger.tables()


def _booked(number: int, cells: list[str], layout: _Layout) -> Booked | Text:
    on = _day(_cell(cells, layout, "on"))
    try:
        moved = _amount(cells, layout)
    except ValueError:
        moved = None
    named = _cell(cells, layout, "currency")
    currency = currency_of(named) if named else "EUR"
    if on is None:
        return NO_DATE
    if moved is None:
        return NO_AMOUNT
    if not currency:
        return OTHER_CURRENCY
    label = _cell(cells, layout, "label")
    return Booked(
        number,
        on,
        moved,
        currency,
        label,
        kind=_kind(_cell(cells, layout, "kind")) or _kind(label),
        value_date=_day(_cell(cells, layout, "value_date")),
        category=_cell(cells, layout, "category"),
        reference=_cell(cells, layout, "reference"),
        note=_cell(cells, layout, "note"),
    )


def _layout(sample: Sample) -> _Layout | None:
    account = ""
    for number, line in enumerate(sample.lines[:_HEAD], 1):
        for delimiter in (";", "\t", ","):
            cells = split(line, delimiter)
            columns: dict[str, int] = {}
            for place, cell in enumerate(cells):
                if (field := _NAMES.get(_plain(cell))) is not None:
                    columns.setdefault(field, place)
            if {"on", "label"} <= columns.keys() and ("amount" in columns or {"debit", "credit"} <= columns.keys()):
                above = [line for line in sample.lines[: number - 1] if line.strip()]
                return (
                    _Layout(number, delimiter, columns, account)
                    if all(_is_banner(b, delimiter) for b in above)
                    else None
                )
            if len(cells) > 1 and not account and _BANNER.fullmatch(_plain(cells[0]).rstrip()):
                account = account_of(cells[1])
    return None


def _is_banner(line: str, delimiter: str) -> bool:
    return delimiter in line or bool(_BANNER_WORDS & set(_plain(line).split()))


def _plain(text: str) -> str:
    """Lower case, no accents, words apart by one space: `Libellé opération` is `libelle operation`."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def _cell(cells: list[str], layout: _Layout, field: str) -> str:
    place = layout.columns.get(field)
    return cells[place] if place is not None and place < len(cells) else ""


def _amount(cells: list[str], layout: _Layout) -> Decimal | None:
    if (found := amount(_cell(cells, layout, "amount"))) is not None:
        return found
    debit, credit = (amount(_cell(cells, layout, field)) for field in ("debit", "credit"))
    if debit is None and credit is None:
        return None
    return abs(credit or Decimal(0)) - abs(debit or Decimal(0))


def _day(text: str) -> date | None:
    if (found := day(text[:10])) is not None:
        return found
    if (short := _DATE.fullmatch(text.split(" ")[0])) is None:
        return None
    number, month, year = (int(part) for part in short.groups())
    try:
        return date(year + 2000 if year < 100 else year, month, number)
    except ValueError:
        return None


def _kind(text: str) -> str | None:
    plain = _plain(text)
    for kind, words in _KINDS:
        if any(plain == word or plain.startswith(f"{word} ") for word in words):
            return kind
    return None


IMPORTERS: tuple[Importer, ...] = (BankCsv(),)
