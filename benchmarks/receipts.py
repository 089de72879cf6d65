"""Which card lines paid which receipts, and which payments come back, found in generated households beside plain rules.

The households are told in several ways: as a bank that says when a card was used, as one that does not, and as one that
names no shops either; and so that all shopping is in whole 5 euros besides, which makes many lines alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from receipts_and_budget.ledger import Line
from receipts_and_budget.matching import match
from receipts_and_budget.names import day_in, words
from receipts_and_budget.purchases import Purchase
from receipts_and_budget.recurring import recurring

from selfdata_sdk.model import BankTransaction, Receipt
from selfdata_sdk.testing.personas import Persona, households

SERVICE = "receipts_and_budget"
SAME_AMOUNT = "the same amount within 3 days"
SAME_LABEL = "the same label and amount three times"
PLANTED = "forgotten-subscription@2026-03-12:12.99EUR"

COMES_BACK = re.compile(
    "VIR PERMANENT LOYER|PRLV ECHEANCE PRET|PRLV SEPA PERSONA (ASSURANCE (HABITATION|AUTO)|TRANSIT|MOBILE"
    "|ELECTRICITY|GAS)|CARTE PERSONA (FILMS|FITNESS)|COTISATION CARTE"
)
"""What the households pay again and again, by the labels of their accounts."""
FEW = 4  # lines, from which a payment that comes back can be seen

Pair = tuple[Purchase, Line]


@dataclass(frozen=True, slots=True)
class Score:
    hits: int
    misses: int
    false: int

    @property
    def precision(self) -> float:
        return self.hits / max(self.hits + self.false, 1)

    @property
    def recall(self) -> float:
        return self.hits / max(self.hits + self.misses, 1)


@dataclass(frozen=True, slots=True)
class Home:
    """A household's account and receipts, and which line truly paid which receipt."""

    lines: tuple[Line, ...]
    purchases: tuple[Purchase, ...]
    pairs: frozenset[Pair]

    def told(self, line_as: Callable[[Line], Line], amount_as: Callable[[Decimal], Decimal]) -> Home:
        """The same, as another bank or shop would tell it."""
        lines = {line: line_as(line) for line in self.lines}
        bought = {
            p: replace(p, by_card=tuple(map(amount_as, p.by_card)), total=amount_as(p.total)) for p in self.purchases
        }
        pairs = frozenset((bought[p], lines[line]) for p, line in self.pairs)
        return Home(tuple(lines.values()), tuple(bought.values()), pairs)


def homes(n: int) -> Iterator[Home]:
    """`n` of them, each with a subscription that is forgotten."""
    return map(_home, households(n, plant=[PLANTED]))


def _home(person: Persona) -> Home:
    records = [r for t in person.tables if t.record_type in (BankTransaction, Receipt) for r in t.records()]
    lines = {
        (r.on, r.amount.amount, r.label, r.occurrence): Line(
            r.on, r.amount.amount, r.label, r.kind, r.counterparty or " ".join(words(r.label)),
            r.transaction_date or day_in(r.label, r.on), None,
        )
        for r in records if isinstance(r, BankTransaction)
    }  # fmt: skip
    bought = {
        (r.at.date(), r.number): Purchase(
            r.at.date(), r.merchant, r.total.amount, (),
            tuple(p.amount.amount for p in r.payments if p.means == "card"),
        )
        for r in records if isinstance(r, Receipt)
    }  # fmt: skip
    pairs = frozenset(
        (bought[link.on, link.number], lines[paid.on, paid.amount, paid.label, paid.occurrence])
        for link in person.links
        if link.kind == "receipt"
        for paid in link.payments
    )
    return Home(tuple(sorted(lines.values(), key=lambda line: line.on)), tuple(bought.values()), pairs)


def _undated(line: Line) -> Line:
    return replace(line, used=None, label=re.sub(r" \d\d/\d\d ", " ", line.label))


def _rounded(line: Line) -> Line:
    return _undated(line) if COMES_BACK.match(line.label) else replace(_undated(line), amount=_whole(line.amount))


def _nameless(line: Line) -> Line:
    return line if COMES_BACK.match(line.label) else replace(line, label="CARTE", used=None)


def _whole(amount: Decimal) -> Decimal:
    return (amount / 5).quantize(Decimal(1)) * 5


TOLD: dict[str, Callable[[Home], Home]] = {
    "the bank says the day": lambda home: home,
    "it does not": lambda home: home.told(_undated, lambda amount: amount),
    "amounts in whole 5 €": lambda home: home.told(_rounded, _whole),
    "neither day nor shop": lambda home: home.told(_nameless, lambda amount: amount),
    "neither, and whole 5 €": lambda home: home.told(lambda line: _nameless(_rounded(line)), _whole),
}
COUNTERPARTIES = tuple(TOLD)[:3]
"""Without names nobody can tell what comes back."""


def scores(n: int = 200) -> tuple[dict[str, dict[str, Score]], dict[str, dict[str, Score]]]:
    """(pairs, payments that come back): by how the homes are told, of each rule."""
    lived = list(homes(n))
    pairs: dict[str, dict[str, Score]] = {}
    payments: dict[str, dict[str, Score]] = {}
    for how, as_told in TOLD.items():
        told = [as_told(home) for home in lived]
        pairs[how] = {
            SERVICE: _total((_matched(home), home.pairs) for home in told),
            SAME_AMOUNT: _total((_same_amount(home), home.pairs) for home in told),
        }
        if how in COUNTERPARTIES:
            payments[how] = {
                SERVICE: _total((_recurring(home), _comes_back(home)) for home in told),
                SAME_LABEL: _total((_same_label(home), _comes_back(home)) for home in told),
            }
    return pairs, payments


def _total(results: Iterable[tuple[frozenset[object], frozenset[object]]]) -> Score:
    hits = misses = false = 0
    for found, true in results:
        hits, misses, false = hits + len(found & true), misses + len(true - found), false + len(found - true)
    return Score(hits, misses, false)


def _matched(home: Home) -> frozenset[object]:
    return frozenset((m.purchase, m.line) for m in match(home.purchases, home.lines))


def _same_amount(home: Home) -> frozenset[object]:
    found: dict[Line, Purchase] = {}
    for purchase in home.purchases:
        fitting = (
            line
            for line in home.lines
            if line not in found and line.amount == -purchase.total and 0 <= (line.on - purchase.day).days <= 3
        )
        if (line := next(fitting, None)) is not None:
            found[line] = purchase
    return frozenset((purchase, line) for line, purchase in found.items())


def _comes_back(home: Home) -> frozenset[object]:
    """Who is paid again and again: the words of the label."""
    counts = Counter(_payee(line) for line in home.lines if line.amount < 0 and COMES_BACK.match(line.label))
    return frozenset(payee for payee, n in counts.items() if n >= FEW)


def _recurring(home: Home) -> frozenset[object]:
    return frozenset(_payee(r.lines[-1]) for r in recurring(home.lines))


def _same_label(home: Home) -> frozenset[object]:
    counts = Counter((line.label, line.amount) for line in home.lines if line.amount < 0)
    return frozenset(words(label) for (label, _), n in counts.items() if n >= 3)


def _payee(line: Line) -> tuple[str, ...]:
    return words(line.label)


if __name__ == "__main__":
    for title, found in zip(("pairs", "payments that come back"), scores(20), strict=True):
        for how, by_rule in found.items():
            for rule, score in by_rule.items():
                print(f"{title}, {how}, {rule}: precision {score.precision:.3f}, recall {score.recall:.3f}, {score}")
