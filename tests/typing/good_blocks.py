"""Every block, as an author writes it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, assert_type

import numpy as np
from numpy.typing import NDArray

from selfdata_sdk import (
    Action,
    Alert,
    Ask,
    Block,
    Card,
    Chart,
    Comparison,
    Context,
    Dataset,
    Measure,
    Metric,
    Need,
    NoInsight,
    Point,
    Row,
    Save,
    Text,
    service,
)
from selfdata_sdk.model import SupplyAlert, WaterUse


class Day(Row[WaterUse]):
    start: datetime
    litres: float
    min_flow: float | None

    @property
    def cubic_metres(self) -> float:
        return self.litres / 1000


NAME = Text(en="Name", fr="Nom")
WATER = Need(
    why=Text(en="Find leaks from days without rest", fr="Repérer une fuite dans les jours sans repos"), back="P1Y"
)


@service(id="org.example.blocks", name=NAME, summary=NAME, produces=[SupplyAlert])
def blocks(context: Context, water: Annotated[Dataset[Day], WATER]) -> Iterator[Block]:
    months = water.by("month")
    assert_type(months, Dataset[Day])
    assert_type(water[context.now :], Dataset[Day])
    litres: NDArray[np.float64] = water.column("litres")
    total = Text(en="{litres} used", fr="{litres} utilisés").fill(litres=Measure(float(litres.sum()), "L"))
    if not len(water):
        yield NoInsight(id="none", reason="not_enough_data", help=NAME)
    yield Card(
        id="total",
        headline=total,
        body=NAME,
        why=NAME,
        metric=Metric(value=float(litres.sum()), unit="L"),
        comparison=Comparison(to="norm", value=147, label=NAME),
        tone="attention",
    )
    yield Chart(
        id="days",
        form="bars",
        title=NAME,
        summary=NAME,
        unit="L",
        time_unit="day",
        points=tuple(Point(at=day.start, value=day.cubic_metres) for day in water),
    )
    yield Alert(id="leak", severity="urgent", what=NAME, what_to_do=NAME, key="leak")
    yield Action(id="how", does="open", label=NAME, target="leaks")
    yield Ask(id="garden", question="garden", why=NAME)
    yield Save.of("found", SupplyAlert, at=context.now, commodity="water", kind="leak")


assert_type(blocks.id, str)
first = Point(at=date(2025, 1, 1), value=None, quality="missing")
moment = Point(at=datetime(2025, 1, 1, tzinfo=UTC), value=1)


@service(id="org.example.seeded", name=NAME, summary=NAME)
def seeded(context: Context, water: Annotated[Dataset[Day], WATER]) -> list[Block]:
    return [NoInsight(id=f"random-{context.random.randrange(10**9)}", reason="gaps", help=NAME)]
