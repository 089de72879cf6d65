"""Landlock: what a process may do with files, whatever their permissions say. See landlock(7) and landlock_create_ruleset(2)."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from .kernel import syscall

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1

READ_FILE, READ_DIR = 1 << 2, 1 << 3

# Rights on files that each version of the interface knows: all of them are taken away.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_NET_RIGHTS = {4: 0b11}  # bind and connect of TCP
_SCOPES = {6: 0b11}  # abstract sockets and signals


def version() -> int:
    """The version of the interface (its ABI); 0 if the kernel has none, or it is turned off."""
    try:
        return syscall(_CREATE, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


class Ruleset:
    """Takes every right away but reading below some folders. A descriptor: close it."""

    def __init__(self) -> None:
        known = version()
        files, network, scopes = (
            max((r for v, r in rights.items() if v <= known), default=0)
            for rights in (_FILE_RIGHTS, _NET_RIGHTS, _SCOPES)
        )
        size = 8 if known < 4 else 16 if known < 6 else 24
        attributes = ctypes.create_string_buffer(struct.pack("=QQQ", files, network, scopes)[:size], size)
        self.fd = syscall(_CREATE, attributes, size, 0)

    def allow(self, paths: Iterable[str]) -> None:
        """Let files at and below these paths be read, and folders be listed."""
        for path in paths:
            target = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                rights = READ_FILE | READ_DIR if os.path.isdir(path) else READ_FILE
                rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, target), 12)
                syscall(_ADD, self.fd, _PATH_BENEATH, rule, 0)
            finally:
                os.close(target)

    def restrict(self) -> None:
        """Hold this thread to it, for good. No new privileges must have been given up before."""
        syscall(_RESTRICT, self.fd, 0)

    def close(self) -> None:
        os.close(self.fd)
