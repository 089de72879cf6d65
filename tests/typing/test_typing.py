"""What authors write type-checks under mypy --strict and pyright; what they should not write does not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
GOOD = sorted(FOLDER.glob("good_*.py"))
BAD = sorted(FOLDER.glob("bad_*.py"))
CHECKERS = ("mypy", "pyright")


def expected(path: Path) -> set[tuple[str, int]]:
    """(file, line) of the comments that say an error is wanted there."""
    lines = path.read_text("utf-8").splitlines()
    return {(path.name, number) for number, line in enumerate(lines, 1) if line.rstrip().endswith("# wrong")}


@pytest.fixture(scope="module", params=CHECKERS)
def errors(request: pytest.FixtureRequest) -> set[tuple[str, int]]:
    """(file, line) of every error that a checker finds in all the files, set up as an author's is: not as ours."""
    files = [str(path) for path in GOOD + BAD]
    if request.param == "mypy":
        cache = request.config.cache.mkdir("mypy") if request.config.cache else ROOT / ".mypy_cache"
        command = [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--no-error-summary",
            "--config-file=",
            f"--cache-dir={cache}",
            *files,
        ]
        done = subprocess.run(command, capture_output=True, text=True, cwd=FOLDER)
        assert done.returncode in (0, 1), done.stderr
        return {(Path(m[1]).name, int(m[2])) for m in re.finditer(r"^(.+?):(\d+):.*error:", done.stdout, re.M)}
    pytest.importorskip("pyright")
    command = [sys.executable, "-m", "pyright", "--outputjson", f"--pythonpath={sys.executable}", *files]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)["generalDiagnostics"]
    return {(Path(d["file"]).name, d["range"]["start"]["line"] + 1) for d in found if d["severity"] == "error"}


def test_the_checker_finds_every_mistake_and_nothing_else(errors: set[tuple[str, int]]) -> None:
    wanted = set().union(*(expected(path) for path in BAD))
    assert errors == wanted


def test_there_is_something_to_find() -> None:
    assert all(expected(path) for path in BAD)
    assert not any(expected(path) for path in GOOD)
    assert {path.name for path in GOOD} >= {"good_design.py", "good_blocks.py"}
