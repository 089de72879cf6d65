"""A service's code: which function is called, and the packages that are shown to its run, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Code:
    """A service's code.

    place     `module:function`
    packages  the real path of each importable package or module, by its top-level name
    digest    SHA-256 of what these hold, in hexadecimal
    """

    place: str
    packages: Mapping[str, Path]
    digest: str

    @property
    def is_native(self) -> bool:
        """True if any of it is a library of the processor's own code."""
        files = (file for path in self.packages.values() for file in _files(path))
        return any(file.suffix in (".so", ".pyd", ".dylib") for file in files)


def digest_of(packages: Mapping[str, Path]) -> str:
    """SHA-256 over the names and contents of every file of these packages; compiled files do not count."""
    total = hashlib.sha256()
    for name, path in sorted(packages.items()):
        for file in _files(path):
            inner = file.relative_to(path).as_posix() if file != path else file.name
            content = hashlib.sha256(file.read_bytes()).digest()
            total.update(f"{name}\0{inner}\0".encode() + content)
    return total.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file
