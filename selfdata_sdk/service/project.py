"""A project's metadata: `[project]` and `[tool.selfdata]` of its pyproject.toml, or an installed distribution's.

[tool.selfdata]
country = "FR"                       # of the publisher
privacy = "https://example.org/privacy"
role = "local_only"                  # or controller, processor
schedule = "on_new_data"             # on_open, on_new_data, daily, weekly
automation = "advice"                # none, advice, profiling, decision
alerts_per_week = 2
function = "water_coach:water_coach" # only where the package holds several services

[tool.selfdata.links.leaks]
label = { en = "How to find a leak", fr = "Trouver une fuite" }
url = "https://example.org/leaks"

[tool.selfdata.numbers.operator]     # label and number
[tool.selfdata.questions.garden]     # text, answer, choices
[tool.selfdata.retention]            # record type = ISO 8601 duration
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from selfdata_sdk._version import __version__
from selfdata_sdk.errors import ManifestError

GROUP = "selfdata.services"

_ON_SDK = re.compile(r"selfdata[-_]sdk\s*(?:\[[^\]]*\])?\s*([^;]*)", re.IGNORECASE)

KEYS = (
    "alerts_per_week",
    "automation",
    "country",
    "function",
    "links",
    "numbers",
    "privacy",
    "questions",
    "retention",
    "role",
    "schedule",
)


def roots(folder: Path) -> tuple[Path, Path]:
    """Where the packages of the project in `folder` may lie, the first that has one before the other."""
    return folder / "src", folder


@dataclass(frozen=True, slots=True)
class Project:
    """What a manifest takes from a project. `table` is `[tool.selfdata]`."""

    name: str = "unnamed"
    version: str = "0.0.0"
    author: str = "unnamed"
    contact: str | None = None
    licence: str = "unstated"
    source: str | None = None
    sdk: str = f">={__version__}"
    table: Mapping[str, Any] = field(default_factory=dict)
    entry_points: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Project:
        """From a pyproject.toml, or the folder that holds it; ManifestError says what is wrong there."""
        file = path / "pyproject.toml" if path.is_dir() else path
        try:
            content = tomllib.loads(file.read_text("utf-8"))
        except FileNotFoundError:
            raise ManifestError(
                "There is no pyproject.toml.", where=str(path), next="`selfdata new` makes a project."
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ManifestError(f"This is not TOML: {error}.", where=str(file), next="Correct it.") from None
        project = content.get("project", {})
        if not isinstance(project, dict) or "name" not in project:
            raise ManifestError("There is no [project] name.", where=str(file), next="Add it.")
        table = content.get("tool", {}).get("selfdata", {})
        if unknown := sorted(set(table) - set(KEYS)):
            raise ManifestError(
                f"[tool.selfdata] has no key {unknown[0]}.", where=str(file), next=f"It has {', '.join(KEYS)}."
            )
        return cls._of(project, table)

    def manifests(self, folder: Path) -> Iterator[tuple[Path, Path]]:
        """Where the manifests of the project in `folder` may lie: the top package, and the file."""
        for value in self.entry_points.values():
            package, _, file = value.partition(":")
            if file:
                inside = package.split(".")
                yield from ((root / inside[0], root.joinpath(*inside, file)) for root in roots(folder))

    @classmethod
    def _of(cls, project: Mapping[str, Any], table: Mapping[str, Any]) -> Project:
        people = [*project.get("maintainers", ()), *project.get("authors", ())]
        name = project["name"]
        return cls(
            name=name,
            version=project.get("version") or _installed_version(name),
            author=next((p["name"] for p in people if "name" in p), "unnamed"),
            contact=next((p["email"] for p in people if "email" in p), None),
            licence=_licence(project.get("license")),
            source=_source(project.get("urls", {})),
            sdk=_sdk(project.get("dependencies", ())),
            table=table,
            entry_points=project.get("entry-points", {}).get(GROUP, {}),
        )


def _installed_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        raise ManifestError(
            f"The version of {name} is not in pyproject.toml.",
            next="Write `version` in [project], or install the project.",
        ) from None


def _licence(licence: object) -> str:
    if isinstance(licence, Mapping):
        licence = licence.get("text")
    return licence if isinstance(licence, str) else "unstated"


def _source(urls: Mapping[str, str]) -> str | None:
    by_name = {k.lower(): v for k, v in urls.items()}
    found = (by_name.get(k) for k in ("source", "repository", "source code", "homepage"))
    return next((url for url in found if url and url.startswith("https://")), None)


def _sdk(dependencies: object) -> str:
    """The versions of the SDK that the project asks for, as it writes them."""
    for dependency in dependencies if isinstance(dependencies, list) else ():
        if match := _ON_SDK.match(dependency):
            return match[1].replace(" ", "")
    return f">={__version__}"
