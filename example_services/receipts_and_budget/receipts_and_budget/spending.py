"""What part of spending is food and what energy, and of how much of it anything is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .ledger import Line
from .matching import Match
from .names import likeness, words
from .purchases import in_category
from .references import known

LENGTH = 365  # days
FEW = 3  # receipts of a shop, from which its other lines are taken to be made of the same


@dataclass(frozen=True, slots=True)
class Spending:
    """Of the lines from `first` to `last`: what was spent, on food, on energy, and of how much it is known on what.

    receipts  how much of it receipts tell
    """

    first: date
    last: date
    total: Decimal
    food: Decimal
    energy: Decimal
    known: Decimal
    receipts: Decimal

    @property
    def unknown(self) -> Decimal:
        return self.total - self.known

    def share(self, part: Decimal) -> float:
        """In percent of all."""
        return float(100 * part / self.total)


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a line was for, by the person's own receipts and bills first.

    matched    the share of food of lines whose receipt is known
    shops      the share of food at shops of which there are some receipts
    suppliers  those that bill the person's energy
    """

    matched: dict[Line, Decimal]
    shops: dict[str, Decimal]
    suppliers: tuple[str, ...]

    @classmethod
    def of(cls, matches: Iterable[Match], suppliers: tuple[str, ...]) -> Kinds:
        matched, by_shop = {}, defaultdict(list)
        for m in matches:
            if (food := m.purchase.food) is not None:
                matched[m.line] = food
                by_shop[m.line.who].append(food)
        shops = {who: sum(of, Decimal()) / len(of) for who, of in by_shop.items() if len(of) >= FEW}
        return cls(matched, shops, suppliers)

    def of_line(self, line: Line) -> tuple[Decimal, Decimal] | None:
        """(share of food, share of energy); None if nobody knows."""
        nothing, all_of_it = Decimal(), Decimal(1)
        if (food := self.matched.get(line)) is not None:
            return food, nothing
        if any(likeness(supplier, line.label) == 1 for supplier in self.suppliers):
            return nothing, all_of_it
        if line.category is not None:
            return (
                Decimal(in_category(line.category, "food_categories")),
                Decimal(in_category(line.category, "energy_categories")),
            )
        if (food := self.shops.get(line.who)) is not None:
            return food, nothing
        said = set(words(line.label))
        if said & known("food_shops"):
            return all_of_it, nothing
        if line.kind != "card" and said & known("energy_suppliers"):
            return nothing, all_of_it
        return (nothing, nothing) if line.kind == "fee" or said & known("contracts") else None


def spending(lines: Sequence[Line], kinds: Kinds, today: date) -> Spending | None:
    """Of the last year; None if nothing was spent in it. What came back of food and energy is taken off."""
    since = today - timedelta(days=LENGTH)
    total = food = energy = sure = told = Decimal()
    days = []
    for line in lines:
        if line.on <= since or not (line.is_spent or line.amount > 0):
            continue
        parts = kinds.of_line(line)
        if line.amount > 0 and not (parts and (parts[1] or line in kinds.matched)):
            continue
        days.append(line.on)
        paid = -line.amount
        total += paid
        if parts is not None:
            sure += paid
            food += paid * parts[0]
            energy += paid * parts[1]
        if line in kinds.matched:
            told += paid
    return Spending(days[0], days[-1], total, food, energy, sure, told) if total > 0 else None
