"""What was given stays as it was given, for a day: nothing finer is told by difference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.right import Right
from selfdata_sdk.consent.use import Use
from selfdata_sdk.host.steady import Steady
from selfdata_sdk.model import ElectricityPeak, Period, WaterUse
from selfdata_sdk.model.column import Codes, Column, Ints, Moneys
from selfdata_sdk.model.reduction import Part
from selfdata_sdk.model.time import DAY, micros

NOW = datetime(2025, 6, 15, 10, 30, tzinfo=UTC)
START = micros(datetime(2025, 6, 1, tzinfo=UTC))
HOURS = timedelta(hours=1)


def right(*fields: str, **more: Any) -> Right:
    whole: dict[str, Any] = {
        "record_type": WaterUse, "fields": fields or ("litres",), "pseudonyms": (), "granularity": "day",
        "precision": "exact", "period": Period(NOW - 30 * 24 * HOURS, NOW), "where": {}, **more,
    }  # fmt: skip
    return Right(**whole)


def days(litres: Mapping[int, int], quality: str = "measured", **more: Column) -> Part:
    """Day → litres."""
    start = START + DAY * np.array(sorted(litres), np.int64)
    columns = {
        "start": Ints(start),
        "end": Ints(start + DAY),
        "litres": Ints(np.array([litres[d] for d in sorted(litres)])),
    }
    n = len(litres)
    return Part({**columns, **more}, Codes.constant(quality, n), np.zeros(n, bool), np.ones(n))


class Service:
    """What one service is given, run by run."""

    def __init__(self) -> None:
        self.use: Use | None = None

    def given(self, part: Part, now: datetime = NOW, thing: str = "P1", of: Right | None = None) -> list[int]:
        """The days of `part` that are given at `now`."""
        steady = Steady(self.use, now)
        keep = steady.keep(of or right(), part, thing)
        assert len(keep) == len(part)
        # As it is stored and read again.
        self.use = Use.model_validate_json(steady.use.model_dump_json()) if steady.use else self.use
        return [int(d) for d in (part.ints("start")[keep] - START) // DAY] if "start" in part.columns else keep.tolist()


def test_a_bucket_that_is_as_it_was_is_given_again_and_again() -> None:
    service = Service()
    for hours in (0, 1, 24, 500):
        assert service.given(days({0: 5, 1: 6}), NOW + hours * HOURS) == [0, 1]


def test_a_bucket_that_changed_is_withheld_until_a_day_after_it_was_given() -> None:
    service = Service()
    assert service.given(days({0: 5, 1: 6})) == [0, 1]
    assert service.given(days({0: 7, 1: 6}), NOW + HOURS) == [1]
    assert service.given(days({0: 8, 1: 6}), NOW + 23 * HOURS) == [1]
    assert service.given(days({0: 9, 1: 6}), NOW + 24 * HOURS) == [0, 1]
    assert service.given(days({0: 4, 1: 6}), NOW + 47 * HOURS) == [1]
    assert service.given(days({0: 4, 1: 6}), NOW + 48 * HOURS) == [0, 1]


def test_a_bucket_that_changed_back_is_given() -> None:
    service = Service()
    service.given(days({0: 5}))
    assert service.given(days({0: 7}), NOW + HOURS) == []
    assert service.given(days({0: 5}), NOW + 2 * HOURS) == [0]


def test_a_bucket_that_went_and_came_back_changed_is_withheld() -> None:
    service = Service()
    service.given(days({0: 5, 1: 6}))
    assert service.given(days({1: 6}), NOW + HOURS) == [1]
    assert service.given(days({0: 7, 1: 6}), NOW + 2 * HOURS) == [1]
    assert service.given(days({0: 7, 1: 6}), NOW + 25 * HOURS) == [0, 1]


def test_a_clock_turned_back_gives_nothing_that_changed() -> None:
    service = Service()
    service.given(days({0: 5}))
    assert service.given(days({0: 7}), NOW - 1000 * HOURS) == []


@pytest.mark.parametrize(
    "changed",
    [
        days({0: 5}, quality="estimated"),
        days({0: 5}, min_flow=Ints(np.array([2]))),
        days({0: 5}, basis=Codes.of(["reported"])),
        days({0: 5}, cost=Moneys(Ints(np.array([2])), Ints(np.array([0])), Codes.of(["EUR"]))),
        Part(days({0: 5}).columns, days({0: 5}).quality, np.ones(1, bool), np.ones(1)),
        Part(days({0: 5}).columns, days({0: 5}).quality, np.zeros(1, bool), np.full(1, 0.5)),
        days({0: 5}, end=Ints(np.array([START + DAY - 1]))),
    ],
    ids=["quality", "number", "word", "money", "provisional", "coverage", "end"],
)
def test_whatever_changed_in_a_bucket_is_a_change(changed: Part) -> None:
    whole = {
        "min_flow": Ints(np.array([1])),
        "basis": Codes.of(["readings"]),
        "cost": Moneys(Ints(np.array([1])), Ints(np.array([0])), Codes.of(["EUR"])),
    }
    held: dict[str, Any] = {name: column for name, column in whole.items() if name in changed.columns}
    before = days({0: 5}, **held)
    service = Service()
    assert service.given(before) == [0]
    assert service.given(changed, NOW + HOURS) == []
    assert service.given(before, NOW + HOURS) == [0]


def test_two_meters_do_not_stand_for_one_another() -> None:
    service = Service()
    assert service.given(days({0: 5}), thing="P1") == [0]
    assert service.given(days({0: 7}), thing="P2") == [0]
    for meter in ("P1", "P2"):
        assert service.given(days({0: 9}), NOW + HOURS, thing=meter) == []


def test_fewer_fields_are_no_other_buckets() -> None:
    """A version that asks for less is not told at once what changed since the last."""
    flow = Ints(np.array([1]))
    service = Service()
    assert service.given(days({0: 5}, min_flow=flow), of=right("litres", "min_flow")) == [0]
    assert service.given(days({0: 7}), NOW + HOURS, of=right("litres")) == []
    assert service.given(days({0: 5}), NOW + HOURS, of=right("litres")) == [0]
    assert service.given(days({0: 7}, min_flow=flow), NOW + HOURS, of=right("litres", "min_flow")) == []


def test_a_bucket_of_several_rows_is_given_whole_or_not() -> None:
    """A day's highest power in W and in V.A, in whichever order."""

    def peaks(watts: int, first: str, second: str) -> Part:
        columns: dict[str, Column] = {
            "at": Ints(np.array([START, START])),
            "power": Ints(np.array([watts, 9] if first == "W" else [9, watts])),
            "unit": Codes.of([first, second]),
        }
        return Part(columns, Codes.constant("measured", 2), np.zeros(2, bool), np.ones(2))

    of = right("power", "unit", record_type=ElectricityPeak)
    service = Service()
    assert service.given(peaks(7, "W", "V.A"), of=of) == [True, True]
    assert service.given(peaks(7, "V.A", "W"), NOW + HOURS, of=of) == [True, True]
    assert service.given(peaks(8, "W", "V.A"), NOW + HOURS, of=of) == [False, False]


def test_nothing_is_written_where_nothing_is_new() -> None:
    service = Service()
    service.given(days({0: 5}))
    again = Steady(service.use, NOW + HOURS)
    again.keep(right(), days({0: 5}), "P1")
    assert again.use is None
    tomorrow = Steady(service.use, NOW + 24 * HOURS)
    assert tomorrow.use is not None, "the day of the last use is"


@given(st.lists(st.tuples(st.integers(0, 30), st.dictionaries(st.integers(0, 2), st.integers(0, 2))), max_size=12))
def test_no_bucket_is_given_with_two_contents_within_a_day(runs: list[tuple[int, dict[int, int]]]) -> None:
    service, now = Service(), NOW
    last: dict[int, tuple[int, datetime]] = {}
    for hours, litres in runs:
        now += hours * HOURS
        for day in service.given(days(litres), now):
            known = last.get(day)
            assert known is None or known[0] == litres[day] or now - known[1] >= timedelta(days=1)
            if known is None or known[0] != litres[day]:
                last[day] = (litres[day], now)
    for _, litres in runs[-1:]:
        assert service.given(days(litres), now + timedelta(days=1)) == sorted(litres), "nothing is withheld for longer"


# Totals


def test_a_total_is_of_the_same_stretch_or_of_none_of_it() -> None:
    steady = Steady(None, NOW)
    assert steady.window("water.use/1", 100, 200, 90, 210) == (100, 200)
    assert steady.window("water.use/1", 101, 201, 90, 210) == (100, 200)
    assert steady.window("water.use/1", 150, 250, 120, 260) == (150, 150), "it reaches back too far"
    assert steady.window("water.use/1", 90, 190, 80, 195) == (90, 90), "it reaches past what may be read"
    assert steady.window("gas.use/1", 150, 250, 120, 260) == (150, 250)
    assert steady.window("water.use/1", 200, 300, 190, 310) == (200, 300)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20), st.integers(0, 3), st.integers(0, 3)), max_size=20))
def test_no_two_totals_overlap_and_none_is_beyond_the_right(asked: list[tuple[int, int, int, int]]) -> None:
    use: Use | None = None
    seen: set[tuple[int, int]] = set()
    for start, length, before, after in asked:
        steady = Steady(use, NOW)
        low, high = start - before, start + length + after
        found = steady.window("water.use/1", start, start + length, low, high)
        use = steady.use or use
        if found[0] < found[1]:
            assert low <= found[0] <= found[1] <= high
            seen.add(found)
    assert all(a == b or a[1] <= b[0] or b[1] <= a[0] for a in seen for b in seen)
