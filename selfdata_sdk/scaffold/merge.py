"""One file that the author and the template both changed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from .git import git


def merge(ours: bytes, base: bytes, theirs: bytes, label: str) -> tuple[bytes, bool] | None:
    """Both changes to `base` in one, and whether they do not meet; where they do, both stand there, marked.

    None if there is no git, or if one of the three is no text.
    """
    with TemporaryDirectory() as place:
        files = []
        for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
            file = Path(place, name)
            file.write_bytes(data)
            files.append(file)
        labels = ("-L", "yours", "-L", "before", "-L", label)
        done = git("merge-file", "-p", *labels, *files, folder=Path(place))
    if done is None or not 0 <= done.returncode < 128:  # the number of conflicts; from 128 on an error
        return None
    return done.stdout, done.returncode == 0
