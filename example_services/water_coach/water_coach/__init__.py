"""The water coach: leaks, the home's own past, habits and cost, from hourly or daily water use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from selfdata_sdk import Block, Context, Dataset, Need, Row, Setting, Text, service
from selfdata_sdk.model import HouseholdProfile, WaterUse

from .advice import advice
from .findings import find
from .hours import Hours
from .operator_sign import operator_sign
from .references import leak_rule
from .references import tariff as tariff_named


class Use(Row[WaterUse]):
    start: datetime
    end: datetime
    litres: float
    min_flow: float | None
    estimated_leak: float | None
    quality: str


class Home(Row[HouseholdProfile]):
    occupants: int


WATER = Need(
    why=Text(
        en="Find leaks from hours without rest, see habits, and compare with your own past",
        fr="Repérer les fuites dans les heures sans repos, voir les habitudes et comparer avec votre passé",
    ),
    granularity="hour",
    at_worst="day",
    back="P2Y",
)
HOME = Need(
    why=Text(
        en="Hold your use against your goal and against homes of your size",
        fr="Comparer votre consommation à votre objectif et à des foyers de votre taille",
    ),
    back="P10Y",
    without=Text(
        en="No use per person, no goal and no similar homes",
        fr="Pas de consommation par personne, ni objectif, ni foyers semblables",
    ),
)
GOAL = Setting(
    Text(en="Goal: litres per person per day", fr="Objectif : litres par personne et par jour"), ge=20, le=500
)
TARIFF = Setting(Text(en="Price of water", fr="Prix de l'eau"))


@service(
    id="org.selfdata.water-coach",
    name=Text(en="Water coach", fr="Coach eau"),
    summary=Text(
        en="Finds leaks, shows what changed and which habit costs most, and forecasts your water bill.",
        fr="Repère les fuites, montre ce qui a changé et l'habitude qui coûte le plus, et prévoit votre facture d'eau.",
    ),
)
def water_coach(
    context: Context,
    water: Annotated[Dataset[Use], WATER],
    home: Annotated[Dataset[Home], HOME],
    goal: Annotated[int, GOAL] = 120,
    tariff: Annotated[Literal["france-2024", "grand-lyon-2025"], TARIFF] = "france-2024",
) -> Iterable[Block]:
    described = home.latest()
    mine = main_meter(water)
    start, end = (water.column(name)[mine].astype(np.int64) for name in ("start", "end"))
    litres, quality, provisional, coverage = (
        water.column(name)[mine] for name in ("litres", "quality", "provisional", "coverage")
    )
    min_flow, estimated = (water.column(name)[mine] for name in ("min_flow", "estimated_leak"))
    findings = find(
        Hours.of(start, end, litres, water.tz if len(water) else context.tz, quality, provisional, coverage),
        operator_sign(start, end, min_flow, estimated),
        now=context.now,
        random=np.random.default_rng(context.random.getrandbits(64)),
        rule=leak_rule(),
        tariff=tariff_named(tariff),
        occupants=described.occupants if described else None,
        goal=goal,
        limited=water.granularity != WATER.granularity,
    )
    return advice(findings)


def main_meter(water: Dataset[Use]) -> NDArray[np.bool_]:
    """The rows of one meter: of those read up to the end, the one through which most water runs.

    A second meter (hot water, garden) may measure the same water again, and a home left behind is another home.
    """
    series, end = water.series, water.column("end")
    if not len(water):
        return np.zeros(0, bool)
    latest = {int(n): end[series == n].max() for n in np.unique(series)}
    last = max(latest.values())
    current = [n for n, at in latest.items() if at >= last - np.timedelta64(14, "D")]
    litres = {n: float(np.nansum(water.column("litres")[series == n])) for n in current}
    mine: NDArray[np.bool_] = series == max(current, key=lambda n: (litres[n], -n))
    return mine
