"""Walls: what stands between a service's code and everything else, and raising them around a process."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from . import kernel, namespaces, seccomp
from .landlock import Ruleset
from .limits import Limits

Mode = Literal["all", "landlock", "namespaces"]
"""Which walls stand, strongest first: both ways to hide files, or one of them. System calls are always filtered."""

WALLS: Mapping[Mode, tuple[str, ...]] = {
    "all": ("limits", "seccomp", "landlock", "namespaces"),
    "landlock": ("limits", "seccomp", "landlock"),
    "namespaces": ("limits", "seccomp", "namespaces"),
}

_USERS = range(61_184, 65_520)
"""Users that nothing else has (the range that systemd gives to services for the time they run)."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is raised around one run. `idle`: bytes of address space that a run needs to begin with."""

    mode: Mode
    limits: Limits
    idle: int
    ruleset: Ruleset | None
    packages: Mapping[str, str]
    number: int


def confine(around: Around) -> Mapping[str, str]:
    """Raise the walls around this process, for good; where each package of the code lies now. OSError if one cannot be.

    Only the descriptors 0 to 3 stay open. This process has one thread and has run nobody's code yet.
    """
    places = around.packages
    user = _USERS[around.number % len(_USERS)]
    if around.mode != "landlock":
        places = namespaces.show_code(around.packages)
    if os.getuid() == 0:
        _become(user, whole=around.mode != "landlock")
    elif around.mode != "landlock":
        kernel.unshare(kernel.CLONE_NEWUSER)  # in which its threads are counted alone
    # Changing the user undoes these two.
    kernel.die_with_parent()
    kernel.hide_memory()
    kernel.drop_capabilities()
    kernel.no_new_privileges()
    if around.ruleset is not None:
        around.ruleset.restrict()
    kernel.close_all_from(4)
    around.limits.enforce(around.idle, _tasks(around))
    seccomp.load(seccomp.program(platform.machine(), os.getpid()))
    return places


def _become(user: int, *, whole: bool) -> None:
    """Give up being root; not `whole`: only for the count of threads, which the kernel does not limit for root."""
    if whole:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    else:  # files are still read as root: their folders may be closed to others
        os.setresuid(user, -1, -1)


def _tasks(around: Around) -> int | None:
    """How many processes and threads the run's user may have at once.

    Behind Landlock alone a user who is not root shares the count with all that they do besides: there is no such limit.
    """
    shared = around.mode == "landlock" and os.getuid() not in _USERS
    return None if shared else around.limits.threads
