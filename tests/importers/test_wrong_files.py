"""A file that is no known format is refused in one sentence, quickly, in bounded memory, and changes nothing."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers import File, Importers, delimited, import_files, refusal
from selfdata_sdk.importers.stamps import stamps
from selfdata_sdk.store import PersonalStore

Write = Callable[[str | bytes], Path]

BUILT_IN = Importers()
VEOLIA = "Date de relevé;Index relevé (litres);Consommation du jour (litres);Index Mesuré/Estimé\n"


def archive(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            z.writestr(name, data)
    return stream.getvalue()


WRONG: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "The file is empty."),
    "blanks": (b" \r\n \n", "It holds only blanks."),
    "zeros": (b"\0" * 100_000, "It holds only zero bytes."),
    "html": (b"\n<!DOCTYPE html><html><body>Maintenance</body></html>", "It is a web page"),
    "html without doctype": ("\ufeff<HTML lang=fr>".encode(), "It is a web page"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "It is a PDF document."),
    "png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "It is an image (PNG)."),
    "jpeg": (b"\xff\xd8\xff\xe0" + b"\0" * 50, "It is an image (JPEG)."),
    "gzip": (b"\x1f\x8b\x08\0\0\0\0\0", "It is compressed (gzip)."),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "It is an old Office document"),
    "sqlite": (b"SQLite format 3\0", "It is an SQLite database."),
    "binary": (bytes(range(256)) * 10, "It is a binary file of an unknown kind."),
    "other csv": (b"a;b;c\n1;2;3\n", "It is a table of 3 columns of a shape that is not known here."),
    "text": (b"Dear customer,\n", "It is a text of a shape that is not known here."),
    "other json": (b'{"hello": [1, 2]}', "It is a JSON file of a shape that is not known here."),
    "cut json": (b'{"hello": [1, 2', "It starts like JSON but is not valid: it may be cut."),
    "deep json": (b"[" * 30_000, "It is JSON nested too deeply."),
    "other xml": (b"<?xml version='1.0'?><!-- x --><hello/>", "It is an XML file of a shape that is not known here (hello)."),
    "xml bomb": (
        b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
        + b']><feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi"><entry><content>'
        b"<e:UsagePoint>&j;</e:UsagePoint></content></entry></feed>",
        "",
    ),
    "docx": (archive(("word/document.xml", b"<w/>")), "It is a text document (DOCX)."),
    "zip": (archive(("data.csv", b"1;2")), "It is an archive (ZIP)."),
    "damaged zip": (archive(("data.csv", b"1;2"))[:40], "It is a damaged archive."),
    "zip bomb": (archive(("xl/workbook.xml", b"0" * 50_000_000)), "It would unpack to far more"),
    "header only": (VEOLIA.encode(), "It holds no records."),
    "cut": ((VEOLIA + "2022-09-25 20:00:00;1198636;476;Mesuré\n2022-09-26 20:0").encode(), "The file stops in the middle of line 3."),
    "cut, then zeros": ((VEOLIA + "2022-09-25 20:00:00;1198636;476;Mesuré\n").encode() + b"\0" * 5000, "Line 3 holds zero bytes"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_gets_one_clear_sentence_and_changes_nothing(
    kind: str, write: Write, store: PersonalStore, now: datetime, water: Path
) -> None:
    import_files(store, [water / "historique_mois_litres.csv"], now=now, importers=BUILT_IN)
    held, documents = store.summary(), documents_of(store)
    content, sentence = WRONG[kind]
    path = write(content)
    report = import_files(store, [path], now=now, importers=BUILT_IN)
    (file,) = report.files
    assert isinstance(file.refused, FileRefused)
    assert sentence in file.refused.what
    assert file.refused.where.startswith(path.name)
    assert file.refused.next
    assert not report.good
    assert (file.records, file.rejected, file.series) == (0, 0, [])
    assert len(list(report.sentences())) == 1
    assert store.summary() == held
    assert documents_of(store) == documents


def documents_of(store: PersonalStore) -> dict[str, object]:
    return dict(store.cloud.get_many(store.cloud.list()))


def test_a_file_that_does_not_exist_or_is_a_folder_is_refused(
    store: PersonalStore, tmp_path: Path, now: datetime
) -> None:
    report = import_files(store, [tmp_path / "none.csv", tmp_path], now=now, importers=BUILT_IN)
    assert [f.refused.what for f in report.refused if f.refused] == ["There is no such file.", "It is a folder."]


def test_the_good_files_beside_a_wrong_one_are_imported(
    store: PersonalStore, water: Path, write: Write, now: datetime
) -> None:
    report = import_files(store, [write(b"%PDF-"), water / "historique_jours_litres.csv"], now=now, importers=BUILT_IN)
    assert [f.refused is None for f in report.files] == [False, True]
    assert report.created == 30
    assert report.good


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([(f"xl/{i}", b"") for i in range(20_001)], "archive of 20001 files"),
        ([(f"xl/{i}", os.urandom(700_000) + b"0" * 9_300_000) for i in range(21)], "zip bomb"),
    ],
)
def test_an_archive_of_too_many_or_too_large_files_is_refused_by_its_directory(
    members: list[tuple[str, bytes]], reason: str, store: PersonalStore, write: Write, now: datetime
) -> None:
    (file,) = import_files(store, [write(archive(*members))], now=now, importers=BUILT_IN).files
    assert file.refused is not None
    assert reason in file.refused.what


def test_an_archive_whose_directory_is_huge_is_refused_before_it_is_read(
    store: PersonalStore, write: Write, now: datetime
) -> None:
    data = bytearray(archive(("xl/workbook.xml", b"<x/>")))
    end = data.rindex(b"PK\x05\x06")
    data[end + 12 : end + 16] = (90_000_000).to_bytes(4, "little")
    (file,) = import_files(store, [write(bytes(data))], now=now, importers=BUILT_IN).files
    assert file.refused is not None
    assert "far more files" in file.refused.what


def test_an_archive_locked_with_a_password_is_refused(store: PersonalStore, write: Write, now: datetime) -> None:
    data = bytearray(archive(("xl/workbook.xml", b"<x/>")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (file,) = import_files(store, [write(bytes(data))], now=now, importers=BUILT_IN).files
    assert file.refused is not None
    assert "password" in file.refused.what


def test_a_file_over_two_gigabytes_is_refused_unread(store: PersonalStore, tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.write(VEOLIA.encode())
        stream.truncate(2_000_000_001)
    (file,) = import_files(store, [path], now=now, importers=BUILT_IN).files
    assert file.refused is not None
    assert file.refused.what == "It is larger than 2 GB."


def test_two_hundred_megabytes_of_zeros_are_refused_in_little_memory(tmp_path: Path, now: datetime) -> None:
    pure, dressed = tmp_path / "zeros.csv", tmp_path / "dressed.csv"
    for path, head in ((pure, b""), (dressed, VEOLIA.encode())):
        with path.open("wb") as stream:
            stream.write(head)
            stream.truncate(200_000_000)
    with PersonalStore(MemoryCloud()) as store:
        import_files(store, [], now=now, importers=BUILT_IN)
        tracemalloc.start()
        report = import_files(store, [pure, dressed], now=now, importers=BUILT_IN)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert [f.refused is not None for f in report.files] == [True, True]
    assert peak < 40_000_000
    assert store.summary() == ()


def test_a_long_file_is_read_in_memory_that_does_not_grow_with_its_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten megabytes; as one Python object per cell they would take a hundred."""
    path = tmp_path / "long.csv"
    with path.open("w") as stream:
        stream.write("user key;datetime;meter reading;diff\n")
        for i in range(300_000):
            stream.write(f"abc;{i % 28 + 1:02}/01/2016 10:20:30;{i};\n")
    monkeypatch.setattr(delimited, "PIECE", 500_000)
    lines = 0
    tracemalloc.start()
    for grid in delimited.grids(File(path), ";", 4):
        assert not stamps(grid.cells(1), "DD/MM/YYYY hh:mm:ss").bad.any()
        lines += len(grid)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == 300_000
    assert peak < 20_000_000


def test_a_spreadsheet_of_another_shape_is_named_as_such(write: Write) -> None:
    file = File(write(archive(("xl/other.xml", b"<x/>"))))
    what, _ = refusal.describe(file.sample)
    assert "spreadsheet" in what
