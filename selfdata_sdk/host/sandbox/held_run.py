"""One run of a service behind the walls, as its host sees it: what it says is checked like any foreign input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

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
    ServiceFailed,
    TimeLimit,
)
from selfdata_sdk.model.text import clean
from selfdata_sdk.service.blocks import Block, reasons
from selfdata_sdk.service.calling import FOREIGN, NAMED, Given, failed
from selfdata_sdk.service.manifest import Manifest

from ..code import Code
from ..engine import Usage
from . import wire
from .exchange import Exchange, How, Stopped
from .forks import Forks, crashed
from .launching import NEXT
from .limits import Limits

_REASONS = 1000  # errors of one block that are looked at


def task_of(manifest: Manifest, given: Given) -> wire.Task:
    asked = {label: (need.record_type, need.fields) for label, need in manifest.needs.items()}
    return wire.Task(manifest.id, asked, given, tuple(own.digest for own in manifest.own_types))


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


class HeldRun:
    """A run in the sandbox. Iterating gives its blocks, each checked as foreign input."""

    def __init__(self, forks: Forks, code: Code, task: wire.Task, limits: Limits, debug: bool = False) -> None:
        self.usage = Usage()
        self._id = task.service
        self._forks = forks
        self._code = code
        self._task = task
        self._limits = limits
        self._debug = debug
        self._call: str | None = None

    def __iter__(self) -> Iterator[Block]:
        exchange = Exchange(*self._forks.fork(self._code, self._limits, debug=self._debug), self._limits)
        messages = exchange.messages([b"".join(wire.packed(self._task))])  # at once: each piece would wake the run
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
                "A wall around the service could not be raised, so it was not run.", where=self._id, next=NEXT
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
                return crashed("The service's process died.", self._id)
            case "lost":
                return crashed("The sandbox's process has ended.", self._id)

    def _error(self, kind: type[ServiceFailed], what: str) -> ServiceFailed:
        return kind(what, where=self._id, next="Its author sees why with --debug.")


def _shown(line: str) -> str:
    """A line of foreign text, made safe to show, as far in as it was."""
    return " " * (len(line) - len(line.lstrip(" "))) + clean(line)
