"""What the tests of importers share: real files, a store, and reading without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.importers import File, Importer, Options, Rejection, Remark
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import Source, Table
from selfdata_sdk.store import PersonalStore

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)

Write = Callable[[str | bytes], Path]
Read = Callable[..., Found]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def water() -> Path:
    """The folder of real files of water meters."""
    return Path(__file__).parents[1] / "files" / "water"


@pytest.fixture
def store() -> Iterator[PersonalStore]:
    with PersonalStore(MemoryCloud()) as store:
        yield store


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file with the given content and gives its path."""
    count = 0

    def make(content: str | bytes) -> Path:
        nonlocal count
        count += 1
        path = tmp_path / f"file-{count}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


@pytest.fixture
def read() -> Read:
    """Reads a file with one importer, without a store."""

    def items(importer: Importer, path: Path, options: Options = Options()) -> Found:  # noqa: B008 (frozen)
        file = File(path)
        assert importer.recognises(file.sample)
        source = Source(
            holder=options.holder or importer.holder,
            importer=importer.name,
            version=importer.version,
            sha256=file.sha256,
            retrieved_at=NOW,
        )
        found = Found()
        for item in importer.read(file, source, options):
            match item:
                case Table():
                    found.tables.append(item)
                case Rejection():
                    found.rejections.append(item)
                case Remark():
                    found.remarks.append(item)
        return found

    return items
