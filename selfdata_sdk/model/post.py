"""Post: parcels and what happened to them on their way."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .instant import Instant
from .record import Facts, OneOf, OpenIntervalRecord
from .supply import Item
from .text import Label, Text


class ParcelEvent(Item):
    """Something that happened to a parcel."""

    at: Instant = Field(title="At", description="Instant")
    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$")] | None = Field(
        None, title="Code", description="Code"
    )
    label: Label = Field(title="Label", description="Libellé")
    place: Label | None = Field(None, title="Place", description="Lieu")


class Parcel(OpenIntervalRecord):
    """A parcel or a tracked letter, from its first event to its last."""

    type = "post.parcel/1"
    facts = Facts(
        title=Text(en="Parcels", fr="Colis"),
        description=Text(
            en="Parcels and tracked letters, and their way.", fr="Les colis et lettres suivies, et leur chemin."
        ),
        subjects=("household", "third_party"),
        identifying=("tracking",),
        others=("sender", "recipient"),
        finest="raw",
        span="whole",
    )
    natural_key = ("tracking",)

    tracking: Label = Field(title="Tracking number", description="Numéro de suivi")
    carrier: Label | None = Field(None, title="Carrier", description="Transporteur")
    product: Label | None = Field(None, title="Product", description="Produit")
    direction: Annotated[str, OneOf(("in", "out", "other"))] | None = Field(None, title="Direction", description="Sens")
    sender: Label | None = Field(None, title="Sender", description="Expéditeur")
    recipient: Label | None = Field(None, title="Recipient", description="Destinataire")
    final: bool | None = Field(None, title="Final", description="Terminé")
    events: tuple[ParcelEvent, ...] = Field((), title="Events", description="Événements")
