"""Dates and times are parsed by layout, all at once, and refused when they are not in the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.importers.cells import Cells
from selfdata_sdk.importers.stamps import stamps, to_instants
from selfdata_sdk.model.column import NULL
from selfdata_sdk.model.time import EPOCH, HOUR, micros

MOMENTS = st.integers(-70 * 365 * 86_400, 130 * 365 * 86_400).map(
    lambda s: (EPOCH + timedelta(seconds=s)).replace(tzinfo=None)
)
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


def local(text: str, *layouts: str) -> int:
    return int(stamps(Cells.of([text]), *layouts).local[0])


@given(st.lists(MOMENTS, min_size=1))
def test_wall_clock_times_are_those_of_datetime(moments: list[datetime]) -> None:
    cells = Cells.of([f"{m:%d/%m/%Y %H:%M:%S}" for m in moments])
    found = stamps(cells, "DD/MM/YYYY hh:mm:ss")
    assert found.local.tolist() == [micros(m.replace(tzinfo=UTC)) for m in moments]


@given(MOMENTS, OFFSETS)
def test_an_offset_gives_the_instant(moment: datetime, offset: timezone) -> None:
    aware = moment.replace(tzinfo=offset)
    found = stamps(Cells.of([aware.isoformat()]), "YYYY-MM-DDThh:mm:ss±oo:oo")
    assert to_instants(found, "Europe/Paris").tolist() == [micros(aware)]


def test_layouts_are_tried_in_turn_for_each_cell() -> None:
    cells = Cells.of(["01/02/2024", "2024-02-03T04:05", "2024-02-03 04:05:06Z", "02/2024", "?"])
    found = stamps(cells, "DD/MM/YYYY", "YYYY-MM-DDThh:mm", "YYYY-MM-DDThh:mm:ssZ", "MM/YYYY")
    expected = [(2024, 2, 1), (2024, 2, 3, 4, 5), (2024, 2, 3, 4, 5, 6), (2024, 2, 1)]
    assert found.local[:4].tolist() == [micros(datetime(*parts, tzinfo=UTC)) for parts in expected]  # type: ignore[arg-type, misc]
    assert found.bad.tolist() == [False, False, False, False, True]
    assert found.offset.tolist() == [NULL, NULL, 0, NULL, NULL]


@pytest.mark.parametrize(
    "text",
    ["30/02/2024", "29/02/2023", "31/04/2024", "00/01/2024", "01/13/2024", "01/00/2024", "1/1/2024", "01-01-2024", "",
     "aa/bb/cccc", "01/01/20240"],
)  # fmt: skip
def test_a_day_that_is_not_in_the_calendar_is_refused(text: str) -> None:
    assert local(text, "DD/MM/YYYY") == NULL


@pytest.mark.parametrize("text", ["2024-01-01 24:00:00", "2024-01-01 12:60:00", "2024-01-01 12:00:60"])
def test_a_time_that_no_clock_shows_is_refused(text: str) -> None:
    assert local(text, "YYYY-MM-DDThh:mm:ss") == NULL


def test_the_last_days_of_months_are_accepted() -> None:
    for text in ("29/02/2024", "31/12/2024", "30/04/2024", "28/02/2023"):
        assert local(text, "DD/MM/YYYY") != NULL


def test_the_hour_that_occurs_twice_is_told_apart_by_order() -> None:
    cells = Cells.of(["2016-10-30 01:30", "2016-10-30 02:30", "2016-10-30 02:30", "2016-10-30 03:30"])
    instants = to_instants(stamps(cells, "YYYY-MM-DDThh:mm"), "Europe/Paris")
    assert (instants[1:] - instants[:-1]).tolist() == [HOUR, HOUR, HOUR]
