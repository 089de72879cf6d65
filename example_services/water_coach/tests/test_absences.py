from __future__ import annotations

from collections.abc import Callable
from datetime import date

from water_coach.absences import absences
from water_coach.days import Days
from water_coach.hours import Hours

MakeHome = Callable[..., Hours]


def test_a_fortnight_away_is_seen(home: MakeHome) -> None:
    (away,) = absences(Days.of(home(away=(100, 114))))
    assert (away.first, away.last, away.days) == (date(2024, 4, 10), date(2024, 4, 23), 14)
    assert away.litres == 0


def test_somebody_at_home_every_day_is_no_absence(home: MakeHome) -> None:
    assert absences(Days.of(home())) == ()


def test_what_drips_while_away_is_counted(home: MakeHome) -> None:
    (away,) = absences(Days.of(home(away=(100, 114), leak=(0.4, 0))))
    assert away.days == 14
    assert 120 < away.litres < 140


def test_days_that_were_not_read_are_no_absence(home: MakeHome) -> None:
    hours = home()
    assert absences(Days.of(hours.only((hours.start < hours.start[2400]) | (hours.start > hours.start[2800])))) == ()


def test_a_home_that_always_stands_empty_has_no_absence(home: MakeHome) -> None:
    assert absences(Days.of(home(days=60, away=(0, 60)))) == ()


def test_the_real_home_was_away_in_august(real_home: MakeHome) -> None:
    found = absences(Days.of(real_home("clean")))
    assert (date(2016, 8, 9), date(2016, 8, 21)) in [(a.first, a.last) for a in found]
