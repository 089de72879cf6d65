"""The service that is measured: it adds up a year of hourly water. Alone in its file, as that is shown to the sandbox."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from selfdata_sdk import Block, Card, Context, Dataset, Metric, Need, Row, Text, service
from selfdata_sdk.model import WaterUse


class Hour(Row[WaterUse]):
    start: datetime
    litres: float


WATER = Need(why=Text(en="Add up a year of water", fr="Additionner un an d'eau"), granularity="hour", back="P1Y")


@service(id="org.selfdata.bench-year", name=Text(en="Year", fr="Année"), summary=Text(en="Adds up.", fr="Additionne."))
def year(context: Context, water: Annotated[Dataset[Hour], WATER]) -> list[Block]:
    text = Text(en="The sum of a year.", fr="La somme d'un an.")
    total = Metric(value=float(water.column("litres").sum()), unit="L")
    return [Card(id="total", headline=text, body=text, why=text, metric=total)]
