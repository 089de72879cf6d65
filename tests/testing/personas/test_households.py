"""Many households: all different, the same for a seed, with leaks that are known."""

from __future__ import annotations

from itertools import islice

import pytest

from selfdata_sdk.errors import RequestError
from selfdata_sdk.testing.personas import households
from selfdata_sdk.testing.personas.households import SHARES


def litres(n: int, seed: int = 0) -> list[int]:
    return [
        int(t.ints("litres").sum())
        for p in households(n, seed=seed, days=20)
        for t in p.tables
        if t.series.type == "water.use/1"
    ]


def test_each_is_the_same_however_many_there_are_and_no_two_are_alike() -> None:
    assert litres(8)[:3] == litres(3)
    assert len(set(litres(8))) == 8
    assert litres(3) != litres(3, seed=1)


def test_they_are_made_one_after_the_other() -> None:
    assert [p.name.rpartition("-")[2] for p in islice(households(10**9, days=1), 3)] == ["0", "1", "2"]


def test_as_many_leak_as_is_asked_for() -> None:
    def leaking(leaky: int) -> int:
        return sum(any(t.kind == "leak" for t in p.truths) for p in households(40, leaky=leaky, days=8))

    assert leaking(0) == 0
    assert leaking(100) == 40
    assert 5 < leaking(30) < 20


def test_what_is_planted_happens_in_each_household_that_can_have_it() -> None:
    texts = ["standby@2025-10-03:60W", "gap@2025-10-04:1d:gas", "standby@1999-10-03:60W"]
    found = list(households(12, plant=iter(texts), days=10))
    for p in found:
        told = [str(t) for t in p.truths]
        assert texts[0] in told
        assert texts[2] not in told
        assert (texts[1] in told) == p.home.has_gas
    assert {p.home.has_gas for p in found} == {True, False}
    with pytest.raises(RequestError, match="no kind of truth"):
        next(households(1, plant=["fire@2025-10-03"]))


def test_leaks_last_three_days_or_more_inside_the_data() -> None:
    for p in households(20, leaky=100, days=60):
        (leak,) = [t for t in p.truths if t.kind == "leak"]
        assert leak.amount is not None
        assert 2 < leak.amount < 80
        assert leak.start < p.now
        if leak.end is not None:
            assert (leak.end.date() - leak.start.date()).days >= 3


def test_shares_are_percent() -> None:
    assert sum(SHARES.values()) == 100
