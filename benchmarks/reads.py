"""Reading one year of half-hourly readings, beside one JSON document per reading."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from selfdata_sdk import Context, Dataset, Need, Row, Text, service
from selfdata_sdk.cloud import SqliteCloud
from selfdata_sdk.consent.grant import Item, Terms
from selfdata_sdk.host.host import Host
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.model import REGISTRY, ElectricityUse, Series, Source, Table
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import micros
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.store.ledger import Ledger
from selfdata_sdk.store.page import load
from selfdata_sdk.testing.running import OpenDoor

from . import measure
from .imports import readings

YEAR = 17_520
STEP = 1_800_000_000
START = datetime(2024, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=365)


def table(n: int = YEAR) -> Table:
    """A year of energy by half hours with its whole envelope."""
    start = micros(START) + STEP * np.arange(n, dtype=np.int64)
    energy = np.array(readings(n), np.int64) * 500
    source = Source(
        holder="Enedis", importer="bench", version="1", retrieved_at=NOW, sha256="0" * 64, locator="line {}"
    )
    columns = {
        "start": Ints(start),
        "end": Ints(start + STEP),
        "energy": Ints(energy),
        "power": Ints(energy * 2),
        "locator": Ints(np.arange(n) + 4),
    }
    return Table(
        ElectricityUse, Series("electricity.use/1", "Enedis", "09876543210987", "", "PT30M"), columns, (source,)
    )


class Step(Row[ElectricityUse]):
    start: datetime
    energy: float


def _need(granularity: str) -> Need:
    return Need(
        why=Text(en="Measure how long a read takes", fr="Mesurer la durée d'une lecture"),
        granularity=granularity,
        back="P1Y",
    )


def year(folder: Path, rounds: int = 30) -> dict[str, float]:
    """Milliseconds, each with the opening of the file unless it says otherwise."""
    path = folder / "year.sqlite"
    data = table()
    with PersonalStore(SqliteCloud(path)) as store:
        store.write([data])
        pages = [d.data for n, d in store.cloud.get_many(store.cloud.list("page.")).items()]
    peer = _json_documents(folder / "documents.sqlite", data)
    raw, daily = manifest_of(_service("raw")), manifest_of(_service("day"))
    granted = _granted(path, raw, daily)
    open_host = _host(SqliteCloud(path), SqliteKeeper(granted))

    def opened(work: object) -> float:
        def run() -> None:
            with PersonalStore(SqliteCloud(path)) as store:
                work(store)  # type: ignore[operator]

        return measure.call(run)

    def hosted(manifest: Manifest) -> float:
        def run() -> None:
            with SqliteCloud(path) as cloud, SqliteKeeper(granted) as keeper:
                _host(cloud, keeper).door().open(manifest, None, None)

        return measure.call(run)

    columns = ["energy"]
    cases = {
        "into columns": lambda: opened(lambda s: s.read(ElectricityUse, fields=columns)),
        "into columns, all fields and sources": lambda: opened(lambda s: s.read(ElectricityUse)),
        "through the broker, every half hour": lambda: opened(lambda s: OpenDoor(s).open(raw, NOW, None)),
        "through the broker, reduced to days": lambda: opened(lambda s: OpenDoor(s).open(daily, NOW, None)),
        "through grant, broker and journal, every half hour": lambda: hosted(raw),
        "through grant, broker and journal, reduced to days": lambda: hosted(daily),
        "the same, every half hour, in a host that is open": lambda: measure.call(
            lambda: open_host.door().open(raw, None, None)
        ),
        "into validated records": lambda: opened(lambda s: s.read(ElectricityUse).records()),
        "bare decode of the pages, already in memory": lambda: measure.call(
            lambda: [load(p, REGISTRY, frozenset(columns)) for p in pages]
        ),
        "one JSON document per reading in SQLite, into columns": lambda: measure.call(lambda: _read_json(peer)),
    }
    measure.interleaved(cases, 3)
    return {name: 1000 * seconds for name, seconds in measure.interleaved(cases, rounds).items()}


def _host(cloud: SqliteCloud, keeper: SqliteKeeper) -> Host:
    return Host(PersonalStore(cloud), Ledger(cloud, keeper, clock=lambda: NOW))


def _granted(path: Path, *manifests: Manifest) -> Path:
    """The keeper's file of a host that both services were granted on."""
    keeper_path = path.with_name("host.sqlite")
    with SqliteCloud(path) as cloud, SqliteKeeper(keeper_path) as keeper:
        host = _host(cloud, keeper)
        for manifest in manifests:
            host.grant(manifest, Terms(items={"use": Item(decision="given", finer=True)}))
    return keeper_path


def _service(granularity: str) -> object:
    need = _need(granularity)

    def bench(context: Context, use: object) -> list[object]:
        return []

    from typing import Annotated

    bench.__annotations__ = {"context": Context, "use": Annotated[Dataset[Step], need]}
    return service(
        id=f"org.selfdata.bench-{granularity}", name=Text(en="Bench", fr="Mesure"), summary=Text(en="Reads", fr="Lit")
    )(bench)  # type: ignore[arg-type]


def _json_documents(path: Path, data: Table) -> Path:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE documents (id TEXT PRIMARY KEY, body TEXT)")
        database.executemany(
            "INSERT INTO documents VALUES (?, ?)",
            ((str(i), r.model_dump_json(exclude_defaults=True)) for i, r in enumerate(data.records())),
        )
    return path


def _read_json(path: Path) -> tuple[object, object]:
    with sqlite3.connect(path) as database:
        bodies = [json.loads(body) for (body,) in database.execute("SELECT body FROM documents")]
    start = np.array([b["start"][:-1] for b in bodies], "datetime64[us]")
    return start, np.array([float(b["energy"]) for b in bodies])


def stores_per_second(folder: Path, n: int = 300) -> float:
    """Small stores opened, a year of daily readings read, closed: per second on one core."""
    small = table(365)
    paths = [folder / f"person-{i}.sqlite" for i in range(n)]
    for path in paths:
        with PersonalStore(SqliteCloud(path)) as store:
            store.write([small])

    def all_of_them() -> None:
        for path in paths:
            with PersonalStore(SqliteCloud(path)) as store:
                store.read(ElectricityUse, fields=["energy"])

    all_of_them()
    return n / measure.call(all_of_them)
