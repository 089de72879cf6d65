"""What a service was given so far, as far as the next hand-over depends on it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from .entry import Moment


class Use(BaseModel):
    """When a grant was last used, and which closed buckets were given since when.

    given    by kind of data, what `selfdata_sdk.host.steady` keeps of each bucket: no values
    windows  by record type, the stretch [start, end) in microseconds of the last total
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    use: Literal[1] = 1
    last: Moment
    given: dict[str, str] = {}
    windows: dict[str, tuple[int, int]] = {}
