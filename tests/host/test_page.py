"""The page of a service's blocks: whole, safe and readable by everybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from selfdata_sdk.host import page as page_module
from selfdata_sdk.host.page import About, in_order, page
from selfdata_sdk.host.sentences import against, common_coverage, covered, difference, handed
from selfdata_sdk.model import Text
from selfdata_sdk.service.blocks import (
    Action,
    Alert,
    Ask,
    Block,
    Card,
    Chart,
    Comparison,
    Metric,
    NoInsight,
    Save,
)

PARIS = ZoneInfo("Europe/Paris")
DayChart = Callable[..., Chart]
CSS = (Path(page_module.__file__).parent / "templates" / "page.css").read_text(encoding="utf-8")


def T(en: str, fr: str = "") -> Text:  # noqa: N802
    return Text(en=en, fr=fr or en)


ABOUT = About(
    name=T("Water coach", "Coach eau"), now=datetime(2016, 11, 29, 9, 30, tzinfo=PARIS), id="org.example.coach"
)


class Seen(HTMLParser):
    """The elements and texts of a page, checked for being closed in order."""

    EMPTY = frozenset({"meta", "br", "rect", "line", "path", "circle"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def seen(blocks: Sequence[Block], language: str = "en", about: About = ABOUT) -> Seen:
    parser = Seen()
    parser.feed(page(blocks, about, language))
    parser.close()
    assert parser.open == []
    return parser


def words(blocks: Sequence[Block], language: str = "en", about: About = ABOUT) -> str:
    return re.sub("[ \n]+", " ", " ".join(seen(blocks, language, about).text))


def card(**more: object) -> Card:
    return Card.model_validate(
        {
            "id": "c",
            "headline": T("Head", "Titre"),
            "body": T("Body", "Corps"),
            "why": T("Because", "Parce que"),
            **more,
        }
    )


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}"


def every_block(text: Text, day_chart: DayChart) -> list[Block]:
    """One block of each kind that says `text` wherever it can."""
    metric = Metric(value=3, unit="L", period=text)
    return [
        card(headline=text, body=text, why=text, metric=metric, comparison=Comparison(to="norm", value=2, label=text)),
        day_chart(1, None, 2, title=text, summary=text, label=text),
        Alert(id="a", severity="urgent", what=text, what_to_do=text, why=text),
        Action(id="act", does="open", label=text, target="leaks"),
        Ask(id="ask", question="pool", why=text),
        Save(id="save", record_type="home.household/1", values={}, fallback=text),
        NoInsight(id="n", reason="gaps", help=text),
    ]


def test_texts_of_a_service_are_never_markup(day_chart: DayChart) -> None:
    text = T(HOSTILE)
    about = About(
        name=text, now=ABOUT.now, id=HOSTILE, version=HOSTILE, summary=text, read=[text], links={"leaks": HOSTILE},
        questions={"pool": text},
    )  # fmt: skip
    found = seen(every_block(text, day_chart), about=about)
    names = {tag for tag, _ in found.tags}
    assert not names & {"script", "img", "iframe", "object", "form", "input", "button", "link", "base"}
    assert not [a for _, attributes in found.tags for a in attributes if a.startswith("on") or a in ("style", "src")]
    assert "".join(found.text).count("<script>alert(1)</script>") >= 15
    assert "49" not in "".join(found.text)


def test_only_https_links_of_the_manifest_can_be_followed() -> None:
    action = Action(id="a", does="open", label=T("Read more"), target="leaks")
    for url, link in (
        ("https://example.org/leaks", True),
        ("javascript:alert(1)", False),
        ("http://example.org", False),
    ):
        about = About(name=ABOUT.name, now=ABOUT.now, links={"leaks": url})
        found = seen([action], about=about)
        assert ("a" in {tag for tag, _ in found.tags}) is link
        assert url in "".join(found.text)


def test_nothing_is_fetched_and_no_script_can_run(day_chart: DayChart) -> None:
    html = page(every_block(T("x"), day_chart), ABOUT, "en")
    policy = next(
        a["content"] for t, a in seen([]).tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.search(r"https?://|@import|url\((?!#)", html)


def test_the_page_says_its_language_in_its_root(day_chart: DayChart) -> None:
    for language in ("en", "fr"):
        found = seen(every_block(T("x"), day_chart), language)
        assert next(a for t, a in found.tags if t == "html")["lang"] == language


def test_french_pages_are_french(day_chart: DayChart) -> None:
    said = words([card(metric=Metric(value=1234.5, unit="L", places=1)), day_chart(1, None)], "fr")
    for part in ("Titre", "1\u202f234,5", "Comment c'est calculé", "aucun relevé", "29 nov. 2016 09:30", "À savoir"):
        assert part in said
    assert "How this" not in said


def test_tone_and_severity_are_said_in_words() -> None:
    assert "Good news" in words([card(tone="good")])
    assert "Worth a look" in words([card(tone="attention")])
    assert "Urgent" in words([Alert(id="a", severity="urgent", what=T("Leak"), what_to_do=T("Look"))])


def test_the_way_a_number_was_worked_out_is_in_a_details() -> None:
    html = page([card()], ABOUT, "en")
    assert re.search(r"<details><summary>How this was worked out</summary><p>Because</p></details>", html)


def test_a_chart_has_a_table_of_the_same_points_with_gaps_in_words(day_chart: DayChart) -> None:
    found = seen([day_chart(1, None, 3, quality={2: "estimated"})])
    text = " ".join(found.text)
    assert [t for t, _ in found.tags].count("tr") == 4
    for part in ("Sat 1 Oct 2016", "1\u00a0L", "no reading", "estimated"):
        assert part in text
    assert [a.get("scope") for t, a in found.tags if t == "th"].count("row") == 3


def test_the_legend_explains_only_what_is_there(day_chart: DayChart) -> None:
    assert "estimated or forecast" not in words([day_chart(1, 2)])
    assert "estimated or forecast" in words([day_chart(1, 2, quality={0: "projected"})])


def test_every_id_is_used_once_and_every_reference_leads_to_one(day_chart: DayChart) -> None:
    blocks = every_block(T("x"), day_chart)
    more = [b.model_copy(update={"id": f"{b.id}-2"}) for b in blocks]
    found = seen([*blocks, *more])
    ids = [a["id"] for _, a in found.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for _, attributes in found.tags:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((attributes.get(name) or "").split()) <= set(ids)


def test_there_is_one_main_heading_and_no_level_is_skipped(day_chart: DayChart) -> None:
    levels = [t for t, _ in seen(every_block(T("x"), day_chart)).tags if re.fullmatch("h[1-6]", t)]
    assert levels[0] == "h1"
    assert levels.count("h1") == 1
    assert set(levels) == {"h1", "h2"}


def test_alerts_come_first_the_most_urgent_first_and_findings_keep_their_order(day_chart: DayChart) -> None:
    blocks: list[Block] = [
        Action(id="do", does="feedback", label=T("x")),
        card(id="one"),
        Alert(id="later", severity="info", what=T("x"), what_to_do=T("x")),
        day_chart(1, id="two"),
        Alert(id="now", severity="urgent", what=T("x"), what_to_do=T("x")),
        card(id="three"),
    ]
    assert [b.id for b in in_order(blocks)] == ["now", "later", "one", "two", "three", "do"]


def test_a_page_without_blocks_says_so() -> None:
    assert "nothing to say" in words([])


def test_coverage_that_all_blocks_share_is_said_once(day_chart: DayChart) -> None:
    both = [card(id="one", coverage=0.5), card(id="two", coverage=0.5)]
    assert words(both).count("Based on 50%") == 1
    assert words([card(id="one", coverage=0.5), card(id="two", coverage=0.7)]).count("Based on") == 2
    assert "Based on" not in words([card(coverage=1.0)])


def test_the_same_blocks_give_the_same_page(day_chart: DayChart) -> None:
    blocks = every_block(T("x"), day_chart)
    assert page(blocks, ABOUT, "fr") == page(blocks, ABOUT, "fr")


@pytest.mark.parametrize(
    ("value", "base", "said"),
    [
        (120, 100, "20% above"),
        (80, 100, "20% below"),
        (100, 100, "the same"),
        (100.1, 100, "almost the same"),
        (250, 100, "2.5 times as much"),
        (5, 0, "above"),
        (0, 5, "100% below"),
        (-5, 5, "below"),
    ],
)
def test_a_comparison_is_said_in_words(value: float, base: float, said: str) -> None:
    assert difference(value, base).en == said


def test_a_comparison_names_what_it_is_held_against_with_its_unit() -> None:
    metric = Metric(value=120, unit="L")
    other = Comparison(to="target", value=100, label=T("Your goal", "Votre objectif"))
    assert against(metric, other, "en") == "Your goal: 100\u00a0L (20% above)"
    assert against(metric, other, "fr") == "Votre objectif\u00a0: 100\u00a0L (20\u00a0% au-dessus)"


def test_what_was_read_is_said_with_its_period_and_how_much() -> None:
    start, end = ABOUT.now.replace(year=2015), ABOUT.now
    said = handed(T("Water use", "Consommation d'eau"), "hour", 8650, start, end)
    assert said.en == "It read: Water use by hour, from 29 Nov 2015 to 29 Nov 2016 (8,650 records)."
    assert "(1 enregistrement)" in handed(T("x"), "raw", 1, start, end).fr
    assert "there is none" in handed(T("x"), "day", 0, start, end).en


def test_coverage_is_said_only_where_something_is_missing() -> None:
    assert covered(1) is None
    assert covered(None) is None
    assert covered(0.994) is not None
    assert common_coverage([0.5, 0.5]) is not None
    assert common_coverage([0.5, 0.6]) is None


# Contrast (WCAG 2.2: 4.5:1 for text, 3:1 for marks), in light and dark


def palettes() -> dict[str, dict[str, str]]:
    roots = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", root)) for root in roots]
    light, dark, printed = (f for f in found if "paper" in f)
    return {"light": light, "dark": dark, "print": printed}


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark", "print"])
def test_texts_stand_out_from_their_ground(mode: str) -> None:
    p = palettes()[mode]
    pairs = [("ink", "paper"), ("ink", "surface"), ("soft", "paper"), ("soft", "surface"), ("mark", "surface")]
    pairs += [("mark", "wash-neutral"), *((tone, f"wash-{tone}") for tone in ("good", "attention", "urgent"))]
    weak = {
        pair: round(contrast(p[pair[0]], p[pair[1]]), 2) for pair in pairs if contrast(p[pair[0]], p[pair[1]]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("mode", ["light", "dark", "print"])
def test_marks_stand_out_from_their_ground(mode: str) -> None:
    p = palettes()[mode]
    weak = {
        m: round(contrast(p[m], p["surface"]), 2)
        for m in ("mark", "second", "reference", "soft", "urgent", "attention")
        if contrast(p[m], p["surface"]) < 3
    }
    assert weak == {}
