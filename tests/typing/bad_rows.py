"""What was not asked for does not type-check."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

from selfdata_sdk import Block, Card, Context, Dataset, Metric, Need, Pseudonym, Row, Setting, Text, service
from selfdata_sdk.model import SupplyContract, WaterUse


class Hour(Row[WaterUse]):
    start: datetime
    litres: float
    min_flow: float | None


class Signed(Row[SupplyContract]):
    point: Pseudonym
    number: Pseudonym | None


NAME = Text(en="Name", fr="Nom")
ONE_LANGUAGE = Text(en="Name")  # wrong
WATER = Need(why=NAME, granularity="hour")
WEEKLY = Need(why=NAME, granularity="week")  # wrong
MARKETING = Need(why=NAME, purpose="marketing")  # wrong
WITHOUT_WHY = Need(granularity="hour")  # wrong
UNTITLED = Setting("Goal")  # wrong


class Nothing(Row[int]):  # wrong
    start: datetime


@service(id="org.example.bad", name=NAME, summary=NAME)
def bad(context: Context, water: Annotated[Dataset[Hour], WATER]) -> Iterable[Block]:
    for hour in water:
        print(hour.estimated_leak)  # wrong
        print(hour.min_flow + 1)  # wrong
        hour.litres = 3.0  # wrong
    print(water.latest().litres)  # wrong
    water.by("week")  # wrong
    yield Card(id="a", headline=NAME, body=NAME)  # wrong
    yield Card(id="a", headline="Text", body=NAME, why=NAME)  # wrong
    yield Metric(value=1, unit="L")  # wrong


@service(id="org.example.async", name=NAME, summary=NAME)  # wrong
async def late(context: Context) -> Iterable[Block]:
    return []


@service(id="org.example.text", name=NAME, summary=NAME)  # wrong
def text(context: Context) -> str:
    return "<b>no</b>"


Hour(start=datetime(2025, 1, 1, tzinfo=UTC), litres="many", min_flow=None)  # wrong
Hour(start=datetime(2025, 1, 1, tzinfo=UTC))  # wrong
signed = Signed(point="19876543210987", number=None)  # wrong
signed.number.upper()  # wrong
identifier: Pseudonym = signed.point.upper()  # wrong
