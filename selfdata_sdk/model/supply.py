"""Supply: points, contracts, meters, alerts and tariffs of water, electricity, gas and heat."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from .money import Money
from .quantity import Quantity
from .record import Facts, InstantRecord, OneOf, OpenIntervalRecord
from .text import Label, Text

Commodity = Annotated[
    str,
    OneOf(("electricity", "gas", "water", "heat", "other")),
    Field(title="Commodity", description="Fluide ou énergie"),
]
Point = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._/:-]{0,63}$", title="Supply point", description="Point de livraison"),
]
"""A supply point as its operator writes it: PRM or PCE of 14 digits, GI and 6 digits, a water point's number."""
Register = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,32}$", title="Register", description="Cadran")]
TariffClass = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_.-]{1,32}$", title="Tariff class", description="Classe tarifaire")
]
Unit = Annotated[str, Field(pattern=r"^[A-Za-z0-9./{}()]{1,32}$", title="Unit (UCUM)", description="Unité (UCUM)")]
Commune = Annotated[
    str,
    Field(
        pattern=r"^[0-9][0-9AB][0-9]{3}$",
        title="Municipality (INSEE code)",
        description="Commune (code INSEE)",
    ),
]

ABOUT_POINT = {"point": "about"}
ABOUT_REGISTER = {"point": "about", "register_id": "register"}


class Item(BaseModel):
    """An element of a nested list."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def clock(value: time) -> int:
    """Minutes since local midnight, as windows of the day are stored."""
    return value.hour * 60 + value.minute


class Window(Item):
    """A window of the local day, [start, end) in minutes since midnight; it may run over midnight."""

    start: Annotated[int, Field(ge=0, le=1439)] = Field(title="Start (minutes)", description="Début (minutes)")
    end: Annotated[int, Field(ge=0, le=1440)] = Field(title="End (minutes)", description="Fin (minutes)")


class PriceComponent(Item):
    """One part of a price: a standing charge per month or year, or a price per unit of a class."""

    label: Label = Field(title="Label", description="Libellé")
    kind: Annotated[str, OneOf(("standing", "unit", "tax", "other"))] = Field(title="Kind", description="Nature")
    per: Unit = Field(title="Per (UCUM unit)", description="Par (unité UCUM)")
    price: Money = Field(title="Price", description="Prix")
    tariff_class: TariffClass | None = None


class SupplyPoint(OpenIntervalRecord):
    """The place where a network delivers to a home."""

    type = "supply.point/1"
    facts = Facts(
        title=Text(en="Supply point", fr="Point de livraison"),
        description=Text(
            en="The place where a network delivers water, electricity, gas or heat.",
            fr="L'endroit où un réseau livre l'eau, l'électricité, le gaz ou la chaleur.",
        ),
        identifying=("point", "street", "postcode"),
        finest="raw",
        span="whole",
    )
    series_fields = ABOUT_POINT

    point: Point
    commodity: Commodity
    operator: Label | None = Field(None, title="Operator", description="Gestionnaire")
    street: Label | None = Field(None, title="Street", description="Rue")
    postcode: Label | None = Field(None, title="Postcode", description="Code postal")
    city: Label | None = Field(None, title="City", description="Ville")
    commune: Commune | None = None


class SupplyContract(OpenIntervalRecord):
    """A contract with a supplier for one supply point."""

    type = "supply.contract/1"
    facts = Facts(
        title=Text(en="Supply contract", fr="Contrat de fourniture"),
        description=Text(
            en="Who supplies a home, under which offer, power and prices.",
            fr="Qui fournit le logement, avec quelle offre, quelle puissance et quels prix.",
        ),
        sensitivity="financial",
        identifying=("point", "number"),
        finest="raw",
        span="whole",
    )
    series_fields = ABOUT_POINT
    natural_key = ("start", "number")

    point: Point | None = None
    commodity: Commodity
    supplier: Label = Field(title="Supplier", description="Fournisseur")
    number: Label | None = Field(None, title="Contract number", description="Numéro de contrat")
    offer: Label | None = Field(None, title="Offer", description="Offre")
    power: (
        Annotated[
            Decimal,
            Quantity("kV.A", 1, Text(en="Subscribed power", fr="Puissance souscrite"), "last", le=Decimal(10**6)),
        ]
        | None
    ) = None
    tariff_option: Annotated[str, OneOf(("base", "peak_off_peak", "tempo", "ejp", "other"))] | None = Field(
        None, title="Tariff option", description="Option tarifaire"
    )
    off_peak: tuple[Window, ...] = Field((), title="Off-peak windows", description="Plages d'heures creuses")
    prices: tuple[PriceComponent, ...] = Field((), title="Price components", description="Composantes du prix")


class MeterRegister(Item):
    """One register of a meter and its first and last index in the register's unit."""

    name: Register
    first: Annotated[Decimal, Quantity("1", 3, Text(en="First index", fr="Premier index"), "last")] | None = None
    last: Annotated[Decimal, Quantity("1", 3, Text(en="Last index", fr="Dernier index"), "last")] | None = None


class MeterInstallation(OpenIntervalRecord):
    """One meter in place at a supply point for a time. A replaced meter ends one record and starts another."""

    type = "supply.meter/1"
    facts = Facts(
        title=Text(en="Meter", fr="Compteur"),
        description=Text(
            en="A meter, its registers and digits, and when it was in place.",
            fr="Un compteur, ses cadrans et ses chiffres, et quand il était en place.",
        ),
        identifying=("point", "device"),
        finest="raw",
        span="whole",
    )
    series_fields = ABOUT_POINT
    natural_key = ("start", "device")

    point: Point | None = None
    commodity: Commodity
    device: Label = Field(title="Meter", description="Compteur")
    digits: Annotated[int, Field(ge=1, le=15)] | None = Field(
        None, title="Digits on the dial", description="Chiffres au cadran"
    )
    unit: Annotated[str, OneOf(("L", "m3", "W.h", "kW.h", "other"))] | None = Field(
        None, title="Unit on the dial", description="Unité au cadran"
    )
    registers: tuple[MeterRegister, ...] = Field((), title="Registers", description="Cadrans")


class SupplyAlert(InstantRecord):
    """A warning that the holder itself gave."""

    type = "supply.alert/1"
    facts = Facts(
        title=Text(en="Supply alert", fr="Alerte de fourniture"),
        description=Text(
            en="A leak, overconsumption, threshold or outage reported by the operator.",
            fr="Une fuite, une surconsommation, un seuil ou une coupure signalés par l'opérateur.",
        ),
        identifying=("point",),
        finest="raw",
        span="year",
    )
    series_fields = ABOUT_POINT
    natural_key = ("at", "kind")

    point: Point | None = None
    commodity: Commodity
    kind: Annotated[str, OneOf(("leak", "overconsumption", "threshold", "outage", "other"))] = Field(
        title="Kind", description="Nature"
    )
    level: Annotated[Decimal, Quantity("1", 3, Text(en="Level", fr="Niveau"), "max")] | None = None
    threshold: Annotated[Decimal, Quantity("1", 3, Text(en="Threshold", fr="Seuil"), "last")] | None = None
    unit: Unit | None = None


class TariffBlock(Item):
    """A price per unit that holds from one yearly amount up to another: [above, up_to) in the tariff's unit."""

    label: Label = Field(title="Label", description="Libellé")
    above: Annotated[Decimal, Quantity("1", 3, Text(en="Above", fr="Au-dessus de"), "last")]
    up_to: Annotated[Decimal, Quantity("1", 3, Text(en="Up to", fr="Jusqu'à"), "last")] | None = None
    tariff_class: TariffClass | None = None
    price: Money = Field(title="Price per unit", description="Prix à l'unité")


class Tariff(OpenIntervalRecord):
    """A published price list: blocks and classes, valid for a time."""

    type = "supply.tariff/1"
    facts = Facts(
        title=Text(en="Tariff", fr="Tarif"),
        description=Text(
            en="A price list of a supplier or a city, with its blocks and classes.",
            fr="Une grille tarifaire d'un fournisseur ou d'une ville, avec ses tranches et ses classes.",
        ),
        subjects=(),
        finest="raw",
        span="whole",
    )
    natural_key = ("start", "name")

    name: Label = Field(title="Name", description="Nom")
    commodity: Commodity
    unit: Unit
    standing: Money | None = Field(None, title="Standing charge per year", description="Abonnement par an")
    blocks: tuple[TariffBlock, ...] = Field((), title="Blocks", description="Tranches")
