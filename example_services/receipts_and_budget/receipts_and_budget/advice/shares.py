"""Advice on the shares of food and energy in spending."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfdata_sdk import Block, Card, Chart, Metric, NoInsight, Point, Text

from ..findings import Findings
from ..spending import Spending
from .words import joined, money, percent

NEEDS = ("bank", "receipts", "bills")
FEWEST = 28  # days, below which a share says nothing about how one lives
TOO_SHORT = Text(
    en="Shares of spending need four weeks of lines of your account.",
    fr="Les parts des dépenses demandent quatre semaines de lignes de compte.",
)
FOOD, ENERGY = Text(en="Food", fr="Alimentation"), Text(en="Energy at home", fr="Énergie du logement")
REST, UNKNOWN = Text(en="Other, known", fr="Autre, connu"), Text(en="Not known", fr="Inconnu")


def shares(findings: Findings) -> Iterator[Block]:
    spent = findings.spending
    if spent is None or (spent.last - spent.first).days < FEWEST:
        yield NoInsight(id="shares", needs=NEEDS, reason="not_enough_data", help=TOO_SHORT)
        return
    yield _share(findings, spent, "food", FOOD, spent.food)
    yield _share(findings, spent, "energy", ENERGY, spent.energy)
    yield _chart(findings, spent)


def _share(findings: Findings, spent: Spending, id: str, title: Text, part: Decimal) -> Card:
    least, most = spent.share(part), spent.share(part + max(spent.unknown, Decimal()))
    return Card(
        id=id,
        needs=NEEDS,
        headline=Text(en="{title}: {least} of spending, or more", fr="{title} : {least} des dépenses, ou plus").fill(
            title=title, least=percent(least)
        ),
        body=Text(
            en="That is {part} of {total}, from {first} to {last}. Of {unknown} it is not known what it was for: if all of it were, it "
            "would be {most}.",
            fr="Soit {part} sur {total}, du {first} au {last}. De {unknown}, on ne sait pas à quoi cela a servi : si tout en était, ce "
            "serait {most}.",
        ).fill(
            part=money(findings, part),
            total=money(findings, spent.total),
            first=spent.first,
            last=spent.last,
            unknown=percent(spent.share(spent.unknown)),
            most=percent(most),
        ),
        why=_how(findings, spent),
        metric=Metric(value=least, unit="%", period=Text(en="of spending", fr="des dépenses")),
    )


def _how(findings: Findings, spent: Spending) -> Text:
    return joined(
        Text(
            en="By your receipts ({told} of spending), the names on your energy bills, your bank's categories, and words in labels.",
            fr="D'après vos tickets ({told} des dépenses), les noms de vos factures d'énergie, les catégories de la banque et "
            "les mots des libellés.",
        ).fill(told=percent(spent.share(spent.receipts))),
        Text(
            en="Savings, and transfers between your accounts, are left out; cash counts as not known.",
            fr="L'épargne et les virements entre vos comptes sont écartés ; les espèces comptent comme inconnues.",
        ),
        Text(en="Lines in other currencies left out: {n}.", fr="Lignes en d'autres monnaies écartées : {n}.").fill(
            n=findings.ledger.foreign
        )
        if findings.ledger.foreign
        else None,
    )


def _chart(findings: Findings, spent: Spending) -> Chart:
    parts = (
        (FOOD, spent.food),
        (ENERGY, spent.energy),
        (REST, spent.known - spent.food - spent.energy),
        (UNKNOWN, spent.unknown),
    )
    return Chart(
        id="spending",
        needs=NEEDS,
        form="bars",
        title=Text(en="What spending was for", fr="À quoi ont servi les dépenses"),
        summary=Text(en="It is known what {known} was for.", fr="On sait à quoi {known} ont servi.").fill(
            known=percent(spent.share(spent.known))
        ),
        unit=findings.currency,
        points=tuple(Point(at=title, value=float(amount)) for title, amount in parts),
    )
