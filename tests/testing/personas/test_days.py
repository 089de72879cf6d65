"""Days know their weekday, their month and their holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.testing.personas.days import Days, stretches

DATES = st.dates(date(1950, 1, 1), date(2090, 1, 1))


@given(DATES, st.integers(0, 800))
def test_weekdays_and_months_are_those_of_the_calendar(first: date, n: int) -> None:
    days = Days.of(first, n)
    dates = [first + timedelta(days=i) for i in range(n)]
    assert days.weekday.tolist() == [d.weekday() for d in dates]
    assert days.month.tolist() == [d.month for d in dates]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("autumn", date(2025, 10, 18)),
        ("christmas", date(2025, 12, 20)),
        ("winter", date(2026, 2, 7)),
        ("spring", date(2026, 4, 4)),
        ("summer", date(2026, 7, 4)),
    ],
)
def test_school_holidays_of_2025_and_2026_start_when_they_did(name: str, start: date) -> None:
    first = date(2025, 9, 1)
    assert stretches(name, first, 365)[0][0] == (start - first).days


@given(DATES)
def test_school_holidays_start_on_a_saturday_of_each_year(first: date) -> None:
    for name in ("autumn", "christmas", "winter", "spring", "summer"):
        found = stretches(name, first, 366)
        assert found
        assert all((first + timedelta(days=start)).weekday() == 5 for start, _ in found)


def test_christmas_holidays_that_began_the_year_before_are_known() -> None:
    assert not Days.of(date(2026, 1, 1), 3).school.any()
    assert Days.of(date(2026, 1, 5), 3).school.all()


def test_public_holidays_are_free() -> None:
    days = Days.of(date(2025, 11, 10), 3)
    assert days.free.tolist() == [False, True, False]
