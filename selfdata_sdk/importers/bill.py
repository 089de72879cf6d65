"""Electronic invoices of the European norm (EN 16931): one way to read both of its syntaxes, CII and UBL.

Amounts stay as the issuer states them. Where lines or taxes do not add up to the totals, both are kept and a remark says
so. A credit note has positive amounts, and its kind says that they go the other way.

Sources: EN 16931-1 (fields BT-1 …), UNTDID 1001 (kinds of document), UN/ECE recommendation 20 (units), UCUM.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from ..errors import FileRefused
from ..model import Bill, BillLine, Money, Series, Source, Text
from ..model.purchase import VatTotal
from .amounts import amount, currency_of, money
from .bank import NO_AMOUNT, NO_CURRENCY, NO_DATE, days, short
from .batch import Batch
from .file import File
from .importer import Item, Options, Rejection, Remark
from .moments import day
from .xml import local, walk

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

T = TypeVar("T")

TZ = "Europe/Paris"
MAX_XML = 50_000_000

NO_ISSUER = Text(en="It does not say who issued it.", fr="Elle ne dit pas qui l'a émise.")
UNREADABLE = Text(en="A number or a date in it cannot be read.", fr="Un nombre ou une date y est illisible.")
NO_LABEL = Text(en="It has no label.", fr="Elle n'a pas de libellé.")
LINES_DIFFER = Text(
    en="The lines of a bill do not add up to its net total: both are kept.",
    fr="Les lignes d'une facture ne donnent pas son total hors taxe : les deux sont gardés.",
)
TAX_DIFFERS = Text(
    en="Net and VAT of a bill do not add up to its total: all are kept.",
    fr="Le hors taxe et la TVA d'une facture ne donnent pas son total : tous sont gardés.",
)
COMMODITY_GUESSED = Text(
    en="What a bill is for (electricity, gas, water, heat) is taken from the words of its lines.",
    fr="L'objet d'une facture (électricité, gaz, eau, chaleur) est déduit des mots de ses lignes.",
)

UNITS = {
    "KWH": "kW.h", "MWH": "MW.h", "WHR": "W.h", "KWT": "kW", "KVA": "kV.A", "MTQ": "m3", "LTR": "L", "KGM": "kg",
    "GRM": "g", "TNE": "t", "MTR": "m", "KMT": "km", "MTK": "m2", "SEC": "s", "MIN": "min", "HUR": "h", "DAY": "d",
    "WEE": "wk", "MON": "mo", "ANN": "a", "AD": "By", "4L": "MBy", "E34": "GBy", "C62": "1", "H87": "1", "EA": "1",
    "NAR": "1", "LS": "1",
}  # fmt: skip
"""UN/ECE recommendation 20 → UCUM. Any other code becomes an annotation: `{XBX}`."""

_KINDS = {"380": "invoice", "384": "invoice", "386": "invoice", "393": "invoice", "575": "invoice", "751": "invoice",
          "381": "credit_note", "396": "credit_note", "261": "credit_note", "503": "credit_note"}  # fmt: skip
_LINE_KINDS = {"kW.h": "use", "MW.h": "use", "W.h": "use", "m3": "use", "L": "use", "mo": "standing", "a": "standing"}
_COMMODITIES = {
    "electricity": re.compile(r"\b(électricité|electricite|electricity|strom)\b", re.I),
    "gas": re.compile(r"\b(gaz|gas|erdgas)\b", re.I),
    "water": re.compile(r"\b(eau|water|wasser|trinkwasser)\b", re.I),
    "heat": re.compile(r"\b(chaleur|chauffage urbain|heat|fernwärme)\b", re.I),
}
_POINT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/:-]{0,63}", re.ASCII)
_UNIT_CODE = re.compile(r"[A-Z0-9]{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Syntax:
    """Where a syntax has what: paths of element names, `|` between those that are tried in turn."""

    prefix: str
    roots: frozenset[str]
    number: str
    code: str
    on: str
    due: str
    currency: str
    issuer: str
    customer: str
    contract: str
    object: str
    point: str
    period_start: str
    period_end: str
    net: str
    tax: str
    gross: str
    prepaid: str
    to_pay: str
    lines: str
    line_label: str
    line_start: str
    line_end: str
    line_quantity: str
    line_price: str
    line_price_for: str
    line_amount: str
    line_vat: str
    allowances: str
    allowance_is_charge: str
    allowance_amount: str
    allowance_reason: str
    allowance_vat: str
    taxes: str
    tax_rate: str
    tax_net: str
    tax_amount: str
    kept: tuple[tuple[str, str], ...] = ()
    """(name in `ext`, path) of texts that have no field of their own."""


def read_bill(syntax: Syntax, file: File, source: Source, options: Options) -> Iterator[Item]:
    """The one bill that a document holds. FileRefused if it is larger than 50 MB or no such document."""
    if file.size > MAX_XML:
        raise FileRefused("It is an XML file of more than 50 MB.", where=file.name, next="Choose another file.")
    batch = Batch(source, "bill {}")
    series = Series(Bill.type, source.holder, tz=options.tz or TZ)
    for starts, name, root in walk(file, syntax.roots):
        if not starts and name in syntax.roots:
            yield from _Reader(syntax, root).add(batch, series)
    yield from batch.items()


class _Reader:
    """Reads one bill."""

    def __init__(self, syntax: Syntax, root: Element) -> None:
        self._s = syntax
        self._root = root
        self._said_currency = currency_of(_text(root, syntax.currency))
        self._currency = self._said_currency or "EUR"

    def add(self, batch: Batch, series: Series) -> Iterator[Item]:
        s, root = self._s, self._root
        issuer = short(_text(root, s.issuer))
        on, due, start, end = (self._date(path) for path in (s.on, s.due, s.period_start, s.period_end))
        try:
            net, tax, gross, prepaid, to_pay = (
                self._money(root, path) for path in (s.net, s.tax, s.gross, s.prepaid, s.to_pay)
            )
        except ValueError:
            gross = None
        if on is None or gross is None or not issuer:
            yield Rejection("bill 1", NO_DATE if on is None else NO_AMOUNT if gross is None else NO_ISSUER)
            return
        for what, found, path in (
            ("due date", due, s.due),
            ("period", start, s.period_start),
            ("period", end, s.period_end),
        ):
            if found is None and _text(root, path):
                yield Rejection(f"bill 1, {what}", NO_DATE)
        lines, bad_lines = _good("line", self._all(s.lines), self._line)
        allowances, bad_allowances = _good("allowance or charge", self._all(s.allowances), self._allowance)
        vat, bad_taxes = _good("VAT", self._all(s.taxes), self._vat)
        yield from bad_lines + bad_allowances + bad_taxes
        commodity = _commodity(issuer, lines)
        code = _text(root, s.code) or ("381" if local(root.tag) == "CreditNote" else "380")
        ext = self._kept()
        if code not in ("380", "381"):
            ext[f"{s.prefix}.type"] = short(code)
        batch.add(
            Bill,
            series,
            1,
            on=days(on),
            issuer=issuer,
            number=short(_text(root, s.number)) or None,
            kind=_KINDS.get(code, "other"),
            commodity=commodity,
            contract=short(_text(root, s.contract)) or None,
            customer=short(_text(root, s.customer)) or None,
            point=next((p for path in (s.object, s.point) if _POINT.fullmatch(p := _text(root, path))), None),
            period_start=None if start is None else days(start),
            period_end=None if end is None else days(end) + 1,
            due=None if due is None else days(due),
            net=net,
            vat_amount=tax,
            gross=gross,
            balance_before=money(-prepaid.amount, prepaid.currency) if prepaid and prepaid.amount else None,
            to_pay=to_pay,
            lines=lines + allowances,
            vat=vat,
            ext=ext or None,
        )
        if not self._said_currency:
            yield Remark("guess", NO_CURRENCY)
        if commodity is not None:
            yield Remark("guess", COMMODITY_GUESSED)
        yield from disagreements(lines + allowances, net, tax, gross)

    def _date(self, path: str) -> date | None:
        """The date there; None if there is none, or none that can be read."""
        try:
            return _date(_text(self._root, path))
        except ValueError:
            return None

    def _kept(self) -> dict[str, object]:
        """Texts that have no field, a list where there are several."""
        found = {name: [short(_whole(e)) for e in self._all(path)] for name, path in self._s.kept}
        said = {name: [text for text in texts if text] for name, texts in found.items()}
        return {f"{self._s.prefix}.{name}": t[0] if len(t) == 1 else t for name, t in said.items() if t}

    def _line(self, node: Element) -> BillLine | Text:
        s = self._s
        if not (label := short(_text(node, s.line_label))):
            return NO_LABEL
        start, end = (_date(_text(node, path)) for path in (s.line_start, s.line_end))
        found = _find(node, s.line_quantity)
        code = "" if found is None else found.get("unitCode", "")
        unit = UNITS.get(code) or (f"{{{code}}}" if _UNIT_CODE.fullmatch(code) else None)
        rate = _rate(node, s.line_vat)
        return BillLine(
            label=label,
            kind=_LINE_KINDS.get(unit or "", "other"),
            start=start,
            end=None if end is None else end + timedelta(days=1),
            quantity=_number(node, s.line_quantity),
            unit=unit,
            unit_price=self._price(node),
            amount=self._money(node, s.line_amount),
            vat=rate,
        )

    def _price(self, node: Element) -> Money | None:
        """The price of one unit; None if the file has none, or one that money cannot hold exactly."""
        price = self._money(node, self._s.line_price)
        count = _number(node, self._s.line_price_for)
        if price is None or count is None or count == 1:
            return price
        one = price.amount / count if count else None
        exact = one is not None and one * count == price.amount and -int(one.normalize().as_tuple().exponent) <= 12
        return money(one, price.currency) if exact and one is not None else None

    def _allowance(self, node: Element) -> BillLine | Text:
        moved = self._money(node, self._s.allowance_amount)
        if moved is None:
            return NO_AMOUNT
        charge = _text(node, self._s.allowance_is_charge) == "true"
        return BillLine(
            label=short(_text(node, self._s.allowance_reason)) or ("Charge" if charge else "Allowance"),
            kind="other" if charge else "discount",
            amount=moved if charge else money(-moved.amount, moved.currency),
            vat=_rate(node, self._s.allowance_vat),
        )

    def _vat(self, node: Element) -> VatTotal | Text:
        net, tax = self._money(node, self._s.tax_net), self._money(node, self._s.tax_amount)
        gross = money(net.amount + tax.amount, net.currency) if net and tax else None
        rate = _rate(node, self._s.tax_rate)
        return VatTotal(rate=Decimal(0) if rate is None else rate, net=net, tax=tax, gross=gross)

    def _all(self, path: str) -> list[Element]:
        return [e for alternative in path.split("|") for e in self._root.findall(_anywhere(alternative))]

    def _money(self, node: Element, path: str) -> Money | None:
        """The amount there, the one in the bill's currency if there are several; ValueError if it is none."""
        for alternative in path.split("|"):
            found = node.findall(_anywhere(alternative))
            for element in sorted(found, key=lambda e: e.get("currencyID", self._currency) != self._currency):
                value = amount(element.text or "")
                return None if value is None else money(value, element.get("currencyID", self._currency))
        return None


def disagreements(lines: tuple[BillLine, ...], net: Money | None, tax: Money | None, gross: Money) -> Iterator[Remark]:
    """What of a bill does not fit together."""
    amounts = [line.amount.amount for line in lines if line.amount is not None]
    if net is not None and amounts and sum(amounts) != net.amount:
        yield Remark("disagreement", LINES_DIFFER, "bill 1")
    if net is not None and tax is not None and net.amount + tax.amount != gross.amount:
        yield Remark("disagreement", TAX_DIFFERS, "bill 1")


def _good(
    what: str, nodes: list[Element], read: Callable[[Element], T | Text]
) -> tuple[tuple[T, ...], list[Rejection]]:
    """(what can be read of the nodes, rejections of the others)."""
    found: list[T] = []
    bad: list[Rejection] = []
    for number, node in enumerate(nodes, 1):
        try:
            item = read(node)
        except (ValueError, ArithmeticError):
            item = UNREADABLE
        if isinstance(item, Text):
            bad.append(Rejection(f"bill 1, {what} {number}", item))
        else:
            found.append(item)
    return tuple(found), bad


def _commodity(issuer: str, lines: tuple[BillLine, ...]) -> str | None:
    """What a bill with amounts of use is for, if its words name one thing alone."""
    if not any(line.kind == "use" for line in lines):
        return None
    words = " ".join([issuer, *(line.label for line in lines)])
    named = [commodity for commodity, words_of in _COMMODITIES.items() if words_of.search(words)]
    return named[0] if len(named) == 1 else None


def _number(node: Element, path: str) -> Decimal | None:
    return amount(_text(node, path))


def _rate(node: Element, path: str) -> Decimal | None:
    rate = _number(node, path)
    if rate is not None and not 0 <= rate <= 100:
        raise ValueError("is no rate")
    return rate


def _date(text: str) -> date | None:
    """`20240131` or `2024-01-31`, with or without a zone behind it; None if it is empty, ValueError if it is no date."""
    if not text:
        return None
    plain = re.sub(r"(\d{4})-?(\d\d)-?(\d\d)(Z|[+-]\d\d:\d\d)?", r"\1-\2-\3", text, flags=re.ASCII)
    if (found := day(plain)) is None:
        raise ValueError("is no date")
    return found


def _text(node: Element, path: str) -> str:
    found = _find(node, path)
    return "" if found is None else _whole(found)


def _whole(node: Element) -> str:
    return "".join(node.itertext()).strip()


def _find(node: Element, path: str) -> Element | None:
    for alternative in path.split("|"):
        found = node.find(_anywhere(alternative)) if alternative else None
        if found is not None:
            return found
    return None


@lru_cache(maxsize=256)
def _anywhere(path: str) -> str:
    """A path of names as a path of elements of any namespace."""
    return re.sub(r"(^|/)(?=\w)", r"\1{*}", path)
