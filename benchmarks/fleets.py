"""One service for many persons with a year of hourly water each: sandboxed, granted and journalled.

fleets FOLDER OCCASION runs it for the people of a folder and prints seconds: the process that is measured.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from selfdata_sdk.cloud import SqliteCloud
from selfdata_sdk.consent.grant import Item, Terms
from selfdata_sdk.host.code import Code, digest_of
from selfdata_sdk.host.fleet import Fleet, Sandboxed
from selfdata_sdk.host.people import People
from selfdata_sdk.model import Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.store import PersonalStore

from .measure import ROOT
from .year import year

HOURS = 8760
END = datetime(2025, 6, 15, tzinfo=UTC)
MANIFEST = manifest_of(year)
TERMS = Terms(items={"water": Item(decision="given", finer=True)}, lasts="P12M")


def persons_per_second(folder: Path, n: int = 10_000) -> dict[str, float]:
    """With the start and end of the workers; and the memory of all processes at the peak, in MB, for few and for all."""
    people, few = folder / "people", folder / "few"
    make(people, n)
    make(few, n // 10)
    little, (seconds, memory) = _measured(few), _measured(people)
    return {"persons per second": n / seconds, "MB for a tenth of the persons": little[1], "MB for all": memory}


def make(folder: Path, n: int) -> None:
    """Persons who agreed to the service, with as many litres each as nobody else."""
    with People(folder) as people:
        people.practise(END)
        filled = folder / "filled.sqlite"
        with PersonalStore(SqliteCloud(folder / "one.sqlite")) as store:
            store.write([_year()])
            store.backup(filled)
        for number in range(n):
            person = people.add(str(number))
            shutil.copyfile(filled, people.home(person).store_path)
            with people.host(person) as host:
                host.grant(MANIFEST, TERMS)


def _year() -> Table:
    start = micros(END - timedelta(hours=HOURS)) + np.arange(HOURS, dtype=np.int64) * HOUR
    litres = np.random.default_rng(7).integers(0, 60, HOURS) * 1000
    source = Source(holder="holder", importer="bench", version="1", retrieved_at=END, sha256="0" * 64)
    columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(litres)}
    return Table(WaterUse, Series("water.use/1", "holder", "P1", "", "PT1H"), columns, (source,))


def _measured(folder: Path) -> tuple[float, float]:
    """Seconds of a run for all, and megabytes of all its processes together at the peak."""
    words = [sys.executable, "-m", "benchmarks.fleets", str(folder), "once"]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _megabytes(process.pid))
        time.sleep(0.5)
    assert process.stdout is not None
    with process.stdout as said:
        return float(said.read()), peak


def _megabytes(pid: int) -> float:
    """What a process and all that it started hold in memory; what they share counts each time."""
    asked = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)
    listed = [tuple(map(int, line.split())) for line in asked.stdout.splitlines()]
    total, todo = 0, [pid]
    while todo:
        parent = todo.pop()
        total += sum(size for own, _, size in listed if own == parent)
        todo += [own for own, above, _ in listed if above == parent]
    return total / 1024


def main(folder: str, occasion: str) -> None:
    packages = {"year": Path(__file__).with_name("year.py")}
    code = Code("year:year", packages, digest_of(packages))
    with People(folder) as people:
        report = Fleet(people, MANIFEST, Sandboxed(code, people.policy)).run(occasion=occasion)
    if report.done != report.persons or not report.done:
        raise SystemExit(f"not everybody was served: {report}")
    print(report.seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
