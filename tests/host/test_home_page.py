"""The picture of a home: every series over time with its gaps and sources, no value of a record, in both languages."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.host.home_page import DOMAINS, home_page
from selfdata_sdk.model import REGISTRY, BankTransaction, Money, Record, Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Codes, Column, Ints
from selfdata_sdk.model.field import body_of
from selfdata_sdk.model.table import tables, to_values
from selfdata_sdk.model.time import DAY, micros
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.personas import persona

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
FIRST = datetime(2025, 1, 1, tzinfo=UTC)


def source(importer: str, day: int, sha: str | None = None, holder: str = "Eau du Grand Lyon") -> Source:
    came = datetime(2025, 5, day, tzinfo=UTC)
    return Source(holder=holder, importer=importer, version="1", sha256=sha and sha * 64, retrieved_at=came)


def use(days: range, litres: int, source: Source, status: str = "final") -> Table:
    start = micros(FIRST) + np.array(days, np.int64) * DAY
    columns: dict[str, Column] = {"start": Ints(start), "end": Ints(start + DAY), "litres": Ints.constant(litres, len(days)),
               "status": Codes.constant(status, len(days))}  # fmt: skip
    return Table(WaterUse, Series(WaterUse.type, source.holder, "98765432104853", "", "P1D", "UTC"), columns, (source,))


@pytest.fixture
def store() -> PersonalStore:
    """Daily water with a gap, a revised and a provisional part, from two files; and one payment."""
    made = PersonalStore(MemoryCloud())
    made.write([use(range(60), 100_000, source("veolia", 3, "a"))])
    made.write([use(range(50, 60), 200_000, source("veolia", 4, "b"))])
    made.write([use(range(70, 80), 300_000, source("veolia", 4, "b"), "provisional")])
    payment = BankTransaction(
        account="FR7630006000011234567890189", on=date(2025, 2, 1), label="SEPA VIR CABINET MARTIN",
        amount=Money(amount="-1234.56", currency="EUR"), source=source("ofx", 9, "c", "Banque & <b>Fils</b>"),
    )  # fmt: skip
    made.write(tables([payment]))
    return made


@cache
def family() -> PersonalStore:
    made = PersonalStore(MemoryCloud())
    persona("family_garden").write(made)
    return made


def page_of(store: PersonalStore, language: str = "en", kind: type[Record] | None = None) -> str:
    page = home_page(store, language, NOW, kind)
    assert page is not None
    return page


def text_of(page: str) -> str:
    """What is read on the page, its words one space apart."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2])).split())


def rows_of(page: str) -> list[list[str]]:
    """The cells of the tables' rows that are not heads."""
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", page, re.DOTALL)
    cells = [re.findall(r"<t[hd] role=\"(?:rowheader|cell)\"[^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[text_of(f"<body>{cell}") for cell in row] for row in cells if len(row) > 1]


def test_each_series_is_told_in_figures(store: PersonalStore) -> None:
    payment, water = sorted(rows_of(page_of(store))[:2])
    assert payment == ["Bank transactions …0189", "1", "1 Feb 2025", "–", "–", "–", "Banque & <b>Fils</b>"]
    assert water == [
        "Water use …4853 · every day", "70", "1 Jan 2025 to 21 Mar 2025", "1 (10 d)", "10", "10", "Eau du Grand Lyon",
    ]  # fmt: skip


def test_each_source_is_told_with_its_files_and_its_last_import(store: PersonalStore) -> None:
    assert rows_of(page_of(store))[2:] == [
        ["Banque & <b>Fils</b>", "ofx", "Bank", "1", "1", "9 May 2025"],
        ["Eau du Grand Lyon", "veolia", "Water", "70", "2", "4 May 2025"],
    ]


def test_data_gaps_provisional_and_revised_parts_are_drawn_and_explained(store: PersonalStore) -> None:
    page = page_of(store)
    assert "data gap provisional revised since" in text_of(page)
    track = page.partition("every day")[2].partition("</p>")[2].partition("</div>")[0]
    for mark in ('class="band" d="M', 'class="changed" d="M', 'class="bar unsure"', 'class="gap lack"'):
        assert mark in track, mark


def test_what_does_not_occur_is_neither_explained_nor_a_column() -> None:
    store = PersonalStore(MemoryCloud())
    store.write([use(range(60), 1, source("veolia", 3, "a"))])
    text = text_of(page_of(store))
    for word in ("gap ", "Gaps", "rovisional", "evised"):
        assert word not in text.replace("A gap shorter", ""), word


def test_the_page_is_in_french_with_its_own_words_for_all(store: PersonalStore) -> None:
    page = page_of(store, "fr")
    text = text_of(page)
    assert '<html lang="fr">' in page
    for words in ("71 enregistrements en 2 séries", "du 1er janv. 2025 au 21 mars 2025", "tous les jours", "1 (10 j)",
                  "données trou provisoire révisé depuis", "Opérations bancaires", "Vous pouvez la montrer"):  # fmt: skip
        assert words in text, words
    assert not re.search(r"\b(records|gap|every|from)\b", text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_value_of_a_record_is_on_the_page(language: str) -> None:
    """Nothing of a home of all domains but its holder: no text of a record, no number of a meter or an account."""
    store = family()
    page = page_of(store, language)
    text = text_of(page)
    body = page.partition("<body>")[2]
    said = [t.facts.title.say(language) for t in REGISTRY]
    seen = 0
    for kind in REGISTRY:
        for table in store.read(kind).tables:
            values = {table.series.about} | {
                value
                for name, field in body_of(kind).items()
                if field.kind == "text" and name in table.columns
                for value in to_values(field, table.column(name))
                if value
            }
            for value in values - {""}:
                if len(value) > 5 and re.search("[0-9A-Z ]", value) and value not in (*said, table.series.holder):
                    assert value not in body, (kind.type, value)
                    seen += 1
    assert seen > 200
    assert not re.search(r"€|kWh|m³|[0-9],[0-9]{2}\b(?!\d)", text)


def test_the_amount_label_and_account_of_a_payment_are_not_on_the_page(store: PersonalStore) -> None:
    page = page_of(store)
    for value in ("1234", "1,234", "MARTIN", "FR76", "234567890189", "98765432104853", "SEPA"):
        assert value not in page, value
    assert "…0189" in page


def test_what_a_holder_is_called_is_escaped(store: PersonalStore) -> None:
    assert "<b>Fils" not in page_of(store)


def test_one_type_alone_can_be_shown(store: PersonalStore) -> None:
    page = page_of(store, kind=WaterUse)
    assert len(rows_of(page)) == 2
    assert "Bank" not in page


def test_an_empty_store_has_no_page() -> None:
    assert home_page(PersonalStore(MemoryCloud()), "en", NOW) is None


def test_every_record_type_has_a_domain() -> None:
    assert {t.type.partition(".")[0] for t in REGISTRY} == set(DOMAINS)


def test_what_holds_until_further_notice_is_told_since_when() -> None:
    assert "since 1 Jan 2023" in text_of(page_of(family()))
    assert "9999" not in page_of(family())


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (10, ["1 Jan", "3 Jan", "5 Jan", "7 Jan", "9 Jan"]),
        (800, ["Jan 2025", "Jun", "Nov", "Apr 2026", "Sept"]),
        (3000, ["2025", "2026", "2027", "2028", "2029", "2030", "2031", "2032"]),
    ],
)
def test_the_axis_names_days_months_or_years(days: int, labels: list[str]) -> None:
    store = PersonalStore(MemoryCloud())
    store.write([use(range(days), 1, source("veolia", 3))])
    time = page_of(store).partition('class="time"')[2].partition("</svg>")[0]
    assert re.findall(r"<text[^>]*>([^<]*)</text>", time) == labels


@pytest.fixture
def at(driver: Any, tmp_path: Path, store: PersonalStore) -> Iterator[Callable[..., Any]]:
    """Opens the page of a home at a width, in a language and colour scheme."""

    def open_page(width: int, language: str = "en", scheme: str = "light", of: PersonalStore = store) -> Any:
        driver.stop()
        driver.start(width)
        driver.emulate("prefers-color-scheme", scheme)
        path = tmp_path / f"{language}.html"
        path.write_text(page_of(of, language), encoding="utf-8")
        driver.open(path)
        return driver

    yield open_page
    driver.stop()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [320, 800, 1280])
def test_nothing_scrolls_sideways(at: Callable[..., Any], width: int, language: str) -> None:
    assert at(width, language, of=family()).run("return document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_the_longest_names_of_others_do_not_widen_it(at: Callable[..., Any]) -> None:
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    table = use(range(9), 1, source("veolia", 3, holder=long))
    made = PersonalStore(MemoryCloud())
    made.write([replace(table, series=replace(table.series, register="W" * 32))])
    assert at(320, of=made).run("return document.documentElement.scrollWidth") == 320


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_labels_of_the_axis_do_not_overlap(at: Callable[..., Any], width: int, language: str) -> None:
    overlaps = at(width, language, of=family()).run(
        """
        const bad = [];
        for (const field of document.querySelectorAll('.time')) {
          const end = field.getBoundingClientRect().right + 4;
          const boxes = [...field.querySelectorAll('text')].map(t => t.getBoundingClientRect()).filter(b => b.width);
          if (boxes.length < 2 || boxes.at(-1).right > end) bad.push(boxes.length);
          for (let i = 1; i < boxes.length; i++) if (boxes[i].left < boxes[i - 1].right) bad.push(i);
        }
        return bad;
        """
    )
    assert overlaps == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_the_tables_stay_tables_for_a_screen_reader_at_any_width(at: Callable[..., Any], width: int) -> None:
    browser = at(width)
    found = browser.find("table")
    assert [browser.label(t) for t in found] == ["The same in figures", "Where it comes from"]
    assert {browser.role(t) for t in found} == {"table"}
    assert {browser.role(c) for c in browser.find("td")} == {"cell"}
    assert {browser.role(c) for c in browser.find("tbody th")} == {"rowheader"}
    assert {browser.role(c) for c in browser.find("thead th")} == {"columnheader"}


@pytest.mark.browser
def test_the_picture_has_a_name_and_the_browser_has_no_complaint(at: Callable[..., Any]) -> None:
    browser = at(800)
    assert [browser.label(p) for p in browser.find("[role=img]")] == ["Over time"]
    assert browser.complaints() == []
    assert browser.run("return performance.getEntriesByType('resource').length") == 0


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(at: Callable[..., Any], scheme: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    browser = at(800, scheme=scheme)
    assert browser.contrast("p,td,th,h1,h2,li,.fine") >= 4.5
    browser.run("document.querySelector('h1').style.color = '#777'; document.body.style.background = '#888'")
    assert browser.contrast("p,td,th,h1,h2,li,.fine") < 4.5


@pytest.mark.browser
def test_a_gap_of_two_days_in_a_year_is_seen_on_a_phone(at: Callable[..., Any]) -> None:
    """A slit in the band of at least a pixel, in the colour of the ground."""
    store = PersonalStore(MemoryCloud())
    came = source("veolia", 3)
    store.write([use(range(200), 1, came), use(range(202, 400), 1, came)])
    browser = at(320, of=store)
    gap = "const g = document.querySelector('.lanes .lack'); const s = getComputedStyle(g);"
    width = "return [g.getBoundingClientRect().width + parseFloat(s.strokeWidth) >= 1, s.stroke]"
    assert browser.run(gap + width) == [True, "rgb(255, 255, 255)"]


@pytest.mark.browser
def test_it_prints_on_a4_with_the_tables(at: Callable[..., Any]) -> None:
    browser = at(703, "fr", scheme="dark")  # what 12 mm of margin leave
    path = f"/session/{browser.session}/print"
    pdf = base64.b64decode(browser.ask("POST", path, {"page": {}, "background": True, "shrinkToFit": False}))
    sizes = {tuple(float(n) for n in box.split()) for box in re.findall(rb"/MediaBox ?\[([^]]*)\]", pdf)}
    assert {(round(w), round(h)) for _, _, w, h in sizes} == {(595, 842)}
    command = {"cmd": "Emulation.setEmulatedMedia", "params": {"media": "print"}}
    browser.ask("POST", f"/session/{browser.session}/goog/cdp/execute", command)
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.run("return getComputedStyle(document.querySelector('td')).display") == "table-cell"
    assert browser.run("return document.documentElement.scrollWidth") == 703
