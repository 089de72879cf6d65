"""Starting the process that sandboxed runs are forked from. Only the standard library is loaded here: it starts while its
host still loads the rest.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass

from ...errors import SandboxUnavailable
from .walls import WALLS, Mode

CONTROL = 3
"""The zygote's descriptor of the socket on which runs are asked for."""

NEXT = "`selfdata doctor` says what this machine lacks; the host guide says how to give it."

REQUEST = 1 << 18
"""Bytes that a request, or the report of a run's end, has at most: no less than the kernel takes as one message."""


@dataclass(frozen=True, slots=True)
class Launched:
    """A zygote's process that has not said yet whether it is ready."""

    process: subprocess.Popen[bytes]
    control: socket.socket

    def forget(self) -> None:
        self.control.close()
        self.process.returncode = 0  # no child of this process

    def end(self) -> None:
        self.control.close()
        self.process.kill()
        self.process.wait()


def launch(modes: Collection[Mode] = tuple(WALLS)) -> Launched:
    """Start a zygote. SandboxUnavailable on a system that has none of the walls."""
    if not sys.platform.startswith("linux"):
        raise SandboxUnavailable(
            f"Services of others cannot be held on {sys.platform}.",
            next="Run them on Linux: on Windows in WSL 2, on macOS in a virtual machine.",
        )
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-B", "-c", _BEGIN, str(theirs.fileno())],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the host
        )
    finally:
        theirs.close()
    with contextlib.suppress(OSError):  # it ended already: `_started` says so
        ours.send(json.dumps({"modes": list(modes)}).encode())
    return Launched(process, ours)


_BEGIN = (
    "import os, sys; fd = int(sys.argv[1]); "
    f"fd == {CONTROL} or (os.dup2(fd, {CONTROL}), os.close(fd)); "
    "from selfdata_sdk.host.sandbox.zygote import main; main()"
)


def _environment() -> dict[str, str]:
    """Nothing of this process's but how numpy is to run here. One thread: a process with several must not be forked."""
    tuned = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    return {
        **tuned,
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "LANG": "C.UTF-8",
        "MALLOC_ARENA_MAX": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "POLARS_MAX_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "TZ": "UTC",
    }
