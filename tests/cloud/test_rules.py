"""Every cloud keeps the rules; each bad cloud breaks exactly one of them."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from selfdata_sdk.cloud import Change, Cloud, Document, MemoryCloud, SqliteCloud, Together
from selfdata_sdk.errors import CloudUnavailable, Conflict, RequestError
from selfdata_sdk.testing import clouds
from selfdata_sdk.testing.clouds import RULES, FolderCloud, Place, Rule, broken_rules

New = Callable[[Path], Place]


def in_memory(folder: Path, **kind: bool) -> Place:
    cloud = MemoryCloud(**kind)
    return Place(lambda: cloud, processes=False)


def sqlite(folder: Path) -> Place:
    return Place(partial(SqliteCloud, folder / "person.db"), folder)


def in_folder(folder: Path, binary: bool = True) -> Place:
    return Place(partial(FolderCloud, folder / "cloud", binary=binary), folder)


def folder_together(path: Path, binary: bool) -> Cloud:
    return Together(FolderCloud(path, binary=binary), patience=0.2)


def together(folder: Path, binary: bool = True) -> Place:
    return Place(partial(folder_together, folder / "cloud", binary), folder)


GOOD: dict[str, New] = {
    "memory": in_memory,
    "memory, one change at a time, JSON only": partial(in_memory, atomic=False, binary=False),
    "sqlite": sqlite,
    "folder": in_folder,
    "folder, JSON only": partial(in_folder, binary=False),
    "folder, together": together,
    "folder, JSON only, together": partial(together, binary=False),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("new", GOOD.values(), ids=GOOD)
def test_a_good_cloud_keeps_every_rule(new: New, rule: Rule, tmp_path: Path) -> None:
    rule(new(tmp_path))


# The zoo


class MakesOverOthers(MemoryCloud):
    def _expect(self, change: Change) -> None:
        if change.expected is not None:
            super()._expect(change)


class IgnoresVersions(MemoryCloud):
    def _expect(self, change: Change) -> None:
        if change.expected is None:
            super()._expect(change)


class VersionsByContent(MemoryCloud):
    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        super().commit(changes, scrub=scrub)
        for change in changes:
            if change.data is not None:
                version = hashlib.sha256(change.data).hexdigest()
                self._documents[change.name] = Document(change.data, version)


class TextFiles(MemoryCloud):
    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        fixed = [Change(c.name, c.data and c.data.replace(b"\r\n", b"\n"), c.expected) for c in changes]
        super().commit(fixed, scrub=scrub)


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
        return super().list(prefix)[::-1]


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


class Unguarded(MemoryCloud):
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
        time.sleep(0.01)


def with_files(kind: Callable[[Path], Cloud]) -> New:
    return lambda folder: Place(partial(kind, folder / "cloud"), folder)


def forgetful(folder: Path) -> Place:
    return Place(MemoryCloud, processes=False)


def object_of(kind: Callable[[], Cloud]) -> New:
    def new(folder: Path) -> Place:
        cloud = kind()
        return Place(lambda: cloud, processes=False)

    return new


ZOO: list[tuple[New, Rule]] = [
    (object_of(MakesOverOthers), clouds.makes_a_document_only_where_there_is_none),
    (object_of(VersionsByContent), clouds.never_gives_a_version_twice),
    (object_of(TextFiles), clouds.keeps_the_bytes),
    (object_of(ShortNames), clouds.keeps_names_apart),
    (object_of(Wildcards), clouds.lists_the_names_that_start_so),
    (object_of(Unsorted), clouds.lists_the_names_that_start_so),
    (object_of(Small), clouds.holds_five_megabytes),
    (object_of(SaysItIsAtomic), clouds.does_all_or_nothing_if_atomic),
    (object_of(Backwards), clouds.does_changes_in_order_otherwise),
    (forgetful, clouds.keeps_everything_when_opened_again),
    (object_of(Unguarded), clouds.lets_one_of_many_threads_win),
    (with_files(GuardsThreadsOnly), clouds.lets_one_of_many_processes_win),
    (object_of(InTwoSteps), clouds.shows_no_half_document),
    (with_files(KeepsVersions), clouds.leaves_nothing_readable_of_what_is_scrubbed),
]


@pytest.mark.parametrize(("bad", "rule"), ZOO, ids=lambda part: getattr(part, "__name__", ""))
def test_a_bad_cloud_breaks_its_rule_and_no_other(bad: New, rule: Rule, tmp_path: Path) -> None:
    numbers = count()

    def new_place() -> Place:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return bad(folder)

    assert [r.__name__ for r in broken_rules(new_place)] == [rule.__name__]


def test_a_cloud_that_ignores_versions_breaks_the_two_rules_that_rest_on_them() -> None:
    broken = broken_rules(lambda: object_of(IgnoresVersions)(Path()))
    assert broken == [clouds.changes_only_the_version_expected, clouds.does_all_or_nothing_if_atomic]


def test_every_rule_has_a_bad_cloud() -> None:
    assert {r for _, r in ZOO} | {clouds.changes_only_the_version_expected} == set(RULES)


@pytest.mark.parametrize("name", ["", "A", "é", "a/b", "..", ".a", "a b", "x" * 201, "a\n"])
def test_names_that_not_every_cloud_can_hold_are_refused(name: str) -> None:
    with pytest.raises(RequestError):
        Change(name, b"", None)


def test_a_folder_removes_what_a_killed_writer_left(tmp_path: Path) -> None:
    cloud = FolderCloud(tmp_path)
    (tmp_path / "0123.partial").write_bytes(b"half")
    cloud.commit([Change("a", b"1", None)])
    assert not list(tmp_path.glob("*.partial"))


def test_conflict_is_an_error_that_may_pass() -> None:
    cloud = MemoryCloud()
    with pytest.raises(Conflict, match="changed by somebody else"):
        cloud.commit([Change("a", b"1", "never")])
