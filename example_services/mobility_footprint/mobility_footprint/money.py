"""What moving costs: fuel, tolls, tickets and passes in the lines of an account, tickets and rentals by their own price."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from selfdata_sdk.model import Money

from .references import words
from .rows import Boarding, Paid, Rented

NONE = Decimal()


@dataclass(frozen=True, slots=True)
class Spent:
    """In one currency. `transit` is what the account or what the tickets say, whichever is more: a pass or single tickets."""

    currency: str
    fuel: Decimal = NONE
    road: Decimal = NONE
    transit: Decimal = NONE
    rental: Decimal = NONE

    @property
    def car(self) -> Decimal:
        return self.fuel + self.road

    @property
    def total(self) -> Decimal:
        return self.car + self.transit + self.rental


def spent(
    lines: Iterable[Paid], boardings: Iterable[Boarding], rentals: Iterable[Rented], first: date, last: date
) -> Spent:
    paid = [(_what(p.label), _less(p.amount)) for p in lines if first <= p.on <= last]
    tickets = [b.price for b in boardings if b.price is not None and b.kind in ("board", "transfer")]
    rented = [r.cost for r in rentals if r.cost is not None]
    every = [*(m for what, m in paid if what), *tickets, *rented]
    if not every:
        return Spent("EUR")
    currency = Counter(m.currency for m in every).most_common(1)[0][0]

    def total(of: Iterable[Money]) -> Decimal:
        return sum((m.amount for m in of if m.currency == currency), NONE)

    in_account = {what: total(m for w, m in paid if w == what) for what in ("fuel", "road", "transit")}
    return Spent(
        currency,
        fuel=max(in_account["fuel"], NONE),
        road=max(in_account["road"], NONE),
        transit=max(in_account["transit"], total(tickets), NONE),
        rental=max(total(rented), NONE),
    )


def _less(amount: Money) -> Money:
    return Money.model_construct(amount=-amount.amount, currency=amount.currency)


def _what(label: str) -> str | None:
    plain = "".join(c for c in unicodedata.normalize("NFKD", label.upper()) if not unicodedata.combining(c))
    found = set(re.findall(r"[A-Z]+", plain))
    return next((what for what in ("fuel", "road", "transit") if found & words(what)), None)
