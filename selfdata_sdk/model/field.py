"""What each field of a record type is, compiled once from the pydantic model: the basis of columns,
columnar checks and reductions."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..errors import RecordTypeError
from .money import Money
from .quantity import Quantity, Reduction
from .record import WORD, OneOf, Record
from .text import Text

Kind = Literal["instant", "date", "quantity", "integer", "boolean", "text", "money", "json", "list"]

SCALAR_ROW_TYPES: dict[Kind, tuple[type, ...]] = {
    "instant": (datetime,),
    "date": (date,),
    "quantity": (float, Decimal),
    "integer": (int, float),
    "boolean": (bool,),
    "text": (str,),
    "money": (Decimal, Money),
}
"""The types that a service may ask for a field of each kind."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its kind, whether it may be missing, and its constraints.

    places   decimal places of a quantity (stored as value × 10^places)
    lower, upper   inclusive bounds as stored integers
    items    the fields of the elements of a list
    """

    name: str
    kind: Kind
    nullable: bool = False
    places: int = 0
    unit: str = ""
    title: Text | None = None
    reduce: Reduction = "last"
    lower: int | None = None
    upper: int | None = None
    pattern: str | None = None
    max_length: int | None = None
    min_length: int = 0
    choices: tuple[str, ...] | None = None
    known: tuple[str, ...] = ()
    label: bool = False
    element: type[BaseModel] | None = None
    items: tuple[Field, ...] = ()


ENVELOPE = ("quality", "status", "revision", "ext")


@cache
def fields_of(record_type: type[Record]) -> dict[str, Field]:
    """The fields that differ from record to record: times, `quality`, `status`, `revision`, `ext` and the body.

    Fields that a series holds for all its records (tz, cadence, supply point, register) are not among them.
    """
    constant = {"tz", "cadence", "source", *record_type.series_fields}
    names = [*record_type.time_fields, *ENVELOPE]
    names += [n for n in record_type.model_fields if n not in names and n not in constant]
    return {n: _field(record_type, n, record_type.model_fields[n]) for n in names}


def body_of(record_type: type[Record]) -> dict[str, Field]:
    """The body's fields that are stored per record."""
    return {n: f for n, f in fields_of(record_type).items() if n not in (*record_type.time_fields, *ENVELOPE)}


def _field(owner: type[BaseModel], name: str, info: FieldInfo) -> Field:
    where = f"{owner.__name__}.{name}"
    if name == "ext":
        return Field(name, "json", nullable=True)
    base, metadata, nullable = _unwrap(info.annotation, list(info.metadata))
    if get_origin(base) is tuple:
        element = get_args(base)[0]
        if not (isinstance(element, type) and issubclass(element, BaseModel)):
            raise RecordTypeError(f"{where} is a list of something that is not a model.", next="Use tuple[Model, ...].")
        items = tuple(_field(element, n, i) for n, i in element.model_fields.items())
        return Field(name, "list", element=element, items=items)
    title = Text(en=info.title, fr=info.description) if info.title and info.description else None
    common: dict[str, Any] = {"name": name, "nullable": nullable, "title": title}
    if quantity := next((m for m in metadata if isinstance(m, Quantity)), None):
        scale = Decimal(10) ** quantity.places
        return Field(
            **(common | {"title": quantity.title}),
            kind="quantity",
            places=quantity.places,
            unit=quantity.unit,
            reduce=quantity.reduce,
            lower=int((quantity.ge * scale).to_integral_value("ROUND_CEILING")),
            upper=int((quantity.le * scale).to_integral_value("ROUND_FLOOR")),
        )
    if get_origin(base) is Literal:
        return Field(**common, kind="text", choices=get_args(base))
    if base is bool:
        return Field(**common, kind="boolean", lower=0, upper=1)
    if base is int:
        lower, upper = _bounds(metadata)
        return Field(**common, kind="integer", lower=lower, upper=upper)
    if base is datetime or (isinstance(base, type) and base.__name__ == "AwareDatetime"):
        return Field(**common, kind="instant")
    if base is date:
        return Field(**common, kind="date")
    if base is Money:
        return Field(**common, kind="money")
    if base is str:
        return Field(**common, kind="text", **_text_rules(metadata))
    raise RecordTypeError(
        f"{where} has a type that records cannot hold.",
        next="Use Decimal with a Quantity, int, bool, str, Literal, datetime, date, Money or tuple[Model, ...].",
    )


def _unwrap(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any], bool]:
    """The bare type, all metadata on the way to it, and whether None is allowed."""
    nullable = False
    while True:
        origin = get_origin(annotation)
        if origin is typing.Annotated:
            annotation, *more = get_args(annotation)
            metadata += more
        elif origin in (typing.Union, types.UnionType):
            parts = [a for a in get_args(annotation) if a is not type(None)]
            nullable = nullable or len(parts) < len(get_args(annotation))
            if len(parts) != 1:
                return annotation, metadata, nullable
            annotation = parts[0]
        else:
            return annotation, _flat(metadata), nullable


def _flat(metadata: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for m in metadata:
        flat += list(m) if isinstance(m, annotated_types.GroupedMetadata) else [m]
        if isinstance(m, FieldInfo):
            flat += m.metadata
    return flat


def _bounds(metadata: list[Any]) -> tuple[int | None, int | None]:
    lower = upper = None
    for m in metadata:
        match m:
            case annotated_types.Ge():
                lower = int(m.ge)  # type: ignore[call-overload]
            case annotated_types.Gt():
                lower = int(m.gt) + 1  # type: ignore[call-overload]
            case annotated_types.Le():
                upper = int(m.le)  # type: ignore[call-overload]
            case annotated_types.Lt():
                upper = int(m.lt) - 1  # type: ignore[call-overload]
    return lower, upper


def _text_rules(metadata: list[Any]) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    for m in metadata:
        if isinstance(m, OneOf):
            rules |= {"pattern": WORD, "known": m.values}
        if pattern := getattr(m, "pattern", None):
            rules["pattern"] = pattern
        if isinstance(m, annotated_types.MaxLen):
            rules["max_length"] = m.max_length
        if isinstance(m, annotated_types.MinLen):
            rules["min_length"] = m.min_length
        if getattr(m, "func", None) is not None and m.func.__name__ == "_refuse_unclean":
            rules["label"] = True
    return rules
