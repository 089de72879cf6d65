from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from selfdata_sdk.cli import main
from selfdata_sdk.testing.projects import declare

FILES = Path(__file__).parents[1] / "files"
COACH = Path(__file__).parents[2] / "example_services" / "water_coach"


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Selfdata = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "my home"


@pytest.fixture
def selfdata(home: Path, monkeypatch: pytest.MonkeyPatch) -> Selfdata:
    """Runs a command line in a home of its own, in this process."""
    for name in ("SELFDATA_HOME", "LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SELFDATA_HOME", str(home))

    def call(*words: object, input: str | None = None) -> Result:
        with CliRunner().isolation(input=input):
            code = main([str(w) for w in words])
            sys.stdout.flush()
            sys.stderr.flush()
            out, err = _bytes(sys.stdout), _bytes(sys.stderr)
        return Result(code, out, err)

    return call


def _bytes(stream: object) -> str:
    assert isinstance(stream, io.TextIOWrapper)
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode().replace("\r\n", "\n")


@pytest.fixture
def water() -> Path:
    return FILES / "water"


@pytest.fixture
def coach() -> Path:
    """A service that needs water by hour (`water`, days would do), and may be told of the household (`home`)."""
    return COACH


@pytest.fixture(autouse=True)
def written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that a test changes within a second, without changing its length, is read anew: nothing is compiled."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A small service in a project's folder."""
    folder = tmp_path / "a project"
    package = folder / "drops"
    package.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (package / "__init__.py").write_text(CODE, encoding="utf-8")
    declare(folder)
    return folder


PROJECT = """
[project]
name = "drops"
version = "1.2.3"
license = "MIT"
authors = [{ name = "Somebody" }]

[project.entry-points."selfdata.services"]
drops = "drops:manifest.json"
"""

CODE = """
from datetime import datetime
from typing import Annotated

from selfdata_sdk.model import WaterUse
from selfdata_sdk.model.text import Text
from selfdata_sdk.service.blocks import Card, Chart, Metric, NoInsight, Point
from selfdata_sdk.service.context import Context
from selfdata_sdk.service.dataset import Dataset
from selfdata_sdk.service.need import Need
from selfdata_sdk.service.row import Row
from selfdata_sdk.service.service import service
from selfdata_sdk.service.setting import Setting


class Day(Row[WaterUse]):
    start: datetime
    litres: float


WATER = Need(why=Text(en="Add up the water of each day", fr="Additionner l'eau de chaque jour"), granularity="day", back="P1Y")
GOAL = Setting(Text(en="Litres a day", fr="Litres par jour"), ge=1, le=1000)


@service(id="org.example.drops", name=Text(en="Drops", fr="Gouttes"), summary=Text(en="Adds up.", fr="Additionne."))
def drops(context: Context, water: Annotated[Dataset[Day], WATER], goal: Annotated[int, GOAL] = 120):
    if not len(water):
        return [NoInsight(id="none", reason="not_enough_data", help=Text(en="Import a file.", fr="Importez un fichier."))]
    total = float(water.column("litres").sum())
    return [
        Card(
            id="total",
            headline=Text(en="Your water", fr="Votre eau"),
            body=Text(en=f"The goal is {goal} [bold]litres[/bold].", fr=f"L'objectif est de {goal} litres."),
            why=Text(en="The sum of all days.", fr="La somme de tous les jours."),
            metric=Metric(value=total, unit="L"),
        )
    ]
"""
