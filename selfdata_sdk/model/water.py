"""Water: what the dial shows, and what was used."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .quantity import Quantity
from .record import Facts, InstantRecord, IntervalRecord, OneOf
from .supply import ABOUT_REGISTER, Point, Register
from .text import Label, Text

Basis = Annotated[str, OneOf(("reported", "readings"))]
"""reported: the holder states the use. readings: the difference of two readings of the dial."""


class WaterReading(InstantRecord):
    """What a water meter's dial shows at an instant."""

    type = "water.reading/1"
    facts = Facts(
        title=Text(en="Water meter reading", fr="Relevé du compteur d'eau"),
        description=Text(
            en="The number on the water meter's dial at a moment.",
            fr="Le nombre affiché par le compteur d'eau à un instant.",
        ),
        identifying=("point", "device"),
    )
    series_fields = ABOUT_REGISTER

    point: Point | None = None
    register_id: Register | None = None
    litres: Annotated[Decimal, Quantity("L", 3, Text(en="Index", fr="Index"), "last")]
    device: Label | None = Field(None, title="Meter", description="Compteur")


class WaterUse(IntervalRecord):
    """Water used over an interval."""

    type = "water.use/1"
    facts = Facts(
        title=Text(en="Water use", fr="Consommation d'eau"),
        description=Text(
            en="How much water the home used over a time.",
            fr="La quantité d'eau utilisée par le logement pendant une durée.",
        ),
        identifying=("point",),
    )
    series_fields = ABOUT_REGISTER

    point: Point | None = None
    register_id: Register | None = None
    litres: Annotated[Decimal, Quantity("L", 3, Text(en="Water used", fr="Eau consommée"))]
    basis: Basis | None = Field(None, title="Basis", description="Origine")
    min_flow: Annotated[Decimal, Quantity("L/h", 3, Text(en="Lowest flow", fr="Débit minimal"), "min")] | None = None
    estimated_leak: (
        Annotated[
            Decimal, Quantity("L", 3, Text(en="Leak estimated by the operator", fr="Fuite estimée par l'opérateur"))
        ]
        | None
    ) = None
