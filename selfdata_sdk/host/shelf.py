"""The shelf: installed services, each version's code in a folder of its own that is named by its hash.

services/
  registry.json          which services, from which distribution, in which versions
  lock                   held by the one process that writes
  code/DIGEST/lock.json  what the code is made of; DIGEST is its SHA-256
  code/DIGEST/packages/  the import packages of the service and of its dependencies

The registry is replaced in one step after the code lies in its place, so that a process that is killed leaves what was
there before; what it leaves over is swept when something is installed next. Nothing here imports a service's code, and
listing imports no library.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import CodeChanged, DamagedPage, InstallRefused, NewerFormat, RequestError
from .exclusive import exclusive
from .lock import FILE, Lock, own_lock

if TYPE_CHECKING:
    from ..service.manifest import Manifest

FORMAT = 1
REGISTRY = "registry.json"

Origin = Literal["wheel", "index", "folder"]
Said = Mapping[str, str]
"""A text by language: en, fr. Texts of a valid manifest are clean (`selfdata_sdk.model.text`)."""


@dataclass(frozen=True, slots=True)
class Release:
    """One installed version of a service.

    digest  the code's
    source  the wheel's file name, the index's address ("" for the default one), or the project's folder
    """

    service: str
    version: str
    digest: str
    name: Said
    summary: Said
    origin: Origin
    source: str
    installed_at: str
    folder: Path = field(repr=False)

    @property
    def packages(self) -> Path:
        return self.folder / "packages"

    def lock(self) -> Lock:
        """CodeChanged if the lock is not the one that was written."""
        return own_lock(self.folder, self.digest)

    def manifest(self) -> Manifest:
        """CodeChanged if the manifest is not the one that was installed."""
        from ..service.manifest import Manifest

        lock = self.lock()
        if _hash(self.packages / lock.manifest) != lock.files[lock.manifest]:
            raise self._changed(lock.manifest)
        return Manifest.from_json((self.packages / lock.manifest).read_bytes())

    def verify(self) -> Lock:
        """Hash every file anew; CodeChanged names one that was changed, added, or is missing."""
        lock = self.lock()
        folders = {path[:i] for path in lock.files for i, letter in enumerate(path) if letter == "/"}
        found = dict(_walk(self.packages, folders))
        for path in sorted(found.keys() | lock.files.keys()):
            if found.get(path) != lock.files.get(path):
                raise self._changed(path)
        return lock

    def _changed(self, path: str) -> CodeChanged:
        return CodeChanged(
            f"“{''.join(filter(str.isprintable, path))[:100]}” is not as it was installed.",
            where=f"{self.service} {self.version}",
            next="Remove the service and install it again.",
        )


@dataclass(frozen=True, slots=True)
class Installed:
    """A service on the shelf. `releases` are its versions, the newest last; one that is not enabled never runs."""

    id: str
    distribution: str
    enabled: bool
    releases: tuple[Release, ...]

    @property
    def newest(self) -> Release:
        return self.releases[-1]

    def manifest(self) -> Manifest:
        """The newest version's."""
        return self.newest.manifest()


class Shelf:
    """The services in the folder `path`, which is made when something is installed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def installed(self) -> tuple[Installed, ...]:
        """Every service, by id. Reads one file."""
        return tuple(self._installed(name, entry) for name, entry in sorted(self._read().items()))

    def named(self, name: str) -> Installed:
        """A service by its id, the last part of its id, or its distribution; RequestError if there is none."""
        services = self.installed()
        for service in services:
            if name in (service.id, service.id.rpartition(".")[2], service.distribution):
                return service
        near = difflib.get_close_matches(name, [s.id for s in services], 1, 0.5)
        raise RequestError(
            f"No service “{name[:80]}” is installed here.",
            next=f"Did you mean {near[0]}?" if near else "`selfdata plugins list` lists what is installed.",
        )

    def code(self, release: Release) -> Path:
        """The folder of a version's import packages, every file of it checked now; CodeChanged if one is not as it was."""
        release.verify()
        return release.packages

    def add(
        self, lock: Lock, files: Mapping[str, bytes], *, distribution: str, name: Said, summary: Said, origin: Origin,
        source: str, now: str,
    ) -> Installed:  # fmt: skip
        """Put a version on the shelf, beside those that are there; nothing if its code is there already.

        InstallRefused if another distribution holds the service, or the other way round, and for a version that goes
        backwards or stands for other code.
        """
        with self._writing() as registry:
            self._sweep(registry)
            _check_claim(registry, lock.service, distribution)
            entry = registry.setdefault(lock.service, {"distribution": distribution, "enabled": True, "versions": []})
            if lock.digest not in [v["digest"] for v in entry["versions"]]:
                _check_forwards(entry["versions"], lock)
                self._put(lock, files)
                told = {"name": dict(name), "summary": dict(summary), "origin": origin, "source": source}
                entry["versions"].append({"version": lock.version, "digest": lock.digest, "installed_at": now, **told})
        return self.named(lock.service)

    def enable(self, service: str, enabled: bool) -> None:
        with self._writing() as registry:
            registry[service]["enabled"] = enabled

    def remove(self, service: str) -> None:
        """Take a service away, with all its versions."""
        with self._writing() as registry:
            del registry[service]
        with exclusive(self.path / "lock"):
            self._sweep(self._read())

    # Files

    def _installed(self, service: str, entry: Mapping[str, Any]) -> Installed:
        versions: list[dict[str, Any]] = entry["versions"]
        releases = tuple(Release(service=service, folder=self._folder(v["digest"]), **v) for v in versions)
        return Installed(service, entry["distribution"], entry["enabled"], releases)

    def _folder(self, digest: str) -> Path:
        return self.path / "code" / digest

    def _read(self) -> dict[str, Any]:
        """The registry's services."""
        try:
            value = json.loads((self.path / REGISTRY).read_bytes())
            written, services = value["registry"], value["services"]
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, KeyError, TypeError):
            raise DamagedPage(
                "The list of installed services cannot be read.",
                where=REGISTRY,
                next="Move it away and install the services again.",
            ) from None
        if written != FORMAT:
            raise NewerFormat(
                f"The list of installed services has format {written}; this version reads {FORMAT}.",
                where=REGISTRY,
                next="Update selfdata-sdk.",
            )
        found: dict[str, Any] = services
        return found

    @contextmanager
    def _writing(self) -> Iterator[dict[str, Any]]:
        """The registry's services, to change; what they are at the end is written, unless an error comes first."""
        try:
            (self.path / "code").mkdir(parents=True, exist_ok=True)
            with exclusive(self.path / "lock"):
                services = self._read()
                yield services
                self._replace({"registry": FORMAT, "services": services})
        except OSError as error:
            raise RequestError(
                f"Services cannot be kept here ({error.strerror}).",
                where=str(self.path),
                next="Make room, or name another folder with --home.",
            ) from None

    def _replace(self, registry: Mapping[str, Any]) -> None:
        new = self.path / f"{REGISTRY}.new"
        with new.open("w", encoding="utf-8", newline="\n") as file:
            json.dump(registry, file, ensure_ascii=False, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path / REGISTRY)

    def _put(self, lock: Lock, files: Mapping[str, bytes]) -> None:
        """Write the code beside its place, then move it there in one step."""
        new = self.path / "code" / f"new-{secrets.token_hex(8)}"
        for path, content in files.items():
            file = new / "packages" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            _write(file, content)
        _write(new / FILE, lock.canonical())
        # Whoever runs the code is a user who owns nothing here.
        for folder in (new, *(p for p in new.rglob("*") if p.is_dir())):
            folder.chmod(0o755)
        new.rename(self._folder(lock.digest))

    def _sweep(self, services: Mapping[str, Any]) -> None:
        """Remove the code that no service of the registry has."""
        kept = {v["digest"] for entry in services.values() for v in entry["versions"]}
        for folder in (self.path / "code").iterdir():
            if folder.name not in kept and folder.is_dir() and not folder.is_symlink():
                _remove(folder)


def _check_claim(services: Mapping[str, Any], service: str, distribution: str) -> None:
    for held, entry in services.items():
        if held == service and entry["distribution"] != distribution:
            raise InstallRefused(
                f"{service} is installed from {entry['distribution']}: {distribution} may not take its place.",
                where=distribution,
                next="Remove that one first if you trust this one more.",
            )
        if held != service and entry["distribution"] == distribution:
            raise InstallRefused(
                f"{distribution} is installed as {held}: it may not become {service}.",
                where=distribution,
                next="Remove that one first if it has a new name.",
            )


def _check_forwards(versions: list[dict[str, Any]], lock: Lock) -> None:
    """InstallRefused for an older version, and for other code under the same number."""
    from packaging.version import Version

    if not versions:
        return
    newest = versions[-1]["version"]
    if Version(lock.version) < Version(newest):
        raise InstallRefused(
            f"Version {lock.version} is older than {newest}, which is installed.",
            where=lock.service,
            next="Versions never go backwards: remove the service first.",
        )
    if Version(lock.version) == Version(newest):
        raise InstallRefused(
            f"Version {lock.version} is installed already, and is made of other code.",
            where=lock.service,
            next="Its author gives the new code a new version; or remove the service first.",
        )


def _walk(folder: Path, folders: set[str], inside: str = "") -> Iterator[tuple[str, str]]:
    """Every file with its hash; links, special files, and folders that should not be there, with none."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for entry in os.scandir(folder):
        path = inside + entry.name
        if entry.is_dir(follow_symlinks=False) and path in folders:
            yield from _walk(Path(entry), folders, f"{path}/")
        else:
            yield path, _hash(Path(entry)) if entry.is_file(follow_symlinks=False) else ""


def _hash(file: Path) -> str:
    """Empty if it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.chmod(0o444)


def _remove(folder: Path) -> None:
    if os.name == "nt":  # where a file that cannot be written cannot be deleted either
        for file in folder.rglob("*"):
            file.chmod(0o700)
    shutil.rmtree(folder)
