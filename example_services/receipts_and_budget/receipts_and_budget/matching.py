"""Which line of the account paid which receipt: scored, one for one, with what speaks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from .ledger import Line
from .names import likeness, words
from .purchases import Purchase

LATEST = 7  # days until a card payment is booked, where the bank does not say when the card was used
BY_CARD = ("card", "deferred_card", "direct_debit", "other", None)
WIDEST = 64  # assignments that are followed at once


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A receipt and the line that paid it, or a `part` of it.

    dated   the line says that the card was used on the receipt's day; None: it does not say when
    named   the share of the merchant's words that stand in the line
    rivals  other lines that could have paid it, or other receipts that the line could have paid
    """

    purchase: Purchase
    part: Decimal
    line: Line
    dated: bool | None
    named: float
    score: float
    rivals: int = 0


State = tuple[int, float, tuple[Match, ...]]
"""How many pairs, the sum of their scores, and the pairs."""
States = dict[frozenset[Line], State]
"""The best for each set of lines that are used."""


def match(purchases: Sequence[Purchase], lines: Sequence[Line]) -> tuple[Match, ...]:
    """The best assignment of lines to receipts, by the receipts' time. Amounts must be equal."""
    by_amount: dict[Decimal, list[Line]] = defaultdict(list)
    for line in lines:
        if line.kind in BY_CARD:
            by_amount[-line.amount].append(line)
    wanted: dict[Decimal, list[Purchase]] = defaultdict(list)
    for purchase in sorted(purchases, key=lambda p: p.day):
        for part in purchase.by_card:
            wanted[part].append(purchase)
    found = (m for part, bought in wanted.items() for m in _assigned(part, bought, by_amount.get(part, [])))
    return tuple(sorted(found, key=lambda m: (m.purchase.day, m.line.on)))


def scored(purchase: Purchase, part: Decimal, line: Line) -> Match | None:
    """How well a line of this amount fits a receipt; None if it cannot have paid it.

    The weights are this service's own: a day that the bank says counts most, then the name, then how soon it was booked.
    """
    later = (line.on - purchase.day).days
    named = likeness(purchase.merchant, line.label)
    name = 2 * named if named or not words(line.label) else -1
    if line.used is not None:
        off = abs((line.used - purchase.day).days)
        # Tills that close after midnight write the next day.
        return None if off > 1 else Match(purchase, part, line, off == 0, named, 4 - 2 * off + name)
    if not 0 <= later <= LATEST:
        return None
    # Growing faster than the days do, so that of two alike the first bought is the first booked.
    score = 2 - 0.06 * later**2 + name
    return Match(purchase, part, line, None, named, score) if score > 0 else None


def _assigned(part: Decimal, bought: list[Purchase], lines: list[Line]) -> list[Match]:
    """As many pairs as a beam search over the receipts finds, and of these the highest sum of scores."""
    options = [[m for line in lines if (m := scored(p, part, line)) is not None] for p in bought]
    states: States = {frozenset(): (0, 0.0, ())}
    for purchase, fitting in zip(bought, options, strict=True):
        following: States = {}
        for taken, state in states.items():
            # Lines that are too old for this receipt and all later ones need not be told apart.
            used = frozenset(line for line in taken if line.on >= purchase.day - timedelta(days=1))
            _keep(following, used, state)
            pairs, total, chosen = state
            for m in fitting:
                if m.line not in used:
                    _keep(following, used | {m.line}, (pairs + 1, total + m.score, (*chosen, m)))
        best = sorted(following.items(), key=lambda item: item[1][:2], reverse=True)
        states = dict(best[:WIDEST])
    _, _, chosen = max(states.values(), key=lambda state: state[:2])
    return [_with_rivals(m, options) for m in chosen]


def _keep(states: States, used: frozenset[Line], state: State) -> None:
    if used not in states or states[used][:2] < state[:2]:
        states[used] = state


def _with_rivals(m: Match, options: list[list[Match]]) -> Match:
    others = [o for fitting in options for o in fitting if (o.purchase is m.purchase) != (o.line is m.line)]
    return Match(m.purchase, m.part, m.line, m.dated, m.named, m.score, len(others))
