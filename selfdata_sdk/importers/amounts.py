"""Amounts of money in files, exact."""

from __future__ import annotations

import re
from decimal import Decimal

from ..model import Money

_MINOR = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
"""Decimals of the currencies that do not have two (ISO 4217)."""
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([ '.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?", re.ASCII)
_PLAIN = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)", re.ASCII)
_MOST_DIGITS = 15


def money(amount: Decimal, currency: str) -> Money:
    """`amount` with the decimals that the currency has, more only where they say something: 1.5 is 1.50 EUR."""
    places = max(_MINOR.get(currency, 2), -int(amount.normalize().as_tuple().exponent))
    return Money(amount=amount.quantize(Decimal(1).scaleb(-places)), currency=currency)


def amount(text: str) -> Decimal | None:
    """`1 234,56`, `1,234.56`, `-12.5`, `12,50-`, `(12.50)` or `12,50 €`; None if it is empty.

    A lone comma or point is the decimal one, even before three digits: banks write no thousands without decimals.
    ValueError if it is no amount.
    """
    plain = re.sub(r"[\u00a0\u202f\u2009\s]+", " ", text).replace("\u2212", "-")
    plain = plain.strip(" €$£").removesuffix("EUR").strip()
    if not plain:
        return None
    negative = False
    if plain.startswith("(") and plain.endswith(")"):
        plain, negative = plain[1:-1].strip(), True
    elif plain.endswith("-"):
        plain, negative = plain[:-1].strip(), True
    plain = re.sub(r"^([+-]) ", r"\1", plain)
    if not _PLAIN.fullmatch(plain):
        if not (grouped := _GROUPED.fullmatch(plain)):
            raise ValueError("is no amount")
        plain = plain.replace(grouped[1], "")
    if sum(c.isdigit() for c in plain) > _MOST_DIGITS:
        raise ValueError("is too large")
    found = Decimal(plain.replace(",", "."))
    return -found if negative else found


def stated(value: object) -> Decimal | None:
    """The amount that a value of a JSON file states, as a number or as text; ValueError if it states none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("is no amount")
    return amount(format(value, "f") if isinstance(value, Decimal) else str(value))


def currency_of(text: str) -> str:
    """The ISO 4217 code that a text names by code or sign; "" if it names none."""
    plain = text.strip().upper()
    return _SIGNS.get(plain, plain if re.fullmatch("[A-Z]{3}", plain) else "")
