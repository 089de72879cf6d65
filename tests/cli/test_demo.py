"""`selfdata demo`: from a real meter's file to advice."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk import demo
from selfdata_sdk.cli.commands import demo as command
from selfdata_sdk.errors import RequestError

Selfdata = Callable[..., Any]
FILES = Path(__file__).parents[1] / "files"
COACH = Path(__file__).parents[2] / "example_services" / "water_coach"


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


def test_the_demo_agrees_in_the_persons_place_and_says_so(selfdata: Selfdata, home: Path) -> None:
    said = " ".join(selfdata("demo").out.split())
    assert "Water coach (org.selfdata.water-coach) asks for: household, the last 10 years and water use by hour" in said
    assert "Agreed for you, as this is a demonstration." in said
    (grant,) = json.loads(selfdata("--home", home / "demo", "grants", "--json").out)
    assert grant["state"] == "given"
    assert {item["decision"] for item in grant["items"].values()} == {"given"}


def test_the_demo_ends_with_what_its_journal_says(selfdata: Selfdata, home: Path) -> None:
    said = " ".join(selfdata("demo").out.split())
    assert "The journal: Water coach (org.selfdata.water-coach) read" in said
    entries = json.loads(selfdata("--home", home / "demo", "journal", "--json").out)
    assert [entry["event"] for entry in entries] == ["import", "add", "grant", "run", "run_end"]
    assert {entry["at"][:10] for entry in entries} == {f"{demo.NOW:%Y-%m-%d}"}


def test_the_demos_home_is_one_to_practise_in(selfdata: Selfdata, home: Path) -> None:
    selfdata("demo")
    again = selfdata("--home", home / "demo", "run", COACH)
    assert again.code == 0
    assert "its clock stands at 1 Mar 2017" in again.err


def test_by_day_the_coach_says_what_it_still_can_and_what_it_cannot(selfdata: Selfdata, home: Path) -> None:
    selfdata("demo")
    within = ["--home", home / "demo"]
    selfdata(*within, "grant", COACH, "--limit", "water:granularity=day", "--refuse", "home")
    done = selfdata(*within, "run", COACH)
    said = " ".join(re.sub("[│╭╮╰╯─]", " ", done.out).split())
    assert "You use about as much water as before" in said
    assert "2017: about" in said
    assert "You let this service see your water by day, not by hour." in said
    assert "How many live in your home is not known here" in said, "not whether that was refused or is missing"
    assert "You did not agree to: Household." in said
    assert "It read: Water use by day" in said
    blocks = json.loads(selfdata(*within, "run", COACH, "--json").out)
    assert all(block.get("time_unit") != "hour" for block in blocks)


def test_the_demo_speaks_french(selfdata: Selfdata, home: Path) -> None:
    done = selfdata("demo", "--lang", "fr")
    assert "Rien n'a quitté cette machine" in done.out
    assert "Accepté pour vous" in done.out
    assert "Le journal\u00a0: Coach eau (org.selfdata.water-coach) a lu" in done.out
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

    monkeypatch.setattr("selfdata_sdk.host.discovery.find", none)
    monkeypatch.setattr(command, "SOURCE_TREE", tmp_path)
    done = selfdata("demo")
    assert done.code == 3
    assert "pip install" in done.err
    assert not home.exists()
