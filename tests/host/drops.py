"""A service for tests of fleets: it adds up the water of two days, or goes wrong for those who use a certain amount."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

from selfdata_sdk import Block, Card, Context, Dataset, Metric, Need, Row, Setting, Text, service
from selfdata_sdk.model import WaterUse

HOURS = 48
RAISES, KILLS, KILLS_ONCE = 1001, 1002, 1003
"""Litres an hour for which the service raises, ends its process, or ends it the first time only."""


class Hour(Row[WaterUse]):
    start: datetime
    litres: float


WATER = Need(
    why=Text(en="Add up the water of two days", fr="Additionner l'eau de deux jours"), granularity="hour", back="P30D"
)
WAIT = Setting(Text(en="Milliseconds to wait", fr="Millisecondes d'attente"), ge=0, le=10_000)
SCRATCH = Setting(Text(en="Folder for marks", fr="Dossier des marques"))


@service(id="org.example.drops", name=Text(en="Drops", fr="Gouttes"), summary=Text(en="Adds up.", fr="Additionne."))
def drops(
    context: Context,
    water: Annotated[Dataset[Hour], WATER],
    wait: Annotated[int, WAIT] = 0,
    scratch: Annotated[str, SCRATCH] = "",
) -> Iterable[Block]:
    total = float(water.column("litres").sum())
    time.sleep(wait / 1000)
    each = round(total / HOURS)
    if each == RAISES:
        raise ValueError("somebody's secret")
    if each == KILLS or (each == KILLS_ONCE and _first_time(Path(scratch) / "killed")):
        os.kill(os.getpid(), signal.SIGKILL)
    text = Text(en="The sum of all hours.", fr="La somme de toutes les heures.")
    return [Card(id="total", headline=text, body=text, why=text, metric=Metric(value=total, unit="L"))]


def _first_time(mark: Path) -> bool:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
