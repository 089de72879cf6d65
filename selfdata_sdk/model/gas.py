"""Gas: what the dial shows, and what was used. Gas days run from 06:00 to 06:00 local time."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .quantity import Quantity
from .record import Facts, InstantRecord, IntervalRecord
from .supply import ABOUT_REGISTER, Point, Register
from .text import Label, Text


class GasReading(InstantRecord):
    """What a gas meter's dial shows at an instant."""

    type = "gas.reading/1"
    facts = Facts(
        title=Text(en="Gas meter reading", fr="Relevé du compteur de gaz"),
        description=Text(
            en="The number on the gas meter's dial at a moment.",
            fr="Le nombre affiché par le compteur de gaz à un instant.",
        ),
        identifying=("point", "device"),
        day_rule="gas",
    )
    series_fields = ABOUT_REGISTER

    point: Point | None = None
    register_id: Register | None = None
    volume: Annotated[Decimal, Quantity("m3", 4, Text(en="Index", fr="Index"), "last")]
    device: Label | None = Field(None, title="Meter", description="Compteur")


class GasUse(IntervalRecord):
    """Gas used over an interval, as volume and as energy (PCS, the higher heating value)."""

    type = "gas.use/1"
    facts = Facts(
        title=Text(en="Gas use", fr="Consommation de gaz"),
        description=Text(
            en="How much gas the home used over a time.",
            fr="La quantité de gaz utilisée par le logement pendant une durée.",
        ),
        identifying=("point",),
        day_rule="gas",
    )
    series_fields = ABOUT_REGISTER

    point: Point | None = None
    register_id: Register | None = None
    volume: Annotated[Decimal, Quantity("m3", 4, Text(en="Volume", fr="Volume"))] | None = None
    energy: Annotated[Decimal, Quantity("kW.h", 4, Text(en="Energy (PCS)", fr="Énergie (PCS)"))] | None = None
    coefficient: (
        Annotated[
            Decimal, Quantity("kW.h/m3", 4, Text(en="Conversion coefficient", fr="Coefficient de conversion"), "mean")
        ]
        | None
    ) = None
