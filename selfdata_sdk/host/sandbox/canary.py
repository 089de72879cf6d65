"""Hostile services of our own, run before any other: what one of them can do, the walls do not hold."""

from __future__ import annotations

import mmap
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Mapping

from selfdata_sdk.errors import PolicyViolation, ServiceFailed
from selfdata_sdk.model.text import Text
from selfdata_sdk.service.blocks import Block, NoInsight
from selfdata_sdk.service.context import Context
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.service.service import service

_NAME = Text(en="Canary", fr="Canari")
_HELP = Text(en="The walls do not hold.", fr="Les murs ne tiennent pas.")

_MAP_NORESERVE = 0x4000


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


_ATTEMPTS: Mapping[str, Callable[[], object]] = {
    "read_users": lambda: open("/etc/passwd").close(),
    "list_homes": lambda: os.listdir("/home"),
    "read_environment": lambda: open("/proc/1/environ").close(),
    "write_file": lambda: open("/tmp/canary", "w").close(),
    "reach_network": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(),
    "reach_services": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close(),
    "signal_parent": lambda: os.kill(os.getppid(), 0),
    "fork": lambda: os.fork() or os._exit(0),
    "share_memory": lambda: mmap.mmap(-1, 4096, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
    "ignore_limits": lambda: __import__("resource").setrlimit(7, (4096, 4096)),
    "pass_alarm": lambda: signal.setitimer(signal.ITIMER_REAL, 1000.0),
    "take_memory": lambda: mmap.mmap(-1, 1 << 40, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_NORESERVE).close(),
    "keep_descriptor": lambda: next(filter(_is_open, range(4, 1024))),
    "list_root": lambda: os.listdir("/"),
    "find_users": lambda: os.stat("/etc/passwd"),
}

STOPPED_BY: Mapping[str, str] = {"list_root": "landlock", "find_users": "namespaces"}
"""What one wall alone stops: where it does not stand, nobody is harmed by it."""


@service(id="org.selfdata.canary", name=_NAME, summary=_NAME)
def reaching(context: Context) -> Iterable[Block]:
    for name, attempt in _ATTEMPTS.items():
        try:
            attempt()
        except (OSError, ValueError, StopIteration):  # the last two from setrlimit and next
            continue
        yield NoInsight(id=name, reason="gaps", help=_HELP)
    # Threads are needed by numerical libraries, and must work.
    thread = threading.Thread(target=_ATTEMPTS.keys)
    thread.start()
    thread.join()


@service(id="org.selfdata.canary-program", name=_NAME, summary=_NAME)
def starting(context: Context) -> Iterable[Block]:
    os.execv("/bin/true", ["true"])
    return []


CANARIES: Mapping[str, type[ServiceFailed] | None] = {"reaching": None, "starting": PolicyViolation}
"""Each with what must end it; None if it must find that nothing can be done."""


def manifest_for(name: str) -> Manifest:
    return manifest_of({"reaching": reaching, "starting": starting}[name])
