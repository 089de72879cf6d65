"""Telecom: lines and their plans, what was used, and media ordered."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .instant import LocalDate
from .money import Money
from .quantity import Quantity
from .record import Facts, InstantRecord, OneOf, OpenIntervalRecord
from .text import Label, Text

Line = Annotated[str, Field(pattern=r"^[A-Za-z0-9+*][A-Za-z0-9 ._*-]{0,63}$", title="Line", description="Ligne")]
"""A line's number as its operator writes it."""
ABOUT_LINE = {"line": "about"}
COUNT = Annotated[int, Field(ge=0, le=10**9)]


class TelecomLine(OpenIntervalRecord):
    """A line and its plan. An allowance that is missing has no limit or is not known; `unlimited` says which."""

    type = "telecom.line/1"
    facts = Facts(
        title=Text(en="Telecom line", fr="Ligne de télécommunication"),
        description=Text(
            en="A mobile, fixed or internet line, its plan and price.",
            fr="Une ligne mobile, fixe ou internet, son forfait et son prix.",
        ),
        sensitivity="communications",
        subjects=("self",),
        identifying=("line",),
        finest="raw",
        span="whole",
    )
    series_fields = ABOUT_LINE

    line: Line
    kind: Annotated[str, OneOf(("mobile", "fixed", "internet", "television", "other"))] = Field(
        title="Kind", description="Nature"
    )
    operator: Label | None = Field(None, title="Operator", description="Opérateur")
    plan: Label | None = Field(None, title="Plan", description="Forfait")
    price: Money | None = Field(None, title="Price per month", description="Prix par mois")
    voice: (
        Annotated[Decimal, Quantity("s", 0, Text(en="Calls included per month", fr="Appels compris par mois"), "last")]
        | None
    ) = None
    messages: COUNT | None = Field(None, title="Messages included per month", description="Messages compris par mois")
    data: (
        Annotated[
            Decimal,
            Quantity(
                "By", 0, Text(en="Data included per month", fr="Données comprises par mois"), "last", le=Decimal(10**17)
            ),
        ]
        | None
    ) = None
    unlimited: Annotated[str, OneOf(("none", "voice", "messages", "voice_and_messages", "all"))] | None = Field(
        None, title="Without limit", description="Sans limite"
    )
    engaged_until: LocalDate | None = Field(None, title="Engaged until", description="Engagement jusqu'au")


class TelecomUsage(InstantRecord):
    """A call, a message, or data used."""

    type = "telecom.usage/1"
    facts = Facts(
        title=Text(en="Telecom use", fr="Usage des télécommunications"),
        description=Text(en="Calls, messages and data used.", fr="Les appels, messages et données utilisés."),
        sensitivity="communications",
        subjects=("self", "third_party"),
        identifying=("line", "cell"),
        others=("partner",),
    )
    series_fields = ABOUT_LINE
    natural_key = ("at", "kind", "direction", "partner", "occurrence")

    line: Line | None = None
    kind: Annotated[str, OneOf(("voice", "sms", "mms", "data", "top_up", "other"))] = Field(
        title="Kind", description="Nature"
    )
    direction: Annotated[str, OneOf(("out", "in", "none"))] = Field("none", title="Direction", description="Sens")
    partner: Label | None = Field(None, title="Partner", description="Correspondant")
    occurrence: Annotated[int, Field(ge=1, le=10_000)] = Field(
        1, title="Which of several alike", description="Laquelle, si plusieurs sont semblables"
    )
    duration: Annotated[Decimal, Quantity("s", 1, Text(en="Duration", fr="Durée"), le=Decimal(10**8))] | None = None
    count: Annotated[Decimal, Quantity("1", 0, Text(en="Messages", fr="Messages"), le=Decimal(10**9))] | None = None
    volume: Annotated[Decimal, Quantity("By", 0, Text(en="Data", fr="Données"), le=Decimal(10**17))] | None = None
    network: Label | None = Field(None, title="Network", description="Réseau")
    roaming: bool | None = Field(None, title="Roaming", description="Itinérance")
    cell: Label | None = Field(None, title="Cell", description="Cellule")
    cost: Money | None = Field(None, title="Cost", description="Coût")


class MediaOrder(InstantRecord):
    """A film, a programme or a book that was ordered."""

    type = "telecom.media/1"
    facts = Facts(
        title=Text(en="Media orders", fr="Commandes de médias"),
        description=Text(en="Films, programmes and books ordered.", fr="Les films, émissions et livres commandés."),
        sensitivity="communications",
        subjects=("household",),
        finest="raw",
        span="year",
    )
    natural_key = ("at", "title")

    title: Label = Field(title="Title", description="Titre")
    kind: Annotated[str, OneOf(("film", "series", "programme", "music", "book", "game", "other"))] | None = Field(
        None, title="Kind", description="Nature"
    )
    price: Money | None = Field(None, title="Price", description="Prix")
