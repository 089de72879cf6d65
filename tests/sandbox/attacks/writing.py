"""Changing anything: files, folders, links, permissions, times, locks, mounts."""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import shutil
import sqlite3
import stat
import tempfile
from contextlib import closing, suppress
from errno import ENODEV, ENOSYS, ENOTSUP, EOPNOTSUPP
from pathlib import Path

from .attack import Refused, World, attack, call, check, killed, reach

HERE = Path(__file__).parent


@attack()
def create(world: World) -> None:
    Path(world.folder, "made").write_text("left")


@attack()
def create_in_temporary_folder(world: World) -> None:
    Path("/tmp", world.mark).write_text("left")


@attack()
def create_in_shared_memory(world: World) -> None:
    Path("/dev/shm", world.mark).write_text("left")


@attack()
def create_at_root(world: World) -> None:
    """In the root that it has, or in the place where its code is shown."""
    made = 0
    for folder in ("/", "/.code", "/.host", "/run", "/var/tmp", world.folder):
        with suppress(OSError):
            made += Path(folder, world.mark).write_text("left")
    check(made)


@attack()
def create_at_home(world: World) -> None:
    Path(world.home, ".ssh", "authorized_keys").write_text("left")


@attack()
def create_in_its_folder(world: World) -> None:
    (HERE / "made").write_text("left")


@attack()
def change_its_code(world: World) -> None:
    (HERE / "network.py").write_text("left")


@attack()
def compiled_code(world: World) -> None:
    (HERE / "__pycache__").mkdir(exist_ok=True)
    (HERE / "__pycache__" / "made.pyc").write_bytes(b"left")


@attack(root=True)
def change_the_library(world: World) -> None:
    """Only opened: without walls it really could."""
    os.close(os.open(ctypes.__file__, os.O_WRONLY | os.O_APPEND))


@attack()
def temporary_file(world: World) -> None:
    tempfile.TemporaryFile(dir=world.folder).close()


@attack()
def temporary_file_anywhere(world: World) -> None:
    tempfile.TemporaryFile().close()


@attack()
def file_without_name(world: World) -> None:
    os.close(os.open(world.folder, os.O_TMPFILE | os.O_RDWR))


@attack()
def append(world: World) -> None:
    with open(world.secret, "ab") as file:
        file.write(b"left")


@attack()
def truncate(world: World) -> None:
    os.truncate(world.secret, 3)


@attack()
def truncate_while_reading(world: World) -> None:
    os.close(os.open(world.secret, os.O_RDONLY | os.O_TRUNC))


@attack()
def create_while_reading(world: World) -> None:
    os.close(os.open(f"{world.folder}/made", os.O_RDONLY | os.O_CREAT))


@attack()
def database(world: World) -> None:
    try:
        with closing(sqlite3.connect(world.database)) as opened, opened:
            opened.execute("DELETE FROM documents")
    except sqlite3.Error:
        raise Refused from None


@attack()
def folder(world: World) -> None:
    os.mkdir(f"{world.folder}/made")


@attack()
def folder_removed(world: World) -> None:
    os.rmdir(f"{world.home}/.ssh")


@attack()
def remove(world: World) -> None:
    os.unlink(world.database)


@attack()
def remove_all(world: World) -> None:
    shutil.rmtree(world.home)


@attack()
def rename(world: World) -> None:
    os.rename(world.secret, f"{world.folder}/made")


@attack()
def exchange(world: World) -> None:
    first, second = (ctypes.c_char_p(path.encode()) for path in (world.secret, world.database))
    call("renameat2", -100, first, -100, second, 2)  # RENAME_EXCHANGE


@attack()
def link(world: World) -> None:
    os.link(world.secret, f"{world.folder}/made")


@attack()
def link_of_descriptor(world: World) -> None:
    names = [f"/proc/self/fd/{os.open(__file__, os.O_RDONLY)}", f"{world.folder}/made"]
    source, target = (ctypes.c_char_p(name.encode()) for name in names)
    call("linkat", -100, source, -100, target, 0x400)  # AT_SYMLINK_FOLLOW


@attack()
def symbolic_link(world: World) -> None:
    os.symlink("/etc/passwd", f"{world.folder}/made")


@attack()
def symbolic_link_in_its_folder(world: World) -> None:
    os.symlink("/etc/passwd", HERE / "made")


@attack()
def pipe(world: World) -> None:
    os.mkfifo(f"{world.folder}/made")


@attack()
def node(world: World) -> None:
    os.mknod(f"{world.folder}/made", stat.S_IFREG | 0o600)


@attack(root=True)
def device(world: World) -> None:
    os.mknod(f"{world.folder}/made", stat.S_IFBLK | 0o600, os.makedev(7, 0))


@attack()
def mode(world: World) -> None:
    os.chmod(world.secret, 0o777)


@attack()
def mode_of_its_code(world: World) -> None:
    os.chmod(__file__, 0o777)


@attack()
def mode_of_descriptor(world: World) -> None:
    os.fchmod(os.open(__file__, os.O_RDONLY), 0o777)


@attack()
def owner(world: World) -> None:
    os.chown(world.secret, os.getuid(), os.getgid())


@attack()
def owner_of_descriptor(world: World) -> None:
    os.fchown(os.open(__file__, os.O_RDONLY), os.getuid(), os.getgid())


@attack()
def times(world: World) -> None:
    os.utime(world.secret, (0, 0))


@attack()
def times_of_descriptor(world: World) -> None:
    os.utime(os.open(__file__, os.O_RDONLY), (0, 0))


@attack(unless=(ENOTSUP, EOPNOTSUPP))
def attribute(world: World) -> None:
    os.setxattr(world.secret, "user.left", b"left")


@attack(unless=(ENOTSUP, EOPNOTSUPP))
def attribute_of_descriptor(world: World) -> None:
    os.setxattr(os.open(__file__, os.O_RDONLY), "user.left", b"left")


@attack()
def lock(world: World) -> None:
    fcntl.flock(os.open(__file__, os.O_RDONLY), fcntl.LOCK_EX)


@attack()
def lock_of_range(world: World) -> None:
    fcntl.lockf(os.open(__file__, os.O_RDONLY), fcntl.LOCK_SH)


@attack()
def lease(world: World) -> None:
    fcntl.fcntl(os.open(__file__, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)


@attack()
def notice(world: World) -> None:
    fcntl.fcntl(os.open(os.fspath(HERE), os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_CREATE)


@attack()
def shared_map(world: World) -> None:
    """A private map of a file is fine; a shared one could be made writable."""
    mmap.mmap(os.open(__file__, os.O_RDONLY), 64, mmap.MAP_SHARED, mmap.PROT_READ)


@attack()
def positioned(world: World) -> None:
    file = os.open(f"{world.folder}/made", os.O_RDWR | os.O_CREAT)
    os.pwrite(file, b"left", 0)


@attack()
def room(world: World) -> None:
    file = os.open(f"{world.folder}/made", os.O_RDWR | os.O_CREAT)
    os.posix_fallocate(file, 0, 4096)


@attack()
def advice(world: World) -> None:
    os.posix_fadvise(os.open(__file__, os.O_RDONLY), 0, 0, os.POSIX_FADV_DONTNEED)


@attack()
def synchronise(world: World) -> None:
    os.fsync(os.open(__file__, os.O_RDONLY))


@attack()
def mask(world: World) -> None:
    os.umask(0)


@killed(root=True)
def mount(world: World) -> None:
    words = [ctypes.c_char_p(word) for word in (b"none", f"{world.home}/.ssh".encode(), b"tmpfs")]
    call("mount", *words, 0, None)


@killed(root=True)
def mount_again_writable(world: World) -> None:
    """The root that it has, made writable. Without walls: a root that is writable stays so."""
    call("mount", None, ctypes.c_char_p(b"/"), None, 32 | 4096, None)  # MS_REMOUNT | MS_BIND


@killed(root=True)
def unmount(world: World) -> None:
    reach("umount2", ctypes.c_char_p(world.folder.encode()), 0)  # not a mount


@killed(root=True)
def mount_with_descriptors(world: World) -> None:
    os.close(call("fsopen", ctypes.c_char_p(b"tmpfs"), 0))


@killed(root=True)
def clone_of_mount(world: World) -> None:
    os.close(call("open_tree", -100, ctypes.c_char_p(b"/"), 1))  # OPEN_TREE_CLONE


@killed(root=True)
def new_root(world: World) -> None:
    path = ctypes.c_char_p(world.folder.encode())
    reach("pivot_root", path, path)  # not a mount


@killed(root=True)
def swap(world: World) -> None:
    reach("swapon", ctypes.c_char_p(world.secret.encode()), 0)


@killed(unless=(ENOSYS, ENODEV))
def quota(world: World) -> None:
    reach("quotactl", 0x80000100, None, 0, None)  # Q_SYNC of nothing
