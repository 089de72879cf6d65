"""The documentation's own tools, importable, and what its pages need to be run."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def docs() -> Path:
    """The folder of the pages."""
    return ROOT / "docs"


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """A reader's folder, with the sample files that pages name."""
    for folder in ("water", "daiad", "electricity", "gas", "bills", "receipts"):
        for file in (ROOT / "tests" / "files" / folder).iterdir():
            if file.suffix in (".csv", ".xml", ".xlsx", ".json", ".txt"):
                shutil.copy(file, tmp_path)
    return tmp_path


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., Path]:
    """A built site made of these files: `site(**{"index.html": "…"})`."""

    def made(files: dict[str, str]) -> Path:
        for name, text in files.items():
            file = tmp_path / "site" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return tmp_path / "site"

    return made
