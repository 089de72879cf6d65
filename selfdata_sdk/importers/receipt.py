"""What the formats of till receipts have in common: kinds of lines, means of payment, and what does not add up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..model import Money, Payment, ReceiptLine, Text
from .importer import Remark

LINES_DIFFER = Text(
    en="The lines of a receipt do not add up to its total: both are kept.",
    fr="Les lignes d'un ticket ne donnent pas son total : les deux sont gardés.",
)
PAID_DIFFERS = Text(
    en="What was paid is not the total of the receipt: both are kept.",
    fr="Ce qui a été payé n'est pas le total du ticket : les deux sont gardés.",
)

_DEPOSIT = re.compile(r"\b(pfand|leergut|consignes?|déconsigne|deconsigne|deposit)\b", re.I)
_DISCOUNT = re.compile(
    r"rabatt|nachlass|coupon|remise|réduction|reduction|avantage|promo|discount|bon d'achat|ticket leclerc", re.I
)
_MEANS = (
    ("meal_voucher", re.compile(r"ticket.?rest|titres?.?rest|swile|edenred|pluxee|sodexo", re.I)),
    ("cash", re.compile(r"\b(bar|cash|esp[eè]ces?|rückgeld|rendu|monnaie)\b", re.I)),
    ("check", re.compile(r"ch[eè]que", re.I)),
    ("voucher", re.compile(r"gutschein|coupon|bon d'achat|carte cadeau|voucher", re.I)),
    ("points", re.compile(r"payback|points?\b|punkte|cagnotte", re.I)),
    ("card", re.compile(r"\b(cb|carte|karte|girocard|visa|mastercard|maestro|ec|amex|v pay|card)\b", re.I)),
)


def line_kind(label: str, amount: Decimal) -> str:
    """What a line is, by its words and its sign."""
    if _DEPOSIT.search(label):
        return "deposit"
    if amount < 0:
        return "discount" if _DISCOUNT.search(label) else "return"
    return "article"


def means_of(words: str) -> str:
    """The means of payment that the words name; "other" if they name none."""
    return next((means for means, named in _MEANS if named.search(words)), "other")


def disagreements(
    total: Money, lines: Sequence[ReceiptLine], payments: Sequence[Payment], place: str
) -> Iterator[Remark]:
    """What of a receipt does not fit together."""
    if lines and sum(line.amount.amount for line in lines) != total.amount:
        yield Remark("disagreement", LINES_DIFFER, place)
    if payments and sum(p.amount.amount for p in payments) != total.amount:
        yield Remark("disagreement", PAID_DIFFERS, place)
