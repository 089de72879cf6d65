"""Writers that are killed with SIGKILL, and what they must leave behind. Run as a script, so that forking is safe.

killing random CLOUD FOLDER ROUNDS SEED    kill a writer at random moments; what it acknowledged must be there
killing steps CLOUD FOLDER ACT             kill a writer after its 1st, 2nd … change of a document; all or nothing

Prints what it found, and exits with 1 at the first thing that is lost, halved or doubled.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from selfdata_sdk.cloud import Cloud, SqliteCloud, Together
from selfdata_sdk.model import Period, Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.clouds import FolderCloud

BATCH = 30
START = micros(datetime(2024, 1, 25, tzinfo=UTC))  # batches soon reach into the next month's page


class Pretends(FolderCloud):
    """Says that it does several changes together, and does not: what the steps must find out."""

    atomic = True


def nothing() -> None:
    pass


def open_store(
    kind: str, folder: Path, after_change: Callable[[], None] = nothing, page_limit: int = 4000
) -> PersonalStore:
    cloud: Cloud
    if kind == "sqlite":
        cloud = SqliteCloud(folder / "store.sqlite")
    elif kind == "pretends":
        cloud = Pretends(folder / "store", after_change=after_change)
    else:
        # Short patience: a turn that a killed writer holds is taken away at once.
        inner = FolderCloud(folder / "store", after_change=after_change, binary=kind == "folder")
        cloud = Together(inner, patience=0.05)
    return PersonalStore(cloud, page_limit=page_limit)


def batch(number: int) -> Table:
    """The hours of a batch, each with a value of its own; and one record that every batch changes."""
    starts = START + HOUR * (1 + number * BATCH + np.arange(BATCH, dtype=np.int64))
    litres = (number * BATCH + np.arange(BATCH, dtype=np.int64)) * 37 % 1009 * 1000
    starts, litres = np.append(starts, START), np.append(litres, number * 1000)
    when = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    source = Source(holder="veolia", importer="test", version="1", locator="line {}", retrieved_at=when)
    columns = {"start": Ints(starts), "end": Ints(starts + HOUR), "litres": Ints(litres)}
    return Table(WaterUse, Series(WaterUse.type, "veolia", "P1", "", "PT1H"), columns, (source,))


def content(store: PersonalStore) -> dict[int, int]:
    """Start → litres of all that is read; each start may be there once only."""
    found: dict[int, int] = {}
    for table in store.read(WaterUse).tables:
        for start, litres in zip(table.ints("start").tolist(), table.ints("litres").tolist(), strict=True):
            check(start not in found, "a record is read twice")
            found[start] = litres
    return found


def expected(batches: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for number in range(batches):
        table = batch(number)
        found |= dict(zip(table.ints("start").tolist(), table.ints("litres").tolist(), strict=True))
    return found


def check(holds: bool, what: str) -> None:
    if not holds:
        print(f"lost: {what}")
        sys.exit(1)


def sound(store: PersonalStore) -> None:
    """Every page loads, the contents agree with the pages, and no revision is without its past."""
    records = content(store)
    check(sum(h.count for h in store.summary()) == len(records), "the contents count other records than there are")
    pages = list(store.pages(WaterUse))
    check(sum(len(p.current) for p in pages) == len(records), "the pages hold other records than are read")
    revisions = sum(int((p.current.ints("revision") - 1).sum()) for p in pages)
    check(len(store.history(WaterUse)) == revisions, "an earlier revision is missing or there twice")


def fork(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def at_random(kind: str, folder: Path, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    acknowledged = 0
    for _ in range(rounds):
        read, write = os.pipe()

        def writer(write: int = write, first: int = acknowledged) -> None:
            with open_store(kind, folder) as store:
                number = first
                while True:
                    store.write([batch(number)])
                    os.write(write, b".")
                    number += 1

        child = fork(writer)
        os.close(write)
        time.sleep(chance.uniform(0.002, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(read, "rb") as pipe:
            acknowledged += len(pipe.read())
        with open_store(kind, folder) as store:
            found = content(store)
            # The write under way when the writer was killed may be there, as a whole, or not.
            check(
                found in (expected(acknowledged), expected(acknowledged + 1)), "an acknowledged write, or half of one"
            )
            sound(store)
    with open_store(kind, folder) as store:
        store.write([batch(acknowledged)])
        check(content(store) == expected(acknowledged + 1), "a write after the last kill")
        sound(store)
    print(f"{rounds} kills, {acknowledged} acknowledged writes, none lost")


ACTS: dict[str, Callable[[PersonalStore], object]] = {
    "create": lambda store: store.write([batch(3)]),
    "update": lambda store: store.write([batch(2).replace(litres=Ints(batch(2).ints("litres") + 1000))]),
    "erase": lambda store: store.erase(WaterUse, Period(None, datetime(2024, 1, 26, 12, tzinfo=UTC))),
    "undo": lambda store: store.undo(),
    "split": lambda store: PersonalStore(store.cloud, page_limit=700).write([batch(3)]),
    "erase everything": lambda store: store.erase_everything(),
}


def state(store: PersonalStore) -> object:
    history = sorted((str(r.id), r.revision, r.model_dump_json()) for r in store.history(WaterUse))
    return content(store), history, store.summary()


def after_each_step(kind: str, folder: Path, act: str) -> None:
    ready = folder / "ready"
    ready.mkdir()
    with open_store(kind, ready) as store:
        for number in range(3):
            store.write([batch(number)])
        before = state(store)
    shutil.copytree(ready, folder / "done")
    with open_store(kind, folder / "done") as store:
        ACTS[act](store)
        after = state(store)
    check(before != after, "the act does nothing, so it proves nothing")
    step = 0
    while True:
        step += 1
        place = folder / f"step-{step}"
        shutil.copytree(ready, place)
        changes = iter(range(step - 1))

        def die(changes: object = changes) -> None:
            if next(changes, None) is None:  # type: ignore[call-overload]
                os.kill(os.getpid(), signal.SIGKILL)

        def work(place: Path = place, die: Callable[[], None] = die) -> None:
            with open_store(kind, place, die) as store:
                ACTS[act](store)

        _, status = os.waitpid(fork(work), 0)
        with open_store(kind, place) as store:
            found = state(store)
            check(found in (before, after), f"all or nothing, killed after change {step}")
            sound(store)
            store.write([batch(7)])
            check(batch(7).ints("start")[0] in content(store), "a write after the kill")
            sound(store)
        if not os.WIFSIGNALED(status):
            check(found == after, "the act, though nobody killed it")
            break
    print(f"killed after each of {step - 1} changes: all or nothing")


def main(mode: str, kind: str, folder: str, *rest: str) -> None:
    if mode == "random":
        at_random(kind, Path(folder), int(rest[0]), int(rest[1]))
    else:
        after_each_step(kind, Path(folder), rest[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
