"""Till receipts as plain text, as German and French shops mail them.

    REWE                                  the merchant, then its address
    TOMATEN                  1,36 B       an article and the letter of its VAT
      0,456 kg x  2,99 EUR/kg             how much of the article above, and its amount if that has none
    LEERGUT                 -0,75 A       a deposit given back
    SUMME         EUR        0,61         the total, and below it the payments and the VAT by letter

What stands above the total and is none of these is kept as a note. Nothing is repaired: what does not add
up is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from ..model import Money, Payment, Receipt, ReceiptLine, Record, Series, Source, Text
from ..model.purchase import VatTotal
from ..model.time import MINUTE, SECOND, to_utc
from .amounts import amount, money
from .bank import NO_AMOUNT, NO_CURRENCY, TZ, UNLABELLED, days, short
from .batch import Batch
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection, Remark
from .moments import day
from .reasons import NO_TIME
from .receipt import disagreements, line_kind, means_of

_SUM = r"(-?\d{1,3}(?:[ .]\d{3})+[.,]\d\d|-?\d{1,7}[.,]\d\d|\d{1,7}[.,]\d\d-)"
_SIGN = r"\s*(?:EUR|€)?"
_MERCHANT = re.compile(r"[^\W_][^:;,|]{0,40}")
_ITEM = re.compile(rf"(?P<label>.*?[^\W\d_].*?)\s+(?:EUR\s*)?{_SUM}{_SIGN}(?:\s+(?P<letter>[A-Z0-9]))?(?:\s*\*)?")
_COUNTED = re.compile(
    r"(?P<count>\d{1,6}(?:[.,]\d{1,3})?)\s*(?P<unit>kg|g|l|stk|st|pcs?)?\.?\s*[x×*]\s*"
    rf"(?P<price>\d{{1,6}}[.,]\d\d){_SIGN}(?:\s*/\s*\w+)?(?:\s+{_SUM}{_SIGN}(?:\s+(?P<letter>[A-Z0-9]))?)?",
    re.I,
)
_TOTAL = re.compile(
    rf"(?:SUMME|TOTAL|NET À PAYER|NET A PAYER|À PAYER|A PAYER)\b(?!\s*(?:HT|TVA|REMISE)\b)[^\d-]*{_SUM}{_SIGN}", re.I
)
_OTHER_TOTAL = re.compile(r"(?:sous.?total|subtotal|zwischensumme|total|summe)\b", re.I)
_PAID = re.compile(rf"(?:Geg\.|Gegeben)?\s*(?P<means>\D*[^\W\d_]\D*?)\s+(?:EUR\s*)?{_SUM}{_SIGN}")
_BACK = re.compile(r"rückgeld|rendu|monnaie", re.I)
_TAX = re.compile(
    rf"(?:(?P<letter>[A-Z0-9])\s*=?\s+)?(?:TVA\s+)?(?P<rate>\d{{1,2}}(?:[.,]\d{{1,3}})?)\s*%\s+{_SUM}\s+{_SUM}\s+{_SUM}",
    re.I,
)
_WHEN = re.compile(r"\b(\d\d)[./](\d\d)[./](\d{4})\s+(?:à\s+)?(\d\d)[:h](\d\d)(?::(\d\d))?")
_NUMBERED = {
    "number": re.compile(r"(?:Bon-Nr\.|Ticket(?: n°)?|N° ticket)\s*:?\s*(\d\w{0,39})", re.I),
    "store": re.compile(r"(?:Markt|Magasin)\s*:?\s*(\w{1,40})", re.I),
    "till": re.compile(r"(?:Kasse|Caisse)\s*:?\s*(\d{1,10})\b", re.I),
    "siret": re.compile(r"SIRET\s*:?\s*((?:\d ?){13}\d)\b", re.I),
}
_WIDEST = 200
"""Characters of a line; no till prints wider ones, and the patterns would take long for them."""
_UNITS = {"kg": "kg", "g": "g", "l": "L"}


class TextReceipt:
    """One receipt."""

    name = "text-receipt"
    version = "1"
    title = Text(en="Till receipt as text", fr="Ticket de caisse en texte")
    holder = "shop"
    record_types: tuple[type[Record], ...] = (Receipt,)

    def recognises(self, sample: Sample) -> bool:
        lines = [line.strip() for line in sample.lines if line.strip()]
        return (
            bool(lines)
            and _MERCHANT.fullmatch(lines[0]) is not None
            and any(_TOTAL.fullmatch(line) for line in lines)
            and any(_WHEN.search(line) for line in lines)
        )

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        batch = Batch(source, "receipt {}")
        series = Series(Receipt.type, source.holder, tz=options.tz or TZ)
        slip = _Slip()
        ahead = None
        for number, line in file.lines():
            if ahead is not None:
                slip.take(*ahead)
            ahead = (number, " ".join(line.split()))
        if ahead is not None:
            slip.take(*ahead, last=True)
        yield from slip.items(batch, series)
        yield from batch.items()


@dataclass(slots=True)
class _Line:
    label: str
    amount: Decimal
    letter: str
    count: Decimal | None = None
    unit: str | None = None
    price: Decimal | None = None


@dataclass(slots=True)
class _Slip:
    """What is read so far: the merchant, then lines up to the total, then payments and taxes."""

    merchant: str = ""
    lines: list[_Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    above: str = ""
    """The line before, if it was a note."""
    total: Decimal | None = None
    paid: dict[str, Decimal] = field(default_factory=dict)
    taxes: dict[str, tuple[Decimal, Decimal, Decimal, Decimal]] = field(default_factory=dict)
    when: re.Match[str] | None = None
    named: dict[str, str] = field(default_factory=dict)
    said_currency: bool = False
    bad: list[Rejection] = field(default_factory=list)

    def take(self, number: int, line: str, *, last: bool = False) -> None:
        self.said_currency |= "EUR" in line or "€" in line
        self.when = self.when or _WHEN.search(line)
        for name, pattern in _NUMBERED.items():
            # A number that ends the file may be cut.
            if not last and (found := pattern.search(line)):
                self.named.setdefault(name, found[1].replace(" ", ""))
        if not line or len(line) > _WIDEST or not self.merchant:
            self.merchant = self.merchant or line
            return
        try:
            (self._bought if self.total is None else self._settled)(line)
        except ValueError:
            self.bad.append(Rejection(f"line {number}", NO_AMOUNT))

    def _bought(self, line: str) -> None:
        if total := _TOTAL.fullmatch(line):
            self.total = amount(total[1])
        elif counted := _COUNTED.fullmatch(line):
            self._counted(counted)
        elif (item := _ITEM.fullmatch(line)) and not _OTHER_TOTAL.match(line):
            self.lines.append(_Line(item["label"], amount(item[2]) or Decimal(0), item["letter"] or ""))
        elif any(c.isalnum() for c in line) and line != "EUR":
            self.notes.append(line)
            self.above = line
            return
        self.above = ""

    def _counted(self, counted: re.Match[str]) -> None:
        """How many of the line above, which has its amount there, or here."""
        if (whole := counted[4]) is not None:
            if self.above:
                self.notes.pop()
            self.lines.append(_Line(self.above or UNLABELLED, amount(whole) or Decimal(0), counted["letter"] or ""))
        if self.lines:
            last = self.lines[-1]
            last.count, last.price = amount(counted["count"]), amount(counted["price"])
            last.unit = _UNITS.get((counted["unit"] or "").lower(), "1")

    def _settled(self, line: str) -> None:
        if tax := _TAX.fullmatch(line):
            rate = amount(tax["rate"])
            sums = sorted((amount(s) or Decimal(0) for s in tax.group(3, 4, 5)), key=abs)
            if rate is not None:
                self.taxes.setdefault(tax["letter"] or str(rate), (rate, sums[1], sums[0], sums[2]))
        elif not self.taxes and (paid := _PAID.fullmatch(line)) and self._is_payment(line):
            given = amount(paid[2]) or Decimal(0)
            means = "cash" if _BACK.search(line) else means_of(paid["means"])
            self.paid[means] = self.paid.get(means, Decimal(0)) + (-abs(given) if _BACK.search(line) else given)

    def _is_payment(self, line: str) -> bool:
        return line.startswith(("Geg.", "Gegeben")) or means_of(line) != "other"

    def items(self, batch: Batch, series: Series) -> Iterator[Item]:
        yield from self.bad
        at = self._at(series.tz)
        if at is None or self.total is None:
            yield Rejection("receipt 1", NO_TIME if at is None else NO_AMOUNT)
            return

        def euros(value: Decimal) -> Money:
            return money(value, "EUR")

        lines = tuple(
            ReceiptLine(
                label=short(line.label),
                kind=line_kind(line.label, line.amount),
                quantity=line.count,
                unit=line.unit,
                unit_price=None if line.price is None else euros(line.price),
                amount=euros(line.amount),
                vat=self.taxes[line.letter][0] if line.letter in self.taxes else None,
            )
            for line in self.lines
        )
        payments = tuple(Payment(means=means, amount=euros(paid)) for means, paid in self.paid.items())
        total = euros(self.total)
        batch.add(
            Receipt,
            series,
            1,
            at=at,
            merchant=short(self.merchant),
            **{name: short(value) for name, value in self.named.items()},
            total=total,
            lines=lines,
            vat=tuple(
                VatTotal(rate=rate, net=euros(net), tax=euros(tax), gross=euros(gross))
                for rate, net, tax, gross in self.taxes.values()
            ),
            payments=payments,
            ext={"receipt.notes": [short(note) for note in self.notes]} if self.notes else None,
        )
        if not self.said_currency:
            yield Remark("guess", NO_CURRENCY)
        yield from disagreements(total, lines, payments, "receipt 1")

    def _at(self, tz: str) -> int | None:
        """µs UTC of the date and time on the receipt."""
        if self.when is None:
            return None
        number, month, year, hour, minute, second = self.when.groups()
        on = day(f"{year}-{month}-{number}")
        if on is None or int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
            return None
        local = days(on) * 24 * 60 * MINUTE + (int(hour) * 60 + int(minute)) * MINUTE + int(second or 0) * SECOND
        return int(to_utc(np.array([local]), tz)[0])


IMPORTERS: tuple[Importer, ...] = (TextReceipt(),)
