"""Record types made from what services declare of their own, the same class wherever one is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from types import new_class
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import AfterValidator, Field, StringConstraints

from .evolution import changes
from .instant import Instant, LocalDate
from .money import Money
from .own_type import (
    BooleanProperty,
    ChoiceProperty,
    DateProperty,
    InstantProperty,
    IntegerProperty,
    MoneyProperty,
    OwnType,
    Property,
    QuantityProperty,
    TextProperty,
)
from .quantity import Quantity
from .record import DateRecord, Facts, InstantRecord, IntervalRecord, Record
from .registry import Registry
from .schema import schema
from .text import refuse_unclean

_BASES: dict[str, type[Record]] = {"date": DateRecord, "instant": InstantRecord, "interval": IntervalRecord}


def record_type_of(own: OwnType) -> type[Record]:
    """The record type that is declared so."""
    return _made(own.canonical())


def own_type_of(record_type: type[Record]) -> OwnType | None:
    """What a service declared the type with; None for one of the model or of a plugin."""
    return getattr(record_type, "own_type", None)


def breaks(old: OwnType, new: OwnType) -> list[str]:
    """What records that were kept under `old` no longer could under `new`, each as a sentence; empty if nothing."""
    return [] if new.rules == old.rules else list(changes(schema(record_type_of(old)), schema(record_type_of(new))))


@cache
def _made(canonical: bytes) -> type[Record]:
    own = OwnType.model_validate_json(canonical)
    base = _BASES[own.time]
    annotations: dict[str, Any] = {"own_type": ClassVar[OwnType]}
    namespace: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": own.description.en,
        "__annotations__": annotations,
        "type": own.name,
        "facts": Facts(
            own.title,
            own.description,
            identifying=own.facts.identifying,
            finest=own.facts.finest,
            span="year" if own.time == "date" else "month",
        ),
        "natural_key": own.natural_key or base.natural_key,
        "own_type": own,
    }
    for name, node in sorted(own.properties.items()):
        required, kind = name in own.required, _annotation(node)
        annotations[name] = kind if required else kind | None
        en, fr = (None, None) if isinstance(node, QuantityProperty) else (node.title_en, node.title_fr)
        namespace[name] = Field(title=en, description=fr) if required else Field(None, title=en, description=fr)
    return cast(type[Record], new_class(_class_name(own), (base,), exec_body=lambda body: body.update(namespace)))


def _class_name(own: OwnType) -> str:
    last = own.name.rpartition(".")[2].partition("/")[0]
    return "".join(word.capitalize() for word in last.replace("-", "_").split("_"))


def _annotation(node: Property) -> Any:
    match node:
        case TextProperty():
            length = StringConstraints(strict=True, min_length=1, max_length=node.max_length)
            return Annotated[str, length, AfterValidator(refuse_unclean), Field(json_schema_extra={"x-clean": True})]
        case ChoiceProperty():
            return Literal[node.enum]
        case IntegerProperty():
            return Annotated[int, Field(ge=node.minimum, le=node.maximum)]
        case BooleanProperty():
            return bool
        case QuantityProperty():
            low, high = Decimal(node.minimum), Decimal(node.maximum)
            return Annotated[Decimal, Quantity(node.unit, node.places, node.title, node.reduce, low, high)]
        case DateProperty():
            return LocalDate
        case InstantProperty():
            return Instant
        case MoneyProperty():
            return Money


class OwnTypes(Registry):
    """The record types of `known`, and some of services' own."""

    def __init__(self, known: Registry, own: Iterable[OwnType] = ()) -> None:
        super().__init__()
        self._known = known
        for one in own:
            self.declare(one)

    def declare(self, own: OwnType) -> None:
        """Know this type, in place of an earlier version. A name that a plugin's type has stays that one's."""
        if own.name not in self._known or own_type_of(self._known.get(own.name)) is not None:
            self._types[own.name] = record_type_of(own)

    def __iter__(self) -> Iterator[type[Record]]:
        found = {t.type: t for t in (*self._known, *self._types.values())}
        return iter(found[name] for name in sorted(found))

    def __contains__(self, name: str) -> bool:
        return super().__contains__(name) or name in self._known

    def get(self, name: str) -> type[Record]:
        if super().__contains__(name):
            return super().get(name)
        if name in self._known:
            return self._known.get(name)
        return Registry(tuple(self)).get(name)
