"""A file in memory is read as the one on disk, and has no name."""

from __future__ import annotations

from pathlib import Path

import pytest

from selfdata_sdk.importers import File
from selfdata_sdk.importers.file import Held

FILES = Path(__file__).parents[1] / "files"


@pytest.mark.parametrize("path", sorted(FILES.rglob("*.*")), ids=lambda p: p.name)
def test_a_file_in_memory_is_the_one_on_disk_without_its_name(path: Path) -> None:
    disk, memory = File(path), Held(Path(), path.read_bytes())
    assert (memory.size, memory.sha256, memory.sample.data) == (disk.size, disk.sha256, disk.sample.data)
    with disk.text() as expected, memory.text() as found:
        assert found.read() == expected.read()
    assert (memory.name, memory.sample.name) == ("", "")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_an_accent_far_behind_tells_the_encoding_of_a_file_that_begins_in_plain_letters(encoding: str) -> None:
    text = "Coffee;1\n" * 200_000 + "Café;1\n"
    file = Held(Path(), text.encode(encoding))
    with file.text() as stream:
        assert stream.read() == text
