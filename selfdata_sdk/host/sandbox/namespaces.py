"""Namespaces: a world of its own without network, other processes or files but those that are shown, read-only."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from . import kernel

OLD_ROOT = "/.host"
CODE = "/.code"

_APART = (
    kernel.CLONE_NEWNS
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWCGROUP
)


def leave() -> None:
    """Leave this machine's namespaces; the next fork is the first process of the new ones. OSError if they are refused."""
    if os.geteuid() == 0:
        kernel.unshare(_APART)
        return
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(_APART | kernel.CLONE_NEWUSER)
    for file, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", file).write_text(text)


def new_root(shown: Mapping[str, str]) -> None:
    """Make a root of these paths alone, each with what it really is, read-only. The old root stays at `OLD_ROOT`."""
    base = next(p for p in ("/tmp", "/run", "/mnt", "/srv") if os.path.isdir(p))
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", base, "tmpfs", _SAFE, "mode=755,size=1m")
    os.mkdir(base + OLD_ROOT)
    os.mkdir(base + CODE)
    kernel.pivot_root(base, base + OLD_ROOT)
    os.chdir("/")
    with suppress(OSError):  # who starts the host may forbid it; the name harms nobody
        socket.sethostname("service")
    for path, real in sorted(shown.items()):
        _show(real, path)
    kernel.mount("none", "/", flags=kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | _SAFE)


_SAFE = kernel.MS_NOSUID | kernel.MS_NODEV


def show_code(packages: Mapping[str, str]) -> dict[str, str]:
    """Show these packages to this process alone, and close the old root to it. Where each lies now, by name."""
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("tmpfs", CODE, "tmpfs", _SAFE, "mode=755,size=64k")
    places = {}
    for name, real in packages.items():
        places[name] = f"{CODE}/{name}{'' if os.path.isdir(OLD_ROOT + real) else os.path.splitext(real)[1]}"
        _show(real, places[name])
    kernel.mount("none", CODE, flags=kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | _SAFE)
    kernel.unmount(OLD_ROOT)
    return places


def _show(real: str, target: str) -> None:
    """Bind a file or folder of the old root to `target`, read-only."""
    source = OLD_ROOT + real
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    kernel.mount(source, target, flags=kernel.MS_BIND)
    # What the mount forbids already must stay forbidden, or the kernel refuses.
    seen = os.statvfs(target).f_flag
    kept = sum(bit for flag, bit in _KEPT.items() if seen & flag)
    flags = kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("none", target, flags=flags | kept)


_ST_RELATIME = 4096
_KEPT = {os.ST_NOEXEC: kernel.MS_NOEXEC, os.ST_NOATIME: 1024, os.ST_NODIRATIME: 2048, _ST_RELATIME: 1 << 21}
