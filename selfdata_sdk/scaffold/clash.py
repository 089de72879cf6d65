"""Names that something installed has already."""

from __future__ import annotations

from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from .answers import refused, slug


def refuse_clash(key: str, text: str) -> None:
    """RequestError if the package, or the distribution that the id names, would hide an installed one."""
    if key == "package" and _is_importable(text):
        raise refused(f"A module called {text} is installed already.", key)
    if key == "id" and _is_installed(slug(text)):
        raise refused(f"A distribution called {slug(text)} is installed already.", key)


def _is_importable(package: str) -> bool:
    spec = find_spec(package)
    if spec is None:
        return False
    # `python -m` also looks into the working folder, where a mere folder is a package already.
    places = spec.submodule_search_locations or ()
    return spec.origin is not None or any(Path(place).parent != Path.cwd() for place in places)


def _is_installed(distribution: str) -> bool:
    try:
        metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True
