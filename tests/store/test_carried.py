"""Grants, receipts and the journal move with an export, and count elsewhere only when the person confirms them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.consent.entry import Actor, Happening
from selfdata_sdk.errors import RequestError
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.store.carried import read_documents
from selfdata_sdk.store.export import export, restore
from selfdata_sdk.store.ledger import Ledger

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
ADDED = Happening(actor=Actor(kind="person"), event="add")

Home = tuple[PersonalStore, Ledger]


@pytest.fixture
def home() -> Iterator[Callable[[], Home]]:
    keepers: list[SqliteKeeper] = []

    def make() -> Home:
        keepers.append(SqliteKeeper(":memory:"))
        store = PersonalStore(MemoryCloud())
        return store, Ledger(store.cloud, keepers[-1], clock=lambda: NOW)

    yield make
    for keeper in keepers:
        keeper.close()


def test_a_journal_goes_on_in_another_home(home: Callable[[], Home], tmp_path: Path) -> None:
    store, ledger = home()
    ledger.note(ADDED, ADDED)
    export(store, tmp_path / "out")
    other, elsewhere = home()
    assert restore(other, tmp_path / "out").carried == "brought"
    assert elsewhere.look().standing == "foreign"
    elsewhere.note(ADDED)
    assert [e.header.event for e in elsewhere.entries()] == ["add", "add", "restore", "add"]
    assert elsewhere.verify().broken is None


def test_an_export_without_a_journal_brings_none(home: Callable[[], Home], tmp_path: Path) -> None:
    store, _ = home()
    export(store, tmp_path / "out")
    other, elsewhere = home()
    assert restore(other, tmp_path / "out").carried == "none"
    assert elsewhere.look().standing == "new"


def test_what_is_there_already_stays_as_it_is(home: Callable[[], Home], tmp_path: Path) -> None:
    store, ledger = home()
    ledger.note(ADDED)
    export(store, tmp_path / "out")
    ledger.note(ADDED)
    assert restore(store, tmp_path / "out").carried == "known"
    assert ledger.look().standing == "sound"


def test_a_home_with_a_journal_of_its_own_keeps_it(home: Callable[[], Home], tmp_path: Path) -> None:
    store, ledger = home()
    ledger.note(ADDED, ADDED, ADDED)
    export(store, tmp_path / "out")
    other, own = home()
    own.note(ADDED)
    assert restore(other, tmp_path / "out").carried == "other"
    assert own.look().standing == "sound"
    assert len(list(own.entries())) == 1


def test_an_earlier_state_of_the_same_journal_is_brought_forward(home: Callable[[], Home], tmp_path: Path) -> None:
    store, ledger = home()
    ledger.note(ADDED)
    export(store, tmp_path / "old")
    ledger.note(ADDED)
    export(store, tmp_path / "new")
    other, elsewhere = home()
    restore(other, tmp_path / "old")
    assert restore(other, tmp_path / "new").carried == "brought"
    assert len(list(elsewhere.entries())) == 2


def test_a_journal_that_went_on_in_two_homes_stays_as_it_is_in_each(home: Callable[[], Home], tmp_path: Path) -> None:
    store, ledger = home()
    ledger.note(ADDED)
    export(store, tmp_path / "first")
    ledger.note(ADDED)
    export(store, tmp_path / "one")
    other, elsewhere = home()
    restore(other, tmp_path / "first")
    elsewhere.note(ADDED, ADDED)
    export(other, tmp_path / "other")
    assert restore(other, tmp_path / "one").carried == "other"
    assert restore(store, tmp_path / "other").carried == "other"
    assert len(list(elsewhere.entries())) == 4
    assert len(list(ledger.entries())) == 2


def test_a_grant_that_the_index_does_not_list_is_not_brought_in(home: Callable[[], Home], tmp_path: Path) -> None:
    store, ledger = home()
    ledger.note(ADDED)
    export(store, tmp_path / "out")
    (tmp_path / "out" / "consent" / "grant.org.example.slipped.json").write_text('{"body":{}}')
    other, _ = home()
    assert restore(other, tmp_path / "out").carried == "brought"
    assert other.cloud.list("grant.") == []


def test_a_journal_that_was_changed_is_refused_with_its_entry(home: Callable[[], Home], tmp_path: Path) -> None:
    store, ledger = home()
    ledger.note(ADDED, ADDED, ADDED)
    export(store, tmp_path / "out")
    files = ["consent/journal.00000000.json", "consent/journal.head.json"]
    assert "journal.head" in read_documents(tmp_path / "out", files)
    segment = tmp_path / "out" / "consent" / "journal.00000000.json"
    segment.write_bytes(segment.read_bytes().replace(b'"seq":1', b'"seq":7'))
    with pytest.raises(RequestError, match="changed at entry 2"):
        read_documents(tmp_path / "out", files)
    other, elsewhere = home()
    with pytest.raises(RequestError, match="missing or was changed"):
        restore(other, tmp_path / "out")
    assert elsewhere.look().standing == "new"
