"""Bills whose fields were taken from a PDF by invoice2data, as JSON.

    [{"issuer": "Free", "amount": 29.99, "amount_untaxed": 24.99, "date": "2015-07-02", "date_due": "2015-07-05",
      "invoice_number": "…", "date_start": "2015-07-01", "date_end": "2015-07-31", "currency": "EUR",
      "line_number": "…", "client_id": "…", …}]

One bill per object. The fields beside issuer, amount, date and number depend on the template that was used. A bill of a
telephone line (`line_number`) is of none of water and energy.

Source of the format: invoice2data, output modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ..model import Bill, Money, Record, Series, Source, Text
from .amounts import currency_of, money, stated
from .bank import NO_AMOUNT, NO_CURRENCY, NO_DATE, days, short
from .batch import Batch
from .bill import NO_ISSUER, TZ
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection, Remark
from .jsons import Json, kept, member, read_json, words
from .moments import day
from .objects import top_keys

_ASKED = frozenset({"issuer", "amount", "date", "invoice_number"})
_KNOWN = _ASKED | {
    "amount_untaxed", "date_due", "date_start", "date_end", "currency", "line_number", "client_id", "amount_tax",
}  # fmt: skip


class ExtractedBill:
    """Bills, one per object."""

    name = "invoice2data"
    version = "1"
    title = Text(en="Bills read from PDF by invoice2data", fr="Factures lues en PDF par invoice2data")
    holder = "issuer"
    record_types: tuple[type[Record], ...] = (Bill,)

    def recognises(self, sample: Sample) -> bool:
        return top_keys(sample) >= _ASKED

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        root = read_json(file)
        batch = Batch(source, "$[{}]" if isinstance(root, list) else "$")
        series = Series(Bill.type, source.holder, tz=options.tz or TZ)
        documents: list[Json] = root if isinstance(root, list) else [root]
        for number, document in enumerate(documents):
            yield from _bill(document, number, batch, series)
        yield from batch.items()


def _bill(document: Json, number: int, batch: Batch, series: Series) -> Iterator[Item]:
    place = f"$[{number}]"
    currency = currency_of(words(document, "currency"))
    on, issuer = _day(document, "date"), short(words(document, "issuer"))
    try:
        gross, net, tax = (_money(document, name, currency) for name in ("amount", "amount_untaxed", "amount_tax"))
    except ValueError:
        gross = None
    if on is None or gross is None or not issuer:
        yield Rejection(place, NO_DATE if on is None else NO_AMOUNT if gross is None else NO_ISSUER)
        return
    start, end, due = (_day(document, name) for name in ("date_start", "date_end", "date_due"))
    line = _label(document, "line_number")
    batch.add(
        Bill,
        series,
        number,
        on=days(on),
        issuer=issuer,
        number=_label(document, "invoice_number"),
        commodity="other" if line else None,
        contract=line,
        customer=_label(document, "client_id"),
        period_start=None if start is None else days(start),
        period_end=None if end is None else days(end) + 1,
        due=None if due is None else days(due),
        net=net,
        vat_amount=tax,
        gross=gross,
        ext=kept(document, _KNOWN, "invoice2data"),
    )
    if not currency:
        yield Remark("guess", NO_CURRENCY, place)


def _money(document: Json, name: str, currency: str) -> Money | None:
    """ValueError if the member is no amount."""
    value = stated(member(document, name))
    return None if value is None else money(value, currency or "EUR")


def _day(document: Json, name: str) -> date | None:
    return day(words(document, name)[:10])


def _label(document: Json, name: str) -> str | None:
    found = member(document, name)
    return short(str(found)) or None if isinstance(found, str | int) and not isinstance(found, bool) else None


IMPORTERS: tuple[Importer, ...] = (ExtractedBill(),)
