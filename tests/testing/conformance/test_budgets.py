from __future__ import annotations

import tracemalloc

from selfdata_sdk import NoInsight, Text

from .saying import found, saying, wrong


def blocks(n: int) -> list[NoInsight]:
    come_back = Text(en="Come back.", fr="Revenez.")
    return [NoInsight(id=f"none-{'x' * i}", reason="nothing_new", help=come_back) for i in range(1, n + 1)]


def test_as_many_blocks_as_are_allowed_are_not_too_many() -> None:
    assert wrong("output-budget", *blocks(25)) == []
    assert wrong("output-budget", *blocks(26)) == [""]


def test_memory_that_somebody_else_traces_is_traced_on() -> None:
    tracemalloc.start()
    try:
        assert found("memory-budget", saying(*blocks(1))).outcome == "kept"
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()
    assert found("memory-budget", saying(*blocks(1))).outcome == "kept"
    assert not tracemalloc.is_tracing()
