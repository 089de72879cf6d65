"""Values as a person reads them in English or French (Babel)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable

from .measure import Measure
from .money import Money

# UCUM code → (en, fr) symbol. A unit that is missing here is written as its code.
SYMBOLS = {
    "L": ("L", "L"),
    "L/h": ("L/h", "L/h"),
    "m3": ("m³", "m³"),
    "W": ("W", "W"),
    "kW": ("kW", "kW"),
    "W.h": ("Wh", "Wh"),
    "kW.h": ("kWh", "kWh"),
    "kV.A": ("kVA", "kVA"),
    "V.A": ("VA", "VA"),
    "h": ("h", "h"),
    "d": ("days", "jours"),
    "%": ("%", "%"),
    "m2": ("m²", "m²"),
    "1": ("", ""),
    "kW.h/m3": ("kWh/m³", "kWh/m³"),
    "L/d": ("L/day", "L/jour"),
    "L/(d.{person})": ("L/person/day", "L/personne/jour"),
    "m": ("m", "m"),
    "km": ("km", "km"),
    "m/s": ("m/s", "m/s"),
    "deg": ("°", "°"),
    "s": ("s", "s"),
    "By": ("B", "o"),
    "GBy": ("GB", "Go"),
    "EUR": ("€", "€"),
    "EUR/m3": ("€/m³", "€/m³"),
}
NO_BREAK = "\u00a0"


@runtime_checkable
class Said(Protocol):
    """A text in both languages (`Text`, which this file does not import: it uses this one)."""

    def say(self, language: str) -> str: ...


def symbol(unit: str, language: str) -> str:
    """The symbol of a UCUM unit as it is written in `language`."""
    en, fr = SYMBOLS.get(unit, (unit, unit))
    return fr if language == "fr" else en


def wording(value: object, language: str) -> str:
    """`value` in `language`: numbers, `Measure`, `Money`, dates (medium), datetimes (wall clock), `Text`, str."""
    from babel.dates import format_date, format_datetime
    from babel.numbers import format_currency, format_decimal

    locale = "fr_FR" if language == "fr" else "en_GB"
    match value:
        case Said():
            return value.say(language)
        case str():
            return value
        case Measure():
            number = format_decimal(round(value.value, value.places) or 0, format=_pattern(value.places), locale=locale)
            return _with_unit(number, symbol(value.unit, language), language)
        case Money():
            return str(format_currency(value.amount, value.currency, locale=locale))
        case bool():
            return {("en", True): "yes", ("en", False): "no", ("fr", True): "oui"}.get((language, value), "non")
        case int() | float() | Decimal():
            return str(format_decimal(value, locale=locale))
        case datetime():
            return _first(str(format_datetime(value, "d MMM y HH:mm", locale=locale)), value, language)
        case date():
            return _first(str(format_date(value, "d MMM y", locale=locale)), value, language)
        case _:
            raise TypeError(f"a {type(value).__name__} has no wording: give a number, Measure, Money, date or text")


def _with_unit(number: str, unit: str, language: str) -> str:
    """English writes €473 and 39%, French 473 € and 39 %."""
    if language == "en" and unit == "€":
        return f"-€{number[1:]}" if number.startswith("-") else f"€{number}"
    if language == "en" and unit == "%":
        return f"{number}%"
    return f"{number}{NO_BREAK}{unit}" if unit else number


def _first(written: str, day: date, language: str) -> str:
    """French writes the first of a month 1er, which Babel does not."""
    return f"1er{written[1:]}" if language == "fr" and day.day == 1 else written


def _pattern(places: int) -> str:
    return "#,##0" + ("." + "0" * places if places else "")
