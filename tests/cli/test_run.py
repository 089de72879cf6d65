"""`selfdata run`: anybody's code runs in the sandbox; one's own in this program, and only where that is said."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.errors import SandboxUnavailable
from selfdata_sdk.host.home import Home
from selfdata_sdk.host.run_record import RunRecord
from selfdata_sdk.host.sandbox import WALLS, launching
from selfdata_sdk.host.sandbox import sandbox as sandbox_module

from .conftest import Selfdata

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is for Linux")

ID = "org.example.drops"
START = "    if not len(water):\n"


@pytest.fixture
def agreed(selfdata: Selfdata, water: Path, service: Path) -> Iterator[Path]:
    """A service that was agreed to, in a home whose clock stands when the file ends."""
    assert selfdata("--clock", "2022-10-12T08:00+02:00", "import", water / "historique_jours_litres.csv").code == 0
    assert selfdata("grant", service, "--accept", "water").code == 0
    yield service
    sys.modules.pop("drops", None)


def begin_with(service: Path, *lines: str) -> int:
    """Let the service do this first; the number of the first of these lines."""
    file = service / "drops" / "__init__.py"
    before, _, after = file.read_text(encoding="utf-8").partition(START)
    assert after
    file.write_text(before + "".join(f"    {line}\n" for line in lines) + START + after, encoding="utf-8")
    return before.count("\n") + 1


def record(home: Path) -> RunRecord:
    """The last run, as it is kept."""
    with Home(home).host() as host:
        return host.runs(ID)[0]


def journal(selfdata: Selfdata, *words: str) -> str:
    return " ".join(str(selfdata("journal", *words).out).split())


# In the sandbox


@linux
def test_a_service_runs_in_the_sandbox_unless_it_is_trusted(selfdata: Selfdata, agreed: Path, home: Path) -> None:
    done = selfdata("run", agreed)
    assert (done.code, "--trust" in done.err) == (0, False)
    assert "drops" not in sys.modules
    assert record(home).walls == WALLS["all"]
    assert "Nothing left your cloud." in journal(selfdata)


@linux
@pytest.mark.parametrize(
    "attempt", ["open('/etc/passwd').read()", "open('/tmp/left', 'w')", "__import__('os').listdir('/home')"]
)
def test_a_service_that_reaches_for_files_gets_an_error_and_the_run_says_so(
    selfdata: Selfdata, agreed: Path, home: Path, attempt: str
) -> None:
    line = begin_with(agreed, attempt)
    done = selfdata("run", agreed)
    assert (done.code, done.out) == (1, "")
    assert f"{ID}, line {line}: The service raised " in done.err
    assert "root:" not in done.err
    assert record(home).error == "ServiceFailed"
    french = selfdata("run", agreed, "--lang", "fr").err
    assert f"Erreur : {ID}, ligne {line} : Le service a levé " in french
    assert "Son auteur voit pourquoi avec --debug." in french


@linux
def test_a_service_that_calls_what_none_may_is_stopped_for_it(selfdata: Selfdata, agreed: Path, home: Path) -> None:
    begin_with(agreed, "import os", "os.execv('/bin/true', ['true'])")
    done = selfdata("run", agreed, "--lang", "fr")
    assert done.code == 1
    assert "Le service a appelé " in done.err
    assert record(home).error == "PolicyViolation"


@linux
def test_what_a_service_sees_of_its_error_is_shown_to_its_author_only(selfdata: Selfdata, agreed: Path) -> None:
    """Its text may hold data: it is shown to who asks, and is the author."""
    begin_with(agreed, "raise ValueError(f'used {water.column(\"litres\").sum():.0f}')")
    plain = selfdata("run", agreed)
    assert "used" not in plain.err
    debug = selfdata("run", agreed, "--debug")
    assert "ValueError: used " in debug.err
    assert "drops/__init__.py" in debug.err
    assert debug.code == plain.code == 1


@linux
def test_the_same_data_give_the_same_bytes_in_the_sandbox_and_here(selfdata: Selfdata, agreed: Path) -> None:
    assert selfdata("run", agreed, "--json").out == selfdata("run", agreed, "--json", "--trust").out


def without_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(modes: object = ()) -> Any:
        raise SandboxUnavailable(
            "Services of others cannot be held on plan9.",
            next="Run them on Linux: on Windows in WSL 2, on macOS in a virtual machine.",
        )

    monkeypatch.setattr(launching, "launch", refused)
    monkeypatch.setattr(sandbox_module, "launch", refused)


def test_a_machine_without_walls_runs_nobody_elses_code(
    selfdata: Selfdata, agreed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_walls(monkeypatch)
    done = selfdata("run", agreed)
    assert (done.code, done.out) == (3, "")
    assert "Services of others cannot be held on plan9." in done.err
    french = selfdata("run", agreed, "--lang", "fr")
    assert french.code == 3
    assert "  -> Lancez-les sous Linux" in french.err
    assert "run" not in [e["event"] for e in json.loads(selfdata("journal", "--json").out)], "nothing was handed over"
    assert selfdata("run", agreed, "--trust").code == 0, "one's own code needs none"


# With trust


def test_ones_own_code_runs_in_this_program_and_all_who_read_of_it_are_told(
    selfdata: Selfdata, agreed: Path, home: Path
) -> None:
    done = selfdata("run", agreed, "--trust")
    assert done.code == 0
    assert "Your water" in done.out
    assert done.err.count("nothing holds it (--trust).") == 1
    assert "It called" not in done.err
    assert (record(home).walls, record(home).code) == ((), "")
    assert "Nothing held its code back: you trusted it." in journal(selfdata)
    assert "Nothing left your cloud." not in journal(selfdata)
    french = selfdata("run", agreed, "--trust", "--lang", "fr")
    assert "rien ne le retient (--trust)." in french.err
    assert "Rien ne retenait son code\xa0: vous lui avez fait confiance." in selfdata("journal", "--lang", "fr").out


def test_the_advice_of_trusted_code_does_not_say_that_it_was_held(selfdata: Selfdata, agreed: Path) -> None:
    assert selfdata("run", agreed, "--trust").out.endswith("Worked out on this machine, by code that nothing held.\n")
    if sys.platform.startswith("linux"):
        assert "nothing held" not in selfdata("run", agreed).out


def test_what_trusted_code_reaches_for_is_named(selfdata: Selfdata, agreed: Path, tmp_path: Path) -> None:
    """It is done all the same; so that its author knows before others run it."""
    mark = tmp_path / "mark"
    begin_with(agreed, "import socket", f"open({str(mark)!r}, 'w').close()", "socket.socket().close()")
    done = selfdata("run", agreed, "--trust")
    assert done.code == 0
    assert mark.exists()
    assert "It called open, socket.__new__: in the sandbox it could not." in done.err
    french = selfdata("run", agreed, "--trust", "--lang", "fr").err
    assert "Il a appelé open, socket.__new__ : dans le bac à sable, il ne le pourrait pas." in french


def test_what_trusted_code_reached_for_is_named_also_when_it_fails(selfdata: Selfdata, agreed: Path) -> None:
    line = begin_with(agreed, "open('/nowhere/at all')")
    done = selfdata("run", agreed, "--trust")
    assert done.code == 1
    assert "It called open: in the sandbox it could not." in done.err
    assert f"{ID}, line {line}: The service raised FileNotFoundError." in done.err
    assert "nowhere" not in done.err
    assert "/nowhere/at all" in selfdata("run", agreed, "--trust", "--debug").err


def test_trusted_code_is_asked_for_no_less_than_any_other(selfdata: Selfdata, agreed: Path) -> None:
    selfdata("withdraw", ID)
    done = selfdata("run", agreed, "--trust")
    assert done.code == 4
    assert "selfdata grant" in done.err
    assert "--trust`" in done.err


def test_a_function_is_run_with_trust_only(selfdata: Selfdata, agreed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(agreed)
    refused = selfdata("run", "drops:drops")
    assert (refused.code, "--trust" in refused.err) == (2, True)
    assert "drops" not in sys.modules
    assert "nomme une fonction" in selfdata("run", "drops:drops", "--lang", "fr").err
    trusted = selfdata("run", "drops:drops", "--trust")
    assert "drops" in sys.modules
    assert (trusted.code, "is older than" in trusted.err) == (4, True), "outside of its project it has no version"


def test_the_label_of_trusted_code_says_that_nothing_would_hold_it(selfdata: Selfdata, agreed: Path) -> None:
    held, trusted = (selfdata("grant", agreed, "--accept", "water", *words).out for words in ((), ("--trust",)))
    assert "could stop it from sending your data elsewhere" in trusted
    assert "without network, files or other programs" in held
    assert "without network" not in trusted
