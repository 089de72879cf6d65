"""Several writers at once, in threads and in processes: every write that was acknowledged is there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from selfdata_sdk.cloud import Cloud, MemoryCloud, SqliteCloud
from selfdata_sdk.model import Table, WaterUse
from selfdata_sdk.model.time import HOUR
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.clouds import FolderCloud

Uses = Callable[..., Table]

WRITER = """
import sys
from pathlib import Path
from datetime import UTC, datetime
import numpy as np
from selfdata_sdk.cloud import SqliteCloud
from selfdata_sdk.model import Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.clouds import FolderCloud

kind, path, me, times = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
source = Source(holder="veolia", importer="test", version="1", retrieved_at=datetime(2025, 1, 1, tzinfo=UTC))
with PersonalStore(SqliteCloud(path) if kind == "sqlite" else FolderCloud(path)) as store:
    for turn in range(times):
        start = np.array([micros(datetime(2024, 1, 1, tzinfo=UTC)) + HOUR * (turn * 4 + me)])
        columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(np.array([me * 1000]))}
        store.write([Table(WaterUse, Series(WaterUse.type, "veolia", "P1", "", "PT1H"), columns, (source,))])
"""


@pytest.mark.parametrize("kind", ["sqlite", "folder"])
def test_processes_that_write_into_the_same_page_lose_nothing(kind: str, tmp_path: Path) -> None:
    path, times = tmp_path / "store", 8
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, kind, str(path), str(me), str(times)]) for me in range(4)
    ]
    assert [w.wait(timeout=120) for w in writers] == [0] * 4
    cloud: Cloud = SqliteCloud(path) if kind == "sqlite" else FolderCloud(path)
    with PersonalStore(cloud) as store:
        (table,) = store.read(WaterUse).tables
        assert len(table) == 4 * times
        assert table.ints("litres").tolist() == [0, 1000, 2000, 3000] * times


@pytest.mark.parametrize(
    "new", [MemoryCloud, lambda: MemoryCloud(atomic=False)], ids=["atomic", "one change after the other"]
)
def test_threads_that_write_the_same_and_other_records_agree(new: Callable[[], Cloud], uses: Uses) -> None:
    store = PersonalStore(new())
    parts = [uses(list(range(n, n + 20)), imported=n) for n in range(6)]

    def write(part: Table) -> int:
        written = store.write([part])
        return written.created + written.updated + written.unchanged

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(write, parts)) == [20] * 6
    (table,) = store.read(WaterUse).tables
    assert len(table) == 20
    assert (table.ints("start")[1:] - table.ints("start")[:-1] == HOUR).all()
    # Whoever came last: each record's past is whole.
    assert len(store.history(WaterUse)) == int((table.ints("revision") - 1).sum())
