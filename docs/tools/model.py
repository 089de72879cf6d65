"""The page of the record types."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

from pydantic import BaseModel

from selfdata_sdk.model import REGISTRY, Record, Source
from selfdata_sdk.model.field import ENVELOPE, SCALAR_ROW_TYPES, Field, fields_of, titles
from selfdata_sdk.model.money import write
from selfdata_sdk.model.record import DateRecord, InstantRecord, IntervalRecord, Quality, Status
from selfdata_sdk.model.schema import file_name
from selfdata_sdk.model.wording import SYMBOLS

from .markdown import code, page, prose, summary, table

HEADERS = ("Field", "Kind", "Unit", "Missing", "Rules", "In a bucket", "English", "French")
REDUCTIONS = {
    "sum": "sum, shared out over time",
    "mean": "mean, weighted by time",
    "last": "last value",
    "min": "smallest",
    "max": "largest",
}


def model_page() -> str:
    groups: dict[str, list[type[Record]]] = {}
    for record_type in REGISTRY:
        groups.setdefault(record_type.type.partition(".")[0], []).append(record_type)
    parts = [INTRODUCTION, _index(groups), "## Envelope", ENVELOPE_TEXT, _envelope(), "### Source", _source()]
    parts += ["## Kinds", KINDS_TEXT, _kinds()]
    parts += [_type(record_type) for group in groups.values() for record_type in group]
    return page("Record types", *parts)


INTRODUCTION = """
One fact about a person is one record: an envelope that all records share, and a typed body. Each type is one frozen
pydantic model in `selfdata_sdk.model`. The same constraints are compiled into checks over whole columns, and into a
JSON Schema (`selfdata schema TYPE`, or the files in `selfdata_sdk/model/schemas/`).

The [rules of the model](../explanation/rules.md) say what a record means; [time](../explanation/time.md) says how
intervals, instants and dates are cut.
"""

ENVELOPE_TEXT = """
Every record has these fields beside its body. A service is given times and quality only: the rest of the envelope
stays with the person.
"""

KINDS_TEXT = """
The kind of a field decides how it is stored and how a [row](service.md#row) may ask for it.
"""


def _index(groups: dict[str, list[type[Record]]]) -> str:
    rows = [
        (f"[{code(t.type)}](#{anchor(t)})", code(t.__name__), t.facts.title.en, t.facts.title.fr, form(t))
        for group in groups.values()
        for t in group
    ]
    return table(("Type", "Class", "English", "French", "Time"), rows)


def anchor(record_type: type[Record]) -> str:
    return record_type.type.replace(".", "-").replace("/", "-")


def form(record_type: type[Record]) -> str:
    """How a record stands in time."""
    if issubclass(record_type, DateRecord):
        return "a date `on`"
    if issubclass(record_type, InstantRecord):
        return "an instant `at`"
    if issubclass(record_type, IntervalRecord):
        return "`[start, end)`"
    return "`[start, end)`, `end` may be open"


def _envelope() -> str:
    rules = {
        "tz": "an IANA zone",
        "cadence": "`P1D`, `PT30M` …; empty if irregular",
        "quality": ", ".join(code(w) for w in get_args(Quality)),
        "status": ", ".join(code(w) for w in get_args(Status)),
        "revision": "1 and up; the store counts",
        "source": "see below",
        "ext": "a JSON object",
    }
    rows = []
    for name, info in Record.model_fields.items():
        title = titles(info)
        default = (
            "" if info.is_required() else code(str(info.get_default(call_default_factory=True, validated_data={})))
        )
        rows.append((code(name), rules[name], default, title.en if title else "", title.fr if title else ""))
    computed = (
        "`id` is computed: a UUIDv5 of the series and the natural key, so the same fact imported twice has one id."
    )
    return table(("Field", "Values", "Default", "English", "French"), rows) + f"\n\n{computed}"


def _source() -> str:
    rows = []
    for name, info in Source.model_fields.items():
        needed = "required" if info.is_required() else "may be missing"
        rows.append((code(name), needed, info.title or "", info.description or ""))
    return prose(Source.__doc__) + "\n\n" + table(("Field", "", "English", "French"), rows)


def _kinds() -> str:
    meanings = {
        "instant": ("int64, microseconds UTC", "aware, in the person's zone"),
        "date": ("int64, days", "local date"),
        "quantity": ("int64, value × 10^places", "in the unit of the field"),
        "integer": ("int64", ""),
        "boolean": ("int64, 0 or 1", ""),
        "text": ("dictionary of words", ""),
        "money": ("int64, exponent, currency", "Decimal is the amount alone"),
    }
    rows = [
        (kind, meanings[kind][0], " or ".join(code(t.__name__) for t in types), meanings[kind][1])
        for kind, types in SCALAR_ROW_TYPES.items()
    ]
    rows.append(("list", "offsets and child columns", "`tuple[MyPart, ...]`", "`MyPart` is a row of the element"))
    rows.append(("json", "dictionary of JSON texts", "", "never given to a service"))
    return table(("Kind", "Stored as", "A row asks for", ""), rows)


def _type(record_type: type[Record]) -> str:
    facts = record_type.facts
    known = [
        ("Class", code(f"selfdata_sdk.model.{record_type.__name__}")),
        ("Time", form(record_type)),
        ("Told apart by", ", ".join(map(code, record_type.natural_key)) + ", within a series"),
        ("Sensitivity", facts.sensitivity),
        ("Whose data", ", ".join(s.replace("_", " ") for s in facts.subjects) or "nobody's"),
        ("Identifying fields", ", ".join(map(code, facts.identifying)) or "none"),
        ("Names third persons", ", ".join(map(code, facts.others))),
        ("Finest without a consent of its own", "as it is" if facts.finest == "raw" else facts.finest),
        (
            "Local day",
            {"civil": "from midnight", "gas": "from 06:00", "standard": "from midnight, winter time"}[facts.day_rule],
        ),
        ("One page holds", {"whole": "everything"}.get(facts.span, f"a {facts.span} (UTC)")),
        ("JSON Schema", code(file_name(record_type))),
    ]
    parts = [
        f"## {code(record_type.type)} {{ #{anchor(record_type)} }}",
        f"{summary(record_type)} {facts.description.en}"
        if summary(record_type) != facts.description.en
        else facts.description.en,
        f"*{facts.description.fr}*",
        table(("", ""), [k for k in known if k[1]]),
        table(HEADERS, [*_times(record_type), *_held(record_type), *_body(record_type)]),
    ]
    parts += [_element(f) for f in fields_of(record_type).values() if f.element is not None]
    return "\n\n".join(parts)


def _times(record_type: type[Record]) -> list[tuple[str, ...]]:
    specs = fields_of(record_type)
    return [_row(specs[name], required=not specs[name].nullable) for name in record_type.time_fields]


def _held(record_type: type[Record]) -> list[tuple[str, ...]]:
    """The fields that the series holds for all its records."""
    rows: list[tuple[str, ...]] = []
    for name in record_type.series_fields:
        info = record_type.model_fields[name]
        title = titles(info)
        missing = "" if info.is_required() else "may be"
        rows.append(
            (
                code(name),
                "text",
                "",
                missing,
                "part of the series",
                "",
                title.en if title else "",
                title.fr if title else "",
            )
        )
    return rows


def _body(record_type: type[Record]) -> list[tuple[str, ...]]:
    skipped = {*record_type.time_fields, *ENVELOPE}
    return [
        _row(spec, required=record_type.model_fields[name].is_required(), reducible=form(record_type) != "a date `on`")
        for name, spec in fields_of(record_type).items()
        if name not in skipped
    ]


def _row(spec: Field, *, required: bool, reducible: bool = False) -> tuple[str, ...]:
    title = spec.title
    reduction = REDUCTIONS[spec.reduce] if spec.kind == "quantity" and reducible else ""
    missing = "" if required else "may be empty" if spec.kind == "list" else "may be"
    english, french = (title.en, title.fr) if title else ("", "")
    return (code(spec.name), spec.kind, unit(spec), missing, rules(spec), reduction, english, french)


def unit(spec: Field) -> str:
    """The UCUM unit, and how it is written for people where that differs."""
    if not spec.unit or spec.unit == "1":
        return ""
    symbol = SYMBOLS.get(spec.unit, (spec.unit,))[0]
    return code(spec.unit) if symbol == spec.unit else f"{code(spec.unit)} ({symbol})"


def rules(spec: Field) -> str:
    found = []
    if spec.kind == "quantity":
        lower, upper = (write(Decimal(n or 0).scaleb(-spec.places).normalize() + 0) for n in (spec.lower, spec.upper))
        found.append(f"{_plain(lower)} to {_plain(upper)}")
        found.append(f"{spec.places} decimal place{'s' * (spec.places != 1)}" if spec.places else "whole")
    elif spec.kind == "integer":
        found.append(f"{spec.lower} to {spec.upper}")
    if spec.choices:
        found.append("one of " + ", ".join(map(code, spec.choices)))
    elif spec.known:
        found.append(", ".join(map(code, spec.known)) + "; readers accept other words")
    elif spec.pattern:
        found.append(f"matches {code(spec.pattern)}")
    if spec.label:
        found.append(f"one clean line of at most {spec.max_length} characters")
    return "; ".join(found)


def _plain(number: str) -> str:
    """A bound as people read it: a long row of zeros as a power of ten."""
    return (
        f"10^{len(number) - 1}" if number.startswith("1") and set(number[1:]) == {"0"} and len(number) > 7 else number
    )


def _element(spec: Field) -> str:
    element = spec.element
    assert element is not None
    return "\n\n".join(
        [
            f"Each of {code(spec.name)} is a {code(element.__name__)}: {_said(element)}",
            table(HEADERS, [_row(item, required=element.model_fields[item.name].is_required()) for item in spec.items]),
        ]
    )


def _said(element: type[BaseModel]) -> str:
    text = summary(element)
    return text[0].lower() + text[1:] if text else ""
