"""Answers: what a person tells a service when it asks."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .quantity import Quantity
from .record import Facts, InstantRecord
from .text import Label, Text

PLACES, LIMIT = 6, 10**12
"""Decimals and greatest amount of a number."""


class Answer(InstantRecord):
    """The answer to one question of a service; one of the values is there, by the kind of the question."""

    type = "self.answer/1"
    facts = Facts(
        title=Text(en="Your answers", fr="Vos réponses"),
        description=Text(
            en="What you told services that asked.", fr="Ce que vous avez dit aux services qui demandaient."
        ),
        subjects=("self",),
        finest="raw",
        span="year",
    )
    series_fields = {"service": "about"}
    natural_key = ("at", "question")

    service: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){2,}$", max_length=100)] = Field(
        title="Service", description="Service"
    )
    question: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")] = Field(
        title="Question", description="Question"
    )
    yes: bool | None = Field(None, title="Yes or no", description="Oui ou non")
    number: (
        Annotated[
            Decimal,
            Quantity("1", PLACES, Text(en="Number", fr="Nombre"), "last", ge=-Decimal(LIMIT), le=Decimal(LIMIT)),
        ]
        | None
    ) = None
    choice: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")] | None = Field(
        None, title="Choice", description="Choix"
    )
    text: Label | None = Field(None, title="Text", description="Texte")
