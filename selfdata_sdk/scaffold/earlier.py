"""Every version of the template that projects were made from, kept beside it as an archive: `earlier/<version>.zip`.

The version of today is there too, so that it stays when the template goes on.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile, ZipInfo

from ..errors import RequestError
from .template import Template, Tree, template

FOLDER = "earlier"
_LEFT_OUT = {FOLDER, "__pycache__"}


@contextmanager
def earlier(today: Template, version: int) -> Iterator[Template]:
    """The template as it was in `version`; RequestError if nobody kept it."""
    file = _archive(today, version)
    if not file.is_file():
        raise RequestError(
            f"The template's version {version} is not kept.", next="Make a new project, and move your code there."
        )
    with TemporaryDirectory() as place, ZipFile(file) as archive:
        archive.extractall(place)
        yield Template.read(Path(place))


def is_kept(today: Template) -> bool:
    """True if the archive of the template's version holds the template as it is."""
    file = _archive(today, today.version)
    if not file.is_file():
        return False
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()} == _files(today.folder)


def keep(today: Template | None = None) -> Path:
    """Write the archive of the template's version. RequestError if there is one: it never changes."""
    today = today or template()
    file = _archive(today, today.version)
    if file.exists():
        raise RequestError(
            f"The template's version {today.version} is kept already.", next="Raise _version in cookiecutter.json."
        )
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(packed(_files(today.folder)))
    return file


def packed(tree: Tree) -> bytes:
    """The same files are the same bytes, on every system."""
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        for name, data in sorted(tree.items()):
            entry = ZipInfo(name)
            entry.create_system = 3  # otherwise the system at hand
            archive.writestr(entry, data)
    return target.getvalue()


def _archive(today: Template, version: int) -> Path:
    return today.folder / FOLDER / f"{version}.zip"


def _files(folder: Path) -> Tree:
    found = {p.relative_to(folder): p for p in folder.rglob("*") if p.is_file()}
    return {name.as_posix(): p.read_bytes() for name, p in found.items() if not _LEFT_OUT & {*name.parts}}
