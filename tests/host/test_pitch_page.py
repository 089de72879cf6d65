"""The sheet of a service: what it gives, what leaves as far as that was seen, foreign words escaped, one page on paper."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from selfdata_sdk.host.page import About
from selfdata_sdk.host.pitch_page import Verdict, pitch_page, telling
from selfdata_sdk.model import REGISTRY, Text
from selfdata_sdk.service.blocks import Action, Alert, Block, Card, Chart, Comparison, Metric, NoInsight
from selfdata_sdk.service.manifest import Manifest, Publisher

DayChart = Callable[..., Chart]
COACH = Path(__file__).parents[2] / "example_services/water_coach/water_coach/manifest.json"
MANIFEST = Manifest.from_json(COACH.read_bytes())
FAMILY = Text(en="A family with a garden", fr="Une famille avec jardin")
EXCELLENT = Verdict(held=True, level=Text(en="excellent", fr="excellent"), kept=31, rules=31)


def T(en: str, fr: str = "") -> Text:  # noqa: N802
    return Text(en=en, fr=fr or en)


def about(manifest: Manifest) -> About:
    return About(manifest.name, now=datetime(2026, 11, 1, 8, tzinfo=ZoneInfo("Europe/Paris")), id=manifest.id)


def card(id: str = "use", **more: Any) -> Card:
    return Card(
        **{
            "id": id,
            "headline": T("You use 445 L a day", "Vous consommez 445 L par jour"),
            "body": T("That is more than a year ago.", "C'est plus qu'il y a un an."),
            "why": T("The mean of four weeks.", "La moyenne de quatre semaines."),
            "metric": Metric(value=445, unit="L/d"),
            "comparison": Comparison(to="own_past", value=367, label=T("A year ago", "Il y a un an")),
            **more,
        }
    )


def alert(id: str = "leak", **more: Any) -> Alert:
    what = T("Water runs without rest", "L'eau coule sans arrêt")
    step = T("Close every tap.", "Fermez tous les robinets.")
    return Alert(**{"id": id, "severity": "attention", "what": what, "what_to_do": step, "why": what, **more})


NONE = NoInsight(id="none", reason="not_enough_data", help=T("Import a file.", "Importez un fichier."))


def sheet(
    *blocks: Block, language: str = "en", verdict: Verdict = EXCELLENT, household: Text = FAMILY, **manifest: Any
) -> str:
    asked = MANIFEST.model_copy(update=manifest)
    return pitch_page(blocks, about(asked), asked, REGISTRY, language, household=household, verdict=verdict)


def text_of(page: str) -> str:
    """What is read on it, one line for each element."""
    return html.unescape(re.sub(r"<[^>]+>", "\n", page.partition("<body>")[2]))


# What is on it


def test_it_tells_what_the_service_gives_what_leaves_how_it_was_checked_and_what_it_reads(day_chart: DayChart) -> None:
    text = text_of(sheet(card(), alert(), day_chart(1, 2, 3)))
    for words in (
        "Water coach",
        "You use 445 L a day",
        "Water runs without rest",
        "What each day used.",
        "On an invented household: A family with a garden.",
        "Nothing.",
        "It ran in the sandbox, without network, files or other programs, and said the same there.",
        "Excellent",
        "It keeps 31 of the 31 rules",
        "Water use by hour, the last 2 years",
        "“Find leaks from hours without rest, see habits, and compare with your own past”",
        "You may refuse it: “No use per person, no goal and no similar homes”",
        "Published by “The selfdata authors” (France).",
    ):
        assert words in text, words


def test_all_of_it_is_in_french_too(day_chart: DayChart) -> None:
    page = sheet(card(), alert(), day_chart(1, 2), language="fr")
    text = text_of(page)
    assert '<html lang="fr">' in page
    for words in (
        "Coach eau",
        "Vous consommez 445 L par jour",
        "Ce qui quitte votre cloud",
        "Rien.",
        "y a dit la même chose.",
        "Il respecte 31 des 31 règles",
        "Sur un foyer inventé\u00a0: Une famille avec jardin.",
        "Consommation d'eau par heure",
        "Vous pouvez le refuser\u00a0: «\u00a0",
    ):
        assert words in text, words
    assert re.findall(r"\S* [:;!?»]|« \S*", text) == []
    assert not [en for en in ("What ", "How ", "Nothing", "More about") if en in text]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_that_nothing_leaves_is_said_only_where_it_was_seen(language: str) -> None:
    said = {"en": ("Nothing", "Not verified"), "fr": ("Rien", "Non vérifié")}[language]
    held, unknown = (
        text_of(sheet(card(), language=language, verdict=Verdict(held, EXCELLENT.level, 30, 31)))
        for held in (True, False)
    )
    assert (said[0] in held, said[1] in held) == (True, False)
    assert (said[0] in unknown, said[1] in unknown) == (False, True)


def test_a_service_that_does_not_work_is_not_praised() -> None:
    page = sheet(NONE, verdict=Verdict(held=False, level=None, kept=3, rules=31))
    assert '<p class="verdict attention">It does not work yet</p>' in page
    assert "It keeps 3 of the 31 rules" in page
    assert "verdict good" not in page


def test_what_could_not_be_verified_is_counted() -> None:
    verdict = Verdict(held=False, level=EXCELLENT.level, kept=29, rules=31, unverified=2)
    assert "Not verified here: 2." in text_of(sheet(card(), verdict=verdict))
    assert "Non vérifiées ici\u00a0: 2." in text_of(sheet(card(), verdict=verdict, language="fr"))
    assert "Not verified" not in text_of(sheet(card()))


def test_the_most_telling_blocks_are_shown(day_chart: DayChart) -> None:
    many: list[Block] = [
        NONE,
        *(card(f"card{i}") for i in range(5)),
        *(day_chart(1, 2, id=f"chart{i}") for i in range(3)),
        alert("mild"),
        alert("worst", severity="urgent"),
        Action(id="read", does="open", label=T("Find a leak", "Trouver une fuite"), target="leaks"),
    ]
    assert [b.id for b in telling(many)] == ["worst", "card0", "card1", "chart0"]
    assert telling([NONE]) == [NONE], "what is left, where there is nothing telling"


def test_a_service_that_says_nothing_is_shown_as_it_is() -> None:
    assert "The service had nothing to say." in text_of(sheet())
    assert "Le service n'avait rien à dire." in text_of(sheet(language="fr"))
    text = text_of(sheet(NONE))
    assert "Import a file." in text
    assert "What would help" in text


def test_what_part_of_the_data_stands_behind_it_is_told() -> None:
    page = text_of(sheet(card(coverage=0.5), alert(coverage=0.5)))
    assert page.count("Based on 50% of the expected data") == 1
    each = text_of(sheet(card(coverage=0.5), alert(coverage=0.25)))
    assert "50%" in each
    assert "25%" in each
    assert "expected data" not in text_of(sheet(card(coverage=1.0)))


SLY = T("<script>alert(1)</script> <b>“free”</b> & {{ 7 * 7 }}")
SLY_NAME = T("<img src=x onerror=alert(1)> \" ' & ")


def test_foreign_words_are_never_markup(day_chart: DayChart) -> None:
    needs = {
        label: need.model_copy(update={"why": SLY, "without": SLY if need.without else None})
        for label, need in MANIFEST.needs.items()
    }
    page = sheet(
        alert(what=SLY, what_to_do=SLY, why=SLY),
        card(headline=SLY, body=SLY, why=SLY),
        day_chart(1, 2, title=SLY, summary=SLY),
        household=SLY,
        name=SLY_NAME,
        summary=SLY,
        needs=needs,
        publisher=Publisher(name="<i>Eau</i>", contact='"><script>@example.org'),
    )
    for markup in ("<script", "<b>", "<img", "<i>", "49"):
        assert markup not in page.partition("</style>")[2]
    assert page.count("&lt;script&gt;") >= 12
    assert "{{ 7 * 7 }}" in page


def test_nothing_is_fetched_and_only_its_own_style_counts() -> None:
    page = sheet(card())
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    assert all(word not in page for word in ("<link", "src=", "@import", "url(http"))


# In a browser


def long(letters: int) -> Text:
    return T(("Ein ganzer Roman " + "über das Wasser der Stadt " * 20)[:letters].strip())


def everything(day_chart: DayChart) -> dict[str, Any]:
    """As much as a service can say, and as long as it can say it."""
    word = T("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft")
    need = MANIFEST.needs["home"].model_copy(update={"why": long(200), "without": long(200)})
    return {
        "blocks": [
            alert(what=long(200), what_to_do=long(400)),
            card("one", headline=word, body=long(400), metric=Metric(value=1_234_567_890, unit="L/(d.{person})")),
            card("two", headline=long(80), body=long(400)),
            day_chart(*range(60), title=long(80), summary=long(200), quality={3: "estimated"}),
        ],
        "manifest": {
            "name": T("Donaudampfschifffahrtselektrizitäten" * 2),
            "summary": long(200),
            "needs": {f"home{i}": need for i in range(12)},
            "publisher": Publisher(name="Donaudampfschifffahrt" * 5, country="FR"),
        },
    }


@pytest.fixture
def at(driver: Any, tmp_path: Path, day_chart: DayChart) -> Iterator[Callable[..., Any]]:
    """Opens a sheet at a width, in a language and colour scheme: a usual one, or one with everything on it."""

    def open_page(width: int, language: str = "en", scheme: str = "light", whole: bool = False) -> Any:
        driver.stop()
        driver.start(width)
        driver.emulate("prefers-color-scheme", scheme)
        said = everything(day_chart) if whole else {}
        blocks = said.get("blocks", [alert(), card(), card("two"), day_chart(*range(14))])
        path = tmp_path / "sheet.html"
        path.write_text(sheet(*blocks, language=language, **said.get("manifest", {})), encoding="utf-8")
        driver.open(path)
        return driver

    yield open_page
    driver.stop()


def pages(browser: Any) -> int:
    """How many sheets of A4 it takes."""
    printed = browser.ask(
        "POST", f"/session/{browser.session}/print", {"page": {}, "background": True, "shrinkToFit": False}
    )
    pdf = base64.b64decode(printed)
    sizes = {tuple(round(float(n)) for n in box.split()) for box in re.findall(rb"/MediaBox ?\[([^]]*)\]", pdf)}
    assert sizes == {(0, 0, 595, 842)}
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


WIDTH_ON_PAPER = 703  # 186 mm


def on_paper(browser: Any) -> None:
    params = {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.ask(
        "POST", f"/session/{browser.session}/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": params}
    )


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("whole", [False, True])
def test_it_is_one_page_on_paper(at: Callable[..., Any], language: str, whole: bool) -> None:
    assert pages(at(800, language, "dark", whole)) == 1


@pytest.mark.browser
def test_more_than_a_page_would_be_noticed(at: Callable[..., Any]) -> None:
    browser = at(800, whole=True)
    browser.run(
        """
        const print = [...document.styleSheets[0].cssRules].filter(r => r.conditionText === 'print').at(-1);
        print.deleteRule([...print.cssRules].findIndex(r => r.selectorText === '.pitch'));
        """
    )
    assert pages(browser) > 1


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_of_a_usual_sheet_is_cut_off(at: Callable[..., Any], language: str) -> None:
    browser = at(WIDTH_ON_PAPER, language)
    on_paper(browser)
    cut = """return [...document.querySelectorAll('.pitch, .pitch p, .pitch li, .pitch dd')]
        .filter(e => e.scrollHeight > e.clientHeight + 2).map(e => e.textContent.slice(0, 60))"""
    assert browser.run(cut) == []
    browser = at(WIDTH_ON_PAPER, language, whole=True)
    on_paper(browser)
    assert browser.run(cut) != []


@pytest.mark.browser
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("width", [320, 800, 1280])
def test_nothing_scrolls_sideways(at: Callable[..., Any], width: int, whole: bool) -> None:
    browser = at(width, "fr", whole=whole)
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.run("return document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_the_browser_has_no_complaint_and_every_part_has_a_name(at: Callable[..., Any]) -> None:
    browser = at(800)
    assert browser.complaints() == []
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    for selector in ("section", "article", "svg[role=img]"):
        found = browser.find(selector)
        assert found
        assert all(browser.label(e) for e in found), selector
    levels = browser.run("return [...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert set(levels[1:]) == {2}
    ids = browser.run("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(at: Callable[..., Any], scheme: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    assert at(800, scheme=scheme).contrast("p,dt,dd,h1,h2,li") >= 4.5


@pytest.mark.browser
def test_on_paper_it_is_dark_on_white_whatever_the_screen(at: Callable[..., Any]) -> None:
    browser = at(800, scheme="dark")
    on_paper(browser)
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.contrast("p,dt,dd,h1,h2,li") >= 4.5
