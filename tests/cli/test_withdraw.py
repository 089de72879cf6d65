"""`selfdata withdraw`: at once, of one service or of all, with or without what it made."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from selfdata_sdk.cli.commands import withdraw as command

Selfdata = Callable[..., Any]
ID = "org.example.drops"


@pytest.fixture
def agreed(selfdata: Selfdata, water: Path, service: Path) -> Path:
    assert selfdata("--clock", "2022-10-12T08:00+02:00", "import", water / "historique_jours_litres.csv").code == 0
    assert selfdata("grant", service, "--accept", "water").code == 0
    return service


@pytest.fixture
def made(selfdata: Selfdata, agreed: Path) -> int:
    """Records that the service saved, by its number of days."""
    code = agreed / "drops" / "__init__.py"
    text = code.read_text(encoding="utf-8")
    text = text.replace("import WaterUse", "import SupplyAlert, WaterUse, Source")
    code.write_text(text, encoding="utf-8")
    return 0


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits there."""
    monkeypatch.setattr(command, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
