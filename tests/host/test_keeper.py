"""What a host remembers outside the cloud: only ever later, for its owner's eyes, and the same at every opening."""

from __future__ import annotations

import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from selfdata_sdk.errors import CloudUnavailable, RequestError
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.store.ledger import Anchor

ORIGIN = "ab" * 16


def at(size: int, **grants: tuple[int, str]) -> Anchor:
    return Anchor(ORIGIN, size, f"{size:064x}", size, grants)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "host.sqlite"


def test_keys_and_secrets_are_the_same_at_the_next_opening_and_differ_by_name_and_person(path: Path) -> None:
    def taken() -> list[bytes]:
        with SqliteKeeper(path) as keeper:
            return [keeper.key("one"), keeper.key("other"), keeper.secret("signing"), keeper.secret("key")]

    first = taken()
    assert taken() == first
    assert len(set(first)) == 4
    assert {len(key) for key in first} == {32}
    with SqliteKeeper(path.with_name("another.sqlite")) as other:
        assert other.key("one") not in first


def test_what_was_remembered_is_there_at_the_next_opening_by_person(path: Path) -> None:
    anchor = at(3, a=(2, "x"))
    with SqliteKeeper(path) as keeper:
        keeper.advance("one", anchor)
    with SqliteKeeper(path) as keeper:
        assert keeper.anchor("one") == anchor
        assert keeper.anchor("other") is None
        keeper.forget("one")
        assert keeper.anchor("one") is None


def test_an_anchor_that_is_not_later_changes_nothing_unless_it_is_forced(path: Path) -> None:
    with SqliteKeeper(path) as keeper:
        keeper.advance("self", at(5))
        keeper.advance("self", at(3))
        assert keeper.anchor("self") == at(5)
        keeper.advance("self", at(3), force=True)
        assert keeper.anchor("self") == at(3)


def test_of_each_grant_the_higher_revision_is_remembered_whoever_came_last(path: Path) -> None:
    with SqliteKeeper(path) as keeper:
        keeper.advance("self", at(5, a=(2, "new"), b=(1, "b")))
        keeper.advance("self", at(4, a=(1, "old"), c=(1, "c")))
        anchor = keeper.anchor("self")
    assert anchor is not None
    assert anchor.size == 5
    assert anchor.grants == {"a": (2, "new"), "b": (1, "b"), "c": (1, "c")}


def test_time_never_goes_back_with_an_anchor(path: Path) -> None:
    with SqliteKeeper(path) as keeper:
        keeper.advance("self", Anchor(ORIGIN, 1, "0" * 64, 900))
        keeper.advance("self", Anchor(ORIGIN, 2, "1" * 64, 100))
        anchor = keeper.anchor("self")
    assert anchor is not None
    assert (anchor.size, anchor.at) == (2, 900)


def test_threads_that_remember_at_once_end_at_the_latest(path: Path) -> None:
    with SqliteKeeper(path) as keeper:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: keeper.advance("self", at(n, **{f"s{n % 7}": (n, str(n))})), range(1, 60)))
        anchor = keeper.anchor("self")
    assert anchor is not None
    assert anchor.size == 59
    assert sorted(n for n, _ in anchor.grants.values()) == list(range(53, 60))


def test_two_hosts_on_one_file_make_one_key(path: Path) -> None:
    with SqliteKeeper(path) as one, SqliteKeeper(path) as other:
        assert one.key("self") == other.key("self")


def test_a_clock_that_was_set_stands_where_it_was_put(path: Path) -> None:
    stands = datetime(2016, 11, 2, 9, tzinfo=UTC)
    with SqliteKeeper(path) as keeper:
        assert keeper.clock is None
        keeper.set_clock(stands)
    with SqliteKeeper(path) as keeper:
        assert keeper.clock == stands


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes of this kind")
def test_only_its_owner_can_read_the_file_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        with SqliteKeeper(path) as keeper:
            keeper.key("self")
            modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert path.name in modes
    assert set(modes.values()) == {0o600}


def test_in_memory_nothing_is_kept() -> None:
    with SqliteKeeper(":memory:") as one, SqliteKeeper(":memory:") as other:
        assert one.key("self") != other.key("self")
    assert not Path(":memory:").exists()


def test_a_file_of_something_else_is_refused_with_what_to_do(path: Path) -> None:
    path.write_bytes(b"this is not a database, and long enough to be looked at" * 20)
    with pytest.raises(RequestError, match="does not hold what a host remembers") as refused:
        SqliteKeeper(path)
    assert "suspended" in refused.value.next


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot remember anything here"):
        SqliteKeeper(tmp_path / "nowhere" / "host.sqlite")


def test_what_cannot_be_written_is_an_error_to_try_again_at(path: Path) -> None:
    with SqliteKeeper(path) as keeper:
        keeper.advance("self", at(1))
        keeper._db.execute("PRAGMA query_only=ON")
        with pytest.raises(CloudUnavailable, match="cannot be read or written"):
            keeper.advance("self", at(2))
        keeper._db.execute("PRAGMA query_only=OFF")
        assert keeper.anchor("self") == at(1)
