"""A project brought from the template that it was made from to the one of today, with all that its author changed.

Three-way: what the template made (base), what it makes now from the same answers (theirs), what is there (ours).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Literal

from ..errors import RequestError
from .earlier import earlier
from .git import output
from .merge import merge
from .project import writing
from .record import FILE, Record
from .template import Template, Tree

What = Literal["added", "replaced", "removed", "merged", "conflict", "beside", "kept"]


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one file: `data` is what it will hold, None where nothing is written.

    conflict  the author and the template changed the same lines: both stand there, marked
    beside    they cannot be merged: the template's file lies beside, as NAME.new
    kept      the author removed it, or the template did what only the author can follow: it stays as it is
    """

    name: str
    what: What
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """From one version of the template to another; nothing changes where they are the same."""

    before: int
    after: int
    changes: tuple[Change, ...] = ()

    @property
    def open(self) -> bool:
        """True if the author has to finish it."""
        return any(change.what in ("conflict", "beside") for change in self.changes)


def update(folder: Path, today: Template, *, force: bool = False) -> Update:
    """Bring the project in `folder` up to the template of `today`.

    RequestError, before anything is written, if its package was renamed, if something in the way leads elsewhere, or
    if git shows changes that are not committed (unless `force`).
    """
    record = Record.read(folder, today)
    if record.version == today.version:
        return Update(record.version, today.version)
    package = record.answers["package"]
    if not (folder / package / "__init__.py").is_file():
        raise RequestError(
            f"The package {package} is not here any more: an update cannot follow a new name.",
            where=str(folder),
            next="Give the package its first name for the time of the update.",
        )
    if not force and output("status", "--porcelain", ".", folder=folder):
        raise RequestError(
            "There are changes that are not committed.",
            where=str(folder),
            next="Commit them, so that you can see what the update changes; or use --force.",
        )
    with earlier(today, record.version) as then:
        base = then.render(record.answers)
    theirs = today.render(record.answers)
    changes = tuple(_changes(folder, base, theirs, f"{package}/manifest.json", f"template {today.version}"))
    _write(folder, changes)
    return Update(record.version, today.version, changes)


def _changes(folder: Path, base: Tree, theirs: Tree, manifest: str, label: str) -> Iterator[Change]:
    """By name, what the project says of its template last: an update that was cut off is then done again."""
    for name in sorted(base.keys() | theirs.keys(), key=lambda name: (name == FILE, name)):
        before, after = base.get(name), theirs.get(name)
        if before == after:
            continue
        ours = _ours(folder, name)
        if name == FILE:
            yield Change(name, "replaced", after)
            continue
        if ours is not None and b"\r\n" in ours:
            before, after = _with_returns(before), _with_returns(after)
        if ours == after:
            continue
        if ours == before:
            yield Change(name, "removed" if after is None else "added" if before is None else "replaced", after)
        elif ours is None or after is None or name == manifest:
            yield Change(name, "kept")
        else:
            yield _merged(folder, name, ours, before or b"", after, label)


def _merged(folder: Path, name: str, ours: bytes, before: bytes, after: bytes, label: str) -> Change:
    found = merge(ours, before, after, label)
    if found:
        return Change(name, "merged" if found[1] else "conflict", found[0])
    beside = f"{name}.new"
    if _ours(folder, beside) not in (None, after):
        raise RequestError("This file is in the way of the update.", where=beside, next="Remove it, or rename it.")
    return Change(beside, "beside", after)


def _ours(folder: Path, name: str) -> bytes | None:
    """What the project's file holds, None if it is not there; RequestError if the way to it leads elsewhere."""
    path = folder / name
    inside = Path(os.path.realpath(folder), name)
    on_the_way = [folder / parent for parent in PurePosixPath(name).parents]
    if (
        os.path.normcase(os.path.realpath(path)) != os.path.normcase(inside)
        or any(p.exists() and not p.is_dir() for p in on_the_way)
        or (path.exists() and not path.is_file())
    ):
        raise RequestError(
            "This is no file of the project: a link, or a folder.",
            where=name,
            next="Put a file in its place for the time of the update.",
        )
    return path.read_bytes() if path.exists() else None


def _with_returns(data: bytes | None) -> bytes | None:
    return None if data is None else data.replace(b"\n", b"\r\n")


def _write(folder: Path, changes: Sequence[Change]) -> None:
    """Every file is ready before the first one takes its place."""
    with writing(folder), TemporaryDirectory(dir=folder, prefix=".update-") as place:
        for n, change in enumerate(changes):
            if change.data is not None:
                ready = Path(place, str(n))
                ready.write_bytes(change.data)
                if (folder / change.name).exists():
                    shutil.copymode(folder / change.name, ready)
        for n, change in enumerate(changes):
            path = folder / change.name
            if change.data is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(Path(place, str(n)), path)
            elif change.what == "removed":
                path.unlink()
                _remove_empty(path.parent, folder)


def _remove_empty(path: Path, top: Path) -> None:
    while path != top and not any(path.iterdir()):
        path.rmdir()
        path = path.parent
