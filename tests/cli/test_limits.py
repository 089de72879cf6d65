"""Limits as a person writes them."""

from __future__ import annotations

from typing import Any

import pytest

from selfdata_sdk.cli.limits import idle, need_named, read_limits
from selfdata_sdk.consent.grant import Limits
from selfdata_sdk.errors import RequestError
from selfdata_sdk.model import REGISTRY
from selfdata_sdk.service.manifest import AskedNeed, Manifest

NEED: dict[str, Any] = {
    "record_type": "water.use/1", "fields": ["litres"], "granularity": "hour", "at_worst": "day", "back": "P30D",
    "why": {"en": "For the purpose of this very test", "fr": "Pour les besoins de ce test précis"},
}  # fmt: skip


def need(**changes: Any) -> AskedNeed:
    return AskedNeed.model_validate({**NEED, **changes})


def read(text: str) -> Limits:
    return read_limits(text, "water", need(), REGISTRY)


def test_each_axis_is_read() -> None:
    assert read("granularity=day,back=P7D") == Limits(granularity="day", back="P7D")
    assert read(" back = P7D , where.basis = reported|readings ") == Limits(
        back="P7D", where={"basis": ("reported", "readings")}
    )


@pytest.mark.parametrize(
    ("text", "what", "step"),
    [
        ("", "No limit was named.", "water:granularity=day"),
        ("granularity", "No limit was named.", "water:granularity=day"),
        ("granularity=day,", "No limit was named.", "water:granularity=day"),
        ("granularty=day", "There is no limit “granularty”.", "Did you mean granularity?"),
        ("basis=reported", "There is no limit “basis”.", "where.basis"),
        ("where.litres=1", "There is no limit “where.litres”.", "where.basis"),
        ("where.quality=measured", "There is no limit “where.quality”.", "where.basis"),
        ("colour=red", "There is no limit “colour”.", "It has granularity, back, where.basis."),
        ("precision=1km", "There is no limit “precision”.", "It has granularity, back, where.basis."),
        ("granularity=week", "granularity has no value “week”.", "It has total, year, month, day"),
        ("granularity=day|hour", "granularity has no value “day|hour”.", "It has total, year, month, day"),
        ("where.basis=reported|guessed", "where.basis has no value “guessed”.", "It has reported, readings."),
        ("back=soon", "“soon” is no length of time.", "Write it like P30D"),
        ("back=P0D", "“P0D” is no length of time.", "Write it like P30D"),
    ],
)
def test_what_cannot_be_a_limit_is_refused_with_what_can(text: str, what: str, step: str) -> None:
    with pytest.raises(RequestError) as refused:
        read(text)
    assert what in refused.value.what
    assert step in refused.value.next
    assert refused.value.where == "--limit water"
    assert refused.value.sentences("fr") != refused.value.sentences("en")


def test_of_a_record_type_that_is_not_known_only_time_can_be_limited() -> None:
    unknown = need(record_type="org.example.thing/1")
    assert read_limits("back=P7D", "thing", unknown, REGISTRY) == Limits(back="P7D")
    with pytest.raises(RequestError, match="It has granularity, back"):
        read_limits("where.kind=a", "thing", unknown, REGISTRY)


@pytest.mark.parametrize(
    ("asked", "limits", "axes"),
    [
        ({}, Limits(granularity="day", back="P7D"), []),
        ({}, Limits(granularity="hour", back="P30D"), ["granularity", "back"]),
        ({}, Limits(granularity="raw", back="P1Y"), ["granularity", "back"]),
        ({"precision": "1km"}, Limits(precision="exact"), ["precision"]),
        ({"precision": "1km"}, Limits(precision="10km"), []),
        ({"where": {"basis": ["reported"]}}, Limits(where={"basis": ("reported", "readings")}), ["where.basis"]),
        ({}, Limits(where={"basis": ("reported",)}), []),
    ],
)
def test_a_limit_that_allows_all_that_is_asked_is_idle(asked: dict[str, Any], limits: Limits, axes: list[str]) -> None:
    assert list(idle(need(**asked), limits)) == axes


def test_a_need_that_is_not_there_is_refused_with_the_nearest() -> None:
    text = {"en": "Some text", "fr": "Un texte"}
    value = {
        "id": "org.example.coach", "version": "1.0.0", "sdk": "", "function": "coach:coach", "name": text, "summary": text,
        "publisher": {"name": "Example"}, "licence": "MIT", "needs": {"water": NEED}, "outputs": {"kinds": ["card"]},
    }  # fmt: skip
    manifest = Manifest.model_validate(value)
    assert need_named(manifest, "water") == "water"
    with pytest.raises(RequestError, match=r"Did you mean water\?"):
        need_named(manifest, "watr")
    with pytest.raises(RequestError, match="It has water"):
        need_named(manifest, "bank")
