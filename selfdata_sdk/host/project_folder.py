"""An author's own project as a package, without building it: the import packages of its folder, as they lie there."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ..errors import InstallRefused
from ..service.project import Project
from .package import MAX_UNPACKED, Package, check_files, check_paths, refused


def read_folder(folder: Path, *, native: bool = False) -> Package:
    """The package in a project's folder; InstallRefused says which rule it breaks. Nothing of it is run."""
    project = Project.read(folder)
    table = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    files = dict(_files(folder, {value.partition(":")[0] for value in project.entry_points.values()}))
    check_paths(files, project.name)
    check_files(files, project.name, native=native)
    try:
        return Package(
            name=canonicalize_name(project.name),
            version=Version(project.version),
            sha256="",
            requires=tuple(map(Requirement, _listed(table, "dependencies"))),
            python=SpecifierSet(table.get("requires-python", "")),
            services=project.entry_points,
            files=files,
        )
    except (InvalidVersion, InvalidRequirement, InvalidSpecifier):
        raise InstallRefused(
            "Its version, or what it requires, is not written as it should be.",
            where=str(folder / "pyproject.toml"),
            next="Correct it.",
        ) from None


def _listed(table: dict[str, Any], key: str) -> list[str]:
    return [str(item) for item in table.get(key, ())]


def _files(folder: Path, packages: set[str]) -> Iterator[tuple[str, bytes]]:
    size = 0
    for top in sorted({name.partition(".")[0] for name in packages}):
        root = folder / "src" if (folder / "src" / top).is_dir() else folder
        for path in _walk(root / top):
            size += path.stat().st_size
            if size > MAX_UNPACKED:
                raise refused("It is larger than 200 MB.", folder.name)
            yield path.relative_to(root).as_posix(), path.read_bytes()


def _walk(top: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(top):
        folders[:] = sorted(f for f in folders if f != "__pycache__")
        for name in (*folders, *names):
            path = Path(parent, name)
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise refused(f"“{name[:100]}” is a link or a device.", top.name)
        yield from (Path(parent, name) for name in sorted(names) if not name.endswith((".pyc", ".pyo")))
