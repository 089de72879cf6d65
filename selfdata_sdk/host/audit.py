"""Naming what code does beyond computing: files, sockets, programs, foreign code. It tells, and stops nothing.

It sees what goes through Python (PEP 578); code that wants to hide can, so this is for authors, not for safety.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from threading import local

_NAMED = (
    "ctypes.", "fcntl.", "ftplib.", "http.client.", "mmap.", "os.", "pty.", "resource.setrlimit", "shutil.",
    "signal.pthread_kill", "smtplib.", "socket.", "sqlite3.connect", "subprocess.", "tempfile.", "urllib.", "winreg.",
)  # fmt: skip
_HARMLESS = {"os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.listxattr"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_active = local()
_hooked = False


@contextmanager
def watched(tell: Callable[[str], None], own: Collection[str] = ()) -> Iterator[None]:
    """Call `tell` with the name of each such call that this thread makes: `socket.connect`, `open`, `os.system` …

    own  where its own code lies, which it may read
    """
    _hook()
    before = getattr(_active, "tell", None), getattr(_active, "own", ()), sys.dont_write_bytecode
    # As in the sandbox: what Python writes beside code that it imports would look like the code's own doing.
    _active.tell, _active.own, sys.dont_write_bytecode = tell, own, True
    try:
        yield
    finally:
        _active.tell, _active.own, sys.dont_write_bytecode = before


def _hook() -> None:
    """An audit hook cannot be taken away again: there is one."""
    global _hooked
    if not _hooked:
        sys.addaudithook(_heard)
        _hooked = True


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    tell = getattr(_active, "tell", None)
    if tell is None or not _matters(event, arguments):
        return
    _active.tell = None
    try:
        tell(event)
    finally:
        _active.tell = tell


def _matters(event: str, arguments: tuple[object, ...]) -> bool:
    if event == "open":
        path, _, flags = arguments
        return bool(isinstance(flags, int) and flags & _WRITING) or not _is_library(path)
    return event.startswith(_NAMED) and event not in _HARMLESS


def _is_library(path: object) -> bool:
    """True for what Python reads when it imports: modules, and data beside them."""
    if not isinstance(path, str):
        return False
    return any(
        path.startswith(os.path.join(folder, ""))
        for folder in (sys.prefix, sys.base_prefix, "/usr/share/zoneinfo", *sys.path, *_active.own)
        if folder
    )
