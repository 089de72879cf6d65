"""A record type of a service's own, as the JSON Schema of what its records say.

The author writes it into the package, the manifest carries it, and a host makes the record type from it without any
of the author's code. It is a small part of the dialect in which `selfdata schema` writes every type: no references,
no patterns, nothing that a reader would have to trust.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

import rfc8785
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Tag,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from .quantity import Reduction
from .record import WORD
from .text import Text, refuse_unclean
from .time import Granularity

MAX_FIELDS = 40
DIGITS = 18
"""Of a quantity, with its places: what fits in 64 bits."""

_NAMED = re.compile(r"(.+)\.[a-z][a-z0-9_-]{0,30}/[1-9][0-9]{0,2}")
_TAKEN = frozenset(
    (
        "facts", "id", "locator", "minor", "natural_key", "own_type", "series", "series_fields", "time_fields", "type",
        "at", "cadence", "end", "ext", "on", "quality", "revision", "source", "start", "status", "tz",
        "construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema",
        "schema_json", "update_forward_refs", "validate",
    )
)  # fmt: skip
"""Names that a record has already, or that its class needs."""


def _free(name: str) -> str:
    if name in _TAKEN or name.startswith("model_"):
        raise ValueError(f"“{name}” is a name that every record has already: choose another one")
    return name


def _each_once(words: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(words)) < len(words):
        raise ValueError("names the same thing twice")
    return words


def _sorted(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(words))


TypeName = Annotated[
    str,
    Field(max_length=145, pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){2,}\.[a-z][a-z0-9_-]{0,30}/[1-9][0-9]{0,2}$"),
]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$"), AfterValidator(_free)]
Title = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(refuse_unclean)]
Sentence = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(refuse_unclean)]
Word = Annotated[str, Field(pattern=WORD)]
Words = Annotated[tuple[Word, ...], Field(min_length=1, max_length=50, strict=False), AfterValidator(_each_once)]
Key = Annotated[tuple[str, ...], Field(max_length=MAX_FIELDS, strict=False), AfterValidator(_each_once)]
Names = Annotated[Key, AfterValidator(_sorted)]
Bound = Annotated[str, Field(pattern=r"^-?[0-9]{1,18}(\.[0-9]{1,6})?$")]
_INTEGER = Field(ge=-(2**53) + 1, le=2**53 - 1)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class _Property(_Part):
    title_en: Title = Field(alias="title")
    title_fr: Title = Field(alias="x-title-fr")

    @property
    def title(self) -> Text:
        return Text(en=self.title_en, fr=self.title_fr)


class TextProperty(_Property):
    """One clean line, which is not empty."""

    type: Literal["string"]
    min_length: Literal[1] = Field(1, alias="minLength")
    max_length: Annotated[int, Field(ge=1, le=500)] = Field(200, alias="maxLength")
    clean: Literal[True] = Field(True, alias="x-clean")


class ChoiceProperty(_Property):
    """One of some words."""

    type: Literal["string"]
    enum: Words


class IntegerProperty(_Property):
    """A whole number between two bounds."""

    type: Literal["integer"]
    minimum: Annotated[int, _INTEGER]
    maximum: Annotated[int, _INTEGER]

    @model_validator(mode="after")
    def _minimum_comes_first(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError("its minimum is above its maximum")
        return self


class BooleanProperty(_Property):
    """Yes or no."""

    type: Literal["boolean"]


class QuantityProperty(_Property):
    """An exact decimal, in a text, of so many places in one UCUM unit; `x-reduce`: how several become one."""

    type: Literal["string"]
    unit: Annotated[str, Field(pattern=r"^[!-~]{1,32}$")] = Field(alias="x-unit")
    places: Annotated[int, Field(ge=0, le=6)] = Field(alias="x-places")
    reduce: Reduction = Field(alias="x-reduce")
    minimum: Bound = Field("0", alias="x-minimum")
    maximum: Bound = Field(default_factory=lambda data: "9" * (DIGITS - data["places"]), alias="x-maximum")

    @model_validator(mode="after")
    def _bounds_agree(self) -> Self:
        if max(abs(Decimal(bound)) for bound in (self.minimum, self.maximum)) >= 10 ** (DIGITS - self.places):
            raise ValueError(f"has a bound of more than {DIGITS} digits with its places")
        if Decimal(self.minimum) > Decimal(self.maximum):
            raise ValueError("its x-minimum is above its x-maximum")
        return self


class DateProperty(_Property):
    """A local date."""

    type: Literal["string"]
    format: Literal["date"]


class InstantProperty(_Property):
    """A moment, with its offset from UTC."""

    type: Literal["string"]
    format: Literal["date-time"]


class MoneyProperty(_Property):
    """An exact amount and its currency."""

    type: Literal["object"]
    money: Literal[True] = Field(alias="x-money")


def _kind(node: Any) -> str | None:
    """Which kind of property is meant, by the words that only this one has."""
    if isinstance(node, _Property):
        return type(node).__name__.removesuffix("Property").lower()
    match node:
        case {"type": "string", "x-unit": _} | {"type": "string", "x-places": _}:
            return "quantity"
        case {"type": "string", "enum": _}:
            return "choice"
        case {"type": "string", "format": "date"}:
            return "date"
        case {"type": "string", "format": "date-time"}:
            return "instant"
        case {"type": "string"}:
            return "text"
        case {"type": "integer" | "boolean" as kind}:
            return str(kind)
        case {"type": "object"}:
            return "money"
        case _:
            return None


Property = Annotated[
    Annotated[TextProperty, Tag("text")]
    | Annotated[ChoiceProperty, Tag("choice")]
    | Annotated[IntegerProperty, Tag("integer")]
    | Annotated[BooleanProperty, Tag("boolean")]
    | Annotated[QuantityProperty, Tag("quantity")]
    | Annotated[DateProperty, Tag("date")]
    | Annotated[InstantProperty, Tag("instant")]
    | Annotated[MoneyProperty, Tag("money")],
    Discriminator(
        _kind,
        custom_error_type="kind",
        custom_error_message="its type is none of string, integer, boolean and object",
    ),
]
PROPERTIES: Mapping[str, type[BaseModel]] = {
    "text": TextProperty,
    "choice": ChoiceProperty,
    "integer": IntegerProperty,
    "boolean": BooleanProperty,
    "quantity": QuantityProperty,
    "date": DateProperty,
    "instant": InstantProperty,
    "money": MoneyProperty,
}
"""The kinds of properties by the tags under which they are told apart."""
KEYS = (TextProperty, ChoiceProperty, IntegerProperty, BooleanProperty, DateProperty)
"""What may be part of a natural key."""

TIMES: Mapping[str, tuple[str, ...]] = {"date": ("on",), "instant": ("at",), "interval": ("start", "end")}


class OwnFacts(_Part):
    """What is true of every record.

    identifying  fields that could identify a person
    finest       the finest granularity that is read without an answer of its own
    """

    identifying: Names = ()
    finest: Granularity = "raw"


class OwnType(_Part):
    """One record type.

    `x-type`: the service's id, a name and the major version. `x-time`: whether a record is of a date (`on`), of an
    instant (`at`) or of an interval (`start`, `end`); these fields are there without being listed. `x-natural-key`:
    what tells two records apart, the time first; the time alone if not given. A property that is not in `required` may
    be missing.
    """

    dialect: Literal["https://json-schema.org/draft/2020-12/schema"] = Field(
        "https://json-schema.org/draft/2020-12/schema", alias="$schema"
    )
    name: TypeName = Field(alias="x-type")
    title_en: Title = Field(alias="title")
    title_fr: Title = Field(alias="x-title-fr")
    description_en: Sentence = Field(alias="description")
    description_fr: Sentence = Field(alias="x-description-fr")
    type: Literal["object"]
    time: Literal["date", "instant", "interval"] = Field(alias="x-time")
    natural_key: Key = Field((), alias="x-natural-key")
    facts: OwnFacts = Field(OwnFacts(), alias="x-facts")
    properties: Annotated[dict[FieldName, Property], Field(min_length=1, max_length=MAX_FIELDS)]
    required: Names = ()

    @model_validator(mode="after")
    def _names_its_own_fields(self) -> Self:
        for word, names in (("required", self.required), ("x-facts.identifying", self.facts.identifying)):
            if unknown := [n for n in names if n not in self.properties]:
                raise ValueError(f"“{word}” names {unknown[0]}, which is not among its properties")
        first = TIMES[self.time][0]
        if self.natural_key and self.natural_key[0] != first:
            raise ValueError(f"“x-natural-key” starts with the time, which is {first} here")
        for name in self.natural_key[1:]:
            if name not in self.required or not isinstance(self.properties[name], KEYS):
                raise ValueError(f"“x-natural-key” names {name}, which is not a required text, number or date")
        return self

    @property
    def title(self) -> Text:
        return Text(en=self.title_en, fr=self.title_fr)

    @property
    def description(self) -> Text:
        return Text(en=self.description_en, fr=self.description_fr)

    @property
    def service(self) -> str:
        """The service whose own type it is."""
        return service_of(self.name) or ""

    @property
    def rules(self) -> dict[str, Any]:
        """What it declares, without its texts."""
        said = self.written()
        for node in (said, *said["properties"].values()):
            for text in ("title", "x-title-fr", "description", "x-description-fr"):
                node.pop(text, None)
        return said

    def written(self) -> dict[str, Any]:
        """The schema, every default written out."""
        return self.model_dump(mode="json", by_alias=True)

    def canonical(self) -> bytes:
        """The bytes that are stored and compared (RFC 8785)."""
        return rfc8785.dumps(self.written())

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()


class _Later:
    """Metadata of an `OwnType` in another model: its validator is built when there is one, as most have none."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _validated,
            serialization=core_schema.plain_serializer_function_ser_schema(OwnType.written),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        OwnType.model_rebuild()
        return handler(OwnType.__pydantic_core_schema__)


def _validated(value: Any) -> OwnType:
    try:
        return OwnType.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        said = ".".join(str(part) for part in first["loc"]), first["msg"].removeprefix("Value error, ")
        raise ValueError(": ".join(filter(None, said))) from None


DeclaredType = Annotated[OwnType, _Later()]


def service_of(record_type: str) -> str | None:
    """The service in whose namespace a type's name lies; None for a name of the model or of a plugin."""
    match = _NAMED.fullmatch(record_type)
    return match[1] if match and match[1].count(".") >= 2 else None
