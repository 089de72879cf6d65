"""Home energy: what heats, what never sleeps, which subscription fits, and the carbon of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from selfdata_sdk import Block, Context, Dataset, Need, Row, Setting, Text, service
from selfdata_sdk.model import (
    ElectricityPeak,
    ElectricityUse,
    GasUse,
    HouseholdProfile,
    Money,
    PriceComponent,
    SupplyContract,
    WaterUse,
    Window,
)

from .advice import advice
from .findings import find


class Load(Row[ElectricityUse]):
    start: datetime
    end: datetime
    energy: float
    quality: str


class Peak(Row[ElectricityPeak]):
    at: datetime
    power: float


class Gas(Row[GasUse]):
    start: datetime
    energy: float | None


class Water(Row[WaterUse]):
    start: datetime
    litres: float


class Home(Row[HouseholdProfile]):
    heating: str | None
    surface: float | None


class OffPeak(Row[Window]):
    start: int
    end: int


class Price(Row[PriceComponent]):
    kind: str
    per: str
    price: Money


class Contract(Row[SupplyContract]):
    start: datetime
    commodity: str
    power: float | None
    off_peak: tuple[OffPeak, ...]
    prices: tuple[Price, ...]


ELECTRICITY = Need(
    why=Text(
        en="See what follows the cold, what runs at night, and what each offer would cost on your own use",
        fr="Voir ce qui suit le froid, ce qui tourne la nuit et ce que chaque offre coûterait sur votre consommation",
    ),
    granularity="half_hour",
    at_worst="day",
    back="P1Y",
)
PEAKS = Need(
    why=Text(
        en="Hold your highest power against the one you pay for",
        fr="Comparer votre plus forte puissance à celle que vous payez",
    ),
    back="P1Y",
    without=Text(en="No advice to pay for less power", fr="Pas de conseil pour baisser la puissance"),
)
GAS = Need(
    why=Text(
        en="See how much of your gas heats the home, and its carbon",
        fr="Voir quelle part du gaz chauffe le logement, et son carbone",
    ),
    granularity="day",
    back="P1Y",
    without=Text(en="Nothing on gas", fr="Rien sur le gaz"),
)
WATER = Need(
    why=Text(
        en="Leave out the days on which nobody was at home",
        fr="Écarter les jours où personne n'était là",
    ),
    granularity="day",
    back="P1Y",
    without=Text(en="Days away blur what heats", fr="Les jours d'absence brouillent la part du chauffage"),
)
HOME = Need(
    why=Text(
        en="Hold what the meters show against how you heat, and against the size of the home",
        fr="Comparer ce que montrent les compteurs à votre chauffage et à la taille du logement",
    ),
    back="P10Y",
    without=Text(en="No heating per square metre", fr="Pas de chauffage par mètre carré"),
)
CONTRACT = Need(
    why=Text(
        en="Know your power, your off-peak hours and your prices",
        fr="Connaître votre puissance, vos heures creuses et vos prix",
    ),
    back="P10Y",
    without=Text(en="Prices and hours are assumed", fr="Prix et heures sont supposés"),
)
CLIMATE = Setting(Text(en="The town whose climate is most like yours", fr="La ville dont le climat ressemble au vôtre"))


@service(
    id="org.selfdata.home-energy",
    name=Text(en="Home energy", fr="Énergie du foyer"),
    summary=Text(
        en="Says what heats, what never sleeps, which electricity contract fits, and what carbon it makes.",
        fr="Dit ce qui chauffe, ce qui ne dort jamais, quel contrat d'électricité convient, et pour quel carbone.",
    ),
)
def home_energy(
    context: Context,
    electricity: Annotated[Dataset[Load], ELECTRICITY],
    peaks: Annotated[Dataset[Peak], PEAKS],
    gas: Annotated[Dataset[Gas], GAS],
    water: Annotated[Dataset[Water], WATER],
    home: Annotated[Dataset[Home], HOME],
    contract: Annotated[Dataset[Contract], CONTRACT],
    climate: Annotated[
        Literal["bordeaux", "lille", "lyon", "marseille", "paris", "rennes", "strasbourg"], CLIMATE
    ] = "lyon",
) -> Iterable[Block]:
    return advice(find(electricity, peaks, gas, water, home.latest(), list(contract), climate))
