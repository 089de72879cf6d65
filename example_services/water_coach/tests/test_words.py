from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from water_coach.advice.words import PARAGRAPH, duration, joined, month, volume

from selfdata_sdk import Text
from selfdata_sdk.model import Measure

sentences = st.builds(Text, en=st.text("ab.", min_size=1, max_size=300), fr=st.text("cd.", min_size=1, max_size=300))


@given(st.lists(sentences, min_size=2, max_size=6))
@settings(deadline=None)
def test_a_paragraph_never_grows_past_what_a_block_holds(texts: list[Text]) -> None:
    said = joined(*texts)
    assert max(len(said.en), len(said.fr)) <= PARAGRAPH
    assert said.en.startswith(texts[0].en)


def test_what_does_not_fit_is_left_out_in_both_languages() -> None:
    long, short = Text(en="a" * 300, fr="b"), Text(en="short", fr="court")
    assert joined(long, long, None, short) == Text(en=f"{'a' * 300} short", fr="b court")


@pytest.mark.parametrize(
    ("litres", "told"), [(412, Measure(412, "L")), (3050, Measure(3.05, "m3", 1)), (138_200, Measure(138.2, "m3"))]
)
def test_volumes_are_litres_and_then_cubic_metres(litres: float, told: Measure) -> None:
    assert volume(litres) == told


def test_long_times_are_days() -> None:
    assert duration(80) == Measure(80, "h")
    assert duration(240.5) == Measure(10, "d")


def test_months_have_their_names() -> None:
    assert month(date(2017, 1, 1)) == Text(en="January 2017", fr="janvier 2017")
