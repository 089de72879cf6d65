"""Amounts, names and lists as a person reads them, shared by all advice."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from selfdata_sdk import Measure, Text
from selfdata_sdk.model import Money

from ..findings import Findings

PARAGRAPH = 400  # characters
LIST = 300

EVERY = {
    1: Text(en="a month", fr="par mois"),
    2: Text(en="every two months", fr="tous les deux mois"),
    3: Text(en="a quarter", fr="par trimestre"),
    6: Text(en="every half-year", fr="par semestre"),
    12: Text(en="a year", fr="par an"),
}


def money(findings: Findings, amount: Decimal) -> Money:
    # Not checked: a sum may have more digits than an amount in a record.
    return Money.model_construct(amount=amount.quantize(Decimal("0.01")), currency=findings.currency)


def percent(share: float) -> Measure:
    return Measure(share, "%")


def joined(*texts: Text | None) -> Text:
    """Sentences one after the other, the weightier first: one that no longer fits a block's paragraph is left out."""
    en, fr = "", ""
    for text in texts:
        if text is not None and max(len(en) + len(text.en), len(fr) + len(text.fr)) < PARAGRAPH:
            en, fr = f"{en} {text.en}".strip(), f"{fr} {text.fr}".strip()
    return Text(en=en, fr=fr)


def listed(items: Iterable[Text]) -> Text:
    """A list as one sentence, as far as it fits; it says how many more there are."""
    every = list(items)
    en, fr, n = every[0].en, every[0].fr, 1
    for item in every[1:]:
        if max(len(en) + len(item.en), len(fr) + len(item.fr)) > LIST:
            break
        en, fr, n = f"{en}; {item.en}", f"{fr} ; {item.fr}", n + 1
    more = len(every) - n
    if more:
        return Text(en=f"{en}; and {more} more.", fr=f"{fr} ; et {more} de plus.")
    return Text(en=f"{en}.", fr=f"{fr}.")


def readable(label: str, longest: int = 40) -> str:
    """A label of a shop: not in capitals, which are hard to read, and cut where it is long."""
    plain = label.capitalize() if label.isupper() else label
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"
