"""After an erasure nothing of the records is left to read: not in pages, history, contents, free space or the log."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from selfdata_sdk.cloud import SqliteCloud
from selfdata_sdk.errors import CloudUnavailable
from selfdata_sdk.model import Period, Table, WaterUse
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.store.contents import NAME as CONTENTS
from selfdata_sdk.testing.clouds import FolderCloud

Uses = Callable[..., Table]
FEBRUARY = datetime(2024, 2, 1, tzinfo=UTC)
MARKS = (b"markerinext", b"markerinfirstext")


class PlainSqlite(SqliteCloud):
    """The embedded cloud with pages as JSON, so that what is left of them can be searched for."""

    binary = False


def on_disk(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def fill(store: PersonalStore, uses: Uses) -> None:
    """January with an earlier revision and a file of its own, February, and another holder."""
    store.write([uses([1, 2, 3] * 200, ext='{"a":"markerinfirstext"}', imported=1)])
    store.write([uses([4, 2, 3] * 200, ext='{"a":"markerinext"}', imported=2)])
    store.write([uses([7] * 50, FEBRUARY, imported=3), uses([9] * 50, FEBRUARY, holder="sedif", imported=3)])
    for n in range(20):  # pages that are written anew leave earlier ones in free space
        store.write([uses([n + 10], datetime(2024, 1, 28, tzinfo=UTC), ext='{"a":"markerinext"}', imported=2)])


@pytest.mark.parametrize("kind", ["sqlite", "folder"])
def test_no_text_number_or_digest_of_an_erased_file_can_be_read(kind: str, tmp_path: Path, uses: Uses) -> None:
    place = tmp_path / "place"
    place.mkdir()
    cloud = PlainSqlite(place / "s.sqlite") if kind == "sqlite" else FolderCloud(place / "s", binary=False)
    with PersonalStore(cloud) as store:
        fill(store, uses)
        digests = [f"{n:064x}".encode() for n in (1, 2)]
        assert all(mark in on_disk(place) for mark in (*MARKS, *digests))
        store.erase(WaterUse, Period(None, FEBRUARY))
        left = on_disk(place)
        assert [mark for mark in (*MARKS, *digests) if mark in left] == []
        assert sum(h.count for h in store.summary()) == 100
        # The imports of what is gone cannot be found in the contents either.
        document = store.cloud.get(CONTENTS)
        assert document is not None
        assert b"2024-01" not in document.data


def deflated(data: bytes) -> Iterator[bytes]:
    """Everything in `data` that can be inflated, wherever it starts."""
    at = data.find(b"\x78\x01")
    while at >= 0:
        inflate = zlib.decompressobj()
        try:
            found = inflate.decompress(data[at:])
        except zlib.error:
            found = b""
        if len(found) > 100:
            yield found
        at = data.find(b"\x78\x01", at + 1)


def test_no_packed_page_of_erased_records_can_be_inflated_from_the_file(tmp_path: Path, uses: Uses) -> None:
    values = [(n * 7919) % 251 for n in range(600)]
    with PersonalStore(SqliteCloud(tmp_path / "s.sqlite")) as store:
        store.write([uses(values)])
        assert list(deflated(on_disk(tmp_path)))
        assert b"SDPG" in on_disk(tmp_path)
        store.erase(WaterUse)
        left = on_disk(tmp_path)
    assert list(deflated(left)) == []
    assert b"SDPG" not in left


def test_erasing_everything_leaves_no_name_and_no_secret(tmp_path: Path, uses: Uses) -> None:
    with PersonalStore(SqliteCloud(tmp_path / "s.sqlite")) as store:
        fill(store, uses)
        secret = store.secret().hex().encode()
        names = [n.encode() for n in store.cloud.list("page.")]
        assert secret in on_disk(tmp_path)
        store.erase_everything()
        left = on_disk(tmp_path)
    assert not [t for t in (secret, b"veolia", b"sedif", *names) if t in left]


def test_a_reader_elsewhere_keeps_the_log_and_that_is_said(
    tmp_path: Path, uses: Uses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("selfdata_sdk.cloud.sqlite.BUSY_SECONDS", 0.1)
    path = tmp_path / "s.sqlite"
    with PersonalStore(SqliteCloud(path)) as store:
        fill(store, uses)
        reader = sqlite3.connect(path, isolation_level=None)
        try:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM documents").fetchone()
            with pytest.raises(CloudUnavailable, match="still in its log"):
                store.erase(WaterUse, Period(None, FEBRUARY))
        finally:
            reader.close()
        assert sum(h.count for h in store.summary()) == 100
        store.erase(WaterUse)
        assert b"SDPG" not in on_disk(tmp_path)
