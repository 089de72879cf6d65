"""What a service was given and did so far, as far as its next run depends on it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from .entry import Moment


class Use(BaseModel):
    """When a grant was last used, and which closed buckets were given since when.

    given    by kind of data, what `selfdata_sdk.host.steady` keeps of each bucket: no values
    windows  by record type, the stretch [start, end) in microseconds of the last total
    runs     how many runs there were
    done     by what makes a run the same as another, the number of the one that was done; of the last ones
    told     by key of an alert, when the person was told and until when they are not told again, in microseconds
    lately   when the person was told of any alert, in microseconds; of the last week
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    use: Literal[1] = 1
    last: Moment
    given: dict[str, str] = {}
    windows: dict[str, tuple[int, int]] = {}
    runs: int = 0
    done: dict[str, int] = {}
    told: dict[str, tuple[int, int]] = {}
    lately: tuple[int, ...] = ()
