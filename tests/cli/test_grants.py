"""`selfdata grants`: what was agreed, as it stands now, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from selfdata_sdk.cli.commands import grants
from selfdata_sdk.cloud import Change, SqliteCloud
from selfdata_sdk.consent.grant import State

Selfdata = Callable[..., Any]
ID = "org.example.drops"
CLOCK = "2022-10-12T08:00+02:00"


@pytest.fixture
def agreed(selfdata: Selfdata, water: Path, service: Path) -> Path:
    assert selfdata("--clock", CLOCK, "import", water / "historique_jours_litres.csv").code == 0
    assert selfdata("grant", service, "--limit", "water:granularity=day,back=P90D").code == 0
    return service


def test_who_until_when_what_and_how_much_less(selfdata: Selfdata, agreed: Path) -> None:
    assert selfdata("grants").out.splitlines() == [
        "Drops  org.example.drops 1.2.3",
        "  Agreed until 12 Apr 2023",
        "  Water use by day, the last year (water): agreed, but only by day, the last 90 days",
    ]
    selfdata("run", agreed)
    assert "Agreed until 12 Apr 2023, last used on 12 Oct 2022" in selfdata("grants").out


def test_it_speaks_french(selfdata: Selfdata, agreed: Path) -> None:
    assert selfdata("--lang", "fr", "grants").out.splitlines() == [
        "Gouttes  org.example.drops 1.2.3",
        "  Accepté jusqu'au 12 avr. 2023",
        "  Consommation d'eau par jour, la dernière année (water)\u00a0: accepté, mais seulement par jour, les 90",
        "  derniers jours",
    ]


def test_json_is_the_same_for_programs(selfdata: Selfdata, agreed: Path) -> None:
    assert json.loads(selfdata("grants", "--json").out) == [
        {
            "service": ID,
            "version": "1.2.3",
            "state": "given",
            "given_at": "2022-10-12T06:00:00+00:00",
            "expires_at": "2023-04-12T06:00:00+00:00",
            "last_used": None,
            "items": {
                "water": {
                    "decision": "given",
                    "limits": {"granularity": "day", "back": "P90D", "where": {}},
                    "finer": True,
                }
            },
        }
    ]


@pytest.mark.parametrize(
    ("later", "state"), [("2023-01-09T08:00+01:00", "given"), ("2023-01-11T08:00+01:00", "suspended"), ("2023-04-13T08:00+02:00", "expired")]
)  # fmt: skip
def test_what_is_not_used_is_suspended_and_then_runs_out_and_how_to_renew_is_said(
    selfdata: Selfdata, agreed: Path, later: str, state: str
) -> None:
    assert json.loads(selfdata("--clock", later, "grants", "--json").out)[0]["state"] == state
    assert (f"selfdata grant {ID} --again" in selfdata("grants").out) is (state != "given")


def test_what_was_taken_back_or_refused_is_listed_too(selfdata: Selfdata, agreed: Path) -> None:
    selfdata("withdraw", ID)
    assert "\n  Taken back\n" in selfdata("grants").out
    selfdata("grant", agreed, "--refuse", "water")
    assert "\n  Refused\n" in selfdata("grants").out


def test_what_another_app_wrote_counts_for_nothing_and_says_so(selfdata: Selfdata, agreed: Path, home: Path) -> None:
    with SqliteCloud(home / "cloud.sqlite") as cloud:
        held = cloud.get(f"grant.{ID}")
        assert held is not None
        wider = held.data.replace(b"P90D", b"P99Y")
        assert wider != held.data
        cloud.commit([Change(f"grant.{ID}", wider, held.version)])
    assert "Not written by this host: it counts for nothing" in selfdata("grants").out
    assert selfdata("run", agreed).code == 4


def test_where_nothing_was_agreed_it_says_so_and_makes_no_home(selfdata: Selfdata, home: Path) -> None:
    assert selfdata("grants").out == "You have agreed to nothing.\n"
    assert selfdata("grants", "--lang", "fr").out == "Vous n'avez rien accepté.\n"
    assert json.loads(selfdata("grants", "--json").out) == []
    assert not home.exists()


def test_every_state_has_its_words() -> None:
    assert set(grants.STATES) == set(get_args(State))
