"""A service that remembers, behind the walls: its record type is made there from the package, and is the host's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk import Save
from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.errors import ManifestError, OutputError
from selfdata_sdk.host.code import Code, digest_of
from selfdata_sdk.host.discovery import of_folder
from selfdata_sdk.host.runner import Run, run
from selfdata_sdk.host.sandbox import Sandbox
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.running import OpenDoor

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SCHEMA: dict[str, Any] = {
    "x-type": "org.example.remembers.mark/1",
    "title": "Mark",
    "x-title-fr": "Note",
    "description": "What a day came to.",
    "x-description-fr": "Ce qu'a donné un jour.",
    "type": "object",
    "x-time": "instant",
    "properties": {
        "points": {"type": "integer", "title": "Points", "x-title-fr": "Points", "minimum": 0, "maximum": 9},
        "litres": {
            "type": "string", "title": "Water", "x-title-fr": "Eau", "x-unit": "L", "x-places": 1, "x-reduce": "sum",
        },
    },
    "required": ["points"],
}  # fmt: skip
CODE = """
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from selfdata_sdk import Block, Context, Dataset, Need, NoInsight, OwnRecord, Row, Save, Text, service


class Mark(OwnRecord, schema="schemas/mark.json"): ...


class Given(Row[Mark]):
    at: datetime
    points: int
    litres: Decimal | None


NAME = Text(en="Remembers", fr="Se souvient")
MARKS = Need(why=Text(en="Count on from the last mark", fr="Compter à partir de la dernière note"), back="P1Y")


@service(id="org.example.remembers", name=NAME, summary=NAME, produces=[Mark])
def remembers(context: Context, marks: Annotated[Dataset[Given], MARKS]) -> Iterable[Block]:
    said = ", ".join(f"{mark.points} {mark.litres}" for mark in marks)
    yield NoInsight(id="said", reason="nothing_new", help=Text(en=f"({said})", fr=f"({said})"))
    yield Save.of("mark", Mark, at=context.now, points=len(marks), litres=Decimal("2.5"))
"""
PROJECT = """
[project]
name = "remembers"
version = "1.0.0"
[project.entry-points."selfdata.services"]
remembers = "remembers:manifest.json"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    package = tmp_path / "project/remembers"
    (package / "schemas").mkdir(parents=True)
    (package / "__init__.py").write_text(CODE, encoding="utf-8")
    (package / "schemas/mark.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (package.parent / "pyproject.toml").write_text(PROJECT)
    return package.parent


@pytest.fixture
def manifest(folder: Path) -> Manifest:
    return Manifest.from_json(of_folder(folder).manifest.canonical())


@pytest.fixture
def store() -> Iterator[PersonalStore]:
    with PersonalStore(MemoryCloud()) as made:
        yield made


Runs = Callable[..., Run]


@pytest.fixture
def runs(sandboxes: Callable[..., Sandbox], folder: Path, manifest: Manifest, store: PersonalStore) -> Runs:
    def once(after: timedelta = timedelta(), agreed: Manifest | None = None) -> Run:
        shown = {"remembers": (folder / "remembers").resolve()}
        engine = sandboxes("all").engine(Code("remembers:remembers", shown, digest_of(shown)))
        return run(OpenDoor(store), engine, manifest=agreed or manifest, now=NOW + after)

    return once


def test_it_reads_what_it_saved_when_it_ran_before(runs: Runs, store: PersonalStore) -> None:
    assert [runs(timedelta(days=day)).blocks[0].help.en for day in range(3)] == ["()", "(0 2.5)", "(0 2.5, 1 2.5)"]  # type: ignore[union-attr]
    assert [getattr(r, "points") for r in store.read("org.example.remembers.mark").records()] == [0, 1, 2]  # noqa: B009


def test_what_it_saves_is_checked_by_the_host_against_its_manifest(runs: Runs, store: PersonalStore) -> None:
    for day in range(10):
        assert isinstance(runs(timedelta(days=day)).blocks[1], Save)
    with pytest.raises(OutputError, match="contract"):
        runs(timedelta(days=10))
    assert len(store.read("org.example.remembers.mark")) == 10


def test_code_whose_schema_is_not_that_of_the_manifest_is_not_run(
    runs: Runs, folder: Path, store: PersonalStore
) -> None:
    more = {**SCHEMA["properties"], "kept": {"type": "boolean", "title": "Kept", "x-title-fr": "Tenu"}}
    (folder / "remembers/schemas/mark.json").write_text(json.dumps({**SCHEMA, "properties": more}))
    with pytest.raises(ManifestError, match="asks for other things than its manifest"):
        runs()
    assert store.summary() == ()


def test_a_manifest_that_promises_less_than_the_code_saves_holds(
    runs: Runs, manifest: Manifest, store: PersonalStore
) -> None:
    """The code cannot keep what the person did not agree to."""
    value = json.loads(manifest.canonical())
    value["record_types"][0]["properties"]["points"]["maximum"] = 0
    with pytest.raises(ManifestError, match="asks for other things than its manifest"):
        runs(agreed=Manifest.model_validate(value))
    assert store.summary() == ()
