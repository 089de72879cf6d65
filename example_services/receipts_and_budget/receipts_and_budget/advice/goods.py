"""Advice on things that last: their guarantees, and what they are worth beside what is insured."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from selfdata_sdk import Block, Card, Comparison, Metric, Text

from ..findings import Findings
from ..goods import Good
from ..references import guarantee
from .words import joined, listed, money, readable

SOON = timedelta(days=60)
CONTRACTS = {
    "home": Text(en="home", fr="habitation"),
    "car": Text(en="car", fr="auto"),
    "motorcycle": Text(en="motorcycle", fr="moto"),
    "boat": Text(en="boat", fr="bateau"),
    "health": Text(en="health", fr="santé"),
    "life": Text(en="life", fr="vie"),
    "liability": Text(en="liability", fr="responsabilité civile"),
    "other": Text(en="other", fr="autre"),
}


def goods_cards(findings: Findings) -> Iterator[Block]:
    if not findings.goods:
        return
    running = sorted((g for g in findings.goods if g.until >= findings.today), key=lambda g: g.until)
    if running:
        yield _guarantees(findings, running)
    yield _inventory(findings)


def _guarantees(findings: Findings, running: list[Good]) -> Card:
    first = running[0]
    soon = first.until <= findings.today + SOON
    said = Text(en="{label} ({price}) until {day}", fr="{label} ({price}) jusqu'au {day}")
    law = guarantee()
    return Card(
        id="guarantees",
        needs=("bank", "receipts"),
        headline=Text(en="Still under guarantee: {n}", fr="Encore sous garantie : {n}").fill(n=len(running)),
        body=joined(
            listed(said.fill(label=readable(g.label), price=money(findings, g.price), day=g.until) for g in running),
            Text(
                en="The first one ends soon: see whether the thing works.",
                fr="La première garantie finit bientôt : vérifiez que le bien marche.",
            )
            if soon
            else None,
        ),
        why=Text(
            en="The seller answers for {months} months from delivery ({source}), taken here as the day of the receipt. Counted: what is "
            "sold by the piece for {least} or more, but for food and what is used up.",
            fr="Le vendeur répond pendant {months} mois dès la livraison ({source}), ici le jour du ticket. Comptés : biens vendus à la "
            "pièce dès {least}, hors aliments et consommables.",
        ).fill(months=law.months, source=law.source, least=money(findings, Decimal(findings.least))),
        tone="attention" if soon else "neutral",
    )


def _inventory(findings: Findings) -> Card:
    worth = sum((g.price for g in findings.goods), Decimal())
    contents = findings.insured.contents
    return Card(
        id="inventory",
        needs=("bank", "receipts", "insurance"),
        headline=Text(en="Inventory: {n} things for {worth}", fr="Inventaire : {n} biens pour {worth}").fill(
            n=len(findings.goods), worth=money(findings, worth)
        )
        if len(findings.goods) > 1
        else Text(en="Inventory: one thing for {worth}", fr="Inventaire : un bien pour {worth}").fill(
            worth=money(findings, worth)
        ),
        body=joined(_insured(findings), _against(findings, worth)),
        why=Text(
            en="Prices on receipts of the last two years, without what was given back. What is older, or has no receipt here, is not "
            "counted, and age is not taken off.",
            fr="Prix des tickets des deux dernières années, sans les retours. Ce qui est plus ancien, ou sans ticket ici, n'est pas "
            "compté, et la vétusté n'est pas déduite.",
        ),
        metric=Metric(value=float(worth), unit=findings.currency, places=2),
        comparison=None
        if contents is None
        else Comparison(
            to="target", value=float(contents), label=Text(en="insured for your home", fr="assuré pour votre logement")
        ),
        tone="attention" if contents is not None and worth > contents else "neutral",
    )


def _insured(findings: Findings) -> Text:
    contracts = findings.insured.contracts
    if not contracts:
        return Text(
            en="No insurance contract that runs is known here. These receipts would be your proof.",
            fr="Aucun contrat d'assurance en cours n'est connu ici. Ces tickets seraient votre preuve.",
        )
    said = Text(en="{kind} ({insurer})", fr="{kind} ({insurer})")
    every = [said.fill(kind=CONTRACTS.get(k, CONTRACTS["other"]), insurer=readable(i)) for k, i in contracts]
    return Text(en="Insurance that runs: {list}", fr="Assurances en cours : {list}").fill(list=listed(every))


def _against(findings: Findings, worth: Decimal) -> Text | None:
    contents = findings.insured.contents
    if contents is None:
        return None
    if worth > contents:
        return Text(
            en="Your home is insured up to {limit}, less than these things alone cost: ask your insurer.",
            fr="Votre logement est assuré jusqu'à {limit}, moins que le prix de ces seuls biens : parlez-en à votre assureur.",
        ).fill(limit=money(findings, contents))
    return Text(
        en="Your home is insured up to {limit}. Keep the receipts: they are your proof.",
        fr="Votre logement est assuré jusqu'à {limit}. Gardez les tickets : ils sont votre preuve.",
    ).fill(limit=money(findings, contents))
