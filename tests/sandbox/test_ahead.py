"""Runs that are begun ahead: sooner when they are asked for, and otherwise like any other."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.errors import CpuLimit, ServiceFailed
from selfdata_sdk.host.code import Code, digest_of
from selfdata_sdk.host.sandbox import Limits, Sandbox

IMPORTED = "import time\nSTARTED = time.clock_gettime(time.CLOCK_MONOTONIC)"
SAYS = 'yield card(STARTED, id="started")\nyield card(goal, id="goal")'


@pytest.fixture
def own(sandbox: Sandbox) -> Iterator[Sandbox]:
    with Sandbox(sandbox.modes) as started:
        yield started


def children(sandbox: Sandbox) -> list[int]:
    """The runs below the zygote."""
    assert sandbox.walls

    def below(pid: int) -> list[int]:
        return [int(c) for t in Path(f"/proc/{pid}/task").iterdir() for c in (t / "children").read_text().split()]

    launcher = sandbox._forks._process.pid  # type: ignore[union-attr]
    return below(launcher if sandbox.modes[0] == "landlock" else below(launcher)[0])


def soon(true: Callable[[], bool]) -> bool:
    for _ in range(250):
        if true():
            return True
        time.sleep(0.02)
    return False


def said(done: Any) -> dict[str, float]:
    return {block.id: block.metric.value for block in done.blocks}


def test_from_the_second_run_of_the_same_code_on_the_next_is_begun_ahead(own: Sandbox, written: Any, home: Any) -> None:
    engine = own.engine(written(SAYS, before=IMPORTED))
    home.run(engine)
    assert soon(lambda: children(own) == [])
    home.run(engine)
    assert soon(lambda: len(children(own)) == 1)
    time.sleep(0.2)
    asked = time.clock_gettime(time.CLOCK_MONOTONIC)
    done = said(home.run(engine, settings={"goal": 33}))
    assert done["started"] < asked
    assert done["goal"] == 33


def test_each_run_is_a_process_of_its_own_all_the_same(own: Sandbox, written: Any, home: Any) -> None:
    engine = own.engine(written(SAYS, before=IMPORTED))
    starts = [said(home.run(engine))["started"] for _ in range(6)]
    assert len(set(starts)) == 6


@pytest.mark.parametrize("change", ["other code", "changed code", "other limits"])
def test_a_run_of_other_code_or_limits_does_not_get_it(own: Sandbox, written: Any, home: Any, change: str) -> None:
    code = written("yield card(1)")
    for _ in range(3):
        home.run(own.engine(code))
    if change == "other code":
        code = written("yield card(2)")
    elif change == "changed code":
        file = code.packages["written"] / "__init__.py"
        file.write_text(file.read_text().replace("card(1)", "card(2)"))
        code = Code(code.place, code.packages, digest_of(code.packages))
    else:
        code = written("while True: pass")
        for _ in range(2):
            own.limits = Limits(seconds=0.2)
            with pytest.raises(ServiceFailed):
                home.run(own.engine(code))
        own.limits = Limits(cpu_seconds=1)
        with pytest.raises(CpuLimit):
            home.run(own.engine(code))
        return
    assert [b.metric.value for b in home.run(own.engine(code)).blocks] == [2]
    assert soon(lambda: children(own) == [])


def test_one_that_ended_meanwhile_is_replaced(own: Sandbox, written: Any, home: Any) -> None:
    engine = own.engine(written("yield card(goal)"))
    home.run(engine)
    home.run(engine)
    assert soon(lambda: len(children(own)) == 1)
    os.kill(children(own)[0], signal.SIGKILL)
    assert soon(lambda: children(own) == [])
    assert [b.metric.value for b in home.run(engine, settings={"goal": 44}).blocks] == [44]


def test_what_goes_wrong_in_its_import_is_told_by_the_run_that_gets_it(own: Sandbox, written: Any, home: Any) -> None:
    engine = own.engine(written("yield card()", before="raise KeyError('59 litres')"))
    for _ in range(4):
        with pytest.raises(ServiceFailed, match="The service raised KeyError") as raised:
            home.run(engine)
        assert "59" not in str(raised.value)


def test_a_run_that_waits_longer_than_a_run_may_take_still_has_its_whole_time(
    sandbox: Sandbox, written: Any, home: Any
) -> None:
    with Sandbox(sandbox.modes, Limits(seconds=0.5)) as own:
        engine = own.engine(written("yield card(7)"))
        home.run(engine)
        home.run(engine)
        time.sleep(0.7)
        assert [b.metric.value for b in home.run(engine).blocks] == [7]


def test_it_ends_with_the_sandbox(own: Sandbox, written: Any, home: Any) -> None:
    engine = own.engine(written("yield card()"))
    home.run(engine)
    home.run(engine)
    assert soon(lambda: len(children(own)) == 1)
    (pid,) = children(own)
    own.close()
    assert soon(lambda: not Path(f"/proc/{pid}").exists())


def test_none_is_begun_where_none_is_wanted(sandbox: Sandbox, written: Any, home: Any) -> None:
    with Sandbox(sandbox.modes, ahead=False) as own:
        engine = own.engine(written("yield card()"))
        for _ in range(4):
            home.run(engine)
        assert soon(lambda: children(own) == [])
        time.sleep(0.1)
        assert children(own) == []
