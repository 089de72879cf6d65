"""The coach keeps every rule for services, and finds what leaks in invented homes."""

from __future__ import annotations

import pytest
from water_coach import water_coach

from selfdata_sdk.testing import persona, run_on, service_tests

TestCoach = service_tests(water_coach)


def alerts(*truths: str) -> list[str]:
    family = persona("family_garden", plant=truths)
    return [block.id for block in run_on(water_coach, family).blocks if block.kind == "alert"]


@pytest.mark.parametrize("flow", ["3.4L/h", "20L/h"])
def test_a_leak_of_last_week_is_found(flow: str) -> None:
    assert alerts(f"leak@2026-10-20:{flow}") == ["leak-now"]


def test_no_leak_is_found_where_there_is_none() -> None:
    assert alerts() == []


def test_a_holiday_is_no_leak() -> None:
    assert alerts("absence@2026-10-10:20d") == []
