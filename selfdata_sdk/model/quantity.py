"""Measured quantities: exact decimals with a fixed number of places in one canonical UCUM unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from .measure import Measure as Measure
from .money import write
from .text import Text

Reduction = Literal["sum", "mean", "last", "max", "min"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """Metadata of a quantity field: `Annotated[Decimal, Quantity("L", 3, Text(...))]`.

    unit      UCUM code of the canonical unit
    places    decimal places kept; stored as the integer value × 10^places
    title     what it is, en and fr
    reduce    how several values in one bucket of time become one
    ge, le    inclusive bounds in the canonical unit; value × 10^places must fit in 64 bits
    """

    unit: str
    places: int
    title: Text
    reduce: Reduction = "sum"
    ge: Decimal = Decimal(0)
    le: Decimal = Decimal(10) ** 12

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            _exact,
            core_schema.decimal_schema(ge=self.ge, le=self.le, decimal_places=self.places, allow_inf_nan=False),
            serialization=core_schema.plain_serializer_function_ser_schema(
                _written, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        whole = "-?[0-9]{1,18}" if self.ge < 0 else "[0-9]{1,18}"
        part = rf"(\.[0-9]{{1,{self.places}}})?" if self.places else ""
        return {
            "type": "string",
            "pattern": f"^{whole}{part}$",
            "title": self.title.en,
            "x-title-fr": self.title.fr,
            "x-unit": self.unit,
            "x-minimum": write(self.ge),
            "x-maximum": write(self.le),
            "x-reduce": self.reduce,
        }


def _written(value: Decimal) -> str:
    """Plain notation without trailing zeros: the scale belongs to the field, not to the value."""
    text = write(value) if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exact(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("is a boolean, not a number")
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, str) and not (value.isascii() and "_" not in value and value == value.strip()):
        raise ValueError("is not a plain decimal number like 12.5")
    return value
