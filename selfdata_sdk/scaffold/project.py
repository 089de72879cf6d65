"""A new project's folder: whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import RequestError
from .template import Tree


def refuse_taken(folder: Path) -> None:
    """RequestError unless `folder` can become a project: it is not there yet, or is empty."""
    if not folder.absolute().parent.is_dir():
        raise RequestError(
            "This folder lies in one that does not exist.", where=str(folder), next="Make that one first."
        )
    if folder.is_dir():
        if any(folder.iterdir()):
            raise RequestError("This folder is not empty.", where=str(folder), next="Choose a new folder.")
    elif os.path.lexists(folder):
        raise RequestError("There is a file of this name.", where=str(folder), next="Choose a new folder.")


def create(tree: Tree, folder: Path) -> None:
    """Write a project into a new or empty folder; RequestError if that is not possible."""
    refuse_taken(folder)
    empty = folder.is_dir()
    with (
        writing(folder),
        TemporaryDirectory(dir=folder if empty else folder.absolute().parent, prefix=".new-") as place,
    ):
        made = Path(place, "project")
        for name, data in tree.items():
            file = made / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        if empty:
            _move(made, folder)
        else:
            made.rename(folder)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """RequestError for what the system refuses inside."""
    try:
        yield
    except OSError as error:
        raise RequestError(
            f"The project cannot be written ({error.strerror}).", where=str(folder), next="Repair that, and try again."
        ) from None


def _move(made: Path, folder: Path) -> None:
    """All or nothing of what `made` holds."""
    moved = []
    try:
        for path in sorted(made.iterdir()):
            path.rename(folder / path.name)
            moved.append(path)
    except BaseException:
        for path in moved:
            (folder / path.name).rename(path)
        raise
