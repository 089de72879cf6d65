"""The numbers of system calls are those of the kernel's headers."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from selfdata_sdk.host.sandbox.syscalls import ARCHITECTURES, NEWEST, name_of

MACHINES = sorted(ARCHITECTURES)


def header(path: str, prefix: str) -> dict[str, int]:
    places = [folder / path for folder in (Path("/usr/include"), *Path("/usr/include").glob("*-linux-gnu"))]
    found = next((place for place in places if place.exists()), None)
    if found is None:
        pytest.skip(f"this machine has no {path}")
    return {name: int(n) for name, n in re.findall(rf"#define {prefix}(\w+)\s+(\d+)\b", found.read_text())}


def newest_common(known: Mapping[str, int]) -> int:
    return min(NEWEST, max(known.values()))


def test_the_numbers_of_x86_64_are_those_of_the_kernels_header() -> None:
    theirs = header("asm/unistd_64.h", "__NR_")
    ours = ARCHITECTURES["x86_64"].numbers
    upto = newest_common(theirs)
    late = {"uretprobe", "uprobe"}  # numbered below 424, and yet younger than many headers
    assert {n: v for n, v in ours.items() if v <= upto and (n in theirs or n not in late)} == {
        n: v for n, v in theirs.items() if v <= upto
    }


def test_the_numbers_of_aarch64_are_those_of_the_kernels_generic_header() -> None:
    generic = "asm-generic/unistd.h"
    theirs = header(generic, "__NR_") | header(generic, "__NR3264_")
    theirs["newfstatat"] = theirs.pop("fstatat")  # the name that it has where a long has 64 bits
    ours = ARCHITECTURES["aarch64"].numbers
    upto = newest_common({name: n for name, n in theirs.items() if name != "syscalls"})
    assert {name: theirs.get(name) for name, n in ours.items() if n <= upto} == {
        name: n for name, n in ours.items() if n <= upto
    }
    only_32_bits = range(403, 424)
    reserved = 244
    numbers = {n for n in theirs.values() if n <= upto and n not in only_32_bits and n != reserved}
    assert numbers == {n for n in ours.values() if n <= upto}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_number_has_one_name(machine: str) -> None:
    numbers = ARCHITECTURES[machine].numbers
    assert len(set(numbers.values())) == len(numbers)
    assert {name_of(machine, number) for number in numbers.values()} == numbers.keys()
    assert name_of(machine, 599) == "599"


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ARCHITECTURES, reason="needs Linux on a known processor"
)
def test_this_kernel_answers_to_the_numbers() -> None:
    its = ARCHITECTURES[platform.machine()]
    call = ctypes.CDLL(None).syscall
    assert call(its.numbers["getpid"]) == os.getpid()
    assert call(its.numbers["getppid"]) == os.getppid()
    assert call(its.numbers["geteuid"]) == os.geteuid()
    named = os.O_NONBLOCK | os.O_CLOEXEC | os.O_DIRECTORY | os.O_NOFOLLOW
    assert its.reading & named == named
    assert (its.reading & ~named).bit_count() == 1  # O_LARGEFILE, which the C library hides where a long has 64 bits
