"""The page in a real Chromium: nothing overflows on a phone, nothing is fetched or refused, everything has a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from selfdata_sdk.host.page import About, page
from selfdata_sdk.model import Text
from selfdata_sdk.service.blocks import (
    MAX_POINTS,
    Action,
    Alert,
    Block,
    Card,
    Chart,
    Comparison,
    Metric,
    NoInsight,
    Point,
    Points,
    Reference,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def at(driver: Any, tmp_path: Path, day_chart: Callable[..., Chart]) -> Iterator[Callable[..., Any]]:
    """Opens the page of every kind of block at a width, in a language and colour scheme."""

    def open_page(width: int, language: str = "en", scheme: str = "light") -> Any:
        driver.stop()
        driver.start(width)
        driver.emulate("prefers-color-scheme", scheme)
        path = tmp_path / f"{language}.html"
        path.write_text(page(everything(day_chart), ABOUT, language), encoding="utf-8")
        driver.open(path)
        return driver

    yield open_page
    driver.stop()


def T(en: str, fr: str) -> Text:  # noqa: N802
    return Text(en=en, fr=fr)


ABOUT = About(
    name=T("Water coach", "Coach eau"),
    now=datetime(2016, 11, 29, 9, 30, tzinfo=ZoneInfo("Europe/Paris")),
    id="org.example-with-a-very-long-domain-name-that-cannot-be-broken.water-coach",
    version="1.0.0",
    links={"leaks": "https://example.org/" + "a-very-long-path/" * 8},
)


def everything(day_chart: Callable[..., Chart]) -> list[Block]:
    long = T(
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft.",
        "Anticonstitutionnellement.",
    )
    hours = [Point(at=T(f"{h:02}:00", f"{h} h"), value=h % 7) for h in range(24)]
    return [
        Alert(id="leak", severity="urgent", what=long, what_to_do=long, why=long),
        Card(id="use", tone="attention", headline=long.model_copy(update={"en": long.en[:80]}), body=long, why=long,
             metric=Metric(value=1_234_567, unit="L/(d.{person})"),
             comparison=Comparison(to="norm", value=1_000_000, label=T("Homes like yours", "Foyers semblables"))),
        day_chart(*(None if i in (20, 21) else 200 + i % 9 * 30 for i in range(60)), quality={3: "estimated"},
                  reference=Reference(value=240, label=T("Your goal", "Votre objectif"))),
        day_chart(*range(MAX_POINTS), id="many", form="area"),
        Chart(id="week", form="compare", title=T("A typical day", "Une journée type"), summary=T("By hour.", "Par heure."),
              unit="L", label=T("Weekdays", "Semaine"), points=tuple(hours),
              second=Points(label=T("Weekends", "Week-end"), points=tuple(hours))),
        Action(id="read", does="open", label=T("How to find a leak", "Trouver une fuite"), target="leaks"),
        NoInsight(id="none", reason="gaps", help=long),
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [320, 800, 1280])
def test_nothing_scrolls_sideways(at: Callable[..., Any], width: int, language: str) -> None:
    browser = at(width, language)
    assert browser.run("return [innerWidth, document.documentElement.scrollWidth]") == [width, width]
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.run("return document.documentElement.scrollWidth") == width


def test_the_page_draws_no_complaint_from_the_browser_and_its_styles_are_allowed(at: Callable[..., Any]) -> None:
    browser = at(800)
    assert browser.complaints() == []
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    assert browser.run("return getComputedStyle(document.querySelector('.block')).borderRadius") == "12px"
    assert browser.run("return getComputedStyle(document.querySelector('rect.bar')).fill") == "rgb(29, 111, 165)"


def test_an_inline_script_would_be_refused(at: Callable[..., Any]) -> None:
    browser = at(800)
    browser.run("const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)")
    assert browser.run("return window.ran") is None


def test_every_picture_and_region_has_a_name(at: Callable[..., Any]) -> None:
    browser = at(800)
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    pictures = browser.find("svg[role=img]")
    assert [browser.label(p) for p in pictures] == ["Days", "Days", "A typical day"]
    assert {browser.role(p) for p in pictures} <= {"img", "image"}
    for selector in ("article", "section", "[role=region]"):
        assert all(browser.label(e) for e in browser.find(selector)), selector


def test_dark_is_dark_when_the_person_wants_it(at: Callable[..., Any]) -> None:
    ground = "return getComputedStyle(document.body).backgroundColor"
    assert at(800, scheme="dark").run(ground) == "rgb(16, 21, 27)"
    assert at(800, scheme="light").run(ground) == "rgb(246, 244, 239)"


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_labels_under_a_chart_do_not_overlap(at: Callable[..., Any], width: int, language: str) -> None:
    overlaps = at(width, language).run(
        """
        const bad = [];
        for (const field of document.querySelectorAll('.field')) {
          const boxes = [...field.querySelectorAll('text.tick')].map(t => t.getBoundingClientRect()).filter(b => b.width);
          for (let i = 1; i < boxes.length; i++) if (boxes[i].left < boxes[i - 1].right) bad.push([i, boxes.length]);
          if (!boxes.length) bad.push('none');
        }
        return bad;
        """
    )
    assert overlaps == []
