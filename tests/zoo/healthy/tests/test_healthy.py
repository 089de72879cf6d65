"""Water in a day, on a home made for it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from healthy import healthy

from selfdata_sdk import Block, Card, Metric, Text
from selfdata_sdk.model import Source, WaterUse
from selfdata_sdk.testing import run_on

NOW = datetime(2025, 3, 11, 8, tzinfo=UTC)
SOURCE = Source(holder="test", importer="test", version="1", retrieved_at=NOW)
HOUR = timedelta(hours=1)


def hours(days: int, litres: int) -> list[WaterUse]:
    first = NOW.replace(hour=0) - timedelta(days=days)
    starts = [first + n * HOUR for n in range(days * 24)]
    made = {"litres": litres, "cadence": "PT1H", "tz": "UTC", "source": SOURCE}
    return [WaterUse.model_validate({"start": start, "end": start + HOUR, **made}) for start in starts]


def said(records: list[WaterUse]) -> dict[str, Block]:
    return {block.id: block for block in run_on(healthy, records, now=NOW).blocks}


def test_says_how_much_runs_in_a_day() -> None:
    card = said(hours(10, litres=5))["level"]
    assert isinstance(card, Card)
    assert card.metric == Metric(value=120, unit="L", period=Text(en="per day", fr="par jour"))


def test_tells_of_a_home_that_never_rests() -> None:
    assert "rest" in said(hours(10, litres=5))
    assert "rest" not in said(hours(10, litres=0))


def test_says_what_is_missing() -> None:
    assert [block.kind for block in said(hours(3, litres=5)).values()] == ["no_insight"]
