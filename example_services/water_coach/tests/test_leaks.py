from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from water_coach.clock import HOUR, instant
from water_coach.hours import Hours
from water_coach.leaks import Leaks, find_leaks
from water_coach.references import leak_rule

MakeHome = Callable[..., Hours]
RANK = {"possible": 1, "likely": 2, "very_likely": 3}


def leaks(hours: Hours) -> Leaks:
    return find_leaks(hours, leak_rule())


def level(found: Leaks) -> int:
    return max((RANK[e.certainty] for e in found.episodes), default=0)


def hourly(litres: np.ndarray[tuple[int], np.dtype[np.float64]], every: int = 1) -> Hours:
    start = np.arange(len(litres), dtype=np.int64) * HOUR
    return Hours.of(start, start + HOUR, litres, "Europe/Paris")


@pytest.mark.parametrize("seed", range(5))
def test_a_home_without_a_leak_gives_none(home: MakeHome, seed: int) -> None:
    found = leaks(home(seed=seed))
    assert found.episodes == ()
    assert found.judged
    assert found.last_rest is not None


def test_a_home_that_is_empty_gives_none(home: MakeHome) -> None:
    assert leaks(home(days=60, away=(0, 60))).episodes == ()


@pytest.mark.parametrize("flow", [1.4, 3.4, 14, 22, 80])
def test_a_leak_is_found_with_its_start_and_flow(home: MakeHome, flow: float) -> None:
    start = 24 * 390 + 5
    hours = home(leak=(flow, start))
    current = leaks(hours).current
    assert current is not None
    assert current.certainty == "very_likely"
    assert abs(current.start - hours.start[start]) <= 24 * HOUR
    assert current.flow == pytest.approx(flow, abs=0.5)
    lost = flow * (hours.end[-1] - hours.start[start]) / HOUR
    assert 0.75 * lost <= current.litres <= 1.1 * lost


def test_a_leak_that_stopped_is_past(home: MakeHome) -> None:
    found = leaks(home(leak=(20, 24 * 200 + 5, 24 * 10)))
    assert found.current is None
    (past,) = found.past
    assert past.hours == pytest.approx(240, abs=24)
    assert past.litres == pytest.approx(4800, rel=0.1)


def test_a_strong_flow_is_called_after_a_day(home: MakeHome) -> None:
    current = leaks(home(leak=(30, 24 * 398 - 6))).current
    assert current is not None
    assert "base_flow" in current.signs
    assert current.without_zero < 72


def test_a_small_leak_is_not_called_before_three_days(home: MakeHome) -> None:
    assert leaks(home(leak=(5, 24 * 398))).current is None
    assert leaks(home(leak=(5, 24 * 396))).current is not None


def test_a_drip_below_the_meters_step_is_possible_after_a_week(home: MakeHome) -> None:
    current = leaks(home(leak=(0.6, 24 * 380))).current
    assert current is not None
    assert current.certainty == "possible"
    assert current.signs == ("seep",)
    assert leaks(home(leak=(0.6, 24 * 396))).current is None


def test_one_leak_with_hours_at_zero_in_it_is_one_episode(home: MakeHome) -> None:
    hours = home(leak=(3.4, 24 * 300))
    litres = hours.litres.copy()
    litres[24 * 310 :: 24 * 5] = 0
    found = leaks(Hours.of(hours.start, hours.end, litres, hours.tz))
    assert len(found.episodes) == 1


def test_too_few_hours_give_no_verdict(home: MakeHome) -> None:
    hours = home(leak=(3.4, 24 * 300))
    found = leaks(hours.only(np.arange(len(hours)) % 5 != 0))
    assert found.episodes == ()
    assert not found.judged
    assert found.coverage < 0.9


def test_nine_tenths_of_the_hours_are_enough(home: MakeHome) -> None:
    hours = home(leak=(3.4, 24 * 300))
    assert leaks(hours.only(np.arange(len(hours)) % 20 != 0)).current is not None


def test_a_rest_in_sight_is_a_verdict_even_with_gaps(home: MakeHome) -> None:
    hours = home()
    found = leaks(hours.only(np.arange(len(hours)) < len(hours) - 20))
    assert found.judged


def test_estimated_hours_carry_no_verdict(home: MakeHome) -> None:
    hours = home(leak=(3.4, 24 * 300))
    quality = np.full(len(hours), "estimated", object)
    assert leaks(Hours.of(hours.start, hours.end, hours.litres, hours.tz, quality)).episodes == ()


def test_days_never_give_a_verdict(home: MakeHome) -> None:
    start = np.arange(200, dtype=np.int64) * 24 * HOUR
    days = Hours.of(start, start + 24 * HOUR, np.full(200, 900.0), "Europe/Paris")
    found = leaks(days)
    assert found.episodes == ()
    assert not found.judged


def test_a_gap_longer_than_a_day_ends_what_can_be_said(home: MakeHome) -> None:
    hours = home(days=100, leak=(3.4, 24 * 95))
    gap = slice(24 * 97 + 12, 24 * 99)
    keep = np.ones(len(hours), bool)
    keep[gap] = False
    assert leaks(hours.only(keep)).episodes == ()


def test_the_leak_is_shared_out_over_days(home: MakeHome) -> None:
    hours = home(leak=(20, 24 * 200, 24 * 10))
    bounds = hours.start[:: 24 * 10]
    found = leaks(hours)
    assert found.lost(bounds).sum() == pytest.approx(sum(e.litres for e in found.episodes), rel=0.01)
    assert found.lost(bounds)[0] == 0


def test_nothing_read_is_no_verdict() -> None:
    found = leaks(hourly(np.zeros(0)))
    assert (found.episodes, found.current, found.judged) == ((), None, False)


@st.composite
def uses(draw: st.DrawFn) -> Hours:
    """Some days of hours, at rest at night or not, with some missing."""
    days = draw(st.integers(2, 14))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    busy = draw(st.sampled_from([0.3, 0.7, 0.95, 1.0]))
    litres = np.where(random.random(days * 24) < busy, random.integers(1, 60, days * 24), 0).astype(float)
    kept = random.random(days * 24) < draw(st.sampled_from([0.5, 0.92, 1.0]))
    return hourly(litres).only(kept)


@given(uses(), st.sampled_from([1.0, 3.0, 20.0, 55.0]))
@settings(deadline=None)
def test_adding_a_leak_never_lowers_the_verdict(hours: Hours, flow: float) -> None:
    more = Hours.of(hours.start, hours.end, hours.litres + flow, hours.tz)
    assert level(leaks(more)) >= level(leaks(hours))
    if leaks(hours).current is not None:
        assert leaks(more).current is not None


@given(uses(), st.sampled_from([0.5, 2.0, 8.0]))
@settings(deadline=None)
def test_the_rule_of_hours_at_zero_does_not_depend_on_the_unit(hours: Hours, factor: float) -> None:
    scaled = Hours.of(hours.start, hours.end, hours.litres * factor, hours.tz)
    before, after = leaks(hours), leaks(scaled)
    longest = [e.without_zero for e in before.episodes if "no_rest" in e.signs]
    assert longest == [e.without_zero for e in after.episodes if "no_rest" in e.signs]


@given(st.integers(3, 20), st.floats(1, 100), st.integers(2, 7))
@settings(deadline=None)
def test_below_nine_tenths_there_is_never_a_verdict(days: int, flow: float, every: int) -> None:
    hours = hourly(np.full(days * 24, np.ceil(flow)))
    thin = hours.only(np.arange(len(hours)) % every != 0)
    assert leaks(thin).episodes == ()


def test_the_real_home_with_a_run_of_twelve_days_is_found(real_home: MakeHome) -> None:
    hours = real_home("leak_12d")
    found = leaks(hours)
    first = found.episodes[0]
    assert instant(first.start, hours.tz).date().isoformat() == "2016-03-01"
    assert instant(first.end, hours.tz).date().isoformat() == "2016-06-04"
    assert first.certainty == "very_likely"
    assert first.without_zero > 12 * 24
    assert 1 < first.mean_flow < 2
    assert 2900 < first.litres < 3300
    assert [e.signs for e in found.episodes[1:]] == [("seep",), ("seep",)]
    assert found.current is None


def test_the_real_clean_home_is_never_called_leaking(real_home: MakeHome) -> None:
    hours = real_home("clean")
    assert leaks(hours).episodes == ()
    for day in range(20, 365, 7):
        assert leaks(hours.only(hours.end <= hours.start[0] + day * 24 * HOUR)).current is None


def test_the_real_leak_is_called_while_it_runs(real_home: MakeHome) -> None:
    hours = real_home("leak_12d")
    for day in range(9, 60, 3):
        current = leaks(hours.only(hours.end <= hours.start[0] + day * 24 * HOUR)).current
        assert current is not None
        assert current.certainty in ("likely", "very_likely")
