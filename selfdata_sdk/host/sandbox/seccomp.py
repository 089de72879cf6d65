"""The filter of system calls that a service runs under, as a program of the kernel's classic BPF machine.

A program is an array of `struct sock_filter`: first the calling convention, then a balanced search tree over the
numbers of calls, at its leaves an action or tests of arguments. BPF reads 32 bits at a time: an argument that the
kernel takes as an `int` is tested in its low half, since the kernel drops the high one; a `long` or a pointer in both.
"""

from __future__ import annotations

import ctypes
import platform
import struct
from collections.abc import Collection, Mapping
from errno import EINVAL, ENOSYS, EPERM
from functools import cache
from typing import NamedTuple

from . import kernel
from .syscalls import ARCHITECTURES, NEWEST, Architecture

# <linux/seccomp.h>
_SET_MODE_FILTER = 1
_KILL_PROCESS = 0x80000000
_TRAP = 0x00030000
_ERRNO = 0x00050000
_ALLOW = 0x7FFF0000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets into `struct seccomp_data`."""

# <linux/bpf_common.h>
_LOAD, _AND, _GOTO, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x06
_INSTRUCTION = struct.Struct("HBBI")

_X32 = 0x40000000
"""From this number on, x86_64 takes a call as one of its 32-bit variant."""
_OWN = int.from_bytes(b"own ")
"""Stands for the process's own id until the program is made for one: larger than any process id."""

PLAIN = """
read readv pread64 write writev lseek close poll ppoll select pselect6
eventfd2 epoll_create1 epoll_ctl epoll_wait epoll_pwait
stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents64 getcwd
brk mprotect mremap munmap
set_robust_list set_tid_address rseq sched_yield getcpu exit exit_group restart_syscall
rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack
getpid getppid gettid getpgrp getuid geteuid getresuid getgid getegid getresgid getgroups
time gettimeofday nanosleep times getrusage getrlimit getrandom sysinfo uname
"""
"""Calls that are allowed with any arguments: reading, own memory, own threads, own signals, facts of the machine.

eventfd and epoll are how the threads of polars wake each other.
"""

KILLED = """
execve execveat ptrace process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_getfd kcmp
bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register
unshare setns chroot pivot_root mount umount2 mount_setattr move_mount open_tree open_tree_attr
fsopen fsconfig fsmount fspick name_to_handle_at open_by_handle_at
add_key request_key keyctl init_module finit_module delete_module kexec_load kexec_file_load
acct swapon swapoff quotactl quotactl_fd reboot vhangup sethostname setdomainname settimeofday clock_settime
clock_adjtime iopl ioperm modify_ldt lookup_dcookie
"""
"""Calls that no library makes by itself: who makes one attacks, and is ended."""

ABSENT = "clone3 openat2"
"""Calls whose arguments lie in memory, where no filter can look: libraries fall back to the older call."""


class Condition(NamedTuple):
    """Half of an argument, without the bits outside of a mask, is one of some values."""

    offset: int
    mask: int
    values: tuple[int, ...]


class Rule(NamedTuple):
    """An action where all conditions hold, and one where they do not."""

    conditions: tuple[Condition, ...]
    then: int
    otherwise: Rule | int


Verdict = Rule | int
Code = list[tuple[int, int, int, int]]
"""Operation, instructions to skip where its comparison holds, and where not, operand."""


def _low(argument: int) -> int:
    return _ARGUMENTS + 8 * argument


def _among(argument: int, *values: int, ignoring: int = 0) -> Condition:
    return Condition(_low(argument), 0xFFFFFFFF & ~ignoring, values)


def _within(argument: int, bits: int) -> Condition:
    """No other bits than these."""
    return _among(argument, 0, ignoring=bits)


def _high_zero(argument: int) -> Condition:
    return Condition(_low(argument) + 4, 0xFFFFFFFF, (0,))


def _conditional(its: Architecture, refused: int) -> dict[str, Rule]:
    """Calls that are allowed with some arguments only."""

    def allow(*conditions: Condition, otherwise: Verdict = refused) -> Rule:
        return Rule(conditions, _ALLOW, otherwise)

    clock = allow(_within(0, 0xF))  # the system's clocks: other ids name the processor time of any process
    return {
        "open": allow(_within(1, its.reading)),
        "openat": allow(_within(2, its.reading)),
        # private; fixed, anonymous, denywrite, noreserve, populate, stack, fixed_noreplace
        "mmap": allow(_within(3, 0x2 | 0x10 | 0x20 | 0x800 | 0x4000 | 0x8000 | 0x20000 | 0x100000), _high_zero(3)),
        # normal, random, sequential, willneed, dontneed, free, (no)hugepage, dontdump, dodump, guard_install, -_remove
        "madvise": allow(_among(2, 0, 1, 2, 3, 4, 8, 14, 15, 16, 17, 102, 103)),
        # what glibc and musl pass for a new thread, and nothing else
        "clone": allow(_among(0, 0x3D0F00, 0x7D0F00)),
        # wait, wake, requeue, cmp_requeue, wake_op, wait_bitset, wake_bitset; private, by either clock
        "futex": allow(_among(1, 0, 1, 3, 4, 5, 9, 10, ignoring=0x80 | 0x100)),
        "membarrier": allow(_among(0, 0, 8, 16)),  # query, private expedited, its registration
        "sched_getaffinity": allow(_among(0, 0, _OWN)),
        "kill": allow(_among(0, _OWN)),
        "tkill": allow(_among(0, _OWN)),
        "tgkill": allow(_among(0, _OWN)),
        "clock_gettime": clock,
        "clock_getres": clock,
        "clock_nanosleep": clock,
        "prlimit64": allow(_among(0, 0), _among(2, 0), _high_zero(2)),  # own limits, no new ones
        "pipe2": allow(_within(1, 0x800 | 0x80000)),  # O_NONBLOCK, O_CLOEXEC: pyarrow's wake-up by signals
        # F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC: Python's tracebacks; F_SETFL of O_NONBLOCK
        "fcntl": allow(_among(1, 1, 2, 3, 1030), otherwise=allow(_among(1, 4), _within(2, 0x3 | 0x800))),
        "ioctl": allow(_among(1, 0x5401, 0x802C542A, 0x5450, 0x5451)),  # TCGETS, TCGETS2, FIONCLEX, FIOCLEX
        "prctl": allow(_among(0, 15, 0x53564D41)),  # PR_SET_NAME, PR_SET_VMA
    }


def program(machine: str, pid: int, *, log: bool = False) -> bytes:
    """The filter for the process `pid`, which may send signals to itself.

    With `log`, a refused call sends SIGSYS, so that a handler can name it.
    """
    return struct.pack("I", pid).join(_pieces(machine, log))


@cache
def _pieces(machine: str, log: bool) -> list[bytes]:
    its = ARCHITECTURES[machine]
    refused = _TRAP | EPERM if log else _ERRNO | EPERM
    verdicts: dict[str, Verdict] = {
        **dict.fromkeys(PLAIN.split(), _ALLOW),
        **dict.fromkeys(KILLED.split(), refused if log else _KILL_PROCESS),
        **dict.fromkeys(ABSENT.split(), _ERRNO | ENOSYS),
        **_conditional(its, refused),
    }
    starts = _starts({its.numbers[name]: verdict for name, verdict in verdicts.items() if name in its.numbers}, refused)
    starts[NEWEST + 1] = _ERRNO | ENOSYS  # to libraries, a call unknown here is a kernel without it
    starts[_X32] = _KILL_PROCESS
    return _assemble(its.audit, _KILL_PROCESS, starts).split(struct.pack("I", _OWN))


def hiding(machine: str, names: Collection[str], errno: int = ENOSYS, *, namespaces: bool = False) -> bytes:
    """A filter that lets everything pass but these calls: a kernel without them.

    Without `seccomp` also its older form by `prctl` is gone. With `namespaces` there are no new ones.
    """
    its = ARCHITECTURES[machine]
    verdicts: dict[str, Verdict] = dict.fromkeys(names, _ERRNO | errno)
    if "seccomp" in names:
        verdicts["prctl"] = Rule((_among(0, 22),), _ERRNO | EINVAL, _ALLOW)  # PR_SET_SECCOMP
    if namespaces:
        without = Rule((_within(0, 0xFFFFFFFF & ~0x7E020080),), _ALLOW, _ERRNO | EPERM)  # any CLONE_NEW*
        verdicts |= {"unshare": without, "clone": without, "clone3": _ERRNO | ENOSYS}
    return _assemble(its.audit, _ALLOW, _starts({its.numbers[name]: v for name, v in verdicts.items()}, _ALLOW))


def load(program: bytes) -> None:
    """Put the calling thread and all that it starts under a filter, for good; `no_new_privs` must be set.

    Other threads are left out: the caller has none, and to take them along would hide that it had.
    Raises OSError where the kernel refuses.
    """
    number = ARCHITECTURES[platform.machine()].numbers["seccomp"]
    code = ctypes.create_string_buffer(program, len(program))
    header = _Header(len(program) // _INSTRUCTION.size, ctypes.addressof(code))
    kernel.syscall(number, _SET_MODE_FILTER, 0, ctypes.byref(header))


class _Header(ctypes.Structure):
    """`struct sock_fprog`"""

    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def _starts(verdicts: Mapping[int, Verdict], others: Verdict) -> dict[int, Verdict]:
    """The number from which each verdict holds, up to the next."""
    starts = {0: others}
    for number in sorted(verdicts):
        starts |= {number: verdicts[number], number + 1: others}
    return starts


def _assemble(audit: int, foreign: int, starts: Mapping[int, Verdict]) -> bytes:
    """`foreign` is the action for calls by another convention, as that of 32-bit programs."""
    spans: list[tuple[int, Verdict]] = []
    for number, verdict in sorted(starts.items()):
        if not spans or spans[-1][1] != verdict:
            spans.append((number, verdict))
    code = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, audit), (_RETURN, 0, 0, foreign), (_LOAD, 0, 0, _NUMBER)]
    return b"".join(_INSTRUCTION.pack(*each) for each in code + _tree(spans))


def _tree(spans: list[tuple[int, Verdict]]) -> Code:
    if len(spans) == 1:
        return _leaf(spans[0][1])
    middle = len(spans) // 2
    lower, upper, start = _tree(spans[:middle]), _tree(spans[middle:]), spans[middle][0]
    if len(lower) < 256:
        return [(_AT_LEAST, len(lower), 0, start), *lower, *upper]
    return [(_AT_LEAST, 0, 1, start), (_GOTO, 0, 0, len(lower)), *lower, *upper]  # a comparison skips 255 at most


def _leaf(verdict: Verdict) -> Code:
    if isinstance(verdict, int):
        return [(_RETURN, 0, 0, verdict)]
    code: Code = [(_RETURN, 0, 0, verdict.then)]
    for condition in reversed(verdict.conditions):
        *first, last = condition.values
        code = [
            (_LOAD, 0, 0, condition.offset),
            (_AND, 0, 0, condition.mask),
            *((_EQUAL, len(first) - i, 0, value) for i, value in enumerate(first)),
            (_EQUAL, 0, len(code), last),
            *code,
        ]
    return code + _leaf(verdict.otherwise)
