from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, assert_type

from selfdata_sdk import Block, Context, Dataset, Need, NoInsight, Row, Setting, Text, service
from selfdata_sdk.model import HouseholdProfile, WaterUse


class Hour(Row[WaterUse]):
    start: datetime
    litres: float


class Home(Row[HouseholdProfile]):
    occupants: int


WATER = Need(
    why=Text(en="Find leaks from hours without rest", fr="Repérer une fuite dans les heures sans repos"),
    granularity="hour",
    at_worst="day",
    back="P1Y",
)
HOME = Need(
    why=Text(en="Compare with homes of your size", fr="Comparer avec des foyers de votre taille"),
    without=Text(en="No comparison with similar homes", fr="Pas de comparaison avec des foyers semblables"),
)
GOAL = Setting(Text(en="Litres per person per day", fr="Litres par personne et par jour"), ge=20, le=500)


@service(
    id="org.example.water-coach",
    name=Text(en="Water coach", fr="Coach eau"),
    summary=Text(en="Finds leaks and habits in your water use.", fr="Repère les fuites et les habitudes."),
)
def water_coach(
    context: Context,
    water: Annotated[Dataset[Hour], WATER],
    home: Annotated[Dataset[Home], HOME],
    goal: Annotated[int, GOAL] = 120,
) -> Iterable[Block]:
    total = sum(hour.litres for hour in water)
    newest = water.latest()
    people = [row.occupants for row in home]
    assert_type(total + 0.5, float)
    assert_type(newest, Hour | None)
    assert_type(people, list[int])
    yield NoInsight(
        id="nothing", reason="not_enough_data", help=Text(en="More days would help.", fr="Plus de jours aideraient.")
    )


made = Hour(start=datetime(2025, 1, 1, tzinfo=UTC), litres=1.0)
assert_type(made.litres, float)
