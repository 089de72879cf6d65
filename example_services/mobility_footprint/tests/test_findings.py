"""Emissions, money and the commute."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mobility_footprint.findings import Findings, find
from mobility_footprint.money import spent
from mobility_footprint.references import factors, suggested, usual
from mobility_footprint.rows import Boarding, Paid, Rented, Way
from mobility_footprint.words import MODES

from .conftest import at, boarding, paid, rented, way


def found(
    ways: list[Way], boardings: list[Boarding] | None = None, rentals: list[Rented] | None = None,
    lines: list[Paid] | None = None,
) -> Findings:  # fmt: skip
    return find(ways, boardings or [], rentals or [], lines or [], fuel_price=2, consumption=5)


def commuting(km: float, mode: str | None, days: int = 20) -> list[Way]:
    out = [way(at(n), 20, km, mode, "work") for n in range(days)]
    return out + [way(at(n, 18), 20, km, mode, "home") for n in range(days)]


def test_emissions_are_kilometres_times_the_factor() -> None:
    assert found([way(at(0), 20, 10, "car"), way(at(9), 20, 10, "tram")]).by_mode == pytest.approx(
        {"car": 1.42, "tram": 0.043}
    )


def test_what_has_no_factor_or_distance_is_not_counted() -> None:
    result = found([way(at(0), 20, 10, "ferry"), way(at(1), 20, None, "car"), way(at(2), 20, 10, "car")])
    assert len(result.counted) == 1


def test_the_commute_bears_its_share_of_the_fuel() -> None:
    half = [way(at(n), 20, 10, "car", "leisure") for n in range(20, 60)]
    commute = found(commuting(10, "car") + half, lines=[paid(at(30), "-80.00", "CB STATION DU PARC")]).commute
    assert commute is not None
    assert commute.cost * Decimal(60) / Decimal("30.4375") == pytest.approx(Decimal(40), abs=Decimal("0.1"))


def test_a_pass_is_paid_by_who_rides_and_fuel_is_not() -> None:
    lines = [paid(at(3), "-70.00", "PRLV TCL ABONNEMENT"), paid(at(4), "-50.00", "CARTE ESSO")]
    result = found(commuting(6, "metro"), lines=lines)
    assert result.commute is not None
    assert result.commute.cost * Decimal(str(result.months)) == pytest.approx(Decimal(70))


def test_a_way_home_without_a_way_to_work_is_no_commute() -> None:
    result = found([*commuting(6, "metro", 5), *(way(at(n, 18), 20, 6, "metro", "home") for n in range(30, 40))])
    assert result.commute is not None
    assert result.commute.ways * result.months == pytest.approx(10)


def test_three_ways_to_work_are_no_commute() -> None:
    assert found(commuting(6, "metro", 3)).commute is None


def test_alternatives_emit_less_go_so_far_and_are_known_to_the_person() -> None:
    ways = [*commuting(12, "car"), way(at(3, 12), 30, 6, "bus")]
    commute = found(ways).commute
    assert commute is not None
    assert [o.mode for o in commute.others] == ["e_bike", "bus"]


def test_nobody_is_told_to_cycle_forty_kilometres() -> None:
    commute = found(commuting(40, "car")).commute
    assert commute is not None
    assert commute.others == ()


def test_fuel_is_turned_into_kilometres() -> None:
    assert (
        found(
            [way(at(0), 20, 10, "car"), way(at(9), 20, 10, "car")], lines=[paid(at(5), "-60.00", "CARTE AVIA")]
        ).fuel_km
        == 600
    )


def test_a_refund_is_taken_off_and_other_lines_are_not_counted() -> None:
    lines = [paid(at(1), "-60.00", "SNCF"), paid(at(2), "20.00", "SNCF"), paid(at(3), "-9.00", "LIBRAIRIE")]
    assert spent(lines, [], [], at(0).date(), at(9).date()).total == 40


def test_tickets_in_the_account_and_on_the_card_are_not_added() -> None:
    tickets = [boarding(at(n), price="2.00") for n in range(3)]
    lines = [paid(at(1), "-10.00", "NAVIGO")]
    assert spent(lines, tickets, [], at(0).date(), at(9).date()).transit == 10
    assert spent([], tickets, [], at(0).date(), at(9).date()).transit == 6


def test_rentals_cost_what_they_say() -> None:
    assert spent([], [], [rented(at(0), 10, 2, cost="1.80")], at(0).date(), at(9).date()).rental == Decimal("1.80")


@given(st.lists(st.tuples(st.integers(0, 90), st.sampled_from(sorted(factors())), st.floats(0.1, 500)), max_size=20))
def test_modes_and_months_add_up_to_the_same(trips: list[tuple[int, str, float]]) -> None:
    result = found([way(at(day), 30, km, mode) for day, mode, km in trips])
    assert sum(result.by_month.values()) == pytest.approx(result.kg)


def test_every_mode_in_the_data_has_a_name_and_a_factor() -> None:
    assert set(factors()) <= set(MODES)
    assert set(usual()) <= set(factors())
    assert set(suggested()) <= set(usual())
