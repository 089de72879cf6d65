"""Code of the processor's own: what no check of Python's sees."""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
import shutil
import struct
from errno import ENOSYS

from numpy.linalg import _umath_linalg

from selfdata_sdk.errors import PolicyViolation, ServiceCrash

from .attack import World, attack, check, killed

INTEL = platform.machine() == "x86_64"
ALL = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
FIXED = 0x100000
"""MAP_FIXED_NOREPLACE"""


def _run(code: bytes) -> int:
    """What a function of these bytes returns."""
    if not INTEL:
        raise OSError(ENOSYS, "code for another processor")
    pages = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, ALL)
    pages.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(pages))
    return int(ctypes.CFUNCTYPE(ctypes.c_int)(address)())


native = attack(unless=(ENOSYS,))


@native
def machine_code(world: World) -> None:
    check(_run(b"\xb8\x2a\0\0\0\xc3") == 42)  # mov eax, 42; ret


@attack()
def library(world: World) -> None:
    """Of what is shown."""
    ctypes.CDLL(_umath_linalg.__file__)


@attack()
def library_of_its_own(world: World) -> None:
    own = f"{world.folder}/made.so"
    shutil.copy(_umath_linalg.__file__, own)
    ctypes.CDLL(own)


@attack(PolicyViolation, unless=(ENOSYS,))
def call_of_32_bits(world: World) -> None:
    check(_run(b"\xb8\x14\0\0\0\xcd\x80\xc3") == os.getpid())  # mov eax, 20 (getpid); int 0x80; ret


@attack(PolicyViolation, unless=(ENOSYS,))
def segment_of_32_bits(world: World) -> None:
    """To where the processor takes all instructions for ones of 32 bits, and back."""
    if not INTEL:
        raise OSError(ENOSYS, "code for another processor")
    base = 0x1000_0000
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_long
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | FIXED
    if libc.mmap(ctypes.c_void_p(base), ctypes.c_size_t(4096), ALL, flags, -1, ctypes.c_long(0)) != base:
        raise OSError(ctypes.get_errno(), "mmap")
    there, back, target = base + 0x100, base + 0x200, base + 0x300
    kept = struct.pack("<I", base + 0x400)
    code = {
        # push rbx, rbp, r12 to r15; mov [kept], rsp; jmp far [target]
        base: b"\x53\x55\x41\x54\x41\x55\x41\x56\x41\x57\x48\x89\x24\x25"
        + kept
        + b"\xff\x2c\x25"
        + struct.pack("<I", target),
        target: struct.pack("<IH", there, 0x23),
        there: b"\xb8\x14\0\0\0\xcd\x80\xea" + struct.pack("<IH", back, 0x33),  # getpid; jmp far back
        # mov rsp, [kept]; pop r15 to r12, rbp, rbx; ret
        back: b"\x48\x8b\x24\x25" + kept + b"\x41\x5f\x41\x5e\x41\x5d\x41\x5c\x5d\x5b\xc3",
    }
    for at, words in code.items():
        ctypes.memmove(at, words, len(words))
    check(ctypes.CFUNCTYPE(ctypes.c_int)(base)() == os.getpid())


@killed(unless=(ENOSYS,))
def call_of_x32(world: World) -> None:
    """A kernel that was built without this kind says so."""
    number = _run(b"\xb8\x27\0\0\x40\x0f\x05\xc3")  # mov eax, 0x40000027 (getpid); syscall; ret
    if number < 0:
        raise OSError(-number, "x32")
    check(number == os.getpid())


@native
def socket(world: World) -> None:
    # mov edi, 2; mov esi, 1; xor edx, edx; mov eax, 41; syscall; ret
    check(_run(b"\xbf\x02\0\0\0\xbe\x01\0\0\0\x31\xd2\xb8\x29\0\0\0\x0f\x05\xc3") >= 0)


@native
def fork(world: World) -> None:
    """vfork, whose child ends at once; the parent gets its number, a refusal is below zero."""
    # mov eax, 58; syscall; test eax, eax; jnz +6; xor edi, edi; mov al, 60; syscall; ret
    check(_run(b"\xb8\x3a\0\0\0\x0f\x05\x85\xc0\x75\x06\x31\xff\xb0\x3c\x0f\x05\xc3") > 0)
    os.waitpid(-1, 0)


@attack(PolicyViolation, unless=(ENOSYS,), dies=True)
def program(world: World) -> None:
    """execve of nothing: the kernel would say that there is no such program. Then it dies of its own."""
    # mov eax, 59; xor edi, edi; xor esi, esi; xor edx, edx; syscall; ud2
    _run(b"\xb8\x3b\0\0\0\x31\xff\x31\xf6\x31\xd2\x0f\x05\x0f\x0b")


@attack(ServiceCrash, unless=(ENOSYS,), dies=True)
def no_instruction(world: World) -> None:
    _run(b"\x0f\x0b")  # ud2


@attack(ServiceCrash, unless=(ENOSYS,), dies=True)
def trap(world: World) -> None:
    _run(b"\xcc")  # int3


@attack(ServiceCrash, unless=(ENOSYS,), dies=True)
def divided_by_zero(world: World) -> None:
    _run(b"\x31\xc9\xf7\xf1\xc3")  # xor ecx, ecx; div ecx


@attack(ServiceCrash, unless=(ENOSYS,), dies=True)
def privileged_instruction(world: World) -> None:
    _run(b"\xf4")  # hlt


@attack(ServiceCrash, unless=(ENOSYS,), dies=True)
def stack(world: World) -> None:
    _run(b"\x50\xeb\xfd")  # push rax; jmp back


@attack(ServiceCrash, unless=(ENOSYS,), dies=True)
def interpreter_overwritten(world: World) -> None:
    """None, which everything holds, made into nothing."""
    ctypes.memset(id(None), 0, 16)
    print(type(None))
