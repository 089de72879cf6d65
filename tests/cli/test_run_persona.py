"""`selfdata run` on invented households: in memory with --persona, or in a home that holds nothing else."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from selfdata_sdk.host.home import Home
from selfdata_sdk.testing.personas import persona

from .conftest import Selfdata

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is for Linux")

ID = "org.example.drops"
START = "    if not len(water):\n"
OWN = "Your own code runs inside this program, and nothing holds it.\n"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    sys.modules.pop("drops", None)


def begin_with(service: Path, *lines: str) -> None:
    """Let the service do this first."""
    file = service / "drops" / "__init__.py"
    before, _, after = file.read_text(encoding="utf-8").partition(START)
    file.write_text(before + "".join(f"    {line}\n" for line in lines) + START + after, encoding="utf-8")


def litres(out: str) -> float:
    """What the service added up."""
    (card,) = json.loads(out)
    return float(card["metric"]["value"])


def tree(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


# In memory


def test_an_authors_own_folder_runs_on_an_invented_household(selfdata: Selfdata, service: Path) -> None:
    done = selfdata("run", service, "--persona", "family_garden")
    assert done.code == 0
    assert "Your water" in done.out
    assert done.err == f"On an invented household: A family with a garden.\n{OWN}"
    french = selfdata("run", service, "--persona", "family_garden", "--lang", "fr")
    assert french.err.startswith("Sur un foyer inventé\u00a0: Une famille avec jardin.\nVotre propre code ")
    assert "Votre eau" in french.out


def test_nothing_is_asked_for_kept_or_written(selfdata: Selfdata, service: Path, home: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    assert selfdata("run", service, "--persona", "single_flat").code == 0
    assert tree(tmp_path) == before
    assert not home.exists()


def test_it_is_not_the_persons_own_data(selfdata: Selfdata, service: Path, home: Path, water: Path) -> None:
    selfdata("import", water / "historique_jours_litres.csv")
    journal = selfdata("journal", "--json").out
    first = selfdata("run", service, "--persona", "single_flat", "--json").out
    assert selfdata("journal", "--json").out == journal
    selfdata("erase", "--all", "--yes")
    assert selfdata("run", service, "--persona", "single_flat", "--json").out == first


def test_the_same_household_gives_the_same_bytes_and_another_seed_others(selfdata: Selfdata, service: Path) -> None:
    first, again, other = (
        selfdata("run", service, "--persona", "shift_worker", "--seed", seed, "--json").out for seed in (3, 3, 4)
    )
    assert first == again
    assert litres(first) != litres(other)


def test_a_planted_truth_is_in_what_the_service_sees(selfdata: Selfdata, service: Path) -> None:
    words = ("run", service, "--persona", "single_flat", "--json")
    calm, leaking = (litres(selfdata(*words, *more).out) for more in ((), ("--with", "leak@2026-10-01:20L/h:10d")))
    assert leaking - calm == pytest.approx(4800, abs=2)


def test_the_clock_stands_at_the_end_of_its_data_and_can_be_earlier(selfdata: Selfdata, service: Path) -> None:
    words = ("run", service, "--persona", "single_flat", "--json")
    whole, early, late = (
        selfdata(*words, *more).out
        for more in ((), ("--now", "2025-10-02T08:00+02:00"), ("--now", "2030-01-01T00:00+01:00"))
    )
    assert 0 < litres(early) < litres(whole)
    assert late == whole


def test_settings_and_the_page_are_as_on_anybodys_data(selfdata: Selfdata, service: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = ("run", service, "--persona", "single_flat")
    done = selfdata(*words, "--set", "goal=77", "--html", page)
    assert "The goal is 77 [bold]litres[/bold]." in page.read_text(encoding="utf-8")
    assert done.out == f"Page: {page.as_uri()}\n"
    wrong = selfdata(*words, "--set", "gaol=77")
    assert (wrong.code, "goal" in wrong.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--persona", "familly_garden"), "Did you mean family_garden?"),
        (("--persona", "single_flat", "--with", "leek@2026-03-12"), "There is no kind of truth “leek”."),
        (("--persona", "single_flat", "--with", "leak@yesterday:1L/h"), "“yesterday” is not a date."),
        (("--with", "leak@2026-03-12:20L/h"), "--with and --seed go with --persona."),
        (("--seed", "1"), "--with and --seed go with --persona."),
    ],
)
def test_what_is_wrong_is_said(selfdata: Selfdata, service: Path, words: tuple[str, ...], says: str) -> None:
    done = selfdata("run", service, *words)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_without_a_service_it_asks_for_one(selfdata: Selfdata) -> None:
    done = selfdata("run", "--persona", "single_flat")
    assert (done.code, "Which service?" in done.err) == (2, True)
    assert "Quel service\u00a0?" in selfdata("run", "--persona", "single_flat", "--lang", "fr").err


def test_what_the_code_reached_for_is_told(selfdata: Selfdata, service: Path, tmp_path: Path) -> None:
    begin_with(service, "import socket", f"open({str(tmp_path / 'mark')!r}, 'w').close()", "socket.socket().close()")
    done = selfdata("run", service, "--persona", "single_flat")
    assert done.code == 0
    assert done.err.endswith("It called open, socket.__new__: in the sandbox it could not.\n")
    french = selfdata("run", service, "--persona", "single_flat", "--lang", "fr")
    assert "dans le bac à sable, il ne le pourrait pas." in french.err


def test_the_code_is_as_it_is_now_whatever_its_manifest_says(selfdata: Selfdata, service: Path) -> None:
    file = service / "drops" / "__init__.py"
    file.write_text(file.read_text("utf-8").replace('back="P1Y"', 'back="P7D"'), encoding="utf-8")
    week = litres(selfdata("run", service, "--persona", "family_garden", "--json").out)
    (service / "drops" / "manifest.json").unlink()
    sys.modules.pop("drops")
    assert litres(selfdata("run", service, "--persona", "family_garden", "--json").out) == week


def test_an_error_of_the_service_names_its_line_and_no_value(selfdata: Selfdata, service: Path) -> None:
    begin_with(service, "raise ValueError(f'used {water.column(\"litres\").sum():.0f}')")
    done = selfdata("run", service, "--persona", "single_flat")
    assert (done.code, done.out) == (1, "")
    assert "The service raised ValueError." in done.err
    assert "used" not in done.err
    assert "ValueError: used " in selfdata("run", service, "--persona", "single_flat", "--debug").err


@linux
def test_an_installed_service_runs_in_the_sandbox(selfdata: Selfdata, home: Path) -> None:
    done = selfdata("run", "water-coach", "--persona", "slow_leak_couple")
    assert done.code == 0
    assert done.err == "On an invented household: An elderly couple with a slow leak.\n"
    assert "Water has run without rest" in done.out
    assert done.out.endswith("Worked out on this machine. Nothing was sent anywhere.\n")
    assert not home.exists()
    trusted = selfdata("run", "water-coach", "--persona", "slow_leak_couple", "--trust")
    assert trusted.err.endswith(OWN)
    assert trusted.out.endswith("by code that nothing held.\n")


def test_an_installed_service_is_refused_where_nothing_can_hold_it(
    selfdata: Selfdata, service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "plan9")
    done = selfdata("run", "water-coach", "--persona", "single_flat")
    assert (done.code, done.out) == (3, "")
    assert "Services of others cannot be held on plan9." in done.err
    assert selfdata("run", service, "--persona", "single_flat").code == 0, "an author's own folder is not"


def test_a_function_is_named_with_trust(selfdata: Selfdata, service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(service)
    words = ("run", "drops:drops", "--persona", "single_flat")
    assert selfdata(*words).code == 2
    assert selfdata(*words, "--trust").code == 0


# In a home


@pytest.fixture
def invented(selfdata: Selfdata, service: Path) -> Path:
    """A service that was agreed to in a home that holds a persona."""
    assert selfdata("personas", "load", "single_flat").code == 0
    assert selfdata("grant", service, "--accept", "water").code == 0
    return service


def test_a_home_of_a_persona_is_run_on_as_any_other(selfdata: Selfdata, invented: Path, home: Path) -> None:
    in_memory = litres(selfdata("run", invented, "--persona", "single_flat", "--json").out)
    with Home(home).host() as host:
        assert host.runs(ID) == []
    assert litres(selfdata("run", invented, "--json", "--trust").out) == in_memory
    with Home(home).host() as host:
        (kept,) = host.runs(ID)
    assert kept.as_of == persona("single_flat").now
    assert "Drops (org.example.drops) read water use by day" in selfdata("journal").out


def test_where_no_sandbox_is_ones_own_folder_runs_on_personas_alone(
    selfdata: Selfdata, invented: Path, water: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "plan9")
    done = selfdata("run", invented)
    assert done.code == 0
    assert "The data here are invented: your own code runs inside this program." in done.err
    assert "Les données ici sont inventées" in selfdata("run", invented, "--lang", "fr").err
    assert selfdata("run", "water-coach").code == 3, "what is somebody else's does not"
    assert selfdata("import", water / "historique_jours_litres.csv").code == 0
    refused = selfdata("run", invented)
    assert (refused.code, refused.out) == (3, "")
    assert "Services of others cannot be held on plan9." in refused.err


def test_where_no_sandbox_is_real_data_need_trust(
    selfdata: Selfdata, service: Path, water: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    selfdata("--clock", "2022-10-12T08:00+02:00", "import", water / "historique_jours_litres.csv")
    selfdata("grant", service, "--accept", "water")
    monkeypatch.setattr(sys, "platform", "plan9")
    assert selfdata("run", service).code == 3
    assert "drops" not in sys.modules
    assert selfdata("run", service, "--trust").code == 0


@linux
def test_where_there_is_a_sandbox_it_is_used_on_personas_too(selfdata: Selfdata, invented: Path, home: Path) -> None:
    assert selfdata("run", invented).code == 0
    with Home(home).host() as host:
        assert host.runs(ID)[0].walls
