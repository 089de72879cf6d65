"""The published JSON Schemas of consent are current, and tell good documents from bad ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from selfdata_sdk.consent.grant import Terms
from selfdata_sdk.consent.schema import FOLDER, schemas, stale, write_schemas
from selfdata_sdk.host.host import Host
from selfdata_sdk.service.manifest import Manifest


def test_the_committed_schemas_are_what_the_code_says() -> None:
    """`python -m selfdata_sdk.consent.schema` changes nothing."""
    assert stale() == []
    assert {p.name for p in FOLDER.glob("*.json")} == set(schemas())


def test_a_stale_schema_is_found(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    assert stale(tmp_path) == []
    (tmp_path / "grant-1.json").write_text("{}")
    assert stale(tmp_path) == ["grant-1.json"]


@pytest.fixture
def documents(host: Host, coach: Manifest, terms: Terms) -> dict[str, Any]:
    """One good document for each schema."""
    grant = host.grant(coach, terms)
    checkpoint = host.checkpoint().to_json()
    entry = next(host.ledger.entries()).header.model_dump(mode="json", exclude_none=True)
    return {
        "need": coach.needs["water"].model_dump(mode="json", exclude_none=True),
        "grant": json.loads(grant.canonical()),
        "receipt": json.loads(host.receipt(coach.id).canonical()),
        "entry": entry,
        "checkpoint": checkpoint,
    }


@pytest.mark.parametrize("name", ["need", "grant", "receipt", "entry", "checkpoint"])
def test_a_good_document_is_valid_and_a_spoiled_one_is_not(name: str, documents: dict[str, Any]) -> None:
    schema = schemas()[f"{name}-1.json"]
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    good = documents[name]
    assert list(validator.iter_errors(good)) == []
    assert list(validator.iter_errors({**good, "extra": 1})) != []
    without = next(key for key in schema["required"] if key in good)
    assert list(validator.iter_errors({k: v for k, v in good.items() if k != without})) != []
