"""Money: an exact decimal amount and an ISO 4217 currency."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

MAX_DIGITS = 18  # an unscaled amount fits in 64 bits
WRITTEN = r"^-?[0-9]{1,18}(\.[0-9]{1,18})?$"

_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def plain(value: Any) -> Any:
    """Refuse what makes a decimal inexact or ambiguous: floats, booleans, exponents, underscores, blanks."""
    if isinstance(value, bool | float):
        raise ValueError("is a float, which is not exact: write it as a decimal string")
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        raise ValueError("is not a plain decimal number like -12.50")
    return value


def _kept(value: Decimal) -> Decimal:
    """The amount as it is stored: at most 18 digits with the zeros after the point, no power of ten, no -0."""
    _, digits, exponent = value.as_tuple()
    if isinstance(exponent, int) and max(len(digits), abs(exponent)) > MAX_DIGITS:
        raise ValueError(f"has more than {MAX_DIGITS} digits")
    if isinstance(exponent, int) and exponent > 0:
        return value.quantize(Decimal(1))
    return value if value else abs(value)


def write(value: Decimal) -> str:
    """Plain notation, digits as they are: 1.10 stays 1.10, never 1.1E+0."""
    return format(value, "f")


Amount = Annotated[
    Decimal,
    BeforeValidator(plain, json_schema_input_type=Annotated[str, Field(pattern=WRITTEN)]),
    Field(allow_inf_nan=False, max_digits=MAX_DIGITS),
    AfterValidator(_kept),
    PlainSerializer(write, return_type=str, when_used="json"),
]


class Money(BaseModel):
    """`amount` in units of `currency` (ISO 4217). A float is refused; on the wire the amount is a string."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Amount = Field(title="Amount", description="Montant")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        title="Currency (ISO 4217)", description="Monnaie (ISO 4217)"
    )
