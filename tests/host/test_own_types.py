"""What a service saved under a type of its own is read by that service, and by those who may read all it was made from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.consent.right import Right, asked
from selfdata_sdk.host.broker import open_datasets
from selfdata_sdk.model import Source
from selfdata_sdk.model.own_record import record_type_of
from selfdata_sdk.model.table import tables
from selfdata_sdk.service.manifest import AskedNeed, Manifest
from selfdata_sdk.store import PersonalStore

VECTORS = Path(__file__).parents[1] / "service/vectors/good"
WEEK = "org.example.water-coach.week/1"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
WHY = {"en": "Hold this week against earlier ones", "fr": "Comparer cette semaine aux précédentes"}


def need(record_type: str, *fields: str) -> dict[str, Any]:
    granularity = "raw" if record_type == WEEK else "day"
    return {
        "record_type": record_type, "fields": sorted(fields), "granularity": granularity, "at_worst": granularity,
        "back": "P1Y", "why": WHY,
    }  # fmt: skip


WEEKS, WATER = need(WEEK, "litres", "on"), need("water.use/1", "litres", "start")


def manifest(vector: str, **needs: Any) -> Manifest:
    value = json.loads((VECTORS / f"{vector}.json").read_bytes())
    return Manifest.model_validate({**value, "needs": needs})


@pytest.fixture
def store() -> Iterator[PersonalStore]:
    """One week that the water coach saved, from water."""
    coach = manifest("own-type", weeks=WEEKS)
    source = Source(
        holder=coach.id,
        importer=coach.id,
        version="1",
        method="derived",
        retrieved_at=NOW,
        derived_from=("water.use/1",),
    )
    week = {"on": "2026-02-23", "grade": "good", "litres": "700.5", "source": source}
    with PersonalStore(MemoryCloud()) as made:
        made.write(tables([record_type_of(coach.own_types[0]).model_validate(week)]))
        yield made


def rows(store: PersonalStore, asking: Manifest) -> int:
    def right(label: str, need: AskedNeed, now: datetime) -> Right:
        return asked(need, store.registry, now)

    return len(open_datasets(store, asking, right, NOW).payloads["weeks"])


def test_its_maker_reads_it(store: PersonalStore) -> None:
    assert rows(store, manifest("own-type", weeks=WEEKS)) == 1


def test_another_service_does_not(store: PersonalStore) -> None:
    assert rows(store, manifest("small", weeks=WEEKS)) == 0


def test_one_that_may_read_what_it_was_made_from_does(store: PersonalStore) -> None:
    assert rows(store, manifest("small", weeks=WEEKS, water=WATER)) == 1
