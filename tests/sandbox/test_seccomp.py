"""The filter of system calls, in a simulator of the kernel's BPF machine."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from errno import ENOSYS, EPERM
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.host.sandbox import seccomp, syscalls
from selfdata_sdk.host.sandbox.syscalls import ARCHITECTURES, NEWEST

MACHINES = sorted(ARCHITECTURES)
PID = 4321
WORD, LONG = 2**32 - 1, 2**64 - 1


class Op(IntEnum):
    """As much of the machine as the kernel's cache of calls that are always allowed can follow."""

    LOAD, AND, GOTO, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x06


class BadProgram(Exception):
    pass


def instructions(program: bytes) -> list[tuple[int, int, int, int]]:
    return list(struct.iter_unpack("=HBBI", program))


def verify(program: bytes) -> int:
    """The most instructions that one call can cost. BadProgram where a jump leaves the program or nothing returns."""
    code = instructions(program)
    if not 0 < len(code) < 4096:
        raise BadProgram("length")
    longest: dict[int, int] = {}
    for at in range(len(code) - 1, -1, -1):
        operation, yes, no, operand = code[at]
        match operation:
            case Op.RETURN:
                after = []
            case Op.GOTO:
                after = [at + 1 + operand]
            case Op.EQUAL | Op.AT_LEAST:
                after = [at + 1 + yes, at + 1 + no]
            case Op.LOAD if operand % 4 == 0 and operand < 64:
                after = [at + 1]
            case Op.AND:
                after = [at + 1]
            case _:
                raise BadProgram(f"instruction {at}")
        if not set(after) <= longest.keys():
            raise BadProgram(f"jump of {at}")
        longest[at] = 1 + max((longest[target] for target in after), default=0)
    return longest[0]


def simulate(program: Sequence[tuple[int, int, int, int]], audit: int, number: int, arguments: Sequence[int]) -> int:
    data = struct.unpack("<16I", struct.pack("<IIQ6Q", number, audit, 0, *arguments))
    at = accumulator = 0
    while True:
        operation, yes, no, operand = program[at]
        at += 1
        match operation:
            case Op.RETURN:
                return operand
            case Op.GOTO:
                at += operand
            case Op.EQUAL:
                at += yes if accumulator == operand else no
            case Op.AT_LEAST:
                at += yes if accumulator >= operand else no
            case Op.LOAD:
                accumulator = data[operand // 4]
            case Op.AND:
                accumulator &= operand


KILL, ALLOW, TRAP = 0x80000000, 0x7FFF0000, 0x00030000 | EPERM
REFUSE, NO_SUCH_CALL = 0x00050000 | EPERM, 0x00050000 | ENOSYS


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What the filter is meant to do, said a second time in plain Python.
ALWAYS = words(
    "read write readv writev pread64 lseek close stat fstat lstat newfstatat statx access faccessat faccessat2"
    " readlink readlinkat getdents64 getcwd brk munmap mprotect mremap poll ppoll select pselect6 epoll_create1"
    " epoll_ctl epoll_wait epoll_pwait eventfd2 set_robust_list rseq set_tid_address rt_sigaction rt_sigprocmask"
    " rt_sigreturn sigaltstack getpid gettid getppid getpgrp getuid geteuid getgid getegid getresuid getresgid"
    " getgroups gettimeofday time nanosleep getrandom sched_yield sysinfo uname getrlimit getrusage times getcpu"
    " exit exit_group restart_syscall"
)
DEADLY = words(
    "execve execveat ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp bpf"
    " io_uring_setup io_uring_enter io_uring_register mount umount2 pivot_root open_tree open_tree_attr move_mount"
    " mount_setattr fsopen fsconfig fsmount fspick unshare setns chroot keyctl add_key request_key kexec_load"
    " kexec_file_load init_module finit_module delete_module userfaultfd perf_event_open pidfd_getfd"
    " name_to_handle_at open_by_handle_at acct swapon swapoff reboot quotactl quotactl_fd vhangup sethostname"
    " setdomainname settimeofday clock_settime clock_adjtime iopl ioperm modify_ldt lookup_dcookie"
)
OPEN_TO_READ = {  # O_NONBLOCK, O_CLOEXEC; O_DIRECTORY, O_NOFOLLOW, O_LARGEFILE
    "x86_64": 0x800 | 0x80000 | 0x10000 | 0x20000 | 0x8000,
    "aarch64": 0x800 | 0x80000 | 0x4000 | 0x8000 | 0x20000,
}
MAP_KINDS = 0x02 | 0x10 | 0x20 | 0x800 | 0x4000 | 0x8000 | 0x20000 | 0x100000
Arguments = Sequence[int]
SOMETIMES: dict[str, Callable[[str, Arguments], bool]] = {
    "open": lambda machine, a: a[1] & WORD & ~OPEN_TO_READ[machine] == 0,
    "openat": lambda machine, a: a[2] & WORD & ~OPEN_TO_READ[machine] == 0,
    "pipe2": lambda _, a: a[1] & WORD & ~(os.O_CLOEXEC | os.O_NONBLOCK) == 0,
    "mmap": lambda _, a: a[3] & ~MAP_KINDS == 0,
    "madvise": lambda _, a: a[2] & WORD in {0, 1, 2, 3, 4, 8, 14, 15, 16, 17, 102, 103},
    "clone": lambda _, a: a[0] & WORD in {0x3D0F00, 0x7D0F00},
    "futex": lambda _, a: a[1] & WORD & ~0x180 in {0, 1, 3, 4, 5, 9, 10},
    "membarrier": lambda _, a: a[0] & WORD in {0, 8, 16},
    "sched_getaffinity": lambda _, a: a[0] & WORD in {0, PID},
    "kill": lambda _, a: a[0] & WORD == PID,
    "tkill": lambda _, a: a[0] & WORD == PID,
    "tgkill": lambda _, a: a[0] & WORD == PID,
    "clock_gettime": lambda _, a: a[0] & WORD < 16,
    "clock_getres": lambda _, a: a[0] & WORD < 16,
    "clock_nanosleep": lambda _, a: a[0] & WORD < 16,
    "prlimit64": lambda _, a: a[0] & WORD == 0 and a[2] == 0,
    "fcntl": lambda _, a: (
        a[1] & WORD in {fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_DUPFD_CLOEXEC}
        or (a[1] & WORD == fcntl.F_SETFL and a[2] & WORD & ~(os.O_ACCMODE | os.O_NONBLOCK) == 0)
    ),
    "ioctl": lambda _, a: a[1] & WORD in {0x5401, 0x802C542A, 0x5450, 0x5451},
    "prctl": lambda _, a: a[0] & WORD in {15, 0x53564D41},
}


def expected(machine: str, number: int, arguments: Arguments) -> int:
    if number >= 0x40000000:
        return KILL
    if number > NEWEST:
        return NO_SUCH_CALL
    name = syscalls.name_of(machine, number)
    if name in DEADLY:
        return KILL
    if name in {"clone3", "openat2"}:
        return NO_SUCH_CALL
    allowed = name in ALWAYS or (name in SOMETIMES and SOMETIMES[name](machine, arguments))
    return ALLOW if allowed else REFUSE


NUMBERS = [*range(600), 0x3FFFFFFF, 0x40000000, 0x40000000 + 39, 0x40000000 + 520, 0x7FFFFFFF, 0x80000000, WORD]
TELLING = [
    *(*range(24), 102, 103, 0x80, 0x100, 0x180, 0x189, PID, PID + 1, WORD, LONG, MAP_KINDS),
    *(0x22, 0x21, 0x8012, 0x3D0F00, 0x7D0F00, 0x3D0F11, 0x10003D0F00, 0x5401, 0x5412, 0x5450, 0x5451, 0x802C542A),
    *(1030, 0x53564D41, *OPEN_TO_READ.values(), os.O_CLOEXEC, os.O_WRONLY, os.O_PATH, os.O_NONBLOCK | os.O_CLOEXEC),
]
WORDS = st.one_of(
    st.sampled_from(TELLING),
    st.builds(lambda value, bit: value ^ (1 << bit), st.sampled_from(TELLING), st.integers(0, 63)),
    st.builds(lambda value, high: value & WORD | high << 32, st.sampled_from(TELLING), st.integers(0, WORD)),
    st.integers(0, LONG),
)
ARGUMENTS = st.lists(WORDS, min_size=6, max_size=6)


@cache
def loaded(machine: str, log: bool = False) -> list[tuple[int, int, int, int]]:
    return instructions(seccomp.program(machine, PID, log=log))


@pytest.mark.parametrize("machine", MACHINES)
@settings(deadline=None)
@given(arguments=ARGUMENTS)
def test_every_call_meets_the_verdict_that_is_meant_for_it(machine: str, arguments: list[int]) -> None:
    audit = ARCHITECTURES[machine].audit
    found = {number: simulate(loaded(machine), audit, number, arguments) for number in NUMBERS}
    assert found == {number: expected(machine, number, arguments) for number in NUMBERS}


def allowed(machine: str, name: str) -> Iterator[list[int]]:
    """Arguments that a call is allowed with, differing in one that matters."""
    for base in ([0] * 6, [0, fcntl.F_SETFL, 0, 0, 0, 0]):
        for position in range(4):
            tried = [[*base[:position], value, *base[position + 1 :]] for value in (0xDEADBEEF, *TELLING)]
            verdicts = [SOMETIMES[name](machine, arguments) for arguments in tried]
            if not verdicts[0]:
                yield from (arguments for arguments, verdict in zip(tried, verdicts, strict=True) if verdict)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", SOMETIMES)
def test_one_bit_more_or_less_in_an_allowed_argument_meets_the_verdict_that_is_meant(machine: str, name: str) -> None:
    its = ARCHITECTURES[machine]
    if name not in its.numbers:
        pytest.skip(f"{machine} has no {name}")
    number, seen = its.numbers[name], {ALLOW}
    for arguments in allowed(machine, name):
        assert simulate(loaded(machine), its.audit, number, arguments) == ALLOW
        for position, bit in product(range(4), range(64)):
            arguments[position] ^= 1 << bit
            verdict = simulate(loaded(machine), its.audit, number, arguments)
            assert verdict == expected(machine, number, arguments), [hex(each) for each in arguments]
            arguments[position] ^= 1 << bit
            seen.add(verdict)
    assert seen == {ALLOW, REFUSE}


@pytest.mark.parametrize("machine", MACHINES)
@settings(deadline=None)
@given(arguments=ARGUMENTS)
def test_the_developers_filter_traps_what_the_services_filter_refuses_and_allows_nothing_more(
    machine: str, arguments: list[int]
) -> None:
    audit = ARCHITECTURES[machine].audit
    trapped = {REFUSE: TRAP, KILL: TRAP}
    for number in range(NEWEST + 1):
        verdict = expected(machine, number, arguments)
        assert simulate(loaded(machine, True), audit, number, arguments) == trapped.get(verdict, verdict)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("machine", MACHINES)
@given(audit=st.one_of(st.just(0x40000003), st.integers(0, WORD)), number=st.integers(0, WORD))
def test_a_call_by_another_architectures_convention_ends_the_process(
    machine: str, log: bool, audit: int, number: int
) -> None:
    if audit != ARCHITECTURES[machine].audit:
        assert simulate(loaded(machine, log), audit, number, [0] * 6) == KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_the_tree_is_flat(machine: str) -> None:
    """A head of four, at most nine comparisons of numbers and one long jump, tests of arguments and the verdict."""
    longest_tests = 2 + 13
    assert verify(seccomp.program(machine, PID)) <= 4 + 9 + 1 + longest_tests + 1


@pytest.mark.parametrize(
    ("program", "wrong"),
    {
        "falls off the end": ([(Op.LOAD, 0, 0, 0)], "jump of 0"),
        "jumps behind the end": ([(Op.EQUAL, 0, 1, 0), (Op.RETURN, 0, 0, ALLOW)], "jump of 0"),
        "reads half a word": ([(Op.LOAD, 0, 0, 2), (Op.RETURN, 0, 0, ALLOW)], "instruction 0"),
        "not of seccomp's fast path": ([(0x87, 0, 0, 0), (Op.RETURN, 0, 0, ALLOW)], "instruction 0"),
        "empty": ([], "length"),
        "too long": ([(Op.RETURN, 0, 0, ALLOW)] * 4096, "length"),
    }.values(),
)
def test_the_verifier_rejects_a_bad_program(program: list[tuple[int, int, int, int]], wrong: str) -> None:
    with pytest.raises(BadProgram, match=f"^{wrong}$"):
        verify(b"".join(struct.pack("=HBBI", *each) for each in program))


@given(st.integers(1, 2**22))
def test_two_processes_programs_differ_in_their_ids_alone(pid: int) -> None:
    for machine in MACHINES:
        mine, others = instructions(seccomp.program(machine, PID)), instructions(seccomp.program(machine, pid))
        differing = {(a, b) for a, b in zip(mine, others, strict=True) if a != b}
        assert {(a[3], b[3]) for a, b in differing} <= {(PID, pid)}


def test_every_name_in_the_filter_is_a_call_of_x86_64() -> None:
    named = [*seccomp.PLAIN.split(), *seccomp.KILLED.split(), *seccomp.ABSENT.split(), *SOMETIMES]
    assert set(named) - ARCHITECTURES["x86_64"].numbers.keys() == set()
    assert len(named) == len(set(named))


@pytest.mark.parametrize("machine", MACHINES)
def test_a_hiding_filter_is_a_sound_program_on_every_processor(machine: str) -> None:
    program = seccomp.hiding(machine, ["seccomp", "landlock_create_ruleset"], namespaces=True)
    assert verify(program) < 32
    its = ARCHITECTURES[machine]
    code, clone = instructions(program), its.numbers["clone"]
    new = {f: simulate(code, its.audit, clone, [f, 0, 0, 0, 0, 0]) for f in (0x20000, 0x10000000, 0x40000000)}
    assert new == dict.fromkeys(new, REFUSE)
    assert simulate(code, its.audit, clone, [0x3D0F00, 0, 0, 0, 0, 0]) == ALLOW
    assert simulate(code, 0, clone, [0] * 6) == ALLOW
