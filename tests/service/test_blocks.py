"""Blocks: what a service gives back, checked, and the same bytes for the same blocks."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from selfdata_sdk.errors import OutputError
from selfdata_sdk.model import SupplyAlert, Text, WaterUse
from selfdata_sdk.model.schema import validator
from selfdata_sdk.service.blocks import (
    BLOCKS,
    MAX_BLOCKS,
    MAX_POINTS,
    Action,
    Alert,
    Ask,
    Block,
    Card,
    Chart,
    Comparison,
    Metric,
    NoInsight,
    Point,
    Points,
    Reference,
    Save,
    blocks_from_json,
    blocks_json,
    outputs_schema,
    reasons,
)

SOME = Text(en="Some text", fr="Un texte")
NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
DAY = Point(at=date(2025, 6, 1), value=3.5)

CARD: dict[str, Any] = {"id": "leak", "headline": SOME, "body": SOME, "why": SOME}
CHART: dict[str, Any] = {
    "id": "days",
    "form": "bars",
    "title": SOME,
    "summary": SOME,
    "unit": "L",
    "time_unit": "day",
    "points": (DAY,),
}
ALERT: dict[str, Any] = {"id": "leak-now", "severity": "urgent", "what": SOME, "what_to_do": SOME}

GOOD: list[Block] = [
    Card(**CARD),
    Card(
        **CARD | {"id": "leak-2", "needs": ("water",), "tone": "attention"},
        metric=Metric(value=np.float64(20.25), unit="L/h", places=1, period=SOME),
        comparison=Comparison(to="norm", value=10, label=SOME),
    ),
    Chart(**CHART, reference=Reference(value=np.int64(120), label=SOME)),
    Chart(**CHART | {"id": "hours", "time_unit": "hour", "points": (Point(at=NOON, value=None, quality="missing"),)}),
    Chart(**CHART | {"id": "kinds", "time_unit": None, "points": (Point(at=SOME, value=1),)}),
    Chart(**CHART | {"id": "two", "form": "compare", "second": Points(label=SOME, points=(DAY,))}),
    Alert(**ALERT, expires=NOON),
    Action(id="how", does="open", label=SOME, target="leaks"),
    Action(id="whom", does="call", label=SOME, target="operator"),
    Action(id="later", does="remind", label=SOME, at=NOON),
    Action(id="helped", does="feedback", label=SOME),
    Ask(id="garden", question="garden", why=SOME),
    Save.of("found", SupplyAlert, at=NOON, commodity="water", kind="leak", level=Decimal("20.5"), unit="L/h"),
    NoInsight(id="nothing", reason="gaps", help=SOME),
]


def test_every_kind_of_block_goes_to_json_and_back() -> None:
    assert {type(b) for b in GOOD} == set(BLOCKS)
    assert blocks_from_json(blocks_json(GOOD)) == GOOD


def test_the_same_blocks_give_the_same_bytes() -> None:
    assert blocks_json(GOOD) == blocks_json(blocks_from_json(blocks_json(GOOD)))


def test_the_published_schema_accepts_them() -> None:
    check = validator(outputs_schema())
    check.validate(json.loads(blocks_json(GOOD)))
    broken = json.loads(blocks_json(GOOD))
    broken[0]["html"] = "<b>no</b>"
    assert not check.is_valid(broken)


def test_a_text_stands_for_each_block() -> None:
    """The fallback is derived in both languages, with the number, unless the author gives one."""
    assert GOOD[1].fallback == Text(
        en="Some text. 20.2\u00a0L/h (Some text). Some text.", fr="Un texte. 20,2\u00a0L/h (Un texte). Un texte."
    )
    assert Card(**CARD, fallback=Text(en="Mine", fr="Le mien")).fallback.en == "Mine"
    assert all(b.fallback.en and b.fallback.fr for b in GOOD)


def test_an_alerts_key_is_its_id_unless_given() -> None:
    assert (Alert(**ALERT).key, Alert(**ALERT, key="leak").key) == ("leak-now", "leak")


def test_texts_are_cleaned() -> None:
    """No line breaks, bidirectional or invisible characters reach a person."""
    said = Card(**CARD | {"headline": {"en": "One\n\u202etwo\u200b", "fr": "Un\tdeux"}}).headline
    assert (said.en, said.fr) == ("One two", "Un deux")


def long(n: int) -> Text:
    return Text(en="x" * n, fr="x")


WRONG: dict[str, tuple[type[Any], dict[str, Any], str]] = {
    "no why": (Card, {k: v for k, v in CARD.items() if k != "why"}, "why"),
    "a long headline": (Card, CARD | {"headline": long(81)}, "headline"),
    "a long body": (Card, CARD | {"body": long(401)}, "body"),
    "a text in one language": (Card, CARD | {"body": {"en": "Only"}}, "body.fr"),
    "an unknown tone": (Card, CARD | {"tone": "angry"}, "tone"),
    "an unknown key": (Card, CARD | {"html": "<b>"}, "html"),
    "an id with blanks": (Card, CARD | {"id": "a leak"}, "id"),
    "a long id": (Card, CARD | {"id": "a" * 65}, "id"),
    "a comparison without a metric": (
        Card,
        CARD | {"comparison": Comparison(to="norm", value=1, label=SOME)},
        "metric",
    ),
    "coverage over one": (Card, CARD | {"coverage": 1.5}, "coverage"),
    "not a number": (Metric, {"value": float("nan"), "unit": "L"}, "value"),
    "an infinite point": (Point, {"at": NOON, "value": float("inf")}, "value"),
    "a moment without zone": (Point, {"at": datetime(2025, 6, 1, 12), "value": 1}, "at"),  # noqa: DTZ001
    "an unknown quality": (Point, {"at": NOON, "value": 1, "quality": "good"}, "quality"),
    "no points": (Chart, CHART | {"points": ()}, "points"),
    "too many points": (Chart, CHART | {"points": (DAY,) * (MAX_POINTS + 1)}, "points"),
    "too many points in all": (
        Chart,
        CHART | {"form": "compare", "points": (DAY,) * MAX_POINTS, "second": Points(label=SOME, points=(DAY,))},
        "2001 points",
    ),
    "days and moments": (Chart, CHART | {"points": (DAY, Point(at=NOON, value=1))}, "mixes"),
    "a comparison of one": (Chart, CHART | {"form": "compare"}, "second series"),
    "bars of two": (Chart, CHART | {"second": Points(label=SOME, points=(DAY,))}, "second series"),
    "days without a time unit": (Chart, CHART | {"time_unit": None}, "time_unit"),
    "categories with a time unit": (Chart, CHART | {"points": (Point(at=SOME, value=1),)}, "time_unit"),
    "a long summary": (Chart, CHART | {"summary": long(201)}, "summary"),
    "a unit with a blank": (Chart, CHART | {"unit": "L per day"}, "unit"),
    "an unknown severity": (Alert, ALERT | {"severity": "panic"}, "severity"),
    "a link without a target": (Action, {"id": "a", "does": "open", "label": SOME}, "target"),
    "a link to somewhere": (Action, {"id": "a", "does": "open", "label": SOME, "target": "https://x.org"}, "target"),
    "a reminder without a moment": (Action, {"id": "a", "does": "remind", "label": SOME}, "remind"),
    "a reason of one's own": (NoInsight, {"id": "a", "reason": "because", "help": SOME}, "reason"),
    "a source of one's own": (Save, {"id": "a", "record_type": "water.use/1", "values": {"source": {}}}, "host fills"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_block_is_refused(name: str) -> None:
    kind, values, what = WRONG[name]
    with pytest.raises(ValidationError) as caught:
        kind(**values)
    assert what in reasons(caught.value)
    assert "default factory" not in reasons(caught.value)


def test_what_is_saved_is_checked_against_its_type_at_once() -> None:
    with pytest.raises(OutputError, match="litres"):
        Save.of("use", WaterUse, start=NOON, end=datetime(2025, 6, 2, tzinfo=UTC))
    with pytest.raises(OutputError, match="host fills"):
        Save.of("use", WaterUse, revision=2)


def test_what_is_saved_holds_what_was_given_only() -> None:
    saved = Save.of("use", WaterUse, start=NOON, end=datetime(2025, 6, 2, tzinfo=UTC), litres=2.5, needs=("water",))
    assert saved.values == {
        "start": "2025-06-01T12:00:00Z",
        "end": "2025-06-02T00:00:00Z",
        "litres": "2.5",
        "quality": "derived",
    }
    assert saved.needs == ("water",)


@pytest.mark.parametrize(
    "data", ["{}", '[{"kind": "video", "id": "a"}]', "[", f"[{','.join(['{}'] * (MAX_BLOCKS + 1))}]"]
)
def test_json_that_is_not_blocks_is_refused(data: str) -> None:
    with pytest.raises(OutputError):
        blocks_from_json(data)
