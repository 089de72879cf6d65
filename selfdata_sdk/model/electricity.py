"""Electricity: what the registers show, what was used, and the peaks."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .money import Money
from .quantity import Quantity
from .record import Facts, InstantRecord, IntervalRecord, OneOf
from .supply import ABOUT_REGISTER, Point, Register
from .text import Label, Text


class ElectricityReading(InstantRecord):
    """What one register of an electricity meter shows at an instant.

    Registers: total, F1 to F10 (the supplier's classes), D1 to D4 (the distributor's).
    """

    type = "electricity.reading/1"
    facts = Facts(
        title=Text(en="Electricity meter reading", fr="Relevé du compteur électrique"),
        description=Text(
            en="The number on a register of the electricity meter at a moment.",
            fr="Le nombre affiché par un cadran du compteur électrique à un instant.",
        ),
        identifying=("point", "device"),
    )
    series_fields = ABOUT_REGISTER

    point: Point | None = None
    register_id: Register | None = None
    energy: Annotated[Decimal, Quantity("W.h", 3, Text(en="Index", fr="Index"), "last")]
    device: Label | None = Field(None, title="Meter", description="Compteur")


class ElectricityUse(IntervalRecord):
    """Electricity drawn from the network over an interval; a series of them is a load curve."""

    type = "electricity.use/1"
    facts = Facts(
        title=Text(en="Electricity use", fr="Consommation d'électricité"),
        description=Text(
            en="How much electricity the home drew over a time.",
            fr="La quantité d'électricité soutirée par le logement pendant une durée.",
        ),
        identifying=("point",),
    )
    series_fields = ABOUT_REGISTER

    point: Point | None = None
    register_id: Register | None = None
    energy: Annotated[Decimal, Quantity("W.h", 3, Text(en="Electricity used", fr="Électricité consommée"))]
    power: Annotated[Decimal, Quantity("W", 3, Text(en="Mean power", fr="Puissance moyenne"), "mean")] | None = None
    cost: Money | None = Field(None, title="Cost stated by the holder", description="Coût indiqué par le détenteur")


class ElectricityPeak(InstantRecord):
    """The highest power drawn in a day, at the moment it was reached."""

    type = "electricity.peak/1"
    facts = Facts(
        title=Text(en="Electricity peak", fr="Pointe de puissance"),
        description=Text(
            en="The highest power that the home drew, and when.",
            fr="La plus forte puissance soutirée par le logement, et quand.",
        ),
        identifying=("point",),
    )
    series_fields = ABOUT_REGISTER
    natural_key = ("at", "unit")

    point: Point | None = None
    register_id: Register | None = None
    power: Annotated[Decimal, Quantity("1", 3, Text(en="Peak", fr="Pointe"), "max")]
    unit: Annotated[str, OneOf(("V.A", "W"))] = Field(title="Unit (UCUM)", description="Unité (UCUM)")
