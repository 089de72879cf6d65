"""What an importer is: a format of a holder's file, recognised by content, read as tables of records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from ..model import Record, Source, Table, Text
from .file import File, Sample

Note = Literal["gap", "disagreement", "guess"]


@dataclass(frozen=True, slots=True)
class Rejection:
    """One record that could not be imported: where it stands in the file and why, without its value."""

    locator: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that the person should know about good data.

    gap           a time for which the holder gives nothing
    disagreement  two statements of the holder that do not fit, both kept
    guess         something that the file does not say and the importer had to assume
    count         how many places of the file it holds for; `locator` is the first
    """

    kind: Note
    text: Text
    locator: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Options:
    """What the person said beside the file: each empty one is the importer's own default."""

    holder: str = ""
    about: str = ""
    tz: str = ""
    register: str = ""


Item = Table | Rejection | Remark


@runtime_checkable
class Importer(Protocol):
    """One format. Stateless: the same bytes and options give the same items, ids included.

    name      unique, ASCII, like `grdf-xlsx`
    version   changes when the same bytes give other records
    holder    who hands out such files, unless the person says otherwise
    """

    name: str
    version: str
    title: Text
    holder: str
    record_types: tuple[type[Record], ...]

    def recognises(self, sample: Sample) -> bool:
        """True if the file's content (never its name) is this format. Cheap; raises nothing."""
        ...

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        """The file's records, one table per series or several for a long one, and what is wrong with the rest.

        Tables name `source` (with a locator template) and give a `locator` number for each record.
        Raises FileRefused if the file as a whole is not what it seemed; then nothing of it is kept.
        """
        ...


@dataclass(slots=True)
class Found:
    """The items of one file, sorted by kind."""

    tables: list[Table] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
