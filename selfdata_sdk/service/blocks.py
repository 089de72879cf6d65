"""What a service gives back: typed blocks, never HTML, scripts, pictures or a chart specification.

    Card        a finding: headline, body, a number, a comparison, and how it was worked out
    Chart       bars, line, area, or two series compared
    Alert       something to act on, shown once per key
    Action      what the person can do next
    Ask         one of the manifest's questions
    Save        a record of a type that the manifest lists in `produces`
    NoInsight   nothing can be said, why, and what would help

The host fills in `coverage`, and `needs` where the author names none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Self

import rfc8785
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    JsonValue,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from selfdata_sdk.errors import OutputError
from selfdata_sdk.model.quantity import Measure
from selfdata_sdk.model.record import Quality, Record
from selfdata_sdk.model.text import LANGUAGES, Text

MAX_POINTS = 2000
MAX_BLOCKS = 200

Slug = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9]+([-_.][a-z0-9]+)*$", max_length=64)]
Label = Annotated[str, Field(strict=True, pattern=r"^[a-z_][a-z0-9_]*$", max_length=64)]
Unit = Annotated[str, Field(strict=True, pattern=r"^[!-~]{1,32}$")]
"""A UCUM code; "1" for a plain number."""
Places = Annotated[int, Field(ge=0, le=6)]


@dataclass(frozen=True, slots=True)
class Length:
    """Metadata of a `Text`: how many characters it has in each language."""

    longest: int
    shortest: int = 1

    def check(self, text: Text) -> Text:
        for language in LANGUAGES:
            if not self.shortest <= (n := len(text.say(language))) <= self.longest:
                allowed = f"{self.shortest} to {self.longest}" if self.shortest > 1 else f"at most {self.longest}"
                raise ValueError(f"has {n} characters in “{language}”, {allowed} are allowed")
        return text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        length = {"minLength": self.shortest, "maxLength": self.longest}
        return {**handler(schema), "properties": dict.fromkeys(LANGUAGES, length)}


Headline = Annotated[Text, Length(80)]
Sentence = Annotated[Text, Length(200)]
Paragraph = Annotated[Text, Length(400)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Metric(_Part):
    """The number of a card, with its UCUM unit; `places` decimals are shown. `period` says when it is about."""

    value: FiniteFloat
    unit: Unit
    places: Places = 0
    period: Headline | None = None

    @property
    def measure(self) -> Measure:
        """The value as `Text.fill` writes it."""
        return Measure(self.value, self.unit, self.places)


class Comparison(_Part):
    """What the metric is held against, in the metric's unit: the home's own past, a target, or a norm."""

    to: Literal["own_past", "target", "norm"]
    value: FiniteFloat
    label: Headline


class Point(_Part):
    """One point of a chart: a moment (aware), a local date, or a category; `value` None is a gap."""

    at: AwareDatetime | date | Text
    value: FiniteFloat | None
    quality: Quality = "measured"


class Points(_Part):
    """A second series of a chart, with its name."""

    label: Headline
    points: Annotated[tuple[Point, ...], Field(max_length=MAX_POINTS)]


class Reference(_Part):
    """A line across a chart, in the chart's unit."""

    value: FiniteFloat
    label: Headline


class _Block(BaseModel):
    """What every block has: an id that stays the same from run to run, and the needs that it is based on."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: Slug
    needs: tuple[Label, ...] = ()
    coverage: Annotated[FiniteFloat, Field(ge=0, le=1)] | None = None


def _joined(*parts: Text | None) -> Text:
    """The parts one after the other, each closed like a sentence."""
    said = [p for p in parts if p is not None]
    return Text(**{lang: " ".join(_closed(p.say(lang)) for p in said) for lang in LANGUAGES})


def _closed(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…", ":")) else f"{sentence}."


def _card_said(data: dict[str, Any]) -> Text:
    metric: Metric | None = data["metric"]
    number = None
    if metric is not None:
        number = Text(en="{value}", fr="{value}").fill(value=metric.measure)
        if metric.period is not None:
            number = Text(en="{value} ({period})", fr="{value} ({period})").fill(value=number, period=metric.period)
    return _joined(data["headline"], number, data["body"])


class Card(_Block):
    """A finding. `why` says how it was worked out: from which data, by which rule."""

    kind: Literal["card"] = "card"
    headline: Headline
    body: Paragraph
    why: Paragraph
    metric: Metric | None = None
    comparison: Comparison | None = None
    tone: Literal["neutral", "good", "attention"] = "neutral"
    fallback: Text = Field(default_factory=_card_said)

    @model_validator(mode="after")
    def _comparison_has_metric(self) -> Self:
        if self.comparison is not None and self.metric is None:
            raise ValueError("a comparison needs a metric to compare")
        return self


class Chart(_Block):
    """Points in time order, drawn by the host, which also shows them as a table.

    `time_unit` is the length that one point stands for; None where points are categories.
    `second` is drawn beside the first series when `form` is "compare".
    """

    kind: Literal["chart"] = "chart"
    form: Literal["bars", "line", "area", "compare"]
    title: Headline
    summary: Sentence
    unit: Unit
    time_unit: Literal["half_hour", "hour", "day", "week", "month", "year"] | None = None
    points: Annotated[tuple[Point, ...], Field(min_length=1, max_length=MAX_POINTS)]
    label: Headline | None = None
    second: Points | None = None
    reference: Reference | None = None
    places: Places = 0
    fallback: Text = Field(default_factory=lambda data: _joined(data["title"], data["summary"]))

    @model_validator(mode="after")
    def _points_agree(self) -> Self:
        every = self.points + (self.second.points if self.second else ())
        if len(every) > MAX_POINTS:
            raise ValueError(f"holds {len(every)} points, {MAX_POINTS} are allowed")
        if len({type(p.at) for p in every}) > 1:
            raise ValueError("mixes moments, dates and categories: use one of them for all points")
        if (self.form == "compare") != (self.second is not None):
            raise ValueError("a second series goes with form “compare”, and only with it")
        if (self.time_unit is None) != isinstance(self.points[0].at, Text):
            raise ValueError("time_unit goes with moments or dates; categories have none")
        return self


class Alert(_Block):
    """Something to act on. Alerts with one `key` (the id if not given) are shown once until `expires`."""

    kind: Literal["alert"] = "alert"
    severity: Literal["info", "attention", "urgent"]
    what: Sentence
    what_to_do: Paragraph
    why: Paragraph | None = None
    key: Slug = Field(default_factory=lambda data: data["id"])
    expires: AwareDatetime | None = None
    fallback: Text = Field(default_factory=lambda data: _joined(data["what"], data["what_to_do"]))


class Action(_Block):
    """What the person can do next.

    open      show the manifest's link named `target`
    call      show the manifest's telephone number named `target`
    remind    remind them at `at`
    feedback  ask whether this helped
    """

    kind: Literal["action"] = "action"
    does: Literal["open", "call", "remind", "feedback"]
    label: Headline
    target: Slug | None = None
    at: AwareDatetime | None = None
    fallback: Text = Field(default_factory=lambda data: data["label"])

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if (self.does in ("open", "call")) != (self.target is not None):
            raise ValueError("target names a link to open or a number to call, and only these have one")
        if (self.does == "remind") != (self.at is not None):
            raise ValueError("at goes with “remind”, and only with it")
        return self


class Ask(_Block):
    """One of the manifest's questions, by name; the answer becomes a record that a need can ask for."""

    kind: Literal["ask"] = "ask"
    question: Slug
    why: Paragraph
    fallback: Text = Field(default_factory=lambda data: data["why"])


RecordName = Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9_-]*)+/[1-9][0-9]*$")]
_HOST_FILLS = ("source", "revision", "tz", "ext")


class Save(_Block):
    """A record to keep, of a type that the manifest lists in `produces`; see `Save.of`.

    The host adds where it came from, and keeps it only if the whole run ends well.
    """

    kind: Literal["save"] = "save"
    record_type: RecordName
    values: dict[Label, JsonValue]
    fallback: Text = Field(default_factory=lambda data: _saved_said(data["record_type"]))

    @model_validator(mode="after")
    def _leaves_the_envelope(self) -> Self:
        if taken := sorted({*self.values} & {*_HOST_FILLS}):
            raise ValueError(f"{', '.join(taken)}: the host fills these in; leave them out")
        try:
            rfc8785.dumps(self.values)
        except (rfc8785.CanonicalizationError, RecursionError):
            raise ValueError("values holds a number that JSON does not know or does not keep") from None
        return self

    @classmethod
    def of(cls, id: str, record_type: type[Record], *, needs: Sequence[str] = (), **values: object) -> Save:
        """A record of `record_type` with these fields, checked at once against the type."""
        if taken := sorted({*values} & {*_HOST_FILLS}):
            raise OutputError(
                f"{', '.join(taken)}: the host fills these in.", where=f"save “{id}”", next="Leave them out."
            )
        try:
            record = record_type.model_validate({"quality": "derived", **values, "source": _PLACEHOLDER})
        except ValidationError as error:
            raise OutputError(
                f"This is not a {record_type.type}: {reasons(error)}.", where=f"save “{id}”", next="Correct the field."
            ) from None
        body = record.model_dump(mode="json", exclude=set(_HOST_FILLS), exclude_unset=True)
        said = Text(en="Keeps: {title}.", fr="Garde\u00a0: {title}.").fill(title=record_type.facts.title)
        return cls(id=id, record_type=record_type.type, values=body, needs=tuple(needs), fallback=said)


_PLACEHOLDER = {
    "holder": "service",
    "importer": "service",
    "version": "0",
    "method": "derived",
    "retrieved_at": "2000-01-01T00:00Z",
}


def _saved_said(name: str) -> Text:
    return Text(en=f"Keeps a record of type {name}.", fr=f"Garde un enregistrement de type {name}.")


Reason = Literal["not_enough_data", "gaps", "provisional", "nothing_new"]

REASONS: dict[Reason, Text] = {
    "not_enough_data": Text(en="There are not enough data yet.", fr="Il n'y a pas encore assez de données."),
    "gaps": Text(en="There are gaps in the data.", fr="Il y a des trous dans les données."),
    "provisional": Text(en="The data are still provisional.", fr="Les données sont encore provisoires."),
    "nothing_new": Text(en="There is nothing new.", fr="Il n'y a rien de nouveau."),
}


class NoInsight(_Block):
    """Nothing can be said: why, and what would help. A path that every service must have."""

    kind: Literal["no_insight"] = "no_insight"
    reason: Reason
    help: Paragraph
    fallback: Text = Field(default_factory=lambda data: _joined(REASONS[data["reason"]], data["help"]))


Block = Annotated[Card | Chart | Alert | Action | Ask | Save | NoInsight, Field(discriminator="kind")]
BLOCKS = (Card, Chart, Alert, Action, Ask, Save, NoInsight)


@cache
def _outputs() -> TypeAdapter[list[Block]]:
    return TypeAdapter(Annotated[list[Block], Field(max_length=MAX_BLOCKS)])


def blocks_json(blocks: Iterable[Block]) -> bytes:
    """Canonical JSON (RFC 8785) of the blocks, one array: the same blocks give the same bytes."""
    return rfc8785.dumps([b.model_dump(mode="json") for b in blocks])


def blocks_from_json(data: bytes | str) -> list[Block]:
    """Blocks from JSON; OutputError names the block and field that is not valid."""
    try:
        return _outputs().validate_json(data)
    except ValidationError as error:
        raise OutputError(
            f"These are not valid blocks: {reasons(error)}.", next="Build them with the block classes."
        ) from None


def outputs_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what a service gives back."""
    schema = _outputs().json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:selfdata:schema:outputs:1",
        "title": "Outputs of a service",
        **schema,
    }


def reasons(error: ValidationError) -> str:
    """Each field and rule that failed, never a value."""
    found = [
        e for e in error.errors(include_input=False, include_url=False) if e["type"] != "default_factory_not_called"
    ]
    return "; ".join(_reason([str(part) for part in e["loc"]], e["msg"]) for e in found[:5])


def _reason(path: list[str], message: str) -> str:
    said = message.removeprefix("Value error, ").rstrip(".")
    return f"{'.'.join(path)}: {said}" if path else said
