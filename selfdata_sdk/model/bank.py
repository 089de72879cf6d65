"""Bank: accounts, their balances, and what was booked on them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .instant import LocalDate
from .money import Money
from .record import DateRecord, Facts, InstantRecord, OneOf, OpenIntervalRecord
from .text import Label, Text

Account = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9*][A-Za-z0-9 ._/*:~-]{0,63}$", title="Account", description="Compte"),
]
"""An account as its bank writes it: an IBAN, or a number of the bank's own."""
Iban = Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}$")]
ABOUT_ACCOUNT = {"account": "about"}


class BankAccount(OpenIntervalRecord):
    """An account at a bank."""

    type = "bank.account/1"
    facts = Facts(
        title=Text(en="Bank account", fr="Compte bancaire"),
        description=Text(
            en="An account at a bank, whose it is and of what kind.",
            fr="Un compte dans une banque, à qui il est et de quelle sorte.",
        ),
        sensitivity="financial",
        subjects=("self",),
        identifying=("account", "iban", "name"),
        finest="raw",
        span="whole",
    )
    series_fields = ABOUT_ACCOUNT

    account: Account
    iban: Iban | None = Field(None, title="IBAN", description="IBAN")
    bank: Label | None = Field(None, title="Bank", description="Banque")
    name: Label | None = Field(None, title="Name of the account", description="Nom du compte")
    kind: Annotated[str, OneOf(("current", "savings", "card", "loan", "securities", "other"))] | None = Field(
        None, title="Kind", description="Nature"
    )
    held: Annotated[str, OneOf(("alone", "jointly", "business", "other"))] | None = Field(
        None, title="How it is held", description="Mode de détention"
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        title="Currency (ISO 4217)", description="Monnaie (ISO 4217)"
    )


class BankBalance(InstantRecord):
    """What is on an account at a moment, as its bank states it."""

    type = "bank.balance/1"
    facts = Facts(
        title=Text(en="Bank balance", fr="Solde bancaire"),
        description=Text(en="How much is on an account at a moment.", fr="Combien il y a sur un compte à un instant."),
        sensitivity="financial",
        subjects=("self",),
        identifying=("account",),
        finest="raw",
        span="year",
    )
    series_fields = ABOUT_ACCOUNT
    natural_key = ("at", "kind")

    account: Account
    kind: Annotated[str, OneOf(("opening", "closing", "interim", "forward", "available", "other"))] = Field(
        title="Kind", description="Nature"
    )
    amount: Money = Field(title="Balance", description="Solde")


class BankTransaction(DateRecord):
    """One line of an account: what went in or out. `on` is the date on which it was booked.

    Two alike on one day are told apart by `occurrence`; the bank's own reference is a hint only, as banks change it.
    """

    type = "bank.transaction/1"
    facts = Facts(
        title=Text(en="Bank transactions", fr="Opérations bancaires"),
        description=Text(en="What was paid and received on an account.", fr="Ce qui a été payé et reçu sur un compte."),
        sensitivity="financial",
        subjects=("self", "third_party"),
        identifying=("account", "reference", "mandate"),
        others=("counterparty", "counterparty_account"),
        finest="raw",
        span="year",
    )
    series_fields = ABOUT_ACCOUNT
    natural_key = ("on", "amount", "label", "occurrence")

    account: Account
    amount: Money = Field(title="Amount (debit negative)", description="Montant (débit négatif)")
    label: Label = Field(title="Label", description="Libellé")
    occurrence: Annotated[int, Field(ge=1, le=10_000)] = Field(
        1, title="Which of several alike", description="Laquelle, si plusieurs sont semblables"
    )
    kind: (
        Annotated[
            str,
            OneOf(
                (
                    "card", "deferred_card", "transfer", "direct_debit", "check", "withdrawal", "deposit", "fee",
                    "interest", "other",
                )
            ),
        ]
        | None
    ) = Field(None, title="Kind", description="Nature")  # fmt: skip
    counterparty: Label | None = Field(None, title="Counterparty", description="Contrepartie")
    counterparty_account: Account | None = Field(
        None, title="Counterparty's account", description="Compte de la contrepartie"
    )
    value_date: LocalDate | None = Field(None, title="Value date", description="Date de valeur")
    transaction_date: LocalDate | None = Field(None, title="Transaction date", description="Date de l'opération")
    code: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9/_-]{0,34}$")] | None = Field(
        None, title="Bank transaction code (ISO 20022)", description="Code d'opération (ISO 20022)"
    )
    category: Label | None = Field(None, title="Category", description="Catégorie")
    original: Money | None = Field(
        None, title="Amount in the original currency", description="Montant dans la monnaie d'origine"
    )
    reference: Label | None = Field(None, title="Bank's reference", description="Référence de la banque")
    mandate: Label | None = Field(None, title="Mandate", description="Mandat")
    note: Label | None = Field(None, title="Note", description="Note")
