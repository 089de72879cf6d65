"""The pages of a store as documents of a cloud: how they are named, found, edited together, split and repaired."""

from __future__ import annotations

import hashlib
import hmac
import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..cloud import Change, Cloud, Document
from ..errors import Conflict, DamagedPage
from ..model import Registry, Series, Table
from . import page as pages
from . import span as spans
from .contents import NAME as CONTENTS
from .contents import Contents, Entry, Figures
from .edit import Counts, Edit, Editor, Held
from .merge import in_order
from .rows import count, used_sources

SECRET = "secret"
PAGE_LIMIT = 1_000_000
ATTEMPTS = 40

Key = tuple[Series, str]
"""A page: its series and the label of its span."""


class Book:
    """All pages of one store, and their contents, in a cloud."""

    def __init__(self, cloud: Cloud, registry: Registry, page_limit: int = PAGE_LIMIT) -> None:
        self.cloud = cloud
        self.registry = registry
        self._page_limit = page_limit
        self._secret: bytes | None = None

    # Looking

    def contents(self) -> tuple[Contents, str | None]:
        """The contents, and the version of their document."""
        document = self.cloud.get(CONTENTS)
        return (Contents.load(document.data), document.version) if document else (Contents(), None)

    def load(self, document: Document, wanted: frozenset[str] | None = None) -> Table:
        return pages.load(document.data, self.registry, wanted)

    def spans(self, contents: Contents, entry: Entry) -> Mapping[str, Figures | None]:
        """The spans of a series; None for one that is being written and not yet counted."""
        if not contents.dirty:
            return entry.spans
        found: dict[str, Figures | None] = dict(entry.spans)
        prefix = page_name(entry.name, "")
        for page in contents.being_written():
            if page.startswith(prefix):
                found.setdefault(page.removeprefix(prefix), None)
        return found

    def figures(self, contents: Contents, entry: Entry) -> list[Figures]:
        """The figures of a series' pages, counted again where they cannot be trusted."""
        found = []
        uncertain = contents.being_written()
        for label, figures in self.spans(contents, entry).items():
            page = page_name(entry.name, label)
            if figures is None or page in uncertain:
                document = self.cloud.get(page)
                figures = count(self.load(document)) if document else None
            if figures is not None:
                found.append(figures)
        return found

    # Editing

    def edit(
        self,
        editors: Callable[[Contents], Mapping[Key, Editor]],
        *,
        scrub: bool = False,
        imported_at: int | None = None,
        forget_import: int | None = None,
    ) -> dict[Key, Counts]:
        """Run an editor on each page, together with the contents; again from the start after a conflict."""
        for _ in range(ATTEMPTS):
            try:
                contents, version = self.contents()
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
        self, batch: _Batch, version: str | None, work: Mapping[Key, Editor], scrub: bool
    ) -> dict[Key, Counts]:
        names = {key: self._name(batch.contents, key[0]) for key in work}
        documents = self.cloud.get_many([page_name(names[key], key[1]) for key in work])
        decisions = [
            self._decide(names[key], key, editor, documents.get(page_name(names[key], key[1])))
            for key, editor in work.items()
        ]
        edits = [d for d in decisions if d.edit is not None]
        dumped = self._dump_all([d.edit.page for d in edits if d.edit is not None])
        changes = [c for d, data in zip(edits, dumped, strict=True) for c in self._changes(batch, d, data)]
        if changes or scrub:
            self.cloud.commit([*changes, batch.put_contents(version)], scrub=scrub)
        return {d.key: d.outcome for d in decisions}

    def _edit_in_order(
        self, batch: _Batch, version: str | None, work: Mapping[Key, Editor], scrub: bool
    ) -> dict[Key, Counts]:
        """On a cloud that may stop between two changes: mark, write history then page, count again, unmark."""
        names = {key: self._name(batch.contents, key[0]) for key in work}
        token = secrets.token_hex(8)
        batch.contents.dirty[token] = {page_name(names[key], key[1]) for key in work}
        by_series = {key[0]: names[key] for key in work}
        for series, name in by_series.items():
            batch.contents.entries.setdefault(series, Entry(series, name))
        self.cloud.commit([batch.put_contents(version)])
        outcomes = {key: self._edit_one(batch, names[key], key, editor, scrub) for key, editor in work.items()}
        self._settle(batch, token, by_series, scrub)
        return outcomes

    def _edit_one(self, batch: _Batch, name: str, key: Key, editor: Editor, scrub: bool) -> Counts:
        page = page_name(name, key[1])
        for _ in range(ATTEMPTS):
            held = self.cloud.get(page)
            if held is None and key[1] in batch.listed.get(key[0], ()):
                raise Conflict(f"The page {page} is being moved by somebody else.")
            decision = self._decide(name, key, editor, held)
            batch.touched.add(page)
            if decision.edit is None:
                return decision.outcome
            changes = self._changes(batch, decision, self._dump(decision.edit.page))
            try:
                self.cloud.commit(changes, scrub=scrub)
            except Conflict:
                _pause()
                continue
            return decision.outcome
        raise _too_busy()

    def _settle(self, batch: _Batch, token: str, names: Mapping[Series, str], scrub: bool) -> None:
        """Count the pages that were written as they are now, and take the mark away."""
        for _ in range(ATTEMPTS):
            contents, version = self.contents()
            for series, name in names.items():
                entry = contents.entries.setdefault(series, Entry(series, name))
                prefix = page_name(name, "")
                labels = {p.removeprefix(prefix) for p in batch.touched if p.startswith(prefix)}
                documents = self.cloud.get_many([prefix + label for label in labels])
                for label in labels:
                    document = documents.get(prefix + label)
                    if document is None:
                        entry.spans.pop(label, None)
                    else:
                        entry.spans[label] = count(self.load(document))
            contents.dirty.pop(token, None)
            batch.note(contents)
            try:
                self.cloud.commit([Change(CONTENTS, contents.dump(), version)], scrub=scrub)
                return
            except Conflict:
                _pause()
        raise _too_busy()

    def _decide(self, name: str, key: Key, editor: Editor, held: Document | None) -> _Decision:
        """Run one editor on a page, which reads the page's history only if the editor asks for it."""
        past: list[Document | None] = []

        def history() -> Table | None:
            past[:] = [self.cloud.get(history_name(name, key[1]))]
            return self.load(past[0]) if past[0] else None

        edit = editor(Held(self.load(held) if held else None, history))
        if isinstance(edit, Counts):
            return _Decision(name, key, edit, None, held, past)
        return _Decision(name, key, edit.outcome, edit, held, past)

    def _changes(self, batch: _Batch, decision: _Decision, data: bytes | None) -> list[Change]:
        """The changes of documents that an edit comes to: history first, then the page."""
        name, (series, label), edit = decision.name, decision.key, decision.edit
        assert edit is not None
        if data is not None and len(data) > self._page_limit and spans.finer(label):
            return self._split(batch, decision)
        changes: list[Change] = []
        if decision.past:
            changes += _put(history_name(name, label), self._dump(edit.history), decision.past[0])
        batch.set(series, name, label, None if edit.page is None else count(edit.page))
        return [*changes, *_put(page_name(name, label), data, decision.held)]

    def _split(self, batch: _Batch, decision: _Decision) -> list[Change]:
        """The same records, and their history, as pages of the next smaller span; then the larger page goes."""
        name, (series, label), edit = decision.name, decision.key, decision.edit
        assert edit is not None
        assert edit.page is not None
        old = history_name(name, label)
        past = decision.past[0] if decision.past else self.cloud.get(old)
        history = edit.history if decision.past else (self.load(past) if past else None)
        changes: list[Change] = []
        for part, page, earlier in _parts(label, edit.page, history):
            # A writer that was killed while it split may have left such pages; the larger one is what counts.
            mine = page_name(name, part)
            held, held_past = self.cloud.get(mine), self.cloud.get(history_name(name, part))
            batch.touched.add(mine)
            smaller = _Decision(name, (series, part), Counts(), Edit(page, earlier), held, [held_past])
            changes += self._changes(batch, smaller, self._dump(page))
        batch.set(series, name, label, None)
        return [*changes, *_put(old, None, past), *_put(page_name(name, label), None, decision.held)]

    def _dump(self, table: Table | None) -> bytes | None:
        if table is None or not len(table):
            return None
        return pages.dump(used_sources(table), binary=self.cloud.binary)

    def _dump_all(self, tables: Sequence[Table | None]) -> list[bytes | None]:
        """Pages of many tables; deflating, half of the work, runs on two threads as it frees the interpreter."""
        if len(tables) < 64 or not self.cloud.binary:
            return [self._dump(t) for t in tables]
        drafts = [pages.draft(used_sources(t)) if t is not None and len(t) else None for t in tables]
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda draft: draft.finish() if draft is not None else None, drafts))

    # Repairing

    def rebuild(self) -> None:
        """Make the contents anew from the pages: after damage, or after a writer was killed."""
        for _ in range(ATTEMPTS):
            old, version = self._contents_or_none()
            contents = Contents(imports=old.imports if old else [])
            names = self.cloud.list("page.")
            for name, document in sorted(self.cloud.get_many(names).items()):
                table = self.load(document)
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
        except DamagedPage:
            return None, document.version

    def _repair(self) -> None:
        """After a conflict: if a page that the contents list is gone, a writer was killed while it split; rebuild."""
        if self.cloud.atomic:
            return
        contents, _ = self.contents()
        for entry in contents.entries.values():
            names = [page_name(entry.name, label) for label in entry.spans]
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

    def erase_everything(self) -> None:
        """Erase every document, the secret included; the next write makes a new one."""
        for _ in range(ATTEMPTS):
            documents = self.cloud.get_many(self.cloud.list())
            try:
                self.cloud.commit([Change(n, None, d.version) for n, d in documents.items()], scrub=True)
            except Conflict:
                _pause()
                continue
            self._secret = None
            return
        raise _too_busy()

    def set_secret(self, secret: bytes) -> None:
        """Set the secret of a store that has none yet; one that has keeps its own."""
        try:
            self.cloud.commit([Change(SECRET, f'"{secret.hex()}"'.encode(), None)])
        except Conflict:
            self._secret = None


@dataclass(frozen=True, slots=True)
class _Decision:
    """What an editor made of a page: the documents as they were, and the edit, if anything changes.

    `past` holds the history's document if the editor asked for it.
    """

    name: str
    key: Key
    outcome: Counts
    edit: Edit | None
    held: Document | None
    past: list[Document | None]


def _parts(label: str, page: Table, history: Table | None) -> Iterator[tuple[str, Table, Table | None]]:
    """A page and its history cut into the next smaller spans."""
    finer = spans.finer(label)
    assert finer is not None
    past: dict[str, Table] = {}
    if history is not None:
        ordered = in_order(history)
        past = {part: ordered.take(rows) for part, rows in spans.cut(ordered.placed(), finer)}
    for part, rows in spans.cut(page.placed(), finer):
        yield part, page.take(rows), past.get(part)


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
        page = page_name(name, label)
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


def page_name(name: str, label: str) -> str:
    return f"page.{name}.{label}"


def history_name(name: str, label: str) -> str:
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
