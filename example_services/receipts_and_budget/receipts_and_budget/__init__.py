"""Receipts and budget: what card payments were made of, which payments come back, and what is under guarantee."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from selfdata_sdk import Block, Context, Dataset, Need, Setting, Text, service

from .advice import advice
from .findings import find
from .ledger import Ledger
from .rows import Booked, Contract, EnergyBill, Till

BANK = Need(
    why=Text(
        en="Find payments that come back, match card payments with receipts, and see shares of spending",
        fr="Repérer les paiements qui reviennent, les rapprocher des tickets et voir les parts des dépenses",
    ),
    back="P2Y",
)
RECEIPTS = Need(
    why=Text(
        en="Say what card payments were made of, and which things bought are still under guarantee",
        fr="Dire de quoi étaient faits les paiements par carte, et quels achats sont encore sous garantie",
    ),
    back="P2Y",
    without=Text(
        en="No contents of card payments, no guarantees and no inventory",
        fr="Pas de contenu des paiements par carte, ni garanties, ni inventaire",
    ),
)
INSURANCE = Need(
    why=Text(
        en="Hold the value of things bought against what your home contract insures",
        fr="Comparer la valeur des biens achetés à ce qu'assure votre contrat habitation",
    ),
    back="P1Y",
    without=Text(en="No comparison with what is insured", fr="Pas de comparaison avec ce qui est assuré"),
)
BILLS = Need(
    why=Text(
        en="Know by their names which of your payments go to your energy suppliers",
        fr="Reconnaître à leur nom vos paiements aux fournisseurs d'énergie",
    ),
    back="P1Y",
    where={"commodity": ("electricity", "gas", "heat")},
    without=Text(
        en="Energy is known by the names of large suppliers only",
        fr="L'énergie n'est reconnue qu'aux noms des grands fournisseurs",
    ),
)
LEAST = Setting(
    Text(en="Price from which a thing is kept in the inventory", fr="Prix à partir duquel un bien est inventorié"),
    ge=5,
    le=1000,
)


@service(
    id="org.selfdata.receipts-and-budget",
    name=Text(en="Receipts and budget", fr="Tickets et budget"),
    summary=Text(
        en="Says what card payments were made of, which payments come back, and what is still under guarantee.",
        fr="Dit de quoi étaient faits les paiements par carte, lesquels reviennent, et ce qui est encore sous garantie.",
    ),
)
def receipts_and_budget(
    context: Context,
    bank: Annotated[Dataset[Booked], BANK],
    receipts: Annotated[Dataset[Till], RECEIPTS],
    insurance: Annotated[Dataset[Contract], INSURANCE],
    bills: Annotated[Dataset[EnergyBill], BILLS],
    least: Annotated[int, LEAST] = 30,
) -> Iterable[Block]:
    findings = find(
        Ledger.of(bank),
        receipts,
        insurance,
        tuple(sorted({bill.issuer for bill in bills})),
        now=context.now,
        least=least,
    )
    return advice(findings)
