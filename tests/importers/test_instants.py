"""Instants as telephones and operators write them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.importers.instants import instant, instants, stamp
from selfdata_sdk.importers.jsons import Json
from selfdata_sdk.model.time import EPOCH, HOUR, MINUTE, micros

PARIS = "Europe/Paris"


def at(text: str) -> int:
    return micros(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2024-07-01T08:00:00.123+02:00", "2024-07-01T06:00:00.123+00:00"),
        ("2024-07-01T06:00:00Z", "2024-07-01T06:00:00+00:00"),
        ("2024-07-01 08:00:00", "2024-07-01T06:00:00+00:00"),
        ("01/07/2024 08:00", "2024-07-01T06:00:00+00:00"),
        ("01/07/2024 à 8h05", "2024-07-01T06:05:00+00:00"),
        (1698947571, "2023-11-02T17:52:51+00:00"),
        ("1698947571", "2023-11-02T17:52:51+00:00"),
        ("1643760006311", "2022-02-02T00:00:06.311+00:00"),
    ],
)
def test_an_instant_is_read_in_each_notation(written: Json, utc: str) -> None:
    assert instant(written, PARIS) == at(utc)


@pytest.mark.parametrize(
    "written", ["", "2024-07-01", "2024-13-01T00:00:00Z", "31/02/2024 08:00", "yesterday", 0, 17, True, None, [], "1e9"]
)
def test_what_is_no_instant_is_none(written: Json) -> None:
    assert stamp(written) is None
    assert instant(written, PARIS) is None


@given(st.integers(0, 4 * 10**15))
def test_an_instant_that_is_written_comes_back(us: int) -> None:
    moment = EPOCH + timedelta(microseconds=us)
    assert instant(moment.isoformat(), PARIS) == micros(moment)


@pytest.mark.parametrize("falling", [False, True])
def test_in_the_hour_that_occurs_twice_the_order_of_the_file_decides(falling: bool) -> None:
    written = ["2014-10-26 01:50", "2014-10-26 02:40", "2014-10-26 02:10", "2014-10-26 03:05"]
    order = -1 if falling else 1
    found = instants([s for w in written[::order] if (s := stamp(w))], PARIS)[::order]
    assert [(v - found[0]) // MINUTE for v in found.tolist()] == [0, 50, 80, 135]


def test_stamps_that_name_their_zone_stand_beside_others() -> None:
    found = instants([s for w in ("2014-01-01T00:00:00Z", "2014-01-01 02:00") if (s := stamp(w))], PARIS)
    assert found[1] - found[0] == HOUR
