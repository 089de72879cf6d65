"""Finding services: installed ones by their manifests, without importing them; an author's own by folder or name."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType

from packaging.utils import canonicalize_name
from pydantic import ValidationError

from selfdata_sdk.consent.grant import Grant
from selfdata_sdk.errors import ManifestError, RequestError, SelfDataError, ServiceMistake
from selfdata_sdk.service.blocks import reasons
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.service.project import GROUP, Project, roots
from selfdata_sdk.service.service import Service, services_in

from .code import Code, digest_of
from .environment import entry_points, manifest_path, package_folder
from .shelf import Installed, Release, Shelf

Agreed = Callable[[str], Grant | None]
"""The grant for a service, by its id."""


def nothing_agreed(service: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Found:
    """A service and what it asks for.

    distribution  the installed one; None for an author's own code
    waiting       a newer version that is installed, and asks for more than was agreed to; None if there is none
    """

    manifest: Manifest
    distribution: str | None
    _load: Callable[[], Service[...]]
    _code: Callable[[], Code]
    waiting: str | None = None

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def version(self) -> str:
        return self.manifest.version

    def code(self) -> Code:
        """The code as files, for the sandbox; nothing is imported. CodeChanged if it is not as it was installed."""
        return self._code()

    def load(self) -> Service[...]:
        """Import the code into this process; ManifestError if it asks for other things than its manifest says."""
        service = self._load()
        if self.distribution is not None:
            _check_same(service, self.manifest)
        return service


@dataclass(frozen=True, slots=True)
class Broken:
    """A distribution that claims to hold a service, and why it is left out."""

    name: str
    distribution: str
    error: SelfDataError


@dataclass(frozen=True, slots=True)
class Discovered:
    found: tuple[Found, ...]
    broken: tuple[Broken, ...]


def installed(shelf: Shelf | None = None, agreed: Agreed = nothing_agreed) -> Discovered:
    """Every installed service, by id, from its manifest. What is broken is named and left out.

    shelf, agreed  see `find`
    """
    found: list[Found] = []
    broken: list[Broken] = []
    for point in entry_points(GROUP):
        distribution = point.dist.name if point.dist is not None else ""
        try:
            found.append(_installed(point, distribution))
        except SelfDataError as error:
            broken.append(Broken(point.name, distribution, error))
    for service in shelf.installed() if shelf is not None else ():
        try:
            if service.enabled:
                found.append(_on_shelf(shelf, service, agreed(service.id)))  # type: ignore[arg-type]
        except SelfDataError as error:
            broken.append(Broken(service.id, service.distribution, error))
    ids = [f.id for f in found]
    for twice in [f for f in found if ids.count(f.id) > 1]:
        others = sorted({f.distribution or "" for f in found if f.id == twice.id})
        claimed = ManifestError(
            f"{twice.id} is claimed by {' and '.join(others)}: none is loaded.", next="Uninstall all but one."
        )
        broken.append(Broken(twice.id, twice.distribution or "", claimed))
    alone = [f for f in found if ids.count(f.id) == 1]
    return Discovered(tuple(sorted(alone, key=lambda f: f.id)), tuple(broken))


def find(target: str, shelf: Shelf | None = None, agreed: Agreed = nothing_agreed) -> Found:
    """The service that `target` names: an installed id or name, or a project's folder. No code is imported.

    shelf   where services are installed beside those of the Python environment
    agreed  the grant for a service: of several installed versions, the newest that it covers is found
    """
    if Path(target).is_dir():
        return _of_manifest(Path(target))
    if ":" in target:
        raise RequestError(
            f"“{target[:80]}” names a function, and its module would be imported into this program.",
            next="Name the project's folder, or add --trust if it is your own code.",
        )
    return _named(target, shelf, agreed)


def versions(target: str, shelf: Shelf) -> tuple[Found, ...]:
    """Every installed version of the service that `target` names (see `find`), the newest first."""
    newest = find(target, shelf)
    for service in shelf.installed() if newest.distribution is not None else ():
        if service.id == newest.id:
            return tuple(_released(shelf, service, release) for release in reversed(service.releases))
    return (newest,)


def load(target: str, shelf: Shelf | None = None) -> Found:
    """The service that `target` names: a project's folder, `module:function`, or an installed id or name.

    A folder and `module:function` are the author's own code: it is imported in this process. What lies on a shelf is
    somebody else's, and refuses to be.
    """
    path = Path(target)
    if path.is_dir():
        return of_folder(path)
    if ":" in target:
        return of_function(target)
    return _named(target, shelf, nothing_agreed)


def _named(target: str, shelf: Shelf | None, agreed: Agreed) -> Found:
    discovered = installed(shelf, agreed)
    for name in _NAMES:
        named = [f for f in discovered.found if name(f) == target]
        if len(named) > 1:
            raise RequestError(
                f"Several services are named “{target[:80]}”.",
                next=f"Name one by its id: {', '.join(f.id for f in named)}.",
            )
        if named:
            return named[0]
    for broken in discovered.broken:
        if target in (broken.name, broken.distribution):
            raise broken.error
    for service in shelf.installed() if shelf is not None else ():
        if target in (service.id, service.id.rpartition(".")[2], service.distribution):
            raise RequestError(
                "It is disabled: it does not run.", where=service.id, next=f"`selfdata plugins enable {service.id}`"
            )
    known = [f.id for f in discovered.found]
    near = difflib.get_close_matches(target, [*known, *(k.rpartition(".")[2] for k in known)], 1, 0.5)
    step = f"Did you mean {near[0]}?" if near else "Name a folder, module:function or an installed service."
    raise RequestError(f"There is no service “{target[:80]}”.", next=step)


_NAMES: tuple[Callable[[Found], str | None], ...] = (
    lambda found: found.id,
    lambda found: found.id.rpartition(".")[2],
    lambda found: found.distribution,
)
"""What a service is named by. A name never hides what has it as its id."""


def _of_manifest(folder: Path) -> Found:
    """The service of a project's folder, by the manifest that its author wrote into the package."""
    folder = folder.resolve()
    project = Project.read(folder)
    manifests = {path: top for top, path in project.manifests(folder) if path.is_file()}
    if len(manifests) != 1:
        raise RequestError(
            "There is no manifest in this project's package." if not manifests else "There are several manifests here.",
            where=folder.name,
            next="Its author runs `selfdata manifest --write`.",
        )
    ((path, top),) = manifests.items()
    manifest = Manifest.from_json(path.read_bytes())
    return Found(manifest, None, lambda: of_folder(folder).load(), lambda: _code(manifest, {top.name: top}), None)


def of_folder(folder: Path) -> Found:
    """The service of a project's folder; its manifest is derived from the code as it is now."""
    folder = folder.resolve()
    project = Project.read(folder)
    with _importable(folder):
        service = _project_service(project, folder)
    return _own(service, manifest_of(service, project))


def of_function(place: str) -> Found:
    """The service `module:function`; its manifest says nothing of a project."""
    service = _service_at(place)
    return _own(service, manifest_of(service))


def _own(service: Service[...], manifest: Manifest) -> Found:
    top = manifest.function.partition(".")[0].partition(":")[0]
    file = sys.modules[top].__file__
    path = Path(file or "")
    shown = path.parent if path.name == "__init__.py" else path
    return Found(manifest, None, lambda: service, lambda: _code(manifest, {top: shown}))


def _project_service(project: Project, folder: Path) -> Service[...]:
    if place := project.table.get("function"):
        return _service_at(place, folder)
    packages = sorted({value.partition(":")[0] for value in project.entry_points.values()})
    if not packages:
        raise ManifestError(
            f"The project {project.name} has no entry point in the group {GROUP}.",
            where=str(folder / "pyproject.toml"),
            next=f'Add [project.entry-points."{GROUP}"] with my-service = "my_package:manifest.json".',
        )
    services: dict[str, Service[...]] = {}
    for package in packages:
        _import(package, folder)
        services |= {s.id: s for s in services_in(package)}
    if len(services) != 1:
        what = "no service" if not services else f"{len(services)} services"
        raise ManifestError(
            f"{', '.join(packages)} holds {what}.",
            where=str(folder),
            next="Import it in the package's __init__.py, or name it as `function` in [tool.selfdata].",
        )
    return next(iter(services.values()))


def _service_at(place: str, folder: Path | None = None) -> Service[...]:
    module, _, name = place.partition(":")
    found = getattr(_import(module, folder), name, None)
    if not isinstance(found, Service):
        has = ", ".join(s.place.partition(":")[2] for s in services_in(module))
        raise RequestError(
            f"{name} is not a service of {module}.", next=f"It has {has}." if has else "Put @service on the function."
        )
    return found


def _import(module: str, folder: Path | None = None) -> ModuleType:
    """The module, of `folder` if given; errors of the author's code name the file and line."""
    if folder is not None:
        _forget_others(module.partition(".")[0], folder)
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name or module
        if missing == module or module.startswith(f"{missing}."):
            raise RequestError(
                f"There is no module {missing}.", next="Run in the project's folder, or install it."
            ) from None
        raise ServiceMistake(f"The module {missing} is not there.", where=module, next=f"Install {missing}.") from error
    except ServiceMistake as mistake:
        raise ServiceMistake(mistake.what, where=f"{_line(mistake)}, {mistake.where}", next=mistake.next) from mistake
    except SelfDataError:
        raise
    except ValidationError as error:
        raise ServiceMistake(
            f"A {error.title} is not valid: {reasons(error)}.", where=_line(error), next=_repair(error.title)
        ) from error
    except Exception as error:
        raise ServiceMistake(
            f"The module cannot be imported ({type(error).__name__}).", where=_line(error), next="Correct it there."
        ) from error


def _repair(title: str) -> str:
    return 'Write Text(en="…", fr="…"), both languages.' if title == "Text" else "Correct it there."


def _line(error: BaseException) -> str:
    """File and line of the author's code that raised: the last frame outside of the SDK and its libraries."""
    own = Path(__file__).parents[1]
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}"
    theirs = [f for f in frames if own not in Path(f.filename).parents and "site-packages" not in f.filename]
    authors = [f for f in theirs if not f.filename.startswith("<") and Path(f.filename).name != "__init__.py"] or theirs
    return f"{Path(authors[-1].filename).name}, line {authors[-1].lineno}" if authors else ""


def _forget_others(package: str, folder: Path) -> None:
    """Drop a package of the same name that was imported from elsewhere."""
    loaded = sys.modules.get(package)
    if loaded is None or (loaded.__file__ and folder in Path(loaded.__file__).resolve().parents):
        return
    for name in [n for n in sys.modules if n == package or n.startswith(f"{package}.")]:
        del sys.modules[name]


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    own = [str(root) for root in roots(folder) if root.is_dir()]
    sys.path[:0] = own
    importlib.invalidate_caches()
    try:
        yield
    finally:
        for root in own:
            sys.path.remove(root)


# Installed


def _installed(point: metadata.EntryPoint, distribution: str) -> Found:
    package, _, _ = point.value.partition(":")
    if package_folder(package) is None:
        raise ManifestError(f"There is no package {package}.", where=point.name, next="Install the distribution again.")
    path = manifest_path(point.value)
    if path is None:
        raise ManifestError(
            f"{point.value} is not a manifest in a package.", where=point.name, next="Run `selfdata manifest --write`."
        )
    manifest = Manifest.from_json(path.read_bytes())
    return Found(
        manifest,
        distribution,
        lambda: _service_at(manifest.function),
        lambda: _code(manifest, _packages(manifest, distribution)),
    )


def _packages(manifest: Manifest, distribution: str) -> dict[str, Path]:
    """The package of a service's function, and those of the distributions that it requires beyond the host's own."""
    from .provided import provided, requirements

    top = manifest.function.partition(":")[0].partition(".")[0]
    folder = package_folder(top)
    found = {top: folder.resolve()} if folder is not None else {}
    seen, todo = set(provided()), [distribution]
    while todo:
        name = canonicalize_name(todo.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            needed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        found |= {n: p for n, p in _top_level(needed).items() if n not in found}
        todo += [r.name for r in requirements(needed) if r.marker is None or r.marker.evaluate({"extra": ""})]
    return found


def _top_level(distribution: metadata.Distribution) -> dict[str, Path]:
    """The packages and modules that a distribution installed, by name."""
    paths = {Path(str(distribution.locate_file(f.parts[0]))) for f in distribution.files or () if f.parts[0] != ".."}
    return {path.name.partition(".")[0]: path.resolve() for path in paths if _is_importable(path)}


def _code(manifest: Manifest, packages: Mapping[str, Path]) -> Code:
    return Code(manifest.function, packages, digest_of(packages))


def _on_shelf(shelf: Shelf, service: Installed, grant: Grant | None) -> Found:
    from .choosing import choose

    choice = choose(service, grant)
    waiting = choice.waiting.version if choice.waiting is not None and choice.waiting is not choice.runs else None
    return _released(shelf, service, choice.runs, waiting)


def _released(shelf: Shelf, service: Installed, release: Release, waiting: str | None = None) -> Found:
    def code() -> Code:
        folder = shelf.code(release).resolve()
        packages = {path.name.partition(".")[0]: path for path in folder.iterdir() if _is_importable(path)}
        return Code(release.manifest().function, packages, release.digest)

    def refused() -> Service[...]:
        raise RequestError(
            "An installed service is not imported into this program.", where=service.id, next="Run it without --trust."
        )

    return Found(release.manifest(), service.distribution, refused, code, waiting)


def _is_importable(path: Path) -> bool:
    if path.name.startswith("__editable__"):  # the way to an editable install, and no code of it
        return False
    if path.is_file():
        return path.suffix in (".py", ".so")
    return path.is_dir() and path.name.isidentifier() and path.name != "__pycache__"


def _check_same(service: Service[...], manifest: Manifest) -> None:
    """A service may not ask for other things than its manifest, which is what the person agreed to."""
    derived = manifest_of(service)
    parts = ("id", "needs", "settings", "record_types")
    if other := [p for p in parts if getattr(derived, p) != getattr(manifest, p)]:
        raise ManifestError(
            f"The code of {manifest.id} and its manifest differ in {', '.join(other)}.",
            next="Its author runs `selfdata manifest --write`.",
        )
