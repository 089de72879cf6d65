"""Settings as people give them: `--set goal=100`."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from selfdata_sdk.errors import RequestError
from selfdata_sdk.model import Text
from selfdata_sdk.service.setting import Option, Setting, option_of, read_settings

TITLE = Text(en="Title", fr="Titre")


def option(annotation: Any, default: Any, **more: Any) -> Option:
    return option_of("it", annotation, Setting(TITLE, **more), default, "service(it)")


@pytest.mark.parametrize(
    ("annotation", "default", "given", "value"),
    [
        (int, 1, "100", 100),
        (int, 1, "-3", -3),
        (float, 1.0, "2.5", 2.5),
        (float, 1.0, "2,5", 2.5),
        (float, 1.0, 3, 3.0),
        (bool, False, "yes", True),
        (bool, True, "off", False),
        (str, "a", "12", "12"),
        (Literal["flat", "house"], "flat", "house", "house"),
    ],
)
def test_a_value_is_read_from_its_text(annotation: Any, default: Any, given: Any, value: Any) -> None:
    read = option(annotation, default).read(given)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("annotation", "default", "given"),
    [
        (int, 1, "1.5"),
        (int, 1, "many"),
        (int, 1, "1_000"),
        (int, 1, "9" * 17),
        (int, 1, 1.5),
        (int, 1, True),
        (float, 1.0, "nan"),
        (float, 1.0, "1e400"),
        (float, 1.0, float("inf")),
        (bool, False, "maybe"),
        (bool, False, 1),
        (str, "a", "two\nlines"),
        (str, "a", "x" * 201),
        (Literal["flat", "house"], "flat", "boat"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(annotation: Any, default: Any, given: Any) -> None:
    with pytest.raises(RequestError) as caught:
        option(annotation, default).read(given)
    assert caught.value.where == "setting it"
    assert caught.value.next


def test_bounds_hold_for_what_is_given() -> None:
    bounded = option(int, 50, ge=20, le=500)
    assert [bounded.read("20"), bounded.read("500")] == [20, 500]
    for outside in ("19", "501"):
        with pytest.raises(RequestError):
            bounded.read(outside)


def test_what_is_not_given_has_its_default() -> None:
    options = (option(int, 50),)
    assert read_settings(options, {}) == {"it": 50}
    assert read_settings(options, {"it": "60"}) == {"it": 60}


def test_a_setting_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(RequestError, match=r"has no setting gaol\. It has it"):
        read_settings((option(int, 50),), {"gaol": "60"})
