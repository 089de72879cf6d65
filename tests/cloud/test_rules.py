"""Every cloud keeps the rules for clouds."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import pytest

from selfdata_sdk.cloud import Change, Cloud, MemoryCloud, SqliteCloud, Together
from selfdata_sdk.errors import Conflict, RequestError
from selfdata_sdk.testing.clouds import FolderCloud, cloud_tests


@cache
def memory(folder: Path, **kind: bool) -> Cloud:
    return MemoryCloud(**kind)


def sqlite(folder: Path) -> Cloud:
    return SqliteCloud(folder / "person.db")


def together(folder: Path, binary: bool = True) -> Cloud:
    return Together(FolderCloud(folder, binary=binary), patience=0.2)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule sees whether a file is on the disk, and waiting for it takes most of the time."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


TestMemory = cloud_tests(memory, processes=False)
TestLesserMemory = cloud_tests(partial(memory, atomic=False, binary=False), processes=False)
TestSqlite = cloud_tests(sqlite)
TestFolder = cloud_tests(FolderCloud)
TestFolderOfJson = cloud_tests(partial(FolderCloud, binary=False))
TestFolderTogether = cloud_tests(together)
TestFolderOfJsonTogether = cloud_tests(partial(together, binary=False))


@pytest.mark.parametrize("name", ["", "A", "é", "a/b", "..", ".a", "a b", "x" * 201, "a\n"])
def test_names_that_not_every_cloud_can_hold_are_refused(name: str) -> None:
    with pytest.raises(RequestError):
        Change(name, b"", None)


def test_a_folder_removes_what_a_killed_writer_left(tmp_path: Path) -> None:
    cloud = FolderCloud(tmp_path)
    (tmp_path / "0123.partial").write_bytes(b"half")
    cloud.commit([Change("a", b"1", None)])
    assert not list(tmp_path.glob("*.partial"))


def test_conflict_is_an_error_that_may_pass() -> None:
    cloud = MemoryCloud()
    with pytest.raises(Conflict, match="changed by somebody else"):
        cloud.commit([Change("a", b"1", "never")])
