"""OFX: statements of banks and cards, 1.x (SGML, end tags of values left out) and 2.x (XML).

Read tolerantly, as banks write it: headers missing, values empty, `<FITID></FITID>` closed in 1.x and left open in
2.x, decimal commas, instants like `20090401122017.000[-5:EST]`. The day of a line is the one that the bank wrote.
An instant without a zone is UTC, as the standard says. A bank's own id of a line is kept as a reference only.

Source of the format: Open Financial Exchange, 2.3, section 11.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from ..errors import FileRefused
from ..model import BankBalance, BankTransaction, Record, Source, Text
from ..model.time import micros
from .amounts import amount, currency_of
from .bank import NO_AMOUNT, NO_CURRENCY, NO_DATE, Booked, Ledger, account_of, refuse_nameless, short
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection, Remark
from .xml import MAX_DEPTH

MAX_OFX = 64_000_000

_ELEMENT = re.compile(r"<(/?)([A-Za-z0-9._]+)>([^<]*)")
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?(?:[.:]\d+)?)?\s*(?:\[([+-]?\d{1,2}(?:\.\d+)?)(?::\w*)?\])?", re.ASCII
)
_KINDS = {
    "ATM": "withdrawal", "CASH": "withdrawal", "CHECK": "check", "DEP": "deposit", "DIRECTDEBIT": "direct_debit",
    "DIRECTDEP": "transfer", "DIV": "interest", "FEE": "fee", "INT": "interest", "POS": "card", "SRVCHG": "fee",
    "XFER": "transfer",
}  # fmt: skip
_BALANCES = {"LEDGERBAL": "closing", "AVAILBAL": "available"}


UNENDED = Text(en="Nothing ends it where it should end.", fr="Rien ne la termine là où elle devrait finir.")
STRAY = Text(en="It holds what is no part of a statement.", fr="Elle contient ce qui ne fait pas partie d'un relevé.")


class Ofx:
    """Lines and balances of each account in the file."""

    name = "ofx"
    version = "1"
    title = Text(en="Bank statement (OFX)", fr="Relevé bancaire (OFX)")
    holder = "bank"
    record_types: tuple[type[Record], ...] = (BankTransaction, BankBalance)

    def recognises(self, sample: Sample) -> bool:
        text = sample.text
        begins = text[:500].lstrip().startswith(("OFXHEADER", "<OFX>", "<?OFX", "<?xml"))
        return begins and "<OFX>" in text and ("STMTTRNRS>" in text or "STMTRS>" in text)

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        if file.size > MAX_OFX:
            raise FileRefused("It is a statement of more than 64 MB.", where=file.name, next="Export a shorter period.")
        with file.text() as stream:
            text = stream.read()
        if not re.search(r"</OFX>\s*$", text):
            raise FileRefused("The file stops before its end.", where=file.name, next="Download it again.")
        yield from _Statements(text, file, source, options).items()


class _Statements:
    def __init__(self, text: str, file: File, source: Source, options: Options) -> None:
        self._text, self._file, self._options = text, file, options
        self._ledger = Ledger(source, options, "line {}")
        self._account = self._currency = ""
        self._card = False
        self._euros_at = 0

    def items(self) -> Iterator[Item]:
        within: list[str] = []
        values: dict[str, str] = {}
        start = line = 1
        at = 0
        for found in _ELEMENT.finditer(self._text):
            line += self._text.count("\n", at, found.start())
            at = found.start()
            closing, name, value = found[1], found[2].upper(), html.unescape(found[3]).strip()
            if closing and name not in within:
                yield Rejection(f"line {line}", STRAY)
            elif closing:
                while (inner := within.pop()) != name:
                    if inner in _SAYING:
                        yield Rejection(f"line {start}", UNENDED)
                if name in _WHOLE:
                    yield from self._ended(name, values, start)
                continue
            if within and within[-1] in values:  # a value whose end tag is left out ends here
                within.pop()
            if within[-1:] == ["BANKTRANLIST"] and name not in _IN_LIST:
                yield Rejection(f"line {line}", STRAY)
            if name in _SAYING and name in within:
                yield Rejection(f"line {start}", UNENDED)
                del within[within.index(name) :]
            if len(within) == MAX_DEPTH:
                raise FileRefused(
                    f"It is nested deeper than {MAX_DEPTH} elements, which no holder's file is.",
                    where=self._file.name,
                    next="Choose another file.",
                )
            within.append(name)
            if name in _WHOLE and name not in _INNER:
                values, start = {}, line
            elif value:
                inner = next((f"{n}." for n in within if n in _INNER), "")
                values.setdefault(f"{inner}{name}", value)
                if name == "CURDEF":
                    self._currency = currency_of(value)
        yield from self._ledger.tables()
        if self._euros_at:
            yield Remark("guess", NO_CURRENCY, f"line {self._euros_at}")

    def _ended(self, name: str, values: dict[str, str], line: int) -> Iterator[Item]:
        match name:
            case "BANKACCTFROM" | "CCACCTFROM":
                self._account, self._card = account_of(values.get("ACCTID", "")), name == "CCACCTFROM"
            case "STMTRS" | "CCSTMTRS":
                self._account = self._currency = ""
            case "STMTTRN":
                yield from self._line(values, line)
            case "LEDGERBAL" | "AVAILBAL":
                yield from self._balance(_BALANCES[name], values, line)

    def _line(self, values: dict[str, str], line: int) -> Iterator[Item]:
        on, moved = _day(values.get("DTPOSTED", "")), _amount(values.get("TRNAMT", ""))
        if moved is None:
            yield Rejection(f"line {line}", NO_AMOUNT)
        elif on is None:
            yield Rejection(f"line {line}", NO_DATE)
        else:
            kind = values.get("TRNTYPE", "").upper()
            self._ledger.booked(
                self._of(),
                Booked(
                    line,
                    on,
                    moved,
                    self._money_of(values, line),
                    _label(values.get("NAME", "") or values.get("PAYEE.NAME", ""), values.get("MEMO", "")),
                    kind=_KINDS.get(kind, "card" if self._card else None),
                    counterparty=values.get("PAYEE.NAME", ""),
                    counterparty_account=values.get("BANKACCTTO.ACCTID", ""),
                    transaction_date=_day(values.get("DTUSER", "")),
                    value_date=_day(values.get("DTAVAIL", "") or values.get("VALUEDATE", "")),
                    category=values.get("CATEGORY", ""),
                    reference=values.get("FITID", ""),
                    ext={"ofx.checknum": short(check)} if (check := values.get("CHECKNUM", "")).strip("0") else None,
                ),
            )

    def _balance(self, kind: str, values: dict[str, str], line: int) -> Iterator[Item]:
        if not values:  # `<BALAMT></BALAMT><DTASOF></DTASOF>`: the bank states none
            return
        at, amount = _instant(values.get("DTASOF", "")), _amount(values.get("BALAMT", ""))
        if at is None or amount is None:
            yield Rejection(f"line {line}", NO_DATE if at is None else NO_AMOUNT)
        else:
            self._ledger.balance(self._of(), line, at, kind, amount, self._money_of(values, line))

    def _of(self) -> str:
        if found := self._options.about or self._account:
            return found
        raise refuse_nameless(self._file.name)

    def _money_of(self, values: dict[str, str], line: int) -> str:
        """That of the line's own `<CURRENCY>`, in which its amount is; else the statement's."""
        found = currency_of(values.get("CURRENCY.CURSYM", "")) or self._currency
        self._euros_at = self._euros_at or (0 if found else line)
        return found or "EUR"


_SAYING = frozenset({"STMTTRN", "LEDGERBAL", "AVAILBAL"})
_IN_LIST = frozenset({"DTSTART", "DTEND", "STMTTRN", "STMTTRNP"})
_INNER = frozenset({"BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY", "PAYEE"})
_WHOLE = _INNER | frozenset({"BANKACCTFROM", "CCACCTFROM", "STMTRS", "CCSTMTRS", "BANKTRANLIST", *_SAYING})


def _label(name: str, memo: str) -> str:
    """Name and memo in one, as banks divide one text between them; what is said twice once."""
    if not memo or memo.casefold() in name.casefold():
        return name
    return memo if name.casefold() in memo.casefold() else f"{name} {memo}"


def _amount(text: str) -> Decimal | None:
    try:
        return amount(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    found = _DAY.match(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _instant(text: str) -> int | None:
    """µs of `20090523122017.000[-5:EST]`."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    try:
        moment = datetime(*(int(part or 0) for part in found.groups()[:6]), tzinfo=UTC)  # type: ignore[misc,arg-type]
        return micros(moment - timedelta(hours=float(found[7] or 0)))
    except (ValueError, OverflowError):
        return None


IMPORTERS: tuple[Importer, ...] = (Ofx(),)
