"""The home: what no meter tells."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .quantity import Quantity
from .record import DateRecord, Facts, OneOf
from .text import Text

Energy = Annotated[
    str, OneOf(("electricity", "gas", "oil", "wood", "district_heat", "heat_pump", "solar", "none", "other"))
]


class HouseholdProfile(DateRecord):
    """A home and who lives in it, as the person describes it on a date."""

    type = "home.household/1"
    facts = Facts(
        title=Text(en="Household", fr="Foyer"),
        description=Text(
            en="The dwelling and the people who live in it, as described by the person.",
            fr="Le logement et ses habitants, tels que la personne les décrit.",
        ),
        identifying=("commune",),
        finest="raw",
        span="whole",
    )

    dwelling: Annotated[str, OneOf(("flat", "house", "other"))] | None = Field(
        None, title="Dwelling", description="Logement"
    )
    surface: (
        Annotated[
            Decimal, Quantity("m2", 1, Text(en="Living area", fr="Surface habitable"), "last", le=Decimal(100_000))
        ]
        | None
    ) = None
    occupants: Annotated[int, Field(ge=0, le=1000)] | None = Field(None, title="Occupants", description="Habitants")
    heating: Energy | None = Field(None, title="Heating energy", description="Énergie de chauffage")
    hot_water: Energy | None = Field(None, title="Hot-water energy", description="Énergie de l'eau chaude")
    built: Annotated[int, Field(ge=1000, le=2200)] | None = Field(
        None, title="Year built", description="Année de construction"
    )
    garden: (
        Annotated[Decimal, Quantity("m2", 1, Text(en="Garden", fr="Jardin"), "last", le=Decimal(10_000_000))] | None
    ) = None
    pool: Annotated[Decimal, Quantity("m3", 1, Text(en="Pool", fr="Piscine"), "last", le=Decimal(10_000))] | None = None
    commune: Annotated[str, Field(pattern=r"^[0-9][0-9AB][0-9]{3}$")] | None = Field(
        None, title="Municipality (INSEE code)", description="Commune (code INSEE)"
    )
