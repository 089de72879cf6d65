"""Settings read from a manifest alone are those of the service's own code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk import Block, Context, Setting, Text, service
from selfdata_sdk.errors import ManifestError, RequestError
from selfdata_sdk.service.deriving import manifest_of, options_of
from selfdata_sdk.service.manifest import AskedSetting
from selfdata_sdk.service.service import Service
from selfdata_sdk.service.setting import read_settings

TITLE = Text(en="Goal", fr="But")
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
NUMBERS = st.floats(-1e15, 1e15, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-100)
BOUNDS = st.integers(-1000, 1000) | st.integers(-64, 64).map(lambda n: n / 8)
LINES = st.text(st.sampled_from("abÉ '1-"), min_size=1, max_size=8).map(str.strip).filter(lambda t: t and "  " not in t)


def with_setting(kind: type | Any, setting: Setting, default: object) -> Service[...]:
    """A service with one setting, `goal`."""

    def coach(context: Context, goal: Any = default) -> Iterable[Block]:
        return []

    coach.__annotations__["goal"] = Annotated[kind, setting]
    return service(id="org.example.coach", name=TITLE, summary=TITLE)(coach)


@st.composite
def services(draw: st.DrawFn) -> Service[...]:
    """With a setting of any kind, and bounds or choices around its default."""
    kind = draw(st.sampled_from([int, float, bool, str, Literal]))
    if kind is bool:
        return with_setting(bool, Setting(TITLE), draw(st.booleans()))
    if kind is str:
        return with_setting(str, Setting(TITLE), draw(LINES | st.just("")))
    if kind is Literal:
        choices = tuple(draw(st.lists(LINES, min_size=1, max_size=4, unique=True)))
        return with_setting(str, Setting(TITLE, choices=choices), draw(st.sampled_from(choices)))
    default = draw(WHOLE if kind is int else NUMBERS | st.integers(-100, 100))
    low, high = draw(st.none() | BOUNDS), draw(st.none() | BOUNDS)
    low = None if low is None or low > default else low
    high = None if high is None or high < default else high
    return with_setting(kind, Setting(TITLE, low, high), default)


GIVEN = st.one_of(
    st.none(),
    st.booleans(),
    WHOLE,
    NUMBERS,
    LINES,
    st.sampled_from(["yes", "true", "OFF", "1", "-3", "2,5", "0.1", "1e3"]),
)


def read(options: Any, given: object) -> object:
    try:
        return read_settings(options, {} if given is None else {"goal": given})
    except RequestError as error:
        return str(error)


@given(services(), GIVEN)
def test_a_value_is_read_or_refused_the_same_with_and_without_the_code(own: Service[...], given: object) -> None:
    options = options_of(manifest_of(own))
    assert options == own.options
    one, other = read(options, given), read(own.options, given)
    assert one == other
    assert type(one) is type(other)


@pytest.mark.parametrize("default", [0.1 + 0.2, 1 / 30, 1e-7 / 3, -2.5e-20, 123456789.123456789, -0.0, 7])
def test_a_number_of_many_digits_is_a_default_like_any_other(default: float) -> None:
    own = with_setting(float, Setting(TITLE), default)
    (option,) = options_of(manifest_of(own))
    assert option.default == default
    assert type(option.default) is float


@pytest.mark.parametrize(
    ("kind", "default", "more", "what"),
    [
        ("integer", "1.5", {}, "not a whole number"),
        ("integer", "many", {}, "not a whole number"),
        ("integer", "19", {"ge": "20"}, "at least 20"),
        ("number", "1e3", {}, "not a number"),
        ("number", "nan", {}, "not a number"),
        ("number", "1" + "0" * 190 + ".5", {}, "too large"),
        ("number", "2", {"le": "1.5"}, "at most 1.5"),
        ("boolean", "perhaps", {}, "not yes or no"),
        ("text", "c", {"choices": ("a", "b")}, "none of the choices"),
        ("text", "two\nlines", {}, "not one clean line"),
    ],
)
def test_a_foreign_manifest_with_a_default_that_is_not_allowed_is_refused(
    kind: Any, default: str, more: dict[str, Any], what: str
) -> None:
    manifest = manifest_of(with_setting(int, Setting(TITLE), 1))
    asked = AskedSetting(kind=kind, title=TITLE, default=default, **more)
    with pytest.raises(ManifestError, match="default of goal is not allowed") as refused:
        options_of(manifest.model_copy(update={"settings": {"goal": asked}}))
    assert what in refused.value.what
