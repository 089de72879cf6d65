"""An example of a holder's file, and what an importer makes of it, whole or damaged, as facts that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from ..errors import FixInput
from ..importers import File, Importer, Item, Options, Rejection, Remark, Sample
from ..importers.file import SAMPLE, Held
from ..importers.importing import source_of
from ..importers.refusal import check_archive
from ..importers.sieve import Sieve
from ..model import Source, Table
from .rule import CannotTell

NOW = datetime(2025, 1, 1, tzinfo=UTC)

_SHORT = 40
_LINE = re.compile(r"line ([0-9]+)")

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A record: what it says, and where it comes from."""

    content: Mapping[str, object]
    source: Source

    @property
    def line(self) -> int | None:
        """The line on which it stands, if it says that it stands on one."""
        found = _LINE.fullmatch(self.source.locator or "")
        return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of some bytes.

    outcome  refused: with an error that the importer may raise, or because it does not recognise them; failed: with
             any other `error`
    facts    what would be stored, by series and natural key
    items    as the importer gave them
    """

    outcome: Literal["read", "refused", "failed"]
    error: Exception | None = None
    facts: Mapping[Key, Fact] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def said(self) -> str:
        """All that people may read of it."""
        places = [(r.locator, r.reason) for r in self.rejections] + [(r.locator, r.text) for r in self.remarks]
        words = [w for locator, text in places for w in (locator, text.en, text.fr)]
        return "\n".join([*words, *([str(self.error)] if self.outcome == "refused" and self.error else [])])


@dataclass(frozen=True)
class Example:
    """A file of the format of an importer, and what the person says beside it."""

    importer: Importer
    path: Path
    options: Options = field(default_factory=Options)

    @property
    def name(self) -> str:
        return self.path.name

    @cached_property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def short(self) -> bytes:
        """The first lines, if they can be read as a file of their own; otherwise the whole content."""
        first = b"".join(self.content.splitlines(keepends=True)[:_SHORT])
        return first if self.read(first).facts else self.content

    @cached_property
    def reading(self) -> Reading:
        """What is read of `short`. CannotTell if that is nothing."""
        found = self.read(self.short)
        if not found.facts:
            raise CannotTell(f"{self.name}: nothing is read of its bytes.")
        return found

    @cached_property
    def lines(self) -> list[bytes]:
        """The lines of `short`, with their ends."""
        return self.short.splitlines(keepends=True)

    @cached_property
    def placed(self) -> list[int]:
        """The numbers of the lines of `short` on which records stand, if the format has lines."""
        return sorted({fact.line for fact in self.reading.facts.values() if fact.line is not None})

    def sample(self, content: bytes, name: str | None = None) -> Sample:
        return Sample(content[:SAMPLE], len(content), self.name if name is None else name)

    def with_options(self, **options: str) -> Example:
        """The same file, with something else said beside it."""
        return Example(self.importer, self.path, replace(self.options, **options))

    def read(self, content: bytes) -> Reading:
        """What becomes of a file of this name that holds `content`; it is not on a disk."""
        return self._read(Held(Path(), content), self.sample(content))

    def read_file(self) -> Reading:
        """What becomes of the file on the disk."""
        return self._read(file := File(self.path), file.sample)

    @property
    def held(self) -> File:
        """`short` as a file that is not on a disk."""
        return Held(Path(), self.short)

    def source(self, file: File) -> Source:
        return source_of(self.importer, self.options, NOW, file.sha256)

    def _read(self, file: File, sample: Sample) -> Reading:
        try:
            if not self.importer.recognises(sample):
                return Reading("refused")
            if sample.is_zip:
                check_archive(file)
            return sorted_out(self.importer.read(file, self.source(file), self.options))
        except FixInput as error:
            return Reading("refused", error)
        except Exception as error:
            return Reading("failed", error)


def sorted_out(items: Iterator[Item]) -> Reading:
    """The items of one file as they would go into a store."""
    sieve, given = Sieve(), []
    for item in items:
        given.append(item)
        sieve.add(item)
    facts = {key: fact for table in sieve.close() for key, fact in _facts(table)}
    return Reading("read", None, facts, tuple(given), tuple(sieve.rejections), tuple(sieve.remarks))


def _facts(table: Table) -> Iterator[tuple[Key, Fact]]:
    for record in table.records():
        key = (record.series, *(getattr(record, name) for name in record.natural_key))
        yield key, Fact(record.model_dump(exclude={"source"}), record.source)
