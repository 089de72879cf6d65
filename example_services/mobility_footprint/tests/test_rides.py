"""Rides from trips, tickets and rentals: none counted twice, none lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mobility_footprint.rides import rides

from .conftest import at, boarding, part, rented, way


def test_a_trip_of_one_part_is_one_ride() -> None:
    (ride,) = rides([way(at(0), 20, 5, "bus", "work", (part(at(0), 20, 5, "bus"),))], [], [])
    assert (ride.mode, ride.km, ride.how, ride.purpose) == ("bus", 5, "said", "work")


def test_each_part_of_a_trip_is_a_ride_of_its_own() -> None:
    parts = (part(at(0), 5, 0.4, "walk"), part(at(0, 8, 5), 15, 5, "tram"))
    walk, tram = rides([way(at(0), 20, 5.4, "tram", legs=parts)], [], [])
    assert (walk.mode, walk.km, tram.mode, tram.km) == ("walk", 0.4, "tram", 5)
    assert walk.trip == tram.trip == at(0)


def test_a_ticket_says_the_mode_of_the_ride_in_which_it_was_validated() -> None:
    (ride,) = rides([way(at(0), 20, 6)], [boarding(at(0, 8, 4))], [])
    assert (ride.mode, ride.how, ride.km) == ("metro", "ticket", 6)


def test_a_ticket_just_before_a_ride_is_of_it_and_not_of_the_one_before() -> None:
    first, second = rides([way(at(0), 10, 1), way(at(0, 8, 15), 20, 6)], [boarding(at(0, 8, 13))], [])
    assert (first.mode, second.mode) == (None, "metro")


def test_a_ticket_does_not_change_what_a_trip_says() -> None:
    (ride,) = rides([way(at(0), 20, 6, "tram")], [boarding(at(0, 8, 4), "bus")], [])
    assert (ride.mode, ride.how, ride.ticketed) == ("tram", "said", True)


def test_a_ticket_outside_of_any_trip_is_a_ride_of_a_usual_distance() -> None:
    (ride,) = rides([], [boarding(at(0))], [])
    assert ride.assumed
    assert ride.km is not None


def test_an_inspection_or_an_exit_is_no_ride() -> None:
    assert rides([], [boarding(at(0), kind="inspection"), boarding(at(0), kind="exit")], []) == []


def test_a_rented_bike_is_the_ride_during_which_it_was_rented_and_counts_its_own_kilometres() -> None:
    (ride,) = rides([way(at(0), 20, 5)], [], [rented(at(0, 8, 1), 18, 4.6)])
    assert (ride.mode, ride.how, ride.km, ride.rented) == ("bike", "rental", 4.6, True)


def test_a_rental_without_a_distance_goes_as_far_as_its_time_lets_it() -> None:
    (ride,) = rides([], [], [rented(at(0), 30, None)])
    assert ride.assumed
    assert ride.km == 7


def test_a_distance_of_zero_is_not_known() -> None:
    (ride,) = rides([way(at(0), 20, 0, "car")], [], [])
    assert ride.km is None


@given(st.lists(st.integers(0, 600), max_size=8), st.lists(st.integers(0, 600), max_size=8))
def test_tickets_never_add_kilometres_to_the_time_of_a_trip(starts: list[int], tickets: list[int]) -> None:
    ways = [way(at(n), 20, 5) for n in sorted(set(starts))]
    found = rides(ways, [boarding(at(n, 8, 3)) for n in sorted(set(tickets))], [])
    assert len(found) == len({*starts, *tickets})
    assert [r.start for r in found] == sorted(r.start for r in found)
