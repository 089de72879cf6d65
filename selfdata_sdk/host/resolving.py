"""A service's dependencies: what the host has is used, all else is fetched, one version of each that fits everybody."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import and_

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from ..errors import InstallRefused
from .package import MAX_UNPACKED, Package, refused
from .provided import provided, requirements

MAX_ROUNDS = 100

Fetch = Callable[[NormalizedName, SpecifierSet], Package | None]
Wanted = dict[NormalizedName, list[tuple[str, Requirement]]]
"""Each package that is asked for: by whom, and how."""


def resolve(root: Package, fetch: Fetch) -> tuple[Package, ...]:
    """`root` and what it needs beyond the host's own, by name; InstallRefused names who cannot be satisfied.

    The newest version that fits is taken, and taken anew when another package narrows what fits. No other combination
    is tried where that ends in a conflict.
    """
    chosen = {root.name: root}
    for _ in range(MAX_ROUNDS):
        _check_fits(chosen.values())
        wanted = _wanted(root, chosen)
        chosen = {name: package for name, package in chosen.items() if name in wanted or package is root}
        unmet = [name for name, by in wanted.items() if not _met(name, by, chosen)]
        if not unmet:
            return tuple(chosen[name] for name in sorted(chosen))
        for name in unmet:
            found = None if name == root.name else fetch(name, _versions(wanted[name]))
            if found is None:
                raise _none_fits(name, wanted[name], root)
            chosen[name] = found
    raise InstallRefused(
        "What its packages ask of each other does not come to rest.",
        where=root.name,
        next="Ask its author for narrower versions.",
    )


def _wanted(root: Package, chosen: Mapping[NormalizedName, Package]) -> Wanted:
    found: Wanted = {}
    todo = [(root.name, frozenset[str]())]
    seen = set(todo)
    while todo:
        name, extras = todo.pop()
        for requirement in _requires(name, extras, chosen):
            if requirement.url:
                raise refused(f"{name} asks for {requirement.name} at an address of its own.", root.name)
            target = canonicalize_name(requirement.name)
            found.setdefault(target, []).append((name, requirement))
            step = (target, frozenset(requirement.extras))
            if step not in seen:
                seen.add(step)
                todo.append(step)
    return found


def _requires(
    name: NormalizedName, extras: frozenset[str], chosen: Mapping[NormalizedName, Package]
) -> list[Requirement]:
    """What a package asks for with these extras. What the host has brings its own needs, but not those of extras."""
    if name in chosen:
        return [r for r in chosen[name].requires if _applies(r, extras)]
    if name in provided():
        return [r for r in requirements(provided()[name]) if _applies(r, extras) and not _applies(r, frozenset())]
    return []


def _applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _met(name: NormalizedName, by: list[tuple[str, Requirement]], chosen: Mapping[NormalizedName, Package]) -> bool:
    """InstallRefused if only the host could meet it, and does not."""
    if name in chosen:
        return _versions(by).contains(chosen[name].version, prereleases=True)
    if name not in provided():
        return False
    for who, requirement in by:
        version = provided()[name].version
        if not requirement.specifier.contains(version, prereleases=True):
            raise InstallRefused(
                f"{who} needs {name} {requirement.specifier}; this host has {version}.",
                where=who,
                next="Update the host, or take another version of the service.",
            )
    return True


def _versions(by: list[tuple[str, Requirement]]) -> SpecifierSet:
    return reduce(and_, (requirement.specifier for _, requirement in by))


def _none_fits(name: str, by: list[tuple[str, Requirement]], root: Package) -> InstallRefused:
    asked = ", ".join(f"{who} {requirement.specifier}".strip() for who, requirement in by)
    return InstallRefused(
        f"There is no wheel of {name} that fits what is asked for ({asked}).",
        where=root.name,
        next="Check where packages are fetched from (--index, --wheels), and the versions.",
    )


def _check_fits(packages: Iterable[Package]) -> None:
    """InstallRefused for a package that wants another Python, or for more than a service may hold."""
    size = 0
    for package in packages:
        size += sum(map(len, package.files.values()))
        if not package.python.contains(platform.python_version(), prereleases=True):
            raise refused(f"It needs Python {package.python}; this is {platform.python_version()}.", package.name)
    if size > MAX_UNPACKED:
        raise refused("With what it needs, it is larger than 200 MB.", package.name)
