"""Services written in a test, and one person's water to run them on, behind each kind of walls."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest

from selfdata_sdk import Block, Context, Dataset, Need, Row, Setting, Text, service
from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.host.code import Code, digest_of
from selfdata_sdk.host.engine import Engine
from selfdata_sdk.host.runner import Run, run
from selfdata_sdk.host.sandbox import WALLS, Limits, Mode, Sandbox
from selfdata_sdk.host.sandbox.landlock import version
from selfdata_sdk.model import Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.running import OpenDoor

NOW = datetime(2025, 6, 15, 10, 30, tzinfo=UTC)
HOURS = 60

BEGINNING = """
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from selfdata_sdk import Alert, Block, Card, Context, Dataset, Metric, Need, NoInsight, Row, Setting, Text, service
from selfdata_sdk.model import WaterUse

NAME = Text(en="Tried", fr="Essai")
WATER = Need(
    why=Text(en="Find leaks from hours without rest", fr="Repérer une fuite dans les heures sans repos"),
    granularity="hour",
    back="P1Y",
)
GOAL = Setting(NAME, ge=20, le=500)


class Hour(Row[WaterUse]):
    start: datetime
    litres: float


def card(value: float = 0.0, text: object = "text", id: str = "card") -> Card:
    said = Text(en=str(text), fr=str(text))
    return Card(id=id, headline=said, body=said, why=said, metric=Metric(value=float(value), unit="L"))
"""

DECLARED = """
@service(id="org.example.tried", name=NAME, summary=NAME)
def tried(
    context: Context, water: Annotated[Dataset[Hour], WATER], goal: Annotated[int, GOAL] = 120
) -> Iterable[Block]:
"""


class Hour(Row[WaterUse]):
    start: datetime
    litres: float


NAME = Text(en="Tried", fr="Essai")
WATER = Need(
    why=Text(en="Find leaks from hours without rest", fr="Repérer une fuite dans les heures sans repos"),
    granularity="hour",
    back="P1Y",
)


@service(id="org.example.tried", name=NAME, summary=NAME)
def tried(
    context: Context, water: Annotated[Dataset[Hour], WATER], goal: Annotated[int, Setting(NAME, ge=20, le=500)] = 120
) -> Iterable[Block]:
    return []


@dataclass(frozen=True)
class Home:
    """A person's store, and the manifest that every service written here has."""

    store: PersonalStore
    manifest: Manifest

    def run(self, engine: Engine, **more: Any) -> Run:
        return run(OpenDoor(self.store), engine, **{"manifest": self.manifest, "now": NOW, **more})


@pytest.fixture(scope="session")
def home() -> Home:
    """Sixty hours of water."""
    store = PersonalStore(MemoryCloud())
    start = micros(NOW - timedelta(hours=HOURS)) + np.arange(HOURS, dtype=np.int64) * HOUR
    columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(np.arange(HOURS, dtype=np.int64) * 1000)}
    source = Source(holder="holder", importer="test", version="1", retrieved_at=NOW)
    store.write([Table(WaterUse, Series("water.use/1", "holder", "P1", "", "PT1H"), columns, (source,))])
    return Home(store, manifest_of(tried))


Written = Callable[..., Code]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes the package `written` of a service with this body, and its other files, in a folder of its own.

    `before` stands above the service; `packages` are other top-level names that its runs see.
    """
    folders = (tmp_path / f"code{i}" for i in count())

    def write(
        body: str, *, before: str = "", files: Mapping[str, str] | None = None, packages: Iterable[str] = ()
    ) -> Code:
        folder = next(folders)
        text = BEGINNING + textwrap.dedent(before) + DECLARED + textwrap.indent(textwrap.dedent(body).strip(), "    ")
        for name, content in {"written/__init__.py": text + "\n", **(files or {})}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(content) if name in (files or {}) else content, encoding="utf-8")
        shown = {name.removesuffix(".py"): (folder / name).resolve() for name in ("written", *packages)}
        return Code("written:tried", shown, digest_of(shown))

    return write


@pytest.fixture(scope="session")
def sandboxes() -> Iterator[Callable[..., Sandbox]]:
    """One sandbox for each mode and limits, started once; the test is skipped where this machine has no such walls."""
    started: dict[tuple[object, ...], Sandbox] = {}

    def of(mode: Mode = "all", **limits: Any) -> Sandbox:
        if mode not in _possible():
            pytest.skip(f"this machine has not what the walls of {mode} are made of")
        key = (mode, *sorted(limits.items()))
        return started.setdefault(key, Sandbox((mode,), Limits(**limits)))

    yield of
    for sandbox in started.values():
        sandbox.close()


@cache
def _possible() -> set[Mode]:
    """Found out by other means than the sandbox's own: a sandbox that wrongly refuses must not skip its tests."""
    if not sys.platform.startswith("linux"):
        return set()
    landlock = version() > 0
    spaces = subprocess.run(
        [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "--net",
            "--pid",
            "--fork",
            "mount",
            "-t",
            "tmpfs",
            "none",
            "/tmp",
        ],
        check=False,
    )
    namespaces = spaces.returncode == 0
    possible: dict[Mode, bool] = {"all": landlock and namespaces, "landlock": landlock, "namespaces": namespaces}
    return {mode for mode, is_possible in possible.items() if is_possible}


@pytest.fixture(params=tuple(WALLS))
def sandbox(request: pytest.FixtureRequest, sandboxes: Callable[..., Sandbox]) -> Sandbox:
    return sandboxes(request.param)
