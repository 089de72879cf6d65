"""The manifest: what a service asks for and gives back, as data that a host in any language reads.

It is derived from the signature and the project's metadata, and written into the package as canonical JSON
(RFC 8785). `Manifest.from_json` trusts nothing: see `selfdata_sdk.service.ijson` for what is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

import rfc8785
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from selfdata_sdk.errors import ManifestError
from selfdata_sdk.model.own_record import OwnTypes
from selfdata_sdk.model.own_type import DeclaredType, OwnType, service_of
from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.text import Text, is_clean
from selfdata_sdk.model.time import GRANULARITIES, Granularity

from .blocks import Headline, Label, Length, RecordName, Sentence, Slug, reasons
from .ijson import check_names, load
from .need import WHY_LENGTH, Precision, back_problem
from .purpose import Purpose

FORMAT = 1
FILE = "manifest.json"

_NUMBER = r"(0|[1-9][0-9]*)"
_WORDS = r"[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*"
_SEMVER = rf"^{_NUMBER}\.{_NUMBER}\.{_NUMBER}(-{_WORDS})?(\+{_WORDS})?$"


def _clean_line(text: str) -> str:
    if not is_clean(text):
        raise ValueError("holds line breaks, double spaces or characters that do not show")
    return text


def _duration(text: str) -> str:
    if problem := back_problem(text):
        raise ValueError(problem)
    return text


Line = Annotated[str, Field(strict=True, min_length=1, max_length=200), AfterValidator(_clean_line)]
Url = Annotated[str, Field(strict=True, pattern=r"^https://[!-~]{3,300}$")]
_SERVICE_ID = r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){2,}$"
ServiceId = Annotated[str, Field(strict=True, max_length=100, pattern=_SERVICE_ID)]
IsoDuration = Annotated[str, Field(strict=True, max_length=40), AfterValidator(_duration)]
FieldName = Annotated[str, Field(strict=True, pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$", max_length=128)]
Number = Annotated[str, Field(strict=True, pattern=r"^-?[0-9]{1,16}(\.[0-9]{1,16})?$")]
"""A number as a decimal text: floats are not exact, and are refused."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Publisher(_Part):
    """Who answers for the service, and whether data leave the person's cloud with it (none does for now)."""

    name: Line
    contact: Line | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    privacy: Url | None = None
    role: Literal["local_only", "controller", "processor"] = "local_only"


class AskedNeed(_Part):
    """One dataset that is asked for. `without` present: it is optional.

    pseudonyms  the fields of which only pseudonyms are given; none of a list's
    """

    record_type: RecordName
    fields: Annotated[tuple[FieldName, ...], Field(min_length=1, strict=False)]
    pseudonyms: Annotated[tuple[Label, ...], Field(strict=False)] = ()
    granularity: Granularity
    at_worst: Granularity
    back: IsoDuration
    ongoing: bool = True
    precision: Precision = "exact"
    where: Annotated[
        dict[Label, Annotated[tuple[Line, ...], Field(min_length=1, strict=False)]], Field(max_length=1)
    ] = {}
    purpose: Purpose = "requested_service_provision"
    why: Annotated[Text, Length(WHY_LENGTH[1], WHY_LENGTH[0])]
    without: Annotated[Text, Length(WHY_LENGTH[1])] | None = None

    @model_validator(mode="after")
    def _at_worst_is_coarser(self) -> Self:
        if GRANULARITIES.index(self.at_worst) > GRANULARITIES.index(self.granularity):
            raise ValueError("at_worst is finer than granularity")
        for name, listed in (("fields", self.fields), ("pseudonyms", self.pseudonyms)):
            if list(listed) != sorted(set(listed)):
                raise ValueError(f"{name} are not sorted, or one is there twice")
        if not set(self.pseudonyms) <= set(self.fields):
            raise ValueError("pseudonyms are not among the fields")
        return self

    @property
    def required(self) -> bool:
        return self.without is None


class AskedSetting(_Part):
    """One thing that the person may adjust; numbers are decimal texts."""

    kind: Literal["integer", "number", "boolean", "text"]
    title: Headline
    default: Annotated[str, Field(strict=True, max_length=200)]
    ge: Number | None = None
    le: Number | None = None
    choices: Annotated[tuple[Line, ...], Field(strict=False)] = ()


class Produced(_Part):
    """A record type that the service may save, and for how long its records are kept ("" : until erased)."""

    record_type: RecordName
    retention: IsoDuration | Literal[""] = ""


class Link(_Part):
    label: Headline
    url: Url


class Phone(_Part):
    label: Headline
    number: Annotated[str, Field(pattern=r"^\+?[0-9 ]{3,20}$")]


class Question(_Part):
    """A question that the service may ask; `choices` for an answer that is one of some words."""

    text: Sentence
    answer: Literal["boolean", "number", "text", "choice"] = "boolean"
    choices: dict[Slug, Headline] = {}

    @model_validator(mode="after")
    def _choices_go_with_choice(self) -> Self:
        if (self.answer == "choice") != bool(self.choices):
            raise ValueError("choices go with the answer “choice”, and only with it")
        return self


BlockKind = Literal["action", "alert", "ask", "card", "chart", "no_insight", "save"]


class Outputs(_Part):
    """What the service may show: kinds of blocks, and every link, number and question, literally."""

    kinds: Annotated[tuple[BlockKind, ...], Field(strict=False)]
    alerts_per_week: Annotated[int, Field(ge=0, le=50)] = 7
    links: dict[Slug, Link] = {}
    numbers: dict[Slug, Phone] = {}
    questions: dict[Slug, Question] = {}


class Manifest(_Part):
    """What a person is asked to agree to.

    record_types  the service's own that it reads or saves, each as its JSON Schema
    """

    manifest: Literal[1] = 1
    id: ServiceId
    version: Annotated[str, Field(pattern=_SEMVER, max_length=60)]
    sdk: Annotated[str, Field(pattern=r"^[ -~]{0,100}$")]
    function: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$", max_length=200)]
    name: Headline
    summary: Sentence
    publisher: Publisher
    licence: Line
    source: Url | None = None
    needs: dict[Label, AskedNeed]
    settings: dict[Label, AskedSetting] = {}
    produces: Annotated[tuple[Produced, ...], Field(strict=False)] = ()
    record_types: Annotated[tuple[DeclaredType, ...], Field(min_length=1, max_length=8, strict=False)] | None = None
    outputs: Outputs
    egress: Annotated[tuple[Line, ...], Field(max_length=0, strict=False)] = ()
    schedule: Literal["on_open", "on_new_data", "daily", "weekly"] = "on_open"
    automation: Literal["none", "advice", "profiling", "decision"] = "advice"

    @model_validator(mode="after")
    def _declares_its_own_types(self) -> Self:
        named = {need.record_type for need in self.needs.values()} | {p.record_type for p in self.produces}
        own = sorted(name for name in named if service_of(name) == self.id)
        if other := [t.name for t in self.own_types if t.name not in own]:
            raise ValueError(f"record_types: {other[0]} is not of {self.id}, or is neither asked for nor saved")
        if [t.name for t in self.own_types] != own:
            raise ValueError(f"record_types does not list, once and sorted, {', '.join(own)}")
        return self

    @property
    def own_types(self) -> tuple[OwnType, ...]:
        return self.record_types or ()

    def types(self, known: Registry) -> Registry:
        """The record types that are known, and the service's own."""
        return OwnTypes(known, self.own_types) if self.own_types else known

    def canonical(self) -> bytes:
        """The bytes that are written, hashed and agreed to (RFC 8785); what is not set is left out."""
        return rfc8785.dumps(self.model_dump(mode="json", exclude_none=True))

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        """A manifest from foreign bytes; ManifestError says what is not allowed in it."""
        value = load(data)
        try:
            manifest = cls.model_validate(value)
        except ValidationError as error:
            raise _refused(error) from None
        check_names({"name": manifest.name, "publisher": manifest.publisher.name, **_shown_names(manifest)})
        return manifest


def _shown_names(manifest: Manifest) -> dict[str, Text]:
    found: Mapping[str, Link | Phone] = {**manifest.outputs.links, **manifest.outputs.numbers}
    links = {f"outputs {name}": item.label for name, item in found.items()}
    return links | {f"record_types {own.name}": own.title for own in manifest.own_types}


def _refused(error: ValidationError) -> ManifestError:
    unknown = [".".join(map(str, e["loc"])) for e in error.errors() if e["type"] == "extra_forbidden"]
    if unknown:
        return ManifestError(
            f"The manifest has keys that are not known: {', '.join(unknown)[:200]}.",
            next="Correct the spelling, or update the SDK if the manifest is newer.",
        )
    return ManifestError(f"The manifest is not valid: {reasons(error)}.", next="Run `selfdata manifest --write`.")


def is_service_id(text: str) -> bool:
    """True if `text` could name a service."""
    return len(text) <= 100 and re.fullmatch(_SERVICE_ID, text) is not None


def plain_number(value: float) -> str:
    """A number as a decimal text without an exponent."""
    return format(Decimal(repr(value)), "f")


def manifest_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a manifest."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:selfdata:schema:manifest:{FORMAT}",
        **Manifest.model_json_schema(),
    }
