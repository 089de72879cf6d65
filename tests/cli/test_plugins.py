"""`selfdata plugins`: services are installed, seen, updated and removed, and none of their code is ever run for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.consent.grant import Item, Terms
from selfdata_sdk.host import environment
from selfdata_sdk.host.home import Home
from selfdata_sdk.host.shelf import Shelf
from selfdata_sdk.testing.wheels import service_wheel, wheel

Selfdata = Callable[..., Any]

ID = "org.example.coach"


@pytest.fixture
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """This Python holds no service and no plugin."""
    monkeypatch.setattr(environment, "entry_points", lambda group: [])


def water(granularity: str) -> dict[str, Any]:
    """What a manifest says of its needs."""
    need = {
        "record_type": "water.use/1",
        "fields": ["litres"],
        "granularity": granularity,
        "at_worst": "day",
        "back": "P1Y",
        "why": {"en": "Add up the water of each day", "fr": "Additionner l'eau de chaque jour"},
    }
    return {"needs": {"water": need}}


def agree(home: Path, version: str) -> None:
    """The person of this home agrees to an installed version."""
    releases = Shelf(home / "services").named(ID).releases
    manifest = next(r.manifest() for r in releases if r.version == version)
    with Home(home).host() as host:
        host.grant(manifest, Terms(items={"water": Item(decision="given")}))


# Installing and seeing


def test_a_service_is_installed_listed_shown_and_removed(
    selfdata: Selfdata, tmp_path: Path, home: Path, nothing_else: None
) -> None:
    assert "No service is installed" in selfdata("plugins", "list").out
    done = selfdata("plugins", "install", service_wheel(tmp_path))
    assert (done.code, done.err) == (0, "")
    assert "Coach  (org.example.coach 1.0.0)" in done.out
    assert "selfdata grant org.example.coach" in done.out
    digest = Shelf(home / "services").named(ID).newest.digest
    assert digest in done.out
    assert selfdata("plugins", "list").out == "Coach  (org.example.coach 1.0.0)\n  Says little.\n"
    shown = selfdata("plugins", "show", "coach").out
    for said in ("Somebody", "MIT", "coach-1.0.0-py3-none-any.whl", digest, "is what was installed"):
        assert said in shown
    assert "already installed" not in shown
    assert "It is installed already." in selfdata("plugins", "install", service_wheel(tmp_path)).out
    assert selfdata("plugins", "remove", ID).out == "org.example.coach is removed.\n"
    assert "No service is installed" in selfdata("plugins", "list").out


def test_it_all_speaks_french(selfdata: Selfdata, tmp_path: Path, nothing_else: None) -> None:
    done = selfdata("--lang", "fr", "plugins", "install", service_wheel(tmp_path))
    assert "Conseil  (org.example.coach 1.0.0)" in done.out
    assert "Empreinte du code\u00a0: " in done.out
    refused = selfdata("--lang", "fr", "plugins", "install", wheel(tmp_path, "other"))
    assert refused.code == 2
    assert "Il contient 0 services" in refused.err
    assert "rien n'a été installé" in refused.err


def test_what_breaks_a_rule_is_exit_2_and_leaves_nothing(selfdata: Selfdata, tmp_path: Path, home: Path) -> None:
    done = selfdata("plugins", "install", service_wheel(tmp_path, files={"coach.pth": "import os"}))
    assert done.code == 2
    assert done.err.startswith("Error: coach-1.0.0-py3-none-any.whl: “coach.pth” is a .pth file")
    assert "  -> " in done.err
    assert not (home / "services").exists()


def test_json_has_everything_for_programs(selfdata: Selfdata, tmp_path: Path, nothing_else: None) -> None:
    wheel(tmp_path, "shared", "1.0", {"shared.py": ""})
    path = service_wheel(tmp_path, requires=["shared"])
    installed = json.loads(selfdata("plugins", "install", path, "--wheels", tmp_path, "--json").out)
    assert (installed["id"], installed["runs"], installed["waits"], installed["changed"]) == (ID, "1.0.0", None, True)
    assert [(part["name"], part["version"]) for part in installed["parts"]] == [("coach", "1.0.0"), ("shared", "1.0")]
    listed = json.loads(selfdata("plugins", "list", "--json").out)
    assert [s["id"] for s in listed["services"]] == [ID]
    assert listed["services"][0]["summary"] == {"en": "Says little.", "fr": "Dit peu."}
    shown = json.loads(selfdata("plugins", "show", ID, "--json").out)
    assert shown["digest"] == installed["digest"]
    assert shown["manifest"]["id"] == ID
    assert "coach/manifest.json" in shown["lock"]["files"]
    assert shown["faults"] == {}


def test_a_lock_that_is_shown_installs_the_same_elsewhere(
    selfdata: Selfdata, tmp_path: Path, nothing_else: None
) -> None:
    path = service_wheel(tmp_path)
    selfdata("plugins", "install", path)
    lock = tmp_path / "coach.lock"
    lock.write_text(selfdata("plugins", "show", ID, "--lock").out)
    there = ("--home", tmp_path / "there")
    assert selfdata(*there, "plugins", "install", path, "--lock", lock).code == 0
    other = service_wheel(tmp_path / "b", code="x = 2\n")
    refused = selfdata("--home", tmp_path / "elsewhere", "plugins", "install", other, "--lock", lock)
    assert refused.code == 2
    assert "not what the lock says" in refused.err


def test_a_lock_that_a_text_editor_ended_with_a_line_break_is_the_same_lock(selfdata: Selfdata, tmp_path: Path) -> None:
    path = service_wheel(tmp_path)
    selfdata("plugins", "install", path)
    lock = tmp_path / "coach.lock"
    lock.write_text(json.dumps(json.loads(selfdata("plugins", "show", ID, "--lock").out), indent=2) + "\n")
    assert selfdata("--home", tmp_path / "there", "plugins", "install", path, "--lock", lock).code == 0


def test_code_that_was_changed_is_named_with_exit_1(
    selfdata: Selfdata, tmp_path: Path, home: Path, nothing_else: None
) -> None:
    selfdata("plugins", "install", service_wheel(tmp_path))
    file = Shelf(home / "services").named(ID).newest.packages / "coach" / "__init__.py"
    file.chmod(0o600)
    file.write_text("evil()\n")
    for words in (("show", ID), ("show", ID, "--json")):
        done = selfdata("plugins", *words)
        assert done.code == 1
        assert "“coach/__init__.py” is not as it was installed." in done.err
    assert "Somebody" not in done.out


def test_a_disabled_service_says_so(selfdata: Selfdata, tmp_path: Path, nothing_else: None) -> None:
    selfdata("plugins", "install", service_wheel(tmp_path))
    assert "does not run" in selfdata("plugins", "disable", "coach").out
    assert "1.0.0, disabled)" in selfdata("plugins", "list").out
    assert "plugins enable org.example.coach" in selfdata("plugins", "show", ID).out
    assert json.loads(selfdata("plugins", "list", "--json").out)["services"][0]["enabled"] is False
    assert selfdata("plugins", "enable", "coach").code == 0
    assert "disabled" not in selfdata("plugins", "list").out


@pytest.mark.parametrize("name", ["show", "enable", "disable", "remove", "update"])
def test_a_service_that_is_not_there_is_wrong_use(selfdata: Selfdata, name: str, home: Path) -> None:
    done = selfdata("plugins", name, "xyzzy")
    assert done.code == 2
    assert "No service “xyzzy” is installed" in done.err
    assert not home.exists(), "looking makes nothing"


@pytest.mark.parametrize(
    "words", [("--index", "http://127.0.0.1:1/", "--wheels", "."), ("--hash", "1234"), ("--wheels", "no such folder")]
)
def test_options_that_do_not_go_are_wrong_use(selfdata: Selfdata, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert selfdata("plugins", "install", service_wheel(tmp_path), *words).code == 2


def test_a_hash_may_be_written_as_pip_writes_it(selfdata: Selfdata, tmp_path: Path) -> None:
    import hashlib

    path = service_wheel(tmp_path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert selfdata("plugins", "install", path, "--hash", f"sha256:{'0' * 64}").code == 2
    assert selfdata("plugins", "install", path, "--hash", f"sha256:{digest}").code == 0


# Updates


def test_without_a_grant_an_update_points_to_it(selfdata: Selfdata, tmp_path: Path, nothing_else: None) -> None:
    selfdata("plugins", "install", service_wheel(tmp_path))
    done = selfdata("plugins", "update", "coach", service_wheel(tmp_path, version="1.1.0"))
    assert done.code == 0
    assert "selfdata grant org.example.coach" in done.out


def test_an_update_that_asks_for_more_waits_and_says_for_what(
    selfdata: Selfdata, tmp_path: Path, home: Path, nothing_else: None
) -> None:
    selfdata("plugins", "install", service_wheel(tmp_path, manifest=water("day")))
    agree(home, "1.0.0")
    path = service_wheel(tmp_path, version="2.0.0", manifest=water("hour"))
    done = selfdata("plugins", "update", "coach", path)
    assert "- It asks for more: the new version waits for your answer." in done.out
    assert "- It now asks for water use by hour instead of by day." in done.out
    assert "Version 1.0.0 runs until you answer: selfdata grant org.example.coach" in done.out
    shown = json.loads(selfdata("plugins", "show", ID, "--json").out)
    assert (shown["runs"], shown["waits"]) == ("1.0.0", "2.0.0")
    agree(home, "2.0.0")
    shown = json.loads(selfdata("plugins", "show", ID, "--json").out)
    assert (shown["runs"], shown["waits"]) == ("2.0.0", None)


def test_an_update_that_asks_for_no_more_runs(
    selfdata: Selfdata, tmp_path: Path, home: Path, nothing_else: None
) -> None:
    selfdata("plugins", "install", service_wheel(tmp_path, manifest=water("hour")))
    agree(home, "1.0.0")
    done = selfdata("plugins", "update", "coach", service_wheel(tmp_path, version="1.1.0", manifest=water("day")))
    assert "until you answer" not in done.out
    assert json.loads(selfdata("plugins", "show", ID, "--json").out)["runs"] == "1.1.0"


def test_removing_leaves_what_was_agreed_and_says_how_to_take_it_back(
    selfdata: Selfdata, tmp_path: Path, home: Path, nothing_else: None
) -> None:
    selfdata("plugins", "install", service_wheel(tmp_path, manifest=water("day")))
    agree(home, "1.0.0")
    assert f"selfdata withdraw {ID}" in selfdata("plugins", "remove", ID).out
    assert ID in selfdata("grants").out


# What this Python holds

MARK = "import os, pathlib; pathlib.Path(os.environ['MARK']).touch()\n"
HOSTILE = {
    "coach/__init__.py": MARK,
    "coach/__main__.py": MARK,
    "coach/manifest.py": MARK,
    "coach/setup.py": MARK,
    "coach/conftest.py": MARK,
}


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that hostile code makes when any of it runs."""
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    return tmp_path / "mark"


def test_the_mark_would_be_made(tmp_path: Path, mark: Path) -> None:
    code = tmp_path / "hostile.py"
    code.write_text(MARK)
    subprocess.run([sys.executable, str(code)], check=True)
    assert mark.exists()


def test_no_command_runs_the_code_of_an_installed_service(
    selfdata: Selfdata, tmp_path: Path, mark: Path, nothing_else: None
) -> None:
    path = service_wheel(tmp_path, files=HOSTILE)
    newer = service_wheel(tmp_path, version="2.0.0", files=HOSTILE)
    for words in (
        ("install", path),
        ("list",),
        ("show", ID),
        ("update", ID, newer),
        ("disable", ID),
        ("enable", ID),
        ("show", ID, "--json"),
    ):
        assert selfdata("plugins", *words).code == 0, words
        assert not mark.exists(), words
    for command in (("doctor",), ("run",), ("grants",)):
        selfdata(*command)
        assert not mark.exists(), command
    assert selfdata("plugins", "remove", ID).code == 0
    assert not mark.exists()


def test_a_folder_is_installed_without_running_its_setup(
    selfdata: Selfdata, tmp_path: Path, mark: Path, nothing_else: None
) -> None:
    import zipfile

    folder = tmp_path / "project"
    with zipfile.ZipFile(service_wheel(tmp_path, files=HOSTILE)) as archive:
        archive.extractall(folder)
    (folder / "setup.py").write_text(MARK)
    points = '[project.entry-points."selfdata.services"]\ncoach = "coach:manifest.json"\n'
    (folder / "pyproject.toml").write_text(f'[project]\nname = "coach"\nversion = "1.0.0"\n{points}')
    refused = selfdata("plugins", "install", folder)
    assert refused.code == 2
    assert "--trust" in refused.err
    assert selfdata("plugins", "install", folder, "--trust").code == 0
    assert not mark.exists()


def test_services_and_plugins_of_this_python_are_listed_and_agreed_to_without_running_them(
    tmp_path: Path, mark: Path
) -> None:
    """A real process, with hostile distributions on its path: one installed, one editable, one broken, one plugin."""
    import zipfile

    site, source = tmp_path / "site", tmp_path / "source"
    with zipfile.ZipFile(service_wheel(tmp_path, files=HOSTILE)) as archive:
        archive.extractall(site)
    with zipfile.ZipFile(service_wheel(tmp_path, "org.example.edited", name="edited", code=MARK)) as archive:
        archive.extractall(source)
        archive.extractall(site, [n for n in archive.namelist() if ".dist-info/" in n])
    (site / "edited.pth").write_text(f"{source}\n")
    for path in (
        service_wheel(tmp_path, "org.example.broken", name="broken", files={"broken/manifest.json": "{"}, code=MARK),
        wheel(tmp_path, "trusted", "3.0", {"trusted.py": MARK}, entry_points="[selfdata.plugins]\nmore = trusted\n"),
    ):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(site)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        code = f"import site, sys; site.addsitedir({str(site)!r}); from selfdata_sdk.cli import main; sys.exit(main())"
        environ = {**os.environ, "SELFDATA_HOME": str(tmp_path / "home"), "LC_ALL": "C", "PYTHONUTF8": "1"}
        return subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, env=environ, check=False
        )

    listed = run("plugins", "list")
    assert "Coach  (org.example.coach 1.0.0, in this Python, by coach)" in listed.stdout
    assert "(org.example.edited 1.0.0, in this Python, by edited)" in listed.stdout
    assert "more  (trusted 3.0, trusted plugin)" in listed.stdout
    assert "broken says that it holds the service broken, but it has no manifest that can be read." in listed.stderr
    assert listed.returncode == 0
    assert not mark.exists()
    value = json.loads(run("plugins", "list", "--json").stdout)
    assert {s["id"]: s["origin"] for s in value["services"]}["org.example.coach"] == "python"
    assert {"name": "broken", "distribution": "broken"} in value["unreadable"]
    assert {"name": "more", "distribution": "trusted", "version": "3.0"} in value["plugins"]
    taken = run("plugins", "install", str(service_wheel(tmp_path, name="coach-better")))
    assert taken.returncode == 2
    assert "org.example.coach is held by coach" in taken.stderr
    for words in (("grant", ID, "--json"), ("doctor",), ("plugins", "show", ID)):
        run(*words)
        assert not mark.exists(), words


def test_listing_a_thousand_services_needs_no_library_and_no_code(
    tmp_path: Path, selfdata: Selfdata, home: Path
) -> None:
    selfdata("plugins", "install", service_wheel(tmp_path))
    registry = home / "services" / "registry.json"
    value = json.loads(registry.read_bytes())
    one = value["services"][ID]
    value["services"] = {f"org.example.s{n:04}": one for n in range(1000)}
    registry.write_text(json.dumps(value))
    code = (
        "import sys; from selfdata_sdk.cli import main; main(['plugins', 'list'])\n"
        "print('@', *sorted({'pydantic', 'numpy', 'rich', 'packaging', 'coach', 'water_coach'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert sum("org.example.s" in line for line in lines) == 1000
    assert lines[-1].split() == ["@"]
