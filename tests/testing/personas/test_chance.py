"""Chance is the same everywhere and always."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.testing.personas.chance import Chance

NAMES = st.text(max_size=10)


def test_draws_are_those_of_shake_256() -> None:
    """Known bytes: SHAKE-256 of `a/b` starts with these words, each scaled into the range."""
    import hashlib

    words = np.frombuffer(hashlib.shake_256(b"a/b").digest(12), "<u4").tolist()
    assert Chance("a").below("b", 3, 1000).tolist() == [w * 1000 >> 32 for w in words]
    assert Chance("a").below("b", 5, 1000).tolist() == [581, 966, 784, 115, 586]


@given(NAMES, NAMES, st.integers(0, 50), st.integers(0, 50))
def test_a_longer_stream_starts_as_a_shorter_one(key: str, name: str, n: int, more: int) -> None:
    chance = Chance(key)
    assert chance.below(name, n + more, 97)[:n].tolist() == chance.below(name, n, 97).tolist()


@given(NAMES, st.integers(-1000, 1000), st.integers(0, 500))
def test_what_is_drawn_about_a_number_stays_within_the_spread(name: str, middle: int, spread: int) -> None:
    drawn = Chance("k").about(name, 40, middle, spread)
    assert drawn.min() >= middle - spread
    assert drawn.max() <= middle + spread


def test_draws_fill_their_range_evenly() -> None:
    counts = np.bincount(Chance("k").below("n", 100_000, 10), minlength=10)
    assert counts.min() > 9_500
    assert counts.max() < 10_500
    assert 2_800 < Chance("k").happens("h", 10_000, 30).sum() < 3_200


def test_streams_of_other_names_and_parts_differ() -> None:
    chance = Chance("k")
    drawn = {tuple(c.below(n, 8, 10**6)) for c in (chance, chance.of("a"), chance.of("b")) for n in ("x", "y")}
    assert len(drawn) == 6
