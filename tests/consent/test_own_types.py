"""What a service keeps of its own is said to the person in the publisher's words, and no more of it without asking."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.consent.difference import sentences
from selfdata_sdk.consent.grant import Item, Terms
from selfdata_sdk.consent.label import Enforcement, label_of
from selfdata_sdk.consent.order import Change, compare
from selfdata_sdk.errors import ManifestError
from selfdata_sdk.host.host import Host
from selfdata_sdk.model import REGISTRY, Source
from selfdata_sdk.model.own_record import record_type_of
from selfdata_sdk.model.own_type import OwnType
from selfdata_sdk.model.table import tables
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.testing.strategies.own_type import extensions, own_types

VECTOR = Path(__file__).parents[1] / "service/vectors/good/own-type.json"
WEEK = "org.example.water-coach.week/1"
WHY = {"en": "Hold this week against earlier ones", "fr": "Comparer cette semaine aux précédentes"}
EARLIER = {
    "record_type": WEEK, "fields": ["grade", "on"], "granularity": "raw", "at_worst": "raw", "back": "P1Y", "why": WHY,
}  # fmt: skip


def coach(**changes: Any) -> Manifest:
    """The coach that saves weeks and reads them again; the last changes are to what it saves."""
    value = json.loads(VECTOR.read_bytes())
    value["needs"]["weeks"] = EARLIER
    value["record_types"][0].update(changes)
    return Manifest.model_validate(value)


def fields(**changes: Any) -> dict[str, Any]:
    """The properties with changes; None takes one away."""
    found = {**json.loads(VECTOR.read_bytes())["record_types"][0]["properties"], **changes}
    return {name: node for name, node in found.items() if node is not None}


STEPS = {"type": "integer", "title": "Steps", "x-title-fr": "Pas", "minimum": 0, "maximum": 100_000}
OLD = coach()


def test_the_label_quotes_what_is_kept_and_what_it_tells() -> None:
    label = label_of(OLD, REGISTRY, Enforcement(isolated=True))
    told = [t for t in label.facts if "save" in t.en]
    assert told[1].en == (
        "It may save in your cloud, until you erase it: “Week of water” (“Busiest day”, “Days”, “First use”, “Grade”, "
        "“Goal kept”, “Water used”, “Note” and “Price”)."
    )
    assert "«\u00a0Semaine d'eau\u00a0» («\u00a0Jour le plus fort\u00a0»" in told[1].fr
    (weeks,) = [need for need in label.needs if need.label == "weeks"]
    assert weeks.what.en == "“Week of water”, the last year"
    assert weeks.what.fr == "«\u00a0Semaine d'eau\u00a0», la dernière année"
    assert any(line.en == "It sees: “Grade” and on." for line in weeks.lines)
    assert not weeks.finer


def test_the_label_says_which_of_its_fields_can_identify() -> None:
    value = json.loads(OLD.canonical())
    value["needs"]["weeks"]["fields"] = ["grade", "note", "on"]
    (weeks,) = [
        n for n in label_of(Manifest.model_validate(value), REGISTRY, Enforcement()).needs if n.label == "weeks"
    ]
    assert "This can identify you or others: “Note”." in [line.en for line in weeks.lines]


def test_the_receipt_names_what_is_kept(host: Host) -> None:
    host.grant(OLD, Terms(items={"water": Item(decision="given"), "weeks": Item(decision="given")}))
    receipt = host.receipt(OLD.id)
    assert [k.title.en for k in receipt.kept if k.record_type == WEEK] == ["“Week of water”"]
    assert "“Week of water”" in [title.en for title in receipt.combines]
    assert WEEK in host.record_types()
    assert WEEK not in REGISTRY


# Another version

WIDER = {
    "a field more": (
        coach(properties=fields(steps=STEPS)),
        "saved_fields",
        "Of “Week of water”, it may now also save: “Steps”.",
        "De «\u00a0Semaine d'eau\u00a0», il peut maintenant aussi enregistrer\u00a0: «\u00a0Pas\u00a0».",
    ),
    "wider bounds": (
        coach(properties=fields(days={**fields()["days"], "maximum": 31})),
        "record_types",
        "What it may save of “Week of water” has changed.",
        "Ce qu'il peut enregistrer de «\u00a0Semaine d'eau\u00a0» a changé.",
    ),
    "a field that is something else": (
        coach(properties=fields(days=fields()["kept"])),
        "breaks",
        "What it saved of “Week of water” until now could not be read any more: where such data are kept, it does not run.",
        (
            "Ce qu'il a enregistré de «\u00a0Semaine d'eau\u00a0» jusqu'ici ne pourrait plus être lu\u00a0: là où ces "
            "données sont gardées, il ne tourne pas."
        ),
    ),
}


@pytest.mark.parametrize(("new", "axis", "en", "fr"), WIDER.values(), ids=WIDER)
def test_to_keep_more_waits_for_an_answer(new: Manifest, axis: str, en: str, fr: str) -> None:
    compared = compare(OLD, new)
    assert compared.waits
    assert [change.axis for change in compared.wider] == [axis]
    said = sentences(compared, OLD, new, REGISTRY)
    assert en in [text.en for text in said]
    assert fr in [text.fr for text in said]


def test_to_keep_less_does_not_wait() -> None:
    new = coach(properties=fields(kept=None))
    compared = compare(OLD, new)
    assert (compared.verdict, compared.wider) == ("narrower", ())
    assert [change.axis for change in compared.narrower] == ["saved_fields"]
    assert "Of “Week of water”, it no longer saves: “Goal kept”." in [
        text.en for text in sentences(compared, OLD, new, REGISTRY)
    ]


def test_other_words_for_what_is_kept_are_told() -> None:
    grade = {**fields()["grade"], "title": "Mark"}
    new = coach(title="My week", properties=fields(grade=grade))
    compared = compare(OLD, new)
    assert compared.verdict == "reworded"
    assert compared.reworded == (f"record_types.{WEEK}.title", f"record_types.{WEEK}.grade.title")
    said = [text.en for text in sentences(compared, OLD, new, REGISTRY)]
    assert "The name of what it saves is now “My week”; it was “Week of water”." in said
    assert "The name of what it saves is now “Mark”; it was “Grade”." in said


def test_a_type_that_is_new_is_asked_for_once() -> None:
    before = Manifest.from_json(VECTOR.with_name("full.json").read_bytes())
    after = Manifest.from_json(VECTOR.read_bytes())
    assert [c for c in compare(before, after).wider if "week" in c.new] == [Change("produces", "", "", WEEK)]


def with_own(own: OwnType) -> Manifest:
    value = json.loads(VECTOR.with_name("small.json").read_bytes())
    value |= {"produces": [{"record_type": own.name}], "record_types": [own.written()], "id": own.service}
    return Manifest.model_validate(value)


@settings(deadline=None)
@given(st.data())
def test_only_what_has_the_same_rules_is_no_more(data: st.DataObject) -> None:
    own, other = data.draw(own_types()), data.draw(own_types())
    a, b = with_own(own), with_own(other)
    assert compare(a, a).verdict == "same"
    assert (not compare(a, b).wider and not compare(b, a).wider) == (own.rules == other.rules)
    more = with_own(data.draw(extensions(own)))
    assert not compare(more, a).wider
    assert bool(compare(a, more).wider) == (more.own_types[0].rules != own.rules)
    assert sentences(compare(a, b), a, b, REGISTRY)


# What is kept decides


def test_a_version_that_could_not_read_what_is_kept_cannot_be_agreed_to(host: Host) -> None:
    own = OLD.own_types[0]
    source = Source(holder=OLD.id, importer=OLD.id, version="1", method="derived", retrieved_at=datetime.now(UTC))
    week = {"on": "2026-01-05", "grade": "good", "litres": "700", "days": 7, "source": source}
    host.store.write(tables([record_type_of(own).model_validate(week)]))
    items = {"water": Item(decision="given"), "weeks": Item(decision="given")}
    with pytest.raises(ManifestError, match="do not fit its new schema"):
        host.grant(WIDER["a field that is something else"][0], Terms(items=items))
    assert host.grants() == []
    host.grant(WIDER["a field more"][0], Terms(items=items))
