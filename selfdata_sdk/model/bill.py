"""Bills: what was invoiced, for which time, and what is to be paid."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .instant import LocalDate
from .money import Money
from .purchase import VAT, VatTotal
from .quantity import Quantity
from .record import DateRecord, Facts, OneOf
from .supply import Commodity, Item, Point, TariffClass, Unit
from .text import Label, Text


class BillLine(Item):
    """One line: a standing charge, an amount of use at a price, a tax, or something else."""

    label: Label = Field(title="Label", description="Libellé")
    kind: Annotated[str, OneOf(("standing", "use", "tax", "discount", "advance", "balance", "other"))] = Field(
        "other", title="Kind", description="Nature"
    )
    tariff_class: TariffClass | None = None
    start: LocalDate | None = Field(None, title="Start", description="Début")
    end: LocalDate | None = Field(None, title="End (exclusive)", description="Fin (exclue)")
    quantity: (
        Annotated[
            Decimal,
            Quantity("1", 6, Text(en="Quantity", fr="Quantité"), ge=-Decimal(10**9), le=Decimal(10**9)),
        ]
        | None
    ) = None
    unit: Unit | None = None
    unit_price: Money | None = Field(None, title="Unit price", description="Prix unitaire")
    amount: Money | None = Field(None, title="Amount (net)", description="Montant (hors taxe)")
    vat: Annotated[Decimal, VAT] | None = None


class BillIndex(Item):
    """The indexes of one register on which a bill rests, in the register's unit."""

    register_name: Label = Field(title="Register", description="Cadran")
    unit: Unit
    start: LocalDate = Field(title="Start", description="Début")
    end: LocalDate = Field(title="End (exclusive)", description="Fin (exclue)")
    first: Annotated[Decimal, Quantity("1", 3, Text(en="First index", fr="Premier index"), "last")] | None = None
    last: Annotated[Decimal, Quantity("1", 3, Text(en="Last index", fr="Dernier index"), "last")] | None = None
    estimated: bool | None = Field(None, title="Estimated", description="Estimé")


class Bill(DateRecord):
    """A bill, a credit note, or a schedule of payments. `on` is its own date."""

    type = "bill.invoice/1"
    facts = Facts(
        title=Text(en="Bills", fr="Factures"),
        description=Text(
            en="What was billed, for which time, and what is to be paid.",
            fr="Ce qui a été facturé, pour quelle période, et ce qui est à payer.",
        ),
        sensitivity="financial",
        subjects=("household",),
        identifying=("number", "contract", "customer", "point"),
        finest="raw",
        span="year",
    )
    natural_key = ("on", "issuer", "number")

    issuer: Label = Field(title="Issuer", description="Émetteur")
    number: Label | None = Field(None, title="Number", description="Numéro")
    kind: Annotated[str, OneOf(("invoice", "credit_note", "schedule", "other"))] = Field(
        "invoice", title="Kind", description="Nature"
    )
    commodity: Commodity | None = None
    contract: Label | None = Field(None, title="Contract", description="Contrat")
    customer: Label | None = Field(None, title="Customer number", description="Numéro de client")
    point: Point | None = None
    period_start: LocalDate | None = Field(None, title="Start of the period", description="Début de la période")
    period_end: LocalDate | None = Field(
        None, title="End of the period (exclusive)", description="Fin de la période (exclue)"
    )
    due: LocalDate | None = Field(None, title="Due date", description="Échéance")
    net: Money | None = Field(None, title="Net", description="Hors taxe")
    vat_amount: Money | None = Field(None, title="VAT", description="TVA")
    gross: Money = Field(title="Gross", description="Toutes taxes")
    balance_before: Money | None = Field(None, title="Balance before", description="Solde antérieur")
    to_pay: Money | None = Field(None, title="To pay", description="À payer")
    lines: tuple[BillLine, ...] = Field((), title="Lines", description="Lignes")
    vat: tuple[VatTotal, ...] = Field((), title="VAT by rate", description="TVA par taux")
    indexes: tuple[BillIndex, ...] = Field((), title="Indexes", description="Index")
    document: Label | None = Field(None, title="Document (SHA-256 or name)", description="Document (SHA-256 ou nom)")
