from __future__ import annotations

import numpy as np
import pytest
from water_coach.clock import HOUR
from water_coach.operator_sign import OperatorSign, operator_sign

NAN = float("nan")


def sign(min_flow: list[float], leak: list[float], hours: int = 24) -> OperatorSign | None:
    start = np.arange(len(leak), dtype=np.int64) * hours * HOUR
    return operator_sign(start, start + hours * HOUR, np.array(min_flow), np.array(leak))


def test_an_estimate_on_recent_days_is_passed_on() -> None:
    found = sign([NAN] * 9, [0] * 5 + [240.0, 240, 0, 480])
    assert found is not None
    assert found.litres == 960
    assert found.days == 3
    assert found.flow == 10
    assert found.start == 5 * 24 * HOUR


def test_a_lowest_flow_above_zero_is_a_sign() -> None:
    found = sign([0, 0, 3, 4, 5, 3, 3], [NAN] * 7)
    assert found is not None
    assert found.litres is None
    assert found.flow == 3


def test_an_estimate_goes_before_a_lowest_flow() -> None:
    found = sign([3.0] * 7, [100.0] * 7)
    assert found is not None
    assert found.litres == 700


@pytest.mark.parametrize(
    ("min_flow", "leak"),
    [
        ([0.0] * 7, [0.0] * 7),
        ([NAN] * 7, [NAN] * 7),
        ([NAN] * 7, [0, 0, 0, 0, 0, 0, 500.0]),  # one day is an evening of guests
        ([NAN] * 7, [300.0, 300, 300, 300, 0, 0, 0]),  # it is over
        ([NAN] * 20, [300.0] * 10 + [0.0] * 10),
    ],
)
def test_nothing_said_and_what_is_over_are_no_sign(min_flow: list[float], leak: list[float]) -> None:
    assert sign(min_flow, leak) is None


def test_the_lowest_flow_of_an_hour_is_its_use_and_no_sign() -> None:
    assert sign([30.0] * 7, [NAN] * 7, hours=1) is None
