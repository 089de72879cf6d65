"""Uses add up by whole calendar months."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phone_fit.months import months

from .conftest import daily, use


def test_only_whole_months_count() -> None:
    found = months(daily(date(2026, 1, 20), date(2026, 4, 5)))
    assert [m.first for m in found] == [date(2026, 2, 1), date(2026, 3, 1)]
    assert [m.data for m in found] == [28, 31]


def test_a_month_in_which_nothing_was_used_is_there() -> None:
    found = months([*daily(date(2026, 1, 1), date(2026, 1, 31)), *daily(date(2026, 3, 1), date(2026, 3, 31))])
    assert [m.data for m in found] == [31, 0, 31]


def test_what_comes_in_takes_nothing_from_the_plan() -> None:
    calls = [use(date(2026, 1, 5), "voice", duration=600.0, direction=d) for d in ("in", "out")]
    (month,) = months([*daily(date(2026, 1, 1), date(2026, 1, 31)), *calls])
    assert month.minutes == 10


def test_abroad_calls_count_in_both_directions_and_data_count_twice() -> None:
    abroad = [use(date(2026, 1, 5), "voice", duration=600.0, direction=d, roaming=True) for d in ("in", "out")]
    abroad.append(use(date(2026, 1, 6), roaming=True))
    (month,) = months([*daily(date(2026, 1, 1), date(2026, 1, 31)), *abroad])
    assert (month.minutes_abroad, month.data_abroad, month.data) == (20, 1, 32)


def test_a_message_without_a_count_is_one() -> None:
    sent = [use(date(2026, 1, 5), "sms"), use(date(2026, 1, 6), "mms", count=2.0)]
    (month,) = months([*daily(date(2026, 1, 1), date(2026, 1, 31)), *sent])
    assert month.messages == 3


def test_nothing_is_no_month() -> None:
    assert months([]) == ()


@given(st.dates(date(2024, 1, 1), date(2026, 1, 1)), st.integers(0, 400))
def test_months_follow_each_other_and_hold_no_more_than_was_used(first: date, days: int) -> None:
    uses = daily(first, first + timedelta(days=days))
    found = months(uses)
    assert all(a.end == b.first for a, b in pairwise(found))
    assert sum(m.data for m in found) <= len(uses) + 1e-6
    assert sum(m.data for m in found) == pytest.approx(
        sum(any(m.first <= u.at.date() < m.end for m in found) for u in uses)
    )
