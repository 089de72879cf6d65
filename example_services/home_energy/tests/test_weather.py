from __future__ import annotations

import numpy as np
import pytest
from home_energy.references import climate
from home_energy.weather import normal, turning, warm

YEAR = np.arange("2025-01-01", "2026-01-01", dtype="M8[D]")


@pytest.mark.parametrize("town", ["bordeaux", "lille", "lyon", "marseille", "paris", "rennes", "strasbourg"])
def test_a_third_of_the_year_is_warm_and_autumn_is_apart_from_it(town: str) -> None:
    mild, autumn = warm(YEAR, town), turning(YEAR, town)
    assert mild.mean() == pytest.approx(1 / 3, abs=0.01)
    assert not (mild & autumn).any()
    months = (YEAR[autumn].astype("M8[M]").astype(int) % 12 + 1).tolist()
    assert set(months) <= {9, 10, 11}


def test_the_middle_of_a_month_has_the_month_s_mean() -> None:
    middles = np.array([f"2025-{month:02d}-16" for month in range(1, 13)], "M8[D]")
    assert normal(middles, "lyon").tolist() == pytest.approx(climate("lyon"))
