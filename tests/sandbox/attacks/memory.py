"""More memory than a run may have, of every kind; memory that others can see."""

from __future__ import annotations

import ctypes
import mmap
import os
import pickle
import threading
import zlib
from collections.abc import Callable
from errno import EAGAIN, ENOSYS
from multiprocessing import shared_memory

import numpy as np

from selfdata_sdk.errors import MemoryLimit
from selfdata_sdk.host.sandbox import Limits

from .attack import Refused, World, attack, call, check, killed

MIB = 1 << 20
SMALL = Limits(seconds=30.0, cpu_seconds=20, memory=64 * MIB)
MUCH = 96 * MIB
PRIVATE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
SHARED = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS


def bomb(function: Callable[[World], None]) -> Callable[[World], None]:
    attack(MemoryLimit, limits=SMALL)(function)
    return function


@bomb
def heap(world: World) -> None:
    check(bytearray(MUCH))


@bomb
def heap_filled(world: World) -> None:
    check(len(b"x" * MUCH) == MUCH)


@bomb
def lists(world: World) -> None:
    check([None] * (MUCH // 8))


@bomb
def many_objects(world: World) -> None:
    check([bytearray(MIB) for _ in range(MUCH // MIB)])


@bomb
def growing_text(world: World) -> None:
    text = "x" * MIB
    while len(text) < MUCH:
        text += text


@bomb
def growing_dictionary(world: World) -> None:
    check(dict.fromkeys(range(1_500_000)))


@bomb
def array(world: World) -> None:
    check(np.ones(MUCH, np.int8).all())


@bomb
def array_of_zeros(world: World) -> None:
    check(not np.zeros(MUCH * 8, np.int8)[-1])


@bomb
def outer_product(world: World) -> None:
    side = np.ones(4096)
    check(np.outer(side, side).any())


@bomb
def inflated(world: World) -> None:
    packed = zlib.compress(bytes(MUCH))
    check(zlib.decompress(packed))


@bomb
def unpickled(world: World) -> None:
    """A few bytes of a pickle that ask for much."""
    check(pickle.loads(b"\x80\x04cbuiltins\nbytearray\n(J" + MUCH.to_bytes(4, "little") + b"tR."))


@bomb
def large_integer(world: World) -> None:
    check(1 << (MUCH * 8))


@bomb
def sliced(world: World) -> None:
    """Many views cost nothing, their copies do."""
    view = memoryview(bytes(MIB))
    check([bytes(view) for _ in range(MUCH // MIB)])


@attack(limits=SMALL)
def private_map(world: World) -> None:
    mmap.mmap(-1, MUCH, PRIVATE)


@attack(limits=SMALL)
def private_maps(world: World) -> None:
    kept = [mmap.mmap(-1, MIB, PRIVATE) for _ in range(MUCH // MIB)]
    check(kept)


@attack(limits=SMALL)
def unreserved_map(world: World) -> None:
    mmap.mmap(-1, 1 << 36, PRIVATE | 0x4000)  # MAP_NORESERVE


@attack(limits=SMALL)
def grown_map(world: World) -> None:
    mmap.mmap(-1, MIB, PRIVATE).resize(MUCH)


@attack()
def shared_map(world: World) -> None:
    mmap.mmap(-1, 4096, SHARED)


@attack()
def shared_zeros(world: World) -> None:
    mmap.mmap(os.open("/dev/zero", os.O_RDWR), 4096, mmap.MAP_SHARED)


@attack()
def growing_down(world: World) -> None:
    mmap.mmap(-1, 4096, PRIVATE | 0x100)  # MAP_GROWSDOWN


@attack()
def locked_map(world: World) -> None:
    mmap.mmap(-1, 4096, PRIVATE | 0x2000)  # MAP_LOCKED


@attack()
def system_v(world: World) -> None:
    made = call("shmget", 0, 4096, 0o600)
    call("shmctl", made, 0, None)  # IPC_RMID


@attack()
def system_v_semaphore(world: World) -> None:
    made = call("semget", 0, 1, 0o600)
    call("semctl", made, 0, 0, 0)


@attack()
def system_v_queue(world: World) -> None:
    made = call("msgget", 0, 0o600)
    call("msgctl", made, 0, None)


@attack()
def queue(world: World) -> None:
    name = ctypes.c_char_p(world.mark.encode())
    call("mq_open", name, os.O_RDWR | os.O_CREAT, 0o600, None)
    call("mq_unlink", name)


@attack()
def posix(world: World) -> None:
    made = shared_memory.SharedMemory(world.mark, create=True, size=4096)
    made.close()


@attack()
def file_in_memory(world: World) -> None:
    os.close(os.memfd_create("kept"))


@attack(unless=(ENOSYS,))
def secret_file_in_memory(world: World) -> None:
    os.close(call("memfd_secret", 0))


@attack()
def locked(world: World) -> None:
    pages = mmap.mmap(-1, 4096, PRIVATE)
    call("mlock", ctypes.addressof(ctypes.c_char.from_buffer(pages)), 4096)


@attack(root=True)
def all_locked(world: World) -> None:
    call("mlockall", 5)  # MCL_CURRENT, MCL_ONFAULT


@attack()
def kept_from_children(world: World) -> None:
    mmap.mmap(-1, 4096, PRIVATE).madvise(10)  # MADV_DONTFORK


@attack()
def merged(world: World) -> None:
    """Pages that are the same are merged: how fast tells what other processes hold."""
    mmap.mmap(-1, 4096, PRIVATE).madvise(12)  # MADV_MERGEABLE


@attack()
def resident(world: World) -> None:
    """Which pages of a shared library are in memory tells what other processes do."""
    pages = mmap.mmap(-1, 4096, PRIVATE)
    at = ctypes.addressof(ctypes.c_char.from_buffer(pages))
    call("mincore", at, 4096, ctypes.create_string_buffer(1))


@attack()
def cached(world: World) -> None:
    file = os.open(__file__, os.O_RDONLY)
    call("cachestat", file, (ctypes.c_uint64 * 2)(), (ctypes.c_uint64 * 5)(), 0)


@killed()
def faults(world: World) -> None:
    os.close(call("userfaultfd", 1))  # UFFD_USER_MODE_ONLY


@attack()
def placed(world: World) -> None:
    call("get_mempolicy", None, None, 0, None, 0)


def _threads(count: int, size: int) -> None:
    threading.stack_size(size)
    hold = threading.Event()
    started = [threading.Thread(target=hold.wait, daemon=True) for _ in range(count)]
    try:
        for thread in started:
            thread.start()
    except RuntimeError:
        raise Refused(EAGAIN, "no more threads") from None
    finally:
        hold.set()
        threading.stack_size(0)


@attack(MemoryLimit, None, limits=Limits(seconds=30.0, cpu_seconds=20, threads=16))
def threads(world: World) -> None:
    _threads(64, 0)


@attack(MemoryLimit, None, limits=Limits(seconds=30.0, cpu_seconds=20, threads=16))
def small_threads(world: World) -> None:
    _threads(64, 32768)
