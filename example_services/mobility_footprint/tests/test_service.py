"""The whole way: personas through the broker into the service, blocks out."""

from __future__ import annotations

from pathlib import Path

from mobility_footprint import mobility_footprint

from selfdata_sdk import Block, Card, NoInsight
from selfdata_sdk.service.deriving import is_stale
from selfdata_sdk.service.project import Project
from selfdata_sdk.testing import persona, run_on

ROOT = Path(__file__).parents[1]


def blocks(name: str) -> dict[str, Block]:
    return {b.id: b for b in run_on(mobility_footprint, persona(name)).blocks}


def test_a_driver_learns_of_fuel_and_of_ways_that_emit_less() -> None:
    found = blocks("family_garden")
    assert {"footprint", "commute", "alternatives", "money", "fuel", "inferred", "modes", "months"} <= set(found)
    alternatives = found["alternatives"]
    assert isinstance(alternatives, Card)
    assert "electric bike" in alternatives.body.en


def test_a_rider_of_the_metro_pays_a_pass_and_is_told_of_no_worse_way() -> None:
    found = blocks("single_flat")
    commute = found["commute"]
    assert isinstance(commute, Card)
    assert "€" in commute.headline.en
    assert "alternatives" not in found
    assert "fuel" not in found


def test_what_is_inferred_is_said_with_its_share() -> None:
    card = blocks("electric_commuter")["inferred"]
    assert isinstance(card, Card)
    assert card.metric is not None
    assert 15 < card.metric.value < 45


def test_a_commute_that_costs_nothing_here_says_no_price() -> None:
    commute = blocks("electric_commuter")["commute"]
    assert isinstance(commute, Card)
    assert "€" not in commute.headline.en


def test_without_data_it_says_what_would_help() -> None:
    (block,) = run_on(mobility_footprint, [], now=persona("single_flat").now).blocks
    assert isinstance(block, NoInsight)


def test_the_manifest_is_what_the_code_asks_for() -> None:
    assert not is_stale(ROOT / "mobility_footprint" / "manifest.json", mobility_footprint, Project.read(ROOT))
