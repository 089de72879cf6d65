"""Flow feeds: the two real files, and what is guessed about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from selfdata_sdk.importers import Options
from selfdata_sdk.importers.flow import EVENT_UNIT, FIXTURE, FLOW_UNIT, HOLD, WHOLE_HOME, FlowEvents, FlowTrace
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.importers.reasons import IMPLAUSIBLE, NO_NUMBER, NO_TIME
from selfdata_sdk.model.time import SECOND

Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]
T = 1_596_503_593


def trace(*lines: tuple[int, object]) -> str:
    return "".join(f"{T + s} {flow}\r\n" for s, flow in lines)


def test_the_real_trace_gives_16615_uses_and_rejects_2279_lines_that_cannot_be_true(read: Read, water: Path) -> None:
    found = read(FlowTrace(), water / "weusedto_wholehouse.csv")
    (uses,) = found.tables
    assert len(uses) == 16_615
    assert len(found.rejections) == 2_279
    assert {r.reason for r in found.rejections} == {IMPLAUSIBLE}
    assert [r.text for r in found.remarks] == [FLOW_UNIT, HOLD, WHOLE_HOME]
    assert (uses.ints("start")[1:] >= uses.ints("end")[:-1]).all()
    assert set(uses.column("quality").list()) == {"questionable"}  # type: ignore[union-attr]


def test_the_real_events_give_1188_uses_of_12_litres_but_four(read: Read, water: Path) -> None:
    found = read(FlowEvents(), water / "weusedto_toilet.csv")
    (uses,) = found.tables
    assert len(uses) == 1_188
    assert uses.ints("litres").sum() == 1_184 * 12_000
    assert found.rejections == []
    assert [r.text for r in found.remarks] == [EVENT_UNIT, FIXTURE]
    first = uses.records()[0]
    assert (first.start, first.end) == (  # type: ignore[attr-defined]
        datetime.fromtimestamp(1_551_112_805, UTC),
        datetime.fromtimestamp(1_551_113_165, UTC),
    )


def test_a_fixture_is_never_in_the_series_of_the_whole_home(read: Read, water: Path) -> None:
    (home,) = read(FlowTrace(), water / "weusedto_wholehouse.csv").tables
    (toilet,) = read(FlowEvents(), water / "weusedto_toilet.csv").tables
    assert home.series.register == ""
    assert toilet.series.register == "fixture"
    (named,) = read(FlowEvents(), water / "weusedto_toilet.csv", Options(register="toilet")).tables
    assert named.series.register == "toilet"
    assert FIXTURE not in [
        r.text for r in read(FlowEvents(), water / "weusedto_toilet.csv", Options(register="t")).remarks
    ]


def test_a_flow_lasts_until_the_next_line_but_not_for_long(read: Read, write: Write) -> None:
    (uses,) = read(FlowTrace(), write(trace((0, 100.0), (10, 50.0), (600, 0.0), (1200, 0.0), (9000, 0.0)))).tables
    lengths = ((uses.ints("end") - uses.ints("start")) // SECOND).tolist()
    assert lengths == [10, 20, 600, 900]
    assert uses.ints("litres").tolist() == [1_000, 1_000, 0, 0]


def test_a_line_that_cannot_be_true_gives_nothing_and_ends_the_one_before(read: Read, write: Write) -> None:
    found = read(FlowTrace(), write(trace((0, 100.0), (10, -12998186.0), (20, 171361968.0), (30, 10.0), (40, 0.0))))
    assert [r.locator for r in found.rejections] == ["line 2", "line 3"]
    (uses,) = found.tables
    assert uses.ints("litres").tolist() == [1_000, 100]


def test_lines_without_a_time_or_a_number_are_rejected(read: Read, write: Write) -> None:
    good = trace(*((10 * i, 1.0) for i in range(30)))
    found = read(FlowTrace(), write(good + f"12 1.0\n{T + 400} x\n{T + 410} 1.0 2.0\n{T + 420} 0.0\n"))
    assert [(r.locator, r.reason) for r in found.rejections[1:]] == [("line 31", NO_TIME), ("line 32", NO_NUMBER)]
    assert found.rejections[0].locator == "line 33"
