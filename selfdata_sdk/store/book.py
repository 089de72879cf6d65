"""The pages of a store as documents of a cloud: how they are named, found, edited together and split."""

from __future__ import annotations

import hashlib
import hmac
import random
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from ..cloud import Change, Cloud, Document
from ..errors import Conflict, DamagedPage
from ..model import Registry, Series, Table
from ..model.time import micros
from . import page as pages
from . import span as spans
from .contents import NAME as CONTENTS
from .contents import Contents, Entry, Figures
from .edit import Counts, Edit, Editor, Held
from .own import StoredTypes
from .rows import count, used_sources

SECRET = "secret"
PAGE_LIMIT = 1_000_000
ATTEMPTS = 40

Result = TypeVar("Result")
Key = tuple[Series, str]
"""A page: its series and the label of its span."""


class Book:
    """All pages of one store, and their contents, in an atomic cloud."""

    def __init__(self, cloud: Cloud, registry: Registry, page_limit: int = PAGE_LIMIT) -> None:
        self.cloud = cloud
        self.registry = StoredTypes(registry, cloud)
        self._page_limit = page_limit
        self._secret: bytes | None = None

    # Looking

    def contents(self) -> tuple[Contents, str | None]:
        """The contents, and the version of their document."""
        document = self.cloud.get(CONTENTS)
        return (Contents.load(document.data), document.version) if document else (Contents(), None)

    def refuse_missing(self, version: str | None) -> None:
        """Say why a page is not there that the contents of `version` list: it was moved, or it is lost."""
        if self.contents()[1] == version:
            raise DamagedPage("A page of this store is missing.", next="Restore a backup, or import the file again.")
        raise Conflict("A page was moved by somebody else.", next="Read again.")

    def load(self, document: Document, wanted: frozenset[str] | None = None) -> Table:
        return pages.load(document.data, self.registry, wanted)

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

        def once() -> dict[Key, Counts]:
            contents, version = self.contents()
            return self._edit_once(_Batch(contents, imported_at, forget_import), version, editors(contents), scrub)

        return retried(once)

    def _edit_once(
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
        if scrub:
            batch.forget_erased(edits)
        if changes or scrub or batch.forgets:
            types = self.registry.changes({series.type for series, _ in work}, batch.contents.types())
            self.cloud.commit([*changes, *types, batch.put_contents(version)], scrub=scrub)
        return {d.key: d.outcome for d in decisions}

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
        parts = list(_parts(label, edit.page, history))
        batch.split(series, name, label, [part for part, _, _ in parts])
        changes: list[Change] = []
        for part, page, earlier in parts:
            held, held_past = self.cloud.get(page_name(name, part)), self.cloud.get(history_name(name, part))
            smaller = _Decision(name, (series, part), Counts(), Edit(page, earlier), held, [held_past])
            changes += self._changes(batch, smaller, self._dump(page))
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
        half = len(drafts) // 2
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(_finished, drafts[:half])
            second = _finished(drafts[half:])
            return [*first.result(), *second]

    # Repairing

    def rebuild(self) -> None:
        """Make the contents anew from the pages, after damage."""
        retried(self._rebuild)

    def _rebuild(self) -> None:
        old, version = self._contents_or_none()
        contents = Contents(imports=old.imports if old else [])
        names = self.cloud.list("page.")
        for name, document in self.cloud.get_many(names).items():
            table = self.load(document)
            stem, _, label = name.removeprefix("page.").rpartition(".")
            contents.entries.setdefault(table.series, Entry(table.series, stem)).spans[label] = count(table)
        self.cloud.commit([Change(CONTENTS, contents.dump(), version)])

    def _contents_or_none(self) -> tuple[Contents | None, str | None]:
        document = self.cloud.get(CONTENTS)
        if document is None:
            return None, None
        try:
            return Contents.load(document.data), document.version
        except DamagedPage:
            return None, document.version

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
        retried(self._erase_everything)
        self._secret = None

    def _erase_everything(self) -> None:
        names = self.cloud.list()
        documents = self.cloud.get_many(names)
        # Names without a document are what a writer that was killed was about to make.
        gone = [Change(n, None, documents[n].version if n in documents else None) for n in names]
        self.cloud.commit(gone, scrub=True)

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
        past = {part: history.take(rows) for part, rows in spans.cut(history.placed(), finer)}
    for part, rows in spans.cut(page.placed(), finer):
        yield part, page.take(rows), past.get(part)


class _Batch:
    """The contents as they will be after an edit."""

    def __init__(self, contents: Contents, imported_at: int | None, forget_import: int | None) -> None:
        self.contents = contents
        self._changed: set[str] = set()
        self._gone: set[str] = set()
        self._imported_at = imported_at
        self._forget_import = forget_import

    @property
    def forgets(self) -> bool:
        return self._forget_import is not None

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

    def split(self, series: Series, name: str, label: str, parts: Sequence[str]) -> None:
        self.contents.entries.setdefault(series, Entry(series, name)).spans.pop(label, None)
        self.contents.move_page(page_name(name, label), {page_name(name, part) for part in parts})

    def forget_erased(self, edits: Iterable[_Decision]) -> None:
        """An import of which a page holds nothing any more did not change that page, as far as anybody can know."""
        for decision in edits:
            assert decision.edit is not None
            left = [used_sources(t) for t in (decision.edit.page, decision.edit.history) if t is not None]
            stamps = {micros(s.retrieved_at) for t in left for s in t.sources}
            self.contents.forget_imports_but(stamps, page_name(decision.name, decision.key[1]))

    def put_contents(self, version: str | None) -> Change:
        contents = self.contents
        contents.forget_pages(self._gone)
        if self._imported_at is not None and self._changed:
            contents.note_import(self._imported_at, self._changed)
        if self._forget_import is not None:
            contents.imports = [i for i in contents.imports if i[0] != self._forget_import]
        return Change(CONTENTS, contents.dump(), version)


def _finished(drafts: Sequence[pages.Draft | None]) -> list[bytes | None]:
    return [None if draft is None else draft.finish() for draft in drafts]


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


def retried(step: Callable[[], Result]) -> Result:
    """Do `step`, again from its start after a conflict with somebody else."""
    for attempt in range(ATTEMPTS):
        try:
            return step()
        except Conflict:
            time.sleep(random.uniform(0.001, 0.02 + attempt / 200))
    raise Conflict("Others keep changing the same pages.", next="Try again when they are done.")
