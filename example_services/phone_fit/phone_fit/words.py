"""Amounts as a person reads them, shared by all advice."""

from __future__ import annotations

from decimal import Decimal

from selfdata_sdk import Measure, Text
from selfdata_sdk.model import Money

PARAGRAPH = 400  # characters


def money(amount: Decimal, currency: str) -> Money:
    # Not checked: a sum may have more digits than an amount in a record.
    return Money.model_construct(amount=amount.quantize(Decimal("0.01")), currency=currency)


def gigabytes(value: float) -> Measure:
    return Measure(value, "GBy", 0 if value >= 10 or value == int(value) else 1)


def minutes(value: float) -> Measure:
    return Measure(value, "min")


def joined(*texts: Text | None) -> Text:
    """Sentences one after the other, the weightier first: one that no longer fits a block's paragraph is left out."""
    en, fr = "", ""
    for text in texts:
        if text is not None and max(len(en) + len(text.en), len(fr) + len(text.fr)) < PARAGRAPH:
            en, fr = f"{en} {text.en}".strip(), f"{fr} {text.fr}".strip()
    return Text(en=en, fr=fr)
