"""Coarse places: each is moved to the centre of its cell in a fixed grid of about 1 km or 10 km.

The grid is the same for everybody and does not depend on the data, so that nothing finer is learned from many places.
Rows have equal height in latitude; the cells of a row have equal width in longitude, about the height of the row.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from selfdata_sdk.model.column import NULL, Column, Ints
from selfdata_sdk.model.field import Field
from selfdata_sdk.service.need import Precision

PLACE = ("lat", "lon")
"""The fields of a place."""

ROWS: Mapping[Precision, int] = {"1km": 20_000, "10km": 2_000}
"""Rows from pole to pole: a meridian is about 20 004 km long (WGS 84), so a row is about 1 or 10 km high."""

Floats = NDArray[np.float64]


def snapped(lat: Floats, lon: Floats, rows: int) -> tuple[Floats, Floats]:
    """The centres of the cells in which places lie: at most 0.71 of a row's height away, 0.87 close to the poles.

    Degrees, shape (n,) each.
    """
    height = 180 / rows
    row = np.clip(np.floor((lat + 90) / height), 0, rows - 1)
    centre = (row + 0.5) * height - 90
    cells = np.maximum(1, np.rint(2 * rows * np.cos(np.radians(centre))))
    width = 360 / cells
    cell = np.floor(((lon + 180) % 360) / width) % cells
    return centre, (cell + 0.5) * width - 180


def coarse(columns: Mapping[str, Column], fields: Mapping[str, Field], precision: Precision) -> dict[str, Column]:
    """The columns of a place at this precision (not "exact"); missing stays missing."""
    lat, lon = (columns[name] for name in PLACE)
    assert isinstance(lat, Ints)
    assert isinstance(lon, Ints)
    scale = {name: 10 ** fields[name].places for name in PLACE}
    known = (lat.values != NULL) & (lon.values != NULL)
    y, x = snapped(lat.values / scale["lat"], lon.values / scale["lon"], ROWS[precision])
    return {
        "lat": Ints(np.where(known, np.rint(y * scale["lat"]).astype(np.int64), NULL)),
        "lon": Ints(np.where(known, np.rint(x * scale["lon"]).astype(np.int64), NULL)),
    }
