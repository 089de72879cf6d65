"""Coarse places: the centre of the cell of a fixed grid, and nothing finer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import asin, cos, radians, sin, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.precision import coarse
from selfdata_sdk.model.column import NULL, Ints
from selfdata_sdk.model.field import Field
from selfdata_sdk.service.need import Precision

Place = tuple[int, int]
"""Latitude and longitude in 10^-6 degrees."""

ONE = 10**6
SIZES: Mapping[Precision, float] = {"1km": 1.0, "10km": 10.0}
FIELDS = {name: Field(name, "quantity", places=6) for name in ("lat", "lon")}

precisions = st.sampled_from(tuple(SIZES))


def places(north: int = 90 * ONE) -> st.SearchStrategy[Place]:
    """Places between the latitudes -`north` and `north`."""
    return st.tuples(st.integers(-north, north), st.integers(-180 * ONE, 180 * ONE))


def snap(found: Sequence[Place], precision: Precision) -> list[Place]:
    lat, lon = np.array(found, np.int64).reshape(-1, 2).T
    made = coarse({"lat": Ints(lat), "lon": Ints(lon)}, FIELDS, precision)
    assert set(made) == {"lat", "lon"}
    y, x = (column.values for column in made.values() if isinstance(column, Ints))
    assert {y.dtype, x.dtype} == {np.dtype(np.int64)}
    return list(zip(y.tolist(), x.tolist(), strict=True))


def kilometres(one: Place, other: Place) -> float:
    """The great-circle distance (haversine) on a sphere of the Earth's mean radius."""
    (lat, lon), (y, x) = ((radians(a / ONE), radians(b / ONE)) for a, b in (one, other))
    square = sin((y - lat) / 2) ** 2 + cos(lat) * cos(y) * sin((x - lon) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(min(square, 1)))


@given(places(), precisions)
def test_a_coarse_place_stays_where_it_is(place: Place, precision: Precision) -> None:
    centre = snap([place], precision)
    assert snap(centre, precision) == centre


@given(places(89 * ONE), precisions)
def test_a_place_moves_by_at_most_half_the_diagonal_of_a_cell(place: Place, precision: Precision) -> None:
    assert kilometres(place, *snap([place], precision)) <= 0.715 * SIZES[precision]


@given(places(), precisions)
def test_a_cell_is_hardly_larger_around_the_poles(place: Place, precision: Precision) -> None:
    assert kilometres(place, *snap([place], precision)) <= 0.87 * SIZES[precision]


@given(places(), precisions, st.floats(0, 1), st.floats(0, 1))
def test_all_places_of_a_cell_become_one(place: Place, precision: Precision, up: float, along: float) -> None:
    """Between a place and the centre of its cell, in both directions, is the cell."""
    ((y, x),) = snap([place], precision)
    lat, lon = place
    lon = -180 * ONE if lon == 180 * ONE else lon
    assert snap([(lat + round(up * (y - lat)), lon + round(along * (x - lon)))], precision) == [(y, x)]


@given(st.lists(places(), max_size=8), precisions)
def test_a_place_does_not_depend_on_the_others(found: list[Place], precision: Precision) -> None:
    assert snap(found, precision) == [centre for place in found for centre in snap([place], precision)]


@given(places(85 * ONE), precisions, st.integers(0, 2**32 - 1))
def test_a_square_of_ten_kilometres_holds_few_places(corner: Place, precision: Precision, seed: int) -> None:
    """As many as the cells that reach into it, however many places are given."""
    lat = corner[0] * 0.99 / ONE
    side = np.degrees(10 / 6371.0088)
    rng = np.random.default_rng(seed)
    lats = lat + rng.uniform(0, side, 3000)
    lons = (corner[1] / ONE + rng.uniform(0, side / cos(radians(lat)), 3000) + 180) % 360 - 180
    found = [(round(y * ONE), round(x * ONE)) for y, x in zip(lats.tolist(), lons.tolist(), strict=True)]
    across = 10 / SIZES[precision] + 2
    assert len(set(snap(found, precision))) <= across**2


@pytest.mark.parametrize("precision", SIZES)
def test_neighbouring_cells_are_told_apart(precision: Precision) -> None:
    """Two cells away is another place: what is coarse is still of use."""
    step = round(2 * SIZES[precision] * 9000)
    assert len(set(snap([(0, 0), (step, 0), (0, step)], precision))) == 3


@given(st.integers(-90 * ONE, 90 * ONE), precisions)
def test_the_meridian_of_180_degrees_is_one(lat: int, precision: Precision) -> None:
    east, west = snap([(lat, 180 * ONE), (lat, -180 * ONE)], precision)
    assert east == west


@given(places(), precisions)
def test_a_coarse_place_is_a_place(place: Place, precision: Precision) -> None:
    ((lat, lon),) = snap([place], precision)
    assert -90 * ONE < lat < 90 * ONE
    assert -180 * ONE < lon < 180 * ONE


@pytest.mark.parametrize("lat", [-90 * ONE, 90 * ONE])
def test_at_the_poles_there_are_few_cells(lat: int) -> None:
    assert len(set(snap([(lat, lon * ONE) for lon in range(-180, 181)], "1km"))) <= 4


@pytest.mark.parametrize("precision", SIZES)
def test_what_is_missing_stays_missing(precision: Precision) -> None:
    """Half a place is none: the other half would be finer than was agreed."""
    here = (48_856_613, 2_352_222)
    found = snap([(NULL, NULL), (NULL, here[1]), (here[0], NULL), here], precision)
    assert found[:3] == [(NULL, NULL)] * 3
    assert found[3:] == snap([here], precision)
    assert snap([], precision) == []


@given(places(), precisions, st.integers(4, 9))
def test_the_grid_is_the_same_however_finely_places_are_stored(
    place: Place, precision: Precision, decimals: int
) -> None:
    """The centre differs by its rounding alone."""
    fields = {name: Field(name, "quantity", places=decimals) for name in FIELDS}
    stored = {n: Ints(np.array([v // ONE * 10**decimals])) for n, v in zip(FIELDS, place, strict=True)}
    made = [c.values[0] / 10**decimals for c in coarse(stored, fields, precision).values() if isinstance(c, Ints)]
    ((lat, lon),) = snap([(place[0] // ONE * ONE, place[1] // ONE * ONE)], precision)
    assert made == pytest.approx([lat / ONE, lon / ONE], abs=1e-4)
