"""The embedded cloud: its file, who may read it, what it refuses to open, and its copies."""

from __future__ import annotations

import multiprocessing
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from selfdata_sdk.cloud import Change, SqliteCloud
from selfdata_sdk.cloud.sqlite import APPLICATION_ID
from selfdata_sdk.errors import CloudUnavailable, NewerFormat, RequestError, SelfDataError


def something_else(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE bookmarks (url TEXT)")
    db.close()


def something_else_with_a_version(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=7")
    db.close()


def garbage(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


def a_page_of_html(path: Path) -> None:
    path.write_bytes(b"<!doctype html><title>Maintenance</title>")


def a_newer_one(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    db.execute("PRAGMA user_version=2")
    db.close()


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (something_else, RequestError, "something else"),
        (something_else_with_a_version, RequestError, "something else"),
        (garbage, RequestError, "not a store"),
        (a_page_of_html, RequestError, "not a store"),
        (a_newer_one, NewerFormat, "format 2"),
    ],
)
def test_a_file_that_is_no_store_of_ours_is_refused_and_left_as_it_is(
    make: Callable[[Path], None], error: type[SelfDataError], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "person.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(error, match=says):
        SqliteCloud(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["person.db"]


def test_a_file_that_was_cut_short_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "person.db"
    with SqliteCloud(path) as cloud:
        cloud.commit([Change("a", b"x" * 100_000, None)])
        assert cloud.check()
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(RequestError, match="damaged"), SqliteCloud(path) as cloud:
        cloud.get("a")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_only_the_owner_may_read_the_file_its_log_and_its_copy(tmp_path: Path) -> None:
    with SqliteCloud(tmp_path / "person.db") as cloud:
        cloud.commit([Change("a", b"1", None)])
        cloud.backup(tmp_path / "copy.db")
        assert {p.stat().st_mode & 0o777 for p in tmp_path.iterdir()} == {0o600}
        assert len(list(tmp_path.iterdir())) == 4


def test_a_store_that_is_not_there_is_made_only_if_asked_for(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no such store"):
        SqliteCloud(tmp_path / "person.db", create=False)
    assert not list(tmp_path.iterdir())


def test_a_place_where_no_file_can_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be made"):
        SqliteCloud(tmp_path / "no" / "such" / "folder.db")
    with pytest.raises(CloudUnavailable, match="does not answer"):
        SqliteCloud(tmp_path)


def _open_and_put(path: Path, number: int) -> None:
    with SqliteCloud(path) as cloud:
        cloud.commit([Change(f"n{number}", b"1", None)])


def test_processes_that_make_the_same_store_at_once_agree(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        for round_ in range(10):
            path = tmp_path / f"{round_}.db"
            pool.starmap(_open_and_put, [(path, n) for n in range(4)], chunksize=1)
            with SqliteCloud(path) as cloud:
                assert cloud.list() == ["n0", "n1", "n2", "n3"]


def _put_pairs(path: Path, pairs: int) -> None:
    with SqliteCloud(path) as cloud:
        for number in range(pairs):
            cloud.commit([Change(f"a{number:04}", b"x" * 3000, None), Change(f"b{number:04}", b"y" * 3000, None)])


def test_a_copy_made_while_others_write_holds_whole_commits_only(tmp_path: Path) -> None:
    path = tmp_path / "person.db"
    with SqliteCloud(path) as cloud:
        writer = multiprocessing.get_context("spawn").Process(target=_put_pairs, args=(path, 300))
        writer.start()
        copies: list[Path] = []
        while writer.is_alive():
            copies.append(tmp_path / f"copy{len(copies)}.db")
            cloud.backup(copies[-1])
        writer.join()
        assert writer.exitcode == 0
        everything = cloud.list()
    sizes = set()
    for copy in copies:
        with SqliteCloud(copy, create=False) as found:
            assert found.check()
            a, b = found.list("a"), found.list("b")
            assert [n[1:] for n in a] == [n[1:] for n in b], "half a commit was copied"
            assert a == everything[: len(a)]
            sizes.add(len(a))
    assert len(everything) == 600
    assert len(sizes) > 2, "no copy was made while the other wrote"


def test_a_copy_is_one_file_and_writes_on_like_the_store(tmp_path: Path) -> None:
    with SqliteCloud(tmp_path / "person.db") as cloud:
        cloud.commit([Change("a", b"1", None)])
        cloud.backup(tmp_path / "copy.db")
        before = cloud.get("a")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.db", "person.db"]
    with SqliteCloud(tmp_path / "copy.db", create=False) as copy, SqliteCloud(tmp_path / "copy.db") as also:
        assert copy.get("a") == before
        copy.commit([Change("b", b"2", None)])
        assert also.list() == ["a", "b"]
        assert (tmp_path / "copy.db-wal").exists(), "readers and writers of a copy wait for each other"


def test_a_copy_is_never_written_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_bytes(b"mine")
    with SqliteCloud(tmp_path / "person.db") as cloud:
        with pytest.raises(RequestError, match="already"):
            cloud.backup(tmp_path / "copy.db")
        with pytest.raises(RequestError, match="cannot be written"):
            cloud.backup(tmp_path / "no" / "copy.db")
    assert (tmp_path / "copy.db").read_bytes() == b"mine"
    assert not list(tmp_path.glob("*.partial*"))
