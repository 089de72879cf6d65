"""A mode is inferred from distance, speed, one's own rides and tickets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mobility_footprint.inference import infer

from .conftest import at, ride


@pytest.mark.parametrize(
    ("km", "minutes", "mode"), [(0.8, 11, "walk"), (25, 35, "car"), (3, 13, "bike"), (420, 150, "high_speed_train")]
)
def test_alone_it_is_what_people_do_at_that_speed_and_distance(km: float, minutes: int, mode: str) -> None:
    (found,) = infer([ride(at(0), minutes, km)])
    assert (found.mode, found.how) == (mode, "inferred")


def test_ones_own_rides_weigh_more() -> None:
    own = [ride(at(n), 15, 6.4, "metro") for n in range(20)]
    found = infer([*own, ride(at(30), 15, 6.3)])[-1]
    assert found.mode == "metro"
    assert found.likely > 0.9


def test_the_way_back_is_like_the_way_out_of_that_day() -> None:
    half = [ride(at(n), 15, 4.2, "bike" if n % 2 else "bus") for n in range(20)]
    back = ride(at(7, 18), 15, 4.2)
    assert infer([*half, back])[-1].mode == "bike"
    assert infer([*half, ride(at(8, 18), 15, 4.2)])[-1].mode == "bus"


def test_where_tickets_are_validated_a_ride_without_one_is_hardly_public_transport() -> None:
    rides = [ride(at(n), 20, 5, "bus", ticketed=True) for n in range(5)]
    rides += [ride(at(n, 20), 20, 5, "bike") for n in range(3)]
    assert infer([*rides, ride(at(6), 20, 5)])[-1].mode == "bike"
    unticketed = [ride(r.start, 20, 5, r.mode) for r in rides]
    assert infer([*unticketed, ride(at(6), 20, 5)])[-1].mode == "bus"


def test_who_always_goes_like_the_metro_is_not_taken_for_a_driver() -> None:
    (once,) = infer([ride(at(0), 16, 6.5)])
    every = infer([ride(at(n), 16, 6.5) for n in range(100)])
    assert once.mode == "car"
    assert {r.mode for r in every} == {"metro"}


def test_a_mode_of_which_little_is_known_in_general_is_known_by_ones_own_rides() -> None:
    own = [ride(at(n), 15, 9, "motorcycle") for n in range(10)]
    assert infer([*own, ride(at(20), 15, 9)])[-1].mode == "motorcycle"
    assert infer([*own, ride(at(20), 60, 1)])[-1].mode == "walk"


def test_what_is_said_is_never_changed() -> None:
    said = ride(at(0), 60, 1, "car")
    assert infer([said, ride(at(1), 10, 1)])[0] == said


def test_without_a_distance_nothing_is_inferred() -> None:
    (found,) = infer([ride(at(0), 20, None)])
    assert found.mode is None


@given(st.floats(0.001, 1e6), st.integers(0, 10_000))
def test_any_ride_gets_a_mode_and_a_likelihood(km: float, minutes: int) -> None:
    (found,) = infer([ride(at(0), minutes, km)])
    assert found.mode is not None
    assert 0 < found.likely <= 1
