"""Whole processes and calls, timed in interleaved rounds."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]


def process(command: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    """Seconds that a process takes from start to end; it must succeed."""
    # Compiled modules are kept, as on a person's machine; the first round pays for them.
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**kept, **(env or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    took = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr.decode()[-2000:]}")
    return took


def script(name: str, *arguments: object, env: Mapping[str, str] | None = None) -> float:
    """Seconds of a script of this folder in a fresh interpreter."""
    return process([sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)], env)


def interleaved(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Median seconds of each case; one run of each per round, so that a slow moment hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            times[name].append(case())
    return {name: statistics.median(t) for name, t in times.items()}


def call(function: Callable[[], object]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def machine() -> str:
    """What the figures were taken on, without naming the machine."""
    model = ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        model = next((line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line), "")
    python = platform.python_version()
    return f"{os.cpu_count()} cores ({model or platform.machine()}), {platform.system()} {platform.release()}, CPython {python}"
