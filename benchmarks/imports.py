"""Import of a CSV of half-hourly readings into a durable store, beside peers."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from selfdata_sdk.cloud import SqliteCloud
from selfdata_sdk.importers import import_files
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.files import enedis_load_curve

from . import measure


def readings(n: int) -> list[int]:
    """Mean powers of a home: a base that changes daily, and peaks; seeded."""
    random = np.random.default_rng(7)
    base = np.repeat(random.integers(60, 120, n // 48 + 1), 48)[:n]
    return (base + (random.random(n) < 0.25) * random.gamma(2, 400, n)).astype(int).tolist()  # type: ignore[no-any-return]


def make(folder: Path, n: int) -> Path:
    first = datetime(1970, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    return enedis_load_curve(folder / f"load-curve-{n}.csv", readings(n), first)


def whole_processes(folder: Path, file: Path, rounds: int) -> dict[str, float]:
    """Seconds of whole processes, from start to durable rows."""
    selfdata = str(Path(sys.executable).with_name("selfdata"))

    def ours(home: Path) -> float:
        return measure.process([selfdata, "--home", str(home), "import", str(file), "--json"])

    def fresh_home() -> Path:
        shutil.rmtree(folder / "ours", ignore_errors=True)
        return folder / "ours"

    again = folder / f"again-{file.stem}"
    ours(again)

    def fresh(name: str) -> Path:
        path = folder / name
        for leftover in folder.glob(name + "*"):
            leftover.unlink()
        return path

    def singer() -> float:
        target = fresh("singer.sqlite")
        python = f'"{sys.executable}"'
        took = measure.process(
            [
                "bash",
                "-c",
                (
                    f"set -o pipefail; {python} -m benchmarks.peers.singer_tap '{file}' 2>/dev/null"
                    f" | {python} -m benchmarks.peers.singer_target '{target}' 2>/dev/null"
                ),
            ]
        )
        with sqlite3.connect(target) as rows:
            assert rows.execute("SELECT count(*) FROM readings").fetchone()[0] > 1000
        return took

    return measure.interleaved(
        {
            "selfdata": lambda: ours(fresh_home()),
            "selfdata, core alone": lambda: measure.script("ours", file, fresh("core.sqlite")),
            "selfdata, the same file again": lambda: ours(again),
            "singer-sdk tap into its SQL target": singer,
            "pandas read_csv and to_sql": lambda: measure.script("peers.pandas_to_sql", file, fresh("pandas.sqlite")),
            "sqlite-utils insert": lambda: measure.script("peers.sqlite_utils_insert", file, fresh("utils.sqlite")),
            "pyarrow.csv, read only": lambda: measure.script("peers.pyarrow_read", file),
        },
        rounds,
    )


def warm(folder: Path, file: Path, rounds: int = 5) -> dict[str, float]:
    """Seconds inside one process that has everything loaded, pyarrow too."""
    from .peers.pyarrow_read import read

    number = iter(range(10_000))

    def ours() -> float:
        with PersonalStore(SqliteCloud(folder / f"warm-{next(number)}.sqlite")) as store:
            return measure.call(lambda: import_files(store, [file], now=datetime.now(UTC)))

    again = PersonalStore(SqliteCloud(folder / "warm-again.sqlite"))
    import_files(again, [file], now=datetime.now(UTC))
    cases = {
        "selfdata": ours,
        "selfdata, the same file again": lambda: measure.call(
            lambda: import_files(again, [file], now=datetime.now(UTC))
        ),
        "pyarrow.csv, read only": lambda: measure.call(lambda: read(str(file))),
    }
    measure.interleaved(cases, 1)
    found = measure.interleaved(cases, rounds)
    again.close()
    return found


def sizes(folder: Path) -> dict[str, float]:
    """Bytes per reading of what the processes left behind; the selfdata store as documents and as a file."""
    with PersonalStore(SqliteCloud(folder / "ours" / "cloud.sqlite")) as store:
        n = sum(h.count for h in store.summary())
        documents = sum(len(d.data) for d in store.cloud.get_many(store.cloud.list()).values())
    found = {"selfdata, documents": documents / n}
    for name, file in (("selfdata, SQLite file", "ours/cloud"), ("singer-sdk", "singer"), ("pandas to_sql", "pandas")):
        found[name] = (folder / f"{file}.sqlite").stat().st_size / n
    return found
