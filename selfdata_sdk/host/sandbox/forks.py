"""Runs, each forked from the zygote when it is asked for; or ahead, where the same code runs again and again."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
from collections.abc import Iterable
from dataclasses import asdict
from threading import Lock

from selfdata_sdk.errors import SandboxUnavailable, ServiceCrash

from ..code import Code
from .launching import Launched
from .limits import Limits
from .walls import WALLS, Mode

_END = 5.0  # seconds in which a zygote ends by itself


class Forks:
    """A zygote's process, and the socket on which runs are asked for."""

    def __init__(self, launched: Launched, mode: Mode, ahead: bool) -> None:
        self._process = launched.process
        self._control = launched.control
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
            raise crashed("The sandbox's process has ended.", "") from None
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


def crashed(what: str, where: str) -> ServiceCrash:
    return ServiceCrash(what, where=where, next="Run it again; if it happens again, tell its author.")
