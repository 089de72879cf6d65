"""Reading what is not the service's: files of every kind, and what folders and links say of them."""

from __future__ import annotations

import ctypes
import importlib
import os
import sqlite3
import sys
from contextlib import closing
from errno import ENOENT, EOPNOTSUPP
from pathlib import Path

from .attack import SECRET, Refused, World, attack, call, check, killed

HERE = Path(__file__).parent


def _read(path: str | Path) -> None:
    with open(path, "rb") as file:
        check(file.read(64))


def _opened(path: str, flags: int = 0) -> int:
    return os.open(path, os.O_RDONLY | flags)


@attack()
def secret(world: World) -> None:
    _read(world.secret)


@attack()
def users(world: World) -> None:
    _read("/etc/passwd")


@attack(root=True, unless=(ENOENT,))
def passwords(world: World) -> None:
    _read("/etc/shadow")


@attack()
def old_root(world: World) -> None:
    _read("/.host/etc/passwd" if os.path.exists("/.host") else "/etc/passwd")


@attack()
def home(world: World) -> None:
    check(os.listdir(world.home))


@attack()
def home_walked(world: World) -> None:
    check(any(folders for _, folders, _ in os.walk(world.home)))


@attack()
def root_listed(world: World) -> None:
    check(os.listdir("/"))


@attack()
def temporary_listed(world: World) -> None:
    """Somebody's files there: not the folder that leads to what may be imported, where this project lies there."""
    shown = {Path(path).parts[2] for path in sys.path if path.startswith("/tmp/")}
    check(set(os.listdir("/tmp")) - shown)


@attack()
def persons_listed(world: World) -> None:
    with os.scandir(world.folder) as found:
        check(any(entry.name == "host.sqlite" for entry in found))


@attack()
def persons_data(world: World) -> None:
    _documents(world.database)


@attack()
def persons_data_as_a_file(world: World) -> None:
    _documents(f"file:{world.database}?immutable=1")


def _documents(address: str) -> None:
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            check(database.execute("SELECT * FROM documents").fetchall())
    except sqlite3.Error:
        raise Refused from None


@attack()
def own_environment(world: World) -> None:
    _read("/proc/self/environ")


@attack()
def own_maps(world: World) -> None:
    _read("/proc/self/maps")


@attack()
def own_status(world: World) -> None:
    _read("/proc/self/status")


@attack()
def own_memory(world: World) -> None:
    kept = bytearray(SECRET)
    at = ctypes.addressof(ctypes.c_char.from_buffer(kept))
    file = _opened("/proc/self/mem")
    check(os.pread(file, len(SECRET), at) == SECRET)


@attack()
def first_process(world: World) -> None:
    _read("/proc/1/status")


@attack()
def host_environment(world: World) -> None:
    _read(f"/proc/{world.host}/environ")


@attack()
def host_command(world: World) -> None:
    _read(f"/proc/{world.host}/cmdline")


@attack()
def host_memory(world: World) -> None:
    file = _opened(f"/proc/{world.host}/mem")
    check(os.pread(file, len(SECRET), world.address) == SECRET)


@killed()
def host_memory_by_call(world: World) -> None:
    class Span(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    into = ctypes.create_string_buffer(len(SECRET))
    here, there = Span(ctypes.addressof(into), len(SECRET)), Span(world.address, len(SECRET))
    call("process_vm_readv", world.host, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
    check(into.raw == SECRET)


@attack()
def host_descriptor(world: World) -> None:
    _read(f"/proc/{world.host}/fd/{world.descriptor}")


@attack()
def host_folder(world: World) -> None:
    check(os.listdir(f"/proc/{world.host}/cwd/"))


@attack()
def parents_memory(world: World) -> None:
    _opened(f"/proc/{os.getppid()}/mem")


@attack()
def processes(world: World) -> None:
    check(os.listdir("/proc"))


@attack()
def root_by_process(world: World) -> None:
    _read("/proc/self/root/etc/passwd")


@attack()
def connections(world: World) -> None:
    _read("/proc/net/tcp")


@attack()
def processor(world: World) -> None:
    _read("/proc/cpuinfo")


@attack()
def kernel_settings(world: World) -> None:
    _read("/proc/sys/kernel/hostname")


@attack()
def devices(world: World) -> None:
    check(os.listdir("/sys/class"))


@attack()
def terminals(world: World) -> None:
    check(os.listdir("/dev/"))


@attack()
def device(world: World) -> None:
    _opened("/dev/null")


@attack()
def randomness(world: World) -> None:
    _read("/dev/urandom")


@attack(root=True)
def kernel_log(world: World) -> None:
    _opened("/dev/kmsg", os.O_NONBLOCK)


@attack()
def out_of_its_folder(world: World) -> None:
    _read(HERE / ".." / "beside")


@attack()
def folder_above_listed(world: World) -> None:
    check("beside" in os.listdir(HERE / ".."))


@attack()
def folder_above_by_descriptor(world: World) -> None:
    here = _opened(str(HERE), os.O_DIRECTORY)
    file = os.open("../beside", os.O_RDONLY, dir_fd=here)
    check(os.read(file, 64))


@attack()
def link_in_its_folder(world: World) -> None:
    _read(HERE / "link")


@attack()
def link_elsewhere(world: World) -> None:
    _read(world.link)


@attack()
def place(world: World) -> None:
    os.close(_opened(world.secret, os.O_PATH))


@attack()
def place_then_file(world: World) -> None:
    _read(f"/proc/self/fd/{_opened(world.secret, os.O_PATH)}")


@attack()
def open_with_structure(world: World) -> None:
    how = (ctypes.c_uint64 * 3)(0, 0, 0)
    call("openat2", -100, ctypes.c_char_p(world.secret.encode()), how, 24)


@attack()
def change_folder(world: World) -> None:
    os.chdir(world.folder)
    _read("secret")


@killed(root=True)
def change_root(world: World) -> None:
    os.chroot(world.folder)
    _read("/secret")


@killed(unless=(EOPNOTSUPP,))
def handle(world: World) -> None:
    _handle(world.folder)


@killed(root=True, unless=(EOPNOTSUPP,))
def handle_opened(world: World) -> None:
    """The way out of early containers: files by their inode's number, from any descriptor of the file system."""
    kept = _handle(world.secret)
    above = _opened(world.folder)
    os.close(call("open_by_handle_at", above, kept, 0))


def _handle(path: str) -> ctypes.Array[ctypes.c_char]:
    kept = ctypes.create_string_buffer(b"\x80", 8 + 128)
    call("name_to_handle_at", -100, ctypes.c_char_p(path.encode()), kept, ctypes.byref(ctypes.c_int()), 0)
    return kept


@attack()
def stat(world: World) -> None:
    os.stat(world.secret)


@attack()
def statx(world: World) -> None:
    into = ctypes.create_string_buffer(256)
    call("statx", -100, ctypes.c_char_p(world.secret.encode()), 0, 0x7FF, into)


@attack()
def existence(world: World) -> None:
    check(os.path.exists(f"{world.home}/.ssh"))


@attack()
def access(world: World) -> None:
    check(os.access(world.secret, os.R_OK, effective_ids=True))


@attack()
def existence_of_processes(world: World) -> None:
    os.stat(f"/proc/{world.host}")


@attack()
def link_read(world: World) -> None:
    os.readlink(world.link)


@attack()
def link_of_its_process(world: World) -> None:
    os.readlink("/proc/self/exe")


@attack()
def link_in_its_folder_read(world: World) -> None:
    os.readlink(HERE / "link")


@attack()
def attributes(world: World) -> None:
    os.listxattr(world.secret)


@attack()
def file_system(world: World) -> None:
    os.statvfs(world.folder)


@attack()
def imported(world: World) -> None:
    """A module of the host's, which is not shown."""
    sys.path.insert(0, world.folder)
    try:
        importlib.import_module("stolen")
    except ImportError:
        raise Refused from None
    finally:
        sys.path.remove(world.folder)


@attack()
def watched(world: World) -> None:
    made = call("inotify_init1", 0)
    call("inotify_add_watch", made, ctypes.c_char_p(world.folder.encode()), 0xFFF)


@attack(root=True)
def watched_everywhere(world: World) -> None:
    os.close(call("fanotify_init", 0, 0))
