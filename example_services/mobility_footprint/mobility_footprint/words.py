"""Names and amounts as a person reads them, shared by all advice."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from selfdata_sdk import Measure, Text
from selfdata_sdk.model import Money

PARAGRAPH = 400  # characters

MODES = {
    "walk": Text(en="on foot", fr="à pied"),
    "bike": Text(en="bike", fr="vélo"),
    "e_bike": Text(en="electric bike", fr="vélo électrique"),
    "scooter": Text(en="electric scooter", fr="trottinette électrique"),
    "motorcycle": Text(en="motorcycle", fr="deux-roues à moteur"),
    "car": Text(en="car", fr="voiture"),
    "electric_car": Text(en="electric car", fr="voiture électrique"),
    "taxi": Text(en="taxi", fr="taxi"),
    "bus": Text(en="bus", fr="bus"),
    "coach": Text(en="coach", fr="autocar"),
    "tram": Text(en="tram", fr="tram"),
    "metro": Text(en="metro", fr="métro"),
    "train": Text(en="train", fr="train"),
    "high_speed_train": Text(en="high-speed train", fr="train à grande vitesse"),
    "ferry": Text(en="ferry", fr="ferry"),
    "plane": Text(en="plane", fr="avion"),
}
OTHER = Text(en="another way", fr="autre moyen")


def mode(name: str) -> Text:
    return MODES.get(name, OTHER)


def money(amount: Decimal, currency: str) -> Money:
    # Not checked: a sum may have more digits than an amount in a record.
    return Money.model_construct(amount=amount.quantize(Decimal("0.01")), currency=currency)


def kilos(value: float) -> Measure:
    return Measure(value, "kg", 0 if value >= 10 else 1)


def percent(part: float, whole: float) -> Measure:
    return Measure(100 * part / whole if whole else 0.0, "%")


def joined(*texts: Text | None) -> Text:
    """Sentences one after the other, the weightier first: one that no longer fits a block's paragraph is left out."""
    en, fr = "", ""
    for text in texts:
        if text is not None and max(len(en) + len(text.en), len(fr) + len(text.fr)) < PARAGRAPH:
            en, fr = f"{en} {text.en}".strip(), f"{fr} {text.fr}".strip()
    return Text(en=en, fr=fr)


def listed(items: Iterable[Text]) -> Text:
    """A list as one sentence."""
    every = list(items)
    return Text(en="; ".join(i.en for i in every) + ".", fr="\u00a0; ".join(i.fr for i in every) + ".")
