"""One clear sentence for a file that no importer reads: what it is, and what to do next."""

from __future__ import annotations

import json
import re
import zipfile

from ..errors import FileRefused
from .file import MAX_BYTES, File, Sample

MAX_MEMBERS = 20_000
MAX_UNPACKED = 200_000_000
MAX_ARCHIVE = 100_000_000
MAX_DIRECTORY = 4_000_000
MAX_RATIO = 200
"""Real spreadsheets shrink 5 to 20 times."""

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "It is a PDF document.", "Ask the holder for the data as CSV, XLSX, JSON or XML."),
    (b"\x89PNG", "It is an image (PNG).", "Ask the holder for the data as a file, not a picture."),
    (b"\xff\xd8\xff", "It is an image (JPEG).", "Ask the holder for the data as a file, not a picture."),
    (b"GIF8", "It is an image (GIF).", "Ask the holder for the data as a file, not a picture."),
    (b"RIFF", "It is a media file (RIFF).", "Ask the holder for the data as a file."),
    (b"\x1f\x8b", "It is compressed (gzip).", "Unpack it first."),
    (b"7z\xbc\xaf", "It is compressed (7z).", "Unpack it first."),
    (b"Rar!", "It is compressed (RAR).", "Unpack it first."),
    (b"\xd0\xcf\x11\xe0", "It is an old Office document (XLS or DOC).", "Save it as XLSX or CSV, then import that."),
    (b"SQLite format 3", "It is an SQLite database.", "Export its records as CSV or JSON."),
)
_TIMETABLE = re.compile(
    rb"PK\x03\x04.{26}(?:agency|calendar|calendar_dates|fare_attributes|fare_rules|feed_info|frequencies|levels|pathways|"
    rb"routes|shapes|stop_times|stops|transfers|translations|trips)\.txt",
    re.DOTALL,
)
"""A zip whose first file is one of a GTFS feed."""


def check_size(file: File) -> None:
    """FileRefused if there is no such file, it is no file, or it is larger than 2 GB."""
    path = file.path
    if not path.exists():
        raise FileRefused("There is no such file.", where=file.name, next="Check the name.")
    if path.is_dir():
        raise FileRefused("It is a folder.", where=file.name, next="Name the files in it.")
    if not path.is_file():
        raise FileRefused("It is not a regular file.", where=file.name, next="Copy its content to a file.")
    if file.size > MAX_BYTES:
        raise FileRefused("It is larger than 2 GB.", where=file.name, next="Export a shorter period.")


def check_archive(file: File) -> None:
    """FileRefused if a zip (a spreadsheet is one) is damaged, encrypted or would unpack to far more than it should.

    Reads the zip's directory only.
    """

    def refused(what: str, next: str = "Download it again, or choose another file.") -> FileRefused:
        return FileRefused(what, where=file.name, next=next)

    if file.size > MAX_ARCHIVE:
        raise refused("It is an archive of more than 100 MB.")
    if _directory_size(file) > MAX_DIRECTORY:
        raise refused("It is an archive of far more files than an export has.")
    try:
        with file.open() as stream, zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise refused("It is a damaged archive.", "Download it again.") from None
    if len(members) > MAX_MEMBERS:
        raise refused(f"It is an archive of {len(members)} files.")
    if any(m.flag_bits & 1 for m in members):
        raise refused("It is locked with a password.", "Save it without a password.")
    unpacked = sum(m.file_size for m in members)
    if unpacked > MAX_UNPACKED or any(
        m.file_size > 1_000_000 and m.file_size > MAX_RATIO * max(m.compress_size, 1) for m in members
    ):
        raise refused("It would unpack to far more than a real file of this kind holds (a zip bomb).")


def _directory_size(file: File) -> int:
    """Bytes of the zip's directory as its last record says, before anything reads them all; 0 if there is none."""
    with file.open() as stream:
        stream.seek(max(0, file.size - 66_000))
        tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    return int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0


def unknown(file: File) -> FileRefused:
    """The refusal of a file that no importer recognises."""
    what, step = describe(file.sample)
    return FileRefused(
        what,
        where=file.name,
        next=step or "Describe it with a mapping: `selfdata import --explain` begins one for a table.",
    )


def describe(sample: Sample) -> tuple[str, str]:
    """(what the file is, what to do next or "" if only a list of the formats would help)."""
    if not sample.data:
        return "The file is empty.", "Download it again."
    if not sample.data.strip(b"\0"):
        return "It holds only zero bytes.", "The download failed: download it again."
    for magic, what, step in _MAGIC:
        if sample.data.startswith(magic):
            return what, step
    if sample.is_html:
        return (
            "It is a web page (HTML), not a data file.",
            "The site may have signed you out: sign in and download the file again.",
        )
    if sample.is_zip:
        return _archive(sample)
    if b"\0" in sample.data and sample.encoding != "utf-16":
        return "It is a binary file of an unknown kind.", ""
    if not sample.text.strip():
        return "It holds only blanks.", "Download it again."
    if sample.is_xml:
        root = re.search(r"<([A-Za-z_][\w.:-]{0,60})", re.sub(r"<\?.*?\?>|<!--.*?-->", "", sample.text, flags=re.S))
        named = f" ({root[1]})" if root else ""
        return f"It is an XML file of a shape that is not known here{named}.", ""
    if sample.is_json:
        return _json(sample)
    return _text(sample)


def _archive(sample: Sample) -> tuple[str, str]:
    if _TIMETABLE.match(sample.data):
        return (
            "It is a timetable of public transport (GTFS), which says nothing about you.",
            "Import your own trips, tickets or positions.",
        )
    if b"xl/" in sample.data:
        return "It is a spreadsheet (XLSX), but of a shape that is not known here.", ""
    if b"word/" in sample.data:
        return "It is a text document (DOCX).", "Ask the holder for the data as CSV, XLSX, JSON or XML."
    if b"opendocument.spreadsheet" in sample.data:
        return "It is a spreadsheet (ODS).", "Save it as XLSX or CSV, then import that."
    return "It is an archive (ZIP).", "Unpack it and import the files in it."


def _json(sample: Sample) -> tuple[str, str]:
    if sample.size <= len(sample.data):
        try:
            json.loads(sample.text)
        except ValueError:
            return "It starts like JSON but is not valid: it may be cut.", "Download it again."
        except RecursionError:
            return "It is JSON nested too deeply.", ""
    return "It is a JSON file of a shape that is not known here.", ""


def _text(sample: Sample) -> tuple[str, str]:
    lines = [line for line in sample.lines or sample.text.splitlines() if line.strip()][:2]
    for delimiter in (";", "\t", ","):
        counts = {line.count(delimiter) for line in lines}
        if len(counts) == 1 and (columns := counts.pop() + 1) > 1 and (len(lines) > 1 or delimiter != ","):
            return f"It is a table of {columns} columns of a shape that is not known here.", ""
    return "It is a text of a shape that is not known here.", ""
