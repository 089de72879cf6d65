"""`selfdata withdraw`: at once, from one service or from all, with or without what it made."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from selfdata_sdk.cli.commands import withdraw as command
from selfdata_sdk.testing.projects import declare

Selfdata = Callable[..., Any]
ID = "org.example.drops"


@pytest.fixture
def agreed(selfdata: Selfdata, water: Path, service: Path) -> Path:
    """A service that saves an alert at each run."""
    code = service / "drops" / "__init__.py"
    text = code.read_text(encoding="utf-8")
    text = text.replace("import WaterUse", "import SupplyAlert, WaterUse").replace("Point\n", "Point, Save\n")
    text = text.replace('summary=Text(en="Adds', 'produces=[SupplyAlert], summary=Text(en="Adds').replace(
        "        )\n    ]",
        '        ),\n        Save.of("leak", SupplyAlert, at=context.now, commodity="water", kind="leak"),\n    ]',
    )
    code.write_text(text, encoding="utf-8")
    declare(service)
    assert selfdata("--clock", "2022-10-12T08:00+02:00", "import", water / "historique_jours_litres.csv").code == 0
    assert selfdata("grant", service, "--accept", "water").code == 0
    return service


@pytest.fixture
def made(selfdata: Selfdata, agreed: Path) -> Path:
    """It ran, so there is an alert."""
    assert selfdata("run", agreed).code == 0
    return agreed


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits there."""
    monkeypatch.setattr(command, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))


def alerts(selfdata: Selfdata) -> int:
    return sum(s["count"] for s in json.loads(selfdata("show", "--json").out) if s["type"] == "supply.alert/1")


def state(selfdata: Selfdata) -> str:
    (grant,) = json.loads(selfdata("grants", "--json").out)
    return str(grant["state"])


@pytest.mark.parametrize("name", [ID, "drops"], ids=["by id", "by the last part of it"])
def test_after_it_the_service_can_read_nothing(selfdata: Selfdata, agreed: Path, name: str) -> None:
    done = selfdata("withdraw", name)
    assert (done.code, done.out) == (0, f"Taken back from {ID}: it can read nothing any more.\n")
    assert state(selfdata) == "withdrawn"
    assert selfdata("run", agreed).code == 4


def test_twice_is_as_good_as_once(selfdata: Selfdata, agreed: Path) -> None:
    assert [selfdata("withdraw", ID).code for _ in range(2)] == [0, 0]
    events = [e["event"] for e in json.loads(selfdata("journal", "--json").out)]
    assert events.count("withdraw") == 1


def test_it_is_agreed_to_anew_when_the_person_wishes(selfdata: Selfdata, agreed: Path) -> None:
    selfdata("withdraw", ID)
    selfdata("grant", agreed, "--accept", "water")
    assert selfdata("run", agreed).code == 0


def test_all_takes_back_from_every_service(selfdata: Selfdata, agreed: Path) -> None:
    done = selfdata("withdraw", "--all", "--json")
    assert json.loads(done.out) == {"withdrawn": [ID], "made": 0, "erased": 0}
    assert state(selfdata) == "withdrawn"
    assert "nothing to take back" in selfdata("withdraw", "--all").out


# What it made


def test_what_it_made_is_kept_unless_asked_and_how_to_erase_it_is_said(selfdata: Selfdata, made: Path) -> None:
    done = selfdata("withdraw", ID)
    assert f"selfdata withdraw {ID} --delete-what-it-made" in done.out
    assert alerts(selfdata) == 1


def test_what_it_made_goes_along(selfdata: Selfdata, made: Path) -> None:
    done = selfdata("withdraw", ID, "--delete-what-it-made")
    assert "Erased what it made: 1 record" in done.out
    assert alerts(selfdata) == 0
    assert len(json.loads(selfdata("show", "--json").out)) == 2, "the person's own data stay"


def test_json_says_how_many(selfdata: Selfdata, made: Path) -> None:
    kept = json.loads(selfdata("withdraw", ID, "--json").out)
    assert kept == {"withdrawn": [ID], "made": 1, "erased": 0}
    gone = json.loads(selfdata("withdraw", ID, "--delete-what-it-made", "--json").out)
    assert gone == {"withdrawn": [ID], "made": 1, "erased": 1}


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("answer", "left"), [("y", 0), ("n", 1), ("", 1)])
def test_on_a_terminal_it_is_asked_once_the_right_is_gone(
    selfdata: Selfdata, made: Path, answer: str, left: int
) -> None:
    done = selfdata("withdraw", ID, input=f"{answer}\n")
    assert done.code == 0
    assert done.out.index("Taken back") < done.out.index("Also erase")
    assert alerts(selfdata) == left


@pytest.mark.usefixtures("terminal")
def test_leaving_at_the_question_leaves_the_withdrawal(selfdata: Selfdata, made: Path) -> None:
    assert selfdata("withdraw", ID, input="").code == 130
    assert (state(selfdata), alerts(selfdata)) == ("withdrawn", 1)


@pytest.mark.usefixtures("terminal")
def test_everything_is_asked_about_on_a_terminal(selfdata: Selfdata, agreed: Path) -> None:
    assert selfdata("withdraw", "--all", input="n\n").code == 130
    assert state(selfdata) == "given"
    assert selfdata("withdraw", "--all", "--yes", input="").code == 0
    assert state(selfdata) == "withdrawn"


# Wrong use


def test_of_a_service_that_nothing_was_agreed_with_is_exit_2(selfdata: Selfdata, agreed: Path) -> None:
    done = selfdata("withdraw", "org.example.other")
    assert done.code == 2
    assert "Nothing was agreed with org.example.other." in done.err
    assert "selfdata grants" in done.err


@pytest.mark.parametrize("words", [[], [ID, "--all"]])
def test_one_service_or_all_must_be_named(selfdata: Selfdata, agreed: Path, words: list[str]) -> None:
    assert selfdata("withdraw", *words).code == 2
    assert state(selfdata) == "given"


def test_it_speaks_french(selfdata: Selfdata, made: Path) -> None:
    said = selfdata("--lang", "fr", "withdraw", ID).out
    assert f"Retiré à {ID}\u00a0: il ne peut plus rien lire." in said
    assert "Gardé ce qu'il avait fait\u00a0: 1 donnée" in said
