"""Fixtures for tests with pytest: `persona`, `run_service` and `cloud`. A project's own ones of these names win.

Every pytest of an environment loads this file: what is heavy is imported by the fixture that uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..cloud.sqlite import SqliteCloud
    from ..host.runner import Run
    from .personas import Persona


@pytest.fixture
def persona() -> Callable[..., Persona]:
    """Makes an invented household: `persona("family_garden", plant=["leak@2026-03-12:20L/h"])`."""
    from .personas import persona

    return persona


@pytest.fixture
def run_service() -> Callable[..., Run]:
    """Runs a service on a persona or on records: `run_service(coach, persona("family_garden"), goal=100).blocks`."""
    from .running import run_on

    return run_on


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[SqliteCloud]:
    """An empty cloud in a file, as `selfdata` has by default: `PersonalStore(cloud)`."""
    from ..cloud.sqlite import SqliteCloud

    with SqliteCloud(tmp_path / "cloud.sqlite") as cloud:
        yield cloud
