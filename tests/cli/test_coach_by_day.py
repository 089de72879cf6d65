"""The water coach on a real meter, under a grant that gives it less than it asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk import demo

Selfdata = Callable[..., Any]


@pytest.fixture(autouse=True)
def meter(selfdata: Selfdata) -> None:
    """The demonstration's readings, in a home whose clock stands when they end."""
    words = ("--clock", demo.NOW.isoformat(), "import", demo.READINGS, "--tz", demo.TZ)
    assert selfdata(*words).code == 0


def test_with_days_instead_of_hours_it_says_what_it_can_and_what_it_cannot(selfdata: Selfdata, coach: Path) -> None:
    assert selfdata("grant", coach, "--limit", "water:granularity=day", "--refuse", "home").code == 0
    blocks = {block["id"]: block for block in json.loads(selfdata("run", coach, "--json").out)}
    assert {"own-past", "level", "cost", "last-days", "months"} <= blocks.keys()
    assert not {"leak", "leak-now", "leak-past", "habit", "typical-week"} & blocks.keys()
    unknown = blocks["leak-unknown"]
    assert unknown["kind"] == "no_insight"
    assert "by day, not by hour" in unknown["help"]["en"]
    assert "It read: Water use by day" in selfdata("run", coach).out


def test_with_hours_it_says_more(selfdata: Selfdata, coach: Path) -> None:
    assert selfdata("grant", coach, "--accept", "water").code == 0
    blocks = {block["id"]: block for block in json.loads(selfdata("run", coach, "--json").out)}
    assert {"leak", "leak-past", "habit", "typical-week"} <= blocks.keys()
    assert "leak-unknown" not in blocks


def test_the_person_sees_what_they_refused_and_the_service_cannot_tell(selfdata: Selfdata, coach: Path) -> None:
    selfdata("grant", coach, "--accept", "water", "--refuse", "home")
    assert "You did not agree to: Household." in selfdata("run", coach).out
    refused = selfdata("run", coach, "--json").out
    selfdata("grant", coach, "--accept", "water", "--accept", "home")
    assert "It asked for: Household; there is none." in selfdata("run", coach).out
    assert selfdata("run", coach, "--json").out == refused
