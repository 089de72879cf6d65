"""Identity: the person, their contacts, and documents about them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .instant import LocalDate
from .quantity import Quantity
from .record import DateRecord, Facts, OneOf
from .supply import Item
from .text import Label, Text

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ContactPoint(Item):
    """A way to reach somebody: a telephone number, an e-mail address, a postal address, a page."""

    kind: Annotated[str, OneOf(("phone", "email", "address", "url", "messenger", "other"))] = Field(
        title="Kind", description="Nature"
    )
    use: Annotated[str, OneOf(("home", "work", "mobile", "other"))] | None = Field(
        None, title="Use", description="Usage"
    )
    value: Label = Field(title="Value", description="Valeur")


class Person(DateRecord):
    """The person whose cloud this is, as they are described since `on`."""

    type = "identity.person/1"
    facts = Facts(
        title=Text(en="Yourself", fr="Vous-même"),
        description=Text(
            en="Your names, date of birth and how to reach you.",
            fr="Vos noms, votre date de naissance et comment vous joindre.",
        ),
        sensitivity="identity",
        subjects=("self",),
        identifying=("given_name", "family_name", "usual_name", "born", "born_in", "points"),
        finest="raw",
        span="whole",
    )

    given_name: Label | None = Field(None, title="Given names", description="Prénoms")
    family_name: Label | None = Field(None, title="Family name", description="Nom de famille")
    usual_name: Label | None = Field(None, title="Usual name", description="Nom d'usage")
    born: LocalDate | None = Field(None, title="Date of birth", description="Date de naissance")
    born_in: Label | None = Field(None, title="Place of birth", description="Lieu de naissance")
    points: tuple[ContactPoint, ...] = Field((), title="Contact points", description="Coordonnées")


class Contact(DateRecord):
    """Somebody that the person knows. Fields of vCard 4 (RFC 6350). `on` is the date of the card or of the export."""

    type = "identity.contact/1"
    facts = Facts(
        title=Text(en="Contacts", fr="Contacts"),
        description=Text(en="The people you know.", fr="Les gens que vous connaissez."),
        sensitivity="identity",
        subjects=("third_party",),
        identifying=("uid",),
        others=("name", "given_name", "family_name", "nickname", "organisation", "born", "points", "note"),
        finest="raw",
        span="whole",
    )
    natural_key = ("uid",)

    uid: Label = Field(title="Identifier", description="Identifiant")
    name: Label = Field(title="Name", description="Nom")
    given_name: Label | None = Field(None, title="Given names", description="Prénoms")
    family_name: Label | None = Field(None, title="Family name", description="Nom de famille")
    nickname: Label | None = Field(None, title="Nickname", description="Surnom")
    organisation: Label | None = Field(None, title="Organisation", description="Organisation")
    role: Label | None = Field(None, title="Role", description="Fonction")
    born: LocalDate | None = Field(None, title="Date of birth", description="Date de naissance")
    categories: Label | None = Field(None, title="Categories", description="Catégories")
    note: Label | None = Field(None, title="Note", description="Note")
    points: tuple[ContactPoint, ...] = Field((), title="Contact points", description="Coordonnées")


class Document(DateRecord):
    """A document about the person: what it is, not its content."""

    type = "identity.document/1"
    facts = Facts(
        title=Text(en="Documents", fr="Documents"),
        description=Text(
            en="What documents there are about you, and until when they hold.",
            fr="Quels documents vous concernent, et jusqu'à quand ils valent.",
        ),
        sensitivity="identity",
        subjects=("self",),
        identifying=("name", "number", "sha256", "contract"),
        finest="raw",
        span="whole",
    )
    natural_key = ("on", "sha256", "name")

    name: Label = Field(title="Name", description="Nom")
    kind: (
        Annotated[str, OneOf(("identity", "invoice", "contract", "payslip", "tax", "certificate", "other"))] | None
    ) = Field(None, title="Kind", description="Nature")
    number: Label | None = Field(None, title="Number", description="Numéro")
    media_type: Annotated[str, Field(pattern=r"^[a-z0-9.+-]+/[a-z0-9.+-]+$", max_length=100)] | None = Field(
        None, title="Media type", description="Type de média"
    )
    size: Annotated[Decimal, Quantity("By", 0, Text(en="Size", fr="Taille"), le=Decimal(10**15))] | None = None
    sha256: Sha256 | None = Field(None, title="SHA-256", description="SHA-256")
    qualification: Label | None = Field(None, title="Qualification", description="Qualification")
    issuer: Label | None = Field(None, title="Issuer", description="Émetteur")
    expires: LocalDate | None = Field(None, title="Expires", description="Expire le")
    contract: Label | None = Field(None, title="Contract", description="Contrat")
