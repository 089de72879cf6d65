"""Receipts of the MesInfos pilot (Intermarché): documents of the types `receipt` and `receiptdetail`, as JSON.

    [{"origin": "Intermarché", "receiptId": "11108221", "timestamp": "2013-10-11T15:40:31.000Z", "total": 52.04,
      "amount": 52.04, "paidAmound": 52.04, "intermarcheShopId": "6761", "checkoutId": "3", "articlesCount": 40, …},
     {"receiptId": "11108221", "order": 1, "barcode": "3073780969000", "label": "…", "amount": 3, "price": 2.15,
      "typeLabel": "Article", "familyLabel": "FROMAGE LS", …}]

Lines stand beside the receipts or inside them, in `details`. The id that a line names may lack the last digit of the
receipt's. `amount` of a line is how many, `price` the price of one.

Source of the format: the applications of the pilot (jacquarg/aliventaire, server/models).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import Payment, Receipt, ReceiptLine, Record, Series, Source, Text
from .amounts import money, stated
from .bank import NO_AMOUNT, TZ, short
from .batch import Batch
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection
from .instants import instant
from .jsons import Json, items, kept, member, read_json, words
from .objects import top_keys
from .reasons import NO_TIME
from .receipt import disagreements, line_kind

_GTIN = re.compile(r"\d{6,14}", re.ASCII)
_KNOWN = frozenset(
    {"origin", "receiptId", "timestamp", "total", "paidAmound", "intermarcheShopId", "checkoutId", "snippet", "docType"}
)

NOT_A_DOCUMENT = Text(en="It is no receipt and no line of one.", fr="Ce n'est ni un ticket, ni une ligne de ticket.")
NO_HEADER = Text(
    en="It is a line of a receipt that the file does not hold.",
    fr="C'est une ligne d'un ticket que le fichier ne contient pas.",
)


class MesInfosReceipts:
    """Receipts with their lines."""

    name = "mesinfos-receipts"
    version = "1"
    title = Text(en="Receipts of the MesInfos pilot (Intermarché)", fr="Tickets du pilote MesInfos (Intermarché)")
    holder = "Intermarché"
    record_types: tuple[type[Record], ...] = (Receipt,)

    def recognises(self, sample: Sample) -> bool:
        keys = top_keys(sample)
        return "receiptId" in keys and bool(keys & {"transactionCode", "articlesCount", "barcode", "paidAmound"})

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        root = read_json(file)
        documents: list[Json] = root if isinstance(root, list) else [root]
        batch = Batch(source, "$[{}]" if isinstance(root, list) else "$")
        yield from read_receipts(documents, batch, Series(Receipt.type, source.holder, tz=options.tz or TZ))
        yield from batch.items()


def read_receipts(documents: list[Json], batch: Batch, series: Series) -> Iterator[Item]:
    """Adds the receipts among the documents to the batch, each with its lines in their order."""
    headers: list[tuple[int, Json, str]] = []
    lines: dict[str, list[tuple[str, Json]]] = {}
    for number, document in enumerate(documents):
        place, of = f"$[{number}]", _id(document)
        if of and member(document, "label") is not None and member(document, "price") is not None:
            lines.setdefault(of, []).append((place, document))
        elif of:
            headers.append((number, document, of))
        else:
            yield Rejection(place, NOT_A_DOCUMENT)
    known = {of for _, _, of in headers}
    for number, document, of in headers:
        inner = [(f"$[{number}].details[{i}]", d) for i, d in enumerate(items(document, "details"))]
        short_id = of[:-1] if of[:-1] not in known else ""
        beside = lines.pop(of, []) + (lines.pop(short_id, []) if short_id else [])
        yield from _receipt(number, document, of, inner + beside, batch, series)
    for orphans in lines.values():
        for place, _ in orphans:
            yield Rejection(place, NO_HEADER)


def _receipt(
    number: int, document: Json, of: str, lines: list[tuple[str, Json]], batch: Batch, series: Series
) -> Iterator[Item]:
    place = f"$[{number}]"
    at = instant(member(document, "timestamp"), series.tz)
    try:
        total, to_pay, paid = (stated(member(document, name)) for name in ("total", "amount", "paidAmound"))
    except ValueError:
        total = to_pay = None
    total = to_pay if total is None else total
    if at is None or total is None:
        yield Rejection(place, NO_TIME if at is None else NO_AMOUNT)
        return
    found: list[ReceiptLine] = []
    for where, said in sorted(lines, key=lambda pair: _order(pair[1])):
        try:
            found.append(_line(said))
        except (ValueError, ArithmeticError):
            yield Rejection(where, NO_AMOUNT)
    whole = money(total, "EUR")
    payments = () if paid is None else (Payment(means="other", amount=money(paid, "EUR")),)
    batch.add(
        Receipt,
        series,
        number,
        at=at,
        merchant=short(words(document, "origin")) or "Intermarché",
        store=_word(document, "intermarcheShopId"),
        number=of,
        till=_word(document, "checkoutId"),
        total=whole,
        lines=tuple(found),
        payments=payments,
        ext=kept(document, _KNOWN, "mesinfos"),
    )
    yield from disagreements(whole, found, payments, place)


def _line(said: Json) -> ReceiptLine:
    """ValueError or ArithmeticError if its numbers are none, or larger than a receipt's."""
    label, count, price = short(words(said, "label")), stated(member(said, "amount")), stated(member(said, "price"))
    if not label or price is None:
        raise ValueError("has no label or no price")
    whole = price * (1 if count is None else count)
    barcode = str(member(said, "barcode") or "")
    return ReceiptLine(
        label=label,
        kind=line_kind(f"{label} {words(said, 'typeLabel')}", whole),
        gtin=barcode if _GTIN.fullmatch(barcode) else None,
        quantity=count,
        unit=None if count is None else "1",
        unit_price=money(price, "EUR"),
        amount=money(whole, "EUR"),
        category=short(words(said, "familyLabel")) or short(words(said, "sectionLabel")) or None,
    )


def _id(document: Json) -> str:
    found = member(document, "receiptId")
    return short(str(found)) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _word(document: Json, name: str) -> str | None:
    found = member(document, name)
    return short(str(found)) or None if isinstance(found, str | int) else None


def _order(said: Json) -> int:
    found = member(said, "order")
    return found if isinstance(found, int) else 0


IMPORTERS: tuple[Importer, ...] = (MesInfosReceipts(),)
