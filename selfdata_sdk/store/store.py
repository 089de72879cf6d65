"""PersonalStore: one person's records over a cloud's documents."""

from __future__ import annotations

import hashlib
import hmac
import os
import random
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from ..cloud import Change, Cloud, Document, SqliteCloud
from ..errors import Conflict, RequestError
from ..model import REGISTRY, Period, Record, Registry, Series, Table
from ..model.record import IntervalRecord
from ..model.table import join
from ..model.time import ALWAYS, micros, moment, zone
from . import page as pages
from . import span as spans
from .contents import NAME as CONTENTS
from .contents import Contents, Entry, Figures
from .edit import Counts, Editor, Held, adding_history, erasing, merging, undoing
from .merge import in_order
from .overlap import LeftOut, choose, groups
from .rows import accept, count, cut, inside, may_overlap, truly_past, used_sources, within

SECRET = "secret"
PAGE_LIMIT = 1_000_000
ATTEMPTS = 40


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
    """A series that the store holds: how many records, placed from `start`, the last one ending at `end`."""

    series: Series
    count: int
    start: datetime
    end: datetime


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


_Key = tuple[Series, str]


class PersonalStore:
    """Records of one person as pages in a cloud.

    Every write is idempotent and merges with what other writers did meanwhile. What a call acknowledges is
    durable; a process killed at any moment leaves each page as before or as after.
    """

    def __init__(self, cloud: Cloud, registry: Registry = REGISTRY, *, page_limit: int = PAGE_LIMIT) -> None:
        self.cloud = cloud
        self.registry = registry
        self._page_limit = page_limit
        self._secret: bytes | None = None

    def close(self) -> None:
        self.cloud.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # Reading

    def summary(self) -> tuple[Holding, ...]:
        """The series that the store holds, in order. Cheap: it reads the contents only."""
        contents, _ = self._contents()
        found = []
        for entry in sorted(contents.entries.values(), key=lambda e: e.series):
            figures = self._figures(contents, entry)
            if figures:
                tz = zone(entry.series.tz)
                first, last = min(f.first for f in figures), max(f.last for f in figures)
                found.append(
                    Holding(entry.series, sum(f.records for f in figures), moment(first, tz), moment(last, tz))
                )
        return tuple(found)

    def read(
        self,
        record_type: type[Record] | str,
        period: Period = ALWAYS,
        *,
        fields: Sequence[str] | None = None,
        series: Series | None = None,
    ) -> Reading:
        """Records of a type that overlap `period`, as columns.

        fields   names of the fields to load beside the times; None loads all, with sources
        series   only this one, even where others are finer
        """
        record_type = self._type(record_type)
        wanted = None if fields is None else frozenset(fields)
        contents, _ = self._contents()
        entries = {e.series: e for e in contents.of_type(record_type.type) if series is None or e.series == series}
        loaded = self._load(contents, list(entries.values()), period, wanted)
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
        for page in self.pages(record_type):
            if page.past is not None and (series is None or page.current.series == series):
                found += page.past.take(inside(page.past, period)).records()
        return sorted(found, key=lambda r: r.revision)

    def pages(self, record_type: type[Record] | str) -> Iterator[Page]:
        """Each page of a type with its history, in order of series and time."""
        contents, _ = self._contents()
        for entry in sorted(contents.of_type(self._type(record_type).type), key=lambda e: e.series):
            for label in sorted(self._spans(contents, entry)):
                page, history = _page(entry.name, label), _history(entry.name, label)
                documents = self.cloud.get_many((page, history))
                if page not in documents:
                    continue
                current = pages.load(documents[page].data, self.registry)
                past = None
                if history in documents:
                    past = truly_past(pages.load(documents[history].data, self.registry), current)
                yield Page(current, past if past is not None and len(past) else None)

    def _type(self, record_type: type[Record] | str) -> type[Record]:
        return self.registry.get(record_type) if isinstance(record_type, str) else record_type

    def _load(
        self, contents: Contents, entries: Sequence[Entry], period: Period, wanted: frozenset[str] | None
    ) -> dict[Series, Table]:
        names: dict[str, Entry] = {}
        uncertain = contents.being_written()
        overlaps = may_overlap(period)
        for entry in entries:
            for label, figures in self._spans(contents, entry).items():
                page = _page(entry.name, label)
                if figures is None or overlaps(figures) or page in uncertain:
                    names[page] = entry
        documents = self.cloud.get_many(names)
        parts: dict[Series, list[Table]] = {}
        for name in sorted(names):
            if (document := documents.get(name)) is not None:
                table = pages.load(document.data, self.registry, wanted)
                parts.setdefault(names[name].series, []).append(table)
            elif name not in uncertain:
                raise Conflict(f"The page {name} is being moved by somebody else.", next="Read again.")
        return {s: within(join(p), period) for s, p in parts.items()}

    def _spans(self, contents: Contents, entry: Entry) -> Mapping[str, Figures | None]:
        """The spans of a series; None for one that is being written and not yet counted."""
        if not contents.dirty:
            return entry.spans
        spans_: dict[str, Figures | None] = dict(entry.spans)
        prefix = _page(entry.name, "")
        for being_written in contents.dirty.values():
            for page in being_written:
                if page.startswith(prefix):
                    spans_.setdefault(page.removeprefix(prefix), None)
        return spans_

    def _figures(self, contents: Contents, entry: Entry) -> list[Figures]:
        """The figures of a series' pages, counted again where they cannot be trusted."""
        found = []
        uncertain = contents.being_written()
        for label, figures in self._spans(contents, entry).items():
            page = _page(entry.name, label)
            if figures is None or page in uncertain:
                document = self.cloud.get(page)
                figures = count(pages.load(document.data, self.registry)) if document else None
            if figures is not None:
                found.append(figures)
        return found

    # Writing

    def write(self, tables: Iterable[Table]) -> Written:
        """Add records, each created, updated (a revision) or left unchanged. Idempotent.

        On an atomic cloud all tables are written, or none. RecordRefused if a record breaks the rules of its
        type; then nothing is written.
        """
        incoming: dict[Series, list[Table]] = {}
        for table in tables:
            if len(table):
                accept(table)
                incoming.setdefault(table.series, []).append(table)
        if not incoming:
            return Written()
        joined = [in_order(join(parts)) for parts in incoming.values()]
        stamps = {micros(s.retrieved_at) for t in joined for s in t.sources if s.method in ("file", "api")}

        def editors(contents: Contents) -> dict[_Key, Editor]:
            return {
                (t.series, label): merging(part)
                for t in joined
                for label, part in cut(t, contents.entries.get(t.series))
            }

        outcomes = self._edit(editors, imported_at=max(stamps) if len(stamps) == 1 else None)
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

        def editors(contents: Contents) -> dict[_Key, Editor]:
            return {
                (s, label): erasing(period, sha256)
                for s, entry in contents.entries.items()
                if (wanted is None or s.type == wanted)
                and (series is None or s == series)
                and (holder is None or s.holder == holder)
                for label in entry.spans
            }

        return sum(c.updated for c in self._edit(editors, scrub=True).values())

    def erase_everything(self) -> None:
        """Erase every document of the cloud that belongs to the store, its secret included."""
        for _ in range(ATTEMPTS):
            names = self.cloud.list()
            documents = self.cloud.get_many(names)
            try:
                self.cloud.commit([Change(n, None, d.version) for n, d in documents.items()], scrub=True)
            except Conflict:
                _pause()
                continue
            self._secret = None
            return
        raise _too_busy()

    def undo(self) -> Undone:
        """Take back the last import: what it created goes, what it updated is as before.

        RequestError if there is none to take back.
        """
        contents, _ = self._contents()
        if not contents.imports:
            raise RequestError("There is no import to take back.", next="`selfdata show` lists what is stored.")
        at, changed = contents.imports[-1]

        def editors(contents: Contents) -> dict[_Key, Editor]:
            return {
                (e.series, label): undoing(at)
                for e in contents.entries.values()
                for label in e.spans
                if _page(e.name, label) in changed
            }

        outcomes = self._edit(editors, forget_import=at).values()
        return Undone(moment(at), sum(c.created for c in outcomes), sum(c.updated for c in outcomes))

    def restore(self, current: Iterable[Table], history: Iterable[Table] = ()) -> Written:
        """Write tables with the revisions that they have, and their history beside them (see `store.export`)."""
        past = list(history)
        written = self.write(current)

        def editors(contents: Contents) -> dict[_Key, Editor]:
            return {
                (t.series, label): adding_history(part)
                for t in past
                for label, part in cut(in_order(t), contents.entries.get(t.series))
            }

        if past:
            self._edit(editors)
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

    # Editing pages

    def _edit(
        self,
        editors: Callable[[Contents], Mapping[_Key, Editor]],
        *,
        scrub: bool = False,
        imported_at: int | None = None,
        forget_import: int | None = None,
    ) -> dict[_Key, Counts]:
        """Run an editor on each page, together with the contents; again from the start after a conflict."""
        for _ in range(ATTEMPTS):
            try:
                contents, version = self._contents()
                work = editors(contents)
                batch = _Batch(contents, imported_at, forget_import)
                if self.cloud.atomic:
                    return self._edit_at_once(batch, version, work, scrub)
                return self._edit_in_order(batch, version, work, scrub)
            except Conflict:
                _pause()
                self._repair()
        raise _too_busy()

    def _edit_at_once(
        self, batch: _Batch, version: str | None, work: Mapping[_Key, Editor], scrub: bool
    ) -> dict[_Key, Counts]:
        names = {key: self._name(batch.contents, key[0]) for key in work}
        documents = self.cloud.get_many([_page(names[key], key[1]) for key in work])

        outcomes: dict[_Key, Counts] = {}
        changes: list[Change] = []
        for key, editor in work.items():
            outcomes[key], more = self._edited(batch, names[key], key, editor, documents)
            changes += more
        if changes or scrub:
            self.cloud.commit([*changes, batch.put_contents(version)], scrub=scrub)
        return outcomes

    def _edit_in_order(
        self, batch: _Batch, version: str | None, work: Mapping[_Key, Editor], scrub: bool
    ) -> dict[_Key, Counts]:
        """On a cloud that may stop between two changes: mark, write history then page, count again, unmark."""
        names = {key: self._name(batch.contents, key[0]) for key in work}
        token = secrets.token_hex(8)
        touched = {_page(names[key], key[1]) for key in work}
        batch.contents.dirty[token] = touched
        for series, name in {key[0]: names[key] for key in work}.items():
            batch.contents.entries.setdefault(series, Entry(series, name))
        self.cloud.commit([batch.put_contents(version)])
        outcomes: dict[_Key, Counts] = {}
        for key, editor in work.items():
            outcomes[key] = self._edit_one(batch, names[key], key, editor, scrub)
        self._settle(batch, token, {key[0]: names[key] for key in work}, scrub)
        return outcomes

    def _edit_one(self, batch: _Batch, name: str, key: _Key, editor: Editor, scrub: bool) -> Counts:
        for _ in range(ATTEMPTS):
            page = _page(name, key[1])
            documents = self.cloud.get_many([page])
            if page not in documents and key[1] in batch.listed.get(key[0], ()):
                raise Conflict(f"The page {page} is being moved by somebody else.")
            outcome, changes = self._edited(batch, name, key, editor, documents)
            try:
                if changes:
                    self.cloud.commit(changes, scrub=scrub)
            except Conflict:
                _pause()
                continue
            return outcome
        raise _too_busy()

    def _settle(self, batch: _Batch, token: str, names: Mapping[Series, str], scrub: bool) -> None:
        """Count the pages that were written as they are now, and take the mark away."""
        for _ in range(ATTEMPTS):
            contents, version = self._contents()
            for series, name in names.items():
                entry = contents.entries.setdefault(series, Entry(series, name))
                prefix = _page(name, "")
                labels = {p.removeprefix(prefix) for p in batch.touched if p.startswith(prefix)}
                documents = self.cloud.get_many([prefix + label for label in labels])
                for label in labels:
                    document = documents.get(prefix + label)
                    if document is None:
                        entry.spans.pop(label, None)
                    else:
                        entry.spans[label] = count(pages.load(document.data, self.registry))
            contents.dirty.pop(token, None)
            batch.note(contents)
            try:
                self.cloud.commit([Change(CONTENTS, contents.dump(), version)], scrub=scrub)
                return
            except Conflict:
                _pause()
        raise _too_busy()

    def _edited(
        self, batch: _Batch, name: str, key: _Key, editor: Editor, documents: Mapping[str, Document]
    ) -> tuple[Counts, list[Change]]:
        """Run one editor; what it reports, and the changes of documents: history first, then the page."""
        series, label = key
        page_name, history_name = _page(name, label), _history(name, label)
        held = documents.get(page_name)
        past: list[Document | None] = []

        def history() -> Table | None:
            past[:] = [self.cloud.get(history_name)]
            return pages.load(past[0].data, self.registry) if past[0] else None

        page = pages.load(held.data, self.registry) if held else None
        edit = editor(Held(page, history))
        batch.touched.add(page_name)
        if isinstance(edit, Counts):
            return edit, []
        changes: list[Change] = []
        if past:
            changes += _put(history_name, self._dump(edit.history), past[0])
        data = self._dump(edit.page)
        if data is not None and len(data) > self._page_limit and spans.finer(label) and edit.page is not None:
            changes += self._split(batch, name, key, edit.page)
            changes += _put(page_name, None, held)
            batch.set(series, name, label, None)
        else:
            changes += _put(page_name, data, held)
            batch.set(series, name, label, None if edit.page is None else count(edit.page))
        return edit.outcome, changes

    def _split(self, batch: _Batch, name: str, key: _Key, table: Table) -> list[Change]:
        """The same rows as pages of the next smaller span."""
        series, label = key
        finer = spans.finer(label)
        assert finer is not None
        changes: list[Change] = []
        for part_label, rows in spans.cut(table.placed(), finer):
            part = table.take(rows)
            part_name = _page(name, part_label)
            data = self._dump(part)
            if data is not None and len(data) > self._page_limit and spans.finer(part_label):
                changes += self._split(batch, name, (series, part_label), part)
                continue
            # A writer that was killed while it split may have left this page; the larger one is what counts.
            changes += _put(part_name, data, self.cloud.get(part_name))
            batch.touched.add(part_name)
            batch.set(series, name, part_label, count(part))
        return changes

    def _dump(self, table: Table | None) -> bytes | None:
        if table is None or not len(table):
            return None
        return pages.dump(used_sources(table), binary=self.cloud.binary)

    def _contents(self) -> tuple[Contents, str | None]:
        document = self.cloud.get(CONTENTS)
        return (Contents.load(document.data), document.version) if document else (Contents(), None)

    def rebuild(self) -> None:
        """Make the contents anew from the pages: after damage, or after a writer was killed."""
        for _ in range(ATTEMPTS):
            old, version = self._contents_or_none()
            contents = Contents(imports=old.imports if old else [])
            names = self.cloud.list("page.")
            for name, document in sorted(self.cloud.get_many(names).items()):
                table = pages.load(document.data, self.registry)
                stem, _, label = name.removeprefix("page.").rpartition(".")
                entry = contents.entries.setdefault(table.series, Entry(table.series, stem))
                if not any(spans.within(label, outer) for outer in entry.spans):
                    entry.spans[label] = count(table)
            try:
                self.cloud.commit([Change(CONTENTS, contents.dump(), version)])
                return
            except Conflict:
                _pause()
        raise _too_busy()

    def _contents_or_none(self) -> tuple[Contents | None, str | None]:
        document = self.cloud.get(CONTENTS)
        if document is None:
            return None, None
        try:
            return Contents.load(document.data), document.version
        except Exception:
            return None, document.version

    def _repair(self) -> None:
        """After a conflict: if a page that the contents list is gone, a writer was killed while it split; rebuild."""
        if self.cloud.atomic:
            return
        contents, _ = self._contents()
        for entry in contents.entries.values():
            names = [_page(entry.name, label) for label in entry.spans]
            if len(self.cloud.get_many(names)) < len(names):
                self.rebuild()
                return

    def _name(self, contents: Contents, series: Series) -> str:
        """What stands for a series in documents' names: its type, and an HMAC under the person's secret.

        A supply point or a telephone number under a plain hash is guessed in minutes.
        """
        if (entry := contents.entries.get(series)) is not None:
            return entry.name
        text = "\x1f".join(series.key).encode()
        digest = hmac.new(self.secret(), text, hashlib.sha256).hexdigest()[:24]
        return f"{series.type.replace('/', '-')}.{digest}"

    def secret(self) -> bytes:
        """The person's secret, made on first use; it travels in exports."""
        if self._secret is None:
            document = self.cloud.get(SECRET)
            if document is None:
                self.set_secret(secrets.token_bytes(32))
                return self.secret()
            self._secret = bytes.fromhex(document.data.decode().strip('"'))
        return self._secret

    def set_secret(self, secret: bytes) -> None:
        """Set the secret of a store that has none yet; one that has keeps its own."""
        try:
            self.cloud.commit([Change(SECRET, f'"{secret.hex()}"'.encode(), None)])
        except Conflict:
            self._secret = None


class _Batch:
    """The contents as they will be after an edit."""

    def __init__(self, contents: Contents, imported_at: int | None, forget_import: int | None) -> None:
        self.contents = contents
        self.listed = {s: frozenset(e.spans) for s, e in contents.entries.items()}
        self.touched: set[str] = set()
        self._changed: set[str] = set()
        self._gone: set[str] = set()
        self._imported_at = imported_at
        self._forget_import = forget_import

    def set(self, series: Series, name: str, label: str, figures: Figures | None) -> None:
        entry = self.contents.entries.setdefault(series, Entry(series, name))
        page = _page(name, label)
        if figures is None:
            entry.spans.pop(label, None)
            self._gone.add(page)
        else:
            entry.spans[label] = figures
            self._gone.discard(page)
            self._changed.add(page)

    def note(self, contents: Contents) -> None:
        contents.forget_pages(self._gone)
        if self._imported_at is not None and self._changed:
            contents.note_import(self._imported_at, self._changed)
        if self._forget_import is not None:
            contents.imports = [i for i in contents.imports if i[0] != self._forget_import]

    def put_contents(self, version: str | None) -> Change:
        self.note(self.contents)
        return Change(CONTENTS, self.contents.dump(), version)


def _page(name: str, label: str) -> str:
    return f"page.{name}.{label}"


def _history(name: str, label: str) -> str:
    return f"history.{name}.{label}"


def _put(name: str, data: bytes | None, held: Document | None) -> list[Change]:
    if data is None and held is None:
        return []
    if held is not None and data == held.data:
        return []
    return [Change(name, data, held.version if held else None)]


def _pause() -> None:
    time.sleep(random.uniform(0.001, 0.02))


def _too_busy() -> Conflict:
    return Conflict("Others keep changing the same pages.", next="Try again when they are done.")
