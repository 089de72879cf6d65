"""Charts in the terminal: as wide as told, gaps and estimates in letters of their own."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.cli.chart import BLOCKS, HEIGHT, PLAIN, Letters, chart, legend
from selfdata_sdk.host.plot import Plot, plot
from selfdata_sdk.model import Text
from selfdata_sdk.service.blocks import Chart, Point, Points, Reference

T = Text(en="Text", fr="Texte")


def days(*values: float | None, quality: str = "measured", **more: object) -> Plot:
    points = tuple(
        Point.model_validate({"at": date(2016, 10, 1) + timedelta(days=i), "value": v, "quality": quality})
        for i, v in enumerate(values)
    )
    given = {"id": "c", "form": "bars", "title": T, "summary": T, "unit": "L", "time_unit": "day", "points": points}
    return plot(Chart.model_validate({**given, **more}), "en", ZoneInfo("Europe/Paris"))


def lines(laid: Plot, width: int = 60, letters: Letters = BLOCKS) -> list[str]:
    return [t.plain for t in chart(laid, width, letters)]


def test_bars_are_as_high_as_their_values_say() -> None:
    full = [line.count("█") for line in lines(days(0, 5, 10))[:HEIGHT]]
    width = full[0]
    assert width > 0
    assert full == [width] * 4 + [2 * width] * 4


def test_a_small_value_is_seen_and_zero_is_not() -> None:
    bottom = lines(days(0, 0.001, 10))[HEIGHT - 1]
    assert bottom.count("▁") >= 1
    assert lines(days(0, 0, 10))[HEIGHT - 1].count("▁") == 0


def test_a_gap_is_a_dot_not_a_zero() -> None:
    assert "·" in lines(days(5, None, 5))[HEIGHT - 1]
    assert "·" not in lines(days(5, 0, 5))[HEIGHT - 1]


def test_what_is_not_measured_has_a_letter_of_its_own() -> None:
    assert "▒" in "".join(lines(days(5, 6, quality="estimated")))
    assert "█" not in "".join(lines(days(5, 6, quality="estimated")))


def test_the_reference_line_runs_where_no_bar_is() -> None:
    goal = Reference(value=5, label=T)
    assert "─" in "".join(lines(days(1, 1, 10, reference=goal)))
    assert "─" not in "".join(lines(days(1, 1, 10)))


def test_two_series_are_two_pictures_on_one_scale() -> None:
    second = Points(label=Text(en="Before", fr="Avant"), points=(Point(at=date(2016, 10, 1), value=100),))
    drawn = lines(days(50, form="compare", label=Text(en="Now", fr="Ici"), second=second))
    assert [line for line in drawn if line in ("Now", "Before")] == ["Now", "Before"]
    assert len(drawn) == 2 * (HEIGHT + 2)


def test_categories_are_rows_with_names_and_values() -> None:
    points = tuple(Point(at=Text(en=n, fr=n), value=v) for n, v in (("Bath", 39), ("A very long name of a use", 20)))
    laid = days(1, points=points, time_unit=None)
    bath, long = lines(laid, 40)
    assert bath.startswith("Bath")
    assert bath.endswith("39\u00a0L")
    assert "..." in long
    assert bath.count("█") == pytest.approx(2 * long.count("█"), abs=1)


def test_a_plain_encoding_gets_plain_letters() -> None:
    drawn = "".join(lines(days(5, None, 6, quality="estimated", reference=Reference(value=9, label=T)), letters=PLAIN))
    assert drawn.replace("\u00a0", " ").isascii()
    assert ":" in drawn


@given(
    values=st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=300), width=st.integers(30, 120)
)
def test_no_line_is_wider_than_told(values: list[float | None], width: int) -> None:
    assert max(map(len, lines(days(*values), width))) <= width


def test_the_legend_explains_only_what_is_there() -> None:
    assert legend(days(1, 2), BLOCKS, "unsure", "missing", "") == []
    said = [t.plain for t in legend(days(1, None), BLOCKS, "unsure", "missing", "goal")]
    assert said == ["· missing", "─ goal"]
