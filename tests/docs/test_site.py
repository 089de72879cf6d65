"""The site builds without a broken link, and reads without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from docs.check_links import problems

ROOT = Path(__file__).parents[2]


def built(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict", "--clean"],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the site, apart."""
    pytest.importorskip("zensical")
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "zensical.toml", folder)
    return folder


def test_the_site_builds_strictly_and_every_link_leads_somewhere(copy: Path) -> None:
    done = built(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(problems(copy / "site")) == []
    assert not list((copy / "site").rglob("*.py"))


def test_a_broken_link_fails_the_build(copy: Path) -> None:
    page = copy / "docs" / "index.md"
    good = page.read_text("utf-8")
    try:
        page.write_text(f"{good}\n[nowhere](gone.md)\n", encoding="utf-8")
        assert built(copy).returncode != 0
        page.write_text(f"{good}\n![nothing](pictures/gone.png)\n", encoding="utf-8")
        assert built(copy).returncode == 0  # the build does not see it, so the check must
        assert list(problems(copy / "site")) == ["index.html: pictures/gone.png is not there"]
    finally:
        page.write_text(good, encoding="utf-8")


def test_every_page_is_in_the_navigation(docs: Path) -> None:
    config = (ROOT / "zensical.toml").read_text("utf-8")
    tomllib.loads(config)
    named = set(re.findall(r'"([\w/-]+\.md)"', config))
    there = {f.relative_to(docs).as_posix() for f in docs.rglob("*.md")}
    assert named <= there
    assert {n for n in there - named if not n.startswith("decisions/")} == set()
    index = (docs / "decisions" / "index.md").read_text("utf-8")
    for file in (docs / "decisions").glob("[0-9]*.md"):
        assert f"({file.name})" in index
