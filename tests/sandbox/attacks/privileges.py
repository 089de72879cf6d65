"""Becoming somebody else, or more than a service is; and what is left of the kernel's interfaces."""

from __future__ import annotations

import ctypes
import os
import socket
from errno import EINVAL, ENOSYS, EOPNOTSUPP

from selfdata_sdk.host.sandbox import kernel, seccomp

from .attack import World, attack, call, check, killed, reach

HEADER = 0x20080522
"""_LINUX_CAPABILITY_VERSION_3"""


@attack()
def user(world: World) -> None:
    os.setuid(os.getuid())


@attack()
def users(world: World) -> None:
    os.setresuid(-1, -1, -1)


@attack()
def group(world: World) -> None:
    os.setgid(os.getgid())


@attack(root=True)
def groups(world: World) -> None:
    os.setgroups([0])


@attack(root=True)
def another_user(world: World) -> None:
    os.setresuid(1, 1, 1)


@attack()
def capabilities(world: World) -> None:
    call("capget", (ctypes.c_uint32 * 2)(HEADER, 0), (ctypes.c_uint32 * 6)())


@attack()
def capabilities_set(world: World) -> None:
    """The ones that it has, which anybody may set."""
    header, sets = (ctypes.c_uint32 * 2)(HEADER, 0), (ctypes.c_uint32 * 6)()
    call("capget", header, sets)
    call("capset", header, sets)


@attack()
def capability_known(world: World) -> None:
    call("prctl", 23, 0)  # PR_CAPBSET_READ


@attack()
def capabilities_kept(world: World) -> None:
    call("prctl", 8, 1)  # PR_SET_KEEPCAPS


@killed()
def namespace_of_users(world: World) -> None:
    kernel.unshare(kernel.CLONE_NEWUSER)


@killed(root=True)
def namespace_of_mounts(world: World) -> None:
    kernel.unshare(kernel.CLONE_NEWNS)


@killed(root=True)
def namespace_of_host(world: World) -> None:
    """Back to the network, for one: by the namespace's file where it is seen, else by a number."""
    try:
        file = os.open(f"/proc/{world.host}/ns/net", os.O_RDONLY)
    except OSError:
        file = 0
    call("setns", file, 0)


@attack()
def filter_(world: World) -> None:
    """Another filter could make it blind to refusals: that of a library, or of what comes after it."""
    kernel.no_new_privileges()
    seccomp.load(seccomp.hiding(os.uname().machine, ()))


@attack()
def filter_the_older_way(world: World) -> None:
    call("prctl", 38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    reach("prctl", 22, 2, 0)  # PR_SET_SECCOMP, of no filter


@attack()
def filter_actions(world: World) -> None:
    call("seccomp", 2, 0, ctypes.byref(ctypes.c_uint32(0x7FFF0000)))


@attack(unless=(ENOSYS, EOPNOTSUPP))
def ruleset(world: World) -> None:
    check(call("landlock_create_ruleset", None, 0, 1))


@attack()
def personality(world: World) -> None:
    """Addresses that are not random, and memory that may always be run."""
    call("personality", 0x0040000)


@attack()
def thread_state(world: World) -> None:
    call("arch_prctl", 0x1003, ctypes.byref(ctypes.c_ulong()))  # ARCH_GET_FS


@attack()
def dumpable_known(world: World) -> None:
    call("prctl", 3)  # PR_GET_DUMPABLE


@attack(unless=(EINVAL,))
def traced_by_all(world: World) -> None:
    call("prctl", 0x59616D61, -1)  # PR_SET_PTRACER, where Yama is


@attack()
def privileges_known(world: World) -> None:
    call("prctl", 39)  # PR_GET_NO_NEW_PRIVS


@attack(root=True)
def kernel_messages(world: World) -> None:
    check(call("syslog", 10, None, 0))  # the size of the buffer


@attack()
def input_priority(world: World) -> None:
    call("ioprio_set", 1, 0, 3 << 13)


@killed(unless=(ENOSYS,))
def compared(world: World) -> None:
    call("kcmp", os.getpid(), os.getpid(), 0, 0, 0)


@attack()
def futex_of_others(world: World) -> None:
    """By physical pages, which may be shared; and with the priority of who waits."""
    call("futex", ctypes.byref(ctypes.c_int(0)), 6, 0, None)  # FUTEX_LOCK_PI


@attack()
def barrier_for_all(world: World) -> None:
    """A command that halts every processor for a moment."""
    call("membarrier", 1, 0, 0)  # MEMBARRIER_CMD_GLOBAL


@attack()
def file_systems(world: World) -> None:
    call("sysfs", 3)


@killed(root=True)
def host_name(world: World) -> None:
    """Without walls it sets the name that is already there."""
    socket.sethostname(os.uname().nodename)


@attack(unless=(EINVAL,))
def pages_moved(world: World) -> None:
    call("move_pages", world.host, 0, None, None, None, 0)
