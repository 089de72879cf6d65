"""Rows: what one record looks like to a service. The annotations are the list of fields it asks for."""

from __future__ import annotations

import difflib
import sys
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, NewType, Self, TypeVar, dataclass_transform, get_args, get_origin

from pydantic import BaseModel

from selfdata_sdk.errors import ServiceMistake
from selfdata_sdk.model.field import SCALAR_ROW_TYPES, Field, fields_of
from selfdata_sdk.model.record import InstantRecord, IntervalRecord, Record

from .pseudonym import Pseudonym

M = TypeVar("M", bound=BaseModel)

WITHHELD = {
    "id": "it would let services recognise a record across persons and runs",
    "source": "who held the data and in which file stays with the person",
    "revision": "earlier contents stay with the person",
    "status": "`Dataset.provisional` says which rows may still change",
    "ext": "fields that the model does not know cannot be agreed to",
    "tz": "`Dataset.tz` has it",
    "cadence": "`Dataset.granularity` says how fine the rows are",
    "type": "the row class names it",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One field that a row asks for.

    python    the type its values have: float, int, str, bool, datetime, date, Decimal, Money or tuple (of rows)
    nullable  whether a value may be None
    nested    the row class of the elements of a list
    pseudonym True if only a pseudonym is asked for
    """

    name: str
    python: type
    nullable: bool
    nested: type[Row[Any]] | None = None
    pseudonym: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What a row class asks for: a record type (or the element of a list field) and its fields, in order."""

    model: type[BaseModel]
    fields: tuple[Asked, ...]

    @property
    def record_type(self) -> type[Record]:
        if not issubclass(self.model, Record):
            raise TypeError(f"{self.model.__name__} is an element of a list, not a record type")
        return self.model

    @property
    def names(self) -> tuple[str, ...]:
        """The fields by name, sorted, nested ones as `list.field`."""
        names = []
        for asked in self.fields:
            if asked.nested is None:
                names.append(asked.name)
            else:
                names += [f"{asked.name}.{inner}" for inner in shape_of(asked.nested).names]
        return tuple(sorted(names))

    @property
    def pseudonyms(self) -> tuple[str, ...]:
        """The fields of which a pseudonym is asked for, sorted."""
        return tuple(sorted(asked.name for asked in self.fields if asked.pseudonym))


def annotated_names(namespace: dict[str, Any]) -> tuple[str, ...]:
    """The names that the body of a class annotates."""
    if sys.version_info >= (3, 14):
        import annotationlib

        annotate = annotationlib.get_annotate_from_class_namespace(namespace)
        if annotate is None:
            return tuple(namespace.get("__annotations__", ()))
        return tuple(annotationlib.call_annotate_function(annotate, annotationlib.Format.FORWARDREF))
    return tuple(namespace.get("__annotations__", ()))


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _RowMeta(type):
    def __new__(meta, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any) -> Any:
        is_row = bool(bases) and Generic not in bases
        if is_row:
            fields = annotated_names(namespace)
            if with_default := [f for f in fields if f in namespace]:
                raise ServiceMistake(
                    f"The field {with_default[0]} has a default, but rows only say what is asked for.",
                    where=f"{name}.{with_default[0]}",
                    next="Remove the default.",
                )
            namespace["__slots__"] = fields
        cls: Any = super().__new__(meta, name, bases, namespace, **kwargs)
        if is_row:
            # Names that an annotation uses may be local to where the class is written.
            cls.__shape__ = _shape(cls, sys._getframe(1).f_locals)
        return cls


class Row(Generic[M], metaclass=_RowMeta):
    """What one record looks like to a service:

        class Hour(Row[WaterUse]):
            start: datetime
            litres: float

    The annotations are the list of fields that is asked for, checked here against the record type. In a time
    series a field that may be missing is asked for as `float | None`; elsewhere (a household, a contract) a row
    without a value that its type requires is not handed over.

    `number: str` asks for an identifier itself, `number: Pseudonym` for what stands for it: always the same for one
    service, and different for another. Supply points and their registers are given as `Pseudonym` only.
    """

    __slots__ = ()
    __shape__: ClassVar[Shape]

    def __init__(self, **values: Any) -> None:
        names = [f.name for f in shape_of(type(self)).fields]
        if set(values) != set(names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(names)}")
        for name, value in values.items():
            setattr(self, name, value)

    def _asdict(self) -> dict[str, Any]:
        return dict(zip((f.name for f in shape_of(type(self)).fields), self._values(), strict=True))

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, f.name) for f in shape_of(type(self)).fields)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{n}={v!r}' for n, v in self._asdict().items())})"

    @classmethod
    def _many(cls, columns: Sequence[Iterable[Any]], n: int) -> list[Self]:
        """`n` rows from one iterable of values per field; no Python frame per row."""
        rows = list(map(cls.__new__, [cls] * n))
        for asked, values in zip(cls.__shape__.fields, columns, strict=True):
            setter = getattr(cls, asked.name).__set__
            for _ in map(setter, rows, values):
                pass
        return rows


def shape_of(row: type[Row[Any]]) -> Shape:
    """What a row class asks for."""
    return row.__shape__


def specs_of(record_type: type[Record]) -> dict[str, Field]:
    """The fields of a record type by name, with those that a series holds for all its records."""
    held = {n: record_type.model_fields[n] for n in record_type.series_fields}
    return {**fields_of(record_type), **{n: Field(n, "text", nullable=not f.is_required()) for n, f in held.items()}}


def _shape(cls: Any, names: Mapping[str, Any]) -> Shape:
    model = _model(cls)
    hints = _hints(cls, names)
    if not hints:
        raise ServiceMistake(
            "The row asks for no field.",
            where=cls.__name__,
            next="Annotate the fields that are needed, like `start: datetime`.",
        )
    if issubclass(model, Record):
        specs = specs_of(model)
        fields = tuple(_asked(cls, model, specs, name, hint) for name, hint in hints.items())
        return Shape(model, fields)
    return Shape(model, tuple(_element(cls, model, name, hint) for name, hint in hints.items()))


def _model(cls: type[Row[Any]]) -> type[BaseModel]:
    for base in getattr(cls, "__orig_bases__", ()):
        if get_origin(base) is Row:
            (model,) = get_args(base)
            if isinstance(model, type) and issubclass(model, BaseModel):
                return model
            break
    raise ServiceMistake(
        "The row does not say of which record type it is.",
        where=cls.__name__,
        next=f"Write `class {cls.__name__}(Row[WaterUse])`, with the record type in brackets.",
    )


def _hints(cls: type[Row[Any]], names: Mapping[str, Any]) -> dict[str, Any]:
    try:
        hints = typing.get_type_hints(cls, localns=dict(names))
    except NameError as error:
        raise ServiceMistake(
            f"The name {error.name} cannot be resolved.",
            where=cls.__name__,
            next=f"Define or import {error.name} at the top of the module, not under TYPE_CHECKING.",
        ) from None
    slots = {name for base in cls.__mro__ for name in getattr(base, "__slots__", ())}
    return {n: h for n, h in hints.items() if n in slots}


def _asked(cls: type, model: type[Record], specs: dict[str, Field], name: str, hint: Any) -> Asked:
    where = f"{cls.__name__}.{name}"
    if name in model.series_fields and _unwrap(hint)[0] is not Pseudonym:
        raise ServiceMistake(
            f"{name} identifies the person's supply; it is never given to a service as it is.",
            where=where,
            next=f"Write `{name}: Pseudonym | None`, or remove it: `Dataset.series` numbers the series.",
        )
    if name in WITHHELD and name not in model.time_fields:
        raise ServiceMistake(f"{name} is never given to a service: {WITHHELD[name]}.", where=where, next="Remove it.")
    if name not in specs:
        raise _unknown(where, name, model, [n for n in specs if n not in WITHHELD])
    return _typed(where, model, specs[name], hint, series=_is_series(model))


def _element(cls: type, model: type[BaseModel], name: str, hint: Any) -> Asked:
    """A field of an element; its type is checked where the list is asked for."""
    if name not in model.model_fields:
        raise _unknown(f"{cls.__name__}.{name}", name, model, list(model.model_fields))
    base, nullable = _unwrap(hint)
    if base is Pseudonym:
        raise ServiceMistake(
            f"{name} is in a list of {model.__name__}: only fields of a record have pseudonyms.",
            where=f"{cls.__name__}.{name}",
            next=f"Remove it, or ask for {name} itself.",
        )
    return Asked(name, base, nullable)


def _unknown(where: str, name: str, model: type[BaseModel], known: Sequence[str]) -> ServiceMistake:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    step = f"Did you mean {near[0]}?" if near else f"It has {', '.join(known)}."
    return ServiceMistake(f"{model.__name__} has no field {name}.", where=where, next=step)


def _is_series(model: type[Record]) -> bool:
    return issubclass(model, IntervalRecord | InstantRecord)


def _unwrap(hint: Any) -> tuple[Any, bool]:
    """The bare type and whether None is allowed."""
    nullable = False
    while True:
        if get_origin(hint) is typing.Annotated:
            hint = get_args(hint)[0]
        elif get_origin(hint) in (typing.Union, types.UnionType):
            parts = [a for a in get_args(hint) if a is not type(None)]
            nullable = nullable or len(parts) < len(get_args(hint))
            if len(parts) != 1:
                return hint, nullable
            hint = parts[0]
        else:
            return hint, nullable


def _typed(where: str, model: type[BaseModel], spec: Field, hint: Any, *, series: bool) -> Asked:
    base, nullable = _unwrap(hint)
    if spec.kind == "list":
        return _nested(where, spec, base, nullable)
    if get_origin(base) is Literal and spec.choices is not None and set(spec.choices) <= set(get_args(base)):
        base = str
    if base is Pseudonym and (spec.kind != "text" or spec.choices is not None):
        raise ServiceMistake(
            f"{spec.name} of {model.__name__} is no text that could identify: it has no pseudonym.",
            where=where,
            next="Ask for the field itself.",
        )
    allowed = SCALAR_ROW_TYPES.get(spec.kind, ())
    if base not in (*allowed, Pseudonym):
        raise ServiceMistake(
            f"{spec.name} of {model.__name__} cannot be asked for as {_named(base)}.",
            where=where,
            next=f"Write {' or '.join(_named(t, spec.nullable) for t in allowed)}.",
        )
    if spec.nullable and not nullable and series:
        raise ServiceMistake(
            f"{spec.name} of {model.__name__} may be missing.",
            where=where,
            next=f"Write `{_named(base, True)}` and handle None.",
        )
    if base is Pseudonym:
        return Asked(spec.name, str, nullable, pseudonym=True)
    return Asked(spec.name, base, nullable)


def _nested(where: str, spec: Field, base: Any, nullable: bool) -> Asked:
    element = spec.element
    assert element is not None
    args = get_args(base)
    fits = get_origin(base) is tuple and len(args) == 2 and args[1] is Ellipsis and not nullable
    if (
        not fits
        or not (isinstance(args[0], type) and issubclass(args[0], Row))
        or shape_of(args[0]).model is not element
    ):
        raise ServiceMistake(
            f"{spec.name} is a list of {element.__name__}.",
            where=where,
            next=f"Write tuple[Part, ...] with `class Part(Row[{element.__name__}])`.",
        )
    items = {item.name: item for item in spec.items}
    for asked in shape_of(args[0]).fields:
        hint = typing.Optional[asked.python] if asked.nullable else asked.python  # noqa: UP045
        _typed(f"{args[0].__name__}.{asked.name}", element, items[asked.name], hint, series=True)
    return Asked(spec.name, tuple, False, args[0])


def _named(kind: Any, nullable: bool = False) -> str:
    name = kind.__name__ if isinstance(kind, type | NewType) else str(kind)
    return f"{name} | None" if nullable else name
