"""Descriptors: those of others, and the one that leads to the host."""

from __future__ import annotations

import array
import ctypes
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from .attack import World, attack, call, check, killed

HOST = 3


@attack()
def inherited(world: World) -> None:
    """Anything open but what a run is given. Without walls: the host's own."""
    check(any(_open(number) for number in range(4, 1025)))


def _open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


@attack()
def standard(world: World) -> None:
    """Input and outputs are nothing but the null device."""
    check(any(os.fstat(number).st_rdev != os.makedev(1, 3) for number in range(3)))


@attack()
def secret(world: World) -> None:
    check(os.pread(world.descriptor, 64, 0))


@killed()
def stolen(world: World) -> None:
    """Without walls from itself: not every system lets a user steal from others."""
    try:
        owner = os.pidfd_open(os.getpid())
    except OSError:
        owner = HOST
    call("pidfd_getfd", owner, world.descriptor, 0)


@attack()
def process(world: World) -> None:
    os.close(os.pidfd_open(world.host))


@attack()
def sent(world: World) -> None:
    """A descriptor that arrives at the host is one more that it has to close."""
    rights = array.array("i", [os.open(__file__, os.O_RDONLY)])
    with _host() as host:
        host.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])


@attack()
def received(world: World) -> None:
    with _host() as host:
        host.recvmsg(1, 64, socket.MSG_DONTWAIT | socket.MSG_PEEK)


@contextmanager
def _host() -> Iterator[socket.socket]:
    """Made without a word with the kernel, and left open."""
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=HOST)
    try:
        yield found
    finally:
        found.detach()


@attack()
def named(world: World) -> None:
    with _host() as host:
        host.getpeername()


@attack()
def credentials(world: World) -> None:
    with _host() as host:
        host.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)


@attack()
def roomier(world: World) -> None:
    with _host() as host:
        host.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)


@attack()
def shut(world: World) -> None:
    with _host() as host:
        host.shutdown(socket.SHUT_RD)


@attack()
def copied(world: World) -> None:
    os.dup2(HOST, 40)


@attack(root=True)
def opened_again(world: World) -> None:
    os.close(os.open("/proc/self/fd/1", os.O_RDONLY | os.O_NONBLOCK))


@attack()
def many(world: World) -> None:
    for _ in range(80):
        os.open(__file__, os.O_RDONLY)


@attack()
def many_events(world: World) -> None:
    for _ in range(80):
        os.eventfd(0)


@attack()
def many_pipes(world: World) -> None:
    for _ in range(40):
        os.pipe2(0)


@attack()
def far(world: World) -> None:
    fcntl.fcntl(HOST, fcntl.F_DUPFD_CLOEXEC, 200)


@attack()
def large_pipe(world: World) -> None:
    fcntl.fcntl(os.pipe2(0)[1], 1031, 1 << 19)  # F_SETPIPE_SZ


@attack()
def packet_pipe(world: World) -> None:
    os.pipe2(os.O_DIRECT)


@attack()
def queue_of_descriptors(world: World) -> None:
    """Input and output of the asynchronous kind that is older than io_uring."""
    call("io_setup", 1, ctypes.byref(ctypes.c_ulong(0)))


@attack()
def spliced(world: World) -> None:
    source, sink = os.pipe2(0)
    check(os.splice(os.open(__file__, os.O_RDONLY), sink, 64))
    check(os.read(source, 64))


@attack()
def sent_by_kernel(world: World) -> None:
    check(os.sendfile(os.pipe2(0)[1], os.open(__file__, os.O_RDONLY), 0, 64))
