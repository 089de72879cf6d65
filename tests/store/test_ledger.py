"""Grants and journal in a person's cloud: written together, known by the host that wrote them, and never lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from selfdata_sdk.cloud import Change, Document, MemoryCloud, SqliteCloud, Together
from selfdata_sdk.consent.chain import SEGMENT, Broken
from selfdata_sdk.consent.entry import Actor, Happening
from selfdata_sdk.errors import DamagedPage, NewerFormat
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.store.ledger import HEAD, Anchor, Batch, Ledger, View, segment_name
from selfdata_sdk.store.seal import Seal, unwrapped

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def happened(n: int = 0) -> Happening:
    return Happening(actor=Actor(kind="person"), event="add", details={"n": n})


@pytest.fixture
def keeper() -> Iterator[SqliteKeeper]:
    with SqliteKeeper(":memory:") as keeper:
        yield keeper


@pytest.fixture
def cloud() -> MemoryCloud:
    return MemoryCloud()


@pytest.fixture
def ledger(cloud: MemoryCloud, keeper: SqliteKeeper) -> Ledger:
    return Ledger(cloud, keeper, clock=lambda: NOW)


def copied(cloud: MemoryCloud) -> dict[str, bytes]:
    return {n: d.data for n, d in cloud.get_many(cloud.list()).items()}


def put_back(cloud: MemoryCloud, documents: dict[str, bytes]) -> None:
    held = cloud.get_many(cloud.list())
    changes = [Change(n, documents.get(n), d.version) for n, d in held.items()]
    changes += [Change(n, data, None) for n, data in documents.items() if n not in held]
    cloud.commit(changes)


def test_entries_come_back_in_the_order_in_which_they_were_written(ledger: Ledger) -> None:
    for n in range(5):
        ledger.note(happened(n))
    ledger.note(happened(5), happened(6))
    assert [e.details for e in ledger.entries()] == [{"n": n} for n in range(7)]
    assert [e.header.seq for e in ledger.entries(3)] == [3, 4, 5, 6]
    assert ledger.verify().broken is None


def test_a_segment_that_is_full_is_followed_by_another(ledger: Ledger, cloud: MemoryCloud) -> None:
    ledger.note(*(happened(n) for n in range(SEGMENT - 1)))
    ledger.note(happened(1), happened(2), happened(3))
    assert cloud.list("journal.") == [segment_name(0), segment_name(1), HEAD]
    assert ledger.verify().size == SEGMENT + 2
    assert ledger.verify().broken is None


def test_the_entries_since_a_moment_are_found_without_reading_all(cloud: MemoryCloud, keeper: SqliteKeeper) -> None:
    clock = [NOW]
    ledger = Ledger(cloud, keeper, clock=lambda: clock[0])
    for n in range(3 * SEGMENT):
        clock[0] = NOW + timedelta(minutes=n)
        ledger.note(happened(n))
    for n in (0, 1, SEGMENT, SEGMENT + 7, 3 * SEGMENT - 1):
        first = ledger.first_since(NOW + timedelta(minutes=n))
        assert first <= n
        assert n - first < 2 * SEGMENT


@pytest.mark.parametrize("turn", [timedelta(days=-400), timedelta(seconds=-1)])
def test_time_does_not_go_back_with_the_clock(cloud: MemoryCloud, keeper: SqliteKeeper, turn: timedelta) -> None:
    Ledger(cloud, keeper, clock=lambda: NOW).note(happened())
    later = Ledger(cloud, keeper, clock=lambda: NOW + turn)
    assert later.look().now == NOW
    later.note(happened())
    assert [e.header.at for e in later.entries()] == [NOW, NOW]


def test_standing_new_then_sound(ledger: Ledger) -> None:
    assert ledger.look().standing == "new"
    ledger.note(happened())
    assert ledger.look().standing == "sound"


def test_a_cloud_that_was_put_back_is_older(ledger: Ledger, cloud: MemoryCloud) -> None:
    ledger.note(happened())
    before = copied(cloud)
    ledger.note(happened())
    put_back(cloud, before)
    assert ledger.look().standing == "older"


def test_a_journal_that_is_gone_is_older_than_one_that_was_there(ledger: Ledger, cloud: MemoryCloud) -> None:
    ledger.note(happened())
    put_back(cloud, {})
    assert ledger.look().standing == "older"
    assert ledger.verify().broken == Broken(0, "cut")


@pytest.mark.parametrize("lost", [False, True])
def test_a_head_that_alone_was_put_back_or_lost_takes_no_entry_with_it(
    ledger: Ledger, cloud: MemoryCloud, lost: bool
) -> None:
    ledger.note(happened(0))
    before = cloud.get(HEAD)
    ledger.note(happened(1))
    now = cloud.get(HEAD)
    assert before is not None
    assert now is not None
    cloud.commit([Change(HEAD, None if lost else before.data, now.version)])
    assert ledger.look().standing == "older"
    ledger.note(happened(2))
    assert [e.header.event for e in ledger.entries()] == ["add", "add", "restore", "add"]
    assert ledger.verify().broken is None


def test_entries_past_an_older_head_are_not_written_after(ledger: Ledger, cloud: MemoryCloud) -> None:
    """A head and a fork of its end were put back: what is written next follows the head."""
    ledger.note(happened(0))
    before = copied(cloud)
    ledger.note(*(happened(n) for n in range(1, 4)))
    kept = copied(cloud)
    put_back(cloud, before)
    ledger.note(happened(5))
    put_back(cloud, kept | {HEAD: before[HEAD]})
    ledger.note(happened(6))
    assert [e.details["n"] for e in ledger.entries() if e.details and "n" in e.details] == [0, 6]
    assert ledger.verify().broken is None


@pytest.mark.parametrize("data", [None, b"[]"])
def test_entries_that_are_missing_are_not_passed_over(ledger: Ledger, cloud: MemoryCloud, data: bytes | None) -> None:
    ledger.note(*(happened(n) for n in range(3 * SEGMENT)))
    document = cloud.get(segment_name(1))
    assert document is not None
    assert len(list(ledger.entries())) == 3 * SEGMENT
    cloud.commit([Change(segment_name(1), data, document.version)])
    with pytest.raises(DamagedPage, match="cannot be read"):
        list(ledger.entries())


def test_a_fork_of_the_same_length_is_older(cloud: MemoryCloud, keeper: SqliteKeeper) -> None:
    """Put back, and written on by this host's key before it could notice: the hash is another one."""
    ledger = Ledger(cloud, keeper, clock=lambda: NOW)
    ledger.note(happened(1))
    before = copied(cloud)
    ledger.note(happened(2))
    anchor = keeper.anchor("self")
    put_back(cloud, before)
    ledger.note(happened(3))
    assert anchor is not None
    keeper.advance("self", anchor, force=True)
    assert ledger.look().standing == "older"


def test_another_hosts_ledger_is_foreign(ledger: Ledger, cloud: MemoryCloud) -> None:
    ledger.note(happened())
    with SqliteKeeper(":memory:") as other:
        elsewhere = Ledger(cloud, other)
        assert elsewhere.look().standing == "foreign"
        elsewhere.note(happened(2))
        assert elsewhere.look().standing == "sound"
        assert [e.header.event for e in elsewhere.entries()] == ["add", "restore", "add"]
        assert elsewhere.verify().broken is None


def test_what_was_written_but_not_remembered_is_accepted(cloud: MemoryCloud, keeper: SqliteKeeper) -> None:
    """Killed between the cloud's commit and the keeper's: the head is later, ours, and continues what was known."""
    ledger = Ledger(cloud, keeper)
    ledger.note(happened())
    anchor = keeper.anchor("self")
    assert anchor is not None
    ledger.note(happened())
    ledger.note(happened())
    keeper.advance("self", anchor, force=True)
    assert ledger.look().standing == "sound"


def test_a_later_head_that_does_not_continue_what_was_known_is_older(cloud: MemoryCloud, keeper: SqliteKeeper) -> None:
    ledger = Ledger(cloud, keeper)
    for _ in range(3):
        ledger.note(happened())
    anchor = keeper.anchor("self")
    assert anchor is not None
    keeper.advance("self", Anchor(anchor.origin, 2, "0" * 64, anchor.at), force=True)
    assert ledger.look().standing == "older"


def test_a_forged_head_does_not_verify(ledger: Ledger, cloud: MemoryCloud, keeper: SqliteKeeper) -> None:
    ledger.note(happened(), happened())
    document = cloud.get(HEAD)
    assert document is not None
    body = unwrapped(document.data)
    assert body is not None
    assert Seal(keeper.key("self")).is_ours(HEAD, document.data)
    cloud.commit([Change(HEAD, Seal(bytes(32)).wrap(HEAD, body), document.version)])
    assert ledger.verify().broken == Broken(2, "forked")
    assert ledger.look().standing == "foreign"


def test_an_end_that_is_not_what_a_foreign_head_says_is_not_written_on(ledger: Ledger, cloud: MemoryCloud) -> None:
    ledger.note(happened(), happened())
    document = cloud.get(segment_name(0))
    assert document is not None
    cloud.commit([Change(segment_name(0), document.data.replace(b'"seq":1', b'"seq":9'), document.version)])
    with SqliteKeeper(":memory:") as other, pytest.raises(DamagedPage, match="end is not what its head says"):
        Ledger(cloud, other).note(happened())


def test_a_newer_head_is_refused_not_overwritten(ledger: Ledger, cloud: MemoryCloud, keeper: SqliteKeeper) -> None:
    cloud.commit([Change(HEAD, Seal(keeper.key("self")).wrap(HEAD, b'{"v":2}'), None)])
    with pytest.raises(NewerFormat):
        ledger.note(happened())


def test_a_batch_is_asked_for_again_when_somebody_else_wrote_meanwhile(ledger: Ledger) -> None:
    seen: list[int] = []

    def batch(view: View) -> Batch:
        seen.append(view.head.size if view.head else 0)
        if len(seen) == 1:
            ledger.note(happened(1))
        return Batch([happened(2)])

    ledger.append(batch)
    assert seen == [0, 1]
    assert [e.details for e in ledger.entries()] == [{"n": 1}, {"n": 2}]


def test_nothing_to_say_writes_nothing(ledger: Ledger, cloud: MemoryCloud) -> None:
    assert ledger.append(lambda view: None) is None
    assert cloud.list() == []


@pytest.mark.parametrize("make", [MemoryCloud, lambda: Together(MemoryCloud(atomic=False, binary=False))])
def test_threads_that_write_at_once_lose_no_entry(make: Callable[[], MemoryCloud], keeper: SqliteKeeper) -> None:
    ledger = Ledger(make(), keeper)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: ledger.note(happened(n)), range(40)))
    assert sorted(e.details["n"] for e in ledger.entries() if e.details) == list(range(40))
    assert ledger.verify().broken is None
    assert ledger.look().standing == "sound"


class Interrupting(MemoryCloud):
    """Somebody else writes just before the first look at the documents."""

    def __init__(self) -> None:
        super().__init__()
        self.first: Callable[[], object] | None = None

    def get_many(self, names: Collection[str]) -> Mapping[str, Document]:
        if (first := self.first) is not None:
            self.first = None
            first()
        return super().get_many(names)


def test_a_journal_that_another_writer_begins_meanwhile_is_not_foreign(keeper: SqliteKeeper) -> None:
    cloud = Interrupting()
    ledger = Ledger(cloud, keeper)
    cloud.first = lambda: ledger.note(happened(1))
    ledger.note(happened(2))
    assert [e.details for e in ledger.entries()] == [{"n": 1}, {"n": 2}]


def test_a_journal_of_which_only_the_beginning_was_remembered_goes_on(keeper: SqliteKeeper, cloud: MemoryCloud) -> None:
    class Killed(Exception):
        pass

    class Dying(SqliteKeeper):
        dies = True

        def advance(self, person: str, anchor: Anchor, *, durable: bool = False, force: bool = False) -> None:
            if anchor.size and self.dies:
                raise Killed
            super().advance(person, anchor, durable=durable, force=force)

    dying = Dying(":memory:")
    with pytest.raises(Killed):
        Ledger(cloud, dying).note(happened(1))
    dying.dies = False
    ledger = Ledger(cloud, dying)
    assert ledger.look().standing == "sound"
    ledger.note(happened(2))
    assert [e.details for e in ledger.entries()] == [{"n": 1}, {"n": 2}]
    cloud.commit([Change(HEAD, None, ledger.look().documents[HEAD].version)])
    assert ledger.look().standing == "older"
    dying.close()


WRITER = """
import sys
from pathlib import Path
from selfdata_sdk.cloud import SqliteCloud
from selfdata_sdk.consent.entry import Actor, Happening
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.store.ledger import Ledger

folder, first = Path(sys.argv[1]), int(sys.argv[2])
with SqliteCloud(folder / "cloud.sqlite") as cloud, SqliteKeeper(folder / "host.sqlite") as keeper:
    ledger = Ledger(cloud, keeper)
    for n in range(first, first + 25):
        ledger.note(Happening(actor=Actor(kind="person"), event="add", details={"n": n}))
"""


def test_processes_that_write_at_once_lose_no_entry(tmp_path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(n * 100)]) for n in range(3)]
    assert [p.wait(240) for p in running] == [0, 0, 0]
    with SqliteCloud(tmp_path / "cloud.sqlite") as cloud, SqliteKeeper(tmp_path / "host.sqlite") as keeper:
        ledger = Ledger(cloud, keeper)
        assert len(list(ledger.entries())) == 75
        assert ledger.verify().broken is None
        assert ledger.look().standing == "sound"


def test_erased_details_are_gone_from_the_storage_and_the_chain_holds(tmp_path: Path) -> None:
    with SqliteCloud(tmp_path / "cloud.sqlite") as cloud, SqliteKeeper(tmp_path / "host.sqlite") as keeper:
        ledger = Ledger(cloud, keeper)
        told = Happening(actor=Actor(kind="person"), event="add", details={"secret": "swordfish"})
        ledger.note(told, happened(1))
        assert ledger.erase_details(lambda e: e.details is not None and "secret" in e.details) == 1
        assert ledger.erase_details(lambda e: e.details is not None and "secret" in e.details) == 0
        assert [e.header.event for e in ledger.entries()] == ["add", "add", "erased"]
        assert ledger.verify().broken is None
    stored = b"".join(p.read_bytes() for p in tmp_path.iterdir() if p.name.startswith("cloud"))
    assert b"swordfish" not in stored
