"""CSV of French banks: lines under a header that names a date, a label and an amount, or a debit and a credit.

The columns are known by their words, whatever their order. What stands above a header may name the account and its
balance; several accounts may follow each other. A label in quotes may go over several lines. Decimal commas and points,
blanks between thousands and signs of currencies occur in one file. A debit column is subtracted whatever its sign.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from ..model import BankBalance, BankTransaction, Record, Source, Text
from .amounts import amount, currency_of
from .bank import NO_AMOUNT, NO_DATE, TZ, Booked, Ledger, account_of, midnight, refuse_nameless
from .delimited import binary, cut, ends_with_newline, split
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection
from .moments import day
from .reasons import MISFIT

_HEAD = 40
"""Lines in which the first header stands."""
_TALLEST = 20
"""Lines that a label in quotes goes over at most."""
_MADE = ("date operation", "date d operation", "date de l operation", "dateop")
_WORDS: Mapping[str, tuple[str, ...]] = {
    "on": ("date comptable", "date de comptabilisation", "booking date", "date", *_MADE),
    "transaction_date": _MADE,
    "value_date": ("date valeur", "date de valeur", "date de la valeur", "dateval", "value date"),
    "label": ("detail de l ecriture", "libelle operation", "libelle de l operation", "libelle", "nature de l operation",
              "description", "label", "operation", "libelle simplifie", "libelle court"),
    "note": ("informations complementaires", "information complementaire", "detail", "details", "commentaire",
             "comment", "note"),
    "amount": ("montant", "montant eur", "montant euros", "montant en euros", "montant de l operation",
               "montant operation", "montant operation en euro", "debit credit", "amount", "amount eur"),
    "debit": ("debit", "debit eur", "debit euros"),
    "credit": ("credit", "credit eur", "credit euros"),
    "currency": ("devise", "currency", "monnaie"),
    "account": ("compte", "numero de compte", "num compte", "n de compte", "accountnum", "account", "iban"),
    "category": ("categorie", "category"),
    "counterparty": ("contrepartie", "nom de la contrepartie", "supplierfound", "partner name"),
    "reference": ("reference", "numero d operation", "n operation"),
    "kind": ("type", "type operation", "type d operation"),
}  # fmt: skip
"""The words that head each column; of several columns for one field, that whose word comes first."""
_NAMING = re.compile(r"(?:n(?:umero|o)? (?:de |du )?)?compte(?: n(?:umero|o)?)?|iban")
_NUMBER = re.compile(r"\b(?:[A-Z]{2}\d\d(?: ?[0-9A-Z]{4}){3,7}(?: ?[0-9A-Z]{1,3})?|\d{7,}[0-9A-Z]{0,4})\b", re.ASCII)
_BALANCE = re.compile(r"solde au (\d\d/\d\d/\d{4})[\s:]*(.+)", re.IGNORECASE)
_ACCOUNT = frozenset({"carte", "compte", "iban", "ldd", "ldds", "livret", "pel"})
_BANNER = _ACCOUNT | {
    "exportation", "historique", "liste", "mouvements", "operations", "periode", "releve", "solde", "telechargement",
}  # fmt: skip
"""Words of which a line above a header has one."""
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})", re.ASCII)
_KINDS = (
    ("card", ("carte", "cb", "paiement par carte", "achat cb")), ("withdrawal", ("retrait", "dab")),
    ("direct_debit", ("prelevement", "prlv", "prlvt")), ("check", ("cheque", "chq")),
    ("transfer", ("virement", "vir", "virt", "vrt")), ("fee", ("frais", "cotisation", "commission")),
    ("interest", ("interets", "int")), ("deposit", ("remise", "versement", "depot")),
)  # fmt: skip

OTHER_CURRENCY = Text(en="Its currency is no ISO 4217 code.", fr="Sa monnaie n'est pas un code ISO 4217.")

Columns = Mapping[str, int]
"""In which column each field is."""


class BankCsv:
    """Lines of one or several accounts, and the balances that stand above them."""

    name = "bank-csv"
    version = "1"
    title = Text(en="Bank transactions (CSV, France)", fr="Opérations bancaires (CSV, France)")
    holder = "bank"
    record_types: tuple[type[Record], ...] = (BankTransaction, BankBalance)

    def recognises(self, sample: Sample) -> bool:
        return bool(_delimiter(sample))

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        ledger = Ledger(source, options, "line {}")
        last = 0 if ends_with_newline(file) else sum(1 for _ in file.lines())
        columns: Columns = {}
        widest = 0
        banner: list[tuple[int, list[str]]] = []
        account = ""
        for number, cells in _rows(file, _delimiter(file.sample)):
            if header := _columns(cells):
                columns, widest, account = header, len(cells), options.about or _account(banner)
                yield from _balances(ledger, account, banner, options.tz or TZ)
                banner = []
            elif not columns or (len(cells) < _width(columns) and _is_banner(cells)):
                banner.append((number, cells))
            elif len(cells) < _width(columns) and number == last:
                raise cut(file, number)
            elif len(cells) < _width(columns) or any(cells[widest:]):
                yield Rejection(f"line {number}", MISFIT)
            elif isinstance(found := _booked(number, cells, columns), Text):
                yield Rejection(f"line {number}", found)
            elif of := options.about or account_of(_cell(cells, columns, "account")) or account:
                ledger.booked(of, found)
            else:
                raise refuse_nameless(file.name)
        yield from ledger.tables()


def _rows(file: File, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of every row that is not blank; what goes on in quotes is one row."""
    held: list[tuple[int, str]] = []
    for number, line in file.lines():
        if "\0" in line:
            raise binary(file, number)
        if held and (len(held) == _TALLEST or _begins_with_day(line, delimiter)):  # the quote was none
            yield from _split(held, delimiter)
            held = []
        held.append((number, line))
        text = "\n".join(part for _, part in held)
        if not _goes_on(text, delimiter):
            yield from _split([(held[0][0], text)], delimiter)
            held = []
    yield from _split(held, delimiter)


def _split(lines: list[tuple[int, str]], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    return ((number, split(text.replace("\n", " "), delimiter)) for number, text in lines if text.strip())


def _goes_on(text: str, delimiter: str) -> bool:
    return text.count('"') % 2 == 1 and (text.startswith('"') or f'{delimiter}"' in text)


def _begins_with_day(line: str, delimiter: str) -> bool:
    return _day(line.split(delimiter)[0].strip(' "')) is not None


def _booked(number: int, cells: list[str], columns: Columns) -> Booked | Text:
    on = _day(_cell(cells, columns, "on"))
    try:
        moved = _amount(cells, columns)
    except ValueError:
        moved = None
    named = _cell(cells, columns, "currency")
    currency = currency_of(named) if named else "EUR"
    if on is None:
        return NO_DATE
    if moved is None:
        return NO_AMOUNT
    if not currency:
        return OTHER_CURRENCY
    label = _cell(cells, columns, "label")
    return Booked(
        number,
        on,
        moved,
        currency,
        label,
        kind=_kind(_cell(cells, columns, "kind")) or _kind(label),
        counterparty=_cell(cells, columns, "counterparty"),
        value_date=_day(_cell(cells, columns, "value_date")),
        transaction_date=_day(_cell(cells, columns, "transaction_date")),
        category=_cell(cells, columns, "category"),
        reference=_cell(cells, columns, "reference"),
        note=_cell(cells, columns, "note"),
    )


def _delimiter(sample: Sample) -> str:
    """What sets the columns apart; "" if there is no header, or what stands above it begins like no banner."""
    lines = [line for line in re.split(r"\r\n?|\n", sample.text)[:_HEAD] if line.strip()]
    for line in lines:
        for delimiter in (";", "\t", ","):
            if _columns(split(line, delimiter)):
                first = split(lines[0], delimiter)
                told = line is lines[0] or _is_banner(first) or (len(first) > 1 and delimiter != ",")
                return delimiter if told else ""
    return ""


def _columns(cells: list[str]) -> Columns:
    """Those of a header; none if the cells are no header."""
    if _day(cells[0]) is not None:
        return {}
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        places.setdefault(_plain(cell), place)
    found = {
        field: next(places[w] for w in words if w in places)
        for field, words in _WORDS.items()
        if places.keys() & set(words)
    }
    if found.get("transaction_date") == found.get("on"):
        found.pop("transaction_date", None)
    whole = {"on", "label"} <= found.keys() and ("amount" in found or {"debit", "credit"} <= found.keys())
    return found if whole else {}


def _width(columns: Columns) -> int:
    """Cells that a line has at least."""
    return max(columns[f] for f in ("on", "label", "amount", "debit", "credit") if f in columns) + 1


def _is_banner(cells: list[str]) -> bool:
    return _day(cells[0]) is None and bool(_BANNER & set(_plain(" ".join(cells)).split()))


def _account(banner: list[tuple[int, list[str]]]) -> str:
    """The number of the account that a banner names last; "" if it names none."""
    for _, cells in reversed(banner):
        first = _plain(cells[0])
        if len(cells) > 1 and _NAMING.fullmatch(first) and (named := account_of(cells[1])):
            return named
        is_about = _ACCOUNT & set(_plain(" ".join(cells)).split()) or first.isdigit()
        if is_about and (number := _NUMBER.search(" ; ".join(cells))):
            return account_of(number[0])
    return ""


def _balances(ledger: Ledger, account: str, banner: list[tuple[int, list[str]]], tz: str) -> Iterator[Item]:
    for number, cells in banner:
        if account and (found := _BALANCE.match(" ".join(cells))) and (on := _day(found[1])) is not None:
            try:
                held = amount(found[2])
            except ValueError:
                held = None
            if held is None:
                yield Rejection(f"line {number}", NO_AMOUNT)
            else:
                ledger.balance(account, number, midnight(on, tz, after=1), "closing", held, "EUR")


def _plain(text: str) -> str:
    """Lower case, no accents, words apart by one space: `Libellé opération` is `libelle operation`."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def _cell(cells: list[str], columns: Columns, field: str) -> str:
    place = columns.get(field)
    return cells[place] if place is not None and place < len(cells) else ""


def _amount(cells: list[str], columns: Columns) -> Decimal | None:
    if (found := amount(_cell(cells, columns, "amount"))) is not None:
        return found
    debit, credit = (amount(_cell(cells, columns, field)) for field in ("debit", "credit"))
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
    if "differe" in plain.split():
        return "deferred_card"
    for kind, words in _KINDS:
        if any(plain == word or plain.startswith(f"{word} ") for word in words):
            return kind
    return None


IMPORTERS: tuple[Importer, ...] = (BankCsv(),)
