"""The receipt as a page: whole, in both languages, foreign words quoted and escaped, to read on a phone and to print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.consent.grant import Grant, Item, Limits, Terms, give, notice_of
from selfdata_sdk.consent.receipt import Receipt, receipt_of
from selfdata_sdk.host.receipt_page import receipt_page
from selfdata_sdk.model import REGISTRY, Text
from selfdata_sdk.service.manifest import Manifest

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
COACH = Path(__file__).parents[2] / "example_services/water_coach/water_coach/manifest.json"


def granted(**changes: Any) -> Grant:
    manifest = Manifest.from_json(COACH.read_bytes()).model_copy(update=changes)
    items = {
        "water": Item(decision="given", limits=Limits(granularity="day"), finer=True),
        "home": Item(decision="refused"),
    }
    return give(manifest, Terms(items=items), "ab" * 16, notice_of(manifest, "en"), NOW)


def receipt(**changes: Any) -> Receipt:
    return receipt_of(granted(**changes), None, NOW, REGISTRY)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ["Consent receipt", "Water use (water)", "by day", "agreed", "refused", "1 Sept 2026", "the last 2 years"],
        ),
        (
            "fr",
            [
                "Reçu de consentement",
                "Consommation d&#39;eau (water)",
                "par jour",
                "accepté",
                "refusé",
                "1er sept. 2026",
            ],
        ),
    ],
)
def test_it_says_what_was_agreed_in_effect(language: str, words: list[str]) -> None:
    html = receipt_page(receipt(), language, REGISTRY)
    assert f'<html lang="{language}">' in html
    for word in words:
        assert word in html
    assert "by hour" not in html, "the limit is what counts"


def test_the_command_that_takes_it_back_and_the_authority_are_on_it() -> None:
    html = receipt_page(receipt(), "en", REGISTRY)
    assert "selfdata withdraw org.selfdata.water-coach" in html
    assert "https://www.cnil.fr" in html


def test_words_of_the_publisher_are_quoted_and_never_markup() -> None:
    sly = Text(en="<script>alert(1)</script> <b>free</b>", fr="<script>alert(1)</script>")
    html = receipt_page(receipt(name=sly, summary=sly), "en", REGISTRY)
    assert "<script" not in html
    assert "<b>" not in html
    assert "“&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;free&lt;/b&gt;”" in html


def test_nothing_is_fetched() -> None:
    html = receipt_page(receipt(), "en", REGISTRY)
    assert "default-src 'none'" in html
    assert all(word not in html for word in ("<img", "<link", "src=", "@import", "url(http"))


@pytest.fixture
def at(driver: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens the receipt at a width, in a language."""

    def open_page(width: int, language: str = "en") -> Any:
        driver.stop()
        driver.start(width)
        driver.emulate("prefers-color-scheme", "light")
        path = tmp_path / f"{language}.html"
        path.write_text(receipt_page(receipt(), language, REGISTRY), encoding="utf-8")
        driver.open(path)
        return driver

    yield open_page
    driver.stop()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [320, 800])
def test_nothing_scrolls_sideways(at: Callable[..., Any], width: int, language: str) -> None:
    browser = at(width, language)
    assert browser.run("return document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_the_browser_has_no_complaint_and_every_table_has_a_name(at: Callable[..., Any]) -> None:
    browser = at(800)
    assert browser.complaints() == []
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    tables = browser.find("table")
    assert len(tables) == 4
    assert all(browser.label(t) for t in tables)
    assert browser.run("return [...document.querySelectorAll('tr')].every(r => r.querySelector('th[scope=row]'))")
    levels = browser.run("return [...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert set(levels[1:]) == {2}


CONTRAST = """
const light = c => { c = c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; };
const rgb = s => s.match(/[0-9.]+/g).slice(0, 3).map(Number);
const ground = e => { for (; e; e = e.parentElement) { const b = getComputedStyle(e).backgroundColor;
  if (!/, 0\\)$/.test(b)) return rgb(b); } return [255, 255, 255]; };
return Math.min(...[...document.querySelectorAll('p,td,th,h1,h2,li,caption')].map(e => {
  const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05); }));
"""


@pytest.mark.browser
def test_text_stands_out_from_its_ground(at: Callable[..., Any]) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    browser = at(800)
    assert browser.run(CONTRAST) >= 4.5
    browser.run("document.querySelector('h1').style.color = '#ccc'")
    assert browser.run(CONTRAST) < 4.5
