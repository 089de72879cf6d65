"""`Together`: what a writer began is finished by whoever meets it, or never happens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import pytest

from selfdata_sdk.cloud import Change, Document, MemoryCloud, Together
from selfdata_sdk.cloud.together import INTENT
from selfdata_sdk.errors import CloudUnavailable, Conflict, DamagedPage, NewerFormat


class PowerCut(Exception):
    """The writer is gone."""


class Failing(MemoryCloud):
    """One change at a time; the power goes after `left` of them."""

    def __init__(self, left: int, *, binary: bool = True) -> None:
        super().__init__(atomic=False, binary=binary)
        self.left = left

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        for change in changes:
            if not self.left:
                raise PowerCut
            super().commit([change], scrub=scrub)
            self.left -= 1


def filled(cloud: MemoryCloud) -> list[Change]:
    """A document to change, one to delete; and the commit that changes, deletes and makes one."""
    together = Together(cloud)
    together.commit([Change("a", b'"old"', None), Change("b", b'"old"', None)])
    found = together.get_many(["a", "b"])
    return [
        Change("a", b'"new"', found["a"].version),
        Change("b", None, found["b"].version),
        Change("c", b'"new"', None),
    ]


def seen(cloud: Together) -> dict[str, bytes]:
    return {n: d.data for n, d in cloud.get_many(("a", "b", "c")).items()}


BEFORE = {"a": b'"old"', "b": b'"old"'}
AFTER = {"a": b'"new"', "c": b'"new"'}


@pytest.mark.parametrize("binary", [True, False])
def test_after_a_power_cut_at_any_change_everything_is_as_before_or_as_after(binary: bool) -> None:
    outcomes = []
    for step in range(100):
        cloud = Failing(1000, binary=binary)
        changes = filled(cloud)
        cloud.left = step
        try:
            Together(cloud).commit(changes)
            break
        except PowerCut:
            cloud.left = 1000
        next_one = Together(cloud, patience=0)
        outcomes.append(seen(next_one))
        assert outcomes[-1] in (BEFORE, AFTER)
        if outcomes[-1] == BEFORE:
            next_one.commit(changes)
        assert seen(next_one) == AFTER
        assert next_one.list() == ["a", "c"]
        assert cloud.list() == ["a", "c"], "something of the commit is left"
    assert outcomes == sorted(outcomes, key=lambda o: o == AFTER), "a later cut undid more"
    assert BEFORE in outcomes
    assert AFTER in outcomes
    assert seen(Together(cloud)) == AFTER


def _nothing() -> None:
    pass


class Sleeping(MemoryCloud):
    """One change at a time; before the change of `name`, `meanwhile` happens once, as if we slept."""

    def __init__(self) -> None:
        super().__init__(atomic=False)
        self.sleeps_before = ""
        self.meanwhile: Callable[[], None] = _nothing

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        for change in changes:
            if change.name == self.sleeps_before and change.data not in (None, b"null"):
                self.sleeps_before = ""
                self.meanwhile()
            super().commit([change], scrub=scrub)


def test_a_writer_that_slept_does_not_bring_back_what_was_erased_since() -> None:
    cloud = Sleeping()
    other = Together(cloud, patience=0)

    def finish_and_erase() -> None:
        found = other.get("new")
        assert found is not None, "the other did not finish what the sleeper began"
        other.commit([Change("new", None, found.version)], scrub=True)

    cloud.sleeps_before, cloud.meanwhile = "new", finish_and_erase
    Together(cloud).commit([Change("new", b"personal", None)])
    assert other.get("new") is None
    assert cloud.list() == []


def test_a_writer_that_lost_its_turn_takes_another_and_does_its_commit_once() -> None:
    cloud = Sleeping()
    other = Together(cloud, patience=0)

    def take_the_turn_away() -> None:
        turn = cloud.get(INTENT)
        assert turn is not None
        cloud.commit([Change(INTENT, None, turn.version)])
        other.commit([Change("b", b"theirs", None)])

    class Once:
        done = False

    class LosesItsTurn(Together):
        def _agreed(self, changes: Sequence[Change], scrub: bool):  # type: ignore[no-untyped-def]
            agreed = super()._agreed(changes, scrub)
            if not Once.done:
                Once.done = True
                take_the_turn_away()
            return agreed

    LosesItsTurn(cloud).commit([Change("a", b"ours", None)])
    assert {n: d.data for n, d in other.get_many(["a", "b"]).items()} == {"a": b"ours", "b": b"theirs"}
    assert cloud.list() == ["a", "b"]


def test_a_commit_that_is_refused_gives_its_turn_back() -> None:
    cloud = MemoryCloud(atomic=False)
    together = Together(cloud)
    together.commit([Change("a", b"1", None)])
    with pytest.raises(Conflict):
        together.commit([Change("b", b"1", None), Change("a", b"2", None)])
    assert cloud.list() == ["a"]


def test_somebody_who_keeps_the_turn_is_waited_for_then_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("selfdata_sdk.cloud.together.WAIT_SECONDS", 0.05)
    cloud = MemoryCloud(atomic=False)
    cloud.commit([Change(INTENT, b'{"v":1,"token":"theirs"}', None)])
    with pytest.raises(CloudUnavailable, match="keep writing"):
        Together(cloud).commit([Change("a", b"1", None)])
    Together(cloud, patience=0).commit([Change("a", b"1", None)])
    assert cloud.list() == ["a"]


@pytest.mark.parametrize(
    ("intent", "error"),
    [
        (b'{"v":2,"token":"x","changes":[]}', NewerFormat),
        (b"not json", DamagedPage),
        (b'{"v":1,"token":"x","scrub":false,"base64":true,"changes":[["a",null,"***"]]}', DamagedPage),
        (b"[]", DamagedPage),
    ],
)
def test_what_cannot_be_finished_is_left_alone(intent: bytes, error: type[Exception]) -> None:
    cloud = MemoryCloud(atomic=False)
    cloud.commit([Change(INTENT, intent, None)])
    with pytest.raises(error):
        Together(cloud).get("a")
    with pytest.raises(error):
        Together(cloud).commit([Change("a", b"1", None)])
    assert cloud.list() == [INTENT]


class Counting(MemoryCloud):
    asked = 0

    def get_many(self, names: Collection[str]) -> Mapping[str, Document]:
        self.asked += 1
        return super().get_many(names)


def test_a_read_asks_the_cloud_once() -> None:
    cloud = Counting(atomic=False)
    Together(cloud).get_many(["a", "b", "c"])
    assert cloud.asked == 1
