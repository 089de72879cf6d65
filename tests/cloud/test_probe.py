"""The probe: a cloud that lets a writer replace what it has not seen may not hold grants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from selfdata_sdk.cloud import Change, Cloud, Document, MemoryCloud, SqliteCloud, Together
from selfdata_sdk.cloud.probe import probe
from selfdata_sdk.errors import RequestError
from selfdata_sdk.testing.clouds import FolderCloud


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: MemoryCloud(),
        lambda folder: MemoryCloud(atomic=False, binary=False),
        lambda folder: SqliteCloud(folder / "store.sqlite"),
        lambda folder: FolderCloud(folder / "store"),
        lambda folder: Together(FolderCloud(folder / "store")),
    ],
    ids=["memory", "lesser memory", "sqlite", "folder", "folder, together"],
)
def test_a_cloud_that_keeps_its_promises_passes_and_holds_nothing_of_it(
    make: Callable[[Path], Cloud], tmp_path: Path
) -> None:
    with make(tmp_path) as cloud:
        probe(cloud)
        assert list(cloud.list()) == []


class Bad(MemoryCloud):
    """Makes the changes that `ignores` names whatever version they expect."""

    def __init__(self, ignores: Callable[[Change, Document | None], bool], *, atomic: bool = True) -> None:
        super().__init__(atomic=atomic)
        self._ignores = ignores

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        for change in changes:
            held = self.get(change.name)
            if self._ignores(change, held):
                change = Change(change.name, change.data, held.version if held else None)
            super().commit([change])


class Forgets(MemoryCloud):
    """Takes a document, and does not have it."""

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        pass


class Silent(MemoryCloud):
    """Does not make what was not expected, and does not say so."""

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        super().commit([c for c in changes if self._is_expected(c)])

    def _is_expected(self, change: Change) -> bool:
        held = self.get(change.name)
        return (held.version if held else None) == change.expected


BAD: dict[str, Cloud] = {
    "replaces anything": Bad(lambda change, held: True),
    "makes over what is there": Bad(lambda change, held: change.expected is None),
    "replaces an old version": Bad(lambda change, held: change.data is not None and change.expected is not None),
    "deletes an old version": Bad(lambda change, held: change.data is None),
    "forgets": Forgets(),
    "says nothing of a conflict": Silent(),
}


@pytest.mark.parametrize("cloud", BAD.values(), ids=BAD.keys())
def test_a_cloud_that_breaks_one_promise_is_refused(cloud: Cloud) -> None:
    with pytest.raises(RequestError, match="loses writes"):
        probe(cloud)
    assert list(cloud.list()) == []


def test_a_cloud_that_breaks_its_promise_is_refused_also_where_changes_are_made_together() -> None:
    with pytest.raises(RequestError, match="loses writes"):
        probe(Together(Bad(lambda change, held: True, atomic=False)))
