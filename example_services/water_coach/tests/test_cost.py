from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from water_coach.cost import cubic_metres, extra_cost, year_cost
from water_coach.references import tariff

LYON, FRANCE = tariff("grand-lyon-2025"), tariff("france-2024")
volumes = st.decimals(0, 2000, places=3)


@pytest.mark.parametrize(
    ("m3", "euros"),
    [
        ("0", "48.40"),
        ("12", "67.00"),  # 48.40 + 12 × 1.55: the drinking water of the first block is free
        ("13", "70.08"),  # + 1.53 + 1.55
        ("120", "399.64"),  # 48.40 + 108 × 1.53 + 120 × 1.55
        ("180", "584.44"),
        ("181", "589.05"),  # + 2 × 1.53 + 1.55
        ("300", "1137.64"),
    ],
)
def test_each_block_has_its_price(m3: str, euros: str) -> None:
    assert year_cost(LYON, Decimal(m3)).amount == Decimal(euros)


def test_before_the_first_free_block_120_m3_cost_what_was_published() -> None:
    """The amounts were worked out from a bill of 418 € for 120 m3 at one price."""
    free = 12 * LYON.parts[0].blocks[1].price
    assert year_cost(LYON, Decimal(120)).amount + free == Decimal("418.00")


def test_the_national_mean_is_one_price() -> None:
    assert year_cost(FRANCE, Decimal(120)).amount == Decimal("562.80")
    assert year_cost(FRANCE, Decimal(120)).currency == "EUR"


def test_what_comes_on_top_is_priced_in_the_dearest_block() -> None:
    assert extra_cost(LYON, Decimal(200), Decimal(10)).amount == Decimal("46.10")
    assert extra_cost(LYON, Decimal(100), Decimal(10)).amount == Decimal("30.80")
    assert extra_cost(LYON, Decimal(10), Decimal(5)).amount == Decimal("7.75")


@given(volumes, volumes)
@settings(deadline=None)
def test_more_water_never_costs_less(a: Decimal, b: Decimal) -> None:
    low, high = sorted([a, b])
    assert year_cost(LYON, low).amount <= year_cost(LYON, high).amount


@given(volumes, volumes)
@settings(deadline=None)
def test_what_it_adds_and_the_rest_make_the_whole(year: Decimal, extra: Decimal) -> None:
    extra = min(year, extra)
    whole = year_cost(LYON, year).amount
    assert abs(year_cost(LYON, year - extra).amount + extra_cost(LYON, year, extra).amount - whole) <= Decimal("0.01")


def test_litres_become_cubic_metres_to_the_litre() -> None:
    assert cubic_metres(1234.4) == Decimal("1.234")
