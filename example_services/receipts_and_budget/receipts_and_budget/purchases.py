"""What was bought, as receipts tell it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .names import plain
from .references import known
from .rows import Article, Paid, Till

UNPAID_BY_CARD = ("cash", "check", "voucher", "meal_voucher", "points")
FOOD_VAT = 5.5  # percent, up to which an article without a category is taken for food


@dataclass(frozen=True, slots=True, eq=False)
class Purchase:
    """One receipt. `by_card` are the parts of it that a bank line can show; negative where money came back."""

    day: date
    merchant: str
    total: Decimal
    articles: tuple[Article, ...]
    by_card: tuple[Decimal, ...]

    @property
    def food(self) -> Decimal | None:
        """The share that is food, 0 to 1; None if the receipt lists nothing."""
        listed = sum((a.amount.amount for a in self.articles), Decimal())
        if listed <= 0:
            return None
        food = sum((a.amount.amount for a in self.articles if is_food(a)), Decimal())
        return min(max(food / listed, Decimal()), Decimal(1))


def purchases(tills: Iterable[Till], currency: str) -> tuple[Purchase, ...]:
    """The receipts in a currency, by time."""
    found = (
        Purchase(
            till.at.date(), till.merchant, till.total.amount, till.lines, _by_card(till.total.amount, till.payments)
        )
        for till in tills
        if till.total is not None and till.total.currency == currency
    )
    return tuple(sorted(found, key=lambda p: p.day))


def _by_card(total: Decimal, payments: tuple[Paid, ...]) -> tuple[Decimal, ...]:
    parts = [p.amount.amount for p in payments if p.means not in UNPAID_BY_CARD] if payments else [total]
    return tuple(part for part in parts if part)


def is_food(article: Article) -> bool:
    """By the shop's category; without one, by the lower rate of tax."""
    if article.category is not None:
        return in_category(article.category, "food_categories")
    return article.vat is not None and article.vat <= FOOD_VAT


def in_category(category: str, names: str) -> bool:
    """Whether a word of a category begins as one of the list does."""
    return any(word.startswith(tuple(known(names))) for word in plain(category).casefold().split())
