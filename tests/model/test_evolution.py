"""Minor versions only add, major versions have upcasters."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from selfdata_sdk.errors import RecordTypeError
from selfdata_sdk.model import REGISTRY, Facts, InstantRecord, Money, Quantity, Record, Source, Text, WaterUse
from selfdata_sdk.model.evolution import Upcasters, breaches
from selfdata_sdk.model.record import OneOf
from selfdata_sdk.model.schema import JsonSchema, read_schemas, schema, validator
from selfdata_sdk.testing.strategies import matching, records

TITLE = Text(en="Solar production", fr="Production solaire")


class First(InstantRecord):
    """Version 1.0 of a type made for these tests."""

    type = "test.solar/1"
    facts = Facts(title=TITLE, description=TITLE)

    energy: Annotated[Decimal, Quantity("W.h", 0, TITLE)]
    kind: Annotated[str, OneOf(("roof", "garden"))] | None = None


class FirstWithPanels(First):
    """Version 1.1 adds an optional field and a known word."""

    type = "test.solar/1"
    minor = 1

    kind: Annotated[str, OneOf(("roof", "garden", "balcony"))] | None = None
    panels: Annotated[int, Field(ge=1, le=1000)] | None = None


class Second(InstantRecord):
    """Version 2.0 states energy in another unit."""

    type = "test.solar/2"
    facts = Facts(title=TITLE, description=TITLE)

    kilowatt_hours: Annotated[Decimal, Quantity("kW.h", 3, TITLE)]
    panels: Annotated[int, Field(ge=1, le=1000)] | None = None


class Third(Second):
    """Version 3.0 says what the sale brought."""

    type = "test.solar/3"

    income: Money | None = None


SOURCE = Source(holder="self", importer="t", version="1", retrieved_at=datetime(2025, 1, 1, tzinfo=UTC))
NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def envelope(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in Record.model_fields}


def solar() -> Upcasters:
    made = Upcasters()

    @made.upcaster(First, Second)
    def _to_second(old: First) -> Second:
        return Second(**envelope(old), at=old.at, kilowatt_hours=old.energy / 1000)

    @made.upcaster(Second, Third)
    def _to_third(old: Second) -> Third:
        return Third(**envelope(old), at=old.at, kilowatt_hours=old.kilowatt_hours, panels=old.panels)

    return made


def test_every_registered_type_keeps_to_what_earlier_versions_said() -> None:
    committed = read_schemas()
    assert {t.type: breaches(schema(t), committed) for t in REGISTRY} == {t.type: [] for t in REGISTRY}


def test_a_minor_version_may_add_optional_fields_and_known_words() -> None:
    assert breaches(schema(FirstWithPanels), [schema(First)]) == []


@given(record=records(First))
@settings(max_examples=30, deadline=None)
def test_what_was_valid_before_an_addition_stays_valid(record: First) -> None:
    text = record.model_dump_json()
    assert FirstWithPanels.model_validate_json(text).model_dump_json(exclude={"panels"}) == text


def _required(s: JsonSchema) -> None:
    s["required"].append("kind")


def _new_required(s: JsonSchema) -> None:
    s["properties"]["age"] = {"type": "integer"}
    s["required"].append("age")


def _set(*path: str, **words: Any) -> Any:
    def change(s: JsonSchema) -> None:
        node = s
        for step in path:
            node = node[step]
        for word, value in words.items():
            node[word.replace("_", "-")] = value

    return change


def _drop(*path: str) -> Any:
    def change(s: JsonSchema) -> None:
        node = s
        for step in path[:-1]:
            node = node[step]
        del node[path[-1]]

    return change


ENERGY = ("properties", "energy")

FORBIDDEN = {
    "a field removed": (_drop("properties", "kind"), "kind: is removed"),
    "an optional field required": (_required, "kind: was optional and becomes required"),
    "a new field required": (_new_required, "age: is new and required"),
    "an unknown type of value": (_set(*ENERGY, type="number"), "energy: is no longer allowed to be string"),
    "missing no longer allowed": (_set("properties", "kind", type="string"), "kind: is no longer allowed to be null"),
    "an upper bound lowered": (_set(*ENERGY, x_maximum="10"), "energy: x-maximum is tightened"),
    "a lower bound raised": (_set(*ENERGY, x_minimum="1"), "energy: x-minimum is tightened"),
    "an integer bound raised": (_set("properties", "revision", minimum=2), "revision: minimum is tightened"),
    "a new bound": (_set("properties", "kind", maxLength=3), "kind: maxLength is new"),
    "another pattern": (_set(*ENERGY, pattern="^1$"), "energy: pattern is new or other"),
    "a new rule": (_set("properties", "kind", x_clean=True), "kind: x-clean is new"),
    "a known word lost": (_set("properties", "kind", x_values=["roof"]), "kind: loses the values garden"),
    "an open list closed": (_set("properties", "kind", enum=["roof", "garden"]), "kind: was open and becomes a closed"),
    "a quality lost": (_set("properties", "quality", enum=["measured"]), "quality: loses the values estimated"),
    "another default": (_set("properties", "status", default="provisional"), "status: default changes"),
    "another unit": (_set(*ENERGY, x_unit="kW.h"), "energy: x-unit changes"),
    "another reduction": (_set(*ENERGY, x_reduce="max"), "energy: x-reduce changes"),
    "another format": (_set("properties", "at", format="date"), "at: format changes"),
    "another natural key": (_set(x_natural_key=["at", "kind"]), "x-natural-key changes"),
    "another form of time": (_set(x_time="interval"), "x-time changes"),
    "another series": (_set(x_series={"kind": "about"}), "x-series changes"),
    "a part of a nested object removed": (
        _drop("$defs", "Source", "properties", "sha256"),
        "Source.sha256: is removed",
    ),
    "other fields shut out": (_set("properties", "ext", additionalProperties=False), "ext[additionalProperties]"),
    "a rule for other fields": (_set("properties", "ext", additionalProperties={"type": "string"}), "ext[additional"),
}


@pytest.mark.parametrize(("change", "sentence"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_minor_version_may_not(change: Any, sentence: str) -> None:
    new = deepcopy(schema(FirstWithPanels))
    change(new)
    found = breaches(new, [schema(First)])
    assert [text for text in found if sentence in text], found


def test_alternatives_may_widen_and_not_narrow() -> None:
    old, new = deepcopy(schema(Third)), deepcopy(schema(Third))
    new["$id"] = new["$id"].replace(":3.0", ":3.1")
    assert breaches(new, [old]) == []
    new["properties"]["income"]["anyOf"] = [{"type": "null"}]
    assert breaches(new, [old]) == ["3.1 against 3.0: income: alternative 1 is no longer allowed"]


def test_a_loosened_bound_and_a_dropped_rule_are_allowed() -> None:
    new = deepcopy(schema(FirstWithPanels))
    new["properties"]["energy"]["x-maximum"] = "10000000000000"
    del new["properties"]["kind"]["pattern"]
    assert breaches(new, [schema(First)]) == []


def test_the_name_of_a_field_that_a_major_version_removed_is_never_used_again() -> None:
    new = deepcopy(schema(Third))
    new["properties"]["energy"] = {"type": "string"}
    (found,) = breaches(new, [schema(First), schema(Second)])
    assert found.startswith("energy: is the name of a field that was removed")
    assert breaches(schema(Third), [schema(First), schema(Second)]) == []


def test_schemas_of_other_types_and_later_versions_do_not_count() -> None:
    assert breaches(schema(First), [schema(WaterUse), schema(FirstWithPanels), schema(First)]) == []


# Any schema, any change: what the check lets pass never makes an old document invalid.

PATTERN = "^[a-c]{1,3}$"


@st.composite
def properties(draw: st.DrawFn) -> JsonSchema:
    kind = draw(st.sampled_from(["integer", "string", "word", "choice", "list", "either"]))
    match kind:
        case "integer":
            low = draw(st.integers(-3, 3))
            found: JsonSchema = {"type": "integer", "minimum": low, "maximum": low + draw(st.integers(0, 5))}
        case "string":
            found = {"type": "string", "minLength": draw(st.integers(0, 2)), "maxLength": draw(st.integers(2, 4))}
        case "word":
            found = {"type": "string", "pattern": PATTERN, "x-values": ["a", "b"]}
        case "choice":
            found = {"type": "string", "enum": draw(st.lists(st.sampled_from("abcd"), min_size=1, unique=True))}
        case "list":
            found = {"type": "array", "maxItems": draw(st.integers(1, 3)), "items": draw(properties())}
        case _:
            return {"anyOf": [draw(properties()), {"type": "null"}]}
    if draw(st.booleans()) and kind != "choice":
        found["type"] = [found["type"], "null"]
    return found


@st.composite
def schemas(draw: st.DrawFn) -> JsonSchema:
    found = draw(st.dictionaries(st.sampled_from(["a", "b", "c"]), properties(), max_size=3))
    required = [name for name in found if draw(st.booleans())]
    return {
        "$id": "urn:selfdata:schema:test.any:1.0",
        "type": "object",
        "properties": found,
        "required": required,
        "additionalProperties": False,
    }


@st.composite
def changed(draw: st.DrawFn, old: JsonSchema) -> JsonSchema:
    """`old` with one or two changes of any kind, good or bad."""
    new = deepcopy(old)
    new["$id"] = "urn:selfdata:schema:test.any:1.1"
    for _ in range(draw(st.integers(1, 2))):
        name = draw(st.sampled_from(["a", "b", "c", "d"]))
        part = new["properties"].get(name)
        match draw(st.sampled_from(["replace", "bound", "enum", "require", "drop", "open"])):
            case "replace":
                new["properties"][name] = draw(properties())
            case "drop":
                new["properties"].pop(name, None)
            case "require" if part is not None and name not in new["required"]:
                new["required"].append(name)
            case "enum" if part is not None and "enum" in part:
                part["enum"] = draw(st.lists(st.sampled_from("abcde"), min_size=1, unique=True))
            case "bound" if part is not None:
                word = draw(st.sampled_from(["minimum", "maximum", "minLength", "maxLength", "maxItems"]))
                part[word] = max(part.get(word, 0) + draw(st.integers(-1, 1)), 0)
            case "open" if part is not None:
                part.pop(draw(st.sampled_from(["pattern", "maximum", "enum", "items", "type", "anyOf"])), None)
    return new


def instances(node: JsonSchema) -> st.SearchStrategy[Any]:
    if "anyOf" in node:
        return st.one_of([instances(choice) for choice in node["anyOf"]])
    match node["type"]:
        case [kind, "null"]:
            return st.none() | instances({**node, "type": kind})
        case "null":
            return st.none()
        case "integer":
            return st.integers(node["minimum"], node["maximum"])
        case "array":
            return st.lists(instances(node["items"]), max_size=node["maxItems"])
    if "enum" in node:
        return st.sampled_from(node["enum"])
    if "pattern" in node:
        return matching(node["pattern"])
    return st.text("abcd", min_size=node["minLength"], max_size=node["maxLength"])


def documents(s: JsonSchema) -> st.SearchStrategy[dict[str, Any]]:
    parts = {name: instances(node) for name, node in s["properties"].items()}
    required = {k: v for k, v in parts.items() if k in s["required"]}
    return st.fixed_dictionaries(required, optional={k: v for k, v in parts.items() if k not in required})


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_what_was_valid_stays_valid_under_every_change_that_is_let_pass(data: st.DataObject) -> None:
    old = data.draw(schemas())
    new = data.draw(changed(old))
    document = data.draw(documents(old))
    assert validator(old).is_valid(document)
    if not breaches(new, [old]):
        assert validator(new).is_valid(document)


# Upcasters


def test_upcasters_are_chained_to_the_newest_major_version() -> None:
    old = first(energy="1500")
    new = solar().upcast(old)
    assert isinstance(new, Third)
    assert new.kilowatt_hours == Decimal("1.5")
    assert (new.at, new.source) == (old.at, old.source)


def first(energy: str) -> First:
    return First(at=NOON, energy=Decimal(energy), source=SOURCE)


def test_a_record_of_the_newest_version_is_returned_as_it_is() -> None:
    newest = Third(at=NOON, kilowatt_hours=Decimal(1), source=SOURCE)
    assert solar().upcast(newest) is newest


@given(record=records(First))
@settings(max_examples=30, deadline=None)
def test_an_upcaster_gives_the_same_every_time_and_leaves_its_record(record: First) -> None:
    before = record.model_dump_json()
    made = solar()
    assert made.upcast(record) == made.upcast(record)
    assert record.model_dump_json() == before


@pytest.mark.parametrize(("old", "new"), [(First, Third), (Second, First), (First, WaterUse), (First, First)])
def test_an_upcaster_leads_to_the_next_major_version_of_the_same_name(old: type[Record], new: type[Record]) -> None:
    with pytest.raises(RecordTypeError, match="is not the major version after"):
        Upcasters().upcaster(old, new)


def test_a_step_has_one_upcaster() -> None:
    with pytest.raises(RecordTypeError, match="has an upcaster already"):
        solar().upcaster(First, Second)


def test_an_upcaster_that_gives_another_type_is_refused() -> None:
    made = Upcasters()
    made.upcaster(First, Second)(lambda old: old)
    with pytest.raises(RecordTypeError, match="gave a First"):
        made.upcast(first("1"))
