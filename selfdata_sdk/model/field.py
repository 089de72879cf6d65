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
from pydantic import AfterValidator, BaseModel, BeforeValidator, Strict
from pydantic.fields import FieldInfo

from ..errors import RecordTypeError
from .instant import in_utc
from .money import Money
from .quantity import Quantity, Reduction
from .record import WORD, OneOf, Record
from .text import Text, refuse_unclean

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
    default  what a record holds that does not say: a text or a whole number; None if that is "missing"
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
    default: str | int | None = None


ENVELOPE = ("quality", "status", "revision", "ext")


@cache
def fields_of(record_type: type[Record]) -> dict[str, Field]:
    """The fields that differ from record to record: times, `quality`, `status`, `revision`, `ext` and the body.

    Fields that a series holds for all its records (tz, cadence, supply point, register) are not among them.
    """
    _refuse_own_rules(record_type)
    constant = {"tz", "cadence", "source", *record_type.series_fields}
    names = [*record_type.time_fields, *ENVELOPE]
    names += [n for n in record_type.model_fields if n not in names and n not in constant]
    return {n: _field(record_type, n, record_type.model_fields[n]) for n in names}


def body_of(record_type: type[Record]) -> dict[str, Field]:
    """The body's fields that are stored per record."""
    return {n: f for n, f in fields_of(record_type).items() if n not in (*record_type.time_fields, *ENVELOPE)}


def _refuse_own_rules(model: type[BaseModel]) -> None:
    """A validator written in the class would not be part of the columnar checks: two verdicts on one record."""
    own = model.__pydantic_decorators__
    named = {**own.field_validators, **own.validators, **own.root_validators, **own.model_validators}
    if unknown := sorted(named.keys() - {"_ends_after_it_starts"}):
        raise RecordTypeError(
            f"{model.__name__} has validators of its own: {', '.join(unknown)}.",
            next="State the rule as constraints of a field; records are also checked as columns.",
        )


def titles(info: FieldInfo) -> Text | None:
    """The title of a field that is not a quantity: `Field(title=<English>, description=<French>)`."""
    _, metadata, _ = _unwrap(info.annotation, list(info.metadata))
    for m in (info, *metadata):
        if isinstance(m, Quantity):
            return m.title
        if isinstance(m, FieldInfo) and m.title and m.description:
            return Text(en=m.title, fr=m.description)
    return None


def _field(owner: type[BaseModel], name: str, info: FieldInfo) -> Field:
    where = f"{owner.__name__}.{name}"
    title = titles(info)
    if name == "ext" and issubclass(owner, Record):
        return Field(name, "json", nullable=True, title=title)
    base, metadata, nullable = _unwrap(info.annotation, list(info.metadata))
    _refuse_unknown(where, metadata)
    if get_origin(base) is tuple:
        if nullable or any(isinstance(m, _LENGTHS) for m in metadata):
            raise RecordTypeError(f"{where} is a list with rules of its own.", next="Use tuple[Model, ...] = ().")
        element = get_args(base)[0]
        if not (isinstance(element, type) and issubclass(element, BaseModel)):
            raise RecordTypeError(f"{where} is a list of something that is not a model.", next="Use tuple[Model, ...].")
        _refuse_own_rules(element)
        items = tuple(_field(element, n, i) for n, i in element.model_fields.items())
        return Field(name, "list", element=element, items=items, title=title)
    stands_for_all = info.default if isinstance(info.default, str | int) else None
    common: dict[str, Any] = {"name": name, "nullable": nullable, "title": title, "default": stands_for_all}
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
        if lower is None or upper is None or lower <= -(2**63) or upper >= 2**63:
            raise RecordTypeError(f"{where} has no bounds that fit in 64 bits.", next="Give it Field(ge=…, le=…).")
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


_BOUNDS = (annotated_types.Ge, annotated_types.Gt, annotated_types.Le, annotated_types.Lt)
_LENGTHS = (annotated_types.MinLen, annotated_types.MaxLen)
_GENERAL = {"pattern", "strict"}  # what may be set of pydantic's constraints that have no class of their own


def _refuse_unknown(where: str, metadata: list[Any]) -> None:
    """A rule that the columnar checks do not know would be kept by records and not by tables."""
    for m in metadata:
        if isinstance(m, (Quantity, OneOf, FieldInfo, Strict, BeforeValidator, *_BOUNDS, *_LENGTHS)):
            continue
        if isinstance(m, AfterValidator) and m.func in (refuse_unclean, in_utc):
            continue
        if (
            type(m).__name__ == "_PydanticGeneralMetadata"
            and {k for k, v in vars(m).items() if v is not None} <= _GENERAL
        ):
            continue
        raise RecordTypeError(
            f"{where} has a rule that cannot be checked as a column: {type(m).__name__}.",
            next="Use bounds, lengths, a pattern, OneOf, Quantity or Label.",
        )


def _bounds(metadata: list[Any]) -> tuple[int | None, int | None]:
    lowers = [m.ge for m in metadata if isinstance(m, annotated_types.Ge)]
    lowers += [m.gt + 1 for m in metadata if isinstance(m, annotated_types.Gt)]  # type: ignore[operator]
    uppers = [m.le for m in metadata if isinstance(m, annotated_types.Le)]
    uppers += [m.lt - 1 for m in metadata if isinstance(m, annotated_types.Lt)]  # type: ignore[operator]
    lower, upper = max(lowers, default=None), min(uppers, default=None)  # type: ignore[type-var]
    return lower, upper  # type: ignore[return-value]


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
        if isinstance(m, AfterValidator) and m.func is refuse_unclean:
            rules["label"] = True
    return rules
