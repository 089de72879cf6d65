"""Starting anything: other programs, other processes."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import pty
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from .attack import NUMBERS, Refused, World, attack, call, check, killed

SHELL = "/bin/sh"


def _leaving(world: World) -> list[str]:
    """A program that leaves a file, of nothing but what a shell can do by itself."""
    return ["sh", "-c", f": > {world.folder}/made"]


def _gone(child: int) -> None:
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


@attack()
def fork(world: World) -> None:
    _gone(os.fork())


@attack()
def fork_by_number(world: World) -> None:
    """The older call, where the processor has it."""
    _gone(call("fork") if "fork" in NUMBERS else os.fork())


@attack()
def clone(world: World) -> None:
    _gone(call("clone", signal.SIGCHLD, 0, 0, 0, 0))


@attack()
def clone_beside(world: World) -> None:
    """A child of its parent's: it would outlive the run."""
    child = call("clone", 0x8000 | signal.SIGCHLD, 0, 0, 0, 0)  # CLONE_PARENT
    if child == 0:
        os._exit(0)


@attack()
def clone_sharing_files(world: World) -> None:
    _gone(call("clone", 0x400 | signal.SIGCHLD, 0, 0, 0, 0))  # CLONE_FILES


@attack()
def clone_into_namespace(world: World) -> None:
    _gone(call("clone", 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0))  # CLONE_NEWUSER


@attack()
def clone_with_structure(world: World) -> None:
    arguments = (ctypes.c_uint64 * 8)(0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
    _gone(call("clone3", arguments, ctypes.sizeof(arguments)))


@attack()
def terminal(world: World) -> None:
    child, opened = pty.fork()
    _gone(child)
    os.close(opened)


@attack()
def daemon(world: World) -> None:
    first = os.fork()
    if first == 0:
        os.setsid()
        if os.fork() == 0:
            os.close(os.open(f"{world.folder}/made", os.O_CREAT | os.O_WRONLY))
        os._exit(0)
    os.waitpid(first, 0)


@attack()
def forks(world: World) -> None:
    """A fork bomb: harmless without walls, as each goes at once."""
    for _ in range(50):
        _gone(os.fork())


@killed()
def program(world: World) -> None:
    os.execv(SHELL, _leaving(world))


@killed()
def program_python(world: World) -> None:
    os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", f"open({world.folder + '/made'!r}, 'w')"])


@killed()
def program_by_loader(world: World) -> None:
    """The loader is a program that loads another, whose own permission to run is then not asked for."""
    from glob import glob

    loader = next(iter(glob("/lib64/ld-linux-*.so.*") + glob("/lib/ld-linux-*.so.*") + glob("/lib/ld-musl-*.so.*")), "")
    os.execv(loader or SHELL, ["loader", SHELL, *_leaving(world)[1:]] if loader else _leaving(world))


@killed()
def program_at_descriptor(world: World) -> None:
    try:
        file = os.open(sys.executable, os.O_RDONLY)
    except OSError:
        file = os.open(__file__, os.O_RDONLY)
    words = [sys.executable.encode(), b"-I", b"-S", b"-c", f"open({world.folder + '/made'!r}, 'w')".encode()]
    arguments = (ctypes.c_char_p * (len(words) + 1))(*words, None)
    call("execveat", file, ctypes.c_char_p(b""), arguments, (ctypes.c_char_p * 1)(None), 0x1000)  # AT_EMPTY_PATH


@killed()
def program_in_memory(world: World) -> None:
    file = -1
    with contextlib.suppress(OSError):
        file = os.memfd_create("program", 0)
        os.write(file, f"#!{SHELL}\n: > {world.folder}/made\n".encode())
    os.execve(file if file >= 0 else SHELL, ["sh"], {})


@attack()
def spawn(world: World) -> None:
    _, status = os.waitpid(os.posix_spawn(SHELL, _leaving(world), {}), 0)
    check(status == 0)


@attack()
def subprocess_(world: World) -> None:
    check(subprocess.run([SHELL, *_leaving(world)[1:]], check=False).returncode == 0)


@attack()
def shell(world: World) -> None:
    check(os.system(f": > {world.folder}/made") == 0)


@attack()
def pipe_to_shell(world: World) -> None:
    with os.popen(f": > {world.folder}/made; echo done") as said:
        check(said.read())


@attack()
def process(world: World) -> None:
    started = multiprocessing.get_context("fork").Process(target=int)
    started.start()
    started.join()
    check(started.exitcode == 0)


@attack()
def process_spawned(world: World) -> None:
    started = multiprocessing.get_context("spawn").Process(target=int)
    started.start()
    started.join()
    check(started.exitcode == 0)


@attack()
def pool(world: World) -> None:
    try:
        with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as made:
            check(made.submit(int).result() == 0)
    except BrokenProcessPool:
        raise Refused from None


@attack()
def wait_for_others(world: World) -> None:
    """What ended beside it is its parent's to know. Without walls it has a child of its own to wait for."""
    with contextlib.suppress(OSError):
        if os.fork() == 0:
            os._exit(0)
    os.waitpid(-1, 0)
