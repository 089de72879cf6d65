"""`selfdata grant`: what a person reads before they answer, and each way to answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from selfdata_sdk.cli.commands import grant as command
from selfdata_sdk.testing.projects import declare

Selfdata = Callable[..., Any]
ID = "org.example.drops"
CLOCK = "2022-10-12T08:00+02:00"


@pytest.fixture
def two(service: Path) -> Path:
    """A service that needs hours of water, and would like to know the home."""
    code = service / "drops" / "__init__.py"
    text = code.read_text(encoding="utf-8")
    text = text.replace("import WaterUse", "import HouseholdProfile, WaterUse").replace(
        'granularity="day"', 'granularity="hour", at_worst="day"'
    )
    text = text.replace(
        "WATER = ",
        "class Home(Row[HouseholdProfile]):\n    occupants: int | None\n\n\n"
        'HOME = Need(why=Text(en="Compare with your goal", fr="Comparer à votre objectif"), back="P10Y", '
        'without=Text(en="No comparison", fr="Aucune comparaison"))\nWATER = ',
    )
    text = text.replace(
        "water: Annotated[Dataset[Day], WATER],",
        "water: Annotated[Dataset[Day], WATER], home: Annotated[Dataset[Home], HOME],",
    )
    code.write_text(text, encoding="utf-8")
    declare(service)
    return service


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits there."""
    monkeypatch.setattr(command, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))


def newer(service: Path) -> None:
    """Make it version 2.0.0, which reaches two years back instead of one."""
    for file, old, new in (("drops/__init__.py", 'back="P1Y"', 'back="P24M"'), ("pyproject.toml", "1.2.3", "2.0.0")):
        path = service / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    declare(service)


def given(done: Any) -> Any:
    assert done.code == 0, done.err
    return json.loads(done.out)


def decisions(selfdata: Selfdata) -> dict[str, str]:
    (grant,) = given(selfdata("grants", "--json"))
    return {label: item["decision"] for label, item in grant["items"].items()}


# What a person reads


def test_what_is_asked_is_said_before_the_answer(selfdata: Selfdata, two: Path) -> None:
    said = selfdata("grant", two, "--accept", "water").out
    order = [
        "Drops  org.example.drops 1.2.3",
        "“Adds up.”",
        "Household, the last 10 years  (home)",
        "Why: “Compare with your goal”",
        "It sees: occupants.",
        "Without it: “No comparison”",
        "Water use by hour, the last year  (water)",
        "fine enough to tell when somebody is at home",
        "cannot work without it",
        "It combines: household and water use.",
        "Published by “Somebody”.",
        "Licence: MIT.",
        "Nothing leaves your cloud",
        "Agreed until",
        f"selfdata withdraw {ID}",
        f"selfdata receipt {ID}",
    ]
    found = [said.find(part) for part in order]
    assert -1 not in found, order[found.index(-1)]
    assert found == sorted(found)


def test_it_speaks_french(selfdata: Selfdata, two: Path) -> None:
    said = selfdata("--lang", "fr", "grant", two, "--limit", "water:granularity=day").out
    for part in ("Consommation d'eau par heure, la dernière année", "Pourquoi\u00a0: «", "Accepté jusqu'au", "retirer"):
        assert part in said


def test_what_a_new_version_asks_for_beyond_the_old_one_is_marked(selfdata: Selfdata, service: Path) -> None:
    selfdata("grant", service, "--accept", "water")
    for file, old, new in (("drops/__init__.py", '"P1Y"', '"P24M"'), ("pyproject.toml", "1.2.3", "2.0.0")):
        path = service / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    declare(service)
    marked = [line for line in selfdata("grant", service, "--accept", "water").out.splitlines() if line[:2] == "! "]
    assert marked == [
        "! It asks for more: the new version waits for your answer.",
        "! It now asks for water use of the last 2 years instead of the last year.",
    ]


# Answers by options


def test_a_need_is_accepted_limited_refused_or_left_for_later(selfdata: Selfdata, two: Path) -> None:
    selfdata("grant", two, "--accept", "water", "--refuse", "home")
    assert decisions(selfdata) == {"water": "given", "home": "refused"}
    selfdata("grant", two, "--limit", "water:granularity=day,back=P90D")
    assert decisions(selfdata) == {"water": "given", "home": "deferred"}
    (grant,) = given(selfdata("grants", "--json"))
    assert grant["items"]["water"]["limits"] == {"granularity": "day", "back": "P90D", "where": {}}


def test_json_is_the_grant_alone(selfdata: Selfdata, two: Path) -> None:
    grant = given(selfdata("--clock", CLOCK, "grant", two, "--accept", "water", "--json"))
    assert grant["manifest"]["id"] == ID
    assert grant["given_at"] == "2022-10-12T06:00:00Z"
    assert grant["expires_at"] == "2023-04-12T06:00:00Z"


def test_it_lasts_as_long_as_was_said(selfdata: Selfdata, two: Path) -> None:
    done = selfdata("--clock", CLOCK, "grant", two, "--accept", "water", "--for", "P30D")
    assert "Agreed until 11 Nov 2022" in done.out


def test_for_one_run_only(selfdata: Selfdata, water: Path, service: Path) -> None:
    selfdata("--clock", CLOCK, "import", water / "historique_jours_litres.csv")
    assert "one run" in selfdata("grant", service, "--accept", "water", "--once").out
    assert selfdata("run", service).code == 0
    again = selfdata("run", service)
    assert again.code == 4
    assert "has run out" in again.err


def test_refusing_what_it_cannot_do_without_refuses_the_service(selfdata: Selfdata, service: Path) -> None:
    assert "Nothing will be read" in selfdata("grant", service, "--refuse", "water").out
    assert given(selfdata("grants", "--json"))[0]["state"] == "refused"


def test_refusing_a_required_need_but_not_all_says_that_it_will_not_run(selfdata: Selfdata, two: Path) -> None:
    done = selfdata("grant", two, "--refuse", "water", "--accept", "home")
    assert "will not run: it cannot work without water" in done.out


def test_a_limit_that_changes_nothing_is_said(selfdata: Selfdata, two: Path) -> None:
    done = selfdata("grant", two, "--limit", "water:granularity=raw,back=P90D")
    assert "The limit granularity changes nothing" in done.err
    assert "back" not in done.err


def test_again_gives_the_same_answers_for_as_long_again(selfdata: Selfdata, two: Path, home: Path) -> None:
    selfdata("--clock", CLOCK, "grant", two, "--limit", "water:granularity=day", "--refuse", "home")
    before = given(selfdata("grants", "--json"))[0]
    assert selfdata("--clock", "2022-12-12T08:00+01:00", "grant", two, "--again").code == 0
    after = given(selfdata("grants", "--json"))[0]
    assert after["items"] == before["items"]
    assert after["expires_at"] > before["expires_at"]


def test_what_was_taken_back_is_not_renewed(selfdata: Selfdata, two: Path) -> None:
    selfdata("grant", two, "--accept", "water")
    selfdata("withdraw", ID)
    done = selfdata("grant", two, "--again")
    assert done.code == 2
    assert "nothing to renew" in done.err


def test_a_version_that_asks_for_more_waits_for_an_answer(selfdata: Selfdata, service: Path) -> None:
    selfdata("grant", service, "--accept", "water")
    newer(service)
    done = selfdata("run", service)
    assert done.code == 4
    assert "asks for more" in done.err
    selfdata("grant", service, "--accept", "water")
    assert selfdata("run", service).code == 0


def test_again_gives_a_new_version_no_more_than_the_old_one_had(selfdata: Selfdata, service: Path) -> None:
    selfdata("grant", service, "--accept", "water")
    newer(service)
    assert selfdata("grant", service, "--again").code == 0
    (grant,) = given(selfdata("grants", "--json"))
    assert grant["items"]["water"]["limits"]["back"] == "P1Y"


# Wrong answers


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Answer with --accept water, --refuse water or --limit water:AXIS=VALUE."),
        (["--accept", "home"], "no answer to water"),
        (["--accept", "watr"], "Did you mean water?"),
        (["--accept", "everything"], "It has home, water."),
        (["--accept", "water", "--refuse", "water"], "both agreed to and refused"),
        (["--limit", "water"], "No limit was named."),
        (["--limit", "water:granularity"], "No limit was named."),
        (["--limit", "water:granularity=weekly"], "It has total, year, month, day"),
        (["--limit", "water:granularty=day"], "Did you mean granularity?"),
        (["--limit", "water:back=90"], "“90” is no length of time."),
        (["--limit", "water:precision=1km"], "There is no limit “precision”."),
        (["--accept", "water", "--for", "forever"], "“forever” is no length of time."),
        (["--accept", "water", "--for", "P2Y"], "13 months"),
    ],
)
def test_an_answer_that_does_not_fit_is_exit_2_and_agrees_to_nothing(
    selfdata: Selfdata, two: Path, words: list[str], said: str
) -> None:
    done = selfdata("grant", two, *words)
    assert done.code == 2
    assert said in done.err
    assert given(selfdata("grants", "--json")) == []


def test_a_service_that_does_not_exist_is_exit_2_and_makes_no_home(selfdata: Selfdata, home: Path) -> None:
    done = selfdata("grant", "org.example.nothing", "--accept", "water")
    assert done.code == 2
    assert not home.exists()


def test_without_a_terminal_what_is_asked_is_shown_all_the_same(selfdata: Selfdata, two: Path) -> None:
    done = selfdata("--lang", "fr", "grant", two)
    assert done.code == 2
    assert "Consommation d'eau par heure" in done.out
    assert "Répondez avec --accept water" in done.err


# Answers on a terminal


@pytest.mark.usefixtures("terminal")
def test_each_need_is_asked_on_a_terminal(selfdata: Selfdata, two: Path) -> None:
    done = selfdata("grant", two, input="n\ny\n")
    assert done.code == 0, done.err
    assert decisions(selfdata) == {"home": "refused", "water": "given"}


@pytest.mark.usefixtures("terminal")
def test_no_answer_refuses_what_is_optional_and_is_asked_again_for_the_rest(selfdata: Selfdata, two: Path) -> None:
    done = selfdata("grant", two, input="\n\nperhaps\nc\n")
    assert "Answer with y, n, c." in done.err
    assert decisions(selfdata) == {"home": "refused", "water": "given"}


@pytest.mark.usefixtures("terminal")
def test_the_questions_are_in_french_too(selfdata: Selfdata, two: Path) -> None:
    done = selfdata("--lang", "fr", "grant", two, input="o\no\n")
    assert "o = oui, n = non, c = oui, mais seulement par jour" in done.out + done.err
    assert decisions(selfdata) == {"home": "given", "water": "given"}


@pytest.mark.usefixtures("terminal")
def test_leaving_before_the_last_answer_agrees_to_nothing(selfdata: Selfdata, two: Path) -> None:
    assert selfdata("grant", two, input="y\n").code == 130
    assert given(selfdata("grants", "--json")) == []


@pytest.mark.usefixtures("terminal")
def test_with_an_answer_by_option_nothing_is_asked(selfdata: Selfdata, two: Path) -> None:
    assert selfdata("grant", two, "--accept", "water", input="").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_a_real_terminal_is_recognised(service: Path, home: Path) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "selfdata_sdk.cli", "--home", str(home), "grant", str(service)]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        os.close(theirs)
        os.write(ours, b"y\n")
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0, out
    assert "Agreed until" in out
