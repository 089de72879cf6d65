"""One run as the host sees it, whatever it is asked to do: what is sent, what comes back, and how it ended."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import time
from collections.abc import Generator, Iterable, Iterator
from typing import Literal

from ..engine import Usage
from . import wire
from .launching import REQUEST
from .limits import Limits

How = Literal["late", "cpu", "output", "policy", "protocol", "crash", "nothing", "lost"]

_END = 5.0  # seconds in which a killed run must be reaped
_PIECE = 1 << 18


class Stopped(Exception):
    """A run did not end well.

    late, cpu, output  it used more than it may
    policy             it called what no run may, and was killed
    protocol           it sent something that is no message
    crash, nothing     its process died, or ended, before it had said all
    lost               the process that could tell has ended too
    """

    def __init__(self, how: How) -> None:
        super().__init__(how)
        self.how = how


class Exchange:
    """A run that was just begun. `data` is the socket to it, `report` the one that tells how it ended.

    `usage` is known once `messages` has ended, well or not.
    """

    def __init__(self, data: socket.socket, report: socket.socket, limits: Limits, largest: int = 1 << 20) -> None:
        self.usage = Usage()
        self._data = data
        self._report = report
        self._limits = limits
        self._arriving = wire.Messages(limits.output, largest)

    @property
    def raised(self) -> bool:
        """True if the run has said that its walls stand: what it says of them after that is a lie."""
        return self._arriving.raised

    @property
    def whole(self) -> bool:
        """True if nothing came after the last message."""
        return self._arriving.whole

    def messages(self, pieces: Iterable[bytes | memoryview]) -> Generator[bytes]:
        """Send the pieces; then what the run says, until the caller closes this, which ends the run. Raises Stopped."""
        began = time.monotonic()
        deadline = began + self._limits.seconds
        try:
            self._send(pieces, deadline)
            while piece := self._received(deadline):
                yield from self._cut(piece)
            raise Stopped(self._how())
        finally:
            self._data.close()
            self._ended()
            self._report.close()
            usage = self.usage
            self.usage = Usage(time.monotonic() - began, usage.cpu_seconds, usage.peak_memory)

    def _send(self, pieces: Iterable[bytes | memoryview], deadline: float) -> None:
        for piece in pieces:
            try:
                self._data.settimeout(_left(deadline))
                self._data.sendall(piece)
            except TimeoutError:
                raise Stopped("late") from None
            except OSError:
                return  # it ended already: how is told by what it said before

    def _received(self, deadline: float) -> bytes:
        try:
            self._data.settimeout(_left(deadline))
            return self._data.recv(_PIECE)
        except TimeoutError:
            raise Stopped("late") from None
        except ConnectionResetError:
            return b""

    def _cut(self, piece: bytes) -> Iterator[bytes]:
        arriving = self._arriving.feed(piece)
        while True:
            try:
                message = next(arriving)
            except StopIteration:
                return
            except OverflowError:
                raise Stopped("output") from None
            except ValueError:
                raise Stopped("protocol") from None
            yield message

    def _how(self) -> How:
        status = self._ended()
        if status is None:
            return "lost"
        if status == -signal.SIGSYS:
            return "policy"
        used_up = self.usage.cpu_seconds >= self._limits.cpu_seconds
        if status == -signal.SIGXCPU or (status == -signal.SIGKILL and used_up):
            return "cpu"
        return "nothing" if status == 0 else "crash"

    def _ended(self) -> int | None:
        """How the process ended, killing it if it has not; None if nobody can tell any more."""
        self._report.settimeout(_END)
        with contextlib.suppress(OSError):
            self._report.shutdown(socket.SHUT_WR)
        try:
            said = json.loads(self._report.recv(REQUEST))
            usage, status = Usage(0.0, float(said["cpu"]), int(said["peak"])), int(said["status"])
        except (OSError, ValueError, LookupError, TypeError):
            return None
        self.usage = usage
        return status


def _left(deadline: float) -> float:
    """Seconds until then. TimeoutError if it is over, whatever there is to receive."""
    if (left := deadline - time.monotonic()) <= 0:
        raise TimeoutError
    return left
