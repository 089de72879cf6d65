"""Services that are as they should be but for one fault each, made from the healthy one by a few exchanges of text."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from selfdata_sdk.testing.projects import declare

HEALTHY = Path(__file__).parent / "healthy"
CODE = "healthy/__init__.py"


_NAMED = (
    ("pyproject.toml", '"healthy:manifest.json"'),
    ("pyproject.toml", 'packages = ["healthy"]'),
    ("tests/test_healthy.py", "from healthy import"),
)
"""Where the package is named."""


@dataclass(frozen=True, slots=True)
class Animal:
    """A project that breaks one rule and no other.

    edits     (file, old, new): `old` occurs once in the file of the healthy project; "" stands for a file that is not
              there yet
    without   files that it lacks
    declared  False if its manifest stays as it is
    """

    name: str
    breaks: str
    edits: tuple[tuple[str, str, str], ...] = ()
    without: tuple[str, ...] = ()
    declared: bool = True

    def make(self, place: Path) -> Path:
        """Its folder in `place`. Its package has its own name, as several are imported into one process."""
        folder = place / self.name
        package = f"zoo_{re.sub(r'[^a-z0-9]+', '_', self.name)}"
        shutil.copytree(HEALTHY, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for file, old, new in self.edits:
            _edit(folder / file, old, new)
        for file in self.without:
            (folder / file).unlink()
        (folder / "healthy").rename(folder / package)
        for file, old in _NAMED:
            if (folder / file).is_file():
                _edit(folder / file, old, old.replace("healthy", package, 1))
        if self.declared:
            declare(folder)
        return folder


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8") if old else ""
    if text.count(old) != 1 and old:
        raise ValueError(f"{file.name} holds {text.count(old)} times: {old[:60]}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace(old, new) if old else new, "utf-8")
