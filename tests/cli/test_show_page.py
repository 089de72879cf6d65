"""`selfdata show --html`: the picture of a home as a page that its owner can show."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

Selfdata = Callable[..., Any]


@pytest.fixture
def family(selfdata: Selfdata, home: Path) -> Selfdata:
    """A home with an invented household."""
    assert selfdata("--home", home, "personas", "load", "family_garden").code == 0
    return selfdata


@pytest.mark.parametrize(("language", "title"), [("en", "What is in this home"), ("fr", "Ce qu'il y a dans ce foyer")])
def test_the_page_is_in_the_language_spoken(family: Selfdata, tmp_path: Path, language: str, title: str) -> None:
    page = tmp_path / "my home.html"
    done = family("--lang", language, "show", "--html", page)
    assert (done.code, done.err) == (0, "")
    assert page.absolute().as_uri() in done.out
    assert len(done.out.splitlines()) == 1
    assert f"<title>{escape(title)}</title>" in page.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_can_read_the_page(family: Selfdata, tmp_path: Path) -> None:
    page = tmp_path / "home.html"
    family("show", "--html", page)
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_the_json_stays_the_same_with_a_page_beside_it(family: Selfdata, tmp_path: Path) -> None:
    page = tmp_path / "home.html"
    both = family("show", "--json", "--html", page)
    assert both.out == family("show", "--json").out
    assert page.as_uri() in both.err
    assert page.exists()


def test_the_page_shows_what_the_json_says(family: Selfdata, tmp_path: Path) -> None:
    page = tmp_path / "home.html"
    found = json.loads(family("show", "--json", "--html", page).out)
    text = page.read_text(encoding="utf-8")
    assert f"{sum(s['count'] for s in found):,} records in {len(found)} series" in text
    assert text.count('class="lane"') == len(found) + 2  # the axis stands above and below


def test_one_type_alone_can_be_put_on_a_page(family: Selfdata, tmp_path: Path) -> None:
    page = tmp_path / "home.html"
    assert family("show", "gas.use", "--html", page).code == 0
    assert "in 1 series" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("type", [(), ("water.use",)], ids=["all", "a type"])
def test_of_an_empty_home_there_is_no_page(selfdata: Selfdata, home: Path, tmp_path: Path, type: tuple[str]) -> None:
    page = tmp_path / "home.html"
    done = selfdata("show", *type, "--html", page)
    assert done.code == 0
    assert "here yet" in done.out
    assert not page.exists()
    assert not home.exists()


def test_a_page_that_cannot_be_written_is_an_error(family: Selfdata, tmp_path: Path) -> None:
    done = family("show", "--html", tmp_path / "no such folder" / "home.html")
    assert done.code != 0
    assert "cannot be written" in done.err
