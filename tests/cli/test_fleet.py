"""`selfdata fleet`, as an operator uses it: a folder for each person, and a service for all of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from selfdata_sdk.consent.grant import Item, Terms
from selfdata_sdk.host.discovery import find
from selfdata_sdk.host.people import People
from selfdata_sdk.model import Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros

from .conftest import Selfdata

NOW = datetime(2025, 6, 15, tzinfo=UTC)
DROPS = "org.example.drops"
sandbox = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is for Linux")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "our people"


def fill(folder: Path, service: Path, *logins: str, agrees: bool = True) -> None:
    """Persons with ten days of water; they agree to the service or not."""
    start = micros(NOW - timedelta(days=10)) + np.arange(240, dtype=np.int64) * HOUR
    source = Source(holder="holder", importer="test", version="1", retrieved_at=NOW)
    columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(np.full(240, 10_000))}
    table = Table(WaterUse, Series("water.use/1", "holder", "P1", "", "PT1H"), columns, (source,))
    manifest = find(str(service)).manifest
    with People(folder) as people:
        people.practise(NOW)
        for login in logins:
            with people.host(people.add(login)) as host:
                host.store.write([table])
                if agrees:
                    host.grant(manifest, Terms(items={"water": Item(decision="given")}, lasts="P12M"))


def test_each_login_has_a_folder_which_is_printed(selfdata: Selfdata, folder: Path) -> None:
    done = selfdata("fleet", "add", "ada", "bob", "--people", folder)
    assert done.code == 0
    homes = done.out.splitlines()
    assert len(homes) == 2
    assert all(Path(home).is_dir() for home in homes)
    assert "ada" not in done.out.replace(str(folder), "")
    assert selfdata("fleet", "add", "bob", "ada", "--people", folder).out.splitlines() == homes[::-1]


def test_the_persons_are_listed_by_their_ids(selfdata: Selfdata, folder: Path) -> None:
    selfdata("fleet", "add", "ada", "bob", "--people", folder)
    plain = selfdata("fleet", "list", "--people", folder).out.splitlines()
    told = json.loads(selfdata("fleet", "list", "--people", folder, "--json").out)
    assert plain == sorted(plain) == [t["id"] for t in told]
    assert [Path(t["home"]).name for t in told] == plain


@pytest.mark.parametrize("words", [["list"], ["run", "water-coach"]])
def test_a_folder_that_was_misspelt_is_refused_and_not_made(selfdata: Selfdata, folder: Path, words: list[str]) -> None:
    done = selfdata("fleet", *words, "--people", folder)
    assert done.code == 2
    assert "There are no people here yet" in done.err
    assert "fleet add" in done.err
    assert not folder.exists()


@sandbox
def test_a_run_says_what_became_of_everybody_and_its_code_whether_any_failed(
    selfdata: Selfdata, folder: Path, service: Path
) -> None:
    fill(folder, service, "ada", "bob")
    fill(folder, service, "cyd", agrees=False)
    words = ["fleet", "run", service, "--people", folder, "--occasion", "monday", "--workers", 1]
    done = selfdata(*words)
    assert (done.code, done.err) == (0, "")
    assert "Drops  (org.example.drops 1.2.3), monday" in done.out
    assert "  2 done\n  1 skipped: no consent\nPersons: 3, in " in done.out
    again = json.loads(selfdata(*words, "--json").out)
    assert again.pop("seconds") >= 0
    assert again.pop("per_second") >= 0
    assert again == {
        "service": DROPS,
        "version": "1.2.3",
        "occasion": "monday",
        "persons": 3,
        "done": 0,
        "already": 2,
        "skipped": {"consent": 1},
        "failed": {},
    }
    other = selfdata(*words, "--set", "goal=100", "--lang", "fr")
    assert "  2 faits\n  1 non lancés\u00a0: sans accord\n" in other.out


@sandbox
def test_a_service_that_fails_makes_the_code_1(selfdata: Selfdata, folder: Path, service: Path) -> None:
    fill(folder, service, "ada")
    code = service / "drops" / "__init__.py"
    code.write_text(code.read_text().replace("    total = ", "    total = 1 / 0 + "))
    done = selfdata("fleet", "run", service, "--people", folder, "--occasion", "monday", "--workers", 1)
    assert done.code == 1
    assert "  1 failed: ServiceFailed\n" in done.out
    assert "tries again" in done.err


@sandbox
def test_an_occasion_is_a_day_unless_it_is_named(selfdata: Selfdata, folder: Path, service: Path) -> None:
    fill(folder, service, "ada")
    told = json.loads(selfdata("fleet", "run", service, "--people", folder, "--workers", 1, "--json").out)
    assert abs(datetime.fromisoformat(told["occasion"]).replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(days=2)


@sandbox
def test_the_policy_in_the_folder_holds_and_one_that_is_named_comes_before_it(
    selfdata: Selfdata, folder: Path, service: Path, tmp_path: Path
) -> None:
    fill(folder, service, "ada")
    (folder / "policy.toml").write_text(f'[services]\ndeny = ["{DROPS}"]')
    words = ["fleet", "run", service, "--people", folder, "--workers", 1]
    assert "1 skipped: not allowed by the operator" in selfdata(*words).out
    (tmp_path / "other.toml").write_text("")
    assert "1 done" in selfdata(*words, "--policy", tmp_path / "other.toml").out
    (folder / "policy.toml").write_text("[service]")
    wrong = selfdata(*words)
    assert wrong.code == 2
    assert "Did you mean services?" in wrong.err


@sandbox
def test_what_is_counted_goes_to_a_file_for_prometheus(
    selfdata: Selfdata, folder: Path, service: Path, tmp_path: Path
) -> None:
    pytest.importorskip("prometheus_client")
    fill(folder, service, "ada", "bob")
    file = tmp_path / "selfdata.prom"
    selfdata("fleet", "run", service, "--people", folder, "--workers", 1, "--metrics", file)
    assert f'selfdata_runs_total{{outcome="done",service="{DROPS}"}} 2.0' in file.read_text()


def test_a_setting_or_a_service_that_is_not_there_is_wrong_use(selfdata: Selfdata, folder: Path, service: Path) -> None:
    fill(folder, service, "ada")
    assert selfdata("fleet", "run", service, "--people", folder, "--set", "colour=red").code == 2
    assert selfdata("fleet", "run", "org.example.none", "--people", folder).code == 2
    assert selfdata("fleet", "run", "drops:drops", "--people", folder).code == 2


def test_a_scheduler_that_is_not_there_is_said(
    selfdata: Selfdata, folder: Path, service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    import dask

    fill(folder, service, "ada")
    with dask.config.set({"distributed.comm.timeouts.connect": "200ms"}):
        done = selfdata("fleet", "run", service, "--people", folder, "--dask", "tcp://127.0.0.1:9")
    assert done.code == 3
    assert "No Dask scheduler answers at tcp://127.0.0.1:9." in done.err


@sandbox
@pytest.mark.skipif(os.name != "posix", reason="needs SIGINT")
def test_ctrl_c_stops_cleanly(folder: Path, service: Path) -> None:
    code = service / "drops" / "__init__.py"
    code.write_text(code.read_text().replace("    total = ", "    __import__('time').sleep(1)\n    total = "))
    fill(folder, service, *(f"login {n}" for n in range(6)))
    words = ["fleet", "run", str(service), "--people", str(folder), "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "selfdata_sdk.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with People(folder) as people:
        while not any(_runs(people, person) for person in people.ids()):
            assert process.poll() is None
            time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    assert "Stopped. Nothing was left half done." in err
    assert "Traceback" not in out + err


def _runs(people: People, person: str) -> int:
    with people.host(person) as host:
        return len(host.runs(DROPS))
