"""Everything that was worked out from one person's data, once, for all advice to speak from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from .goods import Good, Insured, goods, insured
from .ledger import Ledger
from .matching import Match, match
from .purchases import Purchase, purchases
from .recurring import Recurring, recurring
from .rows import Contract, Till
from .spending import Kinds, Spending, spending


@dataclass(frozen=True, slots=True)
class Findings:
    """One person's payments and purchases, and what follows from them."""

    today: date
    ledger: Ledger
    purchases: tuple[Purchase, ...]
    matches: tuple[Match, ...]
    recurring: tuple[Recurring, ...]
    spending: Spending | None
    goods: tuple[Good, ...]
    insured: Insured
    suppliers: tuple[str, ...]
    """Those that bill the person's energy."""
    least: int
    """The price from which a thing is said to last."""

    @property
    def currency(self) -> str:
        return self.ledger.currency

    @property
    def running(self) -> tuple[Recurring, ...]:
        return tuple(r for r in self.recurring if r.runs(self.today))

    @property
    def subscriptions(self) -> tuple[Recurring, ...]:
        """Those that could be forgotten: of a fixed price, by card or direct debit, and no contract of every home."""
        return tuple(r for r in self.running if r.fixed and not r.is_contract(self.suppliers))


def find(
    ledger: Ledger,
    tills: Iterable[Till],
    contracts: Iterable[Contract],
    suppliers: tuple[str, ...],
    *,
    now: datetime,
    least: int,
) -> Findings:
    """Work out everything."""
    bought = purchases(tills, ledger.currency)
    matches = match(bought, ledger.lines)
    return Findings(
        today=now.date(),
        ledger=ledger,
        purchases=bought,
        matches=matches,
        recurring=recurring(ledger.lines),
        spending=spending(ledger.lines, Kinds.of(matches, suppliers), now.date()),
        goods=goods(bought, least),
        insured=insured(contracts, now, ledger.currency),
        suppliers=suppliers,
        least=least,
    )
