"""Installing services on a shelf: from a wheel, from one index, or from an author's own folder. Nothing of them is run.

One distribution holds one service. Its dependencies are those that the host has, and wheels from the same place, all of
them under the rules of `selfdata_sdk.host.wheel`; the lock that is made of them is what later loads are checked against.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from .._version import __version__
from ..errors import InstallRefused, RequestError
from ..service.manifest import Manifest
from .environment import Claim, claims
from .fetching import Folder, Index, Source
from .lock import Lock, Part
from .package import Package, check_paths, refused, shown
from .project_folder import read_folder
from .resolving import resolve
from .shelf import Installed, Origin, Release, Shelf
from .wheel import read_wheel


@dataclass(frozen=True, slots=True)
class Options:
    """What may be installed, and from where.

    index   the one index that packages are fetched from; "" for pip's own default
    wheels  a folder of wheels to fetch from instead of an index
    native  approve native code
    trust   allow a project's folder, which is copied as it is
    sha256  the hash that the service's own wheel must have
    lock    what must come out, exactly: its versions are taken, its hashes must match
    """

    index: str = ""
    wheels: Path | None = None
    native: bool = False
    trust: bool = False
    sha256: str = ""
    lock: Lock | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A service with all that it needs, checked, not on the shelf yet."""

    manifest: Manifest
    root: Package
    lock: Lock
    files: dict[str, bytes]
    origin: Origin
    source: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was installed. `before` is the version that was the newest; the same one if nothing changed."""

    service: Installed
    manifest: Manifest
    before: Release | None

    @property
    def changed(self) -> bool:
        return self.before is None or self.before.digest != self.service.newest.digest


def install(shelf: Shelf, target: str, options: Options, now: datetime) -> Outcome:
    """Install the service that `target` names: a wheel's file, a project's folder, or a distribution like `coach==1.2`.

    InstallRefused says which rule is broken; nothing is then installed.
    """
    ready = prepared(target, options)
    before = _newest(shelf, ready.manifest.id)
    if before is not None and before.digest != ready.lock.digest:
        raise RequestError(
            f"{before.service} is installed already, in version {before.version}.",
            next=f"`selfdata plugins update {before.service}` takes another one.",
        )
    return _shelve(shelf, ready, now)


def update(shelf: Shelf, service: Installed, target: str | None, options: Options, now: datetime) -> Outcome:
    """Install a newer version beside those that are there; which one runs is decided person by person.

    Without a target, the newest one of the index that the service came from.
    """
    if target is None:
        target = service.distribution
        from_index = service.newest.origin == "index"
        if not (from_index or options.index or options.wheels):
            raise RequestError(
                f"{service.id} did not come from an index.",
                next=f"Name the newer one: `selfdata plugins update {service.id} WHEEL`.",
            )
        if from_index and not options.index:
            options = replace(options, index=service.newest.source)
    ready = prepared(target, options)
    if ready.manifest.id != service.id:
        raise InstallRefused(
            f"It holds {ready.manifest.id}, not {service.id}.", where=ready.root.name, next="Install it by itself."
        )
    return _shelve(shelf, ready, now)


def _shelve(shelf: Shelf, ready: Ready, now: datetime) -> Outcome:
    _check_environment(ready)
    before = _newest(shelf, ready.manifest.id)
    service = shelf.add(
        ready.lock,
        ready.files,
        distribution=ready.root.name,
        name=ready.manifest.name.model_dump(),
        summary=ready.manifest.summary.model_dump(),
        origin=ready.origin,
        source=ready.source,
        now=now.isoformat(timespec="seconds"),
    )
    return Outcome(service, ready.manifest, before)


def _newest(shelf: Shelf, service: str) -> Release | None:
    return next((held.newest for held in shelf.installed() if held.id == service), None)


def prepared(target: str, options: Options) -> Ready:
    """The service that `target` names, fetched and checked."""
    source: Source = Folder(options.wheels) if options.wheels is not None else Index(options.index)
    root, origin, place = _root(target, source, options)
    if options.sha256 and root.sha256 != options.sha256:
        raise refused(f"Its hash is {root.sha256}, not the one that was given.", root.name)
    manifest, manifest_path = offered(root)
    packages = resolve(root, lambda name, versions: _fetched(name, versions, source, options))
    files = _together(packages, root)
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    parts = tuple(Part(p.name, str(p.version), p.sha256) for p in packages)
    lock = Lock(manifest.id, manifest.version, manifest_path, parts, hashes)
    if options.lock is not None and options.lock.digest != lock.digest:
        raise refused("It is not what the lock says.", root.name)
    return Ready(manifest, root, lock, files, origin, place)


def _root(target: str, source: Source, options: Options) -> tuple[Package, Origin, str]:
    """The service's own package, which way it came, and from where."""
    path = Path(target)
    if target and path.is_dir():
        _check_trusted(options, target)
        return read_folder(path.resolve(), native=options.native), "folder", str(path.resolve())
    if target.endswith(".whl") and "://" not in target:
        return read_wheel(path, native=options.native), "wheel", path.name
    asked = _requirement(target)
    found = _fetched(canonicalize_name(asked.name), asked.specifier, source, options)
    if found is None:
        raise InstallRefused(
            f"There is no wheel of {target} that fits this machine.",
            next="Check the name, and where packages are fetched from (--index, --wheels).",
        )
    return (found, "index", source.shown) if isinstance(source, Index) else (found, "wheel", str(options.wheels))


def offered(package: Package) -> tuple[Manifest, str]:
    """The service in a package: its manifest, and where that lies. InstallRefused or ManifestError if it is not sound."""
    where = package.name
    if len(package.services) != 1:
        raise refused(f"It holds {len(package.services)} services; a package holds one.", where)
    place = next(iter(package.services.values()))
    module, _, file = place.partition(":")
    path = f"{module.replace('.', '/')}/{file}"
    if "/" in file or path not in package.files:
        raise refused(f"Its entry point “{shown(place)}” names no manifest in it.", where)
    manifest = Manifest.from_json(package.files[path])
    if _version(manifest.version) != package.version:
        raise refused(f"Its manifest says version {manifest.version}, its package {package.version}.", where)
    code = manifest.function.partition(":")[0].replace(".", "/")
    if not {f"{code}.py", f"{code}/__init__.py"} & package.files.keys():
        raise refused(f"It does not hold {manifest.function}, which its manifest names.", where)
    if not _accepts(manifest.sdk, __version__):
        raise refused(f"It needs selfdata-sdk {manifest.sdk[:60]}; this is {__version__}.", where)
    return manifest, path


def _fetched(name: NormalizedName, versions: SpecifierSet, source: Source, options: Options) -> Package | None:
    """A package from the source, as the lock has it if there is one."""
    locked = None
    if options.lock is not None:
        locked = next((part for part in options.lock.parts if part.name == name), None)
        if locked is None:
            raise refused(f"The lock does not name {name}, which is needed.", name)
        versions &= SpecifierSet(f"=={locked.version}")
    with source.fetch(name, versions) as path:
        if path is None:
            return None
        package = read_wheel(path, native=options.native)
    if package.name != name or not versions.contains(package.version, prereleases=True):
        raise refused(f"{package.name} {package.version} was given for {name} {versions}.", name)
    if locked is not None and package.sha256 != locked.sha256:
        raise refused("Its hash is not the one in the lock.", name)
    return package


def _together(packages: tuple[Package, ...], root: Package) -> dict[str, bytes]:
    """The files of all packages in one folder; InstallRefused if two hold the same one."""
    check_paths((path for package in packages for path in package.files), root.name)
    return {path: content for package in packages for path, content in package.files.items()}


def _check_trusted(options: Options, target: str) -> None:
    if not options.trust:
        raise RequestError(
            "A folder is copied as it is, without the checks that a wheel goes through.",
            where=target,
            next="Build a wheel, or give --trust if the code is your own.",
        )


def _check_environment(ready: Ready) -> None:
    """InstallRefused if another distribution of the Python environment claims the service."""
    for claim in claims():
        if not isinstance(claim, Claim) or claim.id != ready.manifest.id:
            continue
        if canonicalize_name(claim.distribution) != ready.root.name:
            raise InstallRefused(
                f"{claim.id} is held by {claim.distribution}, which is installed in this Python.",
                where=ready.root.name,
                next="Uninstall that one first if you trust this one more.",
            )


def _requirement(target: str) -> Requirement:
    try:
        requirement = Requirement(target)
    except InvalidRequirement:
        requirement = None
    if requirement is None or requirement.url or requirement.extras or requirement.marker:
        raise RequestError(
            f"“{target[:80]}” is neither a wheel's file, nor a folder, nor a package's name.",
            next="Name a package like my-service or my-service==1.2.",
        )
    return requirement


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _accepts(versions: str, version: str) -> bool:
    try:
        return SpecifierSet(versions).contains(version, prereleases=True)
    except InvalidSpecifier:
        return False
