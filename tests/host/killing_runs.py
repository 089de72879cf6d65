"""Runs and answers that are killed with SIGKILL, and what they must leave behind. Run as a script, so that forking is safe.

killing_runs FOLDER ROUNDS SEED [careless]

`careless` hands over before it writes down: what the check must find out. Prints what it found, and exits with 1 at
the first thing that was handed over without an entry, or that is lost.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from selfdata_sdk.cloud import SqliteCloud
from selfdata_sdk.consent.grant import Item, Terms
from selfdata_sdk.host.broker import Opened
from selfdata_sdk.host.host import Host
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.model import Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.store.ledger import Ledger

SMALL = Path(__file__).parents[1] / "service/vectors/good/small.json"
NOW = datetime(2025, 6, 15, tzinfo=UTC)
WHY = {"en": "For the purpose of this very test", "fr": "Pour les besoins de ce test précis"}
NEED = {
    "record_type": "water.use/1",
    "fields": ["litres"],
    "granularity": "hour",
    "at_worst": "hour",
    "back": "P30D",
    "why": WHY,
}
MANIFEST = Manifest.model_validate({**json.loads(SMALL.read_bytes()), "needs": {"it": NEED}})
TERMS = Terms(items={"it": Item(decision="given", finer=True)}, lasts="P12M")
Handed = tuple[int, int]
"""End of the period in microseconds, and number of rows."""


@contextmanager
def opened_host(folder: Path) -> Iterator[Host]:
    with SqliteCloud(folder / "cloud.sqlite") as cloud, SqliteKeeper(folder / "host.sqlite") as keeper:
        yield Host(PersonalStore(cloud), Ledger(cloud, keeper, clock=lambda: NOW))


def check(holds: bool, what: str) -> None:
    if not holds:
        print(f"lost: {what}")
        sys.exit(1)


def fill(host: Host) -> None:
    start = micros(NOW - timedelta(days=31)) + np.arange(24 * 31, dtype=np.int64) * HOUR
    source = Source(holder="holder", importer="test", version="1", retrieved_at=NOW)
    columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(np.full(len(start), 1000))}
    host.store.write([Table(WaterUse, Series("water.use/1", "holder", "P1", "", "PT1H"), columns, (source,))])


def run_on_and_on(folder: Path, pipe: int, chance: random.Random, careless: bool) -> None:
    """Run as of one hour or another, and tell each time what was handed over; renew the grant now and then."""
    with opened_host(folder) as host:
        while True:
            if chance.random() < 0.2:
                host.grant(MANIFEST, TERMS)
            now = NOW - timedelta(hours=chance.randrange(600))
            if careless:
                tell(pipe, (micros(now), 0))
            payload = handed_over(host.door().open(MANIFEST, now, None))
            if not careless:
                tell(pipe, payload)


def handed_over(opened: Opened) -> Handed:
    payload = opened.payloads["it"]
    return payload.end, len(payload)


def tell(pipe: int, handed: Handed) -> None:
    os.write(pipe, json.dumps(handed).encode() + b"\n")


def written_down(host: Host) -> Counter[Handed]:
    found: Counter[Handed] = Counter()
    for entry in host.ledger.entries():
        if entry.header.event == "run" and entry.header.outcome == "allowed":
            (need,) = entry.header.needs
            assert entry.details is not None
            found[micros(need.end), entry.details["rows"]["it"]] += 1
    return found


def main(folder: Path, rounds: int, seed: int, careless: bool) -> None:
    chance = random.Random(seed)
    told: Counter[Handed] = Counter()
    with opened_host(folder) as host:
        fill(host)
        host.grant(MANIFEST, TERMS)
    for number in range(rounds):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                run_on_and_on(folder, write, random.Random(seed * 1000 + number), careless)
            finally:
                os._exit(0)
        os.close(write)
        time.sleep(chance.uniform(0.005, 0.1))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        check(os.WIFSIGNALED(status), "the writer stopped by itself")
        with os.fdopen(read, "rb") as pipe:
            for line in pipe.read().splitlines():
                end, rows = json.loads(line)
                told[end, rows] += 1
        with opened_host(folder) as host:
            view, anchor = host.ledger.look(MANIFEST.id), host.ledger.look().anchor
            check(view.standing == "sound", f"the ledger is {view.standing}")
            check(view.head is not None and anchor is not None and anchor.size <= view.head.size, "the host is ahead")
            check(view.held is not None and view.held.counts, "the grant counts no more")
            check(host.ledger.verify().broken is None, "the journal does not verify")
            entries = written_down(host)
            if careless:
                entries = Counter({(end, 0): n for (end, _), n in entries.items()})
            check(not told - entries, "data were handed over without an entry")
            if not careless:
                told[handed_over(host.door().open(MANIFEST, None, None))] += 1
    print(f"{rounds} kills, {told.total()} hand-overs, each written down")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:] == ["careless"])
