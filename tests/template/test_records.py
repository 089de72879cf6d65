"""What the template knows of record types is what the model says."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from selfdata_sdk import model
from selfdata_sdk.model import REGISTRY, DateRecord, InstantRecord, IntervalRecord, OpenIntervalRecord
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.reduction import reducible
from selfdata_sdk.model.wording import SYMBOLS

from .baking import RECORDS

Facts = dict[str, Any]
PYTHON = {"instant": "datetime", "date": "date", "quantity": "float", "integer": "int"}


def test_every_record_type_is_there() -> None:
    assert {f"{name}/1" for name in RECORDS} == {record_type.type for record_type in REGISTRY}


@pytest.mark.parametrize("name", RECORDS)
def test_class_title_and_fields_are_the_models(name: str) -> None:
    facts: Facts = RECORDS[name]
    record_type, specs = REGISTRY.get(name), fields_of(REGISTRY.get(name))
    assert getattr(model, facts["class"]) is record_type
    assert facts["title"] == record_type.facts.title.model_dump()
    assert next(iter(facts["fields"])) == record_type.time_fields[0]
    for field, kind in facts["fields"].items():
        assert kind == PYTHON[specs[field].kind] + " | None" * specs[field].nullable
    if people := facts.get("people"):
        assert PYTHON[specs[people].kind] == "int"


@pytest.mark.parametrize("name", RECORDS)
def test_kinds_are_told_by_how_the_model_reduces(name: str) -> None:
    facts: Facts = RECORDS[name]
    record_type = REGISTRY.get(name)
    if "value" not in facts:
        assert facts["kind"] == ("home" if "people" in facts else "fact")
        return
    spec = fields_of(record_type)[facts["value"]]
    (timed,) = record_type.__bases__
    kinds = {(IntervalRecord, "sum"): "use", (InstantRecord, "last"): "dial", (InstantRecord, "max"): "peak"}
    assert {kind for (base, rule), kind in kinds.items() if (base, rule) == (timed, spec.reduce)} == {facts["kind"]}
    assert reducible(record_type)
    assert spec.unit == facts["unit"]
    assert facts["shown"]["unit"] in SYMBOLS
    for field, values in facts.get("where", {}).items():
        assert set(values) <= set(fields_of(record_type)[field].known)


@pytest.mark.parametrize("name", [name for name, facts in RECORDS.items() if "value" not in facts])
def test_what_holds_until_it_changes_needs_no_long_past(name: str) -> None:
    record_type = REGISTRY.get(name)
    held = issubclass(record_type, OpenIntervalRecord | DateRecord) and record_type.facts.span == "whole"
    assert RECORDS[name]["back"] == ("P30D" if held else "P1Y")


def test_labels_and_rows_are_told_apart() -> None:
    for key in ("label", "row", "class"):
        assert len({facts[key] for facts in RECORDS.values()}) == len(RECORDS)


def test_four_names_fit_into_a_summary() -> None:
    for language in ("en", "fr"):
        longest = max(len(", ".join(some)) for some in combinations((f["noun"][language] for f in RECORDS.values()), 4))
        assert longest + len("Compare une semaine aux quatre semaines d'avant : .") <= 200
