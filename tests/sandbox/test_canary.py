"""Which walls are chosen on which kernel, and that a wall which does not stand is found out before the first run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from selfdata_sdk.errors import SandboxUnavailable
from selfdata_sdk.host.sandbox import WALLS, Mode, Sandbox, launching

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is Linux's")

ROOT = Path(__file__).parents[2]
USER = """
import json, platform, sys
from selfdata_sdk.errors import SandboxUnavailable
from selfdata_sdk.host.sandbox import Sandbox, kernel, seccomp

modes, hidden, namespaces = json.load(sys.stdin)
kernel.no_new_privileges()
seccomp.load(seccomp.hiding(platform.machine(), hidden, namespaces=namespaces))
try:
    with Sandbox(modes) as sandbox:
        print(json.dumps(sandbox.walls))
except SandboxUnavailable as error:
    print(json.dumps(str(error)))
"""
LANDLOCK = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")


def chosen(hidden: tuple[str, ...] = (), *, namespaces: bool = False, modes: tuple[Mode, ...] = tuple(WALLS)) -> object:
    """The walls on a kernel without these calls, or without namespaces; the error's text if there are none."""
    done = subprocess.run(
        [sys.executable, "-c", USER],
        input=json.dumps([modes, hidden, namespaces]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_without_landlock_namespaces_hide_the_files() -> None:
    assert chosen(LANDLOCK) == list(WALLS["namespaces"])


def test_without_namespaces_landlock_hides_the_files() -> None:
    assert chosen(namespaces=True) == list(WALLS["landlock"])


def test_with_neither_nothing_is_run() -> None:
    assert "neither Landlock nor namespaces can be used" in str(chosen(LANDLOCK, namespaces=True))


@pytest.mark.parametrize("mode", WALLS)
def test_without_a_filter_for_system_calls_nothing_is_run(mode: Mode) -> None:
    assert "wall around the service could not be raised" in str(chosen(("seccomp",), modes=(mode,)))


@pytest.mark.parametrize(
    ("modes", "hidden", "namespaces"),
    [(("all",), LANDLOCK, False), (("all",), (), True), (("landlock",), LANDLOCK, False), (("namespaces",), (), True)],
)
def test_lesser_walls_are_not_taken_where_they_are_not_listed(
    modes: tuple[Mode, ...], hidden: tuple[str, ...], namespaces: bool
) -> None:
    assert "cannot be held" in str(chosen(hidden, namespaces=namespaces, modes=modes))


LEFT_OUT = {
    "seccomp": ("seccomp.load = lambda program: None", tuple(WALLS), "fork"),
    "landlock": ("landlock.Ruleset.restrict = lambda self: None", ("all", "landlock"), "list_root"),
    "namespaces": (
        "root = namespaces.new_root; namespaces.new_root = lambda shown: root({**shown, '/etc/passwd': '/etc/passwd'})",
        ("all", "namespaces"),
        "find_users",
    ),
    "limits": ("limits.Limits.enforce = lambda self, idle, tasks: None", tuple(WALLS), "take_memory"),
    "descriptors": ("kernel.close_all_from = lambda first: None", tuple(WALLS), "keep_descriptor"),
}
"""For each wall: what takes it out of a zygote, in which modes it stands, and one thing that then can be done."""


@pytest.mark.parametrize(("wall", "mode"), [(wall, mode) for wall, (_, modes, _) in LEFT_OUT.items() for mode in modes])
def test_the_canary_finds_a_wall_that_is_left_out(wall: str, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    change, _, could = LEFT_OUT[wall]
    modules = "from selfdata_sdk.host.sandbox import kernel, landlock, limits, namespaces, seccomp"
    path, _, begin = launching._BEGIN.rpartition("; from ")
    monkeypatch.setattr(launching, "_BEGIN", f"{path}\n{modules}\n{change}\nfrom {begin}")
    with Sandbox((mode,)) as changed, pytest.raises(SandboxUnavailable) as raised:
        assert changed.walls
    assert could in raised.value.what
