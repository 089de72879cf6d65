"""Home energy keeps every rule for services, and says what is so in invented homes."""

from __future__ import annotations

import pytest
from home_energy import home_energy

from selfdata_sdk import Block, Card
from selfdata_sdk.testing import persona, run_on, service_tests

TestHomeEnergy = service_tests(home_energy)


def said(name: str, *truths: str) -> dict[str, Block]:
    return {block.id: block for block in run_on(home_energy, persona(name, plant=truths)).blocks}


def card(blocks: dict[str, Block], id: str) -> Card:
    found = blocks[id]
    assert isinstance(found, Card)
    return found


@pytest.mark.parametrize(
    ("name", "headline"),
    [
        ("single_flat", "of your electricity goes into heating"),
        ("slow_leak_couple", "of your gas goes into heating"),
        ("holiday_family", "of your gas goes into heating"),
        ("shift_worker", "No heating shows"),
    ],
)
def test_what_heats_is_told(name: str, headline: str) -> None:
    assert headline in card(said(name), "heating").headline.en


def test_something_left_on_is_found_with_its_day_and_power() -> None:
    rise = card(said("slow_leak_couple", "standby@2026-03-12:60W"), "rise")
    assert rise.headline.en == "Since 12 Mar 2026 about 60\u00a0W more runs all the time"
    assert rise.tone == "attention"


@pytest.mark.parametrize("name", ["single_flat", "family_garden", "electric_commuter", "shift_worker", "second_home"])
def test_nothing_was_left_on_where_nothing_was_planted(name: str) -> None:
    assert "rise" not in said(name)


def test_a_water_heater_of_the_night_is_seen() -> None:
    assert "2.5\u00a0kW runs from 23:00" in card(said("single_flat"), "night").body.en


def test_what_the_contract_charges_is_said_beside_the_offers() -> None:
    assert "At your own contract's prices it is" in card(said("electric_commuter"), "offer").body.en
