"""The committed schemas are current, are JSON Schema 2020-12, and accept exactly what records write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from selfdata_sdk.model import REGISTRY, GasUse, HouseholdProfile, Record, Tariff, WaterUse
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.schema import (
    FOLDER,
    canonical,
    file_name,
    read_schemas,
    schema,
    validator,
    write_schemas,
)
from selfdata_sdk.testing.strategies import records

TYPES = pytest.mark.parametrize("record_type", tuple(REGISTRY), ids=lambda t: t.type)


@cache
def built(record_type: type[Record]) -> Validator:
    return validator(schema(record_type))


@TYPES
def test_the_committed_schema_is_current(record_type: type[Record]) -> None:
    committed = (FOLDER / file_name(record_type)).read_text(encoding="utf-8")
    assert committed == canonical(schema(record_type)), "run: python -m selfdata_sdk.model.schema"


def test_a_stale_schema_is_written_again_and_a_current_one_is_left(tmp_path: Path) -> None:
    (first,) = write_schemas(tmp_path, [WaterUse])
    assert first.name == "water.use-1.0.json"
    assert write_schemas(tmp_path, [WaterUse]) == ()
    first.write_text("{}", encoding="utf-8")
    assert write_schemas(tmp_path, [WaterUse]) == (first,)
    assert read_schemas(tmp_path) == (schema(WaterUse),)


@TYPES
def test_a_schema_is_valid_json_schema_with_a_canonical_form(record_type: type[Record]) -> None:
    made = schema(record_type)
    Draft202012Validator.check_schema(made)
    text = canonical(made)
    assert text.endswith("}\n")
    assert text == canonical(json.loads(text))


@TYPES
def test_every_field_has_a_title_in_both_languages(record_type: type[Record]) -> None:
    def untitled(node: dict[str, Any], path: str) -> Iterator[str]:
        for name, part in node.get("properties", {}).items():
            if not (part.get("title") and part.get("x-title-fr")):
                yield f"{path}.{name}"

    made = schema(record_type)
    parts = {"": made, **made["$defs"]}
    assert [w for name, node in parts.items() for w in untitled(node, name)] == []
    assert made["title"]
    assert made["description"]
    assert made["x-title-fr"]
    assert made["x-description-fr"]
    assert all(spec.title is not None for spec in fields_of(record_type).values())


def test_a_schema_tells_units_open_lists_facts_time_form_and_natural_key() -> None:
    water, gas, home, tariff = (schema(t) for t in (WaterUse, GasUse, HouseholdProfile, Tariff))
    assert water["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert water["$id"] == "urn:selfdata:schema:water.use:1.0"
    assert water["properties"]["litres"]["x-unit"] == "L"
    assert water["properties"]["min_flow"]["x-reduce"] == "min"
    assert water["properties"]["basis"]["x-values"] == ["reported", "readings"]
    assert water["x-natural-key"] == ["start"]
    assert water["x-series"] == {"point": "about", "register_id": "register"}
    assert [t["x-time"] for t in (water, home, tariff)] == ["interval", "date", "open_interval"]
    assert gas["x-facts"]["day_rule"] == "gas"
    assert gas["x-facts"]["identifying"] == ["point"]
    assert home["properties"]["occupants"]["title"] == "Occupants"
    assert home["properties"]["occupants"]["x-title-fr"] == "Habitants"
    assert "description" not in home["properties"]["occupants"]


@TYPES
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_what_a_record_writes_is_valid_and_reads_back(record_type: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(record_type))
    text = record.model_dump_json()
    assert [e.message for e in built(record_type).iter_errors(json.loads(text))] == []
    assert record_type.model_validate_json(text) == record


GOOD: dict[str, Any] = {
    "start": "2025-01-01T00:00:00+01:00",
    "end": "2025-01-01T01:00:00+01:00",
    "litres": "12.5",
    "source": {"holder": "veolia", "importer": "t", "version": "1", "retrieved_at": "2025-02-01T00:00:00Z"},
}

BAD: dict[str, dict[str, Any]] = {
    "too many decimals": {"litres": "12.5001"},
    "a negative amount of water": {"litres": "-1"},
    "more than the bound": {"litres": "1000000000001"},
    "digits of another script": {"litres": "١٢"},
    "a final line break": {"litres": "12\n"},
    "a time without a zone": {"start": "2025-01-01T00:00:00"},
    "seconds since 1970": {"start": 1735686000},
    "an end before the start": {"end": "2025-01-01T00:00:00+02:00"},
    "an end at the start": {"end": "2024-12-31T23:00:00Z"},
    "an unknown field": {"liters": "1"},
    "an unknown quality": {"quality": "good"},
    "a word with a blank": {"basis": "as reported"},
    "revision 0": {"revision": 0},
    "an unknown zone": {"tz": "Nowhere/Else"},
    "a holder without a name": {"source": {**GOOD["source"], "holder": ""}},
    "no source": {"source": None},
    "ext that is a list": {"ext": []},
}


def test_the_good_example_of_the_bad_ones_is_valid() -> None:
    assert built(WaterUse).is_valid(GOOD)
    assert built(WaterUse).is_valid({**GOOD, "basis": "a-word-of-next-year", "quality": "estimated"})


@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
def test_what_a_record_refuses_the_schema_refuses(change: dict[str, Any]) -> None:
    document = {**GOOD, **change}
    assert not built(WaterUse).is_valid(document)
    with pytest.raises(ValueError, match="validation error"):
        WaterUse.model_validate_json(json.dumps(document))


@pytest.mark.parametrize("litres", [12.5, 12, "1e3", "+1"])
def test_on_the_wire_a_quantity_is_a_plain_decimal_though_python_gives_numbers_too(litres: Any) -> None:
    assert not built(WaterUse).is_valid({**GOOD, "litres": litres})
    assert WaterUse(**{**GOOD, "litres": litres}).litres == Decimal(str(litres))


def test_a_text_with_invisible_characters_is_refused() -> None:
    document = {
        "start": GOOD["start"],
        "source": GOOD["source"],
        "name": "Eau\u202e",
        "commodity": "water",
        "unit": "m3",
    }
    assert not built(Tariff).is_valid(document)
    assert built(Tariff).is_valid({**document, "name": "Eau"})


def test_a_missing_required_field_is_refused() -> None:
    assert not built(WaterUse).is_valid({k: v for k, v in GOOD.items() if k != "litres"})
