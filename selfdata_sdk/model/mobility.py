"""Mobility: positions, trips, validations of public transport, and rentals. Places are WGS 84 degrees."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .instant import Instant
from .money import Money
from .quantity import Quantity
from .record import Facts, InstantRecord, IntervalRecord, OneOf
from .supply import Item
from .text import Label, Text

LAT = Quantity("deg", 7, Text(en="Latitude", fr="Latitude"), "last", ge=Decimal(-90), le=Decimal(90))
LON = Quantity("deg", 7, Text(en="Longitude", fr="Longitude"), "last", ge=Decimal(-180), le=Decimal(180))
METRES = Quantity("m", 1, Text(en="Distance", fr="Distance"), le=Decimal(10**9))
Mode = Annotated[
    str,
    OneOf(
        (
            "walk", "bike", "e_bike", "scooter", "motorcycle", "car", "electric_car", "taxi", "bus", "coach", "tram",
            "metro", "train", "high_speed_train", "ferry", "plane", "other",
        )
    ),
    Field(title="Mode", description="Mode"),
]  # fmt: skip


class Position(InstantRecord):
    """Where a device was at an instant."""

    type = "mobility.position/1"
    facts = Facts(
        title=Text(en="Positions", fr="Positions"),
        description=Text(en="Where a device was, moment by moment.", fr="Où un appareil était, instant par instant."),
        sensitivity="location",
        subjects=("self",),
        identifying=("device", "lat", "lon"),
    )
    series_fields = {"device": "about"}

    device: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:-]{0,63}$")] | None = Field(
        None, title="Device", description="Appareil"
    )
    lat: Annotated[Decimal, LAT]
    lon: Annotated[Decimal, LON]
    altitude: (
        Annotated[
            Decimal,
            Quantity("m", 1, Text(en="Altitude", fr="Altitude"), "mean", ge=Decimal(-12_000), le=Decimal(100_000)),
        ]
        | None
    ) = None
    accuracy: (
        Annotated[Decimal, Quantity("m", 1, Text(en="Accuracy", fr="Précision"), "max", le=Decimal(10**8))] | None
    ) = None
    speed: Annotated[Decimal, Quantity("m/s", 2, Text(en="Speed", fr="Vitesse"), "mean", le=Decimal(10_000))] | None = (
        None
    )
    course: Annotated[Decimal, Quantity("deg", 1, Text(en="Course", fr="Cap"), "last", le=Decimal(360))] | None = None


class Leg(Item):
    """A part of a trip in one mode."""

    mode: Mode | None = None
    inferred: bool | None = Field(None, title="Mode inferred", description="Mode déduit")
    start: Instant = Field(title="Start", description="Début")
    end: Instant = Field(title="End", description="Fin")
    distance: Annotated[Decimal, METRES] | None = None
    from_place: Label | None = Field(None, title="From", description="De")
    to_place: Label | None = Field(None, title="To", description="À")
    from_lat: Annotated[Decimal, LAT] | None = None
    from_lon: Annotated[Decimal, LON] | None = None
    to_lat: Annotated[Decimal, LAT] | None = None
    to_lon: Annotated[Decimal, LON] | None = None
    geometry: Annotated[str, Field(max_length=100_000)] | None = Field(
        None, title="Line (GeoJSON)", description="Tracé (GeoJSON)"
    )
    route: Label | None = Field(None, title="Line (GTFS route)", description="Ligne (route GTFS)")


class Trip(IntervalRecord):
    """A way from one place to another, in one or several legs."""

    type = "mobility.trip/1"
    facts = Facts(
        title=Text(en="Trips", fr="Trajets"),
        description=Text(
            en="Ways from one place to another, by which means and how far.",
            fr="Les déplacements d'un endroit à un autre, par quel moyen et sur quelle distance.",
        ),
        sensitivity="location",
        subjects=("self",),
        identifying=("legs",),
        finest="raw",
    )

    mode: Mode | None = None
    distance: Annotated[Decimal, METRES] | None = None
    purpose: Annotated[str, OneOf(("work", "school", "shopping", "leisure", "home", "care", "other"))] | None = Field(
        None, title="Purpose", description="Motif"
    )
    legs: tuple[Leg, ...] = Field((), title="Legs", description="Étapes")


class TransitValidation(InstantRecord):
    """A ticket or card shown to a machine of public transport. Names of EN 1545."""

    type = "mobility.validation/1"
    facts = Facts(
        title=Text(en="Transit validations", fr="Validations de transport"),
        description=Text(
            en="When and where a ticket was validated.", fr="Quand et où un titre de transport a été validé."
        ),
        sensitivity="location",
        subjects=("self",),
        identifying=("card",),
        finest="raw",
    )
    series_fields = {"card": "about"}
    natural_key = ("at", "kind")

    card: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:-]{0,63}$")] | None = Field(
        None, title="Card", description="Carte"
    )
    kind: Annotated[str, OneOf(("board", "transfer", "exit", "inspection", "other"))] = Field(
        "board", title="Kind", description="Nature"
    )
    network: Label | None = Field(None, title="Network", description="Réseau")
    mode: Mode | None = None
    line: Label | None = Field(None, title="Line", description="Ligne")
    stop: Label | None = Field(None, title="Stop", description="Arrêt")
    direction: Label | None = Field(None, title="Direction", description="Direction")
    product: Label | None = Field(None, title="Ticket", description="Titre")
    price: Money | None = Field(None, title="Price", description="Prix")


class VehicleRental(IntervalRecord):
    """A shared vehicle taken and given back. Names of GBFS."""

    type = "mobility.rental/1"
    facts = Facts(
        title=Text(en="Vehicle rentals", fr="Locations de véhicules"),
        description=Text(
            en="Shared bikes, scooters and cars: from where to where, how far, at what cost.",
            fr="Vélos, trottinettes et voitures en partage : d'où à où, quelle distance, quel coût.",
        ),
        sensitivity="location",
        subjects=("self",),
        identifying=("number",),
        finest="raw",
    )
    natural_key = ("start", "system")

    system: Label = Field(title="System", description="Service")
    number: Label | None = Field(None, title="Rental number", description="Numéro de location")
    vehicle: Mode | None = None
    from_station: Label | None = Field(None, title="Start station", description="Station de départ")
    to_station: Label | None = Field(None, title="End station", description="Station d'arrivée")
    distance: Annotated[Decimal, METRES] | None = None
    cost: Money | None = Field(None, title="Cost", description="Coût")
