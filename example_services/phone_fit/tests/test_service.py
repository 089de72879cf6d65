"""The whole way: a persona through the broker into the service, blocks out."""

from __future__ import annotations

from pathlib import Path

from phone_fit import phone_fit

from selfdata_sdk import NoInsight
from selfdata_sdk.service.deriving import is_stale
from selfdata_sdk.service.project import Project
from selfdata_sdk.testing import persona, run_on

ROOT = Path(__file__).parents[1]


def test_nobody_is_asked_for_by_name_or_number() -> None:
    asked = {name for request in phone_fit.requests for name in request.row.__shape__.names}
    assert "partner" not in asked
    assert all("line" in request.row.__shape__.pseudonyms for request in phone_fit.requests if request.label != "bills")


def test_no_operator_is_named_in_what_it_says() -> None:
    run = run_on(phone_fit, persona("single_flat", plant=["phone-overage@2026-10-02:15EUR"]))
    assert all("Persona" not in block.fallback.en for block in run.blocks)


def test_without_data_it_says_what_would_help() -> None:
    (block,) = run_on(phone_fit, [], now=persona("single_flat").now).blocks
    assert isinstance(block, NoInsight)


def test_the_manifest_is_what_the_code_asks_for() -> None:
    assert not is_stale(ROOT / "phone_fit" / "manifest.json", phone_fit, Project.read(ROOT))
