from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from water_coach import TARIFF, water_coach
from water_coach.references import cause, causes, leak_rule, norm, tariff

DATA = Path(__file__).parents[1] / "water_coach" / "data"
TARIFFS = sorted(p.stem for p in (DATA / "tariffs").glob("*.json"))


def test_every_tariff_can_be_chosen_and_every_choice_is_there() -> None:
    (choice,) = [o for o in water_coach.options if o.title == TARIFF.title]
    assert sorted(choice.choices or ()) == TARIFFS


@pytest.mark.parametrize("name", TARIFFS)
def test_a_tariff_is_dated_sourced_and_starts_at_nothing(name: str) -> None:
    found, raw = tariff(name), json.loads((DATA / "tariffs" / f"{name}.json").read_text("utf-8"))
    assert found.valid_from >= date(2024, 1, 1)
    assert raw["sources"]
    for part in found.parts:
        above = [b.above for b in part.blocks]
        assert above[0] == 0
        assert above == sorted(set(above))


def test_money_is_never_a_float_in_the_data() -> None:
    def refuse(number: str) -> float:
        raise AssertionError(f"a float in a tariff: {number}")

    for name in TARIFFS:
        json.loads((DATA / "tariffs" / f"{name}.json").read_text("utf-8"), parse_float=refuse)


def test_every_flow_has_one_likely_cause() -> None:
    for before, after in zip(causes(), causes()[1:], strict=False):
        assert before.high == after.low
    assert causes()[0].low == 0
    assert "tap" in cause(3.4).name.en
    assert "valve" in cause(14).name.en
    assert "toilet" in cause(22).name.en
    assert "pipe" in cause(5000).name.en


def test_the_rule_and_the_norm_are_those_of_the_sources() -> None:
    rule = leak_rule()
    assert (rule.rest_hours, rule.base_flow, rule.base_hours, rule.coverage) == (72, 20, 24, 0.9)
    assert (norm().litres, norm().year) == (147, 2019)
