from __future__ import annotations

import numpy as np
import pytest
from home_energy.daily import Daily
from home_energy.heating import heating
from home_energy.weather import normal
from hypothesis import given, settings
from hypothesis import strategies as st

YEAR = np.arange("2025-11-01", "2026-11-01", dtype="M8[D]")
DEGREES = np.maximum(15 - normal(YEAR, "lyon"), 0)


def home(per_degree: float, rest: float = 8.0, noise: float = 0.0) -> Daily:
    random = np.random.default_rng(1)
    return Daily(YEAR, np.maximum(rest + per_degree * DEGREES + noise * random.standard_normal(len(YEAR)), 0))


@given(st.floats(0.2, 20), st.floats(1, 50))
@settings(deadline=None)
def test_a_home_that_follows_the_cold_exactly_is_found_exactly(per_degree: float, rest: float) -> None:
    found = heating(home(per_degree, rest), "lyon")
    assert found is not None
    assert found.base == 15
    assert found.fit == pytest.approx(1)
    assert found.per_degree == pytest.approx(per_degree)
    assert found.kwh == pytest.approx(float((per_degree * DEGREES).sum()))


@pytest.mark.parametrize(
    ("per_degree", "noise", "verdict"), [(1.5, 3, "heats"), (0.4, 3, "perhaps"), (0, 3, "none"), (-0.3, 0, "none")]
)
def test_the_verdict_is_no_stronger_than_the_fit(per_degree: float, noise: float, verdict: str) -> None:
    found = heating(home(per_degree, 12, noise), "lyon")
    assert found is not None
    assert found.verdict == verdict


def test_summer_alone_or_a_few_days_say_nothing() -> None:
    whole = home(1.5)
    month = YEAR.astype("M8[M]").astype(int) % 12 + 1
    assert heating(whole.without(YEAR[~np.isin(month, (6, 7, 8))]), "lyon") is None
    assert heating(whole.without(YEAR[80:]), "lyon") is None
    assert heating(Daily(YEAR, np.full(365, 5.0)), "lyon") is None


def test_days_that_are_left_out_do_not_make_a_year_of_heating() -> None:
    """A home that is lived in on every second day heats for half a year's worth."""
    lived = home(1.5).without(YEAR[::2])
    half = heating(lived, "lyon", known=365)
    assert half is not None
    assert half.kwh == pytest.approx(float((1.5 * DEGREES)[1::2].sum()))
