from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.consent.grant import Item, Limits, Terms
from selfdata_sdk.host.host import Host
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.store.ledger import Ledger

COACH = Path(__file__).parents[2] / "example_services/water_coach/water_coach/manifest.json"
NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def coach() -> Manifest:
    return Manifest.from_json(COACH.read_bytes())


@pytest.fixture
def host() -> Iterator[Host]:
    with SqliteKeeper(":memory:") as keeper, PersonalStore(MemoryCloud()) as store:
        yield Host(store, Ledger(store.cloud, keeper, clock=lambda: NOW))


@pytest.fixture
def terms() -> Terms:
    """Water by day instead of by hour; nothing of the household."""
    return Terms(
        items={
            "water": Item(decision="given", limits=Limits(granularity="day", back="P90D"), finer=True),
            "home": Item(decision="refused"),
        }
    )
