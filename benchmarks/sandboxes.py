"""One sandboxed run of a small service on a year of hourly water, beside other ways to keep it apart."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.host.code import Code, digest_of
from selfdata_sdk.host.engine import Engine, InProcess
from selfdata_sdk.host.runner import run
from selfdata_sdk.host.sandbox import Sandbox, readable, wire
from selfdata_sdk.model import Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.service.calling import Given
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.running import OpenDoor

from . import measure
from .peers.small_service import small

YEAR = 8_760
NOW = datetime(2025, 1, 1, tzinfo=UTC)
PEERS = Path(__file__).with_name("peers")
WITHOUT = "in this process, without any wall"
WARM = "in the sandbox"


def runs(folder: Path, rounds: int = 100) -> dict[str, float]:
    """Milliseconds of one whole run each: data in, checked blocks out. Bubblewrap only where it is installed."""
    manifest = manifest_of(small)
    packages = {"small_service": PEERS / "small_service.py"}
    code = Code("small_service:small", packages, digest_of(packages))
    door = OpenDoor(_store())

    def on(engine: Engine) -> Callable[[], object]:
        return lambda: run(door, engine, manifest=manifest, now=NOW)

    cold = [sys.executable, "-I", str(PEERS / "cold_run.py"), str(_task(folder, door, code))]
    with Sandbox() as sandbox:
        cases = {WITHOUT: on(InProcess(small)), WARM: on(sandbox.engine(code))}
        whole = {"in an interpreter of its own, without any wall": cold}
        if bwrap := shutil.which("bwrap"):
            whole["in an interpreter of its own, in bubblewrap"] = [bwrap, *_bubblewrap(folder), *cold]
        for case in cases.values():
            case()
        times = measure.interleaved({n: (lambda c=c: measure.call(c)) for n, c in cases.items()}, rounds)  # type: ignore[misc]
        times |= measure.interleaved({n: (lambda c=c: measure.process(c)) for n, c in whole.items()}, rounds // 10)  # type: ignore[misc]
    return {name: 1000 * seconds for name, seconds in times.items()}


def _store() -> PersonalStore:
    start = micros(NOW) + HOUR * np.arange(-YEAR, 0, dtype=np.int64)
    litres = np.random.default_rng(1).integers(0, 30_000, YEAR)
    source = Source(holder="holder", importer="bench", version="1", retrieved_at=NOW)
    columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(litres)}
    store = PersonalStore(MemoryCloud())
    store.write([Table(WaterUse, Series("water.use/1", "holder", "P1", "", "PT1H"), columns, (source,))])
    return store


def _task(folder: Path, door: OpenDoor, code: Code) -> Path:
    """What the run is given, in a file."""
    manifest = manifest_of(small)
    opened = door.open(manifest, NOW, None)
    given = Given(opened.payloads, opened.now, opened.tz, "en", {})
    asked = {label: (need.record_type, need.fields) for label, need in manifest.needs.items()}
    path = folder / "task"
    path.write_bytes(b"".join(wire.packed(wire.Task(manifest.id, asked, given))))
    return path


def _bubblewrap(folder: Path) -> list[str]:
    """Its options for what the sandbox shows, too, and the interpreter; no limits and no filter of system calls."""
    shown = {p: real for p, real in readable.readable().items() if os.path.exists(real)}
    interpreter = {
        path: path for path in {sys.prefix, sys.base_prefix, "/lib", "/lib64", "/usr"} if os.path.exists(path)
    }
    own = {str(p): str(p) for p in (PEERS, folder)}
    binds = [
        part for path, real in sorted({**shown, **interpreter, **own}.items()) for part in ("--ro-bind", real, path)
    ]
    return [
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        *binds,
    ]
