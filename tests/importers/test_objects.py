"""What an object of a JSON file holds, as far as the first bytes show."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.importers.file import Sample
from selfdata_sdk.importers.objects import first, top_keys


def sample(text: str) -> Sample:
    return Sample(text.encode(), len(text.encode()), "x")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('{"a": {"b": 1}, "c": ["d", {"e": 2}], "f": "g: h"', {"a", "c", "f"}),
        (' [{"a": 1}, {"b": 2}]', {"a"}),
        ('{"a\\"b": 1, "c": "}"}', {'a\\"b', "c"}),
        ("[]", set()), ("[1, 2]", set()), ("text", set()), ('"a": 1', set()), ("{", set()),
    ],
)  # fmt: skip
def test_the_names_of_the_outermost_object_are_seen_even_if_it_is_cut(text: str, keys: set[str]) -> None:
    assert top_keys(sample(text)) == keys


@given(
    st.dictionaries(
        st.text("abc", min_size=1), st.recursive(st.text(), lambda t: st.lists(t) | st.dictionaries(st.text(), t))
    )
)
def test_the_names_are_those_that_json_has(value: dict[str, object]) -> None:
    assert top_keys(sample(json.dumps(value, ensure_ascii=False))) == set(value)


def test_the_first_of_several_names_is_taken() -> None:
    assert first({"b": 2, "c": 3}, "a", "b", "c") == 2
    assert first({"b": None}, "a", "b") is None
    assert first([], "a") is None
