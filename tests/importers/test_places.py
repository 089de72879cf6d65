"""Places: degrees, the length of a way, and words for modes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.importers.places import DEGREE, EARTH, device_of, known, length, mode_of, point, quantity

points = st.tuples(st.integers(-90 * DEGREE, 90 * DEGREE), st.integers(-180 * DEGREE, 180 * DEGREE))


def test_degrees_are_read_from_numbers_and_texts_to_the_seventh_decimal() -> None:
    assert point("45.2735188510", "13.7142099626") == (452735189, 137142100)
    assert point(45, -180) == (45 * DEGREE, -180 * DEGREE)


@pytest.mark.parametrize(
    ("lat", "lon"), [("90.1", "0"), ("0", "180.0000001"), ("", "1"), (None, 1), (True, 1), ("x", 1)]
)
def test_what_is_not_on_earth_is_no_point(lat: str, lon: str) -> None:
    assert point(lat, lon) is None


def test_a_negative_measure_of_a_device_is_one_that_it_does_not_know() -> None:
    assert (known(-1, 1), quantity(-1, 1), known("12.34", 1)) == (None, -10, 123)


@pytest.mark.parametrize(
    ("line", "metres"),
    [
        ([(0, 0), (90 * DEGREE, 0)], EARTH * math.pi / 2),
        ([(0, 0), (0, 180 * DEGREE)], EARTH * math.pi),
        ([(0, 179 * DEGREE), (0, -179 * DEGREE)], EARTH * math.pi / 90),
        ([(488500000, 23500000), (457500000, 48300000)], 392_113.8),  # Paris to Lyon, as gpxpy's, on the mean radius
        ([(1, 1)], 0),
    ],
)
def test_a_way_is_as_long_as_its_great_circles(line: list[tuple[int, int]], metres: float) -> None:
    assert length(line) == round(metres * 10)


@given(points, points, points)
def test_ways_are_as_long_back_as_forth_and_no_shorter_by_a_detour(
    a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]
) -> None:
    assert length([a, b]) == length([b, a]) >= 0
    assert length([a, b, c]) >= length([a, c]) - 1
    assert length([a, a]) == 0


@pytest.mark.parametrize(
    ("word", "mode"),
    [
        ("IN_PASSENGER_VEHICLE", "car"), ("in subway", "metro"), ("Cycling", "bike"), ("high_speed_train", "high_speed_train"),
        ("FLYING", "plane"), ("UNKNOWN_ACTIVITY_TYPE", None), ("STILL", None), ("9", None), ("", None),
    ],
)  # fmt: skip
def test_a_word_names_a_mode_or_none(word: str, mode: str | None) -> None:
    assert mode_of(word) == mode


def test_a_device_has_a_name_that_records_can_hold() -> None:
    assert device_of(" _Pixel 8 (Zoé)") == "Pixel 8 Zo"
    assert device_of("é") == ""
