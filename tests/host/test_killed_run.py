"""A process killed at any moment handed over nothing without an entry, and leaves grants and journal as they count."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL and no fork")

KILLING = Path(__file__).with_name("killing_runs.py")


def killing(*words: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, KILLING, *map(str, words)], capture_output=True, text=True, timeout=300, check=False
    )
    assert not done.stderr, done.stderr[-3000:]
    return done.returncode, done.stdout


def test_a_run_killed_at_random_handed_over_nothing_without_an_entry(tmp_path: Path) -> None:
    code, found = killing(tmp_path, 60, 7)
    assert code == 0, found
    rounds, _, handed = found.split()[:3]
    assert rounds == "60"
    assert int(handed) > 100


def test_a_door_that_hands_over_before_it_writes_down_is_found_out(tmp_path: Path) -> None:
    code, found = killing(tmp_path, 200, 7, "careless")
    assert (code, found) == (1, "lost: data were handed over without an entry\n")
