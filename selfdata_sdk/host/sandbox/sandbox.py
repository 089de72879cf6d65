"""The sandbox: services run here that nobody has to trust."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Collection
from datetime import UTC, datetime
from threading import Lock
from typing import Self
from weakref import WeakSet

from selfdata_sdk.errors import SandboxUnavailable, ServiceFailed
from selfdata_sdk.service.calling import Given
from selfdata_sdk.service.manifest import Manifest

from ..code import Code
from ..engine import Running
from .forks import Forks
from .held_run import HeldRun, task_of
from .launching import NEXT, REQUEST, Launched, launch
from .limits import Limits
from .walls import WALLS, Mode

_START = 30.0  # seconds in which a zygote must be ready


class Sandbox:
    """Runs services behind walls: no network, no files but their own code, no programs, bounded in all they use.

    modes     which walls may stand, the first that this machine gives; a lesser one only if it is listed
    limits    of each run
    ahead     from the second run of the same code on, begin the next one while nobody waits for it: then its walls stand
              and its code is imported when it is asked for. Sooner, where a processor is idle
    launched  a zygote that was started before (see `launching`) for these modes

    It is started at the first run, and checked then: SandboxUnavailable if a hostile service of its own can do
    anything. Use it in a `with` statement, or close it. Threads may share one.
    """

    def __init__(
        self,
        modes: Collection[Mode] = tuple(WALLS),
        limits: Limits | None = None,
        *,
        ahead: bool = True,
        launched: Launched | None = None,
    ) -> None:
        self.modes = tuple(modes)
        self.limits = limits or Limits()
        self.ahead = ahead
        self._launched = launched
        self._forks: Forks | None = None
        self._lock = Lock()
        _SANDBOXES.add(self)

    @property
    def walls(self) -> tuple[str, ...]:
        """The walls that stand around every run."""
        return (self._forks or self._ready()).walls

    def engine(self, code: Code, *, debug: bool = False) -> SandboxEngine:
        """What runs this code. `debug`: errors carry the traceback as a note, for the eyes of the service's author."""
        return SandboxEngine(self, code, debug)

    def start(self, code: Code, manifest: Manifest, given: Given, debug: bool) -> Running:
        return HeldRun(self._ready(), code, task_of(manifest, given), self.limits, debug)

    def read(self, limits: Limits) -> tuple[socket.socket, socket.socket]:
        """The two sockets of a new run that is to read a file (see `reading`): to talk with it, and to hear its end."""
        return self._ready().fork(None, limits)

    def _ready(self) -> Forks:
        with self._lock:
            if self._forks is not None and not self._forks.alive:
                self._end()
            if self._forks is None:
                launched, self._launched = self._launched or launch(self.modes), None
                self._forks = _started(launched, self.ahead)
            return self._forks

    def close(self) -> None:
        """End every run that is under way. A run that is asked for later starts it anew."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._launched is not None:
            self._launched.end()
            self._launched = None
        if self._forks is not None:
            self._forks.close()
            self._forks = None

    def forget(self) -> None:
        """Be one that was never started, in a process that was forked from the one that started it."""
        self._lock = Lock()
        if self._launched is not None:
            self._launched.forget()
            self._launched = None
        if self._forks is not None:
            self._forks.forget()
            self._forks = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class SandboxEngine:
    """An `Engine`: this code, in that sandbox."""

    def __init__(self, sandbox: Sandbox, code: Code, debug: bool) -> None:
        self._sandbox = sandbox
        self._code = code
        self._debug = debug

    @property
    def code(self) -> str:
        return self._code.digest

    @property
    def walls(self) -> tuple[str, ...]:
        return self._sandbox.walls

    def start(self, manifest: Manifest, given: Given) -> Running:
        return self._sandbox.start(self._code, manifest, given, self._debug)


_SANDBOXES: WeakSet[Sandbox] = WeakSet()


def _forget() -> None:
    for sandbox in _SANDBOXES:
        sandbox.forget()


if hasattr(os, "register_at_fork"):
    # A forked process that held the socket would keep the zygote alive when this one is killed.
    os.register_at_fork(after_in_child=_forget)


def _started(launched: Launched, ahead: bool) -> Forks:
    launched.control.settimeout(_START)
    try:
        said = json.loads(launched.control.recv(REQUEST) or b"{}")
    except (OSError, ValueError):
        said = {}
    if "mode" not in said:
        launched.end()
        reason = str(said.get("failed", "its process ended"))
        raise SandboxUnavailable(f"Services of others cannot be held on this machine ({reason}).", next=NEXT)
    launched.control.settimeout(None)
    forks = Forks(launched, said["mode"], ahead)
    try:
        _check(forks)
    except BaseException:
        forks.close()
        raise
    return forks


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _check(forks: Forks) -> None:
    """Run hostile services of our own: whatever one of them can do, no service is run here."""
    from .canary import CANARIES, STOPPED_BY, manifest_for

    for canary, expected in CANARIES.items():
        given = Given({}, _NEVER, "UTC", "en", {})
        code = Code(f"selfdata_sdk.host.sandbox.canary:{canary}", {}, "")
        manifest = manifest_for(canary)
        running = HeldRun(forks, code, task_of(manifest, given), Limits(), debug=True)
        try:
            could = [block.id for block in running if STOPPED_BY.get(block.id, "seccomp") in forks.walls]
        except ServiceFailed as error:
            could = [] if type(error) is expected else [f"end as {type(error).__name__}"]
        else:
            could = could if expected is None else [*could, "go on"]
        if could:
            raise SandboxUnavailable(
                f"The walls of this machine do not hold: a test service could {', '.join(could)}.", next=NEXT
            )
