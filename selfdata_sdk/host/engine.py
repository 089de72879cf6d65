"""Where a service's code runs: in this process, for one's own code, or in the sandbox."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from selfdata_sdk.service.calling import Given, call
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.service.service import Service

from .audit import watched


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run took: seconds by the clock, seconds of processor time, and bytes of memory at its peak."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory: int = 0


class Running(Protocol):
    """A run under way: iterate it for what the service gives; `usage` is known once that ended, well or not."""

    usage: Usage

    def __iter__(self) -> Iterator[object]: ...


class Engine(Protocol):
    """What runs a service's code.

    code   SHA-256 of the code in hexadecimal; "" for code that is not pinned
    walls  what stands between the code and everything else, by name; empty if nothing does
    """

    @property
    def code(self) -> str: ...

    @property
    def walls(self) -> tuple[str, ...]: ...

    def start(self, manifest: Manifest, given: Given) -> Running:
        """Run the service once. What iterating raises is an error of the service, or of the sandbox."""
        ...


class InProcess:
    """One's own code, in this process: nothing holds it.

    tell  called with the name of each call by which it reaches for a file, a socket or a program
    """

    code = ""
    walls: tuple[str, ...] = ()

    def __init__(self, service: Service[...], tell: Callable[[str], None] | None = None) -> None:
        self.service = service
        self.tell = tell

    def start(self, manifest: Manifest, given: Given) -> Running:
        return _Here(self.service, given, self.tell)


class _Here:
    def __init__(self, service: Service[...], given: Given, tell: Callable[[str], None] | None) -> None:
        self.usage = Usage()
        self._outputs = call(service, given)
        self._tell = tell
        self._own = folders(service)

    def __iter__(self) -> Iterator[object]:
        began, cpu = time.perf_counter(), time.thread_time()
        try:
            yield from self._outputs if self._tell is None else _watched(self._outputs, self._tell, self._own)
        finally:
            self.usage = Usage(time.perf_counter() - began, time.thread_time() - cpu)


def folders(service: Service[...]) -> tuple[str, ...]:
    """Where the package of a service lies, whose files it may read."""
    package = sys.modules.get(service.function.__module__.partition(".")[0])
    return tuple(getattr(package, "__path__", ()))


def _watched(outputs: Iterator[object], tell: Callable[[str], None], own: Collection[str]) -> Iterator[object]:
    """The outputs; only while the service works on one it is watched."""
    while True:
        with watched(tell, own):
            try:
                output = next(outputs)
            except StopIteration:
                return
        yield output
