"""The personal store: what is written is read, erased, taken back and copied."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.cloud import Change, MemoryCloud, SqliteCloud, Together
from selfdata_sdk.errors import Conflict, DamagedPage, RecordRefused, RequestError
from selfdata_sdk.model import (
    HouseholdProfile,
    Period,
    Record,
    Source,
    SupplyAlert,
    SupplyContract,
    Table,
    Tariff,
    WaterReading,
    WaterUse,
)
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.table import join, tables
from selfdata_sdk.model.time import DAY
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.store.edit import Counts
from selfdata_sdk.testing import strategies

Uses = Callable[..., Table]
PARIS = ZoneInfo("Europe/Paris")
SOURCE = Source(holder="h", importer="i", version="1", retrieved_at=datetime(2025, 1, 1, tzinfo=UTC))
KINDS = {
    "atomic, packed": {},
    "atomic, plain": {"binary": False},
    "one by one, packed": {"atomic": False},
    "one by one, plain": {"atomic": False, "binary": False},
}


@pytest.fixture(params=KINDS.values(), ids=list(KINDS))
def store(request: pytest.FixtureRequest) -> PersonalStore:
    return PersonalStore(MemoryCloud(**request.param), page_limit=2000)


def state(store: PersonalStore, *types: type[Record]) -> list[Any]:
    """All that can be seen of a store."""
    kinds = types or (WaterUse,)
    seen: list[Any] = [store.summary()]
    for t in kinds:
        current = [
            r for s in store.summary() if s.series.type == t.type for r in store.read(t, series=s.series).records()
        ]
        seen += [current, sorted(store.history(t), key=lambda r: (str(r.id), r.revision))]
    return seen


def uneven(n: int, seed: int = 1) -> list[int]:
    """Numbers that no codec makes small."""
    return np.random.default_rng(seed).integers(0, 10**6, n).tolist()  # type: ignore[no-any-return]


# Writing and reading


@pytest.mark.parametrize("record_type", [WaterUse, WaterReading, SupplyContract, HouseholdProfile, SupplyAlert])
def test_every_record_that_is_written_is_read(record_type: type[Record]) -> None:
    @settings(max_examples=15, deadline=None)
    @given(strategies.tables(record_type), st.sampled_from(list(KINDS.values())), st.integers(1, 3000))
    def check(table: Table, kind: dict[str, bool], limit: int) -> None:
        store = PersonalStore(MemoryCloud(**kind), page_limit=limit)
        assert store.write([table]).created == len(table)
        assert store.read(record_type, series=table.series).records() == table.records()
        (holding,) = store.summary()
        assert (holding.series, holding.count) == (table.series, len(table))
        before = store.cloud.get_many(store.cloud.list())
        again = store.write([table])
        assert (again.created, again.updated, again.unchanged) == (0, 0, len(table))
        assert store.cloud.get_many(store.cloud.list()) == before, "the same again wrote something"

    check()


def test_a_write_counts_what_it_did_by_type(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1, 2, 3])])
    written = store.write([uses([1, 5, 3, 4]), uses([7], holder="sedif")])
    assert (written.created, written.updated, written.unchanged) == (2, 1, 2)
    assert written.by_type == {"water.use/1": Counts(2, 1, 2)}


def test_nothing_is_written_if_one_record_breaks_a_rule(store: PersonalStore, uses: Uses) -> None:
    bad = uses([1, 2, 3], holder="sedif").replace(litres=Ints(np.array([1, -1, 1], np.int64)))
    with pytest.raises(RecordRefused, match="line 3"):
        store.write([uses([1]), bad])
    assert store.summary() == ()


def test_records_without_a_source_are_refused(store: PersonalStore, uses: Uses) -> None:
    table = uses([1, 2])
    for which in ([0, 1], [-1, 0]):
        with pytest.raises(RecordRefused, match="source"):
            store.write([table.replace(source=Ints(np.array(which, np.int64)))])
    with pytest.raises(RecordRefused, match="source"):
        store.write([Table(table.record_type, table.series, table.columns, ())])


class Unknown(WaterUse):
    type = "garden.use/1"


def test_a_type_that_is_not_known_is_not_written(store: PersonalStore, uses: Uses) -> None:
    table = uses([1])
    with pytest.raises(RequestError, match="garden"):
        store.write([Table(Unknown, table.series, table.columns, table.sources)])


def test_revisions_count_up_and_history_keeps_what_was_before(store: PersonalStore, uses: Uses) -> None:
    for imported, litres in enumerate([1, 2, 3]):
        store.write([uses([litres, 9], imported=imported)])
    assert [(r.revision, r.litres) for r in store.read(WaterUse).records()] == [(3, 3), (1, 9)]  # type: ignore[attr-defined]
    assert [(r.revision, r.litres) for r in store.history(WaterUse)] == [(1, 1), (2, 2)]  # type: ignore[attr-defined]


def test_a_misspelt_field_is_named(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1])])
    with pytest.raises(RequestError, match="Did you mean litres"):
        store.read(WaterUse, fields=["litre"])


def test_only_the_fields_asked_for_and_the_times_are_loaded(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1, 2])])
    (table,) = store.read(WaterUse, fields=["litres"]).tables
    assert set(table.columns) == {"start", "end", "litres"}
    assert table.sources == ()


# Periods


def starts(store: PersonalStore, *period: datetime | None) -> list[int]:
    return [r.start.hour for r in store.read(WaterUse, Period(*period)).records()]  # type: ignore[attr-defined]


def test_an_interval_is_read_if_it_overlaps_the_period(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1, 2, 3, 4])])
    at = datetime(2024, 1, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert starts(store, at + hour, at + 2 * hour) == [1]
    assert starts(store, at + hour / 2, at + hour * 1.5) == [0, 1]
    assert starts(store, None, at) == []
    assert starts(store, None, at + timedelta(microseconds=1)) == [0]
    assert starts(store, at + 4 * hour, None) == []
    assert starts(store, at + 4 * hour - timedelta(microseconds=1), None) == [3]


def test_an_interval_that_began_in_another_page_is_found(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1], datetime(2023, 11, 15, tzinfo=UTC), step=70 * DAY, cadence="")])
    assert len(store.read(WaterUse, Period(datetime(2024, 1, 10, tzinfo=UTC)))) == 1


def test_an_instant_is_read_if_it_lies_in_the_half_open_period(store: PersonalStore) -> None:
    at = [datetime(2024, 1, d, tzinfo=UTC) for d in (1, 2, 3)]
    store.write(tables([WaterReading(at=a, litres=1, source=SOURCE) for a in at]))
    found = store.read(WaterReading, Period(at[1], at[2])).records()
    assert [r.at for r in found] == [at[1]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("tz", ["Pacific/Kiritimati", "America/Los_Angeles", "Europe/Paris"])
def test_a_date_is_read_if_its_local_day_overlaps_the_period(store: PersonalStore, tz: str) -> None:
    days = [date(2024, 3, d) for d in (30, 31)] + [date(2024, 4, 1)]
    store.write(tables([HouseholdProfile(on=d, tz=tz, source=SOURCE) for d in days]))

    def found(start: datetime, end: datetime) -> list[date]:
        return [r.on for r in store.read(HouseholdProfile, Period(start, end)).records()]  # type: ignore[attr-defined]

    midnight = datetime(2024, 3, 31, tzinfo=ZoneInfo(tz))
    next_midnight = datetime(2024, 4, 1, tzinfo=ZoneInfo(tz))
    assert found(midnight, next_midnight) == [days[1]]
    assert found(midnight - timedelta(seconds=1), next_midnight) == days[:2]
    assert found(midnight, next_midnight + timedelta(seconds=1)) == days[1:]


def test_what_has_no_end_yet_is_read_for_any_later_period(store: PersonalStore) -> None:
    contract = SupplyContract(start=datetime(2020, 1, 1, tzinfo=UTC), commodity="water", supplier="v", source=SOURCE)
    store.write(tables([contract]))
    assert store.read(SupplyContract, Period(datetime(2150, 1, 1, tzinfo=UTC))).records() == [contract]
    assert len(store.read(SupplyContract, Period(None, datetime(2020, 1, 1, tzinfo=UTC)))) == 0


@pytest.mark.parametrize("tz", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_edges_of_the_calendar_are_kept_and_summed_up(store: PersonalStore, tz: str) -> None:
    edges = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)]
    store.write(tables([WaterReading(at=a, litres=1, tz=tz, source=SOURCE) for a in edges]))
    (holding,) = store.summary()
    assert holding.count == 2
    assert [r.at for r in store.read(WaterReading).records()] == edges  # type: ignore[attr-defined]


# Pages that are split


def test_pages_beyond_the_limit_are_split_and_nothing_is_lost(store: PersonalStore, uses: Uses) -> None:
    table = uses(uneven(2000))
    store.write([table])
    labels = [n.rpartition(".")[2] for n in store.cloud.list("page.")]
    assert {len(label) for label in labels} == {10}, "no page of a day"
    assert store.read(WaterUse).records() == table.records()
    later = uses(uneven(2000, 2), imported=1)
    assert store.write([later]).updated == 2000
    assert store.read(WaterUse).records() == later.replace(revision=Ints.constant(2, 2000)).records()
    assert Counter(r.litres for r in store.history(WaterUse)) == Counter(r.litres for r in table.records())  # type: ignore[attr-defined]


def test_history_moves_with_the_page_that_is_split(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1, 2])])
    store.write([uses([3, 4], imported=1)])
    assert len(store.cloud.list("history.")) == 1
    store.write([uses(uneven(700), datetime(2024, 1, 2, tzinfo=UTC), imported=2)])
    assert not any(len(n.rpartition(".")[2]) == 7 for n in store.cloud.list("history."))
    assert [r.litres for r in store.history(WaterUse)] == [1, 2]  # type: ignore[attr-defined]
    store.erase(WaterUse)
    assert store.cloud.list("page.") == store.cloud.list("history.") == []


def test_imports_before_a_split_can_be_taken_back_after_it(store: PersonalStore, uses: Uses) -> None:
    nothing = state(store)
    store.write([uses([1, 2])])
    first = state(store)
    store.write([uses([3, 2, *uneven(700)], imported=1)])
    assert any(len(n.rpartition(".")[2]) == 10 for n in store.cloud.list("page."))
    store.undo()
    assert state(store) == first
    store.undo()
    assert state(store) == nothing


def test_a_page_of_all_time_is_split_by_years_and_months(uses: Uses) -> None:
    store = PersonalStore(MemoryCloud(), page_limit=1500)
    months = [datetime(2000 + i // 12, 1 + i % 12, 1, tzinfo=UTC) for i in range(120)]
    tariffs = [
        Tariff(start=m, name=f"Tarif {i} {uneven(1, i)}", commodity="water", unit="m3", source=SOURCE)
        for i, m in enumerate(months)
    ]
    for batch in (tariffs[:3], tariffs[3:60], tariffs[60:]):
        store.write(tables(batch))
    assert store.read(Tariff).records() == tariffs
    assert store.undo().removed == 120
    assert store.summary() == ()


# Taking back


def test_taking_back_restores_exactly_what_was_before_each_import(store: PersonalStore, uses: Uses) -> None:
    states = [state(store)]
    imports = [
        [uses([1, 2, 3])],
        [uses([1, 5, 3, 4], imported=1), uses([8], holder="sedif", imported=1)],
        [uses([6, 6, 6, 6], imported=2)],
    ]
    for batch in imports:
        store.write(batch)
        states.append(state(store))
    for expected, counts in ((states[2], (0, 4)), (states[1], (2, 1)), (states[0], (3, 0))):
        undone = store.undo()
        assert (undone.removed, undone.restored) == counts
        assert state(store) == expected
    with pytest.raises(RequestError, match="no import"):
        store.undo()


def test_an_import_in_several_writes_is_taken_back_whole(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1])])
    before = state(store)
    store.write([uses([2], imported=1)])
    store.write([uses([7, 8], datetime(2024, 3, 1, tzinfo=UTC), imported=1)])
    store.undo()
    assert state(store) == before


def test_what_a_person_typed_in_is_not_taken_back(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1, 2])])
    store.write([uses([9], imported=5, method="manual")])
    assert store.undo().removed == 1
    assert [r.litres for r in store.read(WaterUse).records()] == [9]  # type: ignore[attr-defined]
    with pytest.raises(RequestError):
        store.undo()


def test_taking_back_leaves_the_history_of_what_was_typed_over_it(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1, 2])])
    store.write([uses([9], imported=5, method="manual")])
    assert store.undo().removed == 1
    assert [(r.litres, r.revision) for r in store.history(WaterUse)] == [(1, 1)]  # type: ignore[attr-defined]


def test_an_import_that_others_replaced_since_is_taken_back_once(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1])])
    store.write([uses([2], imported=1)])
    store.write([uses([3], imported=9, method="manual")])
    assert (store.undo().removed, store.undo().removed) == (0, 0)
    with pytest.raises(RequestError):
        store.undo()
    assert [r.litres for r in store.read(WaterUse).records()] == [3]  # type: ignore[attr-defined]


def test_an_import_that_was_erased_cannot_be_taken_back(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1])])
    before = state(store)
    store.write([uses([5], datetime(2024, 1, 9, tzinfo=UTC), imported=1)])
    store.erase(sha256=f"{1:064x}")
    assert state(store) == before
    assert store.undo().removed == 1
    assert store.summary() == ()


# Erasing


def test_each_condition_of_an_erasure_narrows_it(store: PersonalStore, uses: Uses) -> None:
    def fill() -> None:
        store.erase()
        store.write([uses([1, 2]), uses([3], holder="sedif", imported=1)])
        store.write(tables([WaterReading(at=datetime(2024, 1, 1, tzinfo=UTC), litres=1, source=SOURCE)]))

    sedif = uses([3], holder="sedif").series
    hour = Period(datetime(2024, 1, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, 2, tzinfo=UTC))
    for condition, gone in (
        ({"record_type": WaterUse}, 3),
        ({"holder": "sedif"}, 1),
        ({"series": sedif}, 1),
        ({"sha256": f"{1:064x}"}, 1),
        ({"period": hour}, 1),
        ({"record_type": "water.reading", "holder": "sedif"}, 0),
        ({"sha256": "f" * 64}, 0),
        ({}, 4),
    ):
        fill()
        assert store.erase(**condition) == gone
        assert sum(h.count for h in store.summary()) == 4 - gone


def test_a_local_day_is_erased_from_midnight_to_midnight(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1] * 96, datetime(2024, 3, 29, 23, tzinfo=UTC))])
    day = Period(datetime(2024, 3, 31, tzinfo=PARIS), datetime(2024, 4, 1, tzinfo=PARIS))
    assert store.erase(WaterUse, day) == 23
    assert len(store.read(WaterUse, day)) == 0
    assert len(store.read(WaterUse)) == 73


def test_of_a_record_that_is_erased_every_revision_goes(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1, 2])])
    store.write([uses([3, 4], imported=1)])
    first = Period(None, datetime(2024, 1, 1, 1, tzinfo=UTC))
    assert store.erase(WaterUse, first) == 1
    assert [r.litres for r in store.history(WaterUse)] == [2]  # type: ignore[attr-defined]


def test_erasing_a_source_erases_its_earlier_revisions_too(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1])])
    store.write([uses([3], imported=1)])
    assert store.erase(sha256=f"{0:064x}") == 0
    assert store.history(WaterUse) == []
    assert [r.litres for r in store.read(WaterUse).records()] == [3]  # type: ignore[attr-defined]


def test_after_everything_is_erased_no_document_is_left(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1])])
    secret = store.secret()
    store.erase_everything()
    assert store.cloud.list() == []
    assert store.write([uses([1])]).created == 1
    assert store.secret() != secret


# Damage, copies, names


def test_contents_are_made_anew_from_the_pages(store: PersonalStore, uses: Uses) -> None:
    store.write([uses(uneven(1500)), uses([1], holder="sedif", imported=1)])
    store.write(tables([HouseholdProfile(on=date(2024, 1, 1), source=SOURCE)]))
    before = state(store, WaterUse, HouseholdProfile)

    contents = store.cloud.get("contents")
    assert contents is not None
    store.cloud.commit([Change("contents", b'{"v":1}', contents.version)])
    with pytest.raises(DamagedPage):
        store.summary()
    store.rebuild()
    assert state(store, WaterUse, HouseholdProfile) == before


def test_a_page_that_is_lost_is_said_to_be_missing(store: PersonalStore, uses: Uses) -> None:

    store.write([uses([1])])
    (name,) = store.cloud.list("page.")
    document = store.cloud.get(name)
    assert document is not None
    store.cloud.commit([Change(name, None, document.version)])
    with pytest.raises(DamagedPage, match="missing"):
        store.read(WaterUse)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_copy_holds_the_same(kind: dict[str, bool], tmp_path: Path, uses: Uses) -> None:
    store = PersonalStore(MemoryCloud(**kind), page_limit=2000)
    store.write([uses(uneven(500))])
    store.write([uses([1, 2], imported=1)])
    store.backup(tmp_path / "copy.db")
    with PersonalStore(SqliteCloud(tmp_path / "copy.db", create=False)) as copy:
        assert state(copy) == state(store)
    with pytest.raises(RequestError, match="already"):
        store.backup(tmp_path / "copy.db")


def test_names_of_documents_say_nothing_about_the_person(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1], about="00123456789012", holder="veolia")])
    other = PersonalStore(MemoryCloud())
    other.write([uses([1], about="00123456789012", holder="veolia")])
    (name,) = store.cloud.list("page.")
    assert "0012345" not in name
    assert "veolia" not in name
    assert name not in other.cloud.list("page."), "two persons have the same name for the same supply point"


def test_restored_records_keep_their_revisions_and_history(store: PersonalStore, uses: Uses) -> None:
    for i, litres in enumerate([1, 2, 3]):
        store.write([uses([litres], imported=i)])
    current = list(store.read(WaterUse).tables)
    past = tables(store.history(WaterUse))
    other = PersonalStore(MemoryCloud())
    for _ in range(2):
        other.restore(current, past)
        assert state(other) == state(store)


# Writers at once, in one process, at every step


class Meanwhile:
    """A cloud on which somebody else does something just before each of our first commits."""

    def __init__(self, cloud: Any, acts: Iterable[Callable[[], object]]) -> None:
        self._cloud, self._acts = cloud, list(acts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cloud, name)

    def commit(self, changes: Any, *, scrub: bool = False) -> None:
        if self._acts:
            self._acts.pop(0)()
        self._cloud.commit(changes, scrub=scrub)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_writers_who_meet_lose_nothing(kind: dict[str, bool], uses: Uses) -> None:
    cloud = MemoryCloud(**kind)
    other = PersonalStore(cloud, page_limit=2000)
    hours = [datetime(2024, 1, 1, h, tzinfo=UTC) for h in range(6)]
    acts: list[Callable[[], object]] = [partial(other.write, [uses([1], h)]) for h in hours[:5]]
    acts.append(partial(other.write, [uses(uneven(800), datetime(2024, 1, 3, tzinfo=UTC))]))
    inner = cloud if cloud.atomic else Together(cloud)
    store = PersonalStore(Meanwhile(inner, acts), page_limit=2000)
    written = store.write([uses([7], hours[5])])
    assert (written.created, written.updated) == (1, 0)
    for h in hours[:5]:
        store.write([uses([1], h)])
    assert len(store.read(WaterUse)) == 806


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_reader_meets_a_page_that_is_being_split_and_reads_again(kind: dict[str, bool], uses: Uses) -> None:
    cloud = MemoryCloud(**kind)
    writer = PersonalStore(cloud, page_limit=2000)
    writer.write([uses([1, 2])])

    class Slow:
        def __init__(self, inner: Any) -> None:
            self._inner, self._asked = inner, 0

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

        def get_many(self, names: Any) -> Any:
            self._asked += 1
            if self._asked == 1 and any(n.startswith("page.") for n in names):
                writer.write([uses(uneven(800), datetime(2024, 1, 3, tzinfo=UTC))])
            return self._inner.get_many(names)

    reader = PersonalStore(Slow(writer.cloud))
    assert len(reader.read(WaterUse)) == 802


def test_somebody_who_never_stops_changing_the_store_is_reported(uses: Uses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    cloud = MemoryCloud()
    other = PersonalStore(cloud)
    hours = iter(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=h) for h in range(200))
    store = PersonalStore(Meanwhile(cloud, [lambda: other.write([uses([1], next(hours))])] * 100))
    with pytest.raises(Conflict, match="keep changing"):
        store.write([uses([1], datetime(2025, 1, 1, tzinfo=UTC))])


def test_the_contents_hold_only_what_is_there(store: PersonalStore, uses: Uses) -> None:
    store.write([uses([1], about="POINT-A", imported=1)])
    store.write([uses([1], about="POINT-B", imported=2)])
    store.erase(series=uses([1], about="POINT-A").series)
    document = store.cloud.get("contents")
    assert document is not None
    assert b"POINT-A" not in document.data
    assert len(json.loads(document.data)["imports"]) == 1


def test_joined_tables_of_one_series_are_one_write(store: PersonalStore, uses: Uses) -> None:
    a, b = uses([1, 2]), uses([3], datetime(2024, 1, 1, 2, tzinfo=UTC), imported=1)
    assert store.write([b, a]).created == 3
    assert store.read(WaterUse).records() == join([a, b]).records()
