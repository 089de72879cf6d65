"""What a run can know of the machine and of the person whose it is."""

from __future__ import annotations

import ctypes
import os
import sys
import time

from .attack import World, attack, check


@attack()
def environment(world: World) -> None:
    check("SECRET" in os.environ)


@attack()
def environment_of_c(world: World) -> None:
    found = ctypes.CDLL(None).getenv
    found.restype = ctypes.c_char_p
    check(found(b"SECRET"))


@attack()
def home(world: World) -> None:
    check(os.path.expanduser("~") == world.home)


@attack()
def folder(world: World) -> None:
    check(os.getcwd() != "/")


@attack()
def arguments(world: World) -> None:
    """Those of the host."""
    check(len(sys.argv) > 2)


@attack()
def name_of_machine(world: World) -> None:
    check(os.uname().nodename != "service")


@attack()
def kernel(world: World) -> None:
    check(os.uname().release)


@attack()
def memory_and_load(world: World) -> None:
    check(os.sysconf("SC_PHYS_PAGES"))
    check(ctypes.CDLL(None).sysinfo(ctypes.create_string_buffer(256)) == 0)


@attack()
def processors(world: World) -> None:
    check(os.sched_getaffinity(0))


@attack()
def clock(world: World) -> None:
    check(time.time())


@attack()
def time_since_start(world: World) -> None:
    check(time.clock_gettime(time.CLOCK_BOOTTIME))


@attack()
def parent(world: World) -> None:
    """The number of the process that it is forked from, as the machine counts."""
    check(os.getppid() > 1)


@attack()
def user(world: World) -> None:
    """Whose the host is."""
    check(os.geteuid() == os.stat(world.folder).st_uid)


@attack()
def place_of_interpreter(world: World) -> None:
    """Where the interpreter lies may tell who installed it."""
    check(os.path.isdir(sys.base_prefix))


@attack()
def group(world: World) -> None:
    """The number of a process of the host's, where it can be seen from here."""
    check(os.getpgrp())


@attack()
def session(world: World) -> None:
    os.getsid(0)


@attack()
def time_zone(world: World) -> None:
    check(os.environ.get("TZ") == "Antarctica/Troll")
