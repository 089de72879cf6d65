"""What one importer makes of one file, without a store: for tests of importers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ..importers.file import File
from ..importers.importer import Found, Importer, Options
from ..importers.sieve import Sieve
from ..model import Source

RETRIEVED = datetime(2025, 1, 1, tzinfo=UTC)


def imported(
    importer: Importer, path: Path, *, about: str = "", tz: str = "", holder: str = "", register: str = ""
) -> Found:
    """The tables (one per series, by time, as they would be written), rejections and remarks of a file.

    AssertionError if the importer does not recognise the file; FileRefused as the importer raises it.
    """
    file = File(path)
    assert importer.recognises(file.sample), f"{importer.name} does not recognise {file.name}"
    source = Source(
        holder=holder or importer.holder, importer=importer.name, version=importer.version, retrieved_at=RETRIEVED
    )
    sieve = Sieve()
    for item in importer.read(file, source, Options(holder=holder, about=about, tz=tz, register=register)):
        sieve.add(item)
    tables = list(sieve.close())
    return Found(tables, sieve.rejections, sieve.remarks)
