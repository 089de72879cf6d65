"""`selfdata demo`: from a real meter's file to advice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk import demo
from selfdata_sdk.cli.commands import demo as command
from selfdata_sdk.errors import RequestError

Selfdata = Callable[..., Any]
FILES = Path(__file__).parents[1] / "files"


def test_the_readings_are_the_publishers_byte_for_byte_with_their_licence() -> None:
    original = FILES / "daiad" / demo.READINGS.name
    assert hashlib.sha256(demo.READINGS.read_bytes()).digest() == hashlib.sha256(original.read_bytes()).digest()
    licence = (demo.READINGS.parent / "LICENSE").read_text(encoding="utf-8")
    for part in ("CC BY-SA 4.0", "DAIAD", "8cbbcdc7638d", demo.READINGS.name):
        assert part in licence


def test_the_demo_ends_with_advice_and_a_page(selfdata: Selfdata, home: Path) -> None:
    done = selfdata("demo")
    assert done.code == 0, done.err
    for part in ("Imported", "Added the household", "org.selfdata.water-coach", "Nothing left this machine"):
        assert part in done.out
    page = home / "demo" / "advice.html"
    assert page.as_uri() in done.out
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_demo_speaks_french(selfdata: Selfdata, home: Path) -> None:
    done = selfdata("demo", "--lang", "fr")
    assert "Rien n'a quitté cette machine" in done.out
    assert '<html lang="fr">' in (home / "demo" / "advice.html").read_text(encoding="utf-8")


def test_the_demo_is_made_anew_each_time_and_leaves_other_data_alone(selfdata: Selfdata, home: Path) -> None:
    selfdata("add", "home.household", "--set", "occupants=7")
    mine = selfdata("show", "--json").out
    selfdata("demo")
    within = ["--home", home / "demo"]
    first = json.loads(selfdata(*within, "show", "--json").out)
    selfdata(*within, "add", "home.household", "--set", "occupants=9")
    selfdata("demo")
    assert json.loads(selfdata(*within, "show", "--json").out) == first
    assert selfdata("show", "--json").out == mine


def test_without_the_water_coach_the_demo_says_what_to_install(
    selfdata: Selfdata, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def none(target: str) -> None:
        raise RequestError(f"There is no service {target}.")

    monkeypatch.setattr("selfdata_sdk.host.discovery.load", none)
    monkeypatch.setattr(command, "SOURCE_TREE", tmp_path)
    done = selfdata("demo")
    assert done.code == 3
    assert "pip install" in done.err
    assert not home.exists()
