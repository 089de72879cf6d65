"""Names of companies in bills and on bank lines: how much they have in common."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache

_NOISE = frozenset({
    "ACHAT", "CARTE", "CB", "DE", "DES", "DU", "ECHEANCE", "ET", "EUR", "FACTURE", "FR", "LA", "LE", "LES", "PERMANENT",
    "PRELEVEMENT", "PRLV", "PRLVT", "SA", "SARL", "SAS", "SDD", "SEPA", "SERVICE", "SERVICES", "VIR", "VIREMENT", "VOTRE",
})  # fmt: skip


@cache
def words(text: str) -> frozenset[str]:
    """The words that tell a company, without accents, banking words and numbers."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(c))
    return frozenset(w for w in re.findall(r"[A-Z]{2,}", bare) if w not in _NOISE)


def common(names: Iterable[str]) -> frozenset[str]:
    """Words that several companies share, as those of one group do: they tell little."""
    counts = Counter(word for name in set(names) for word in words(name))
    return frozenset(word for word, n in counts.items() if n > 1)


def likeness(name: str, label: str, weak: frozenset[str] = frozenset()) -> float:
    """The share of a name's words that a label has, 0 to 1; `weak` ones count a quarter.

    A word cut short by the bank counts from four letters on.
    """
    mine, theirs = words(name), words(label)
    weights = {w: 0.25 if w in weak else 1.0 for w in mine}
    found = sum(
        weights[w]
        for w in mine
        if any(w == t or (len(t) >= 4 and (w.startswith(t) or t.startswith(w))) for t in theirs)
    )
    return found / sum(weights.values()) if weights else 0.0


def holds(label: str, number: str) -> bool:
    """True if a label quotes a bill's number of at least five signs."""
    plain = re.sub(r"[^A-Z0-9]", "", number.upper())
    return len(plain) >= 5 and plain in re.sub(r"[^A-Z0-9 ]", "", label.upper()).split()
