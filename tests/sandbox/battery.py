"""Makes attacks as one user, behind one kind of walls or behind none, and prints what became of each as JSON.

`python -m tests.sandbox.battery USER WALLS`, with the names of attacks as a JSON list on its input. USER is root or
nobody, WALLS a mode of the sandbox or none.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import pkgutil
import select
import shutil
import signal
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, cast

import selfdata_sdk
from selfdata_sdk.errors import SandboxUnavailable, SelfDataError
from selfdata_sdk.host.code import Code
from selfdata_sdk.host.sandbox import Mode, Sandbox, kernel
from selfdata_sdk.service.calling import Given
from selfdata_sdk.service.deriving import manifest_of

from . import attacks
from .attacks.attack import ATTACKS, SECRET, Attack, World, hostile

NOBODY = 65534
_NOW = datetime(2025, 6, 15, tzinfo=UTC)
_MANIFEST = manifest_of(hostile)
_LOCAL = "127.0.0.1"
_ENOUGH = 30.0  # seconds in which an attack without walls must end
_PR_SET_CHILD_SUBREAPER = 36
_ELSEWHERE = ("/", "/tmp", "/var/tmp", "/dev/shm", "/run")

for _family in pkgutil.iter_modules(attacks.__path__):
    importlib.import_module(f"{attacks.__name__}.{_family.name}")


@dataclass(slots=True)
class Outcome:
    """What became of an attack.

    worked   it says that it did what it was to do
    error    what ended it, by its name; "" if nothing did
    errno    of the operating system's error, without walls
    signal   that ended or stopped its process, without walls
    effects  what the host saw of it
    """

    worked: bool = False
    error: str = ""
    errno: int = 0
    signal: int = 0
    effects: list[str] = field(default_factory=list)


class Host:
    """What is attacked: this process, its files and its sockets."""

    def __init__(self, base: Path) -> None:
        self.folder = base / "host"
        self.code = base / "code"
        self._base = base
        self._signals = 0
        self._kept = ctypes.create_string_buffer(SECRET)
        for number in (signal.SIGUSR1, signal.SIGIO, signal.SIGURG):
            signal.signal(number, self._count)
        self._fill()
        os.environ |= {"HOME": f"{self.folder}/home", "SECRET": "kept", "TZ": "Antarctica/Troll"}
        tcp, udp = socket.create_server((_LOCAL, 0)), socket.socket(type=socket.SOCK_DGRAM)
        udp.bind((_LOCAL, 0))
        abstract = b"\0" + os.urandom(8)
        self._listening = [
            tcp,
            self._bound(socket.SOCK_STREAM, f"{base}/stream"),
            self._bound(socket.SOCK_SEQPACKET, f"{base}/packets"),
            self._bound(socket.SOCK_STREAM, abstract),
        ]
        self._receiving = [udp, self._bound(socket.SOCK_DGRAM, f"{base}/datagrams")]
        for each in (*self._listening, *self._receiving):
            each.setblocking(False)
        self._secret = os.open(f"{self.folder}/secret", os.O_RDONLY)
        self.world = World(
            host=os.getpid(),
            address=ctypes.addressof(self._kept),
            descriptor=self._secret,
            folder=str(self.folder),
            secret=f"{self.folder}/secret",
            database=f"{self.folder}/host.sqlite",
            link=f"{self.folder}/link",
            home=f"{self.folder}/home",
            mark=f"battery-{os.getpid()}-{os.urandom(4).hex()}",
            tcp=tcp.getsockname()[1],
            udp=udp.getsockname()[1],
            unix=f"{base}/stream",
            datagrams=f"{base}/datagrams",
            packets=f"{base}/packets",
            abstract=abstract.hex(),
        )
        self._files = self._seen()

    def effects(self) -> list[str]:
        """What happened to it since it was last asked. Files are put back as they were."""
        found = [f"signal {self._signals}"] if self._signals else []
        self._signals = 0
        for each in self._listening:
            with contextlib.suppress(BlockingIOError):
                each.accept()[0].close()
                found.append(f"connection to {each.getsockname()!r}")
        for each in self._receiving:
            with contextlib.suppress(BlockingIOError):
                found.append(f"received {each.recv(64)!r}")
        seen = self._seen()
        changed = sorted(p for p in seen.keys() | self._files.keys() if seen.get(p) != self._files.get(p))
        if changed:
            found += [f"changed {path}" for path in changed]
            self._fill()
            self._files = self._seen()
        for path in [Path(f, n) for f in _ELSEWHERE for n in _names(f) if n.startswith(self.world.mark)]:
            found.append(f"left {path}")
            path.unlink()
        return found

    def close(self) -> None:
        for each in (*self._listening, *self._receiving):
            each.close()
        os.close(self._secret)

    def _count(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def _bound(self, kind: int, address: str | bytes) -> socket.socket:
        made = socket.socket(socket.AF_UNIX, kind)
        made.bind(address)
        if kind != socket.SOCK_DGRAM:
            made.listen()
        return made

    def _fill(self) -> None:
        for folder in (self.folder, self.code):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        (self.folder / "home" / ".ssh").mkdir(parents=True)
        (self.folder / "secret").write_bytes(SECRET)
        (self.folder / "secret").chmod(0o600)
        (self.folder / "stolen.py").write_text("KEY = 1\n")
        (self.folder / "link").symlink_to("secret")
        with contextlib.closing(sqlite3.connect(self.folder / "host.sqlite")) as database, database:
            database.execute("CREATE TABLE documents (name, content)")
            database.execute("INSERT INTO documents VALUES ('day', 'kept')")
        shutil.copytree(Path(attacks.__path__[0]), self.code / "attacks", ignore=lambda *_: {"__pycache__"})
        (self.code / "beside").write_bytes(SECRET)
        (self.code / "attacks" / "link").symlink_to(self.folder / "secret")

    def _seen(self) -> dict[str, object]:
        """All there is to see of each file, but when it was last read."""
        found: dict[str, object] = {}
        for path in [self.folder, *self.folder.rglob("*"), self.code, *self.code.rglob("*")]:
            facts = path.lstat()
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            attributes = () if path.is_symlink() else tuple(os.listxattr(path))
            found[str(path)] = (facts.st_mode, facts.st_uid, facts.st_nlink, facts.st_mtime_ns, content, attributes)
        return found


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def walled(host: Host, sandbox: Sandbox, attack: Attack) -> Outcome:
    """The outcome of an attack in the sandbox: of its second run, if it takes two."""
    engine = sandbox.engine(Code("attacks.attack:hostile", {"attacks": host.code / "attacks"}, ""))
    sandbox.limits = attack.limits
    zygote = vars(sandbox)["_forks"]
    outcome = Outcome()
    for again in (False, True) if attack.twice else (False,):
        settings = {"attack": attack.name, "world": json.dumps(asdict(replace(host.world, again=again)))}
        outcome.worked = False
        try:
            for block in engine.start(_MANIFEST, Given({}, _NOW, "UTC", "en", settings)):
                outcome.worked |= getattr(block, "id", "") == "worked"
        except SelfDataError as error:
            outcome.error = type(error).__name__
        if vars(sandbox)["_forks"] is not zygote or not zygote.alive:
            outcome.effects.append("the sandbox's process has ended")
    outcome.effects += host.effects()
    return outcome


def unwalled(host: Host, attack: Attack) -> Outcome:
    """The outcome of an attack in a child of this process."""
    ours, theirs = socket.socketpair()
    told, telling = os.pipe()
    ours.send(b"something to take")
    child = os.fork()
    if child == 0:
        try:
            os.dup2(theirs.fileno(), 3)
            if os.geteuid() == 0:
                kernel.unshare(kernel.CLONE_NEWNS)
                kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
            os.write(telling, json.dumps(asdict(_made(host.world, attack))).encode())
        finally:
            os._exit(0)
    theirs.close()
    os.close(telling)
    said, status = _ended(child, ours)
    with os.fdopen(told, "rb") as file:
        os.set_blocking(file.fileno(), False)
        outcome = Outcome(**json.loads(file.read() or b"{}"))
    if os.WIFSTOPPED(status):
        outcome.signal = os.WSTOPSIG(status)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    elif os.WIFSIGNALED(status):
        outcome.signal = os.WTERMSIG(status)
    outcome.effects += [*(["said something"] if said else []), *host.effects()]
    return outcome


def _made(world: World, attack: Attack) -> Outcome:
    outcome = Outcome()
    function = importlib.import_module("attacks.attack").function_of(attack.name)
    try:
        for again in (False, True) if attack.twice else (False,):
            list(function(replace(world, again=again)) or ())
        outcome.worked = True
    except BaseException as error:
        outcome.error = f"{type(error).__name__}: {error}"
        outcome.errno = getattr(error, "errno", None) or 0
    return outcome


def _ended(child: int, ours: socket.socket) -> tuple[bool, int]:
    """Whether it said something to the host, and its status when it ended or stopped."""
    said, end = False, time.monotonic() + _ENOUGH
    with ours:
        while True:
            pid, status = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
            while _received(ours, 0 if pid else 0.002):
                said = True
            if pid:
                return said, status
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)


def _received(ours: socket.socket, seconds: float) -> bytes:
    if not select.select([ours], [], [], seconds)[0]:
        return b""
    try:
        return ours.recv(1 << 20)
    except ConnectionResetError:  # it ended without having taken what it was sent
        return b""


def left() -> list[str]:
    """What is still there after all attacks: processes of this one's line."""
    end = time.monotonic() + 5.0
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return []
        if time.monotonic() > end:
            return [f"process {Path(f'/proc/self/task/{os.getpid()}/children').read_text()}"]
        time.sleep(0.01)


def make(walls: str, names: Sequence[str]) -> dict[str, Any]:
    """All outcomes, and what was left after them."""
    kernel.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    with tempfile.TemporaryDirectory() as base:
        host = Host(Path(base))
        sys.path.insert(0, str(host.code))
        descriptors = os.listdir("/proc/self/fd")
        try:
            if walls == "none":
                outcomes = {name: asdict(unwalled(host, ATTACKS[name])) for name in names}
            else:
                with Sandbox((cast(Mode, walls),)) as sandbox:
                    assert sandbox.walls
                    outcomes = {name: asdict(walled(host, sandbox, ATTACKS[name])) for name in names}
        except SandboxUnavailable as error:
            return {"unavailable": str(error)}
        finally:
            host.close()
        remains = left()
        if len(os.listdir("/proc/self/fd")) > len(descriptors):
            remains.append("descriptors")
    return {"outcomes": outcomes, "left": remains}


def become_nobody() -> None:
    """Start anew as nobody, in a view of the files where all that is needed can be reached. Nothing outside is changed."""
    needed = [sys.prefix, sys.base_prefix, str(Path(selfdata_sdk.__file__).parent), str(Path(__file__).parents[1])]
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    kept = {path: os.open(path, os.O_PATH) for path in {os.path.realpath(path) for path in needed}}
    for path in sorted(kept):
        for above in reversed(Path(path).parents):
            if above.exists() and not above.stat().st_mode & 0o001:
                kernel.mount("tmpfs", str(above), "tmpfs", 0, "mode=755")
        if not os.path.exists(path):
            os.makedirs(path)
            kernel.mount(f"/proc/self/fd/{kept[path]}", path, flags=kernel.MS_BIND | kernel.MS_REC)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.chdir(Path(__file__).parents[2])
    os.execv(sys.executable, [sys.executable, "-B", "-m", "tests.sandbox.battery", "nobody", *sys.argv[2:]])


if __name__ == "__main__":
    if sys.argv[1] == "nobody" and os.geteuid() == 0:
        become_nobody()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 3)  # the place of a run's socket, without walls too
    print(json.dumps(make(sys.argv[2], json.load(sys.stdin))))
