"""Collect what a hackathon needs into one folder: wheels for every system and Python version, to install from offline.

python requirements/wheelhouse.py FOLDER [--python 3.12 …] [--system windows …]

The versions are those of author.txt, their hashes checked. Whoever has the folder installs with
`pip install --no-index --find-links FOLDER "selfdata-sdk[testing]"`.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCK = Path(__file__).with_name("author.txt")
PROJECTS = (ROOT, *sorted(p.parent for p in (ROOT / "example_services").glob("*/pyproject.toml")))

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {
    "windows": (("win_amd64",), {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}),
    "macos-arm": (
        tuple(f"macosx_{major}_0_arm64" for major in (11, 12, 13, 14)),
        {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    ),
    "macos-intel": (
        (*(f"macosx_10_{minor}_x86_64" for minor in (9, 12, 13, 14)), *(f"macosx_{n}_0_x86_64" for n in (11, 12, 13))),
        {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "x86_64"},
    ),
    "linux": (
        (*tuple(f"manylinux_2_{minor}_x86_64" for minor in (5, 12, 17, 24, 26, 27, 28)), "manylinux2014_x86_64"),
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    ),
}
"""The platforms that wheels may be for, and what markers of requirements say there."""


def pinned(lock: str) -> Iterator[tuple[Requirement, str]]:
    """Each requirement of a lock, and its hashes as pip options."""
    for block in re.split(r"\n(?=\S)", lock):
        line, *hashes = (part.strip(" \\") for part in block.strip().splitlines())
        yield Requirement(line), " ".join(hashes)


def needed(lock: str, python: str, system: str) -> str:
    """The lines of the lock that hold for one system and Python version, without their markers."""
    _, environment = SYSTEMS[system]
    environment = {
        "implementation_name": "cpython", "platform_python_implementation": "CPython", "platform_machine": "AMD64",
        "python_version": python, "python_full_version": f"{python}.0", "extra": "", **environment,
    }  # fmt: skip
    lines = (
        f"{found.name}{found.specifier} {hashes}"
        for found, hashes in pinned(lock)
        if found.marker is None or found.marker.evaluate(environment)
    )
    return "\n".join(lines) + "\n"


def collect(folder: Path, python: str, system: str) -> None:
    """Download the wheels for one system and Python version."""
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "wanted.txt"
        wanted.write_text(needed(LOCK.read_text("utf-8"), python, system), "utf-8")
        platforms = [option for tag in SYSTEMS[system][0] for option in ("--platform", tag)]
        _pip(
            "download", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--implementation", "cp",
            "--python-version", python, *platforms, "--dest", str(folder), "--requirement", str(wanted),
        )  # fmt: skip


def build(folder: Path) -> None:
    """Build the wheels of the SDK and of the example."""
    for project in PROJECTS:
        _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(project))


def _pip(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *words], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", nargs="+", choices=PYTHONS, default=PYTHONS)
    parser.add_argument("--system", nargs="+", choices=SYSTEMS, default=tuple(SYSTEMS))
    asked = parser.parse_args()
    build(asked.folder)
    for system in asked.system:
        for python in asked.python:
            collect(asked.folder, python, system)
            print(f"{system}, Python {python}: there", flush=True)


if __name__ == "__main__":
    main()
