"""What a service's first run would otherwise pay for: models are built and validated once, before forking."""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module
from typing import Annotated

import numpy as np
from pydantic import TypeAdapter

from selfdata_sdk.model import WaterUse
from selfdata_sdk.model.column import Codes, Ints
from selfdata_sdk.model.reduction import Part
from selfdata_sdk.model.text import Text
from selfdata_sdk.service.blocks import BLOCKS, Alert, Block, Card, Chart, Metric, Point
from selfdata_sdk.service.calling import Given, call
from selfdata_sdk.service.context import Context
from selfdata_sdk.service.dataset import Dataset
from selfdata_sdk.service.need import Need
from selfdata_sdk.service.own import OwnRecord
from selfdata_sdk.service.payload import Payload
from selfdata_sdk.service.row import Row
from selfdata_sdk.service.service import service
from selfdata_sdk.service.setting import Setting

_HOUR = 3_600_000_000
_SAID = Text(en="Some text", fr="Un texte")
LOADED = (OwnRecord,)
"""What a service may use that this one does not: behind the walls it could not be imported."""


def up() -> None:
    """Run a small service of the SDK's own, on made-up data, in this process."""

    class Hour(Row[WaterUse]):
        start: datetime
        litres: float

    need = Need(why=Text(en="Show what a service needs", fr="Montrer ce qu'un service demande"), back="P30D")
    bounds = Setting(_SAID, ge=1, le=500)

    @service(id="org.selfdata.warm", name=_SAID, summary=_SAID)
    def warming(
        context: Context, water: Annotated[Dataset[Hour], need], goal: Annotated[int, bounds] = 120
    ) -> Iterable[Block]:
        days = water.by("day")
        total = float(np.nansum(days.column("litres"))) + sum(row.litres for row in water)
        yield Card(id="card", headline=_SAID, body=_SAID, why=_SAID, metric=Metric(value=total, unit="L"))
        points = tuple(Point(at=row.start, value=row.litres, quality="measured") for row in days)
        yield Chart(id="chart", form="bars", title=_SAID, summary=_SAID, unit="L", time_unit="day", points=points)
        yield Alert(id="alert", severity="info", what=_SAID, what_to_do=_SAID)

    n = 48
    start = np.arange(n, dtype=np.int64) * _HOUR
    columns = {"start": Ints(start), "end": Ints(start + _HOUR), "litres": Ints(np.full(n, 1000))}
    part = Part(columns, Codes.constant("measured", n), np.zeros(n, bool), np.ones(n))
    payload = Payload(part, np.zeros(n, np.int64), ("Europe/Paris",), "raw", 0, n * _HOUR, 0)
    now = datetime(1970, 1, 3, tzinfo=UTC).astimezone(zoneinfo.ZoneInfo("Europe/Paris"))
    given = Given({"water": payload}, now, "Europe/Paris", "en", {"goal": 120})
    adapter: TypeAdapter[Block] = TypeAdapter(Block)
    for block in call(warming, given):
        assert isinstance(block, BLOCKS)
        adapter.validate_json(block.model_dump_json())


_CURVE = """Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite;Pas
09876543210987;Courbe de charge;01/01/2024;02/01/2024;Energie active;Consommation;Comptage Brut;W;
Horodate;Valeur
2024-01-01T00:30:00+01:00;100
2024-01-01T01:00:00+01:00;120
"""


def importers() -> None:
    """Read a small made-up file in this process, and load what the other formats need."""
    from selfdata_sdk.importers.registry import Importers
    from selfdata_sdk.model.field import fields_of

    from . import reading

    for name in ("defusedxml.ElementTree", "numpy.ma", "openpyxl"):  # numpy.unique loads the second when it is called
        import_module(name)
    for importer in Importers():
        for record_type in importer.record_types:
            fields_of(record_type)
    asked = {"format": "", "now": 0, "options": {}}
    reading.read(json.dumps({"file": asked}).encode(), _CURVE.encode(), lambda message: None)
