"""Says how much water a home uses a day, in which hours, and whether it never rests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Annotated

import numpy as np

from selfdata_sdk import (
    Alert,
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
    Setting,
    Text,
    service,
)
from selfdata_sdk.model import HouseholdProfile, WaterUse


class Hour(Row[WaterUse]):
    start: datetime
    litres: float


class Home(Row[HouseholdProfile]):
    occupants: int


WATER = Need(
    why=Text(
        en="Say how much runs in a day, and in which hours", fr="Dire combien coule par jour, et à quelles heures"
    ),
    granularity="hour",
    at_worst="day",
    back="P60D",
)
HOME = Need(
    why=Text(en="Hold it against a goal for each person", fr="Comparer à un objectif pour chaque personne"),
    without=Text(en="The goal is for the whole home", fr="L'objectif vaut pour tout le logement"),
)
GOAL = Setting(Text(en="Litres a day for each person", fr="Litres par jour et par personne"), ge=20, le=500)


@service(
    id="org.example.healthy",
    name=Text(en="Water in a day", fr="L'eau d'une journée"),
    summary=Text(en="How much water runs in a day, and when.", fr="Combien d'eau coule par jour, et quand."),
)
def healthy(
    context: Context,
    water: Annotated[Dataset[Hour], WATER],
    home: Annotated[Dataset[Home], HOME],
    goal: Annotated[int, GOAL] = 120,
) -> Iterable[Block]:
    days = water.by("day")
    whole = days.column("coverage") >= 0.9
    if whole.sum() < 7:
        yield NoInsight(
            id="level",
            reason="not_enough_data",
            help=Text(en="Seven whole days are needed.", fr="Il faut sept journées complètes."),
        )
        return
    litres = float(days.column("litres")[whole].sum()) / len(np.unique(days.column("start")[whole]))
    lives = home.latest()
    yield level(litres, goal, lives.occupants if lives else 1)
    yield from hours(water)
    yield from rest(context, water)


def level(litres: float, goal: int, occupants: int) -> Card:
    target = goal * max(occupants, 1)
    said = {"litres": Measure(litres, "L"), "target": Measure(target, "L")}
    return Card(
        id="level",
        headline=Text(en="{litres} of water a day", fr="{litres} d'eau par jour").fill(**said),
        body=Text(en="Your goal for the home is {target}.", fr="Votre objectif pour le logement est de {target}.").fill(
            **said
        ),
        why=Text(
            en="The mean of the whole days among the last sixty, from your meter's hours.",
            fr="La moyenne des journées complètes des soixante derniers jours, d'après les heures de votre compteur.",
        ),
        metric=Metric(value=litres, unit="L", period=Text(en="per day", fr="par jour")),
        comparison=Comparison(to="target", value=target, label=Text(en="Your goal", fr="Votre objectif")),
        tone="good" if litres <= target else "attention",
    )


def hours(water: Dataset[Hour]) -> Iterator[Block]:
    if water.granularity != "hour":
        return
    use: dict[int, list[float]] = {}
    for hour in water:
        use.setdefault(hour.start.hour, []).append(hour.litres)
    means = {hour: float(np.mean(litres)) for hour, litres in sorted(use.items())}
    said = {"hour": max(means, key=lambda hour: means[hour])}
    yield Chart(
        id="hours",
        form="bars",
        title=Text(en="Water by the hour of the day", fr="L'eau selon l'heure de la journée"),
        summary=Text(en="Most runs after {hour}:00.", fr="Elle coule surtout après {hour} h.").fill(**said),
        unit="L",
        points=tuple(
            Point(at=Text(en="{hour}:00", fr="{hour} h").fill(hour=hour), value=mean) for hour, mean in means.items()
        ),
        needs=("water",),
    )


def rest(context: Context, water: Dataset[Hour]) -> Iterator[Block]:
    midnight = context.now.replace(hour=0, minute=0, second=0, microsecond=0)
    last = water[midnight - timedelta(days=3) : midnight]
    if water.granularity != "hour" or last.coverage < 0.9 or float(np.nanmin(last.column("litres"))) == 0:
        return
    least = Measure(float(np.nanmin(last.column("litres"))), "L")
    yield Alert(
        id="rest",
        severity="attention",
        what=Text(en="Water has run in every hour for three days", fr="L'eau coule à chaque heure depuis trois jours"),
        what_to_do=Text(
            en="Close every tap and see whether the meter still turns.",
            fr="Fermez tous les robinets et regardez si le compteur tourne encore.",
        ),
        why=Text(
            en="The quietest hour of the last three days had {least}.",
            fr="L'heure la plus calme des trois derniers jours a compté {least}.",
        ).fill(least=least),
        needs=("water",),
    )
