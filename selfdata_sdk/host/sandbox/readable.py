"""What every sandboxed run may read: the interpreter's library, the SDK and its dependencies, time zones."""

from __future__ import annotations

import os
import re
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

SDK = "selfdata-sdk"
EXTRAS = ("pandas", "polars", "pyarrow")
"""What services may use besides, where the host has it."""

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
    for distribution in distributions():
        record = distribution.read_text("RECORD") or ""
        for name in {line.partition("/")[0] for line in record.splitlines() if "/" in line} - {".."}:
            yield str(distribution.locate_file(name))
        for name in re.findall(r"^([^/,]+\.(?:py|so)),", record, re.MULTILINE):
            yield str(distribution.locate_file(name))


def distributions() -> list[metadata.Distribution]:
    """The SDK's dependencies, and theirs, as far as they are installed."""
    found: dict[str, metadata.Distribution] = {}
    todo = [SDK, *EXTRAS]
    while todo:
        name = _normal(todo.pop())
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        wanted = (r for r in found[name].requires or () if "extra ==" not in r)
        todo += [m[0] for r in wanted if (m := re.match(r"[A-Za-z0-9._-]+", r))]
    found.pop(SDK, None)
    return list(found.values())


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
