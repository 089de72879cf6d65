"""Where wheels come from: one index, or one folder. Never both, and never what somebody's settings of pip add."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidWheelFilename, NormalizedName, parse_wheel_filename
from packaging.version import Version

from ..errors import RequestError, TryAgain
from .wheel import fits


class Source(Protocol):
    def fetch(self, name: NormalizedName, versions: SpecifierSet) -> AbstractContextManager[Path | None]:
        """The newest wheel of a package that fits, for as long as the `with` lasts; None if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """The wheels in a folder."""

    path: Path

    @contextmanager
    def fetch(self, name: NormalizedName, versions: SpecifierSet) -> Iterator[Path | None]:
        found: dict[Version, Path] = {}
        for wheel in sorted(self.path.glob("*.whl")):
            try:
                named, version, _, tags = parse_wheel_filename(wheel.name)
            except InvalidWheelFilename:
                continue
            if named == name and fits(tags):
                found[version] = wheel
        newest = max(versions.filter(found), default=None)
        yield found[newest] if newest is not None else None


@dataclass(frozen=True, slots=True)
class Index:
    """A package index (PEP 503), asked through pip. `url` "": pip's own default."""

    url: str

    @contextmanager
    def fetch(self, name: NormalizedName, versions: SpecifierSet) -> Iterator[Path | None]:
        """TryAgain if the index does not answer."""
        if importlib.util.find_spec("pip") is None:
            raise RequestError(
                "This Python has no pip, which fetches packages.",
                next="Run `python -m ensurepip`, or name a folder of wheels with --wheels.",
            )
        with tempfile.TemporaryDirectory(prefix="selfdata-") as folder:
            self._download(f"{name}{versions}", folder)
            yield next(Path(folder).glob("*.whl"), None)

    def _download(self, requirement: str, folder: str) -> None:
        # -I: a `pip` in the current folder is not taken for the real one.
        pip = [sys.executable, "-I", "-m", "pip", "--isolated", "--no-input", "--disable-pip-version-check"]
        how = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--quiet", "--retries=2", "--dest", folder]
        where = ["--index-url", self.url] if self.url else []
        done = subprocess.run(
            [*pip, "download", *how, *where, requirement],
            cwd=folder,
            env=_plain(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        # To pip, an index that does not answer is one that holds nothing.
        if done.returncode and b"Retrying" in done.stderr:
            raise TryAgain(
                "The package index does not answer.", where=self.shown, next="Check the address and the connection."
            )

    @property
    def shown(self) -> str:
        """The address without a name and password."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _plain() -> dict[str, str]:
    """The environment without settings of pip and Python. `--isolated` alone would still read the machine's pip.conf."""
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(("PIP_", "PYTHON"))}
    return {**kept, "PIP_CONFIG_FILE": os.devnull}
