"""Amounts as a person reads them, shared by all advice."""

from __future__ import annotations

from decimal import Decimal

from selfdata_sdk import Text
from selfdata_sdk.model import Measure

PARAGRAPH = 400  # characters


def joined(*texts: Text | None) -> Text:
    """Sentences one after the other, the weightier first: one that no longer fits a block's paragraph is left out."""
    en, fr = "", ""
    for text in texts:
        if text is not None and max(len(en) + len(text.en), len(fr) + len(text.fr)) < PARAGRAPH:
            en, fr = f"{en} {text.en}".strip(), f"{fr} {text.fr}".strip()
    return Text(en=en, fr=fr)


def energy(kwh: float) -> Measure:
    return Measure(kwh, "kW.h", 1 if kwh < 10 else 0)


def percent(share: float) -> Measure:
    return Measure(share * 100, "%")


def euros(amount: Decimal | float) -> Measure:
    return Measure(float(amount), "EUR", 0)


def clock(minutes: int) -> Text:
    """A time of day: 22:30, 22 h 30."""
    hour, minute = divmod(minutes % 1440, 60)
    return Text(en=f"{hour}:{minute:02d}", fr=f"{hour}\u00a0h\u00a0{minute:02d}" if minute else f"{hour}\u00a0h")
