"""Purchases: till receipts with their lines, taxes and payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .money import Money
from .quantity import Quantity
from .record import Facts, InstantRecord, OneOf
from .supply import Item, Unit
from .text import Label, Text

VAT = Quantity("%", 3, Text(en="VAT rate", fr="Taux de TVA"), "last", le=Decimal(100))
"""A rate of value-added tax in percent."""


class ReceiptLine(Item):
    """One line. A discount, a return or a deposit given back has a negative amount."""

    label: Label = Field(title="Label", description="Libellé")
    kind: Annotated[str, OneOf(("article", "discount", "deposit", "return", "other"))] = Field(
        "article", title="Kind", description="Nature"
    )
    gtin: Annotated[str, Field(pattern=r"^[0-9]{6,14}$")] | None = Field(None, title="GTIN", description="GTIN")
    quantity: (
        Annotated[
            Decimal,
            Quantity("1", 3, Text(en="Quantity", fr="Quantité"), ge=-Decimal(10**6), le=Decimal(10**6)),
        ]
        | None
    ) = None
    unit: Unit | None = None
    unit_price: Money | None = Field(None, title="Unit price", description="Prix unitaire")
    amount: Money = Field(title="Amount", description="Montant")
    vat: Annotated[Decimal, VAT] | None = None
    category: Label | None = Field(None, title="Category", description="Catégorie")


class VatTotal(Item):
    """What a receipt or bill says of one rate of VAT."""

    rate: Annotated[Decimal, VAT]
    net: Money | None = Field(None, title="Net", description="Hors taxe")
    tax: Money | None = Field(None, title="VAT", description="TVA")
    gross: Money | None = Field(None, title="Gross", description="Toutes taxes")


class Payment(Item):
    """How a part of a receipt was paid."""

    means: Annotated[str, OneOf(("card", "cash", "check", "voucher", "meal_voucher", "points", "online", "other"))] = (
        Field(title="Means of payment", description="Moyen de paiement")
    )
    amount: Money = Field(title="Amount", description="Montant")


class Receipt(InstantRecord):
    """A till receipt."""

    type = "purchase.receipt/1"
    facts = Facts(
        title=Text(en="Till receipts", fr="Tickets de caisse"),
        description=Text(
            en="What was bought, line by line, and how it was paid.",
            fr="Ce qui a été acheté, ligne par ligne, et comment c'était payé.",
        ),
        sensitivity="financial",
        subjects=("household",),
        identifying=("number", "loyalty"),
        finest="raw",
        span="year",
    )
    natural_key = ("at", "merchant", "number")

    merchant: Label = Field(title="Merchant", description="Commerçant")
    siret: Annotated[str, Field(pattern=r"^[0-9]{14}$")] | None = Field(None, title="SIRET", description="SIRET")
    store: Label | None = Field(None, title="Store", description="Magasin")
    number: Label | None = Field(None, title="Receipt number", description="Numéro du ticket")
    till: Label | None = Field(None, title="Till", description="Caisse")
    total: Money = Field(title="Total", description="Total")
    lines: tuple[ReceiptLine, ...] = Field((), title="Lines", description="Lignes")
    vat: tuple[VatTotal, ...] = Field((), title="VAT", description="TVA")
    payments: tuple[Payment, ...] = Field((), title="Payments", description="Paiements")
    loyalty: Label | None = Field(None, title="Loyalty card", description="Carte de fidélité")
