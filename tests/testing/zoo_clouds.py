"""Bad clouds: each breaks one rule, as a real one might, and no other."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from selfdata_sdk.cloud import Change, Cloud, Document, MemoryCloud
from selfdata_sdk.errors import CloudUnavailable
from selfdata_sdk.testing import clouds
from selfdata_sdk.testing.clouds import FolderCloud, Place
from selfdata_sdk.testing.rule import Rule

New = Callable[[Path], Place]


class MakesOverOthers(MemoryCloud):
    def _expect(self, change: Change) -> None:
        if change.expected is not None:
            super()._expect(change)


class DeletesAnyVersion(MemoryCloud):
    def _expect(self, change: Change) -> None:
        if change.data is not None or self.get(change.name) is None:
            super()._expect(change)


class VersionsByContent(MemoryCloud):
    """Weak versions: what was there before cannot be told from what is there again."""

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        super().commit(changes, scrub=scrub)
        for change in changes:
            if change.data is not None:
                self._documents[change.name] = Document(change.data, hashlib.sha256(change.data).hexdigest())


class VersionsOfTheName(MemoryCloud):
    """Counts for each document, and from the start again once it was deleted."""

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        before = {c.name: int(d.version) for c in changes if (d := self.get(c.name)) is not None}
        super().commit(changes, scrub=scrub)
        for change in changes:
            if change.data is not None:
                self._documents[change.name] = Document(change.data, str(before.get(change.name, 0) + 1))


class TextFiles(MemoryCloud):
    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        fixed = [Change(c.name, c.data and c.data.replace(b"\r\n", b"\n"), c.expected) for c in changes]
        super().commit(fixed, scrub=scrub)


class Reserialises(MemoryCloud):
    def __init__(self) -> None:
        super().__init__(binary=False)

    def get(self, name: str) -> Document | None:
        if (found := super().get(name)) is None:
            return None
        return Document(json.dumps(json.loads(found.data), separators=(",", ":")).encode(), found.version)


class ShortNames(MemoryCloud):
    def get(self, name: str) -> Document | None:
        return super().get(name[:150])

    def get_many(self, names: Collection[str]) -> Mapping[str, Document]:
        return {n: d for n in names if (d := self.get(n)) is not None}

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        super().commit([Change(c.name[:150], c.data, c.expected) for c in changes], scrub=scrub)


class Wildcards(MemoryCloud):
    def list(self, prefix: str = "") -> Sequence[str]:
        return [n for n in super().list() if all(p in ("_", c) for p, c in zip(prefix, n, strict=False))]


class Unsorted(MemoryCloud):
    def list(self, prefix: str = "") -> Sequence[str]:
        found = super().list(prefix)
        return found if len(found) > 6 else found[::-1]


class FirstPageOfAListing(MemoryCloud):
    def list(self, prefix: str = "") -> Sequence[str]:
        return super().list(prefix)[:1000]


class FewAtOnce(MemoryCloud):
    def get_many(self, names: Collection[str]) -> Mapping[str, Document]:
        return super().get_many(list(names)[:999])


class Small(MemoryCloud):
    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        if any(c.data and len(c.data) > 1_000_000 for c in changes):
            raise CloudUnavailable("The document is too large.")
        super().commit(changes, scrub=scrub)


class SaysItIsAtomic(MemoryCloud):
    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        for change in changes:
            super().commit([change], scrub=scrub)


class Backwards(MemoryCloud):
    def __init__(self) -> None:
        super().__init__(atomic=False)

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        super().commit(changes[::-1], scrub=scrub)


class ForgetsWhenClosed(MemoryCloud):
    def close(self) -> None:
        self._documents.clear()


class Caches(FolderCloud):
    """Reads a document once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._read_once: dict[str, Document] = {}
        self._own = threading.RLock()

    def get(self, name: str) -> Document | None:
        with self._own:
            if name not in self._read_once and (found := super().get(name)) is not None:
                self._read_once[name] = found
            return self._read_once.get(name)

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        with self._own:
            super().commit(changes, scrub=scrub)
            for change in changes:
                self._read_once.pop(change.name, None)


class Unguarded(MemoryCloud):
    """Lost updates: between the look and the write somebody else may write."""

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        for change in changes:
            self._expect(change)
        time.sleep(0.002)
        for change in changes:
            if change.data is None:
                del self._documents[change.name]
            else:
                self._documents[change.name] = Document(change.data, str(next(self._versions)))


class InTwoSteps(MemoryCloud):
    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        super().commit(changes, scrub=scrub)
        large = [c.name for c in changes if c.data and len(c.data) > 100_000]
        for name, document in [(n, self._documents[n]) for n in large]:
            self._documents[name] = Document(document.data[:1], document.version)
            time.sleep(0.002)
            self._documents[name] = document


class KeepsVersions(FolderCloud):
    def _change(self, change: Change) -> None:
        file = self._file(change.name)
        if file.exists():
            os.link(file, self.path / f"{time.time_ns()}.old")
        super()._change(change)


class GuardsThreadsOnly(FolderCloud):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._own = threading.Lock()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._own:
            yield

    def _clear_partial(self) -> None:
        if self._file("count").exists():
            time.sleep(0.01)


def in_memory(kind: Callable[[], Cloud]) -> New:
    """One object, however often it is opened."""

    def new(folder: Path) -> Place:
        cloud = kind()
        return Place(lambda: cloud, folder, processes=False)

    return new


def in_folder(kind: Callable[[Path], Cloud], *, processes: bool = True) -> New:
    return lambda folder: Place(partial(kind, folder), folder, processes)


ZOO: dict[str, tuple[New, Rule[Place]]] = {
    "makes over others": (in_memory(MakesOverOthers), clouds.makes_a_document_only_where_there_is_none),
    "deletes any version": (in_memory(DeletesAnyVersion), clouds.changes_only_the_version_expected),
    "versions by content": (in_memory(VersionsByContent), clouds.never_gives_a_version_twice),
    "versions of the name": (in_memory(VersionsOfTheName), clouds.never_gives_a_version_twice),
    "text files": (in_memory(TextFiles), clouds.keeps_the_bytes),
    "reserialises": (in_memory(Reserialises), clouds.keeps_the_bytes),
    "short names": (in_memory(ShortNames), clouds.keeps_names_apart),
    "wildcards": (in_memory(Wildcards), clouds.lists_the_names_that_start_so),
    "unsorted": (in_memory(Unsorted), clouds.lists_the_names_that_start_so),
    "first page of a listing": (in_memory(FirstPageOfAListing), clouds.lists_and_gives_more_than_a_thousand),
    "few at once": (in_memory(FewAtOnce), clouds.lists_and_gives_more_than_a_thousand),
    "small": (in_memory(Small), clouds.holds_five_megabytes),
    "says it is atomic": (in_memory(SaysItIsAtomic), clouds.does_all_or_nothing_if_atomic),
    "backwards": (in_memory(Backwards), clouds.does_changes_in_order_otherwise),
    "forgets when closed": (in_memory(ForgetsWhenClosed), clouds.keeps_everything_when_opened_again),
    "caches": (in_folder(Caches, processes=False), clouds.shows_what_another_wrote),
    "unguarded": (in_memory(Unguarded), clouds.lets_one_of_many_threads_win),
    "guards threads only": (in_folder(GuardsThreadsOnly), clouds.lets_one_of_many_processes_win),
    "in two steps": (in_memory(InTwoSteps), clouds.shows_no_half_document),
    "keeps versions": (in_folder(KeepsVersions), clouds.leaves_nothing_readable_of_what_is_scrubbed),
}
