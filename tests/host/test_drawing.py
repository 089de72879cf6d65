"""Charts as SVG: well formed, everything escaped, nothing told by colour alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.host.drawing import PATTERNS, drawing, scales, swatch
from selfdata_sdk.host.plot import plot
from selfdata_sdk.model import Text
from selfdata_sdk.service.blocks import MAX_POINTS, Chart, Point, Points, Reference

PARIS = ZoneInfo("Europe/Paris")
DayChart = Callable[..., Chart]


def drawn(chart: Chart, language: str = "en") -> ElementTree.Element:
    """The drawing, parsed: not well formed is an error."""
    return ElementTree.fromstring(drawing(chart, plot(chart, language, PARIS), "b0"))


def classes(root: ElementTree.Element) -> list[str]:
    return [e.get("class", "") for e in root.iter()]


def test_the_picture_has_a_role_and_takes_its_name_from_the_page(day_chart: DayChart) -> None:
    for chart in (day_chart(1, 2), day_chart(1, 2, form="line"), day_chart(1, 2, form="area")):
        (picture,) = [e for e in drawn(chart).iter("svg") if e.get("role") == "img"]
        assert picture.get("aria-labelledby") == "b0-title"
        assert picture.get("aria-describedby") == "b0-desc"


def test_every_value_is_one_bar_with_its_words(day_chart: DayChart) -> None:
    bars = [e for e in drawn(day_chart(1, None, 3)).iter("rect") if e.get("class") == "bar"]
    assert len(bars) == 2
    assert [t.text for bar in bars for t in bar.iter("title")] == [
        "Sat 1 Oct 2016: 1\u00a0L",
        "Mon 3 Oct 2016: 3\u00a0L",
    ]


def test_what_is_not_measured_is_hatched_or_dashed(day_chart: DayChart) -> None:
    assert "bar unsure" in classes(drawn(day_chart(1, 2, quality={1: "estimated"})))
    assert "bar unsure" in classes(drawn(day_chart(1, 2, quality={1: "projected"})))
    assert "line unsure" in classes(drawn(day_chart(1, 2, 3, form="line", quality={2: "interpolated"})))
    assert not any("unsure" in c for c in classes(drawn(day_chart(1, 2, quality={1: "derived"}))))


def test_a_gap_is_drawn_and_breaks_the_line(day_chart: DayChart) -> None:
    root = drawn(day_chart(1, 2, None, 4, 5, form="line"))
    assert classes(root).count("gap") == 1
    assert classes(root).count("line") == 2
    assert "gap" not in classes(drawn(day_chart(1, 2, form="line")))


def test_a_value_between_two_gaps_is_a_point(day_chart: DayChart) -> None:
    assert classes(drawn(day_chart(None, 2, None, form="line"))).count("point") == 1


def test_a_reference_line_is_drawn(day_chart: DayChart) -> None:
    goal = Reference(value=2, label=Text(en="Goal", fr="But"))
    assert "reference" in classes(drawn(day_chart(1, 3, reference=goal)))
    assert "reference" not in classes(drawn(day_chart(1, 3)))


def test_two_series_have_two_styles(day_chart: DayChart) -> None:
    second = Points(label=Text(en="Before", fr="Avant"), points=day_chart(3, 4).points)
    few = day_chart(1, 2, form="compare", second=second)
    assert {"bar", "bar second"} <= set(classes(drawn(few)))
    many = day_chart(*range(60), form="compare", second=Points(label=second.label, points=day_chart(*range(60)).points))
    assert {"line", "line second"} <= set(classes(drawn(many)))


def test_a_few_long_categories_lie_with_every_name_shown() -> None:
    names = [
        "Bath and shower <always>",
        "Toilet and its many leaks",
        "Laundry of the whole family",
        "Dishes and kitchen",
    ]
    points = tuple(Point(at=Text(en=n, fr=n), value=v) for n, v in zip(names, (4, 3, 2, 1), strict=True))
    chart = Chart(
        id="c", form="bars", title=Text(en="t", fr="t"), summary=Text(en="s", fr="s"), unit="L", points=points
    )
    root = drawn(chart)
    assert [t.text for t in root.iter("text") if t.get("class") == "name"] == names
    assert root.get("class") == "rows"


def test_a_category_that_is_a_tag_stays_text() -> None:
    hostile = "</text><script>alert(1)</script>"
    points = tuple(Point(at=Text(en=hostile + str(i), fr="x"), value=i) for i in range(30))
    chart = Chart(
        id="c", form="bars", title=Text(en="t", fr="t"), summary=Text(en="s", fr="s"), unit="L", points=points
    )
    assert not list(drawn(chart).iter("script"))


VALUES = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))


@given(values=st.lists(VALUES, min_size=1, max_size=50), form=st.sampled_from(["bars", "line", "area"]))
def test_any_values_give_a_drawing_inside_its_frame(values: list[float | None], form: str) -> None:
    points = tuple(Point(at=date(2020, 1, 1) + timedelta(days=i), value=v) for i, v in enumerate(values))
    chart = Chart.model_validate(
        {"id": "c", "form": form, "title": Text(en="t", fr="t"), "summary": Text(en="s", fr="s"), "unit": "L",
         "time_unit": "day", "points": points}
    )  # fmt: skip
    for bar in drawn(chart).iter("rect"):
        if (bar.get("class") or "").startswith("bar"):
            assert 0 <= float(bar.get("y", "")) <= 201
            assert 0 <= float(bar.get("height", "")) <= 191
            assert 0 <= float(bar.get("x", "").rstrip("%")) <= 100


@pytest.mark.parametrize("form", ["bars", "line", "area"])
def test_the_most_points_that_a_chart_may_have_are_drawn(day_chart: DayChart, form: str) -> None:
    root = drawn(day_chart(*(i % 50 for i in range(MAX_POINTS)), form=form))
    if form == "bars":
        assert classes(root).count("bar") == MAX_POINTS
    else:
        (line,) = [e for e in root.iter("path") if e.get("class") == "line"]
        assert len(re.findall("[ML]", line.get("d", ""))) == MAX_POINTS


def test_no_drawing_has_styles_scripts_or_references_outside(day_chart: DayChart) -> None:
    goal = Reference(value=2, label=Text(en="Goal", fr="But"))
    text = drawing(
        day_chart(1, None, 3, reference=goal), plot(day_chart(1, None, 3, reference=goal), "en", PARIS), "b0"
    )
    for part in (text, PATTERNS, scales(1, 2), swatch("bar", bar=True)):
        assert not re.search(r"style=|href|<script|url\(|\son\w+=", part)


def test_scales_are_drawn_for_amounts_only() -> None:
    assert 'width="50.0%"' in scales(1, 2)
    assert scales(-1, 2) == ""
    assert scales(0, 0) == ""
