from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from selfdata_sdk.model import Text
from selfdata_sdk.service.blocks import Chart, Point


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs chromium and chromedriver; skipped where they are missing")


@pytest.fixture
def day_chart() -> Callable[..., Chart]:
    """Makes a chart of days from 1 October 2016 with these values; None is a gap."""

    def make(*values: float | None, quality: dict[int, str] | None = None, **more: Any) -> Chart:
        points = tuple(
            Point(at=date(2016, 10, 1) + timedelta(days=i), value=v, quality=(quality or {}).get(i, "measured"))
            for i, v in enumerate(values)
        )
        return Chart(
            **{
                "id": "days",
                "form": "bars",
                "title": Text(en="Days", fr="Jours"),
                "summary": Text(en="What each day used.", fr="La consommation de chaque jour."),
                "unit": "L",
                "time_unit": "day",
                "points": points,
                **more,
            }
        )

    return make
