"""A service's own record type is a record type like every other, made from a schema that nobody has to trust."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from selfdata_sdk.errors import RequestError
from selfdata_sdk.model import REGISTRY, Facts, InstantRecord, Registry, Text
from selfdata_sdk.model.check import faults
from selfdata_sdk.model.own_record import OwnTypes, breaks, own_type_of, record_type_of
from selfdata_sdk.model.own_type import _TAKEN, OwnType, service_of
from selfdata_sdk.model.record import DateRecord, IntervalRecord
from selfdata_sdk.model.schema import schema, validator
from selfdata_sdk.testing.strategies import records, tables
from selfdata_sdk.testing.strategies.own_type import extensions, own_types

TITLES = {"title": "Points", "x-title-fr": "Points"}
POINTS: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 100, **TITLES}
SCORE: dict[str, Any] = {
    "x-type": "org.example.water-week.score/1",
    "title": "Week of water",
    "x-title-fr": "Semaine d'eau",
    "description": "How a week went.",
    "x-description-fr": "Comment une semaine s'est passée.",
    "type": "object",
    "x-time": "date",
    "properties": {"points": POINTS, "note": {"type": "string", **TITLES}},
    "required": ["points"],
}


def score(**changes: Any) -> OwnType:
    return OwnType.model_validate({**SCORE, **changes})


def with_field(node: dict[str, Any], name: str = "added", required: tuple[str, ...] = ("points",)) -> OwnType:
    return score(properties={**SCORE["properties"], name: {**TITLES, **node}}, required=list(required))


# One declaration, one class


@settings(deadline=None)
@given(own_types())
def test_what_is_declared_comes_back_from_its_canonical_bytes_as_the_same_class(own: OwnType) -> None:
    again = OwnType.model_validate_json(own.canonical())
    assert again == own
    assert again.digest == own.digest
    assert record_type_of(again) is record_type_of(own)
    assert own_type_of(record_type_of(own)) == own


def test_the_order_in_which_the_author_wrote_makes_no_other_class() -> None:
    properties = dict(reversed(SCORE["properties"].items()))
    both = {"required": ["points", "note"], "properties": properties}
    assert record_type_of(score(**both)) is record_type_of(score(required=["note", "points"]))


def test_a_declared_type_is_a_record_type_of_its_time() -> None:
    made = record_type_of(score())
    assert issubclass(made, DateRecord)
    assert (made.type, made.__name__, made.natural_key) == ("org.example.water-week.score/1", "Score", ("on",))
    assert made.facts == Facts(
        Text(en="Week of water", fr="Semaine d'eau"),
        Text(en="How a week went.", fr="Comment une semaine s'est passée."),
        finest="raw",
        span="year",
    )
    assert issubclass(record_type_of(score(**{"x-time": "interval"})), IntervalRecord)
    assert issubclass(record_type_of(score(**{"x-time": "instant"})), InstantRecord)


def test_the_types_of_the_model_are_nobodys_own() -> None:
    assert all(own_type_of(record_type) is None and service_of(record_type.type) is None for record_type in REGISTRY)
    assert service_of("org.example.water-week.score/1") == "org.example.water-week"


@settings(deadline=None)
@given(st.data())
def test_its_records_keep_its_schema_as_columns_and_as_json(data: st.DataObject) -> None:
    record_type = record_type_of(data.draw(own_types()))
    record = data.draw(records(record_type))
    assert validator(schema(record_type)).is_valid(json.loads(record.model_dump_json()))
    assert record_type.model_validate_json(record.model_dump_json()) == record
    table = data.draw(tables(record_type))
    assert not faults(table).any()
    assert len(table.records()) == len(table)


SOURCE = {"holder": "self", "importer": "manual", "version": "1", "retrieved_at": "2026-01-01T00:00Z"}
REFUSED: dict[str, tuple[dict[str, Any], object]] = {
    "a number above its maximum": ({"type": "integer", "minimum": 0, "maximum": 10}, 11),
    "a text that is too long": ({"type": "string", "maxLength": 3}, "four"),
    "an empty text": ({"type": "string"}, ""),
    "a text with characters that do not show": ({"type": "string"}, "a\u200bb"),
    "a word that is not listed": ({"type": "string", "enum": ["good", "bad"]}, "fair"),
    "more places than are kept": ({"type": "string", "x-unit": "L", "x-places": 1, "x-reduce": "sum"}, "0.25"),
    "a quantity below its minimum": ({"type": "string", "x-unit": "L", "x-places": 1, "x-reduce": "sum"}, "-1"),
    "money that is a float": ({"type": "object", "x-money": True}, {"amount": 1.5, "currency": "EUR"}),
    "a moment without a zone": ({"type": "string", "format": "date-time"}, "2026-01-01T00:00"),
    "a date that is none": ({"type": "string", "format": "date"}, "2026-02-30"),
    "a yes that is a word": ({"type": "boolean"}, "maybe"),
}


@pytest.mark.parametrize(("node", "value"), REFUSED.values(), ids=REFUSED)
def test_a_value_that_breaks_its_rule_is_refused(node: dict[str, Any], value: object) -> None:
    record_type = record_type_of(with_field(node))
    record = {"on": "2026-01-01", "points": 3, "source": SOURCE}
    record_type.model_validate(record)
    with pytest.raises(ValidationError):
        record_type.model_validate({**record, "added": value})


def test_a_required_field_may_not_be_missing() -> None:
    with pytest.raises(ValidationError):
        record_type_of(score()).model_validate({"on": "2026-01-01", "source": SOURCE})


def test_what_its_natural_key_names_tells_two_records_of_one_day_apart() -> None:
    kind = {"type": "string", "enum": ["a", "b"], **TITLES}
    own = score(**{"x-natural-key": ["on", "kind"], "properties": {"kind": kind}, "required": ["kind"]})
    a, b = (record_type_of(own).model_validate({"on": "2026-01-01", "kind": k, "source": SOURCE}) for k in "ab")
    assert a.id != b.id


def test_no_field_has_a_name_that_a_record_needs_itself() -> None:
    """Also with the version of pydantic that is installed now."""
    public = {n for base in (IntervalRecord, InstantRecord, DateRecord) for n in dir(base) if not n.startswith("_")}
    fields = {n for base in (IntervalRecord, InstantRecord, DateRecord) for n in base.model_fields}
    assert {n for n in public | fields if not n.startswith("model_")} <= _TAKEN


# Versions

KEPT = {
    "the same in other words": score(title="My week"),
    "an optional field more": with_field({"type": "boolean"}),
    "wider bounds": score(properties={**SCORE["properties"], "points": {**POINTS, "maximum": 1000}}),
    "a field that may be missing now": score(required=[]),
}
BROKEN = {
    "a required field more": with_field({"type": "boolean"}, required=("points", "added")),
    "a field less": score(properties={"points": POINTS}),
    "a field that may no longer be missing": score(required=["points", "note"]),
    "narrower bounds": score(properties={**SCORE["properties"], "points": {**POINTS, "maximum": 10}}),
    "a field of another type": with_field({"type": "boolean"}, "note"),
    "another time": score(**{"x-time": "instant"}),
}


@pytest.mark.parametrize("new", KEPT.values(), ids=KEPT)
def test_what_is_kept_can_be_read_under_a_version_that_only_adds(new: OwnType) -> None:
    assert breaks(score(), new) == []


@pytest.mark.parametrize("new", BROKEN.values(), ids=BROKEN)
def test_what_takes_away_or_tightens_breaks_what_is_kept(new: OwnType) -> None:
    assert breaks(score(), new)


@settings(deadline=None)
@given(st.data())
def test_optional_fields_more_never_break_what_is_kept(data: st.DataObject) -> None:
    own = data.draw(own_types())
    more = data.draw(extensions(own))
    assert breaks(own, more) == []
    assert bool(breaks(more, own)) == (more.properties.keys() != own.properties.keys())
    record = data.draw(records(record_type_of(own)))
    kept = record.model_dump(mode="json")
    assert record_type_of(more).model_validate(kept).model_dump(mode="json", include=set(kept)) == kept


# Registries


def test_own_types_stand_beside_those_that_are_known_without_changing_them() -> None:
    types = OwnTypes(REGISTRY, [score()])
    made = record_type_of(score())
    assert types.get("org.example.water-week.score/1") is types.get("org.example.water-week.score") is made
    assert made in list(types)
    assert types.get("water.use") is REGISTRY.get("water.use")
    assert made.type not in REGISTRY
    with pytest.raises(RequestError, match="no record type"):
        types.get("org.example.water-week.scores")


def test_a_later_declaration_takes_the_place_of_an_earlier_one() -> None:
    more = with_field({"type": "boolean"})
    types = OwnTypes(OwnTypes(REGISTRY, [score()]), [more])
    assert types.get(more.name) is record_type_of(more)
    assert [t for t in types if t.type == more.name] == [record_type_of(more)]


def test_a_name_that_a_plugins_type_has_stays_that_ones() -> None:
    class Taken(DateRecord):
        type = "org.example.water-week.score/1"
        facts = Facts(title=Text(en="Taken", fr="Pris"), description=Text(en="Taken", fr="Pris"))

    types: Registry = OwnTypes(Registry((Taken,)), [score()])
    assert types.get(Taken.type) is Taken
    assert list(types) == [Taken]


def test_records_of_two_versions_differ_only_in_what_was_added() -> None:
    old, new = record_type_of(score()), record_type_of(with_field({"type": "boolean"}))
    assert set(new.model_fields) - set(old.model_fields) == {"added"}
