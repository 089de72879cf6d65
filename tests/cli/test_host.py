"""`selfdata host run-due`: what is due is run without anybody at the keyboard, and what is new is told once."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from selfdata_sdk.consent.grant import Item, Terms
from selfdata_sdk.errors import SandboxUnavailable
from selfdata_sdk.host import environment
from selfdata_sdk.host.home import Home
from selfdata_sdk.host.installing import Options, install
from selfdata_sdk.host.people import People
from selfdata_sdk.host.sandbox import launching
from selfdata_sdk.host.sandbox import sandbox as sandbox_module
from selfdata_sdk.host.shelf import Shelf
from selfdata_sdk.model import Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.testing.wheels import service_wheel

from .conftest import Selfdata

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is for Linux")

NOW = datetime(2025, 6, 15, 10, tzinfo=UTC)
DROPS, LEAKS = "org.example.drops", "org.example.leaks"

CODE = """
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from selfdata_sdk import Alert, Block, Card, Context, Dataset, Need, Row, Text, service
from selfdata_sdk.model import WaterUse


class Hour(Row[WaterUse]):
    litres: float


WATER = Need(why=Text(en="Add up the water of each hour", fr="Additionner l'eau de chaque heure"), granularity="hour", back="P30D")
NAME = Text(en="{name}", fr="{name} fr")


@service(id="{id}", name=NAME, summary=NAME)
def {package}(context: Context, water: Annotated[Dataset[Hour], WATER]) -> Iterable[Block]:
    {body}
    yield Alert(
        id="leak",
        severity="urgent",
        what=Text(en="Water runs at all hours.", fr="L'eau coule à toute heure."),
        what_to_do=Text(en="Close the tap.", fr="Fermez le robinet."),
    )
"""


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """This Python holds no service."""
    monkeypatch.setattr(environment, "entry_points", lambda group: [])


def put(folder: Path, service: str, body: str = "pass", schedule: str = "daily") -> None:
    """Install a service for whoever has the shelf in `folder`."""
    package = service.rpartition(".")[2]
    need = {
        "record_type": "water.use/1", "fields": ["litres"], "granularity": "hour", "at_worst": "hour", "back": "P30D",
        "why": {"en": "Add up the water of each hour", "fr": "Additionner l'eau de chaque heure"},
    }  # fmt: skip
    name = {"en": package.title(), "fr": f"{package.title()} fr"}
    said = {"needs": {"water": need}, "schedule": schedule, "name": name, "outputs": {"kinds": ["alert", "card"]}}
    code = CODE.format(id=service, package=package, name=package.title(), body=body)
    wheel = service_wheel(folder / "wheels", service, name=package, code=code, manifest=said)
    install(Shelf(folder / "services"), str(wheel), Options(), NOW)


def fill(host: Any) -> None:
    start = micros(NOW - timedelta(days=2)) + np.arange(48, dtype=np.int64) * HOUR
    source = Source(holder="holder", importer="test", version="1", retrieved_at=NOW)
    columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(np.full(48, 7919_000))}
    host.store.write([Table(WaterUse, Series("water.use/1", "holder", "P1", "", "PT1H"), columns, (source,))])


def agree(host: Any, folder: Path) -> None:
    """To all that is installed."""
    for service in Shelf(folder / "services").installed():
        host.grant(service.manifest(), Terms(items={"water": Item(decision="given", finer=True)}, lasts="P12M"))


@pytest.fixture
def lived_in(home: Path) -> Path:
    """A home with two days of water, whose clock stands."""
    with Home(home).host(NOW) as host:
        fill(host)
    return home


def ready(home: Path, *services: tuple[str, str], schedule: str = "daily") -> None:
    """Services with these bodies are installed and agreed to."""
    for service, body in services:
        put(home, service, body, schedule)
    with Home(home).host() as host:
        agree(host, home)


def tomorrow(home: Path, days: int = 1) -> None:
    with Home(home).host(NOW + timedelta(days=days)):
        pass


def test_what_is_due_is_run_and_its_alert_is_told_once(selfdata: Selfdata, lived_in: Path) -> None:
    ready(lived_in, (DROPS, "pass"))
    first = selfdata("host", "run-due")
    assert first.code == 0, first.err
    assert first.out == "Drops  (org.example.drops 1.0.0)\n  ! Water runs at all hours. Close the tap.\n"
    again = selfdata("host", "run-due")
    assert (again.code, again.out) == (0, "Nothing was due.\n")
    tomorrow(lived_in)
    assert selfdata("host", "run-due").out == "Drops  (org.example.drops 1.0.0)\n", (
        "it ran, and has nothing new to tell"
    )


def test_it_speaks_french(selfdata: Selfdata, lived_in: Path) -> None:
    ready(lived_in, (DROPS, "pass"))
    told = selfdata("host", "run-due", "--lang", "fr").out
    assert told == "Drops fr  (org.example.drops 1.0.0)\n  ! L'eau coule à toute heure. Fermez le robinet.\n"
    assert selfdata("host", "run-due", "--lang", "fr").out == "Rien n'était attendu.\n"


def test_what_was_run_is_told_as_json(selfdata: Selfdata, lived_in: Path) -> None:
    ready(lived_in, (DROPS, "pass"), (LEAKS, "1 / 0"))
    done = selfdata("host", "run-due", "--json")
    assert done.code == 1
    drops, leaks = json.loads(done.out)
    assert (drops["service"], drops["version"], drops["occasion"]) == (DROPS, "1.0.0", "day 2025-06-15")
    assert (drops["outcome"], drops["error"], [a["id"] for a in drops["told"]]) == ("done", None, ["leak"])
    assert (leaks["outcome"], leaks["error"], leaks["told"]) == ("failed", "ServiceFailed", [])
    assert all(len(a) == 6 for a in (drops, leaks)), "there is no person to name"


def test_nothing_due_is_an_empty_list(selfdata: Selfdata, lived_in: Path) -> None:
    put(lived_in, DROPS)
    done = selfdata("host", "run-due", "--json")
    assert (done.code, json.loads(done.out)) == (0, [])


def test_one_that_fails_is_named_and_stops_no_other(selfdata: Selfdata, lived_in: Path) -> None:
    ready(lived_in, (DROPS, "raise ValueError(water.column('litres').sum())"), (LEAKS, "pass"))
    done = selfdata("host", "run-due")
    assert done.code == 1
    assert "Water runs at all hours." in done.out
    assert "org.example.drops, line 20: The service raised ValueError." in done.err
    assert "7919" not in done.out + done.err
    french = selfdata("host", "run-due", "--lang", "fr")
    assert "Le service a levé ValueError." in french.err


def test_one_that_fails_too_often_waits_for_its_next_occasion(selfdata: Selfdata, lived_in: Path) -> None:
    ready(lived_in, (DROPS, "1 / 0"))
    assert [selfdata("host", "run-due").code for _ in range(4)] == [1, 1, 1, 0]
    assert "failed too often" in selfdata("host", "run-due").out
    (told,) = json.loads(selfdata("host", "run-due", "--json").out)
    assert (told["outcome"], told["error"]) == ("given up", None)
    tomorrow(lived_in)
    assert selfdata("host", "run-due").code == 1


def test_what_runs_when_the_person_comes_runs_then_only(selfdata: Selfdata, lived_in: Path) -> None:
    ready(lived_in, (DROPS, "pass"), schedule="on_open")
    assert selfdata("host", "run-due").out == "Nothing was due.\n"
    assert "Water runs" in selfdata("host", "run-due", "--open").out
    assert selfdata("host", "run-due", "--open").out == "Drops  (org.example.drops 1.0.0)\n"


def test_what_was_taken_back_is_not_due(selfdata: Selfdata, lived_in: Path) -> None:
    ready(lived_in, (DROPS, "pass"))
    selfdata("withdraw", DROPS)
    assert selfdata("host", "run-due").out == "Nothing was due.\n"


def test_a_home_that_is_not_there_is_not_made(selfdata: Selfdata, home: Path) -> None:
    assert selfdata("host", "run-due").code == 2
    assert not home.exists()


def without_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(modes: object = ()) -> Any:
        raise SandboxUnavailable(
            "Services of others cannot be held on plan9.",
            next="Run them on Linux: on Windows in WSL 2, on macOS in a virtual machine.",
        )

    monkeypatch.setattr(launching, "launch", refused)
    monkeypatch.setattr(sandbox_module, "launch", refused)


def test_a_machine_without_walls_runs_nothing(
    selfdata: Selfdata, lived_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_walls(monkeypatch)
    assert selfdata("host", "run-due").code == 0, "nothing was due"
    ready(lived_in, (DROPS, "pass"))
    done = selfdata("host", "run-due", "--lang", "fr")
    assert done.code == 3
    assert "ne peuvent pas être retenus sur plan9" in done.err
    journal = json.loads(selfdata("journal", "--json").out)
    assert "run" not in [entry["event"] for entry in journal]


# For many


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return tmp_path / "our people"


def inhabited(people: Path, *logins: str) -> list[str]:
    """Persons with water who agreed to all that is installed for them; their ids."""
    with People(people) as opened:
        opened.practise(NOW)
        ids = [opened.add(login) for login in logins]
        for person in ids:
            with opened.host(person) as host:
                fill(host)
                agree(host, people)
    return sorted(ids)


def persons(done: Any) -> list[tuple[str, str, str]]:
    return [(t["person"], t["service"], t["outcome"]) for t in json.loads(done.out)]


def test_each_person_of_a_host_gets_their_own(selfdata: Selfdata, people: Path) -> None:
    put(people, DROPS)
    ada, bob = inhabited(people, "ada", "bob")
    done = selfdata("host", "run-due", "--people", people)
    assert done.code == 0, done.err
    assert re.findall(r"^([0-9a-f]{32})  Drops", done.out, re.M) == [ada, bob]
    assert done.out.count("Water runs at all hours.") == 2
    assert persons(selfdata("host", "run-due", "--people", people, "--json")) == []
    with People(people) as opened:
        opened.practise(NOW + timedelta(days=1))
    assert persons(selfdata("host", "run-due", "--people", people, "--json")) == [
        (ada, DROPS, "done"),
        (bob, DROPS, "done"),
    ]


def test_what_the_operator_does_not_allow_is_not_run(selfdata: Selfdata, people: Path) -> None:
    put(people, DROPS)
    put(people, LEAKS)
    (ada,) = inhabited(people, "ada")
    (people / "policy.toml").write_text(f'[services]\ndeny = ["{DROPS}"]\n')
    assert persons(selfdata("host", "run-due", "--people", people, "--json")) == [(ada, LEAKS, "done")]


def test_the_operators_limits_hold_for_each_run(selfdata: Selfdata, people: Path) -> None:
    put(
        people, DROPS, "text = Text(en='x' * 300, fr='x' * 300); yield Card(id='a', headline=NAME, body=text, why=text)"
    )
    (ada,) = inhabited(people, "ada")
    (people / "policy.toml").write_text("[limits]\noutput_kb = 1\n")
    done = selfdata("host", "run-due", "--people", people, "--json")
    (told,) = json.loads(done.out)
    assert (done.code, told["person"], told["error"]) == (1, ada, "OutputLimit")
    (people / "policy.toml").write_text("[limits]\noutput_kb = 100\n")
    assert persons(selfdata("host", "run-due", "--people", people, "--json")) == [(ada, DROPS, "done")]


def test_a_person_whose_cloud_is_damaged_stops_nobody_else(selfdata: Selfdata, people: Path) -> None:
    put(people, DROPS)
    ada, bob, eve = inhabited(people, "ada", "bob", "eve")
    with People(people) as opened:
        damaged = opened.home(bob).store_path
    for end in ("-wal", "-shm"):
        damaged.with_name(damaged.name + end).unlink(missing_ok=True)
    damaged.write_bytes(b"not a database at all" * 1000)
    done = selfdata("host", "run-due", "--people", people, "--json")
    assert done.code == 1
    assert persons(done) == [(ada, DROPS, "done"), (eve, DROPS, "done")]
    assert [line.partition("  ")[0] for line in done.err.splitlines()] == [bob]


def test_a_folder_without_people_is_refused(selfdata: Selfdata, people: Path) -> None:
    done = selfdata("host", "run-due", "--people", people)
    assert done.code == 2
    assert "no people here" in done.err
