from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from home_energy.clock import DAY, MINUTE, wall
from hypothesis import given
from hypothesis import strategies as st

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = ["Europe/Paris", "UTC", "America/St_Johns", "Australia/Lord_Howe"]


@given(st.lists(st.integers(1_700_000_000, 1_800_000_000), min_size=1, max_size=20), st.sampled_from(ZONES))
def test_it_is_what_the_zone_says(seconds: list[int], tz: str) -> None:
    shown = wall(np.array(seconds, np.int64) * 1_000_000, tz)
    for second, us in zip(seconds, shown.tolist(), strict=True):
        local = datetime.fromtimestamp(second, ZoneInfo(tz)).replace(tzinfo=UTC)
        assert EPOCH + timedelta(microseconds=us) == local


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-03-30", 24), ("2026-10-25", 25)])
def test_local_days_have_23_24_or_25_hours(day: str, hours: int) -> None:
    around = np.datetime64(day, "us").astype(np.int64) + np.arange(-48, 96) * 30 * MINUTE
    local = wall(around, "Europe/Paris") // DAY
    assert (local == np.datetime64(day, "D").astype(int)).sum() == 2 * hours
