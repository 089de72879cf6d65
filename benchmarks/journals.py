"""The journal: what an entry costs, and a journal of a million of them."""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from selfdata_sdk.cloud import Change, SqliteCloud
from selfdata_sdk.consent.chain import SEGMENT, Head, joined
from selfdata_sdk.consent.entry import START, Actor, Handed, Happening, write
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.store.ledger import HEAD, Anchor, Ledger, segment_name
from selfdata_sdk.store.seal import Seal

from . import measure

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
    """Milliseconds of one durable entry, and of one durable row in SQLite beside it."""
    with ExitStack() as opened:
        few, many = (opened.enter_context(_ledger(folder / f"journal-{n}", n)) for n in (200, 100_000))
        peer = opened.enter_context(closing(sqlite3.connect(folder / "rows.sqlite", isolation_level=None)))
        peer.execute("PRAGMA journal_mode=WAL")
        peer.execute("PRAGMA synchronous=FULL")
        peer.execute("CREATE TABLE log (at TEXT, entry TEXT)")
        row = NOW.isoformat(), RUN.model_dump_json()
        cases = {
            "an entry, after 200": lambda: measure.call(lambda: few.note(RUN)),
            "an entry, after 100 000": lambda: measure.call(lambda: many.note(RUN)),
            "a row in SQLite, neither chained nor sealed": lambda: measure.call(
                lambda: peer.execute("INSERT INTO log VALUES (?, ?)", row)
            ),
        }
        return {name: 1000 * seconds for name, seconds in measure.interleaved(cases, rounds).items()}


@contextmanager
def _ledger(path: Path, n: int) -> Iterator[Ledger]:
    """A ledger that holds `n` entries already."""
    _fill(path, n)
    with SqliteCloud(path / "cloud.sqlite") as cloud, SqliteKeeper(path / "host.sqlite") as keeper:
        yield Ledger(cloud, keeper)


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
