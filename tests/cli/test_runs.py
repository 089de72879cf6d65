"""`selfdata runs`: what ran, behind what, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Selfdata = Callable[..., Any]


@pytest.fixture
def ran(selfdata: Selfdata, water: Path, service: Path) -> Path:
    """A service that ran well, and then on a setting with which it raises."""
    code = service / "drops" / "__init__.py"
    text = code.read_text(encoding="utf-8").replace(
        "    if not len(water):", "    assert goal != 7\n    if not len(water):"
    )
    code.write_text(text, encoding="utf-8")
    assert selfdata("--clock", "2022-10-12T08:00+02:00", "import", water / "historique_jours_litres.csv").code == 0
    assert selfdata("grant", service, "--accept", "water").code == 0
    assert selfdata("run", service).code == 0
    assert selfdata("run", service, "--set", "goal=7").code == 1
    return service


def test_the_latest_comes_first_with_how_it_ended_and_what_held_it(selfdata: Selfdata, ran: Path) -> None:
    failed, failed_took, done, done_took = selfdata("runs").out.splitlines()
    assert failed.endswith("org.example.drops 1.2.3  failed (ServiceFailed)")
    assert done.endswith("org.example.drops 1.2.3  done")
    assert "MB; limits, seccomp" in failed_took
    assert "MB; limits, seccomp" in done_took


def test_as_json_all_that_is_kept_is_there(selfdata: Selfdata, ran: Path) -> None:
    failed, done = json.loads(selfdata("runs", "drops", "--json").out)
    assert (failed["error"], failed["blocks"], failed["settings"]) == ("ServiceFailed", [], {"goal": "7"})
    assert (done["error"], done["number"], len(done["code"])) == (None, 0, 64)
    assert done["blocks"]
    assert json.loads(selfdata("runs", "--last", "1", "--json").out) == [failed]


def test_one_s_own_code_is_marked_as_held_by_nothing(selfdata: Selfdata, ran: Path) -> None:
    assert selfdata("run", ran, "--trust").code == 0
    assert "nothing held it" in selfdata("runs", "--last", "1").out
    assert "rien ne le retenait" in selfdata("--lang", "fr", "runs", "--last", "1").out


def test_where_nothing_ran_that_is_said(selfdata: Selfdata, water: Path) -> None:
    assert selfdata("--clock", "2022-10-12T08:00+02:00", "import", water / "historique_jours_litres.csv").code == 0
    assert selfdata("runs").out == "No service ran here.\n"
    assert selfdata("runs", "nobody", "--json").out.strip() == "[]"


def test_what_a_service_showed_of_data_goes_when_these_are_erased(selfdata: Selfdata, ran: Path) -> None:
    assert selfdata("erase", "water.use", "--yes").code == 0
    assert selfdata("runs").out == "No service ran here.\n"
