"""A holder's file: what its first bytes show, and safe ways to read it in bounded memory."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from ..errors import FileRefused

SAMPLE = 65_536
MAX_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Sample:
    """The first bytes of a file (at most `SAMPLE`), its size and its name (for messages only)."""

    data: bytes
    size: int
    name: str

    @cached_property
    def encoding(self) -> str:
        """utf-8-sig, utf-16 or cp1252: what the first bytes decode as."""
        if self.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        try:
            decoder.decode(self.data, final=self.size <= len(self.data))
        except UnicodeDecodeError:
            return "cp1252"
        return "utf-8-sig"

    @cached_property
    def text(self) -> str:
        """The sample as text, undecodable bytes replaced."""
        return self.data.decode(self.encoding, "replace").removeprefix("\ufeff")

    @cached_property
    def lines(self) -> list[str]:
        """The complete lines of the sample (the last one too if the sample is the whole file)."""
        lines = self.text.splitlines()
        return lines if self.size <= len(self.data) else lines[:-1]

    @property
    def is_zip(self) -> bool:
        return self.data.startswith(b"PK\x03\x04")

    @property
    def is_pdf(self) -> bool:
        return self.data.startswith(b"%PDF-")

    @property
    def is_xml(self) -> bool:
        head = self.text[:2000].lstrip()
        return head.startswith("<") and not self.is_html

    @property
    def is_html(self) -> bool:
        head = self.text[:2000].lstrip().lower()
        return head.startswith(("<!doctype html", "<html")) or "<html" in head[:500]

    @property
    def is_json(self) -> bool:
        return self.text[:2000].lstrip().startswith(("{", "["))


@dataclass(frozen=True)
class File:
    """A file on disk that is being imported. `name` is for messages; the path never leaves this object."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @cached_property
    def size(self) -> int:
        return self.path.stat().st_size

    @cached_property
    def sample(self) -> Sample:
        with self.open() as stream:
            return Sample(stream.read(SAMPLE), self.size, self.name)

    @cached_property
    def sha256(self) -> str:
        """Hex digest of the bytes, read in pieces."""
        with self.open() as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # typeshed wants readinto

    @cached_property
    def encoding(self) -> str:
        """The sample's; where that is ASCII alone, what the first other bytes decode as."""
        if self.size <= SAMPLE or not self.sample.data.isascii():
            return self.sample.encoding
        with self.open() as stream:
            while block := stream.read(1_000_000):
                if not block.isascii():
                    return Sample(block, self.size, self.name).encoding
        return self.sample.encoding

    def open(self) -> BinaryIO:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise FileRefused(
                f"It cannot be opened ({error.strerror}).", where=self.name, next="Check the name and the rights."
            ) from None

    def text(self) -> TextIOWrapper:
        """The whole file as text in its encoding, line ends kept. A bad byte becomes U+FFFD."""
        return TextIOWrapper(self.open(), encoding=self.encoding, errors="replace", newline="")

    def lines(self) -> Iterator[tuple[int, str]]:
        """(line number from 1, line without its end), streamed; a line over 100 000 characters is refused."""
        with self.text() as stream:
            number = 0
            while line := stream.readline(100_001):
                number += 1
                if len(line) > 100_000:
                    raise FileRefused("A line is longer than 100 000 characters.", where=f"{self.name}, line {number}")
                yield number, line.rstrip("\r\n")


@dataclass(frozen=True)
class Held(File):
    """A file whose bytes are in memory. It has no name: who holds the file puts it into messages."""

    content: bytes = b""

    @property
    def name(self) -> str:
        return ""

    @property
    def size(self) -> int:
        return len(self.content)

    def open(self) -> BinaryIO:
        return BytesIO(self.content)
