"""What a hostile service can do: behind every kind of walls nothing that harms, without walls all of it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from errno import errorcode
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.host.sandbox import WALLS

from .attacks.attack import ATTACKS
from .battery import Outcome

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is Linux's")

ROOT = Path(__file__).parents[2]
USERS = ("root", "nobody") if os.geteuid() == 0 else ("nobody",)
"""Who is not root plays nobody."""
NONE = "none"

EVERYWHERE = tuple(WALLS)
HARMLESS = {
    "information.clock": (EVERYWHERE, "the time of day is no secret, and is what `Context.now` says"),
    "information.kernel": (EVERYWHERE, "libraries choose their ways by the kernel's version"),
    "information.memory_and_load": (EVERYWHERE, "numbers about the machine, not about anybody"),
    "information.name_of_machine": (("landlock",), "nothing can be told to anybody but the host, which knows it"),
    "information.place_of_interpreter": (EVERYWHERE, "it is where the modules are that a service may import"),
    "information.processors": (EVERYWHERE, "libraries choose their number of threads by it"),
    "information.time_since_start": (EVERYWHERE, "timeouts are counted by this clock"),
    "native.library": (EVERYWHERE, "numerical libraries are code of the processor's own; it has the same walls"),
    "native.machine_code": (EVERYWHERE, "code made at run time can do no more than Python can: the kernel holds both"),
    "reading.link_in_its_folder_read": (EVERYWHERE, "its own link, which cannot be followed"),
    "reading.root_listed": (("namespaces",), "a root of its own: only names of what is shown to it"),
    "information.group": (("landlock",), "processes have their real numbers, to which nothing can be sent"),
    "information.parent": (("landlock",), "processes have their real numbers, to which nothing can be sent"),
    "information.user": (("landlock",), "without namespaces it stays a user of the host, with no right to any file"),
    "memory.small_threads": (("nobody-landlock",), "bounded by memory and time: the kernel counts by user alone"),
    "reading.access": (("landlock",), "Landlock hides what files hold, not that they exist"),
    "reading.existence": (("landlock",), "Landlock hides what files hold, not that they exist"),
    "reading.existence_of_processes": (("landlock",), "Landlock hides what files hold, not that they exist"),
    "reading.link_of_its_process": (("landlock",), "Landlock hides what files hold, not where links lead"),
    "reading.link_read": (("landlock",), "Landlock hides what files hold, not where links lead"),
    "reading.stat": (("landlock",), "Landlock hides what files hold, not their sizes and times"),
    "reading.statx": (("landlock",), "Landlock hides what files hold, not their sizes and times"),
}
"""What works behind walls, which ones, and why nobody is harmed by it."""

Results = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What each harness that is needed for the chosen tests has printed. One worker runs them all, the others wait."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for item in request.session.items:
        chosen = getattr(getattr(item, "callspec", None), "params", {})
        if "walls" in chosen and item.path == Path(__file__):
            wanted.setdefault((chosen["user"], chosen["walls"]), set()).update([chosen.get("name", "reading.stat")])
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if hasattr(request.config, "workerinput") else base) / "attacks.json"
    with open(shared, "a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if not (text := file.read()):
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                printed = pool.map(lambda key: _printed(key[0], key[1], sorted(wanted[key])), wanted)
                text = json.dumps(list(zip(wanted, printed, strict=True)))
            file.write(text)
    return {tuple(key): each for key, each in json.loads(text)}


def _printed(user: str, walls: str, names: list[str]) -> dict[str, Any]:
    """What a harness prints. It is the first of a session: some attacks signal a whole group."""
    started = subprocess.Popen(
        [sys.executable, "-B", "-m", "tests.sandbox.battery", user, walls],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, complaint = started.communicate(json.dumps(names), timeout=600)
    except BaseException:
        os.killpg(started.pid, signal.SIGKILL)
        raise
    if started.returncode:
        return {"broken": complaint}
    printed: dict[str, Any] = json.loads(said.splitlines()[-1])
    return printed


def _printed_by(results: Results, user: str, walls: str) -> dict[str, Any]:
    printed = results[user, walls]
    assert "broken" not in printed, printed["broken"]
    if reason := printed.get("unavailable"):
        assert os.geteuid() != 0, reason
        pytest.skip(reason)
    return printed


def _outcome(results: Results, user: str, walls: str, name: str) -> Outcome:
    return Outcome(**_printed_by(results, user, walls)["outcomes"][name])


BEHIND_WALLS = [
    pytest.param(user, walls, name, id=f"{user}-{walls}-{name}")
    for user in USERS
    for walls in WALLS
    for name in ATTACKS
]
IN_THE_OPEN = [
    pytest.param(user, NONE, name, id=f"{user}-{name}")
    for user in USERS
    for name, attack in ATTACKS.items()
    if user == "root" or not attack.root
]


@pytest.mark.parametrize(("user", "walls", "name"), BEHIND_WALLS)
def test_walls_stop_an_attack_and_the_host_sees_nothing_of_it(
    results: Results, user: str, walls: str, name: str
) -> None:
    outcome = _outcome(results, user, walls, name)
    assert outcome.effects == []
    if {walls, f"{user}-{walls}"} & set(HARMLESS.get(name, ((), ""))[0]):
        assert outcome == Outcome(worked=True), "what is called harmless works"
        return
    assert not outcome.worked
    assert outcome.error in ATTACKS[name].ends


@pytest.mark.parametrize(("user", "walls", "name"), IN_THE_OPEN)
def test_without_walls_an_attack_works(results: Results, user: str, walls: str, name: str) -> None:
    attack, outcome = ATTACKS[name], _outcome(results, user, walls, name)
    if outcome.worked or outcome.effects or (attack.dies and outcome.signal):
        return
    assert outcome.errno in attack.unless, outcome
    pytest.xfail(f"this kernel does not offer it ({errorcode[outcome.errno]})")


@pytest.mark.parametrize("walls", [NONE, *WALLS])
@pytest.mark.parametrize("user", USERS)
def test_after_all_attacks_no_process_and_no_descriptor_is_left(results: Results, user: str, walls: str) -> None:
    assert _printed_by(results, user, walls)["left"] == []


def test_what_is_harmless_is_an_attack_with_a_reason() -> None:
    assert HARMLESS.keys() <= ATTACKS.keys()
    assert all(walls and reason for walls, reason in HARMLESS.values())


def test_there_are_attacks_of_every_family() -> None:
    families = {name.partition(".")[0] for name in ATTACKS}
    assert families == {path.stem for path in Path(__file__).with_name("attacks").glob("*.py")} - {"attack"}
    assert len(ATTACKS) >= 120
