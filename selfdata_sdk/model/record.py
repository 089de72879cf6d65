"""The envelope that every record has, and the class-level facts of record types."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID, uuid5

import rfc8785
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    model_validator,
)

from ..errors import RecordTypeError, RequestError
from .instant import Instant, LocalDate
from .series import Series
from .source import Source
from .text import Text
from .time import DayRule, Granularity, micros, zone

Quality = Literal["measured", "estimated", "interpolated", "edited", "questionable", "missing", "derived", "projected"]
Status = Literal["provisional", "final", "corrected", "cancelled"]
Sensitivity = Literal["ordinary", "financial", "communications", "location", "identity"]
Subject = Literal["self", "household", "third_party"]
Span = Literal["day", "month", "year", "whole"]

NAMESPACE = UUID("6f0f3f5e-4c1e-5b52-9d2a-3f6a1c2b7d90")
"""The namespace of record ids (UUIDv5)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of every record of a type.

    subjects    whose data it is; "third_party" where records name people who did not agree
    identifying fields that identify a person, a contract or a supply point
    others      fields that name third persons
    finest      the finest granularity that a service may read without a consent of its own
    span        how much time one stored page holds
    """

    title: Text
    description: Text
    sensitivity: Sensitivity = "ordinary"
    subjects: tuple[Subject, ...] = ("household",)
    identifying: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    finest: Granularity = "day"
    span: Span = "month"
    day_rule: DayRule = "civil"


def _known_zone(name: str) -> str:
    try:
        zone(name)
    except RequestError:
        raise ValueError("is not an IANA time zone like Europe/Paris") from None
    return name


Zone = Annotated[str, AfterValidator(_known_zone), Field(json_schema_extra={"x-zone": True})]


def canonical_ext(value: dict[str, Any]) -> dict[str, Any]:
    """`value` as it comes back from the store: ValueError if JSON (RFC 8785) would not keep it exactly."""
    if not value:
        return value
    try:
        kept: dict[str, Any] = json.loads(rfc8785.dumps(value))
        rfc8785.dumps(kept)
    except (rfc8785.CanonicalizationError, RecursionError):
        raise ValueError("holds a number or a text that JSON does not keep exactly: write it as a string") from None
    return kept


Ext = Annotated[dict[str, JsonValue], AfterValidator(canonical_ext)]
Cadence = Annotated[str, Field(pattern=r"^(P[0-9]{1,4}[YMWD]|PT[0-9]{1,4}[HMS])?$")]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Metadata of an open enumeration: the values known to this version; readers accept any other word."""

    values: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.str_schema(pattern=WORD, strict=True)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": WORD, "x-values": list(self.values)}


WORD = r"^[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}$"


class Record(BaseModel):
    """One fact about a person: an envelope and a typed body. Frozen.

    Each record type is a subclass of `IntervalRecord`, `InstantRecord` or `DateRecord` that sets `type`
    (`name/major`), `minor`, `facts`, and `natural_key`: the fields that, within a series, tell two facts apart.
    """

    # Validators are built on first use: most programs read a few types only.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    type: ClassVar[str]
    minor: ClassVar[int] = 0
    facts: ClassVar[Facts]
    natural_key: ClassVar[tuple[str, ...]]
    series_fields: ClassVar[dict[str, str]] = {}
    """Body field → part of the series ("about" or "register") that holds it for all records of a series."""
    time_fields: ClassVar[tuple[str, ...]]

    tz: Zone = Field("Europe/Paris", title="Time zone", description="Fuseau horaire")
    cadence: Cadence = Field("", title="Usual interval (ISO 8601)", description="Intervalle habituel (ISO 8601)")
    quality: Quality = Field("measured", title="Quality", description="Qualité")
    status: Status = Field("final", title="Status", description="État")
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)] = Field(1, title="Revision", description="Révision")
    source: Source = Field(title="Source", description="Provenance")
    ext: Ext = Field(default_factory=dict, title="Other fields of the holder", description="Autres champs du détenteur")

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "type" not in cls.__dict__:
            return
        for fact in ("facts", "natural_key"):
            if not hasattr(cls, fact):
                raise RecordTypeError(f"{cls.__name__} has no `{fact}`.", next=f"Set `{fact}` in the class.")
        unknown = [f for f in (*cls.natural_key, *cls.series_fields) if f not in cls.model_fields]
        if unknown:
            raise RecordTypeError(f"{cls.__name__} names fields that it does not have: {', '.join(unknown)}.")

    @property
    def series(self) -> Series:
        parts = {part: getattr(self, name) or "" for name, part in self.series_fields.items()}
        return Series(type=self.type, holder=self.source.holder, cadence=self.cadence, tz=self.tz, **parts)

    @property
    def id(self) -> UUID:
        """UUIDv5 of the series and the natural key: the same fact imported twice has the same id."""
        values = self.model_dump(mode="json", include=set(self.natural_key))
        for name in self.natural_key:
            if isinstance(value := getattr(self, name), datetime):
                values[name] = str(micros(value))  # text: RFC 8785 keeps integers up to 2^53 only
        key = rfc8785.dumps([*self.series.key, *(values[f] for f in self.natural_key)])
        return uuid5(NAMESPACE, key.decode())


class IntervalRecord(Record):
    """A fact about the half-open interval [start, end)."""

    time_fields: ClassVar[tuple[str, ...]] = ("start", "end")
    natural_key: ClassVar[tuple[str, ...]] = ("start",)

    start: Instant = Field(title="Start", description="Début")
    end: Instant = Field(title="End", description="Fin")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end <= self.start:
            raise ValueError("end must be after start")
        return self


class OpenIntervalRecord(Record):
    """A fact that holds from `start` until `end`, or until further notice if `end` is None."""

    time_fields: ClassVar[tuple[str, ...]] = ("start", "end")
    natural_key: ClassVar[tuple[str, ...]] = ("start",)

    start: Instant = Field(title="Start", description="Début")
    end: Instant | None = Field(None, title="End", description="Fin")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end is not None and self.end <= self.start:
            raise ValueError("end must be after start")
        return self


class InstantRecord(Record):
    """A fact at one instant."""

    time_fields: ClassVar[tuple[str, ...]] = ("at",)
    natural_key: ClassVar[tuple[str, ...]] = ("at",)

    at: Instant = Field(title="At", description="Instant")


class DateRecord(Record):
    """A fact of one local date."""

    time_fields: ClassVar[tuple[str, ...]] = ("on",)
    natural_key: ClassVar[tuple[str, ...]] = ("on",)

    on: LocalDate = Field(title="On", description="Date")
