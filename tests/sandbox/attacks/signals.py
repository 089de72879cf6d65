"""Signals to others, and ways to escape one's own."""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import resource
import signal
from errno import EIO, ENOTTY

from selfdata_sdk.errors import ServiceCrash, TimeLimit
from selfdata_sdk.host.sandbox import Limits

from .attack import ROOMY, World, attack, call, killed, reach

HOST = 3
SIGNAL = signal.SIGUSR1
"""The host counts it. A zygote would die of it."""
SHORT = Limits(seconds=0.5, cpu_seconds=20)


@attack()
def parent(world: World) -> None:
    os.kill(os.getppid(), SIGNAL)


@attack()
def host(world: World) -> None:
    os.kill(world.host, SIGNAL)


@attack()
def group(world: World) -> None:
    os.kill(0, SIGNAL)


@attack()
def everybody(world: World) -> None:
    os.kill(-1, 0)  # asks only


@attack(root=True)
def first(world: World) -> None:
    os.kill(1, 0)  # asks only


@attack()
def thread_of_host(world: World) -> None:
    call("tgkill", world.host, world.host, SIGNAL)


@attack()
def thread_of_host_the_older_way(world: World) -> None:
    call("tkill", world.host, SIGNAL)


@attack()
def queued(world: World) -> None:
    facts = (ctypes.c_int * 32)(SIGNAL, 0, -1)
    call("rt_sigqueueinfo", world.host, SIGNAL, facts)


@attack()
def queued_to_thread(world: World) -> None:
    facts = (ctypes.c_int * 32)(SIGNAL, 0, -1)
    call("rt_tgsigqueueinfo", world.host, world.host, SIGNAL, facts)


@attack()
def descriptor(world: World) -> None:
    signal.pidfd_send_signal(os.pidfd_open(world.host), SIGNAL)


@attack()
def owner_of_input(world: World) -> None:
    """The kernel sends the signal: whenever the host reads, it interrupts itself."""
    fcntl.fcntl(HOST, fcntl.F_SETOWN, world.host)
    fcntl.fcntl(HOST, fcntl.F_SETSIG, SIGNAL)
    fcntl.fcntl(HOST, fcntl.F_SETFL, fcntl.fcntl(HOST, fcntl.F_GETFL) | os.O_ASYNC)


@attack()
def owner_of_input_as_structure(world: World) -> None:
    fcntl.fcntl(HOST, 15, bytes((ctypes.c_int * 2)(1, world.host)))  # F_SETOWN_EX


@attack()
def owner_of_input_by_control(world: World) -> None:
    fcntl.ioctl(HOST, 0x8901, bytes(ctypes.c_int(world.host)))  # FIOSETOWN


@attack()
def asynchronous_by_control(world: World) -> None:
    fcntl.ioctl(HOST, 0x5452, bytes(ctypes.c_int(1)))  # FIOASYNC


@attack()
def outlive_parent(world: World) -> None:
    call("prctl", 1, 0)  # PR_SET_PDEATHSIG


@attack()
def adopt(world: World) -> None:
    call("prctl", 36, 1)  # PR_SET_CHILD_SUBREAPER


@attack()
def alarm(world: World) -> None:
    signal.setitimer(signal.ITIMER_REAL, 100.0)


@attack()
def timer(world: World) -> None:
    call("timer_create", 0, None, ctypes.byref(ctypes.c_int()))


@attack()
def timer_descriptor(world: World) -> None:
    os.close(call("timerfd_create", 0, 0))


@attack()
def signal_descriptor(world: World) -> None:
    os.close(call("signalfd4", -1, ctypes.byref(ctypes.c_uint64()), 8, 0))


@attack()
def session(world: World) -> None:
    os.setsid()


@attack()
def own_group(world: World) -> None:
    os.setpgid(0, 0)


@attack(unless=(ENOTTY, EIO))
def terminal_input(world: World) -> None:
    fcntl.ioctl(0, 0x5412, b"x")  # TIOCSTI


@killed()
def trace_host(world: World) -> None:
    reach("ptrace", 0x4206, 2**22, 0, 0)  # PTRACE_SEIZE of nobody


@killed()
def trace_me(world: World) -> None:
    call("ptrace", 0, 0, 0, 0)


@attack()
def allow_tracing(world: World) -> None:
    call("prctl", 4, 1)  # PR_SET_DUMPABLE


@attack()
def limit_of_host(world: World) -> None:
    resource.prlimit(world.host, resource.RLIMIT_CORE)


@attack()
def priority_of_host(world: World) -> None:
    os.setpriority(os.PRIO_PROCESS, world.host, os.getpriority(os.PRIO_PROCESS, world.host))


@attack()
def robust_list_of_host(world: World) -> None:
    at, size = ctypes.c_void_p(), ctypes.c_size_t()
    call("get_robust_list", world.host, ctypes.byref(at), ctypes.byref(size))


@attack(ServiceCrash, dies=True)
def itself(world: World) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@attack(ServiceCrash, dies=True)
def abort(world: World) -> None:
    os.abort()


@attack(ServiceCrash, dies=True)
def wrong_address(world: World) -> None:
    ctypes.string_at(0)


@attack(ServiceCrash, limits=ROOMY, dies=True)
def wrong_map(world: World) -> None:
    """A page past the end of a file."""
    with open(__file__, "rb") as file:
        pages = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        libc = ctypes.CDLL(None)
        libc.mmap.restype = ctypes.c_void_p
        length = (os.path.getsize(__file__) // 4096 + 2) * 4096
        at = libc.mmap(None, ctypes.c_size_t(length), 1, 2, file.fileno(), ctypes.c_long(0))
    pages.close()
    ctypes.string_at(at + length - 1, 1)


@attack(TimeLimit, limits=SHORT, dies=True)
def stop(world: World) -> None:
    """A stopped process uses nothing, and never ends by itself."""
    os.kill(os.getpid(), signal.SIGSTOP)
