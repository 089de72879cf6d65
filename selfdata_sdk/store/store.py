"""PersonalStore: one person's records over a cloud's documents."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from ..cloud import Change, Cloud, SqliteCloud, Together
from ..errors import RequestError
from ..model import REGISTRY, Period, Record, Registry, Series, Table
from ..model.field import fields_of
from ..model.own_record import own_type_of
from ..model.own_type import OwnType
from ..model.record import IntervalRecord
from ..model.table import join
from ..model.time import ALWAYS, micros, moment, zone
from .book import PAGE_LIMIT, Book, Key, history_name, page_name, retried
from .contents import Contents
from .edit import Counts, Editor, adding_history, erasing, merging, undoing
from .merge import in_order
from .overlap import LeftOut, choose, groups
from .rows import accept, cut, inside, may_overlap, near, within


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did, per record type and in all."""

    by_series: Mapping[Series, Counts] = field(default_factory=dict)

    @property
    def by_type(self) -> dict[str, Counts]:
        found: dict[str, Counts] = {}
        for series, counts in self.by_series.items():
            found[series.type] = found.get(series.type, Counts()) + counts
        return found

    @property
    def created(self) -> int:
        return sum(c.created for c in self.by_series.values())

    @property
    def updated(self) -> int:
        return sum(c.updated for c in self.by_series.values())

    @property
    def unchanged(self) -> int:
        return sum(c.unchanged for c in self.by_series.values())


@dataclass(frozen=True, slots=True)
class Reading:
    """Records as tables, one per series, rows in order of time; and what was left out as it overlaps."""

    tables: tuple[Table, ...]
    left_out: tuple[LeftOut, ...] = ()

    def __len__(self) -> int:
        return sum(len(t) for t in self.tables)

    def records(self) -> list[Record]:
        return [r for t in self.tables for r in t.records()]


@dataclass(frozen=True, slots=True)
class Holding:
    """A series that the store holds: how many records, placed from `start`, the last one ending at `end`.

    changed  when it last came in with other content, in microseconds; 0 if that was too long ago to be remembered
    """

    series: Series
    count: int
    start: datetime
    end: datetime
    changed: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Undone:
    """The import that was taken back: when it was made, and how many records it had created and updated."""

    at: datetime
    removed: int
    restored: int


@dataclass(frozen=True, slots=True)
class Page:
    """The records of one series in one span of time, and their earlier revisions."""

    current: Table
    past: Table | None


class PersonalStore:
    """Records of one person as pages in a cloud.

    Every write is idempotent and merges with what other writers did meanwhile. What a call acknowledges is
    durable; a process killed at any moment leaves everything as before its call or as after.
    """

    def __init__(self, cloud: Cloud, registry: Registry = REGISTRY, *, page_limit: int = PAGE_LIMIT) -> None:
        self.cloud = cloud if cloud.atomic else Together(cloud)
        self._book = Book(self.cloud, registry, page_limit)
        self.registry: Registry = self._book.registry

    def close(self) -> None:
        self.cloud.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def declare(self, own: Iterable[OwnType]) -> None:
        """Know these record types of services. What they are declared with is kept as long as records of them are.

        ManifestError if records are kept of one under a version that does not go with this one.
        """
        for one in own:
            self._book.registry.declare(one)

    def types(self, more: Iterable[OwnType] = ()) -> Registry:
        """The record types that this store knows, and `more` of services' own; for use when it is closed, too."""
        return self._book.registry.apart(more)

    # Reading

    def summary(self) -> tuple[Holding, ...]:
        """The series that the store holds, in order. Cheap: it reads the contents only."""
        contents, _ = self._book.contents()
        found = []
        for entry in sorted(contents.entries.values(), key=lambda e: e.series):
            figures = entry.spans.values()
            if not figures:
                continue
            tz = zone(entry.series.tz)
            first, last = min(f.first for f in figures), max(f.last for f in figures)
            count, changed = sum(f.records for f in figures), contents.changed(page_name(entry.name, ""))
            found.append(Holding(entry.series, count, near(first, tz), near(last, tz), changed))
        return tuple(found)

    def read(
        self,
        record_type: type[Record] | str,
        period: Period = ALWAYS,
        *,
        fields: Sequence[str] | None = None,
        series: Series | None = None,
        only: Callable[[Series], bool] | None = None,
    ) -> Reading:
        """Records of a type that overlap `period`, as columns.

        fields   names of the fields to load beside the times; None loads all, with sources
        series   only this one, even where others are finer
        only     the series for which this is true: others are as if they were not there
        """
        record_type = self._type(record_type)
        wanted = None if fields is None else _known(record_type, fields)
        loaded = retried(lambda: self._load(record_type, series, period, wanted, only))
        found = {s: t for s, t in loaded.items() if len(t)}
        if series is not None or not issubclass(record_type, IntervalRecord):
            return Reading(tuple(found[s] for s in sorted(found)))
        tables: list[Table] = []
        left: list[LeftOut] = []
        for group in groups(sorted(found)):
            chosen, out = choose([found[s] for s in group])
            tables += chosen
            left += out
        return Reading(tuple(tables), tuple(left))

    def history(
        self, record_type: type[Record] | str, period: Period = ALWAYS, *, series: Series | None = None
    ) -> list[Record]:
        """Earlier content of records that were updated, oldest revision first."""
        found: list[Record] = []
        for page in retried(lambda: list(self.pages(record_type))):
            if page.past is not None and (series is None or page.current.series == series):
                found += page.past.take(inside(page.past, period)).records()
        return sorted(found, key=lambda r: r.revision)

    def pages(self, record_type: type[Record] | str) -> Iterator[Page]:
        """Each page of a type with its history, in order of series and time. Conflict if a page is moved meanwhile."""
        contents, version = self._book.contents()
        for entry in sorted(contents.of_type(self._type(record_type).type), key=lambda e: e.series):
            for label in sorted(entry.spans):
                page, history = page_name(entry.name, label), history_name(entry.name, label)
                documents = self.cloud.get_many((page, history))
                if page not in documents:
                    self._book.refuse_missing(version)
                past = self._book.load(documents[history]) if history in documents else None
                yield Page(self._book.load(documents[page]), past)

    def _type(self, record_type: type[Record] | str) -> type[Record]:
        return self.registry.get(record_type) if isinstance(record_type, str) else record_type

    def _load(
        self,
        record_type: type[Record],
        series: Series | None,
        period: Period,
        wanted: frozenset[str] | None,
        only: Callable[[Series], bool] | None,
    ) -> dict[Series, Table]:
        contents, version = self._book.contents()
        overlaps = may_overlap(period)
        names = {
            page_name(entry.name, label): entry.series
            for entry in contents.of_type(record_type.type)
            if (series is None or entry.series == series) and (only is None or only(entry.series))
            for label, figures in entry.spans.items()
            if overlaps(figures)
        }
        documents = self.cloud.get_many(names)
        if len(documents) < len(names):
            self._book.refuse_missing(version)
        parts: dict[Series, list[Table]] = {}
        for name in sorted(names):
            parts.setdefault(names[name], []).append(self._book.load(documents[name], wanted))
        return {s: within(join(p), period) for s, p in parts.items()}

    # Writing

    def write(self, tables: Iterable[Table]) -> Written:
        """Add records, each created, updated (a revision) or left unchanged. Idempotent.

        All tables are written, or none. RecordRefused if a record breaks the rules of its type.
        """
        incoming: dict[Series, list[Table]] = {}
        for table in tables:
            if len(table):
                if (own := own_type_of(table.record_type)) is not None:
                    self.declare((own,))
                if self._type(table.record_type.type) is not table.record_type:
                    raise RequestError(f"Another {table.record_type.type} is known to this store.")
                accept(table)
                incoming.setdefault(table.series, []).append(table)
        if not incoming:
            return Written()
        joined = [in_order(join(parts)) for parts in incoming.values()]
        stamps = {micros(s.retrieved_at) for t in joined for s in t.sources if s.method in ("file", "api")}

        def editors(contents: Contents) -> dict[Key, Editor]:
            return {
                (t.series, label): merging(part)
                for t in joined
                for label, part in cut(t, contents.entries.get(t.series))
            }

        outcomes = self._book.edit(editors, imported_at=max(stamps) if len(stamps) == 1 else None)
        by_series: dict[Series, Counts] = {}
        for (series, _), counts in outcomes.items():
            by_series[series] = by_series.get(series, Counts()) + counts
        return Written(by_series)

    def erase(
        self,
        record_type: type[Record] | str | None = None,
        period: Period = ALWAYS,
        *,
        series: Series | None = None,
        holder: str | None = None,
        sha256: str | None = None,
    ) -> int:
        """Erase the records that meet every condition given, and their history; returns how many records.

        A record that overlaps `period` goes as a whole. Nothing of it stays readable in the cloud's storage.
        """
        wanted = None if record_type is None else self._type(record_type).type

        def editors(contents: Contents) -> dict[Key, Editor]:
            return {
                (s, label): erasing(period, sha256)
                for s, entry in contents.entries.items()
                if (wanted is None or s.type == wanted)
                and (series is None or s == series)
                and (holder is None or s.holder == holder)
                for label in entry.spans
            }

        return sum(c.updated for c in self._book.edit(editors, scrub=True).values())

    def erase_everything(self) -> None:
        """Erase every document of the cloud that belongs to the store, its secret included."""
        self._book.erase_everything()

    def undo(self) -> Undone:
        """Take back the last import: what it created goes, what it updated is as before.

        RequestError if there is none to take back.
        """
        contents, _ = self._book.contents()
        if not contents.imports:
            raise RequestError("There is no import to take back.", next="`selfdata show` lists what is stored.")
        at, changed = contents.imports[-1]

        def editors(contents: Contents) -> dict[Key, Editor]:
            return {
                (e.series, label): undoing(at)
                for e in contents.entries.values()
                for label in e.spans
                if page_name(e.name, label) in changed
            }

        outcomes = self._book.edit(editors, forget_import=at).values()
        return Undone(moment(at), sum(c.created for c in outcomes), sum(c.updated for c in outcomes))

    def restore(self, current: Iterable[Table], history: Iterable[Table] = ()) -> Written:
        """Write tables with the revisions that they have, and their history beside them (see `store.export`)."""
        past = list(history)
        written = self.write(current)

        def editors(contents: Contents) -> dict[Key, Editor]:
            return {
                (t.series, label): adding_history(part)
                for t in past
                for label, part in cut(in_order(t), contents.entries.get(t.series))
            }

        if past:
            self._book.edit(editors)
        return written

    def backup(self, path: str | os.PathLike[str]) -> None:
        """A copy of everything as one SQLite file. RequestError if `path` exists."""
        if isinstance(self.cloud, SqliteCloud):
            self.cloud.backup(path)
            return
        if Path(path).exists():
            raise RequestError("There is a file of that name already.", next="Choose another name.")
        with SqliteCloud(path) as copy:
            documents = self.cloud.get_many(self.cloud.list())
            copy.commit([Change(n, d.data, None) for n, d in documents.items()])

    def rebuild(self) -> None:
        """Make the contents anew from the pages, after damage."""
        self._book.rebuild()

    def secret(self) -> bytes:
        """The person's secret under which series are named; it travels in exports."""
        return self._book.secret()

    def set_secret(self, secret: bytes) -> None:
        """Set the secret of a store that has none yet; one that has keeps its own."""
        self._book.set_secret(secret)


def _known(record_type: type[Record], fields: Sequence[str]) -> frozenset[str]:
    known = fields_of(record_type)
    for name in fields:
        if name not in known:
            near_ones = difflib.get_close_matches(name, known, 3, 0.5)
            raise RequestError(
                f"{record_type.type} has no field “{name[:60]}” that differs from record to record.",
                next=f"Did you mean {' or '.join(near_ones)}?" if near_ones else f"It has {', '.join(known)}.",
            )
    return frozenset(fields)
