"""Charts laid out: where values stand, what is a gap, which labels fit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.host.plot import fitting, plot
from selfdata_sdk.model import Text
from selfdata_sdk.service.blocks import Chart, Point, Points, Reference

PARIS = ZoneInfo("Europe/Paris")
T = Text(en="text", fr="texte")
DayChart = Callable[..., Chart]


def chart(points: list[Point], unit: str | None, **more: object) -> Chart:
    return Chart.model_validate(
        {
            "id": "c",
            "form": "bars",
            "title": T,
            "summary": T,
            "unit": "L",
            "time_unit": unit,
            "points": tuple(points),
            **more,
        }
    )


def test_a_value_stands_in_the_slot_of_its_day_and_a_missing_one_is_a_gap(day_chart: DayChart) -> None:
    laid = plot(day_chart(5, None, None, 7), "en", PARIS)
    assert laid.slots == 4
    assert [(m.slot, m.value) for m in laid.lines[0].marks] == [(0, 5), (3, 7)]
    assert laid.gaps == ((1, 2),)


def test_a_day_that_a_service_leaves_out_is_a_gap_too() -> None:
    points = [Point(at=date(2016, 10, d), value=1) for d in (1, 2, 6)]
    laid = plot(chart(points, "day"), "en", PARIS)
    assert (laid.slots, laid.gaps) == (6, ((2, 4),))


def test_the_hour_that_occurs_twice_has_two_slots() -> None:
    start = datetime(2016, 10, 29, 22, tzinfo=UTC)
    laid = plot(chart([Point(at=start + timedelta(hours=i), value=i) for i in range(25)], "hour"), "en", PARIS)
    assert laid.slots == 25
    assert [m.when for m in laid.lines[0].marks[2:4]] == ["Sun 30 Oct 2016 02:00"] * 2


def test_months_and_years_are_one_slot_each() -> None:
    months = [Point(at=date(2015 + m // 12, m % 12 + 1, 1), value=1) for m in (0, 1, 11, 12)]
    assert plot(chart(months, "month"), "en", PARIS).slots == 13
    years = [Point(at=date(y, 1, 1), value=1) for y in (2019, 2021)]
    assert plot(chart(years, "year"), "en", PARIS).gaps == ((1, 1),)


def test_two_periods_that_do_not_meet_lie_one_over_the_other() -> None:
    this = [Point(at=date(2017, 1, d), value=d) for d in range(1, 8)]
    last = tuple(Point(at=date(2016, 1, d), value=d) for d in range(1, 8))
    laid = plot(chart(this, "day", form="compare", second=Points(label=T, points=last)), "en", PARIS)
    assert laid.slots == 7
    assert [m.slot for m in laid.lines[1].marks] == list(range(7))


def test_two_series_of_one_period_share_their_slots() -> None:
    one = [Point(at=date(2017, 1, d), value=d) for d in (1, 2, 3)]
    other = tuple(Point(at=date(2017, 1, d), value=d) for d in (2, 3, 4))
    laid = plot(chart(one, "day", form="compare", second=Points(label=T, points=other)), "en", PARIS)
    assert [[m.slot for m in line.marks] for line in laid.lines] == [[0, 1, 2], [1, 2, 3]]
    assert laid.rows[0].values == ("1\u00a0L", None)


def test_points_that_share_a_slot_are_laid_in_their_order() -> None:
    same = [Point(at=date(2017, 1, 1), value=v) for v in (1, 2)]
    assert plot(chart(same, "day"), "en", PARIS).slots == 2


def test_points_too_far_apart_are_laid_in_their_order() -> None:
    far = [Point(at=date(y, 1, 1), value=1) for y in (1900, 2020)]
    assert plot(chart(far, "day"), "en", PARIS).slots == 2


def test_the_value_axis_starts_at_zero_but_for_large_values_that_hardly_change(day_chart: DayChart) -> None:
    assert plot(day_chart(90, 100), "en", PARIS).low == 0
    assert plot(day_chart(9000, 9010, form="line"), "en", PARIS).low == 9000
    assert plot(day_chart(-3, 4), "en", PARIS).low <= -3


def test_the_reference_line_is_inside_the_scale(day_chart: DayChart) -> None:
    laid = plot(day_chart(3, 4, reference=Reference(value=90, label=T)), "en", PARIS)
    assert laid.high >= 90


@given(values=st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=40))
def test_every_value_is_between_the_levels(values: list[float | None]) -> None:
    points = [Point(at=date(2020, 1, 1) + timedelta(days=i), value=v) for i, v in enumerate(values)]
    laid = plot(chart(points, "day"), "fr", PARIS)
    assert all(-1e-9 <= laid.height(m.value) <= 1 + 1e-9 for m in laid.lines[0].marks)
    assert len(laid.levels) <= 12
    assert laid.levels[0].height == 0
    covered = {m.slot for m in laid.lines[0].marks} | {s for a, b in laid.gaps for s in range(a, b + 1)}
    assert covered == set(range(laid.slots))


def test_numbers_and_dates_are_written_as_the_language_does(day_chart: DayChart) -> None:
    laid = plot(day_chart(1234.5, 2000, places=1), "fr", PARIS)
    assert laid.rows[0].when == "sam. 1 oct. 2016"
    assert laid.rows[0].values == ("1\u202f234,5\u00a0L",)
    assert laid.levels[-1].label.endswith("L")
    assert plot(day_chart(1234.5, places=1), "en", PARIS).rows[0].values == ("1,234.5\u00a0L",)


@pytest.mark.parametrize("unit", ["hour", "half_hour", "day", "week", "month", "year"])
@pytest.mark.parametrize("count", [1, 2, 7, 40, 400])
def test_labels_of_the_time_axis_never_touch(unit: str, count: int) -> None:
    steps = {"hour": 1, "half_hour": 0.5, "day": 24, "week": 168, "month": 24 * 31, "year": 24 * 366}
    start = datetime(2016, 1, 4, tzinfo=PARIS).astimezone(UTC)
    times = [start + timedelta(hours=steps[unit] * i) for i in range(count)]
    laid = plot(chart([Point(at=t, value=1) for t in times], unit), "fr", PARIS)
    assert laid.ticks or unit in ("day", "half_hour", "hour")
    for ticks, width in ((laid.ticks, 540), ([t for t in laid.ticks if not t.wide], 220)):
        centres = [t.at * width for t in ticks]
        assert all(b > a for a, b in pairwise(centres))
        assert all(0 <= t.at <= 1 for t in ticks)


@given(st.lists(st.tuples(st.floats(0, 1), st.text("abc", min_size=1, max_size=12)), max_size=30), st.integers(10, 600))
def test_labels_that_fit_do_not_overlap(candidates: list[tuple[float, str]], width: int) -> None:
    kept = fitting(sorted(candidates), width, letter=1, space=2)
    spans = []
    for at, label in kept:
        left = min(max(at * width - len(label) / 2, 0), max(width - len(label), 0))
        spans.append((left, left + len(label)))
    assert all(a[1] + 2 <= b[0] for a, b in pairwise(spans))
