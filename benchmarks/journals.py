"""The journal: what an entry costs, and a journal of a million of them."""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from selfdata_sdk.cloud import Change, SqliteCloud
from selfdata_sdk.consent.chain import SEGMENT, Head, joined
from selfdata_sdk.consent.entry import START, Actor, Handed, Happening, write
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.store.ledger import HEAD, Anchor, Ledger, segment_name
from selfdata_sdk.store.seal import Seal

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RUN = Happening(
    actor=Actor(kind="service", id="org.example.water-coach", version="1.2.0", digest="0" * 64),
    event="run",
    needs=(
        Handed(
            need="water",
            record_type="water.use/1",
            granularity="day",
            start=NOW,
            end=NOW,
            purpose="requested_service_provision",
        ),
    ),
    details={"fields": {"water": ["litres", "start"]}, "rows": {"water": 365}},
)


def appends(folder: Path, rounds: int = 300) -> dict[str, float]:
    """Milliseconds of one durable entry, and of one durable row in SQLite beside it (medians)."""
    found = {}
    for before in (200, 100_000):
        path = folder / f"journal-{before}"
        _fill(path, before)
        with SqliteCloud(path / "cloud.sqlite") as cloud, SqliteKeeper(path / "host.sqlite") as keeper:
            name = "an entry, after 200" if before == 200 else "an entry, after 100 000"
            found[name] = _median(partial(Ledger(cloud, keeper).note, RUN), rounds)
    peer = sqlite3.connect(folder / "rows.sqlite", isolation_level=None)
    peer.execute("PRAGMA journal_mode=WAL")
    peer.execute("PRAGMA synchronous=FULL")
    peer.execute("CREATE TABLE log (at TEXT, entry TEXT)")
    text = RUN.model_dump_json()
    found["a row in SQLite, neither chained nor sealed"] = _median(
        lambda: peer.execute("INSERT INTO log VALUES (?, ?)", (NOW.isoformat(), text)), rounds
    )
    peer.close()
    return found


def of_a_million(folder: Path, n: int = 1_000_000) -> tuple[float, float]:
    """Milliseconds to open a journal of `n` entries, and entries verified per second."""
    path = folder / "journal-million"
    _fill(path, n)
    times = []
    for _ in range(7):
        began = time.perf_counter()
        with SqliteCloud(path / "cloud.sqlite") as cloud, SqliteKeeper(path / "host.sqlite") as keeper:
            Ledger(cloud, keeper).look()
        times.append(time.perf_counter() - began)
    with SqliteCloud(path / "cloud.sqlite") as cloud, SqliteKeeper(path / "host.sqlite") as keeper:
        began = time.perf_counter()
        found = Ledger(cloud, keeper).verify()
        took = time.perf_counter() - began
    if found.broken is not None or found.size != n:
        raise RuntimeError(f"the journal does not verify: {found}")
    return 1000 * statistics.median(times), n / took


def _median(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def _fill(path: Path, n: int) -> None:
    """A journal of `n` entries, written by the segment."""
    path.mkdir()
    with SqliteCloud(path / "cloud.sqlite") as cloud, SqliteKeeper(path / "host.sqlite") as keeper:
        last, changes = START, []
        for first in range(0, n, SEGMENT):
            entries = []
            for seq in range(first, min(first + SEGMENT, n)):
                entries.append(write(RUN, seq, last, NOW))
                last = entries[-1].hash
            changes.append(Change(segment_name(first // SEGMENT), joined(entries), None))
            if len(changes) == 500:
                cloud.commit(changes)
                changes = []
        head = Head(origin="0" * 32, size=n, hash=last, at=NOW)
        sealed = Seal(keeper.key("self")).wrap(HEAD, head.model_dump_json().encode())
        cloud.commit([*changes, Change(HEAD, sealed, None)])
        keeper.advance("self", Anchor(head.origin, n, last, 0), force=True)
