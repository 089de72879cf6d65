"""The fixtures that selfdata gives to pytest, and that it leaves other projects alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Pytest = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def tests(tmp_path: Path) -> Pytest:
    """Runs pytest on a project with this one file of tests, in a process of its own; every warning is an error."""

    def run(code: str, conftest: str = "") -> subprocess.CompletedProcess[str]:
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        (tmp_path / "conftest.py").write_text(conftest)
        (tmp_path / "test_own.py").write_text(code)
        # The plugin by its own name, and no other one, whatever this environment has.
        words = ["-W", "error", "-m", "pytest", "-q", "-p", "selfdata_sdk.testing.plugin", "-p", "no:cacheprovider"]
        return subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


SERVICE = """
from datetime import UTC, datetime
from typing import Annotated

from selfdata_sdk import Card, Context, Dataset, Need, Row, Text, service
from selfdata_sdk.model import WaterUse

SOME = Text(en="Some text", fr="Un texte")
WHY = Text(en="Count the days with water", fr="Compter les jours où l'eau a coulé")
WATER = Need(why=WHY, granularity="day", back="P30D")


class Day(Row[WaterUse]):
    litres: float


@service(id="org.example.counts", name=SOME, summary=SOME)
def counts(context: Context, water: Annotated[Dataset[Day], WATER]):
    when = Text(en="{now}", fr="{now}").fill(now=context.now)
    yield Card(id="days", headline=Text(en="{n}", fr="{n}").fill(n=len(water)), body=when, why=SOME)
"""

PERSONA = """
def test_a_service_sees_a_persona_at_its_own_time(persona, run_service):
    garden = persona("family_garden", days=40)
    card, = run_service(counts, garden).blocks
    assert 25 <= int(card.headline.en) <= 30
    assert str(garden.now.day) in card.body.en


def test_or_at_another_one(persona, run_service):
    garden = persona("family_garden", days=40)
    card, = run_service(counts, garden, now=datetime(2025, 9, 1, tzinfo=UTC)).blocks
    assert card.headline.en == "0"
"""

RECORDS = """
def test_a_service_sees_records(run_service):
    card, = run_service(counts, [], now=datetime(2025, 9, 1, tzinfo=UTC)).blocks
    assert card.headline.en == "0"
"""

CLOUD = """
import pytest

from selfdata_sdk.cloud import Change
from selfdata_sdk.store import PersonalStore


@pytest.mark.parametrize("time", [1, 2])
def test_each_test_has_an_empty_cloud_that_a_store_can_be_made_on(cloud, time):
    assert cloud.list() == []
    cloud.commit([Change("a", b"1", None)])
    assert not PersonalStore(cloud).summary()
"""


@pytest.mark.parametrize("code", [SERVICE + PERSONA, SERVICE + RECORDS, CLOUD], ids=["persona", "records", "cloud"])
def test_the_fixtures_do_what_they_say(code: str, tests: Pytest) -> None:
    done = tests(code)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_fixture_of_the_project_with_the_same_name_wins(tests: Pytest) -> None:
    own = "import pytest\n\n@pytest.fixture\ndef cloud():\n    return 'cumulus'\n"
    done = tests("def test_it(cloud):\n    assert cloud == 'cumulus'\n", conftest=own)
    assert done.returncode == 0, done.stdout


def test_a_project_that_uses_none_of_it_loads_nothing_heavy(tests: Pytest) -> None:
    code = """
import sys

def test_it():
    heavy = {"numpy", "pydantic", "hypothesis", "jsonschema", "click"} & sys.modules.keys()
    ours = {name for name in sys.modules if name.startswith("selfdata")}
    assert (heavy, ours) == (set(), {"selfdata_sdk", "selfdata_sdk.testing", "selfdata_sdk.testing.plugin"})
"""
    done = tests(code)
    assert done.returncode == 0, done.stdout
