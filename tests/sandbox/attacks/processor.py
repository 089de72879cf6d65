"""More of the processor than a run may have, more time by the clock, and tricks with both."""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import resource
import select
import signal
import threading
import time
from collections.abc import Callable

import numpy as np

from selfdata_sdk.errors import CpuLimit, TimeLimit
from selfdata_sdk.host.sandbox import Limits

from .attack import World, attack, call

BUSY = Limits(seconds=60.0, cpu_seconds=1)
SHORT = Limits(seconds=0.4, cpu_seconds=20)
MORE = 2.3
"""Seconds of the processor's time: more than what is allowed, and the one in which a process can still say goodbye."""
LONGER = 0.8
"""Seconds by the clock."""


def busy(function: Callable[[World], None]) -> Callable[[World], None]:
    attack(CpuLimit, limits=BUSY)(function)
    return function


def idle(function: Callable[[World], None]) -> Callable[[World], None]:
    attack(TimeLimit, limits=SHORT)(function)
    return function


def _repeat(work: Callable[[], object]) -> None:
    end = time.process_time() + MORE
    while time.process_time() < end:
        work()


@busy
def spin(world: World) -> None:
    _repeat(int)


@busy
def spin_ignoring(world: World) -> None:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    _repeat(int)


@busy
def spin_handling(world: World) -> None:
    signal.signal(signal.SIGXCPU, lambda *_: None)
    _repeat(int)


@busy
def spin_blocking(world: World) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    _repeat(int)


@busy
def spin_catching(world: World) -> None:
    """Whatever can be raised is caught."""
    end = time.process_time() + MORE
    while time.process_time() < end:
        try:
            _repeat(int)
        except BaseException:
            continue


@busy
def expression(world: World) -> None:
    """A regular expression that tries everything, in C, where no signal handler of Python runs."""
    _repeat(lambda: re.match(r"(a+)+$", "a" * 24 + "b"))


@busy
def digits(world: World) -> None:
    """A power whose digits take long."""
    _repeat(lambda: pow(3, 400_000))


@busy
def hashes(world: World) -> None:
    _repeat(lambda: hashlib.pbkdf2_hmac("sha512", b"x", b"x", 100_000))


@busy
def matrices(world: World) -> None:
    side = np.ones((400, 400))
    _repeat(lambda: np.linalg.svd(side))


@busy
def threads(world: World) -> None:
    """Many threads that use little each."""
    work = [threading.Thread(target=_repeat, args=(int,)) for _ in range(4)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()


@busy
def system_calls(world: World) -> None:
    _repeat(lambda: os.stat("/"))


@idle
def sleep(world: World) -> None:
    time.sleep(LONGER)


@idle
def naps(world: World) -> None:
    end = time.monotonic() + LONGER
    while time.monotonic() < end:
        time.sleep(0.01)


@idle
def poll(world: World) -> None:
    select.poll().poll(LONGER * 1000)


@idle
def lock(world: World) -> None:
    held = threading.Lock()
    held.acquire()
    held.acquire(timeout=LONGER)


@idle
def pipe(world: World) -> None:
    select.select([os.pipe2(0)[0]], [], [], LONGER)


@idle
def thread_waited_for(world: World) -> None:
    thread = threading.Thread(target=time.sleep, args=(LONGER,))
    thread.start()
    thread.join()


@idle
def sleep_catching(world: World) -> None:
    try:
        time.sleep(LONGER)
    except BaseException:
        time.sleep(LONGER)


@attack()
def raised_limit(world: World) -> None:
    _raised(resource.RLIMIT_CPU)


@attack()
def raised_descriptors(world: World) -> None:
    _raised(resource.RLIMIT_NOFILE)


def _raised(which: int) -> None:
    """The one that can be ignored to the one that cannot: everybody may."""
    hard = resource.getrlimit(which)[1]
    call("prlimit64", 0, which, (ctypes.c_ulong * 2)(hard % 2**64, hard % 2**64), None)


@attack()
def scheduler(world: World) -> None:
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


@attack(root=True)
def real_time(world: World) -> None:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


@attack()
def nice(world: World) -> None:
    os.nice(1)


@attack()
def processors(world: World) -> None:
    os.sched_setaffinity(0, os.sched_getaffinity(0))


@attack()
def time_of_host(world: World) -> None:
    """How long the host has worked tells what it did for others."""
    time.clock_gettime(~world.host << 3 | 2)


@attack()
def processors_of_host(world: World) -> None:
    os.sched_getaffinity(world.host)


@attack()
def slack(world: World) -> None:
    call("prctl", 29, 1)  # PR_SET_TIMERSLACK
