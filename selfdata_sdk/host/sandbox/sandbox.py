"""The sandbox: services run here that nobody has to trust."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from threading import Lock
from typing import Annotated, Literal, Self
from weakref import WeakSet

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from selfdata_sdk.errors import (
    CpuLimit,
    ManifestError,
    MemoryLimit,
    NoResult,
    OutputError,
    OutputLimit,
    PolicyViolation,
    ProtocolError,
    SandboxUnavailable,
    ServiceCrash,
    ServiceFailed,
    TimeLimit,
)
from selfdata_sdk.model.text import clean
from selfdata_sdk.service.blocks import Block, reasons
from selfdata_sdk.service.calling import FOREIGN, NAMED, Given, failed
from selfdata_sdk.service.manifest import Manifest

from ..code import Code
from ..engine import Running, Usage
from . import wire
from .exchange import Exchange, How, Stopped
from .launching import REQUEST, Launched, launch
from .limits import Limits
from .walls import WALLS, Mode

_START = 30.0  # seconds in which a zygote must be ready
_END = 5.0  # seconds in which a killed run must be reaped
_REASONS = 1000  # errors of one block that are looked at
_NEXT = "`selfdata doctor` says what this machine lacks; the host guide says how to give it."


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
        self._zygote: _Zygote | None = None
        self._lock = Lock()
        _SANDBOXES.add(self)

    @property
    def walls(self) -> tuple[str, ...]:
        """The walls that stand around every run."""
        return (self._zygote or self._ready()).walls

    def engine(self, code: Code, *, debug: bool = False) -> SandboxEngine:
        """What runs this code. `debug`: errors carry the traceback as a note, for the eyes of the service's author."""
        return SandboxEngine(self, code, debug)

    def start(self, code: Code, manifest: Manifest, given: Given, debug: bool) -> Running:
        return _Away(self._ready(), code, _task(manifest, given), self.limits, debug)

    def read(self, limits: Limits) -> tuple[socket.socket, socket.socket]:
        """The two sockets of a new run that is to read a file (see `reading`): to talk with it, and to hear its end."""
        return self._ready().fork(None, limits)

    def _ready(self) -> _Zygote:
        with self._lock:
            if self._zygote is not None and not self._zygote.alive:
                self._end()
            if self._zygote is None:
                launched, self._launched = self._launched or launch(self.modes), None
                self._zygote = _started(launched, self.ahead)
            return self._zygote

    def close(self) -> None:
        """End every run that is under way. A run that is asked for later starts it anew."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._launched is not None:
            self._launched.end()
            self._launched = None
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    def forget(self) -> None:
        """Be one that was never started, in a process that was forked from the one that started it."""
        self._lock = Lock()
        if self._launched is not None:
            self._launched.forget()
            self._launched = None
        if self._zygote is not None:
            self._zygote.forget()
            self._zygote = None

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


# The zygote


class _Zygote:
    """A zygote's process, and the socket on which runs are asked for."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket, mode: Mode, ahead: bool) -> None:
        self._process = process
        self._control = control
        self._lock = Lock()
        self._runs_ahead = ahead
        self._last = b""
        self._ahead: tuple[socket.socket, socket.socket] | None = None
        self.walls = WALLS[mode]

    @property
    def alive(self) -> bool:
        # It says nothing of itself: what is to be read is its end, seen before the process can be waited for.
        ended = select.poll()
        ended.register(self._control, select.POLLIN)
        return self._process.poll() is None and not ended.poll(0)

    def fork(self, code: Code | None, limits: Limits, *, debug: bool = False) -> tuple[socket.socket, socket.socket]:
        """A new run's two sockets: one to talk with it, one that tells how it ended and ends it when closed.

        Without code it is to read a file. A run that is begun ahead is one process for one run, like any other.
        """
        packages = code.packages if code is not None else {}
        wanted = {
            "packages": {n: os.path.realpath(p) for n, p in packages.items()},
            "place": code.place if code is not None else "",
            "digest": code.digest if code is not None else "",
            "limits": asdict(limits),
            "debug": debug,
        }
        message = json.dumps(wanted).encode()
        with self._lock:
            ahead, self._ahead = self._ahead, None
            again = self._runs_ahead and self._last == message and code is not None
            self._last = message
            if ahead is not None and not (again and _waits(ahead)):
                _close(ahead)
                ahead = None
            begun = ahead or self._begun(message)
            if again:
                with contextlib.suppress(SandboxUnavailable, ServiceCrash):
                    self._ahead = self._begun(message)
            return begun

    def _begun(self, message: bytes) -> tuple[socket.socket, socket.socket]:
        try:
            ours, theirs, report, their_report = _pairs()
        except OSError as error:
            raise SandboxUnavailable(
                f"A run could not be begun ({error.strerror}).", next="Let this process have more files open at once."
            ) from None
        try:
            socket.send_fds(self._control, [message], [theirs.fileno(), their_report.fileno()])
        except OSError:
            _close((ours, report))
            raise _crashed("The sandbox's process has ended.", "") from None
        finally:
            _close((theirs, their_report))
        return ours, report

    def forget(self) -> None:
        _close(self._ahead or ())
        self._control.close()
        self._process.returncode = 0  # no child of this process

    def close(self) -> None:
        _close(self._ahead or ())
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        try:
            self._process.wait(_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _waits(run: tuple[socket.socket, socket.socket]) -> bool:
    """True if a run that was begun ahead has not ended since."""
    ended = select.poll()
    ended.register(run[1], select.POLLIN)
    return not ended.poll(0)


def _close(sockets: Iterable[socket.socket]) -> None:
    for each in sockets:
        each.close()


def _pairs() -> tuple[socket.socket, socket.socket, socket.socket, socket.socket]:
    first = socket.socketpair()
    try:
        return *first, *socket.socketpair()
    except OSError:
        for each in first:
            each.close()
        raise


def _started(launched: Launched, ahead: bool) -> _Zygote:
    launched.control.settimeout(_START)
    try:
        said = json.loads(launched.control.recv(REQUEST) or b"{}")
    except (OSError, ValueError):
        said = {}
    if "mode" not in said:
        launched.end()
        reason = str(said.get("failed", "its process ended"))
        raise SandboxUnavailable(f"Services of others cannot be held on this machine ({reason}).", next=_NEXT)
    launched.control.settimeout(None)
    zygote = _Zygote(launched.process, launched.control, said["mode"], ahead)
    try:
        _check(zygote)
    except BaseException:
        zygote.close()
        raise
    return zygote


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _check(zygote: _Zygote) -> None:
    """Run hostile services of our own: whatever one of them can do, no service is run here."""
    from .canary import CANARIES, STOPPED_BY, manifest_for

    for canary, expected in CANARIES.items():
        given = Given({}, _NEVER, "UTC", "en", {})
        code = Code(f"selfdata_sdk.host.sandbox.canary:{canary}", {}, "")
        manifest = manifest_for(canary)
        running = _Away(zygote, code, _task(manifest, given), Limits(), debug=True)
        try:
            could = [block.id for block in running if STOPPED_BY.get(block.id, "seccomp") in zygote.walls]
        except ServiceFailed as error:
            could = [] if type(error) is expected else [f"end as {type(error).__name__}"]
        else:
            could = could if expected is None else [*could, "go on"]
        if could:
            raise SandboxUnavailable(
                f"The walls of this machine do not hold: a test service could {', '.join(could)}.", next=_NEXT
            )


# A run


def _task(manifest: Manifest, given: Given) -> wire.Task:
    asked = {label: (need.record_type, need.fields) for label, need in manifest.needs.items()}
    return wire.Task(manifest.id, asked, given)


class _Said(BaseModel):
    """An error, as a run tells it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Literal["ServiceFailed", "ManifestError", "OutputError", "MemoryLimit", "SandboxUnavailable"]
    name: Annotated[str, Field(max_length=60)] = FOREIGN
    line: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    trace: Annotated[str, Field(max_length=40_000)] = ""


class _Message(BaseModel):
    """What a run may say."""

    model_config = ConfigDict(extra="forbid")

    block: Block | None = None
    call: Annotated[str, Field(pattern=r"^[A-Za-z0-9_./]{1,60}$")] | None = None
    error: _Said | None = None
    end: Annotated[bool, Field(strict=True)] | None = None


_MESSAGE: TypeAdapter[_Message] = TypeAdapter(_Message)


class _Away:
    """A run in the sandbox. Iterating gives its blocks, each checked as foreign input."""

    def __init__(self, zygote: _Zygote, code: Code, task: wire.Task, limits: Limits, debug: bool = False) -> None:
        self.usage = Usage()
        self._id = task.service
        self._zygote = zygote
        self._code = code
        self._task = task
        self._limits = limits
        self._debug = debug
        self._call: str | None = None

    def __iter__(self) -> Iterator[Block]:
        exchange = Exchange(*self._zygote.fork(self._code, self._limits, debug=self._debug), self._limits)
        messages = exchange.messages(wire.packed(self._task))
        try:
            yield from self._blocks(exchange, messages)
        except Stopped as stopped:
            raise self._stopped(stopped.how) from None
        finally:
            messages.close()
            self.usage = exchange.usage

    def _blocks(self, exchange: Exchange, messages: Iterator[bytes]) -> Iterator[Block]:
        for message in messages:
            said = self._understood(message)
            if said is None:
                raise Stopped("protocol")
            if said.block is not None:
                yield said.block
            elif said.call is not None:
                self._call = said.call
            elif said.error is not None and not (exchange.raised and said.error.kind == "SandboxUnavailable"):
                raise self._failed(said.error)
            elif said.end and exchange.whole:
                return
            else:
                raise Stopped("protocol")  # something after the end, or a lie

    def _understood(self, message: bytes) -> _Message | None:
        """None for what is no message; OutputError for a block that is not valid."""
        try:
            said = _MESSAGE.validate_json(message)
        except ValidationError as error:
            # To list half a million errors would take longer than a run may.
            few = error.error_count() <= _REASONS
            if (
                few
                and message.startswith(b'{"block":')
                and error.errors(include_input=False)[0]["loc"][:1] == ("block",)
            ):
                raise OutputError(
                    f"A block is not valid: {reasons(error)}.", where=self._id, next="Correct the block."
                ) from None
            return None
        if len(said.model_fields_set) != 1 or not any((said.block, said.call, said.error, said.end)):
            return None
        if said.call is not None and not self._debug:
            return None  # a name that could carry a value, and that nobody is to see
        return said

    def _failed(self, said: _Said) -> Exception:
        error: Exception
        if said.kind == "MemoryLimit":
            error = self._error(MemoryLimit, "The service asked for more memory than it may have.")
        elif said.kind == "SandboxUnavailable":
            error = SandboxUnavailable(
                "A wall around the service could not be raised, so it was not run.", where=self._id, next=_NEXT
            )
        elif said.kind == "ManifestError":
            error = ManifestError(
                "The code asks for other things than its manifest.",
                where=self._id,
                next="Its author runs `selfdata manifest --write`.",
            )
        elif said.kind == "OutputError":
            error = OutputError(
                "The service broke its contract.", where=self._id, next="Its author sees how with --debug."
            )
        else:
            names = {kind.__name__ for kind in NAMED}
            error = failed(self._id, said.name if said.name in names else FOREIGN, said.line)
        if self._call is not None:
            error.add_note(f"The last call beyond computing: {self._call}.")
        if said.trace:
            error.add_note("\n".join(_shown(line) for line in said.trace.splitlines()))
        return error

    def _stopped(self, how: How) -> ServiceFailed:
        seconds, cpu = self._limits.seconds, self._limits.cpu_seconds
        match how:
            case "late":
                return self._error(TimeLimit, f"The service did not end within {seconds:g} seconds.")
            case "cpu":
                return self._error(CpuLimit, f"The service used more than {cpu} seconds of processor time.")
            case "output":
                return self._error(OutputLimit, "The service gave back more than it may.")
            case "policy":
                named = "what no service may" if self._call is None else f"{self._call}, which no service may"
                return self._error(PolicyViolation, f"The service called {named}, and was stopped.")
            case "protocol":
                return self._error(ProtocolError, "The service's process sent something that is no message.")
            case "nothing":
                return self._error(NoResult, "The service's process ended without a result.")
            case "crash":
                return _crashed("The service's process died.", self._id)
            case "lost":
                return _crashed("The sandbox's process has ended.", self._id)

    def _error(self, kind: type[ServiceFailed], what: str) -> ServiceFailed:
        return kind(what, where=self._id, next="Its author sees why with --debug.")


def _shown(line: str) -> str:
    """A line of foreign text, made safe to show, as far in as it was."""
    return " " * (len(line) - len(line.lstrip(" "))) + clean(line)


def _crashed(what: str, where: str) -> ServiceCrash:
    return ServiceCrash(what, where=where, next="Run it again; if it happens again, tell its author.")
