"""What an author's test sees of a run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import pytest

from selfdata_sdk import Block, Card, Context, Dataset, Metric, Need, Row, Setting, Text, service
from selfdata_sdk.errors import RecordRefused, RequestError, ServiceFailed
from selfdata_sdk.model import Source, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.table import tables
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing import run_on

SOME = Text(en="Some text", fr="Un texte")
WATER = Need(
    why=Text(en="Add up the hours of a day", fr="Additionner les heures d'un jour"), granularity="hour", back="P2D"
)
FACTOR = Setting(SOME, ge=1, le=10)
NOW = datetime(2025, 3, 11, 8, tzinfo=UTC)
SOURCE = Source(holder="test", importer="test", version="1", retrieved_at=NOW)


class Hour(Row[WaterUse]):
    litres: float


@service(id="org.example.adds-up", name=SOME, summary=SOME)
def adds_up(
    context: Context, water: Annotated[Dataset[Hour], WATER], factor: Annotated[int, FACTOR] = 1
) -> Iterable[Block]:
    if factor == 7:
        raise ZeroDivisionError
    total = float(water.column("litres").sum()) * factor
    yield Card(
        id="total",
        headline=Text(en=context.language, fr="x"),
        body=SOME,
        why=SOME,
        metric=Metric(value=total, unit="L"),
    )


def hours(n: int) -> list[WaterUse]:
    start = datetime(2025, 3, 10, tzinfo=UTC)
    return [
        WaterUse(
            start=start + timedelta(hours=h),
            end=start + timedelta(hours=h + 1),
            litres=2,
            cadence="PT1H",
            source=SOURCE,
        )
        for h in range(n)
    ]


@pytest.mark.parametrize("given", [hours(5), tables(hours(5))], ids=["records", "tables"])
def test_a_service_sees_the_records_its_settings_and_language(given: list[WaterUse]) -> None:
    (block,) = run_on(adds_up, given, now=NOW, language="fr", factor="3").blocks
    assert isinstance(block, Card)
    assert block.metric is not None
    assert (block.metric.value, block.headline.en) == (30, "fr")


class Home:
    """What writes its own data, and has its own clock, as personas have."""

    now = NOW
    tz = "Europe/Madrid"

    def write(self, store: PersonalStore) -> None:
        store.write(tables(hours(5)))


def test_a_household_brings_its_data_its_clock_and_its_zone() -> None:
    done = run_on(adds_up, Home(), factor=2)
    (block,) = done.blocks
    assert isinstance(block, Card)
    assert block.metric is not None
    assert (block.metric.value, done.now) == (20, NOW)
    assert str(done.now.tzinfo) == "Europe/Madrid"


def test_a_household_can_be_looked_at_from_another_moment_and_place() -> None:
    done = run_on(adds_up, Home(), now=NOW - timedelta(days=30), tz="Europe/Paris")
    assert (done.now, str(done.now.tzinfo)) == (NOW - timedelta(days=30), "Europe/Paris")
    assert [d.rows for d in done.delivered] == [0]


def test_records_alone_have_no_clock_so_the_machine_s_is_not_taken_instead() -> None:
    with pytest.raises(TypeError, match="give now="):
        run_on(adds_up, hours(1))  # type: ignore[call-overload]


def test_it_needs_neither_pytest_nor_hypothesis() -> None:
    code = "import sys; sys.modules |= dict.fromkeys(['pytest', 'hypothesis']); from selfdata_sdk.testing import run_on"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_record_that_breaks_the_rules_is_refused() -> None:
    (made,) = tables(hours(1))
    backwards = made.replace(end=Ints(made.ints("start") - 1))
    with pytest.raises(RecordRefused):
        run_on(adds_up, [backwards], now=NOW)


def test_a_service_that_raises_and_a_wrong_setting_are_errors() -> None:
    with pytest.raises(ServiceFailed, match="ZeroDivisionError"):
        run_on(adds_up, hours(1), now=NOW, factor=7)
    with pytest.raises(RequestError, match="no setting"):
        run_on(adds_up, hours(1), now=NOW, facter=2)
