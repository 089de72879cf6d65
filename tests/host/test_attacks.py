"""Attempts to get past what a person agreed to, each beside the honest act that it imitates."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Barrier
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from selfdata_sdk import Block, Card, Context, Dataset, Need, Row, Save, Text, service
from selfdata_sdk.cloud import Change, Cloud, MemoryCloud, SqliteCloud
from selfdata_sdk.consent.grant import Grant, Item, Limits, Terms
from selfdata_sdk.errors import AskPerson, ConsentDenied, ConsentNeeded, RequestError
from selfdata_sdk.host.broker import Opened
from selfdata_sdk.host.host import Host
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.host.runner import run
from selfdata_sdk.model import Period, Series, Source, SupplyAlert, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.service.manifest import Manifest, Produced
from selfdata_sdk.service.service import Service
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.store.ledger import HEAD, Ledger, grant_name, receipt_name, segment_name
from selfdata_sdk.store.seal import Seal, unwrapped

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2025, 6, 15, 10, 30, tzinfo=PARIS)
NAME = Text(en="Name", fr="Nom")
WHY = Text(en="For the purpose of this very test", fr="Pour les besoins de ce test précis")
SMALL = Path(__file__).parents[1] / "service/vectors/good/small.json"
A, B = "org.example.one", "org.example.other"


class World:
    """A person's cloud and host, with a clock that is put where a test wants it."""

    def __init__(self, cloud: Cloud | None = None, keeper: SqliteKeeper | None = None, person: str = "self") -> None:
        self.now = NOW
        self.cloud = cloud or MemoryCloud()
        self.keeper = keeper or SqliteKeeper(":memory:")
        self.store = PersonalStore(self.cloud)
        self.ledger = Ledger(self.store.cloud, self.keeper, person, clock=lambda: self.now)
        self.host = Host(self.store, self.ledger)

    def later(self, **more: float) -> None:
        self.now += timedelta(**more)

    def agree(self, manifest: Manifest, **terms: Any) -> Grant:
        items = {label: Item(decision="given") for label in manifest.needs}
        return self.host.grant(manifest, Terms(**{"items": items, **terms}))

    def opened(self, manifest: Manifest, now: datetime | None = None) -> Opened:
        return self.host.door().open(manifest, now, None)

    def litres(self, manifest: Manifest, now: datetime | None = None, label: str = "it") -> dict[str, float]:
        """Date → litres of the rows that are handed over."""
        payload = self.opened(manifest, now).payloads[label]
        starts, litres = payload.rows.ints("start").tolist(), payload.rows.ints("litres").tolist()
        found = [datetime.fromtimestamp(us / 1e6, PARIS).strftime("%m-%d") for us in starts]
        return dict(zip(found, (n / 1000 for n in litres), strict=True))

    def write(self, first: datetime, *litres: float, retrieved: int = 0, cadence: str = "PT1H") -> None:
        """Hours of water use from `first` on."""
        start = micros(first) + np.arange(len(litres), dtype=np.int64) * HOUR
        source = Source(
            holder="holder", importer="test", version="1", retrieved_at=NOW.astimezone(UTC) + timedelta(retrieved)
        )
        columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(np.array(litres, int) * 1000)}
        self.store.write([Table(WaterUse, Series("water.use/1", "holder", "P1", "", cadence), columns, (source,))])

    def fill(self, first: date, days: int) -> None:
        """10 litres in each hour of some days."""
        self.write(datetime(first.year, first.month, first.day, tzinfo=PARIS), *[10] * (24 * days))

    def put(self, name: str, data: bytes | None) -> None:
        """What another app does that may write into the cloud."""
        held = self.cloud.get(name)
        self.cloud.commit([Change(name, data, held.version if held else None)])

    def copy(self) -> dict[str, bytes]:
        return {n: d.data for n, d in self.cloud.get_many(self.cloud.list()).items()}

    def put_back(self, documents: Mapping[str, bytes]) -> None:
        for name in set(self.cloud.list()) - set(documents):
            self.put(name, None)
        for name, data in documents.items():
            self.put(name, data)

    def data(self, name: str) -> bytes:
        document = self.cloud.get(name)
        assert document is not None
        return document.data

    def refuses(self, manifest: Manifest, what: str | None = None) -> None:
        """Nothing is handed over, and the refusal is written down."""
        with pytest.raises(AskPerson, match=what):
            self.opened(manifest)
        *_, last = self.ledger.entries()
        assert (last.header.event, last.header.outcome, last.header.needs) == ("run", "denied", ())


@pytest.fixture
def world() -> World:
    world = World()
    world.fill(date(2025, 5, 1), 45)
    return world


def asking(id: str = A, version: str = "0.1.0", **needs: dict[str, Any]) -> Manifest:
    """A manifest that asks for `needs`, by label; without any, for 30 days of daily water use."""
    base = Manifest.from_json(SMALL.read_bytes()).model_dump(exclude={"needs"})
    why = WHY.model_dump()
    asked = {n: {"back": "P30D", "why": why, **need} for n, need in (needs or {"it": water()}).items()}
    return Manifest.model_validate({**base, "id": id, "version": version, "needs": asked})


def water(granularity: str = "day", **more: Any) -> dict[str, Any]:
    return {
        "record_type": "water.use/1", "fields": ["litres"], "granularity": granularity, "at_worst": "total", **more
    }  # fmt: skip


# Grants that this host did not write


def test_a_grant_that_another_app_writes_counts_for_nothing(world: World) -> None:
    world.agree(asking())
    assert world.litres(asking())
    forged = json.loads(unwrapped(world.data(grant_name(A))) or b"")
    forged["manifest"]["id"] = B
    world.put(grant_name(B), json.dumps(forged).encode())
    world.refuses(asking(B), "have not agreed")
    for key in (bytes(32), SqliteKeeper(":memory:").key("self")):
        seal = Seal(key)
        world.put(grant_name(B), seal.wrap(grant_name(B), json.dumps(forged).encode()))
        world.refuses(asking(B), "not written by this host")
    assert world.litres(asking())


def test_a_grant_that_another_app_widened_counts_for_nothing(world: World) -> None:
    """One byte of a sealed grant is changed."""
    world.agree(asking(), items={"it": Item(decision="given", limits=Limits(back="P5D"))})
    assert len(world.litres(asking())) == 4
    sealed = world.data(grant_name(A))
    world.put(grant_name(A), sealed.replace(b'"back":"P5D"', b'"back":"P9D"'))
    world.refuses(asking(), "not written by this host")
    world.put(grant_name(A), sealed)
    assert len(world.litres(asking())) == 4


def test_a_grant_copied_to_another_service_counts_for_nothing(world: World) -> None:
    world.agree(asking(A))
    world.put(grant_name(B), world.data(grant_name(A)))
    world.refuses(asking(B))
    world.agree(asking(B))
    assert world.litres(asking(B)) == world.litres(asking(A))


def test_a_grant_of_another_person_of_the_same_host_counts_for_nothing() -> None:
    keeper = SqliteKeeper(":memory:")
    one, other = World(keeper=keeper, person="one"), World(keeper=keeper, person="other")
    one.agree(asking())
    other.agree(asking(B))
    other.put(grant_name(A), one.data(grant_name(A)))
    other.refuses(asking(A), "not written by this host")
    one.opened(asking(A))
    other.opened(asking(B))


def test_a_forged_grant_has_no_say_in_what_is_agreed_after_it(world: World) -> None:
    """A version or a revision beyond any other would else make agreeing impossible."""
    world.agree(asking(B))
    forged = json.loads(unwrapped(world.data(grant_name(B))) or b"")
    forged["manifest"] |= {"id": A, "version": "999.0.0"}
    forged["revision"] = 2**60
    world.put(grant_name(A), Seal(bytes(32)).wrap(grant_name(A), json.dumps(forged).encode()))
    assert world.agree(asking(A)).state == "given"
    assert world.litres(asking(A))


# What was not asked


@pytest.mark.parametrize(
    "change",
    [
        {"publisher": {"name": "Somebody else"}},
        {"schedule": "daily"},
        {"automation": "decision"},
        {"produces": [{"record_type": "supply.alert/1"}]},
        {"outputs": {"kinds": ["card", "no_insight", "action"]}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_version_that_asks_for_more_waits_and_the_old_one_goes_on(world: World, change: dict[str, Any]) -> None:
    world.agree(asking())
    more = Manifest.model_validate({**asking(version="0.2.0").model_dump(), **change})
    world.refuses(more, "asks for more")
    assert world.litres(asking())
    world.agree(more)
    assert world.litres(more)
    world.refuses(asking(), "older")


def test_that_there_are_data_past_what_may_be_read_is_not_told(world: World) -> None:
    world.store.erase("water.use/1")
    world.agree(asking())
    nothing = world.opened(asking()).payloads["it"]
    world.fill(date(2025, 6, 15), 3)
    found = world.opened(asking()).payloads["it"]
    assert (len(found), found.since, found.end) == (0, nothing.since, nothing.end)


# Rolling back


def test_a_grant_put_back_to_what_it_was_counts_for_nothing(world: World) -> None:
    world.agree(asking())
    before = world.data(grant_name(A))
    world.host.withdraw(A)
    world.refuses(asking(), "took back")
    world.put(grant_name(A), before)
    world.refuses(asking())
    world.agree(asking())
    assert world.litres(asking())


def test_a_grant_hidden_while_the_person_withdraws_counts_for_nothing_when_it_is_back(world: World) -> None:
    for withdraw in (world.host.withdraw_all, lambda: world.host.withdraw(A)):
        world.agree(asking())
        hidden = world.data(grant_name(A))
        world.put(grant_name(A), None)
        withdraw()
        world.put(grant_name(A), hidden)
        world.refuses(asking())
    world.agree(asking())
    assert world.litres(asking())


def test_nothing_that_another_app_writes_stands_in_the_way_of_withdrawing(world: World) -> None:
    """The name of the receipt to come can be guessed."""
    grant = world.agree(asking())
    world.put(receipt_name(grant.model_copy(update={"revision": grant.revision + 1})), b'"mine"')
    world.host.withdraw(A)
    world.refuses(asking(), "took back")
    assert world.host.receipt(A).state == "withdrawn"


def test_an_older_cloud_suspends_every_grant_until_it_is_confirmed(world: World) -> None:
    world.agree(asking(A))
    world.agree(asking(B))
    before = world.copy()
    world.host.withdraw(B)
    world.put_back(before)
    world.refuses(asking(B), "suspended")
    world.refuses(asking(A), "suspended")
    world.agree(asking(A))
    assert world.litres(asking(A))
    world.refuses(asking(B), "suspended")
    assert [e.header.event for e in world.ledger.entries()].count("restore") == 1
    assert world.ledger.verify().broken is None


def test_a_backup_that_is_restored_suspends_every_grant_until_it_is_confirmed(world: World, tmp_path: Path) -> None:
    world.agree(asking())
    world.store.backup(tmp_path / "backup.sqlite")
    world.litres(asking())
    with SqliteCloud(tmp_path / "backup.sqlite") as cloud:
        restored = World(cloud, world.keeper)
        restored.refuses(asking(), "suspended")
        restored.agree(asking())
        assert restored.litres(asking())


def test_a_cloud_moved_to_another_host_suspends_every_grant_until_it_is_confirmed(world: World) -> None:
    world.agree(asking())
    moved = World(MemoryCloud())
    for name, data in world.copy().items():
        moved.put(name, data)
    moved.refuses(asking(), "suspended")
    moved.agree(asking())
    assert moved.litres(asking())
    assert moved.ledger.verify().broken is None


def test_a_grant_from_before_everything_was_erased_counts_for_nothing(world: World) -> None:
    world.agree(asking())
    kept = world.data(grant_name(A))
    world.host.erase_everything()
    world.fill(date(2025, 5, 1), 45)
    world.agree(asking(B))
    world.put(grant_name(A), kept)
    world.refuses(asking(A))
    assert world.litres(asking(B))


def test_a_whole_cloud_from_before_everything_was_erased_counts_for_nothing(world: World) -> None:
    world.agree(asking())
    before = world.copy()
    world.host.erase_everything()
    world.put_back(before)
    world.refuses(asking())


def test_a_journal_cut_together_with_its_head_is_found_out(world: World) -> None:
    world.agree(asking())
    before = {n: world.data(n) for n in (HEAD, segment_name(0))}
    world.litres(asking())
    assert world.ledger.verify().broken is None
    for name, data in before.items():
        world.put(name, data)
    broken = world.ledger.verify().broken
    assert broken is not None
    assert broken.fault == "cut"
    world.refuses(asking(), "suspended")


def test_an_entry_that_was_changed_or_cut_alone_is_found_out(world: World) -> None:
    world.agree(asking())
    world.litres(asking())
    whole = world.data(segment_name(0))
    for spoiled in (whole.replace(b'"day"', b'"raw"'), whole.replace(b'"allowed"', b'"partial"', 1), b"[]"):
        assert spoiled != whole
        world.put(segment_name(0), spoiled)
        assert world.ledger.verify().broken is not None
    world.put(segment_name(0), whole)
    assert world.ledger.verify().broken is None


class Forgetful(SqliteKeeper):
    """Remembers nothing while `killed`, like a process that was killed between the cloud and its own memory."""

    killed = False

    def advance(self, *args: Any, **more: Any) -> None:
        if not self.killed:
            super().advance(*args, **more)


def test_a_withdrawal_that_a_killed_process_did_not_remember_is_remembered_with_the_next_entry() -> None:
    world = World(keeper=(keeper := Forgetful(":memory:")))
    world.agree(asking(A))
    before = world.data(grant_name(A))
    keeper.killed = True
    world.host.withdraw(A)
    keeper.killed = False
    world.refuses(asking(A), "took back")
    world.put(grant_name(A), before)
    world.refuses(asking(A), "not written by this host")
    assert world.ledger.verify().broken is None


# Time


def test_a_clock_turned_back_brings_no_grant_back(world: World) -> None:
    manifest = asking(it=water(back="P60D"))
    world.agree(manifest, lasts="P1M")
    world.later(days=32)
    world.refuses(manifest, "run out")
    world.later(days=-20)
    world.refuses(manifest, "run out")
    world.agree(manifest)
    assert world.litres(manifest)


@pytest.mark.parametrize("granularity", ["raw", "hour", "day", "month", "total"])
def test_the_now_of_a_run_never_widens(world: World, granularity: str) -> None:
    """Neither forward past the clock nor back past what was agreed."""
    manifest = asking(it=water(granularity, back="P40D"))
    world.agree(manifest, items={"it": Item(decision="given", finer=True)})
    honest = world.opened(manifest).payloads["it"]
    floor = NOW - timedelta(days=40)
    for days in (400, 1, -1, -20, -39, -41, -400):
        try:
            payload = world.opened(manifest, NOW + timedelta(days=days)).payloads["it"]
        except ConsentNeeded:
            assert days < -40
            continue
        starts = payload.rows.ints("start").tolist()
        assert set(starts) <= set(honest.rows.ints("start").tolist())
        assert all(micros(floor) <= s for s in starts)
        assert max((int(e) for e in payload.rows.ints("end")), default=0) <= micros(NOW)


def test_a_grant_that_lay_unused_is_suspended_and_renewed_in_one_act(world: World) -> None:
    world.agree(asking(), lasts="P12M")
    world.later(days=89)
    world.opened(asking())
    world.later(days=89)
    world.opened(asking())
    world.later(days=91)
    world.refuses(asking(), "suspended")
    assert world.agree(asking()).state == "renewed"
    world.opened(asking())


# Learning fine data from coarse ones, by difference


def test_many_runs_while_hours_arrive_tell_a_day_once(world: World) -> None:
    """The hours of yesterday come in one by one; a service that runs after each learns no hour."""
    yesterday = datetime(2025, 6, 14, tzinfo=PARIS)
    world.store.erase("water.use/1")
    manifest = asking()
    world.agree(manifest)
    seen = []
    for hour in range(24):
        world.write(yesterday + timedelta(hours=hour), 7)
        world.now = NOW + timedelta(minutes=10 * hour)
        seen.append(world.litres(manifest).get("06-14"))
    assert {n for n in seen if n is not None} == {7.0}, "the first hour alone, which was all there was"
    world.later(days=1)
    assert world.litres(manifest)["06-14"] == 24 * 7


def test_a_late_reading_tells_nothing_by_a_second_run(world: World) -> None:
    for granularity in ("day", "month", "total"):
        manifest = asking(f"org.example.{granularity}", it=water(granularity, back="P50D"))
        world.agree(manifest)
        before = world.litres(manifest)
        assert before
        world.write(datetime(2025, 5, 20, 3, tzinfo=PARIS), 500 + len(granularity), retrieved=1)
        after = world.litres(manifest)
        assert {d for d in before if after.get(d) != before[d]} == before.keys() - after.keys(), "withheld, not changed"
    world.later(hours=25)
    manifest = asking("org.example.day", it=water(back="P50D"))
    assert world.litres(manifest)["05-20"] > 240, "a day later it is given as it is now"


def test_a_late_reading_tells_nothing_by_a_version_that_asks_for_fewer_fields(world: World) -> None:
    """Which needs no answer of the person."""
    before = asking(it=water(fields=["litres", "min_flow"]))
    world.agree(before)
    seen = world.litres(before)
    world.write(datetime(2025, 5, 20, 3, tzinfo=PARIS), 500, retrieved=1)
    after = world.litres(asking(version="0.2.0"))
    assert {d for d in seen if after.get(d) != seen[d]} == seen.keys() - after.keys() == {"05-20"}


def test_a_late_reading_at_another_cadence_tells_nothing_by_a_second_run(world: World) -> None:
    """Which series the buckets are made of does not let them pass as others."""
    world.agree(asking())
    before = world.litres(asking())
    world.write(datetime(2025, 5, 19, 23, tzinfo=PARIS), 500, retrieved=1, cadence="P1D")
    world.store.erase("water.use/1", series=Series("water.use/1", "holder", "P1", "", "PT1H"), period=_day(2025, 5, 20))
    world.write(datetime(2025, 5, 20, 3, tzinfo=PARIS), 77, retrieved=1, cadence="P1D")
    after = world.litres(asking())
    assert {d for d in before if after.get(d) != before[d]} == before.keys() - after.keys()


def _day(year: int, month: int, day: int) -> Period:
    start = datetime(year, month, day, tzinfo=PARIS)
    return Period(start, start + timedelta(days=1))


def totals(world: World, manifest: Manifest, now: datetime | None = None) -> dict[tuple[int, int], int]:
    """Stretch → litres of every total that is handed over."""
    found = {}
    for payload in world.opened(manifest, now).payloads.values():
        rows = payload.rows
        for start, end, litres in zip(
            rows.ints("start").tolist(), rows.ints("end").tolist(), rows.ints("litres").tolist(), strict=True
        ):
            found[start, end] = litres
    return found


def tell_nothing_by_difference(seen: Collection[tuple[int, int]]) -> bool:
    return all(a[1] <= b[0] for a, b in pairwise(sorted(seen)))


def test_a_total_whose_window_slides_tells_no_day(world: World) -> None:
    manifest = asking(it=water("total"))
    world.agree(manifest)
    seen: dict[tuple[int, int], int] = {}
    for _ in range(70):
        world.later(days=1)
        world.fill(world.now.date() - timedelta(days=1), 1)
        for stretch, litres in totals(world, manifest).items():
            assert seen.setdefault(stretch, litres) == litres
    assert len(seen) >= 2, "a total is given, and again when it is of other days"
    assert tell_nothing_by_difference(seen)


def test_two_totals_of_30_and_31_days_tell_no_day(world: World) -> None:
    manifest = asking(a=water("total", back="P30D"), b=water("total", back="P31D"))
    world.agree(manifest)
    assert len(totals(world, manifest)) == 1


def test_a_new_version_that_asks_for_a_day_less_tells_no_day(world: World) -> None:
    world.agree(asking(it=water("total", back="P30D")))
    seen = set(totals(world, asking(it=water("total", back="P30D"))))
    for days in (29, 28, 20):
        seen |= set(totals(world, asking(version=f"0.{40 - days}.0", it=water("total", back=f"P{days}D"))))
    assert len(seen) == 1


@pytest.mark.parametrize("granularity", ["day", "month", "total"])
def test_a_now_moved_in_small_steps_tells_nothing_finer(world: World, granularity: str) -> None:
    manifest = asking(it=water(granularity, back="P50D"))
    world.agree(manifest)
    seen: dict[tuple[int, int], set[int]] = {}
    for step in range(60):
        for stretch, litres in totals(world, manifest, NOW - timedelta(hours=step)).items():
            seen.setdefault(stretch, set()).add(litres)
    assert seen
    assert all(len(litres) == 1 for litres in seen.values())
    assert tell_nothing_by_difference(seen)


def test_a_total_given_before_is_not_given_in_part(world: World) -> None:
    """With another need that reaches further back, and a `now` before the total's end."""
    manifest = asking(a=water("total", back="P30D"), b=water("total", back="P60D"))
    world.agree(manifest)
    seen = totals(world, manifest)
    world.later(days=3)
    for stretch, litres in totals(world, manifest, NOW - timedelta(days=1)).items():
        assert seen[stretch] == litres


def test_two_runs_at_once_tell_nothing_by_difference() -> None:
    """A late reading comes between the reads of two runs: the second is read again, and withheld."""

    class Interleaved(MemoryCloud):
        between: Callable[[], None] | None = None

        def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
            if self.between is not None and any(c.name.startswith("use.") for c in changes):
                act, self.between = self.between, None
                act()
            super().commit(changes, scrub=scrub)

    world = World(cloud := Interleaved())
    world.fill(date(2025, 5, 1), 45)
    world.agree(asking())
    first: list[dict[str, float]] = []

    def other_run() -> None:
        first.append(world.litres(asking()))
        world.write(datetime(2025, 5, 20, 3, tzinfo=PARIS), 500, retrieved=1)

    cloud.between = other_run
    second = world.litres(asking())
    changed = {d for d in first[0] if second.get(d) != first[0][d]}
    assert changed == first[0].keys() - second.keys() == {"05-20"}


# Clouds that do not keep their promise


class LosesWrites(MemoryCloud):
    """Takes every write, whatever it was meant to replace."""

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        for change in changes:
            held = self._documents.get(change.name)
            super().commit([Change(change.name, change.data, held.version if held else None)])


@pytest.mark.parametrize("atomic", [True, False])
def test_a_cloud_without_compare_and_swap_holds_no_grant(atomic: bool) -> None:
    bad = World(LosesWrites(atomic=atomic))
    with pytest.raises(RequestError, match="loses writes"):
        bad.agree(asking())
    assert not bad.ledger.grants()
    good = World(MemoryCloud(atomic=atomic))
    good.agree(asking())
    good.opened(asking())


def test_grants_moved_to_a_cloud_without_compare_and_swap_are_not_confirmed(world: World) -> None:
    world.agree(asking())
    bad = World(LosesWrites())
    for name, data in world.copy().items():
        bad.put(name, data)
    with pytest.raises(RequestError, match="loses writes"):
        bad.agree(asking())


# What a service saves


class Day(Row[WaterUse]):
    start: datetime
    litres: float


def saving(id: str = A, during: Callable[[], None] = lambda: None, at: datetime = NOW) -> Service[...]:
    """A service that reads days of water use and saves an alert."""

    @service(id=id, name=NAME, summary=NAME, produces=[SupplyAlert])
    def saves(context: Context, it: Annotated[Dataset[Day], Need(why=WHY)]) -> Iterable[Block]:
        during()
        yield Card(id="card", headline=NAME, body=NAME, why=NAME)
        yield Save.of("leak", SupplyAlert, at=at, commodity="water", kind="leak")

    return saves


ALERTS = {"record_type": "supply.alert/1", "fields": ["kind"], "granularity": "raw", "at_worst": "total"}


def saved(world: World) -> int:
    return len(world.store.read(SupplyAlert))


def test_what_a_service_saved_is_read_by_itself_and_by_who_may_read_its_sources(world: World) -> None:
    world.agree(manifest_of(saving()))
    assert run(world.host.door(), saving()).saved == 1
    world.later(minutes=1)
    given = {"it": Item(decision="given", finer=True)}
    only, both = asking(B, it=ALERTS), asking("org.example.both", it=ALERTS, water=water())
    world.agree(only, items=given)
    assert len(world.opened(only).payloads["it"]) == 0
    assert world.opened(only).payloads["it"].since == world.opened(only).payloads["it"].start, "nor when it was saved"
    world.agree(both, items=given | {"water": Item(decision="given")})
    assert len(world.opened(both).payloads["it"]) == 1
    own = asking(A, "1.0.0", it=ALERTS)
    world.agree(own, items=given)
    assert len(world.opened(own).payloads["it"]) == 1


def test_what_a_service_saved_goes_when_it_may_be_kept_no_longer(world: World) -> None:
    kept = Produced(record_type="supply.alert/1", retention="P60D")
    manifest = manifest_of(saving()).model_copy(update={"produces": (kept,)})
    world.agree(manifest)
    for days, left in ((0, 1), (59, 2), (2, 2)):
        world.later(days=days)
        run(world.host.door(), saving(at=world.now), manifest=manifest)
        assert saved(world) == left, "at the third run the first alert goes"


@pytest.mark.parametrize(("erase", "left"), [(False, 1), (True, 0)])
def test_withdrawing_keeps_or_erases_what_the_service_made(world: World, erase: bool, left: int) -> None:
    world.agree(manifest_of(saving()))
    run(world.host.door(), saving())
    uses = len(world.store.read(WaterUse))
    world.host.withdraw(A, erase=erase)
    assert saved(world) == left
    assert len(world.store.read(WaterUse)) == uses


# Once, and at once


def test_what_was_agreed_once_is_used_once_even_by_two_runs_at_the_same_time(world: World) -> None:
    for _ in range(10):
        world.agree(asking(), once=True)
        together = Barrier(2)

        def attempt(_: int, together: Barrier = together) -> bool:
            door = world.host.door()
            together.wait()
            try:
                door.open(asking(), None, None)
            except AskPerson:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(attempt, range(2))) == [False, True]
        world.refuses(asking(), "run out")


def test_a_run_used_once_may_end(world: World) -> None:
    world.agree(manifest_of(saving()), once=True)
    assert run(world.host.door(), saving()).saved == 1
    with pytest.raises(ConsentNeeded, match="run out"):
        run(world.host.door(), saving())


def test_a_run_during_which_the_person_withdraws_gives_nothing_and_keeps_nothing(world: World) -> None:
    world.agree(manifest_of(saving()))
    with pytest.raises(ConsentDenied):
        run(world.host.door(), saving(during=lambda: void(world.host.withdraw(A))))
    assert saved(world) == 0
    *_, last = world.ledger.entries()
    assert (last.header.event, last.header.outcome) == ("run", "denied")
    world.agree(manifest_of(saving()))
    assert run(world.host.door(), saving()).saved == 1


def void(_: object) -> None:
    pass


class Hooked(MemoryCloud):
    """Calls `before` or `after` once, around a commit that touches a document whose name starts with `prefix`."""

    prefix = "?"
    before: Callable[[], object] = staticmethod(lambda: None)
    after: Callable[[], object] = staticmethod(lambda: None)

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        if not any(c.name.startswith(self.prefix) for c in changes):
            super().commit(changes, scrub=scrub)
            return
        self.prefix = "?"
        self.before()
        super().commit(changes, scrub=scrub)
        self.after()


def test_withdrawing_between_the_entry_and_the_handing_over_wins() -> None:
    world = World(cloud := Hooked())
    world.fill(date(2025, 5, 1), 45)
    world.agree(asking())
    cloud.after, cloud.prefix = lambda: world.host.withdraw(A), "journal."
    with pytest.raises(ConsentDenied):
        world.opened(asking())
    events = [(e.header.event, e.header.outcome) for e in world.ledger.entries()][1:]
    assert events == [("run", "allowed"), ("withdraw", "allowed"), ("run", "denied")]
    world.agree(asking())
    world.opened(asking())


def test_withdrawing_while_the_data_are_read_wins() -> None:
    """Before the entry: there is none that says that something was handed over."""

    class Slow(MemoryCloud):
        during: Callable[[], object] | None = None

        def get_many(self, names: Collection[str]) -> Mapping[str, Any]:
            if self.during is not None and any(n.startswith("page.") for n in names):
                act, self.during = self.during, None
                act()
            return super().get_many(names)

    world = World(cloud := Slow())
    world.fill(date(2025, 5, 1), 45)
    world.agree(asking())
    cloud.during = lambda: world.host.withdraw(A)
    world.refuses(asking(), "changed meanwhile")
    assert not any(e.header.needs for e in world.ledger.entries())


def test_withdrawing_while_a_run_saves_leaves_nothing_of_it() -> None:
    """Also when the person withdraws, with all that was made, between the last look and the writing."""
    world = World(cloud := Hooked())
    world.fill(date(2025, 5, 1), 45)
    world.agree(manifest_of(saving()))
    cloud.before, cloud.prefix = lambda: world.host.withdraw(A, erase=True), "page.supply"
    with pytest.raises(ConsentDenied):
        run(world.host.door(), saving())
    assert saved(world) == 0
