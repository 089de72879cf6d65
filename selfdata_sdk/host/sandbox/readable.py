"""What every sandboxed run may read: the interpreter's library, the SDK and its dependencies, time zones."""

from __future__ import annotations

import os
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from ..provided import provided

_SYSTEM = ("/usr/share/zoneinfo", "/etc/ld.so.cache")


def readable() -> dict[str, str]:
    """Every path that is shown, with what it really is; none lies below another."""
    paths = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), *_SYSTEM, *_libraries(), *_packages()}
    found = {p: os.path.realpath(p) for p in paths if os.path.exists(p)}
    return {p: real for p, real in found.items() if not any(_below(p, q) for q in found)}


def _below(path: str, folder: str) -> bool:
    return path != folder and path.startswith(f"{folder}/")


def _libraries() -> Iterator[str]:
    """The folders of the shared libraries that this process has loaded, by the names that the loader looks for."""
    mapped = set(re.findall(r"(/\S+\.so\S*)$", Path("/proc/self/maps").read_text(), re.MULTILINE))
    for folder in {os.path.dirname(p) for p in mapped}:
        yield folder
        # /lib is a link to /usr/lib on most systems, and the loader's cache names the link.
        if folder.startswith("/usr/lib"):
            yield folder.removeprefix("/usr")


def _packages() -> Iterator[str]:
    yield str(Path(__file__).parents[2])
    for distribution in provided().values():
        record = distribution.read_text("RECORD") or ""
        for name in {line.partition("/")[0] for line in record.splitlines() if "/" in line} - {".."}:
            yield str(distribution.locate_file(name))
        for name in re.findall(r"^([^/,]+\.(?:py|so)),", record, re.MULTILINE):
            yield str(distribution.locate_file(name))
