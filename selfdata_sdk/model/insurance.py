"""Insurance: contracts with what they insure, and claims."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .money import Money
from .quantity import Quantity
from .record import Facts, InstantRecord, OneOf, OpenIntervalRecord
from .supply import Item
from .text import Label, Text

Contract = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$", title="Contract", description="Contrat"),
]
ObjectKind = Annotated[
    str,
    OneOf(("vehicle", "dwelling", "boat", "appliance", "device", "valuable", "person", "pet", "other")),
    Field(title="Kind", description="Nature"),
]


class Insured(Item):
    """Something that a contract insures, or a guarantee that runs on it."""

    kind: ObjectKind
    label: Label = Field(title="Label", description="Libellé")
    guarantee: Label | None = Field(None, title="Guarantee", description="Garantie")
    value: Money | None = Field(None, title="Insured value", description="Valeur assurée")
    excess: Money | None = Field(None, title="Excess", description="Franchise")
    registration: Label | None = Field(None, title="Registration", description="Immatriculation")


class InsuranceContract(OpenIntervalRecord):
    """A contract with an insurer."""

    type = "insurance.contract/1"
    facts = Facts(
        title=Text(en="Insurance contracts", fr="Contrats d'assurance"),
        description=Text(
            en="What is insured, with whom and for how much.", fr="Ce qui est assuré, chez qui et pour combien."
        ),
        sensitivity="financial",
        subjects=("household",),
        identifying=("number", "objects"),
        finest="raw",
        span="whole",
    )
    series_fields = {"number": "about"}

    number: Contract
    insurer: Label = Field(title="Insurer", description="Assureur")
    product: Label | None = Field(None, title="Product", description="Produit")
    kind: (
        Annotated[str, OneOf(("home", "car", "motorcycle", "boat", "health", "life", "liability", "other"))] | None
    ) = Field(None, title="Kind", description="Nature")
    premium: Money | None = Field(None, title="Premium", description="Cotisation")
    premium_every: Annotated[str, OneOf(("month", "quarter", "half_year", "year", "other"))] | None = Field(
        None, title="Premium paid every", description="Cotisation payée chaque"
    )
    objects: tuple[Insured, ...] = Field((), title="What is insured", description="Ce qui est assuré")


class InsuranceClaim(InstantRecord):
    """An event that was reported to an insurer."""

    type = "insurance.claim/1"
    facts = Facts(
        title=Text(en="Insurance claims", fr="Sinistres"),
        description=Text(
            en="What happened, what was claimed and what was paid.",
            fr="Ce qui est arrivé, ce qui a été demandé et ce qui a été payé.",
        ),
        sensitivity="financial",
        subjects=("household", "third_party"),
        identifying=("number", "reference", "place"),
        finest="raw",
        span="year",
    )
    series_fields = {"number": "about"}
    natural_key = ("at", "reference")

    number: Contract | None = None
    reference: Label = Field(title="Reference", description="Référence")
    kind: Annotated[
        str, OneOf(("accident", "theft", "fire", "water_damage", "glass", "storm", "liability", "other"))
    ] = Field(title="Kind", description="Nature")
    place: Label | None = Field(None, title="Place", description="Lieu")
    thing: Label | None = Field(None, title="What was damaged", description="Ce qui est endommagé")
    responsibility: (
        Annotated[Decimal, Quantity("%", 1, Text(en="Responsibility", fr="Responsabilité"), "last", le=Decimal(100))]
        | None
    ) = None
    state: Annotated[str, OneOf(("open", "accepted", "refused", "paid", "closed", "other"))] | None = Field(
        None, title="State", description="État"
    )
    claimed: Money | None = Field(None, title="Claimed", description="Demandé")
    paid: Money | None = Field(None, title="Paid", description="Payé")
