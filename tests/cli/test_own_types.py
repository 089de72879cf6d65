"""The commands show what a service saved under a type of its own, also when the service is gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.host.home import Home
from selfdata_sdk.model import Source
from selfdata_sdk.model.own_record import record_type_of
from selfdata_sdk.model.table import tables
from selfdata_sdk.service.manifest import Manifest

Selfdata = Callable[..., Any]
VECTOR = Path(__file__).parents[1] / "service/vectors/good/own-type.json"
WEEK = "org.example.water-coach.week"


@pytest.fixture
def kept(home: Path) -> None:
    """One week that the water coach saved; no service is there."""
    manifest = Manifest.from_json(VECTOR.read_bytes())
    now = datetime(2026, 3, 1, tzinfo=UTC)
    source = Source(holder=manifest.id, importer=manifest.id, version="1", method="derived", retrieved_at=now)
    week = {"on": "2026-02-23", "grade": "good", "litres": "700.5", "source": source}
    with Home(home).open() as store:
        store.write(tables([record_type_of(manifest.own_types[0]).model_validate(week)]))


@pytest.mark.usefixtures("kept")
def test_show_names_the_type_and_says_that_a_service_made_it(selfdata: Selfdata) -> None:
    shown = selfdata("show", WEEK)
    assert shown.out.splitlines()[:3] == [
        f"1  Week of water  {WEEK}/1",
        "   1 record, 23 Feb 2026",
        "   from org.example.water-coach (a service)",
    ]
    assert "Grade: good" in shown.out
    assert "Semaine d'eau" in selfdata("--lang", "fr", "show").out


@pytest.mark.usefixtures("kept")
def test_schema_lists_it_and_prints_it(selfdata: Selfdata) -> None:
    assert f"{WEEK}/1" in selfdata("schema").out
    assert json.loads(selfdata("schema", WEEK).out)["x-type"] == f"{WEEK}/1"


@pytest.mark.usefixtures("kept")
def test_erase_says_what_will_go_and_erases_it(selfdata: Selfdata) -> None:
    asked = selfdata("erase", WEEK, input="n\n")
    assert "Week of water" in asked.err
    assert "Erased: 1 records" in selfdata("erase", WEEK, "--yes").out
    assert selfdata("schema", WEEK).code == 2


def test_a_home_without_it_does_not_know_it(selfdata: Selfdata) -> None:
    for command in ("show", "schema"):
        done = selfdata(command, WEEK)
        assert done.code == 2
        assert "There is no record type" in done.err
