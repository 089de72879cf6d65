"""What the Python environment itself holds: services and trusted plugins, told from their metadata. Nothing is imported."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from ..service.project import GROUP

PLUGINS = "selfdata.plugins"

_ID = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){2,}")
_NO_BREAK = "\u00a0\u202f"


@dataclass(frozen=True, slots=True)
class Claim:
    """A service that a distribution of the environment says it holds; its manifest is not checked here.

    name  as the manifest says it, by language; empty where that cannot be shown as it is
    """

    id: str
    version: str
    distribution: str
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plugin:
    """A trusted plugin: the entry point's name, and the distribution with its version."""

    name: str
    distribution: str
    version: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry point that names no manifest."""

    name: str
    distribution: str


def claims() -> tuple[Claim | Unreadable, ...]:
    return tuple(_claim(point) for point in entry_points(GROUP))


def plugins() -> tuple[Plugin, ...]:
    return tuple(Plugin(_plain(p.name), *_distribution(p)) for p in entry_points(PLUGINS))


def entry_points(group: str) -> list[metadata.EntryPoint]:
    """Each once: a distribution may be on the path twice."""
    found = {(*_distribution(p), p.name, p.value): p for p in metadata.entry_points(group=group)}
    return [found[key] for key in sorted(found)]


def manifest_path(value: str) -> Path | None:
    """The file that an entry point like `package:manifest.json` names; None if there is none in that package."""
    package, _, file = value.partition(":")
    folder = package_folder(package)
    if folder is None or Path(file).name != file or not (folder / file).is_file():
        return None
    return folder / file


def package_folder(package: str) -> Path | None:
    """The folder of a package, also of an editable install, found without running its code."""
    top, *inner = package.split(".")
    if not all(part.isidentifier() for part in (top, *inner)):
        return None
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))).joinpath(*inner)


def _claim(point: metadata.EntryPoint) -> Claim | Unreadable:
    distribution, _ = _distribution(point)
    path = manifest_path(point.value)
    try:
        said: Any = json.loads(path.read_bytes()) if path is not None else {}
        service, version = said["id"], said["version"]
        if _ID.fullmatch(service) and version.isascii() and version.isprintable():
            return Claim(service, version, distribution, _shown(said["name"]))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        pass
    return Unreadable(_plain(point.name), distribution)


def _shown(name: Mapping[str, str]) -> dict[str, str]:
    """What holds no character that does not show or that moves others."""
    kept = {language: name[language] for language in ("en", "fr")}
    plain = all(c.isprintable() or c in _NO_BREAK for text in kept.values() for c in text)
    return kept if plain else {}


def _distribution(point: metadata.EntryPoint) -> tuple[str, str]:
    """Name and version."""
    return (_plain(point.dist.name), _plain(point.dist.version)) if point.dist is not None else ("", "")


def _plain(text: str) -> str:
    """Foreign text without what does not show."""
    return "".join(filter(str.isprintable, text))[:100]
