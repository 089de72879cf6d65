"""Advice on what card payments were made of."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfdata_sdk import Block, Card, Metric, NoInsight, Text

from ..findings import Findings
from ..matching import Match
from .words import joined, listed, money, readable

NEEDS = ("bank", "receipts")
SHOWN = 3  # payments, the last ones
NO_RECEIPTS = Text(
    en="There is no receipt here. With those that shops send or keep in your account, card payments could be taken apart.",
    fr="Il n'y a ici aucun ticket. Avec ceux que les magasins envoient ou gardent dans votre compte, les paiements par "
    "carte pourraient être détaillés.",
)


def contents(findings: Findings) -> Iterator[Block]:
    if not findings.purchases:
        yield NoInsight(id="matched", needs=NEEDS, reason="not_enough_data", help=NO_RECEIPTS)
        return
    yield _matched(findings)
    last = [m for m in reversed(findings.matches) if m.purchase.articles][:SHOWN]
    for place, one in zip(("last", "before-last", "third-last"), last, strict=False):
        yield _payment(findings, one, place)


def _matched(findings: Findings) -> Card:
    explained = -sum((m.line.amount for m in findings.matches), Decimal())
    told = {m.purchase for m in findings.matches}
    cash = sum(not p.by_card for p in findings.purchases)
    alone = len(findings.purchases) - len(told) - cash
    return Card(
        id="matched",
        needs=NEEDS,
        headline=Text(
            en="Receipts matched with a payment: {told} of {all}",
            fr="Tickets rapprochés d'un paiement : {told} sur {all}",
        ).fill(told=len(told), all=len(findings.purchases)),
        body=joined(
            Text(
                en="They tell what {explained} of payments was made of.",
                fr="Ils disent de quoi {explained} de paiements étaient faits.",
            ).fill(explained=money(findings, explained)),
            Text(en="Paid without a card: {cash}.", fr="Payés sans carte : {cash}.").fill(cash=cash) if cash else None,
            Text(
                en="Without one: {alone}. It may be on another account, or not booked yet.",
                fr="Sans paiement trouvé : {alone}. Il est peut-être sur un autre compte, ou pas encore débité.",
            ).fill(alone=alone)
            if alone
            else None,
        ),
        why=Text(
            en="The amounts are the same to the cent. Then the day that the bank says counts most, the shop's name in the "
            "label next, and how soon it was booked last; each line pays one receipt.",
            fr="Les montants sont les mêmes au centime. Puis comptent surtout le jour dit par la banque, ensuite le nom du "
            "magasin dans le libellé, enfin le délai ; chaque ligne paie un seul ticket.",
        ),
        metric=Metric(
            value=float(explained),
            unit=findings.currency,
            places=2,
            period=Text(en="explained by receipts", fr="expliqués par des tickets"),
        ),
    )


def _payment(findings: Findings, m: Match, place: str) -> Card:
    articles = sorted(m.purchase.articles, key=lambda a: -abs(a.amount.amount))
    said = Text(en="{label} {price}", fr="{label} {price}")
    return Card(
        id=f"payment-{place}",
        needs=NEEDS,
        headline=Text(en="{shop}, {day}: {amount}", fr="{shop}, le {day} : {amount}").fill(
            shop=readable(m.purchase.merchant, 32), day=m.purchase.day, amount=money(findings, -m.line.amount)
        ),
        body=Text(en="What was bought: {articles}", fr="Achats : {articles}").fill(
            articles=listed(
                said.fill(label=readable(a.label), price=money(findings, a.amount.amount)) for a in articles
            )
        ),
        why=_evidence(findings, m),
    )


def _evidence(findings: Findings, m: Match) -> Text:
    return joined(
        Text(en="The line of {booked} has the same amount.", fr="La ligne du {booked} a le même montant.").fill(
            booked=m.line.on
        )
        if m.part == m.purchase.total
        else Text(
            en="The line of {booked} has the amount that was paid by card of {total} in all.",
            fr="La ligne du {booked} a le montant payé par carte, sur {total} en tout.",
        ).fill(booked=m.line.on, total=money(findings, m.purchase.total)),
        {
            True: Text(
                en="It says that the card was used on that day.", fr="Elle dit que la carte a servi ce jour-là."
            ),
            False: Text(
                en="It says that the card was used a day apart.", fr="Elle dit que la carte a servi à un jour près."
            ),
            None: Text(en="It does not say when the card was used.", fr="Elle ne dit pas quand la carte a servi."),
        }[m.dated],
        Text(en="The shop's name stands in it.", fr="Le nom du magasin y figure.")
        if m.named == 1
        else Text(en="A part of the shop's name stands in it.", fr="Une partie du nom du magasin y figure.")
        if m.named
        else Text(en="The shop's name does not stand in it.", fr="Le nom du magasin n'y figure pas."),
        Text(en="Nothing else fits.", fr="Rien d'autre ne convient.")
        if not m.rivals
        else Text(
            en="Others would fit too ({n}): this is the likeliest.",
            fr="D'autres conviendraient ({n}) : c'est le plus probable.",
        ).fill(n=m.rivals),
    )
