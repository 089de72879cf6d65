"""The process that every sandboxed run is forked from. It holds no data and no secret, and never runs a service's code.

Started by `selfdata_sdk.host.sandbox.sandbox`, with a socket to the host as descriptor 3 and its wish as first message.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import platform
import select
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import child, kernel, namespaces, seccomp, warm, wire
from .landlock import Ruleset, version
from .launching import CONTROL, REQUEST
from .limits import Limits
from .readable import readable
from .walls import WALLS, Around, Mode

_STATM = "/proc/self/statm"


def main() -> None:
    control = socket.socket(fileno=CONTROL)
    wish = json.loads(control.recv(REQUEST))
    try:
        mode = _mode(wish["modes"])
        shown = readable()
        if mode != "landlock":
            namespaces.leave()
            if (first := os.fork()) != 0:
                control.close()
                os._exit(os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]) & 0xFF)
            # Its parent is outside of these namespaces.
            kernel.die_with_parent()
            idle = _address_space()
            namespaces.new_root(shown)
        else:
            idle = _address_space()
        zygote = _Zygote(control, mode, shown, idle)
    except Exception as error:
        control.send(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode())
        return
    control.send(json.dumps({"mode": mode, "walls": WALLS[mode], "pid": os.getpid()}).encode())
    zygote.serve()


def _mode(modes: list[Mode]) -> Mode:
    """The first of the modes that this kernel really gives to this user."""
    for mode in modes:
        if (mode == "namespaces" or version() > 0) and (mode == "landlock" or _has_namespaces()):
            return mode
    raise OSError("neither Landlock nor namespaces can be used")


def _has_namespaces() -> bool:
    """Try it out: leaving is not enough, some systems let a user leave and then mount nothing."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            namespaces.leave()
            first = os.fork()
            if first == 0:
                namespaces.new_root({})
                namespaces.show_code({})
                status = 0
            else:
                status = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _address_space() -> int:
    return int(Path(_STATM).read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


class _Zygote:
    def __init__(self, control: socket.socket, mode: Mode, shown: Mapping[str, str], idle: int) -> None:
        self._control = control
        self._mode = mode
        self._shown = shown
        self._idle = idle
        self._rulesets: dict[tuple[str, ...], Ruleset] = {}
        self._reports: dict[int, socket.socket] = {}
        self._count = 0
        self._reads = False
        kernel.forgo_capabilities()
        # Made here once, and not in every run.
        seccomp.program(platform.machine(), 0)
        warm.up()
        wake, self._wake = socket.socketpair()
        wake.setblocking(False)
        self._wake.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        self._waker = wake
        gc.collect()
        gc.freeze()
        gc.disable()

    def serve(self) -> None:
        """Fork a run for each request, tell how each ended, and end with the host."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == self._control.fileno():
                    if not self._start(poll):
                        os._exit(0)
                elif fd == self._wake.fileno():
                    self._wake.recv(4096)
                else:
                    self._stop(fd, poll)
            self._reap(poll)

    def _start(self, poll: select.poll) -> bool:
        data, fds, _, _ = socket.recv_fds(self._control, REQUEST, 2)
        if not data:
            return False
        if len(fds) != 2:  # this process has as many files open as it may
            for fd in fds:
                os.close(fd)
            return True
        theirs, report = fds
        try:
            pid = self._forked(json.loads(data), theirs)
        except OSError as error:
            _refuse(theirs, error)
            os.close(report)
        else:
            self._reports[pid] = socket.socket(fileno=report)
            poll.register(report, select.POLLRDHUP)
        os.close(theirs)
        return True

    def _forked(self, wanted: Mapping[str, Any], data: int) -> int:
        packages = wanted["packages"]
        self._count += 1
        if not wanted["place"] and not self._reads:
            # Most hosts run services and never read a file.
            self._reads = True
            warm.importers()
            gc.collect()
            gc.freeze()
        ruleset = self._ruleset(packages)
        around = Around(self._mode, Limits(**wanted["limits"]), self._idle, ruleset, packages, self._count)
        asked = child.Asked(wanted["place"], wanted["debug"])
        if len(os.listdir(self._tasks)) != 1:
            raise RuntimeError("a process with several threads must not be forked")
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            child.run(data, around, asked, parent)
        return pid

    @property
    def _tasks(self) -> str:
        return "/proc/self/task" if self._mode == "landlock" else f"{namespaces.OLD_ROOT}/proc/self/task"

    def _ruleset(self, packages: Mapping[str, str]) -> Ruleset | None:
        """What runs of this code may read. Made once: a service's packages are the same for all its runs."""
        if self._mode == "namespaces":
            return None
        key = tuple(sorted(packages.values()))
        if key not in self._rulesets:
            if len(self._rulesets) > 200:
                self._rulesets.pop(next(iter(self._rulesets))).close()
            old = "" if self._mode == "landlock" else namespaces.OLD_ROOT
            made = Ruleset()
            made.allow([*(self._shown.values() if not old else self._shown), *(old + p for p in key)])
            self._rulesets[key] = made
        return self._rulesets[key]

    def _stop(self, fd: int, poll: select.poll) -> None:
        """The host wants no more of a run: kill it. It is reaped like any other."""
        for pid, report in self._reports.items():
            if report.fileno() == fd:
                poll.unregister(fd)
                os.kill(pid, signal.SIGKILL)
                return

    def _reap(self, poll: select.poll) -> None:
        while self._reports:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if not pid:
                return
            report = self._reports.pop(pid, None)
            if report is None:
                continue
            ended = {
                "status": os.waitstatus_to_exitcode(status),
                "cpu": usage.ru_utime + usage.ru_stime,
                "peak": usage.ru_maxrss * 1024,
            }
            with contextlib.suppress(OSError):  # the host may be gone
                report.send(json.dumps(ended).encode(), socket.MSG_NOSIGNAL)
            with contextlib.suppress(KeyError):  # the host wanted no more of it
                poll.unregister(report)
            report.close()


def _refuse(data: int, error: OSError) -> None:
    """Say to the host that a run cannot be begun."""
    said = {"error": {"kind": "SandboxUnavailable", "trace": f"{type(error).__name__}: {error.strerror}"}}
    message = json.dumps(said).encode()
    with contextlib.suppress(OSError):
        os.write(data, wire.LENGTH.pack(len(message)) + message)


if __name__ == "__main__":
    main()
    sys.exit(0)
