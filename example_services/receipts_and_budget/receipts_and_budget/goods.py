"""Things that last, as receipts name them: until when their seller answers for them, and what they are worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from .purchases import Purchase, in_category, is_food
from .recurring import later
from .references import guarantee
from .rows import Article, Contract

COUNTED = ("1", None)
"""Units of what is sold by the piece."""
CONTENTS = ("dwelling", "appliance", "device", "valuable")
"""What a home contract insures, and belongs to what is in the home."""


@dataclass(frozen=True, slots=True)
class Good:
    """One thing. `until` is the last day of the seller's guarantee by law."""

    label: str
    price: Decimal
    bought: date
    until: date


@dataclass(frozen=True, slots=True)
class Insured:
    """The contracts that run: (kind, insurer) each, and up to how much the home's contents are insured, if told."""

    contracts: tuple[tuple[str, str], ...]
    contents: Decimal | None


def goods(purchases: Iterable[Purchase], least: int) -> tuple[Good, ...]:
    """What was bought by the piece for `least` or more and is not used up, without what was given back; latest first."""
    listed = list(purchases)
    back = Counter((a.label, -a.amount.amount) for p in listed for a in p.articles if a.kind == "return")
    found = []
    for purchase in reversed(listed):
        for article in purchase.articles:
            price = article.amount.amount
            if not _lasts(article) or price < least:
                continue
            if back[article.label, price] > 0:
                back[article.label, price] -= 1
                continue
            found.append(Good(article.label, price, purchase.day, later(purchase.day, guarantee().months)))
    return tuple(found)


def _lasts(article: Article) -> bool:
    used_up = article.category is not None and in_category(article.category, "consumed_categories")
    return article.kind == "article" and article.unit in COUNTED and not is_food(article) and not used_up


def insured(contracts: Iterable[Contract], now: datetime, currency: str) -> Insured:
    running = [c for c in contracts if c.start <= now and (c.end is None or now < c.end)]
    values = [
        thing.value.amount
        for contract in running
        if contract.kind == "home"
        for thing in contract.objects
        if thing.kind in CONTENTS and thing.value is not None and thing.value.currency == currency
    ]
    return Insured(tuple((c.kind or "other", c.insurer) for c in running), sum(values, Decimal()) if values else None)
