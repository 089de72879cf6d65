"""Wall-clock time of instants, as arrays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Dates = NDArray[np.datetime64]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wall(us: Ints, tz: str) -> Ints:
    """What the clock on the wall shows at each instant (µs UTC), as µs of a day without zones."""
    zone = ZoneInfo(tz)

    def offset(at: int) -> int:
        local = (_EPOCH + timedelta(microseconds=at)).astimezone(zone)
        return (local.utcoffset() or timedelta()) // timedelta(microseconds=1)

    days, place = np.unique(us // DAY, return_inverse=True)
    bounds = np.array([(offset(int(d) * DAY), offset((int(d) + 1) * DAY)) for d in days], np.int64).reshape(-1, 2)
    shown: Ints = us + bounds[place, 0]
    # Only on the days on which the clock changes does each instant have to be looked at.
    for i in np.flatnonzero((bounds[:, 0] != bounds[:, 1])[place]):
        shown[i] = us[i] + offset(int(us[i]))
    return shown
