"""What the host itself brings: its own libraries, which every service uses as they are and none replaces."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

DATAFRAMES = ("pandas", "polars", "pyarrow")
"""Libraries that a host may have beside the SDK, for services to use."""


@cache
def provided() -> Mapping[NormalizedName, metadata.Distribution]:
    """The SDK, the libraries for data frames that are installed, and all that these require, by normalised name."""
    found: dict[NormalizedName, metadata.Distribution] = {}
    todo = ["selfdata-sdk", *DATAFRAMES]
    while todo:
        name = canonicalize_name(todo.pop())
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        todo += [r.name for r in requirements(found[name]) if r.marker is None or r.marker.evaluate({"extra": ""})]
    return found


def requirements(distribution: metadata.Distribution) -> list[Requirement]:
    return [Requirement(text) for text in distribution.requires or ()]


@cache
def provided_modules() -> frozenset[str]:
    """The top-level names that are imported from there."""
    found = {"selfdata_sdk", "numpy", "pydantic", *DATAFRAMES}
    for distribution in provided().values():
        found |= {f.parts[0].partition(".")[0] for f in distribution.files or () if _is_code(f.parts[0])}
    return frozenset(found)


def _is_code(first: str) -> bool:
    return not first.endswith((".dist-info", ".egg-info", ".pth", ".libs")) and first not in ("..", "__pycache__")
