"""A project's folder in a test."""

from __future__ import annotations

import sys
from pathlib import Path

from ..host.discovery import of_folder
from ..service.project import Project


def declare(folder: Path) -> None:
    """Write the manifest of the project's code as it is now, where its one entry point names it; forget the code."""
    found = of_folder(folder)
    folder = folder.resolve()
    ((top, file),) = ((t, f) for t, f in Project.read(folder).manifests(folder) if f.parent.is_dir())
    file.write_bytes(found.manifest.canonical())
    sys.modules.pop(top.name, None)
