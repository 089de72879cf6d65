"""One's own code runs in this process: what it took is known at the end, and what it reached for is named."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from selfdata_sdk import Block, Context, Text, service
from selfdata_sdk.errors import ServiceFailed
from selfdata_sdk.host.engine import InProcess, Usage
from selfdata_sdk.service.calling import Given
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.service.service import Service

from .person import NOW, SOME, card

GIVEN = Given({}, NOW, "UTC", "en", {})


@service(id="org.example.working", name=SOME, summary=SOME)
def working(context: Context) -> Iterable[Block]:
    yield card(id="first")
    until = time.thread_time() + 0.02
    while time.thread_time() < until:
        pass
    yield card(id="second")


@service(id="org.example.reading", name=SOME, summary=Text(en="Reads.", fr="Lit."))
def reading(context: Context) -> Iterator[Block]:
    Path("/").stat()
    with Path(__file__).open("rb"):
        yield card()
    raise ValueError


def names(own: Service[...], found: list[str]) -> Iterator[object]:
    return iter(InProcess(own, found.append).start(manifest_of(own), GIVEN))


def test_it_says_that_nothing_holds_the_code_and_that_it_is_not_pinned() -> None:
    assert (InProcess(working).walls, InProcess(working).code) == ((), "")


def test_blocks_come_one_by_one() -> None:
    running = iter(InProcess(working).start(manifest_of(working), GIVEN))
    assert next(running) == card(id="first")


def test_nothing_runs_before_it_is_iterated(tmp_path: Path) -> None:
    @service(id="org.example.marking", name=SOME, summary=SOME)
    def marking(context: Context) -> Iterable[Block]:
        (tmp_path / "mark").touch()
        return []

    running = InProcess(marking).start(manifest_of(marking), GIVEN)
    assert not (tmp_path / "mark").exists()
    assert list(running) == []
    assert (tmp_path / "mark").exists()


def test_what_a_run_took_is_known_when_it_ended() -> None:
    running = InProcess(working).start(manifest_of(working), GIVEN)
    assert running.usage == Usage()
    assert len(list(running)) == 2
    assert running.usage.seconds >= running.usage.cpu_seconds >= 0.02
    assert running.usage.peak_memory == 0, "of one run in a process that does more, it is not known"


def test_what_a_run_took_is_known_also_when_it_fails() -> None:
    running = InProcess(reading).start(manifest_of(reading), GIVEN)
    with pytest.raises(ServiceFailed):
        list(running)
    assert running.usage.seconds > 0


def test_what_the_code_reaches_for_is_named_and_what_its_host_does_meanwhile_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [p for p in sys.path if not Path(__file__).is_relative_to(p or ".")])
    found: list[str] = []
    running = names(reading, found)
    next(running)
    (tmp_path / "page").write_text("what the host writes between two blocks")
    assert found == ["open"]
    with pytest.raises(ServiceFailed):
        next(running)
    assert found == ["open"]


def test_code_that_only_computes_is_told_nothing_of() -> None:
    found: list[str] = []
    assert len(list(names(working, found))) == 2
    assert found == []
