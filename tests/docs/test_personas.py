"""The page of the personas tells them as they are, and its plots are small, whole and readable by everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree

import numpy as np
import pytest

from docs.tools import persona_figures, persona_plots
from docs.tools import personas as page
from selfdata_sdk.testing.personas import KINDS, PERSONAS, persona
from selfdata_sdk.testing.personas.reference import reference

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def written() -> str:
    return page.personas_page()


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes one household, with these truths planted in it, the only one that is drawn."""

    def draw(name: str, *plant: str) -> None:
        monkeypatch.setattr(persona_plots, "personas", lambda: (persona(name, plant=plant),))

    return draw


def test_everybody_and_every_kind_of_truth_is_on_the_page(written: str) -> None:
    for name, home in PERSONAS.items():
        assert f"| `{name}` | {home.title.en} | {home.story.en} |" in written
    for name, kind in KINDS.items():
        assert f"| `{name}` | {kind.title.en} | `{kind.example}` |" in written


def test_figures_stand_beside_those_that_are_published_with_their_sources(written: str) -> None:
    water, electricity = reference("water"), reference("electricity")
    assert f"| **Real homes in the mean** |  | {water['litres']} | {electricity['kwh']:,} |" in written
    for entry in (water, electricity, reference("night")):
        assert entry["source"] in written
    for end, percent in water["split"].items():
        assert re.search(rf"{end.replace('_', ' ')} \d+ \(published {percent}\)", written)


def test_the_population_is_near_what_is_published() -> None:
    """As the tests of the personas hold more of them to it; here, that the page says the same."""
    found = persona_figures.population()
    assert found.litres == pytest.approx(reference("water")["litres"], rel=0.1)
    assert found.kwh == pytest.approx(reference("electricity")["kwh"], rel=0.15)
    assert all(abs(found.split[end] - n) <= 2 for end, n in reference("water")["split"].items())


def test_nothing_is_lost_between_hours_days_and_the_whole() -> None:
    household = persona("electric_commuter")
    for record_type, field in persona_figures.FIELDS.items():
        if any(t.series.type == record_type for t in household.tables):
            days = persona_figures.by_day(household, record_type)
            assert days.sum() == persona_figures.used(household, record_type).ints(field).sum()
            assert len(days) == household.calendar.n
    start = int(persona_figures.used(household, "water.use/1").ints("start")[0])
    day = persona_figures.by_hour(household, start, 24)
    assert day.sum() == persona_figures.by_day(household, "water.use/1")[0]


def test_means_are_of_what_was_read() -> None:
    """A leak of 24 L/h on a single person is 576 L a day more, and no hour is at zero."""
    calm, leaking = (
        persona_figures.means(persona("shift_worker", plant=plant)) for plant in ((), ("leak@2025-09-27:24L/h",))
    )
    assert leaking.litres - calm.litres == pytest.approx(576, abs=1)
    assert (leaking.still, leaking.kwh) == (0, calm.kwh)
    assert calm.still > 0


@pytest.mark.parametrize("name", page.PLOTS)
def test_a_plot_is_one_small_whole_file_with_a_title_for_any_ground(name: str) -> None:
    text = page.PLOTS[name]()
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text
    assert len(text.encode()) < 64_000
    assert "prefers-color-scheme: dark" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "\r" not in text
    assert "." not in "".join(re.findall(r'd="([^"]*)"', text)).replace(".5h", ""), "whole numbers only"
    assert page.PLOTS[name]() == text


def test_every_picture_of_the_page_is_made_and_has_words(written: str) -> None:
    pictures = dict(re.findall(r"!\[([^]]+)\]\(([^)]+)\)", written))
    assert {f"explanation/{place}" for place in pictures.values()} == page.PLOTS.keys()


def test_bars_are_as_high_as_their_values() -> None:
    drawn = persona_plots._bars(np.array([0, 5, 10, 20]), left=100, floor=50, height=40)
    assert drawn == '<path class="bars" d="M103 50v-10M105 50v-20M107 50v-40"/>'
    level = persona_plots._level(100, 8, 50, 40, np.array([0, 5, 10, 20_000]), 1000, "L")
    assert '<path class="rule" d="M100 10h8"/>' in level
    assert ">20<" in level
    assert ">0<" in persona_plots._level(100, 8, 50, 40, np.array([0, 0]), 1000, "L"), "where nothing was used"


@pytest.mark.parametrize(
    ("truth", "mark"),
    [
        ("leak@2025-10-27:20L/h:10d", '<rect class="leak" x="104" y="116" width="20" height="4"/>'),
        ("absence@2025-10-27:10d", '<rect class="away" x="104" y="62" width="20" height="52"/>'),
        ("gap@2025-10-27:2d:water", '<rect class="gap" x="104" y="62" width="4" height="52"/>'),
        ("revision@2025-10-27:5d:water", '<rect class="second" x="104" y="116" width="10" height="4"/>'),
        ("meter-swap@2025-10-27:water", '<path class="second" d="M105 62l-5-8h10z"/>'),
    ],
)
def test_what_happened_is_marked_on_its_days(only: Callable[..., None], truth: str, mark: str) -> None:
    """The 30th day after the first, two units a day, from 44 on."""
    only("shift_worker", truth)
    assert mark in persona_plots.year_plot()
    only("shift_worker")
    assert mark not in persona_plots.year_plot()


def test_truths_of_other_meters_are_not_marked_on_water(only: Callable[..., None]) -> None:
    only("shift_worker")
    plain = persona_plots.year_plot()
    only("shift_worker", "gap@2025-10-27:2d:electricity")
    assert persona_plots.year_plot() == plain


def test_the_week_that_is_drawn_is_a_usual_one() -> None:
    for household in persona_figures.personas():
        first = (persona_plots.MONDAY - household.calendar.days.first).days
        assert household.calendar.lived[first : first + 7].any()
        water = [t for t in household.truths if t.meter in ("", "water") and t.kind not in ("absence", "leak")]
        assert not any(_touches(t.start.date(), t.end and t.end.date(), persona_plots.MONDAY) for t in water)
    assert persona_plots.MONDAY.weekday() == 0


def _touches(start: date, end: date | None, monday: date) -> bool:
    return start.toordinal() < monday.toordinal() + 7 and (end is None or end > monday)
