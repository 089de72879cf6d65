"""A process killed at any moment loses no acknowledged write and leaves nothing half done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL and no fork")

KILLING = Path(__file__).with_name("killing.py")
ACTS = ("create", "update", "erase", "undo", "split", "erase everything")


def killing(*words: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, KILLING, *map(str, words)], capture_output=True, text=True, timeout=300, check=False
    )
    assert not done.stderr, done.stderr[-3000:]
    return done.returncode, done.stdout


@pytest.mark.parametrize("kind", ["sqlite", "folder", "folder of JSON"])
def test_a_writer_killed_at_random_loses_nothing_it_acknowledged(kind: str, tmp_path: Path) -> None:
    code, found = killing("random", kind, tmp_path, 40, 7)
    assert code == 0, found
    assert found.startswith("40 kills")


@pytest.mark.parametrize("act", ACTS)
def test_a_writer_killed_after_any_single_change_did_all_or_nothing(act: str, tmp_path: Path) -> None:
    code, found = killing("steps", "folder", tmp_path, act)
    assert code == 0, found
    assert int(found.split()[4]) >= 3


def test_a_cloud_that_only_says_it_is_atomic_is_found_out(tmp_path: Path) -> None:
    code, found = killing("steps", "pretends", tmp_path, "update")
    assert (code, found.startswith("lost: ")) == (1, True)
