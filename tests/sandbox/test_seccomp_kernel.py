"""The filter of system calls under a real kernel: what is refused, what ends the process and what works."""

from __future__ import annotations

import json
import platform
import signal
import subprocess
import sys
from collections.abc import Mapping
from errno import EINVAL, ENOSYS, EPERM
from importlib.util import find_spec

import pytest

from selfdata_sdk.host.sandbox import seccomp
from selfdata_sdk.host.sandbox.syscalls import ARCHITECTURES

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ARCHITECTURES, reason="needs Linux on a known processor"
)

DRIVER = """
import ctypes, fcntl, json, mmap, os, resource, signal, socket, subprocess, sys, tempfile, threading, time, traceback
from selfdata_sdk.host.sandbox import kernel, seccomp, syscalls

libc = ctypes.CDLL(None, use_errno=True)
machine = os.uname().machine
numbers = syscalls.ARCHITECTURES[machine].numbers
cases, filter = json.load(sys.stdin)
kept = tempfile.TemporaryDirectory()
folder = kept.name
path = folder + "/file"
file = os.open(path, os.O_RDWR | os.O_CREAT)
os.write(file, b"content")
mine, other = socket.socketpair()
minus = ctypes.c_long(-1)

def called(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")
    return result

def raw(name, *arguments):
    return kernel.syscall(numbers[name], *arguments)

def outcome(code):
    child = os.fork()
    if child == 0:
        try:
            if filter:
                kernel.no_new_privileges()
                seccomp.load(eval(filter))
            exec(code, globals())
        except OSError as error:
            os._exit(error.errno)
        except BaseException:
            traceback.print_exc()
            os._exit(250)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

print(json.dumps({name: outcome(code) for name, code in cases.items()}))
"""

FILTER = "seccomp.program(machine, os.getpid())"


def outcomes(cases: Mapping[str, str], filter: str = FILTER) -> dict[str, int]:
    """What became of each case in its own process under the filter: 0, the number of an OSError, or minus a signal."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", DRIVER],
        input=json.dumps([cases, filter]),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    assert 250 not in found.values(), done.stderr
    return found


REFUSED = {
    "tcp": "socket.socket()",
    "udp": "socket.socket(type=socket.SOCK_DGRAM)",
    "unix": "socket.socket(socket.AF_UNIX)",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "socket pair": "socket.socketpair()",
    "send on its own socket": "mine.send(b'x')",
    "send a descriptor": "socket.send_fds(mine, [b'x'], [file])",
    "shut its own socket down": "mine.shutdown(socket.SHUT_WR)",
    "read socket options": "mine.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)",
    "open to write": "os.open(path, os.O_WRONLY)",
    "open to read and write": "os.open(path, os.O_RDWR)",
    "create": "os.open(folder + '/new', os.O_RDONLY | os.O_CREAT)",
    "truncate on opening": "os.open(path, os.O_RDONLY | os.O_TRUNC)",
    "open a place": "os.open(path, os.O_PATH)",
    "temporary file": "tempfile.TemporaryFile()",
    "mkdir": "os.mkdir(folder + '/made')",
    "unlink": "open(folder + '/gone', 'w') if not filter else 0; os.unlink(folder + '/gone')",
    "rename": "os.rename(path, path + '2'); os.rename(path + '2', path)",
    "link": "os.link(path, folder + '/hard')",
    "symlink": "os.symlink(path, folder + '/soft')",
    "fifo": "os.mkfifo(folder + '/fifo')",
    "chmod": "os.chmod(path, 0o600)",
    "fchmod": "os.fchmod(file, 0o600)",
    "chown": "os.chown(path, os.getuid(), os.getgid())",
    "times": "os.utime(path)",
    "truncate": "os.truncate(path, 7)",
    "ftruncate": "os.ftruncate(file, 7)",
    "positioned write": "os.pwrite(file, b'c', 0)",
    "copy in the kernel": "os.copy_file_range(file, file, 0, 0, 100)",
    "sendfile": "os.sendfile(os.pipe()[1], file, 0, 1)",
    "chdir": "os.chdir('/')",
    "umask": "raw('umask', 0o77)",
    "flock": "fcntl.flock(file, fcntl.LOCK_SH)",
    "lockf": "fcntl.lockf(file, fcntl.LOCK_SH)",
    "watch files": "called(libc.inotify_init1(0))",
    "file in memory": "os.memfd_create('x')",
    "resident pages": "m = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS);"
    " at = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(m)));"
    " called(libc.mincore(at, 4096, (ctypes.c_char * 1)()))",
    "shared memory": "mmap.mmap(-1, 4096)",
    "shared file to write": "mmap.mmap(file, 7)",
    "System V memory": "called(libc.shmctl(called(libc.shmget(0, 4096, 0o600)), 0, 0))",
    "System V semaphores": "called(libc.semctl(called(libc.semget(0, 1, 0o600)), 0, 0))",
    "fork": "os.fork() or os._exit(0)",
    "program": "subprocess.run(['/bin/true'])",
    "signal its parent": "os.kill(os.getppid(), 0)",
    "signal its group": "os.kill(0, 0)",
    "signal everybody": "os.kill(-1, 0)",
    "signal a thread of another": "raw('tgkill', os.getppid(), os.getppid(), 0)",
    "signal through a descriptor": "signal.pidfd_send_signal(os.pidfd_open(os.getpid()), 0)",
    "signals of input": "fcntl.fcntl(mine, fcntl.F_SETFL, os.O_ASYNC)",
    "owner of signals": "fcntl.fcntl(mine, fcntl.F_SETOWN, os.getpid())",
    "timer": "signal.setitimer(signal.ITIMER_REAL, 100)",
    "own limits": "raw('prlimit64', 0, resource.RLIMIT_CORE, ctypes.byref((ctypes.c_ulong * 2)()), 0)",
    "limits of another": "resource.prlimit(os.getppid(), resource.RLIMIT_CORE)",
    "processors": "os.sched_setaffinity(0, os.sched_getaffinity(0))",
    "processors of another": "os.sched_getaffinity(os.getppid())",
    "processor time of another": "time.clock_gettime(~os.getppid() << 3 | 2)",
    "priority": "os.setpriority(os.PRIO_PROCESS, 0, 19)",
    "session": "os.setsid()",
    "dumpable": "kernel.prctl(4, 1)",
    "outlive its parent": "kernel.prctl(1, 0)",
    "another filter": "seccomp.load(seccomp.hiding(machine, ())) if filter"
    " else (kernel.no_new_privileges(), seccomp.load(seccomp.hiding(machine, ())))",
    "lock memory": "called(libc.munlockall())",
    "advice on memory that no library gives": "m = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS);"
    " m.madvise(mmap.MADV_DONTFORK)",
    "futexes of kernel-held priority": "called(libc.syscall(numbers['futex'], ctypes.byref(ctypes.c_int(0)), 6, 0, 0))",
}
"""What succeeds without the filter and must fail under it. Each says what it tries."""

WORKS = {
    "read a file": "assert open(path).read() == 'content'; assert os.path.getsize(path) == 7",
    "list and walk": "assert os.listdir(folder) == ['file']; list(os.walk(folder));"
    " os.scandir(folder); os.path.realpath('/bin')",
    "the standard library's folder": "os.listdir(os.path.dirname(os.__file__))",
    "modules from disk": "import zoneinfo, decimal, csv, sqlite3, statistics, concurrent.futures, html.parser",
    "its own socket": "os.write(mine.fileno(), b'x'); assert os.read(other.fileno(), 1) == b'x'",
    "threads": "from concurrent.futures import ThreadPoolExecutor as P; assert sum(P(8).map(int, range(100))) == 4950",
    "timed waits": "import queue; threading.Event().wait(0.001); time.sleep(0.001);"
    " threading.Lock().acquire(timeout=1)",
    "memory": "b = bytearray(200_000_000); b[::4096] = b[::4096]; del b; mmap.mmap(-1, 4096, mmap.MAP_PRIVATE)",
    "its own signals": "seen = []; signal.signal(signal.SIGUSR1, lambda *_: seen.append(1));"
    " os.kill(os.getpid(), signal.SIGUSR1); signal.raise_signal(signal.SIGUSR1); assert seen == [1, 1]",
    "clocks": "time.time(); time.process_time(); time.thread_time();"
    " time.clock_getres(time.CLOCK_MONOTONIC); os.times()",
    "randomness": "import random, secrets, uuid, hashlib; secrets.token_bytes(8); uuid.uuid4();"
    " random.SystemRandom().random()",
    "facts of the machine": "os.uname(); os.cpu_count(); os.sched_getaffinity(0); os.getloadavg();"
    " resource.getrlimit(resource.RLIMIT_CPU); resource.getrusage(resource.RUSAGE_SELF);"
    " import platform; platform.platform()",
    "time zones": "import zoneinfo, datetime; datetime.datetime.now(zoneinfo.ZoneInfo('Europe/Paris')).astimezone()",
    "tracebacks": "import faulthandler; faulthandler.enable();\n"
    "try: 1 / 0\n"
    "except ZeroDivisionError: assert 'division' in traceback.format_exc()",
    "pydantic": "import pydantic\n"
    "class M(pydantic.BaseModel): a: int\n"
    "assert M.model_validate_json('{\"a\": 1}').a == 1",
    "numpy": "import numpy as np; a = np.random.default_rng(1).random((300, 300));"
    " np.linalg.svd(a @ a); np.sort(a.ravel())",
}

FRAMES = {
    "pyarrow": "import io, pyarrow as pa, pyarrow.compute as pc, pyarrow.csv\n"
    "t = pa.table({'a': list(range(7)) * 50_000, 'b': [0.5] * 350_000})\n"
    "assert t.group_by('a').aggregate([('b', 'sum')]).num_rows == 7\n"
    "pc.sort_indices(t['b'])\n"
    "assert pyarrow.csv.read_csv(io.BytesIO(b'a,b\\n' + b'1,2\\n' * 500_000)).num_rows == 500_000",
    "pandas": "import io, pandas as pd\n"
    "d = pd.read_csv(io.BytesIO(b'a,b\\n' + b'1,2\\n' * 10_000))\n"
    "assert d.groupby('a').b.sum()[1] == 20_000\n"
    "pd.date_range('2020-01-01', periods=100, tz='Europe/Paris').tz_convert('UTC')",
    "polars": "import polars as pl\n"
    "assert pl.DataFrame({'a': [1, 1]}).lazy().group_by('a').len().collect()['len'][0] == 2",
}


def test_what_is_refused_fails_under_the_filter_and_works_without_it() -> None:
    assert {name: number for name, number in outcomes(REFUSED).items() if number != EPERM} == {}
    without = {name: number for name, number in outcomes(REFUSED, "").items() if number != 0}
    assert without == {}


def test_what_a_service_needs_works_under_the_filter() -> None:
    assert outcomes(WORKS) == dict.fromkeys(WORKS, 0)


@pytest.mark.parametrize("name", FRAMES)
def test_data_frames_work_under_the_filter_with_their_threads(name: str) -> None:
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    assert outcomes({name: FRAMES[name]}) == {name: 0}


def test_what_only_an_attacker_calls_ends_the_process() -> None:
    here = ARCHITECTURES[platform.machine()].numbers
    cases = {name: f"raw({name!r}, *[minus] * 6)" for name in seccomp.KILLED.split() if name in here}
    cases["a program in its place"] = "os.execv('/bin/true', ['true'])"
    cases["x32"] = "kernel.syscall(0x40000000 + 39)"
    if platform.machine() == "x86_64":  # mov eax, 20 (getpid of 32-bit programs); int 0x80; ret
        cases["32-bit call"] = (
            "m = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7);"
            " m[:8] = b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3';"
            " ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()"
        )
    assert outcomes(cases) == dict.fromkeys(cases, -signal.SIGSYS)


def test_calls_with_arguments_in_memory_and_calls_not_known_yet_seem_to_be_missing() -> None:
    cases = {name: f"raw({name!r}, 0, 0, 0)" for name in ("clone3", "openat2")}
    cases |= {"next": "kernel.syscall(syscalls.NEWEST + 1)", "far": "kernel.syscall(4000)"}
    assert outcomes(cases) == dict.fromkeys(cases, ENOSYS)


def test_garbage_above_an_int_neither_opens_a_way_nor_closes_one() -> None:
    assert outcomes(
        {
            "read": "raw('openat', -100, ctypes.c_char_p(path.encode()), ctypes.c_long(0x5_0000_0000))",
            "write": "raw('openat', -100, ctypes.c_char_p(path.encode()), ctypes.c_long(0x5_0000_0001))",
            "itself": "raw('kill', ctypes.c_long(os.getpid() | 7 << 32), 0)",
            "parent": "raw('kill', ctypes.c_long(os.getppid() | os.getpid() << 32), 0)",
            "limit": "raw('prlimit64', 0, 4, ctypes.c_long(1 << 32), 0)",
        }
    ) == {"read": 0, "write": EPERM, "itself": 0, "parent": EPERM, "limit": EPERM}


def test_in_the_developers_filter_a_refused_call_sends_a_signal_that_a_handler_can_read() -> None:
    heard = (
        "seen = []; signal.signal(signal.SIGSYS, lambda *_: seen.append(1));"
        " libc.syscall(numbers['socket'], 2, 1, 0); libc.syscall(numbers['unshare'], 0); assert seen == [1, 1]"
    )
    unheard = {"socket": "socket.socket()", "unshare": "raw('unshare', 0)"}
    found = outcomes({"heard": heard, "harmless": "os.getpid()", **unheard}, FILTER.replace("()", "(), log=True"))
    assert found == {"heard": 0, "harmless": 0, **dict.fromkeys(unheard, -signal.SIGSYS)}


def test_a_filter_that_the_kernel_refuses_is_an_error() -> None:
    assert outcomes({"no instructions": "seccomp.load(b'')"}, "") == {"no instructions": EINVAL}


ASKED = {
    "priority": "raw('getpriority', 0, 0)",
    "seccomp": "seccomp.load(seccomp.hiding(machine, ()))",
    "older seccomp": "kernel.prctl(22, 2)",
    "name": "kernel.prctl(15, ctypes.addressof(ctypes.create_string_buffer(b'x')))",
    "namespaces": "kernel.unshare(kernel.CLONE_NEWUSER)",
    "child in namespaces": "raw('clone', kernel.CLONE_NEWUSER | signal.SIGCHLD, 0, 0, 0, 0) or os._exit(0)",
    "child": "os.fork() or os._exit(0)",
    "thread": "t = threading.Thread(target=int); t.start(); t.join()",
    "own files": "kernel.unshare(0x400)",
}


def changed_by(hiding: str) -> dict[str, int]:
    """What goes otherwise than under a filter that hides nothing."""
    before, after = outcomes(ASKED, "seccomp.hiding(machine, ())"), outcomes(ASKED, hiding)
    return {name: number for name, number in after.items() if number != before[name]}


def test_a_hidden_call_is_missing_and_the_rest_stays() -> None:
    assert changed_by("seccomp.hiding(machine, ['getpriority'])") == {"priority": ENOSYS}
    assert changed_by("seccomp.hiding(machine, ['getpriority'], errno=95)") == {"priority": 95}


def test_landlock_can_be_hidden() -> None:
    asked = {"landlock": "raw('landlock_create_ruleset', 0, 0, 1)"}
    hiding = "seccomp.hiding(machine, ['landlock_create_ruleset', 'landlock_add_rule', 'landlock_restrict_self'])"
    assert outcomes(asked, hiding) == {"landlock": ENOSYS}


def test_without_seccomp_its_older_form_is_gone_too() -> None:
    found = changed_by("seccomp.hiding(machine, ['seccomp'])")
    assert found == {"seccomp": ENOSYS, "older seccomp": EINVAL}


def test_without_namespaces_processes_and_threads_remain() -> None:
    hiding = "seccomp.hiding(machine, (), namespaces=True)"
    found = outcomes(ASKED, hiding)
    assert (found["namespaces"], found["child in namespaces"]) == (EPERM, EPERM)
    assert changed_by(hiding).keys() <= {"namespaces", "child in namespaces"}
