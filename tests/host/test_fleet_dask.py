"""A fleet on Dask: a real scheduler and two workers, each a process of its own, and one of them killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from selfdata_sdk.host.fleet import GROUP, Fleet
from selfdata_sdk.host.people import People

HERE = Path(__file__).parent
if TYPE_CHECKING:
    from . import city
else:  # workers find it on the path that they inherit
    sys.path.insert(0, str(HERE))
    import city

distributed = pytest.importorskip("distributed")


@dataclass(frozen=True)
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler and two workers on the loopback device, ended one by one afterwards."""
    file = tmp_path / "scheduler.json"
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", *common]
    worker = ["worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", *common]
    with ExitStack() as started:

        def start(words: list[str]) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            started.callback(process.wait)
            started.callback(process.kill)
            return process

        start(scheduler)
        address = _address(file)
        yield Cluster(address, [start(worker), start(worker)])


def _address(file: Path) -> str:
    for _ in range(600):
        with suppress(FileNotFoundError, ValueError):
            return str(json.loads(file.read_text())["address"])
        time.sleep(0.05)
    raise AssertionError("the scheduler does not start")


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_worker_that_is_killed_loses_nobodys_run(tmp_path: Path, cluster: Cluster) -> None:
    litres = {f"login {n}": n + 1 for n in range(6 * GROUP)}
    ids = city.make(tmp_path / "city", litres)
    killed: list[int] = []

    def kill_one(settled: int) -> None:
        if not killed:
            cluster.workers[0].kill()
            killed.append(cluster.workers[0].wait())

    with (
        People(tmp_path / "city") as people,
        distributed.Client(cluster.address, set_as_default=False) as client,
    ):
        client.wait_for_workers(2)
        fleet = Fleet(people, city.MANIFEST, city.in_the_worker, settings={"wait": "20"})
        report = fleet.run(client.get_executor(pure=False), occasion="monday", workers=2, progress=kill_one)
        assert killed == [-9]
        assert report.done + report.already == len(ids)
        again = fleet.run(client.get_executor(pure=False), occasion="monday", workers=2)
        assert (again.done, again.already) == (0, len(ids))
        for login, person in ids.items():
            with people.host(person) as host:
                records = [r for r in host.runs("org.example.drops") if r.error is None]
                assert len(records) == 1
                (card,) = records[0].blocks
                assert card.kind == "card"
                assert card.metric is not None
                assert card.metric.value == 48 * litres[login]
