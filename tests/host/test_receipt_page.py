"""The receipt as a page: whole, in both languages, foreign words quoted and escaped, to read on a phone and to print."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from selfdata_sdk.consent.grant import Grant, Item, Limits, State, Terms, give, notice_of
from selfdata_sdk.consent.receipt import Receipt, receipt_of
from selfdata_sdk.host.receipt_page import receipt_page
from selfdata_sdk.model import REGISTRY, Text
from selfdata_sdk.service.manifest import Manifest, Produced, Publisher

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


def everything() -> Receipt:
    """A receipt with long foreign names, everything that a page can show, and several needs given."""
    long = "https://example.org/" + "a-very-long-path/" * 8
    publisher = Publisher(
        name="Donaudampfschifffahrt" * 5, contact="eau@example.org", country="FR", privacy=long, role="processor"
    )
    produces = (Produced(record_type="supply.alert/1", retention="P2Y"), Produced(record_type="water.use/1"))
    made = receipt(publisher=publisher, produces=produces)
    home, water = made.processes
    processes = (
        home.model_copy(update={"decision": "deferred"}),
        water.model_copy(
            update={"where": {"quality": ("measured", "edited")}, "until": NOW, "pseudonyms": ("litres",)}
        ),
        water.model_copy(update={"need": "other", "back": ("P1M", "P30D"), "ongoing": False, "precision": "10km"}),
    )
    return made.model_copy(update={"processes": processes, "combines": (home.title, water.title), "once": True})


def text_of(receipt: Receipt, language: str = "en", zone: str = "Europe/Paris") -> str:
    """What is read on the page, one line for each element."""
    page = receipt_page(receipt, language, REGISTRY, ZoneInfo(zone)).partition("<body>")[2]
    return html.unescape(re.sub(r"<[^>]+>", "\n", page))


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
    page = receipt_page(receipt(), language, REGISTRY)
    assert f'<html lang="{language}">' in page
    for word in words:
        assert word in page
    assert "by hour" not in page, "the limit is what counts"


def test_the_command_that_takes_it_back_and_the_authority_are_on_it() -> None:
    page = receipt_page(receipt(), "en", REGISTRY)
    assert "selfdata withdraw org.selfdata.water-coach" in page
    assert "https://www.cnil.fr" in page


def test_what_was_refused_is_told_with_what_is_lost() -> None:
    """Household: refused. Nothing on the page says that it may be read."""
    text = text_of(receipt())
    home = text[text.index("Household") : text.index("Water use")]
    assert "refused" in home
    assert "no; without it: “No use per person, no goal and no similar homes”" in home
    assert "may read" not in text


def test_everything_that_narrows_a_need_is_on_it() -> None:
    text = text_of(everything())
    for words in (
        "It combines: household and water use.",
        "left for later",
        "only where quality is measured or edited",
        "water used (pseudonym)",
        "by day and places within 10 km",
        "the last month or the last 30 days, whichever is shorter, before your answer",
        "the last 2 years, and data that come later",
        "Supply alert, for 2 years",
        "Water use, until you erase it",
        "1 Sept 2026, or its first use",
        "France, eau@example.org",
        "processes your data on somebody's behalf (processor)",
    ):
        assert words in text, words


def test_limits_that_leave_nothing_say_so() -> None:
    made = receipt()
    process = made.processes[1].model_copy(update={"where": {"quality": ()}})
    assert "Which ones\n\nnone" in text_of(made.model_copy(update={"processes": (process,)}))


def test_moments_are_those_of_the_persons_zone() -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    event = receipt().events[0].model_copy(update={"at": late})
    made = receipt().model_copy(update={"given_at": late, "events": (event,)})
    assert "2 Mar 2026 00:30: agreed (version 0.1.0)" in text_of(made)
    assert "1 Mar 2026 23:30: agreed (version 0.1.0)" in text_of(made, zone="UTC")
    assert "Answered on\n\n2 Mar 2026" in text_of(made)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("state", get_args(State))
def test_only_what_is_in_force_has_an_end(state: State, language: str) -> None:
    label = "Until" if language == "en" else "Jusqu'au"
    text = text_of(receipt().model_copy(update={"state": state}), language)
    assert (label in text) == (state in ("given", "renewed"))


def test_in_french_no_line_breaks_before_a_colon_or_inside_of_quotes() -> None:
    text = text_of(everything(), "fr")
    assert re.findall(r"\S* [:;!?»]|« \S*", text) == []
    assert "\u00a0:" in text


def test_words_of_the_publisher_are_quoted_and_never_markup() -> None:
    sly = Text(en="<script>alert(1)</script> <b>free</b>", fr="<script>alert(1)</script>")
    page = receipt_page(receipt(name=sly, summary=sly), "en", REGISTRY)
    assert "<script" not in page
    assert "<b>" not in page
    assert "“&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;free&lt;/b&gt;”" in page


def test_nothing_is_fetched() -> None:
    page = receipt_page(receipt(), "en", REGISTRY)
    assert "default-src 'none'" in page
    assert all(word not in page for word in ("<img", "<link", "src=", "@import", "url(http"))


@pytest.fixture
def at(driver: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens a receipt with everything on it at a width, in a language and colour scheme."""

    def open_page(width: int, language: str = "en", scheme: str = "light") -> Any:
        driver.stop()
        driver.start(width)
        driver.emulate("prefers-color-scheme", scheme)
        path = tmp_path / f"{language}.html"
        path.write_text(receipt_page(everything(), language, REGISTRY), encoding="utf-8")
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
    assert len(tables) == 5
    assert all(browser.label(t) for t in tables)
    assert browser.run("return [...document.querySelectorAll('tr')].every(r => r.querySelector('th[scope=row]'))")
    levels = browser.run("return [...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert set(levels[1:]) == {2}


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(at: Callable[..., Any], scheme: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    browser = at(800, scheme=scheme)
    assert browser.contrast("p,td,th,h1,h2,li,caption") >= 4.5
    browser.run("document.querySelector('h1').style.color = '#777'; document.body.style.background = '#888'")
    assert browser.contrast("p,td,th,h1,h2,li,caption") < 4.5


@pytest.mark.browser
def test_it_prints_black_on_white_on_a4(at: Callable[..., Any]) -> None:
    """Also when the screen is dark."""
    browser = at(800, scheme="dark")
    path = f"/session/{browser.session}/print"
    pdf = base64.b64decode(browser.ask("POST", path, {"page": {}, "background": True, "shrinkToFit": False}))
    sizes = {tuple(float(n) for n in box.split()) for box in re.findall(rb"/MediaBox ?\[([^]]*)\]", pdf)}
    assert {(round(w), round(h)) for _, _, w, h in sizes} == {(595, 842)}
    params = {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.ask(
        "POST", f"/session/{browser.session}/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": params}
    )
    colours = "const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]"
    assert browser.run(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert browser.contrast("p,td,th,h1,h2,li,caption") >= 4.5
