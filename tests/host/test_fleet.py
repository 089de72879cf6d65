"""A service for many persons: once in effect for each, and what goes wrong for one goes wrong for nobody else."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.grant import Item, Terms
from selfdata_sdk.errors import RequestError, SandboxUnavailable
from selfdata_sdk.host import fleet as module
from selfdata_sdk.host.code import Code
from selfdata_sdk.host.engine import Engine
from selfdata_sdk.host.fleet import GROUP, EngineMaker, Fleet, Report, Sandboxed
from selfdata_sdk.host.host import Host
from selfdata_sdk.host.people import People
from selfdata_sdk.host.policy import HostPolicy, Quota, Rules, Services, Walls
from selfdata_sdk.host.report import RunReport
from selfdata_sdk.service.blocks import Card

HERE = Path(__file__).parent
if TYPE_CHECKING:
    from . import city, drops
else:  # workers find them on the path that they inherit
    sys.path.insert(0, str(HERE))
    import city
    import drops

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is for Linux")


def fleet(people: People, engine: EngineMaker | None = None, **settings: object) -> Fleet:
    texts = {name: str(value) for name, value in settings.items()}
    return Fleet(people, city.MANIFEST, engine or city.in_the_worker, settings=texts)


def totals(host: Host) -> list[float]:
    """What each run in effect told, as it is kept with the person."""
    cards = [b for r in host.runs("org.example.drops") if r.error is None for b in r.blocks if isinstance(b, Card)]
    return [c.metric.value for c in cards if c.metric is not None]


def handed(host: Host) -> Counter[str]:
    """How the journal's entries of runs came out."""
    return Counter(e.header.outcome for e in host.ledger.entries() if e.header.event == "run")


def test_who_did_not_agree_to_what_a_new_version_asks_for_keeps_the_old_one(tmp_path: Path) -> None:
    ids = city.make(tmp_path / "city", {"ada": 1, "bob": 2, "cleo": 3}, ungranted=["cleo"])
    water = city.MANIFEST.needs["water"].model_copy(update={"back": "P60D"})
    newer = city.MANIFEST.model_copy(update={"version": "2.0.0", "needs": {"water": water}})
    with People(tmp_path / "city") as people:
        with people.host(ids["bob"]) as host:
            host.grant(newer, Terms(items={"water": Item(decision="given", finer=True)}, lasts="P12M"))
        both = Fleet(people, newer, city.in_the_worker, older=[(city.MANIFEST, city.in_the_worker)])
        with ThreadPoolExecutor(1) as pool:
            report = both.run(pool, occasion="monday")
        assert (report.done, report.skipped) == (2, {"consent": 1})
        ran = {}
        for login, person in ids.items():
            with people.host(person) as host:
                ran[login] = [r.version for r in host.runs("org.example.drops")]
        assert ran == {"ada": [city.MANIFEST.version], "bob": ["2.0.0"], "cleo": []}


def test_each_person_gets_what_their_own_data_say_once(tmp_path: Path) -> None:
    litres = {f"login {n}": n + 1 for n in range(2 * GROUP + 3)}
    ids = city.make(tmp_path / "city", litres)
    with People(tmp_path / "city") as people:
        told: list[int] = []
        first = fleet(people).run(occasion="monday", workers=2, progress=told.append)
        again = fleet(people).run(occasion="monday", workers=2)
        assert (first.done, first.persons, sum(told)) == (len(ids), len(ids), len(ids))
        assert (again.done, again.already) == (0, len(ids))
        for login, person in ids.items():
            with people.host(person) as host:
                assert totals(host) == [48 * litres[login]]
                assert handed(host) == {"allowed": 1}


def test_whoever_took_it_back_is_not_asked_and_their_journal_does_not_fill(tmp_path: Path) -> None:
    ids = city.make(tmp_path / "city", {"ada": 1})
    with People(tmp_path / "city") as people:
        with people.host(ids["ada"]) as host:
            host.withdraw(city.MANIFEST.id)
            before = list(host.ledger.entries())
        assert fleet(people).run(occasion="monday", workers=1).skipped == {"consent": 1}
        with people.host(ids["ada"]) as host:
            assert list(host.ledger.entries()) == before


def test_another_occasion_or_setting_is_another_run(tmp_path: Path) -> None:
    ids = city.make(tmp_path / "city", {"ada": 1})
    with People(tmp_path / "city") as people:
        assert fleet(people).run(occasion="monday", workers=1).done == 1
        assert fleet(people).run(occasion="tuesday", workers=1).done == 1
        assert fleet(people, wait=1).run(occasion="monday", workers=1).done == 1
        assert fleet(people, wait=0).run(occasion="monday", workers=1).already == 1
        with people.host(ids["ada"]) as host:
            assert totals(host) == [48.0, 48.0, 48.0]


def test_who_did_not_agree_is_skipped_and_who_fails_is_counted_by_kind(tmp_path: Path) -> None:
    litres = {"ada": 1, "bob": 2, "cyd": drops.RAISES, "dan": 4}
    ids = city.make(tmp_path / "city", litres, ("bob",))
    with People(tmp_path / "city") as people:
        report = fleet(people).run(occasion="monday", workers=1)
        assert (report.done, report.skipped, report.failed) == (2, {"consent": 1}, {"ServiceFailed": 1})
        assert "secret" not in repr(report)
        again = fleet(people).run(occasion="monday", workers=1)
        assert (again.already, again.skipped, again.failed) == (2, {"consent": 1}, {"ServiceFailed": 1})
        with people.host(ids["bob"]) as host:
            assert (totals(host), list(host.ledger.entries())) == ([], [])
        with people.host(ids["cyd"]) as host:
            assert {r.error for r in host.runs("org.example.drops")} == {"ServiceFailed"}


def test_a_worker_that_ends_takes_only_its_culprit_along(tmp_path: Path) -> None:
    litres = {f"login {n}": n + 1 for n in range(GROUP + 9)} | {"eve": drops.KILLS, "una": drops.KILLS_ONCE}
    ids = city.make(tmp_path / "city", litres)
    with People(tmp_path / "city") as people:
        report = fleet(people, scratch=tmp_path).run(occasion="monday", workers=2)
        assert report.failed == {"WorkerLost": 1}
        assert report.done + report.already == len(ids) - 1
        for login, person in ids.items():
            with people.host(person) as host:
                assert totals(host) == ([] if login == "eve" else [48 * litres[login]])


def test_threads_will_do_and_an_executor_that_is_given_stays_open(tmp_path: Path) -> None:
    ids = city.make(tmp_path / "city", {f"login {n}": n + 1 for n in range(2 * GROUP)})
    with People(tmp_path / "city") as people, ThreadPoolExecutor(2) as threads:
        assert fleet(people).run(threads, occasion="monday", workers=2).done == len(ids)
        assert threads.submit(int).result() == 0


def test_an_executor_that_is_given_and_breaks_is_named_as_broken(tmp_path: Path) -> None:
    city.make(tmp_path / "city", {"eve": drops.KILLS})
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    with People(tmp_path / "city") as people, pool, pytest.raises(BrokenExecutor):
        fleet(people).run(pool, occasion="monday")


@contextmanager
def no_walls() -> Iterator[Engine]:
    raise SandboxUnavailable("This machine has no walls.")
    yield


def test_a_machine_that_cannot_hold_the_service_stops_the_fleet(tmp_path: Path) -> None:
    city.make(tmp_path / "city", {"ada": 1})
    with People(tmp_path / "city") as people, ThreadPoolExecutor(1) as threads:
        module._KEPT.__dict__.clear()
        with pytest.raises(SandboxUnavailable):
            fleet(people, no_walls).run(threads, occasion="monday")


def test_a_setting_that_is_wrong_is_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    with People(tmp_path / "none") as people, pytest.raises(RequestError, match="setting"):
        fleet(people, colour="red")


def test_where_nobody_is_nothing_is_done(tmp_path: Path) -> None:
    with People(tmp_path / "none") as people:
        report = fleet(people).run(occasion="monday", workers=1)
        assert (report.persons, report.failed) == (0, {})
    assert not (tmp_path / "none").exists()


def test_the_policy_says_who_gets_what_and_how_often(tmp_path: Path) -> None:
    ids = city.make(tmp_path / "city", {"ada": 1, "bob": 2, "cyd": 3})
    none = Rules(services=Services(deny=frozenset({"org.example.drops"})))
    twice = Rules(quota=Quota(runs_per_day=2))
    policy = HostPolicy(quota=Quota(runs_per_day=1), persons={ids["ada"]: none, ids["bob"]: twice})
    with People(tmp_path / "city", policy=policy) as people, ThreadPoolExecutor(1) as threads:
        first = fleet(people).run(threads, occasion="monday")
        assert (first.done, first.skipped) == (2, {"policy": 1})
        same = fleet(people).run(threads, occasion="monday")
        assert (same.already, same.skipped) == (2, {"policy": 1})
        other = fleet(people).run(threads, occasion="tuesday")
        assert (other.done, other.skipped) == (1, {"policy": 1, "quota": 1})


def test_reports_of_runs_come_back_to_whoever_watches(tmp_path: Path) -> None:
    ids = city.make(tmp_path / "city", {"ada": 1, "bob": 2, "cyd": drops.RAISES}, ("bob",))
    seen: list[RunReport] = []
    with People(tmp_path / "city") as people:
        fleet(people).run(occasion="monday", workers=1, observe=seen.append)
    assert sorted((r.outcome, r.blocks.get("card", 0)) for r in seen) == [("done", 1), ("failed", 0)]
    assert not any(person in repr(seen) for person in ids.values())


@given(
    st.integers(0, 100), st.integers(0, 100), st.dictionaries(st.sampled_from(["consent", "quota"]), st.integers(1, 9))
)
def test_a_report_counts_each_person_once(done: int, already: int, skipped: dict[str, int]) -> None:
    report = Report(done, already, skipped, {"CpuLimit": 2}, 2.0)
    assert report.persons == done + already + sum(skipped.values()) + 2
    assert report.per_second == report.persons / 2


@given(st.integers(0, 5 * GROUP))
def test_groups_hold_everybody_in_order(n: int) -> None:
    groups = list(module._groups(str(i) for i in range(n)))
    assert [p for group in groups for p in group] == [str(i) for i in range(n)]
    assert all(0 < len(group) <= GROUP for group in groups)


def test_no_more_groups_wait_than_the_workers_need(tmp_path: Path) -> None:
    """However many persons there are, memory holds few of them."""
    waiting: list[int] = []

    class Slow(ThreadPoolExecutor):
        def submit(self, *args: object, **more: object) -> object:  # type: ignore[override]
            waiting.append(self._work_queue.qsize())
            return super().submit(lambda: module.Settled(Counter({("done", ""): 1})))

    class Many(People):
        def ids(self) -> Iterator[str]:
            yield from (f"{n:032x}" for n in range(50 * GROUP))

    with Many(tmp_path) as people, Slow(2) as pool:
        report = fleet(people).run(pool, occasion="monday", workers=2)
    assert (report.done, len(waiting)) == (50, 50)
    assert max(waiting) <= 2 * module.AHEAD


@linux
def test_in_the_sandbox_a_killed_run_is_one_persons_and_the_worker_goes_on(tmp_path: Path) -> None:
    litres = {"ada": 1, "eve": drops.KILLS, "fay": drops.RAISES, "una": 5}
    ids = city.make(tmp_path / "city", litres)
    with People(tmp_path / "city") as people:
        sandboxed = Sandboxed(city.CODE, HostPolicy())
        report = fleet(people, sandboxed).run(occasion="monday", workers=1)
        assert report.done == 2
        assert report.failed == {"ServiceCrash": 1, "ServiceFailed": 1}
        with people.host(ids["una"]) as host:
            (record,) = host.runs("org.example.drops")
            assert record.walls == ("limits", "seccomp", "landlock", "namespaces")
            assert record.code == city.CODE.digest


def test_native_code_runs_only_where_the_policy_allows_it(tmp_path: Path) -> None:
    (tmp_path / "fast").mkdir()
    (tmp_path / "fast" / "inner.so").write_bytes(b"")
    native = Code("fast:fast", {"fast": tmp_path / "fast"}, "")
    without = HostPolicy(walls=Walls(native=False))
    assert Sandboxed(native, HostPolicy()).code == native
    assert Sandboxed(city.CODE, without).code == city.CODE
    with pytest.raises(RequestError, match="native code"):
        Sandboxed(native, without)


RUN = """
import sys
sys.path.insert(0, {here!r})
import city
from selfdata_sdk.host.fleet import Fleet, Sandboxed
from selfdata_sdk.host.people import People
from selfdata_sdk.host.policy import HostPolicy

if __name__ == "__main__":
    engine = Sandboxed(city.CODE, HostPolicy()) if {sandboxed} else city.in_the_worker
    with People({folder!r}) as people:
        fleet = Fleet(people, city.MANIFEST, engine, settings={{"wait": "30"}})
        fleet.run(occasion="monday", workers=2, progress=lambda n: print(n, flush=True))
"""


@pytest.mark.parametrize("sandboxed", [False, pytest.param(True, marks=linux)])
@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_fleet_that_is_killed_goes_on_where_it_was(tmp_path: Path, sandboxed: bool) -> None:
    litres = {f"login {n}": n + 1 for n in range(4 * GROUP)}
    ids = city.make(tmp_path / "city", litres)
    script = tmp_path / "run.py"
    script.write_text(RUN.format(here=str(HERE), folder=str(tmp_path / "city"), sandboxed=sandboxed))
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()  # the first group is settled, and others are under way
        started = _descendants(process.pid)
        assert len(started) >= (5 if sandboxed else 3)  # what forks workers, workers, zygotes
        process.kill()
        process.wait()
        assert _all_end(started)
    with People(tmp_path / "city") as people:
        before = {person: _done(people, person) for person in ids.values()}
        assert 0 < sum(before.values()) < len(ids)
        engine = Sandboxed(city.CODE, HostPolicy()) if sandboxed else None
        report = fleet(people, engine, wait=30).run(occasion="monday", workers=2)
        assert report.already >= sum(before.values())
        assert report.done + report.already == len(ids)
        for login, person in ids.items():
            with people.host(person) as host:
                assert totals(host) == [48 * litres[login]]
                assert host.ledger.verify().broken is None


def _done(people: People, person: str) -> int:
    with people.host(person) as host:
        return len(totals(host))


def _all_end(processes: set[str]) -> bool:
    """True once none of these processes is left."""
    for _ in range(200):
        if not processes & {me for me, _, _ in _processes()}:
            return True
        time.sleep(0.05)
    return False


def _descendants(pid: int) -> set[str]:
    """The processes that one started, and those that these started."""
    found: set[str] = set()
    todo = [str(pid)]
    listed = list(_processes())
    while todo:
        parent = todo.pop()
        for me, own, above in listed:
            if above == parent:
                found.add(me)
                todo.append(own)
    return found


def _processes() -> Iterator[tuple[str, str, str]]:
    """Of each process that has not ended: its id with when it began, its id, and its parent's."""
    words = ["ps", "-e", "-o", "pid=,ppid=,stat=,lstart="]
    for line in subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines():
        pid, parent, state, began = line.split(None, 3)
        if not state.startswith("Z"):
            yield f"{pid} {began}", pid, parent
