"""Money: an exact decimal amount and an ISO 4217 currency."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

MAX_DIGITS = 18  # an unscaled amount fits in 64 bits

_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")


def plain(value: Any) -> Any:
    """Refuse what makes a decimal inexact or ambiguous: floats, booleans, exponents, underscores, blanks."""
    if isinstance(value, bool | float):
        raise ValueError("is a float, which is not exact: write it as a decimal string")
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        raise ValueError("is not a plain decimal number like -12.50")
    return value


def write(value: Decimal) -> str:
    """Plain notation, digits as they are: 1.10 stays 1.10, never 1.1E+0."""
    return format(value, "f")


Amount = Annotated[
    Decimal,
    BeforeValidator(plain, json_schema_input_type=str),
    Field(allow_inf_nan=False, max_digits=MAX_DIGITS),
    PlainSerializer(write, return_type=str, when_used="json"),
]


class Money(BaseModel):
    """`amount` in units of `currency` (ISO 4217). A float is refused; on the wire the amount is a string."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Amount
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
