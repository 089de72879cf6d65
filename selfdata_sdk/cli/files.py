"""Files that hold personal data: readable by their owner only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

from ..errors import RequestError


def private(path: Path) -> TextIO:
    """A file to write text into, new or emptied."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")


def write_page(path: Path, html: str) -> None:
    """RequestError if that cannot be done."""
    try:
        with private(path) as file:
            file.write(html)
    except OSError as error:
        raise RequestError(
            f"The page cannot be written ({error.strerror}).", where=str(path), next="Choose another name or folder."
        ) from None
