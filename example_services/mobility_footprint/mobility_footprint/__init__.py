"""Mobility footprint: what trips emit by mode, what a month of commuting costs, and which ways would emit less."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from selfdata_sdk import Block, Context, Dataset, Need, Setting, Text, service

from .advice import advice
from .findings import find
from .rows import Boarding, Paid, Rented, Way

TRIPS = Need(
    why=Text(
        en="Say what your trips emit and cost by mode, without where they go",
        fr="Dire ce que vos trajets émettent et coûtent par mode, sans savoir où ils vont",
    ),
    back="P1Y",
)
VALIDATIONS = Need(
    why=Text(
        en="Know by your tickets which trips were by public transport, and what they cost",
        fr="Reconnaître à vos titres les trajets en transport public, et leur prix",
    ),
    back="P1Y",
    without=Text(
        en="Public transport is told apart by speed and distance only",
        fr="Les transports publics ne sont reconnus qu'à la vitesse et à la distance",
    ),
)
RENTALS = Need(
    why=Text(
        en="Know which trips were on shared vehicles, and what they cost",
        fr="Savoir quels trajets étaient en véhicule partagé, et leur prix",
    ),
    back="P1Y",
    without=Text(en="No shared bikes, scooters and cars", fr="Pas de vélos, trottinettes et voitures en partage"),
)
BANK = Need(
    why=Text(
        en="Find what you pay for fuel, tolls, tickets and passes",
        fr="Trouver ce que vous payez en carburant, péages, titres et abonnements",
    ),
    back="P1Y",
    without=Text(en="No cost of fuel, tolls and passes", fr="Pas de coût du carburant, des péages et des abonnements"),
)
FUEL_PRICE = Setting(Text(en="Price of a litre of fuel", fr="Prix du litre de carburant"), ge=0.5, le=5)
CONSUMPTION = Setting(Text(en="Litres of fuel per 100 km", fr="Litres de carburant aux 100 km"), ge=2, le=30)


@service(
    id="org.selfdata.mobility-footprint",
    name=Text(en="Mobility footprint", fr="Empreinte des trajets"),
    summary=Text(
        en="Says what your trips emit by mode, what a month of commuting costs, and which ways would emit less.",
        fr="Dit ce que vos trajets émettent par mode, ce que coûte un mois de trajets quotidiens, et ce qui émettrait moins.",
    ),
)
def mobility_footprint(
    context: Context,
    trips: Annotated[Dataset[Way], TRIPS],
    validations: Annotated[Dataset[Boarding], VALIDATIONS],
    rentals: Annotated[Dataset[Rented], RENTALS],
    bank: Annotated[Dataset[Paid], BANK],
    fuel_price: Annotated[float, FUEL_PRICE] = 1.75,
    consumption: Annotated[float, CONSUMPTION] = 6.5,
) -> Iterable[Block]:
    return advice(find(trips, validations, rentals, bank, fuel_price=fuel_price, consumption=consumption))
