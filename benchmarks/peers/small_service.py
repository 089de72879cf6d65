"""A small service: the sum of a year of hourly water, in one card."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from selfdata_sdk import Block, Card, Context, Dataset, Metric, Need, Row, Text, service
from selfdata_sdk.model import WaterUse

NAME = Text(en="Water of a year", fr="L’eau d’une année")
WATER = Need(
    why=Text(en="Add up all the water of a year", fr="Additionner toute l’eau d’une année"),
    granularity="hour",
    back="P1Y",
)


class Hour(Row[WaterUse]):
    start: datetime
    litres: float


@service(id="org.example.small", name=NAME, summary=NAME)
def small(context: Context, water: Annotated[Dataset[Hour], WATER]) -> Iterable[Block]:
    litres = float(water.column("litres").sum())
    yield Card(id="sum", headline=NAME, body=NAME, why=NAME, metric=Metric(value=litres, unit="L"))
