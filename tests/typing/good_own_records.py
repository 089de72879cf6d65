"""A record type of a service's own is a class; its row says which fields are asked for, and their types."""

from datetime import date
from typing import assert_type

from selfdata_sdk import Dataset, OwnRecord, Row, Save
from selfdata_sdk.model import Record


class Score(OwnRecord, schema="score.json"): ...


class Week(Row[Score]):
    on: date
    points: int
    litres: float | None


def best(weeks: Dataset[Week]) -> Save:
    points = max((week.points for week in weeks), default=0)
    assert_type(points, int)
    return Save.of("score", Score, on=date(2026, 1, 5), points=points)


produces: list[type[Record]] = [Score]
made = Score.model_validate({"on": "2026-01-05", "points": 3})
assert_type(made, Score)
