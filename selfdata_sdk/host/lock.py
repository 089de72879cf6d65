"""The lock of one version of a service: the packages that it is made of, and every file's hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import CodeChanged, InstallRefused

FORMAT = 1
FILE = "lock.json"


@dataclass(frozen=True, slots=True)
class Part:
    """One package. `sha256` is its wheel's; "" for a project's folder."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Lock:
    """What is installed, exactly.

    manifest  the path of the manifest among the files
    parts     the service's own package and its dependencies, by name
    files     path → SHA-256, in hexadecimal
    """

    service: str
    version: str
    manifest: str
    parts: tuple[Part, ...]
    files: Mapping[str, str]

    def canonical(self) -> bytes:
        """The bytes that are written and hashed (RFC 8785)."""
        import rfc8785

        parts: Any = [asdict(part) for part in self.parts]
        return rfc8785.dumps(
            {
                "lock": FORMAT,
                "service": self.service,
                "version": self.version,
                "manifest": self.manifest,
                "parts": parts,
                "files": dict(self.files),
            }
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal: the digest of the code."""
        return hashlib.sha256(self.canonical()).hexdigest()


def read_lock(path: Path) -> Lock:
    """A lock that somebody gives; InstallRefused if it is none."""
    from packaging.version import Version

    try:
        lock = _lock(path.read_bytes())
        for part in lock.parts:
            Version(part.version)
        return lock
    except OSError as error:
        raise InstallRefused(
            f"This file cannot be read ({error.strerror}).", where=path.name, next="Check the name and the rights."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InstallRefused(
            "This is no lock of a service.", where=path.name, next="`selfdata plugins show ID --lock` prints one."
        ) from None


def own_lock(folder: Path, digest: str) -> Lock:
    """The lock that was written beside installed code; CodeChanged if it is no longer that."""
    try:
        data = (folder / FILE).read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != digest:
        raise CodeChanged(
            "Its lock was changed, or is gone.", where=digest[:12], next="Remove the service and install it again."
        )
    return _lock(data)


def _lock(data: bytes) -> Lock:
    value = json.loads(data)
    if value["lock"] != FORMAT:
        raise ValueError("another format")
    parts = tuple(Part(**part) for part in value["parts"])
    files = {str(path): str(digest) for path, digest in value["files"].items()}
    return Lock(str(value["service"]), str(value["version"]), str(value["manifest"]), parts, files)
