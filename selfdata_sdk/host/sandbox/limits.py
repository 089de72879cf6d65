"""What one run may use, and the kernel's limits that hold it to that."""

from __future__ import annotations

import resource
from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run of a service may use.

    seconds      by the clock
    cpu_seconds  of processor time, all threads together
    memory       bytes, beyond what an idle run needs
    output       bytes that it gives back
    threads      at once
    """

    seconds: float = 10.0
    cpu_seconds: int = 5
    memory: int = 512 * MIB
    output: int = 4 * MIB
    threads: int = 64

    def __post_init__(self) -> None:
        if min(self.seconds, self.cpu_seconds, self.memory, self.output, self.threads) <= 0:
            raise ValueError("every limit is greater than zero")

    def enforce(self, idle: int, tasks: int | None) -> None:
        """Hold this process to them, for good.

        idle   bytes of address space that a run needs to begin with
        tasks  processes and threads that its user may have at once; None if the user has others than such runs
        """
        bounds = {
            resource.RLIMIT_AS: (idle + self.memory, idle + self.memory),
            # Past the first a signal that can be ignored, past the second none.
            resource.RLIMIT_CPU: (self.cpu_seconds, self.cpu_seconds + 1),
            resource.RLIMIT_FSIZE: (0, 0),
            resource.RLIMIT_CORE: (0, 0),
            resource.RLIMIT_NOFILE: (64, 64),
            resource.RLIMIT_STACK: (8 * MIB, 8 * MIB),
            resource.RLIMIT_MEMLOCK: (0, 0),
            resource.RLIMIT_MSGQUEUE: (0, 0),
            resource.RLIMIT_SIGPENDING: (64, 64),
        }
        if tasks is not None:
            bounds[resource.RLIMIT_NPROC] = (tasks, tasks)
        for which, (soft, hard) in bounds.items():
            known = resource.getrlimit(which)[1]
            if known != resource.RLIM_INFINITY:
                soft, hard = min(soft, known), min(hard, known)
            resource.setrlimit(which, (soft, hard))
