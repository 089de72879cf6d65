"""What the formats of places have in common: positions, trips, the length of a way, and words for modes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import numpy as np

from ..model import Leg, Position, Series, Source, Table, Text, Trip
from ..model.time import moment
from .batch import Batch
from .importer import Options
from .jsons import Json
from .numbers import scaled

TZ = "Europe/Paris"
DEGREE = 10**7
"""Degrees are kept in ten-millionths, about a centimetre."""

EARTH = 6_371_008.8
"""Mean radius of the Earth in metres (IUGG, R1)."""

Point = tuple[int, int]
"""Latitude and longitude in ten-millionths of a degree."""

NO_PLACE = Text(en="Its place cannot be read.", fr="Son lieu est illisible.")

_LONGEST_LINE = 100_000
_MODES: Mapping[str, str] = {
    "walking": "walk", "walk": "walk", "on_foot": "walk", "foot": "walk", "running": "walk", "hiking": "walk",
    "cycling": "bike", "bike": "bike", "biking": "bike", "bicycle": "bike", "bicycling": "bike", "on_bicycle": "bike",
    "e_bike": "e_bike", "scooter": "scooter", "kick_scooter": "scooter", "motorcycle": "motorcycle",
    "motorcycling": "motorcycle", "in_two_wheeler_vehicle": "motorcycle", "car": "car", "driving": "car",
    "in_car": "car", "in_passenger_vehicle": "car", "electric_car": "electric_car", "taxi": "taxi", "in_taxi": "taxi",
    "bus": "bus", "in_bus": "bus", "coach": "coach", "tram": "tram", "in_tram": "tram", "metro": "metro",
    "subway": "metro", "in_subway": "metro", "train": "train", "in_train": "train",
    "high_speed_train": "high_speed_train", "ferry": "ferry", "in_ferry": "ferry", "plane": "plane", "flying": "plane",
    "other": "other", "skiing": "other", "sailing": "other", "boating": "other", "kayaking": "other",
    "rowing": "other", "in_cable_car": "other", "in_funicular": "other", "in_gondola_lift": "other",
    "skateboarding": "other",
}  # fmt: skip


class Places:
    """Collects the positions and trips of one list in a file; `place` is the template of their locators."""

    def __init__(self, source: Source, options: Options, place: str) -> None:
        self._batch = Batch(source, place)
        self._holder, self._device, self._tz = source.holder, options.about, options.tz or TZ

    def position(self, number: int, at: int, point: Point, more: Mapping[str, object], device: str = "") -> None:
        """`more` are further fields, as tables store them."""
        series = Series(Position.type, self._holder, self._device or device_of(device), tz=self._tz)
        self._batch.add(Position, series, number, at=at, lat=point[0], lon=point[1], **more)

    def trip(
        self,
        number: int,
        start: int,
        end: int,
        *,
        mode: str | None = None,
        inferred: bool | None = None,
        tenths: int | None = None,
        line: Sequence[Point] = (),
        drawn: bool = False,
        ext: Mapping[str, object] | None = None,
    ) -> None:
        """A trip of one leg, `tenths` of a metre long, along `line`, which is kept whole if `drawn`."""
        distance = None if tenths is None else Decimal(tenths).scaleb(-1)
        degrees = [Decimal(v).scaleb(-7) for v in (*line[0], *line[-1])] if line else [None] * 4
        leg = Leg.model_construct(
            mode=mode,
            inferred=inferred,
            start=moment(start),
            end=moment(end),
            distance=distance,
            from_lat=degrees[0],
            from_lon=degrees[1],
            to_lat=degrees[2],
            to_lon=degrees[3],
            geometry=_geometry(line) if drawn else None,
        )
        self._batch.add(
            Trip,
            Series(Trip.type, self._holder, tz=self._tz),
            number,
            start=start,
            end=end,
            mode=mode,
            distance=tenths,
            legs=(leg,),
            quality="derived",
            ext=ext or None,
        )

    def tables(self) -> Iterator[Table]:
        yield from self._batch.items()


def point(lat: Json, lon: Json) -> Point | None:
    """From degrees as numbers or texts; None if they are none or not on Earth."""
    found = quantity(lat, 7), quantity(lon, 7)
    if found[0] is None or found[1] is None or abs(found[0]) > 90 * DEGREE or abs(found[1]) > 180 * DEGREE:
        return None
    return found[0], found[1]


def quantity(value: Json, places: int) -> int | None:
    """`value` × 10^places; None if it is no number."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        return scaled(value, places)
    except ValueError:
        return None


def known(value: Json, places: int) -> int | None:
    """`quantity`, and None where a device says by a negative number that it does not know."""
    found = quantity(value, places)
    return None if found is None or found < 0 else found


def length(line: Sequence[Point]) -> int:
    """Length of a way in tenths of a metre, along great circles between its points.

    The haversine formula: R. W. Sinnott, Virtues of the Haversine, Sky and Telescope 68 (1984), 159.
    """
    if len(line) < 2:
        return 0
    lat, lon = np.radians(np.array(line, np.float64).T / DEGREE)
    half = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    return round(float(np.sum(2 * EARTH * np.arcsin(np.sqrt(np.minimum(half, 1))))) * 10)


def mode_of(word: str) -> str | None:
    """The mode that a word of a device or a service names; None if it names none that is known."""
    return _MODES.get(re.sub(r"[^a-z]+", "_", word.casefold()).strip("_"))


def device_of(text: str) -> str:
    """A device's name as records hold it."""
    return " ".join(re.sub(r"[^A-Za-z0-9 ._:-]+", " ", text).split()).lstrip("._:- ")[:64]


def _geometry(line: Iterable[Point]) -> str | None:
    """A GeoJSON line; None if it is longer than a record holds."""
    places = ",".join(f"[{_degrees(lon)},{_degrees(lat)}]" for lat, lon in line)
    drawn = f'{{"type":"LineString","coordinates":[{places}]}}'
    return drawn if len(drawn) <= _LONGEST_LINE else None


def _degrees(value: int) -> str:
    return f"{Decimal(value).scaleb(-7).normalize():f}"
