"""System calls that no service needs: of the kernel's dangerous ones each alone, of all others all together."""

from __future__ import annotations

import ctypes
from errno import ENOSYS, EPERM

from selfdata_sdk.host.sandbox import kernel, seccomp
from selfdata_sdk.host.sandbox.syscalls import NEWEST

from .attack import NUMBERS, Function, Refused, World, attack, killed, reach

WRONG = ctypes.c_long(-1)
"""As every argument: no pointer, no descriptor, no flags. A kernel refuses it, having looked at it."""


def _alone(name: str) -> Function:
    def made(world: World) -> None:
        reach(name, *[WRONG] * 6)

    made.__name__ = name
    return killed(root=True, unless=(ENOSYS,))(made)


ALONE = {name: _alone(name) for name in seccomp.KILLED.split() if name in NUMBERS}
ALLOWED = f"""
{seccomp.PLAIN}
open openat mmap madvise futex membarrier sched_getaffinity clock_gettime clock_getres clock_nanosleep prlimit64 pipe2
"""
"""With nothing as arguments."""


def __getattr__(name: str) -> Function:
    try:
        return ALONE[name]
    except KeyError:
        raise AttributeError(name) from None


@attack()
def all_others(world: World) -> None:
    # uprobe and uretprobe of x86_64 are for the kernel's own code: it lets no filter see them, and kills who else calls.
    apart = {335, 336} | {NUMBERS[name] for name in (*ALONE, *ALLOWED.split()) if name in NUMBERS}
    for number in sorted(set(range(NEWEST + 100)) - apart):
        try:
            kernel.syscall(number, 0, 0, 0, 0, 0, 0)
        except OSError as error:
            if error.errno in (EPERM, ENOSYS):
                continue
        return
    raise Refused
