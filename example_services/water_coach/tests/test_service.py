"""The whole way: files or tables into a store, through the broker into the service, blocks out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from water_coach import water_coach
from water_coach.clock import instant
from water_coach.days import Days
from water_coach.hours import Hours

from selfdata_sdk import Alert, Block, Card, NoInsight
from selfdata_sdk.errors import RequestError
from selfdata_sdk.host.runner import run
from selfdata_sdk.importers import Options, import_files
from selfdata_sdk.model import HouseholdProfile, Source, Table
from selfdata_sdk.model.table import tables
from selfdata_sdk.service.deriving import is_stale
from selfdata_sdk.service.project import Project
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing import run_on
from selfdata_sdk.testing.running import OpenDoor

ROOT = Path(__file__).parents[1]
FILES = ROOT.parents[1] / "tests" / "files" / "daiad"
SPRING = datetime(2017, 3, 1, 8, tzinfo=UTC)

MakeHome = Callable[..., Hours]
MakeTable = Callable[..., Table]


def blocks(store: PersonalStore, now: datetime, **settings: object) -> dict[str, Block]:
    return {b.id: b for b in run(OpenDoor(store), water_coach, now=now, settings=settings).blocks}


def advised(given: list[Table], now: datetime) -> dict[str, Block]:
    """The blocks, by id, of a home that holds these tables alone."""
    return {b.id: b for b in run_on(water_coach, given, now=now).blocks}


def at_end(hours: Hours) -> datetime:
    return instant(int(hours.end[-1]), hours.tz)


def card(found: dict[str, Block], id: str) -> Card:
    block = found[id]
    assert isinstance(block, Card)
    return block


def bring_in(store: PersonalStore, name: str) -> None:
    report = import_files(store, [FILES / name], now=SPRING, options=Options(tz="Europe/Madrid"))
    assert report.created > 0


def household(occupants: int) -> tuple[Table, ...]:
    source = Source(holder="self", importer="manual", version="1", method="manual", retrieved_at=SPRING)
    return tuple(tables([HouseholdProfile(on=date(2016, 1, 1), occupants=occupants, source=source)]))


def test_the_real_clean_home(store: PersonalStore) -> None:
    bring_in(store, "daiad_alicante_clean.csv")
    store.write(household(3))
    found = blocks(store, SPRING)
    assert list(found) == ["leak", "own-past", "level", "habit", "cost", "last-days", "typical-week", "months"]
    assert card(found, "leak").tone == "good"
    own = card(found, "own-past")
    assert own.metric is not None
    assert own.comparison is not None
    assert own.metric.value == pytest.approx(265, abs=2)
    assert own.comparison.value == pytest.approx(354, abs=2)
    level = card(found, "level")
    assert level.metric is not None
    assert level.metric.value == pytest.approx(88, abs=1)
    assert "weekend" in card(found, "habit").headline.en


def test_the_real_home_with_a_leak(store: PersonalStore) -> None:
    bring_in(store, "daiad_alicante_leak_12d.csv")
    past = card(blocks(store, SPRING), "leak-past")
    assert "1 Mar 2016" in past.headline.en
    assert "4 Jun 2016" in past.headline.en
    assert past.metric is not None
    assert past.metric.value == pytest.approx(3.05, abs=0.1)


def test_the_real_leak_raised_an_alert_while_it_ran(store: PersonalStore) -> None:
    bring_in(store, "daiad_alicante_leak_12d.csv")
    alert = blocks(store, datetime(2016, 4, 20, 8, tzinfo=UTC))["leak-now"]
    assert isinstance(alert, Alert)
    assert alert.key == "leak-2016-03-01"


def test_the_same_data_settings_clock_and_language_give_the_same_bytes(store: PersonalStore) -> None:
    bring_in(store, "daiad_alicante_clean.csv")
    assert run(OpenDoor(store), water_coach, now=SPRING).json() == run(OpenDoor(store), water_coach, now=SPRING).json()


def test_every_block_says_what_it_is_based_on(store: PersonalStore) -> None:
    bring_in(store, "daiad_alicante_clean.csv")
    store.write(household(2))
    found = blocks(store, SPRING)
    assert found["level"].needs == ("water", "home")
    assert found["cost"].needs == ("water",)
    assert all(b.coverage is not None for b in found.values())


def test_settings_change_the_goal_and_the_price(store: PersonalStore) -> None:
    bring_in(store, "daiad_alicante_clean.csv")
    store.write(household(3))
    found = blocks(store, SPRING, goal=60, tariff="grand-lyon-2025")
    assert "over your goal" in card(found, "level").headline.en
    assert "Grand Lyon" in card(found, "cost").why.en
    with pytest.raises(RequestError, match="choices"):
        blocks(store, SPRING, tariff="nowhere-1900")


def test_an_empty_store_says_what_would_help() -> None:
    (block,) = advised([], SPRING).values()
    assert isinstance(block, NoInsight)
    assert block.reason == "not_enough_data"


def test_days_alone(home: MakeHome, table: MakeTable) -> None:
    days = Days.of(home(leak=(20, 24 * 300)))
    daily = Hours.of(days.bounds[:-1], days.bounds[1:], days.litres, "Europe/Paris")
    found = advised([table(daily, cadence="P1D")], at_end(daily))
    assert isinstance(found["leak-unknown"], NoInsight)
    assert "leak-now" not in found
    assert {"own-past", "level", "cost", "months"} <= set(found)


def test_an_operators_estimate_in_days_alone(home: MakeHome, table: MakeTable) -> None:
    days = Days.of(home(days=60))
    daily = Hours.of(days.bounds[:-1], days.bounds[1:], days.litres, "Europe/Paris")
    leak = [0] * 55 + [340_000] * 5
    found = advised([table(daily, cadence="P1D", estimated_leak=leak, min_flow=[0] * 60)], at_end(daily))
    assert isinstance(found["leak-now"], Alert)
    assert "1.7" in card(found, "leak").body.en


def test_two_weeks(home: MakeHome, table: MakeTable) -> None:
    hours = home(days=15)
    found = advised([table(hours)], at_end(hours))
    assert {"leak", "level", "no-comparison", "last-days"} <= set(found)
    assert "cost" not in found


def test_many_gaps(home: MakeHome, table: MakeTable) -> None:
    hours = home(leak=(3.4, 24 * 300))
    some = hours.only(np.random.default_rng(1).random(len(hours)) < 0.7)
    found = advised([table(some)], at_end(hours))
    assert isinstance(found["leak-unknown"], NoInsight)
    assert "leak-now" not in found
    assert "own-past" not in found


def test_a_correction_that_shows_a_rest_takes_the_alert_back(
    store: PersonalStore, home: MakeHome, table: MakeTable
) -> None:
    leaking, sound = home(leak=(8, 24 * 393)), home()
    store.write([table(leaking, status=["provisional"] * len(leaking))])
    before = blocks(store, at_end(leaking))
    assert "leak-now" in before
    assert "may still change" in card(before, "leak").why.en
    store.write([table(sound, status=["corrected"] * len(sound))])
    after = blocks(store, at_end(sound))
    assert "leak-now" not in after
    assert card(after, "leak").tone == "good"
    assert "may still change" not in card(after, "leak").why.en


def test_a_second_meter_is_not_added(home: MakeHome, table: MakeTable) -> None:
    main, hot = home(), home(seed=2)
    half = Hours.of(hot.start, hot.end, np.floor(hot.litres / 3), hot.tz)
    both = advised([table(main, about="cold"), table(half, about="hot")], at_end(main))
    alone = advised([table(main, about="cold")], at_end(main))
    assert card(both, "level").metric == card(alone, "level").metric


def test_a_home_left_behind_is_not_compared_with(home: MakeHome, table: MakeTable) -> None:
    old, new = home(days=600), home(days=60, first=date(2025, 8, 23))
    found = advised([table(old, about="before"), table(new, about="now")], at_end(new))
    assert "own-past" in found
    assert "Aug 2025" in card(found, "own-past").body.en or "Sep 2025" in card(found, "own-past").body.en


def test_the_manifest_is_what_the_code_asks_for() -> None:
    assert not is_stale(ROOT / "water_coach" / "manifest.json", water_coach, Project.read(ROOT))
