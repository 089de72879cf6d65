"""Amounts as a person reads them, shared by all advice."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from selfdata_sdk import Text
from selfdata_sdk.model import Measure

from ..cost import cubic_metres, extra_cost
from ..findings import Findings

MONTH = 30.4375
PARAGRAPH = 400  # characters


def volume(litres: float) -> Measure:
    """Litres, or m3 from 1 000 L on."""
    if litres < 1000:
        return Measure(litres, "L")
    return Measure(litres / 1000, "m3", 1 if litres < 100_000 else 0)


def flow(litres_per_hour: float) -> Measure:
    return Measure(litres_per_hour, "L/h", 1 if litres_per_hour < 10 else 0)


def month(first: date) -> Text:
    """Like “January 2025”."""
    return Text(en=format_date(first, "LLLL y", locale="en_GB"), fr=format_date(first, "LLLL y", locale="fr_FR"))


def duration(hours: float) -> Measure:
    """Hours up to four days, days from there on."""
    return Measure(hours, "h") if hours < 96 else Measure(int(hours / 24), "d")


def euros(findings: Findings, litres: float) -> Measure:
    """About what `litres` add to a year's bill."""
    money = extra_cost(findings.tariff, cubic_metres(findings.yearly), cubic_metres(litres))
    return Measure(float(money.amount), "EUR", 2 if abs(money.amount) < 2 else 0)


def priced(findings: Findings) -> Text:
    """By which prices the amounts of money were worked out."""
    return Text(en="Priced at the {tariff} of {day}.", fr="Au {tariff} du {day}.").fill(
        tariff=findings.tariff.name, day=findings.tariff.valid_from
    )


def joined(*texts: Text | None) -> Text:
    """Sentences one after the other, the weightier first: one that no longer fits a block's paragraph is left out."""
    en, fr = "", ""
    for text in texts:
        if text is not None and max(len(en) + len(text.en), len(fr) + len(text.fr)) < PARAGRAPH:
            en, fr = f"{en} {text.en}".strip(), f"{fr} {text.fr}".strip()
    return Text(en=en, fr=fr)


def still_open(findings: Findings) -> Text | None:
    """That the last values may still change, if they may."""
    if findings.provisional is None:
        return None
    return Text(
        en="Values from {day} on are provisional and may still change.",
        fr="Les valeurs à partir du {day} sont provisoires et peuvent encore changer.",
    ).fill(day=findings.provisional)
