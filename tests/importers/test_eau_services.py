"""eau-services and Grand Lyon until 2023: files made from the description, and their traps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfdata_sdk.importers.eau_services import LAST_DAY, LOST_INDEX, EauServices
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.importers.sieve import TWICE
from selfdata_sdk.model import WaterUse

Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]
PARIS = ZoneInfo("Europe/Paris")
IMPORTER = EauServices()


def export(days: list[tuple[date, int]], unit: str = "litre") -> str:
    """A file as the holder writes it: no line end after the last line."""
    return "\n".join([f"date;consommation({unit})", *(f"{d:%d/%m/%Y};{v}" for d, v in days)])


def march(*litres: int | None) -> list[tuple[date, int]]:
    return [(date(2018, 3, 1) + timedelta(i), v) for i, v in enumerate(litres) if v is not None]


def uses(found: Found) -> list[WaterUse]:
    return [r for t in found.tables for r in t.records() if isinstance(r, WaterUse)]


def test_each_day_is_a_use_and_the_last_one_is_provisional(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(march(120, 0, 95))))
    records = uses(found)
    assert [int(r.litres) for r in records] == [120, 0, 95]
    assert [r.status for r in records] == ["final", "final", "provisional"]
    assert (records[2].start, records[2].end) == (
        datetime(2018, 3, 3, tzinfo=PARIS),
        datetime(2018, 3, 4, tzinfo=PARIS),
    )
    assert [(r.kind, r.text, r.locator) for r in found.remarks] == [("guess", LAST_DAY, "line 4")]


def test_a_missing_day_is_no_zero(read: Read, write: Write) -> None:
    assert [r.start.astimezone(PARIS).day for r in uses(read(IMPORTER, write(export(march(1, None, 3)))))] == [1, 3]


def test_a_lost_index_gives_one_questionable_use_over_both_days_and_no_negative_one(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(march(100, -1_754_359, 1_754_558, 90, 80))))
    records = uses(found)
    assert [int(r.litres) for r in records] == [100, 199, 90, 80]
    assert [r.quality for r in records] == ["measured", "questionable", "measured", "measured"]
    assert (records[1].start, records[1].end) == (
        datetime(2018, 3, 2, tzinfo=PARIS),
        datetime(2018, 3, 4, tzinfo=PARIS),
    )
    assert (found.remarks[0].text, found.remarks[0].locator) == (LOST_INDEX, "line 3")
    assert found.rejections == []


def test_the_lost_index_may_come_back_after_days_without_a_line(read: Read, write: Write) -> None:
    records = uses(read(IMPORTER, write(export(march(100, -1_754_359, None, None, 1_754_858, 90)))))
    assert [int(r.litres) for r in records] == [100, 499, 90]
    assert records[1].end == datetime(2018, 3, 6, tzinfo=PARIS)


def test_a_leap_that_is_taken_back_is_one_use_too(read: Read, write: Write) -> None:
    records = uses(read(IMPORTER, write(export(march(100, 1_754_558, -1_754_359, 90)))))
    assert [int(r.litres) for r in records] == [100, 199, 90]


@pytest.mark.parametrize("litres", [[100, -1_754_359, 120], [-5], [100, 9_000_000, 120]])
def test_what_nothing_explains_is_rejected_and_leaves_a_gap(litres: list[int], read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(march(*litres, 1, 1))))
    assert [r.locator for r in found.rejections] == [f"line {2 + litres.index(min(litres, key=lambda v: -abs(v)))}"]
    assert all(0 <= r.litres <= 100_000 for r in uses(found))


def test_a_day_that_is_said_twice_is_kept_once_and_two_values_are_reported(read: Read, write: Write) -> None:
    days = [*march(1, 2), *march(1, 5), *march(None, None, 7)]
    found = read(IMPORTER, write(export(days)))
    assert [int(r.litres) for r in uses(found)] == [1, 5, 7]
    assert [(r.text, r.locator, r.count) for r in found.remarks if r.kind == "disagreement"] == [(TWICE, "line 5", 1)]


def test_cubic_metres_are_read_by_the_header(read: Read, write: Write) -> None:
    text = "date;consommation(m3)\n01/03/2018;0,120\n"
    assert [int(r.litres) for r in uses(read(IMPORTER, write(text)))] == [120]


def test_the_order_of_the_lines_does_not_matter(read: Read, write: Write) -> None:
    days = march(*range(10))
    forth, back = read(IMPORTER, write(export(days))), read(IMPORTER, write(export(days[::-1])))
    assert [(r.id, r.litres, r.status) for r in uses(forth)] == [(r.id, r.litres, r.status) for r in uses(back)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(litres=st.lists(st.none() | st.integers(-2_000_000, 2_000_000), min_size=1, max_size=40))
def test_no_use_is_ever_negative_and_no_two_overlap(litres: list[int | None], read: Read, write: Write) -> None:
    days = march(*litres)
    if not days:
        return
    records = uses(read(IMPORTER, write(export(days))))
    assert all(r.litres >= 0 for r in records)
    assert all(a.end <= b.start for a, b in pairwise(records))
