"""The power, and what each kind of contract costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pytest
from home_energy.curve import Curve
from home_energy.power import power
from home_energy.references import offers
from home_energy.tariff import all_day, cost, costs, inside, own_prices
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.model import Money

MakeCurve = Callable[..., Curve]


@dataclass(frozen=True)
class Price:
    kind: str
    per: str
    price: Money


@dataclass(frozen=True)
class Window:
    start: int
    end: int


@dataclass(frozen=True)
class Contract:
    power: float | None = 6.0
    off_peak: tuple[Window, ...] = ()
    prices: tuple[Price, ...] = ()


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def test_a_constant_load_costs_what_arithmetic_says(curve: MakeCurve) -> None:
    found = costs(curve(1000), Contract(), 1.0)
    assert found is not None
    assert found.base == Decimal("185.64") + (8760 * Decimal("0.1952")).quantize(Decimal("0.01"))
    assert found.off_peak == pytest.approx(1 / 3)
    two = Decimal("188.88") + 5840 * Decimal("0.2081") + 2920 * Decimal("0.1635")
    assert found.peak_off_peak == two.quantize(Decimal("0.01"))
    assert found.assumed


def test_ten_months_are_scaled_to_a_year_and_less_is_not(curve: MakeCurve) -> None:
    whole, part = costs(curve(500), Contract(), 1.0), costs(curve(500, days=310), Contract(), 1.0)
    assert whole is not None
    assert part is not None
    assert part.base == whole.base
    assert costs(curve(500, days=290), Contract(), 1.0) is None


@given(st.floats(100, 3000), st.floats(100, 3000))
@settings(deadline=None)
def test_off_peak_hours_pay_just_where_the_share_says_so(night: float, day: float) -> None:
    hours = np.full((365, 48), day)
    hours[:, [*range(12), *range(44, 48)]] = night
    start = np.arange(365 * 48) * 1_800_000_000
    curve = Curve(start, np.full(len(start), 0.5), hours.ravel() / 2000, np.ones(len(start), bool))
    found = costs(curve, None, 5.0)
    assert found is not None
    if abs(found.off_peak - found.needed) > 1e-4:
        assert (found.off_peak > found.needed) == (found.peak_off_peak < found.base)


@pytest.mark.parametrize(
    ("windows", "hours"), [([(1320, 360)], 8), ([(0, 120), (720, 840)], 4), ([(1380, 1440)], 1), ([], 0)]
)
def test_windows_may_run_over_midnight(curve: MakeCurve, windows: list[tuple[int, int]], hours: int) -> None:
    assert inside(curve(100, days=1), windows).sum() == 2 * hours


def test_own_prices_are_used_only_where_they_are_whole() -> None:
    standing, low, high = (
        Price("standing", "mo", euros("10")),
        Price("unit", "kW.h", euros("0.15")),
        Price("unit", "kW.h", euros("0.25")),
    )
    found = own_prices(Contract(prices=(standing, low, high)))
    assert found is not None
    assert cost(found, 6, Decimal(100), Decimal(200)) == Decimal("175.00")
    assert own_prices(Contract(prices=(low, high))) is None
    assert own_prices(Contract(prices=(standing, low, Price("tax", "mo", euros("1"))))) is None
    assert own_prices(None) is None


@pytest.mark.parametrize(
    ("subscribed", "highest", "days", "verdict", "enough"),
    [
        (9.0, 4800, 365, "less", 6.0),
        (9.0, 4800, 100, "fits", 6.0),
        (6.0, 4800, 365, "fits", 6.0),
        (6.0, 5900, 365, "tight", 9.0),
        (9.0, 5500, 365, "fits", 9.0),
    ],
)
def test_less_power_is_advised_with_a_margin_and_a_year_of_peaks(
    curve: MakeCurve, subscribed: float, highest: float, days: int, verdict: str, enough: float
) -> None:
    found = power(subscribed, np.full(days, highest, float), curve(100))
    assert found is not None
    assert (found.verdict, found.enough) == (verdict, enough)


def test_means_over_half_hours_never_advise_less_power(curve: MakeCurve) -> None:
    found = power(9.0, np.zeros(0), curve(1000))
    assert found is not None
    assert found.verdict == "unknown"
    assert power(None, np.array([1000.0]), curve(100)) is None


def test_more_power_never_costs_less() -> None:
    for option in (offers().base, offers().peak_off_peak):
        prices = [option.per_year[size] for size in sorted(option.per_year)]
        assert prices == sorted(prices)


def test_what_runs_all_the_time_pays_both_prices_by_their_hours() -> None:
    two = offers().peak_off_peak
    assert all_day(two, [(1320, 360)]) == (two.peak * 2 + two.off_peak) / 3
    assert all_day(offers().base, [(0, 480)]) == offers().base.peak
