"""Processes begin, end and are killed: runs fail as they should, the next one works, and nothing is left over."""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.errors import OutputError, OutputLimit, SandboxUnavailable, SelfDataError, ServiceCrash, TimeLimit
from selfdata_sdk.host.code import Code
from selfdata_sdk.host.runner import Run, run
from selfdata_sdk.host.sandbox import WALLS, Limits, Sandbox
from selfdata_sdk.testing.running import OpenDoor

NOW = datetime(2025, 6, 15, 10, 30, tzinfo=UTC)
HOLDING = Path(__file__).with_name("holding.py")
RUNS = {"all": 10_000 if os.environ.get("CI") else 500, "landlock": 500, "namespaces": 500}

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is for Linux")


def below(pid: int) -> list[int]:
    """The processes that this one started, and those that they started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *below(child)]
    return found


def gone(pid: int) -> bool:
    """True if it has ended, even if its parent has not yet asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def comes_true(what: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture
def own(sandbox: Sandbox) -> Iterator[Sandbox]:
    """A sandbox of this test's own, in each mode that this machine has. Runs that are begun ahead: see test_ahead.py."""
    with Sandbox(sandbox.modes, ahead=False) as started:
        yield started


def zygote_of(sandbox: Sandbox) -> int:
    """The process that runs are forked from: the last in the line that has no run under way."""
    assert sandbox.walls
    launcher = sandbox._forks._process.pid  # type: ignore[union-attr]
    return below(launcher)[0] if sandbox.modes[0] != "landlock" else launcher


class Held:
    """A run under way in a thread, whose service says one thing and hangs."""

    def __init__(self, home: Any, sandbox: Sandbox, code: Code) -> None:
        self.error: BaseException | None = None
        self._began = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(home, sandbox.engine(code)))
        self._thread.start()
        assert self._began.wait(30)

    def _run(self, home: Any, engine: Any) -> None:
        try:
            home.run(engine, preview=lambda _: self._began.set())
        except BaseException as error:
            self.error = error
        self._began.set()

    def end(self) -> BaseException | None:
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.error


HANGING = "yield card()\nimport time\nwhile True: time.sleep(1)"


# Killed


def test_after_the_idle_zygote_was_killed_the_next_run_starts_another(own: Sandbox, written: Any, home: Any) -> None:
    code = written("yield card(1)")
    home.run(own.engine(code))
    before = zygote_of(own)
    os.kill(before, signal.SIGKILL)
    assert comes_true(lambda: gone(before))
    assert len(home.run(own.engine(code)).blocks) == 1
    assert zygote_of(own) != before


def test_a_run_whose_zygote_is_killed_fails_and_the_next_one_works(own: Sandbox, written: Any, home: Any) -> None:
    hanging = written(HANGING)
    held = [Held(home, own, hanging) for _ in range(2)]
    zygote = zygote_of(own)
    runs = below(zygote)
    assert len(runs) == 2
    os.kill(zygote, signal.SIGKILL)
    for each in held:
        error = each.end()
        assert type(error) is ServiceCrash
        assert "The sandbox's process has ended" in str(error)
    assert all(comes_true(lambda pid=pid: gone(pid)) for pid in runs)  # type: ignore[misc]
    assert home.run(own.engine(written("yield card(1)"))).walls == WALLS[own.modes[0]]


@pytest.mark.parametrize("fork", [False, True])
def test_nothing_outlives_a_host_that_is_killed(fork: bool, sandbox: Sandbox, written: Any) -> None:
    """Not even where a process that the host forked lives on, with all that was open in the host."""
    folder = written(HANGING).packages["written"].parent
    command = [sys.executable, str(HOLDING), sandbox.modes[0], str(folder), *(["fork"] if fork else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as host:
        assert host.stdout is not None
        said = json.loads(host.stdout.readline())
        try:
            assert len(said["pids"]) == (2 if sandbox.modes[0] == "landlock" else 3)
            assert not any(map(gone, said["pids"]))
            host.kill()
            assert all(comes_true(lambda pid=pid: gone(pid)) for pid in said["pids"])  # type: ignore[misc]
            assert not fork or not gone(said["forked"])
        finally:
            host.kill()
            if fork:
                os.kill(said["forked"], signal.SIGKILL)


def test_ctrl_c_on_the_terminal_is_for_the_host_alone(own: Sandbox, written: Any, home: Any) -> None:
    """The terminal sends it to every process of its group, and the zygote is not in the host's."""
    home.run(own.engine(written("yield card()")))
    launcher = own._forks._process.pid  # type: ignore[union-attr]
    processes = [launcher, *below(launcher)]
    assert os.getpgid(0) not in map(os.getpgid, processes)
    assert os.getsid(0) not in map(os.getsid, processes)


# Too much


def test_a_run_that_hangs_is_ended_in_time(written: Any, home: Any, sandbox: Sandbox) -> None:
    with Sandbox(sandbox.modes, Limits(seconds=0.5)) as own:
        with pytest.raises(TimeLimit):
            home.run(own.engine(written("import time\ntime.sleep(60)")))
        assert below(zygote_of(own)) == []


def test_a_flood_is_stopped_and_does_not_fill_the_host(written: Any, home: Any, sandbox: Sandbox) -> None:
    code = written(
        """
        import os
        while True:
            os.write(3, (1 << 20).to_bytes(4, "little") + b"x" * (1 << 20))
        """
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SelfDataError):
        home.run(sandbox.engine(code))
    blocks = written("for i in range(10**6): yield card(text='x' * 80, id=f'card-{i}')")
    with pytest.raises(SelfDataError):
        home.run(sandbox.engine(blocks))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


def test_more_than_may_be_given_back_is_too_much(written: Any, home: Any, sandboxes: Any) -> None:
    code = written("for i in range(100): yield card(id=f'card-{i}')")
    assert len(home.run(sandboxes("all").engine(code)).blocks) == 100
    with pytest.raises(OutputLimit):
        home.run(sandboxes("all", output=10_000).engine(code))


def test_a_run_writes_nothing_so_a_full_disk_does_not_matter(written: Any, sandbox: Sandbox) -> None:
    """In a host that may not write one byte to any file, as on a full disk."""
    folder = written("yield card(1)\nraise KeyError").packages["written"].parent
    code = f"""
import os, resource, sys
sys.path.insert(0, {str(HOLDING.parent)!r})
import holding
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    os.write(os.open({str(folder / "full")!r}, os.O_CREAT | os.O_WRONLY), b"x")
except OSError as error:
    print(error.strerror)
try:
    holding.main({sandbox.modes[0]!r}, {str(folder)!r})
except Exception as error:
    print(type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, check=False, timeout=60)
    lines = done.stdout.splitlines()
    assert (lines[0], lines[-1]) == ("File too large", "ServiceFailed"), done.stderr


def test_a_host_with_too_many_files_open_is_told_so(own: Sandbox, written: Any, home: Any) -> None:
    code = written("yield card(1)")
    home.run(own.engine(code))
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    gc.collect()
    opened = open_now()
    gaps = max(opened) + 1 - len(opened)
    try:
        for left in range(4):
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(opened) + 1 + left, before[1]))
            fillers = [os.open("/dev/null", os.O_RDONLY) for _ in range(gaps)]
            try:
                with pytest.raises(SandboxUnavailable, match="could not be begun"):
                    home.run(own.engine(code))
            finally:
                for fd in fillers:
                    os.close(fd)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert open_now() == opened
    assert len(home.run(own.engine(code)).blocks) == 1


def open_now() -> set[int]:
    return {int(name) for name in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{name}")}


def test_a_run_whose_block_is_refused_is_ended_before_that_is_told(own: Sandbox, written: Any, home: Any) -> None:
    """Not when the error is forgotten, which may be long after."""
    failed: list[Run] = []

    class Door(OpenDoor):
        def failed(self, run: Run, error: BaseException) -> None:
            failed.append(run)

    engine = own.engine(written("yield card()\n" + HANGING))
    with pytest.raises(OutputError) as raised:
        run(Door(home.store), engine, manifest=home.manifest, now=NOW)
    assert raised.value.__traceback__ is not None
    assert below(zygote_of(own)) == []
    assert failed[0].usage.seconds > 0


# Requests that cannot be met


def test_code_that_is_not_there_fails_its_own_run_only(own: Sandbox, written: Any, home: Any, tmp_path: Path) -> None:
    held = Held(home, own, written(HANGING))
    missing = Code("gone:tried", {"gone": tmp_path / "gone"}, "")
    for _ in range(2):
        with pytest.raises(SandboxUnavailable):
            home.run(own.engine(missing))
    assert len(below(zygote_of(own))) == 1
    zygote = zygote_of(own)
    own.close()
    assert type(held.end()) is ServiceCrash
    assert gone(zygote)


def test_a_request_that_is_too_long_fails_its_own_run_only(own: Sandbox, written: Any, home: Any) -> None:
    code = written("yield card()")
    (path,) = code.packages.values()
    many = Code(code.place, {f"{'x' * 1000}{i}": path for i in range(1000)} | dict(code.packages), "")
    with pytest.raises(SelfDataError):
        home.run(own.engine(many))
    zygote = zygote_of(own)
    assert len(home.run(own.engine(code)).blocks) == 1
    assert zygote_of(own) == zygote


# Shared


def test_threads_share_a_sandbox(own: Sandbox, written: Any, home: Any) -> None:
    codes = [written("yield card(goal)"), written("raise KeyError"), written("import os\nos._exit(0)")]

    def tried(i: int) -> float | str:
        try:
            return float(home.run(own.engine(codes[0]), settings={"goal": 20 + i}).blocks[0].metric.value)
        except SelfDataError as error:
            return type(error).__name__

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(tried, range(100))) == [20.0 + i for i in range(100)]
    assert comes_true(lambda: below(zygote_of(own)) == [])


def test_threads_that_need_the_first_run_at_once_start_one_zygote(own: Sandbox, written: Any, home: Any) -> None:
    code = written("yield card()")
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda _: home.run(own.engine(code)), range(4)))) == 4
    before = own._forks
    assert before is not None
    home.run(own.engine(code))
    assert own._forks is before


def test_closing_ends_the_runs_that_are_under_way(own: Sandbox, written: Any, home: Any) -> None:
    held = [Held(home, own, written(HANGING)) for _ in range(3)]
    processes = below(own._forks._process.pid)  # type: ignore[union-attr]
    own.close()
    assert [type(each.end()) for each in held] == [ServiceCrash] * 3
    assert all(comes_true(lambda pid=pid: gone(pid)) for pid in processes)  # type: ignore[misc]


def test_a_sandbox_is_closed_at_once_while_a_process_forked_from_its_host_lives(
    own: Sandbox, written: Any, home: Any
) -> None:
    home.run(own.engine(written("yield card()")))
    process = own._forks._process  # type: ignore[union-attr]
    with forked(lambda: time.sleep(60), 0.1):
        own.close()
        assert process.returncode == 0  # it was not waited for in vain, and killed


def test_a_process_forked_from_the_host_has_a_sandbox_of_its_own(own: Sandbox, written: Any, home: Any) -> None:
    code = written("import os\nyield card(1)")
    home.run(own.engine(code))
    before = zygote_of(own)
    read, write = os.pipe()

    def there(same: Sandbox = own) -> None:
        with same:
            done = home.run(same.engine(code))
            zygote = zygote_of(same)
        os.write(write, json.dumps([len(done.blocks), zygote, gone(zygote)]).encode())

    with forked(there, 60), os.fdopen(read, "rb") as said:
        os.close(write)
        blocks, other, ended = json.loads(said.read())
    assert (blocks, ended) == (1, True)
    assert other != before
    assert len(home.run(own.engine(code)).blocks) == 1
    assert zygote_of(own) == before


@contextlib.contextmanager
def forked(what: Callable[[], object], seconds: float) -> Iterator[None]:
    """A process forked from this one that does this; it is ended if it takes longer."""
    process = multiprocessing.get_context("fork").Process(target=what)
    process.start()
    try:
        yield
    finally:
        process.join(seconds)
        process.kill()
        process.join()
        process.close()


# Nothing left over


def test_a_check_that_the_walls_fail_leaves_no_process(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    from selfdata_sdk.host.sandbox import sandbox as module

    def fail(_: object) -> None:
        raise SandboxUnavailable("no")

    monkeypatch.setattr(module, "_check", fail)
    before = below(os.getpid())
    with Sandbox(sandbox.modes) as own, pytest.raises(SandboxUnavailable):
        assert own.walls
    assert set(below(os.getpid())) <= set(before)


def memory(pid: int) -> int:
    """MiB of a process that are its own."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def mounts(pid: int | str = "self") -> list[str]:
    return Path(f"/proc/{pid}/mountinfo").read_text().splitlines()


def test_nothing_is_left_over_after_many_runs(written: Any, home: Any, own: Sandbox) -> None:
    """Of every kind: some end well, some raise, some die, some are ended half-way."""
    bodies = ["yield card()", "yield card()", "raise KeyError", "import os\nos._exit(1)", "return [card(), card()]"]
    codes = [written(body) for body in bodies]

    def some(n: int) -> None:
        for i in range(n):
            with contextlib.suppress(SelfDataError):
                home.run(own.engine(codes[i % len(codes)]))

    def both(n: int) -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(some, [n // 2] * 2))

    both(100)
    zygote = zygote_of(own)

    def left() -> tuple[object, ...]:
        gc.collect()
        assert comes_true(lambda: below(zygote) == [])
        return (files(os.getpid()), files(zygote), mounts(), mounts(zygote), threading.active_count())

    before, sizes = left(), (memory(os.getpid()), memory(zygote))
    both(RUNS[own.modes[0]])
    assert left() == before
    assert zygote_of(own) == zygote
    assert memory(zygote) - sizes[1] <= 4
    assert memory(os.getpid()) - sizes[0] <= 16
    own.close()
    assert gone(zygote)
    assert not os.path.lexists("/tmp/.host")
    assert not os.path.lexists("/tmp/.code")
