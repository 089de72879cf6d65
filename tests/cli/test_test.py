"""`selfdata test`: the project's own tests, in its own folder, without installing it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Selfdata = Callable[..., Any]

PASSING = """
from drops import drops

def test_it_is_there():
    assert drops.id == "org.example.drops"
"""


@pytest.fixture
def project(service: Path) -> Path:
    (service / "tests").mkdir()
    (service / "tests" / "test_drops.py").write_text(PASSING)
    return service


def run(*words: object, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with what its tests print."""
    return subprocess.run(
        [sys.executable, "-m", "selfdata_sdk.cli", "test", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        env={**os.environ, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **environment},
    )


def test_tests_that_pass_are_exit_0_though_the_project_is_not_installed(project: Path) -> None:
    done = run(project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_a_package_under_src_is_found_too(project: Path) -> None:
    (project / "src").mkdir()
    (project / "drops").rename(project / "src" / "drops")
    assert run(cwd=project).returncode == 0


def test_what_the_environment_has_on_its_path_stays_there(project: Path, tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "shared.py").write_text("")
    (project / "tests" / "test_drops.py").write_text(f"import shared\n{PASSING}")
    assert run(project).returncode == 1
    assert run(project, PYTHONPATH=str(tmp_path / "beside")).returncode == 0


def test_a_test_that_fails_is_exit_1_and_shown(project: Path) -> None:
    (project / "tests" / "test_drops.py").write_text(PASSING.replace('drops"', 'drips"'))
    done = run(project)
    assert done.returncode == 1
    assert "org.example.drips" in done.stdout


def test_what_follows_two_dashes_goes_to_pytest(project: Path) -> None:
    chosen = run(project, "--", "-v", "-k", "there")
    assert (chosen.returncode, "test_it_is_there PASSED" in chosen.stdout) == (0, True)
    assert run("--", "--strict-markers", cwd=project).returncode == 0
    assert run(project, "--", "--no-such-option").returncode == 2


@pytest.mark.parametrize("words", [[], ["--", "-k", "nothing"]], ids=["no test", "none chosen"])
def test_no_test_at_all_is_a_failure_that_says_so(words: list[str], project: Path) -> None:
    if not words:
        (project / "tests" / "test_drops.py").unlink()
    done = run(project, *words)
    assert done.returncode == 1
    assert "No test was run." in done.stderr


def test_a_folder_without_a_project_is_exit_2(selfdata: Selfdata, tmp_path: Path) -> None:
    done = selfdata("test", tmp_path)
    assert (done.code, "no pyproject.toml" in done.err) == (2, True)


def test_where_pytest_is_not_installed_it_says_how_to_have_it(project: Path) -> None:
    """An environment with the SDK's own packages and without pytest: it is hidden from the program."""
    code = (
        "import importlib.util as u, sys; find = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'pytest' else find(name, *rest)\n"
        f"from selfdata_sdk.cli import main; sys.exit(main(['test', {str(project)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert 'pip install "selfdata-sdk[testing]"' in done.stderr
