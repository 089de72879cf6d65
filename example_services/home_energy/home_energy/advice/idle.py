"""Advice on standby and on what runs at night."""

from __future__ import annotations

from selfdata_sdk import Card, Metric, Text
from selfdata_sdk.model import Measure

from ..findings import Findings
from ..night import Block
from .words import clock, energy, euros, joined, percent

HOURS = 8.766
"""Thousands of hours in a year: W become kWh."""


def standby_card(findings: Findings) -> Card | None:
    found = findings.standby
    if found is None:
        return None
    return Card(
        id="standby",
        needs=findings.needs("electricity", "contract"),
        headline=Text(
            en="Up to {watts} never sleeps: {money} a year", fr="Jusqu'à {watts} ne dorment jamais : {money} par an"
        ).fill(watts=Measure(found.watts, "W"), money=_money(findings, found.kwh)),
        body=joined(
            Text(
                en="Router, television, chargers and a part of the fridge: {kwh} a year. A switched socket saves what need not wait.",
                fr="Box, télévision, chargeurs et une part du frigo : {kwh} par an. Une prise à interrupteur coupe ce qui peut l'être.",
            ).fill(kwh=energy(found.kwh)),
            None
            if found.warm
            else Text(
                en="Some of it may be heating: there is no summer in the data yet.",
                fr="Une part peut être du chauffage : les données n'ont pas encore d'été.",
            ),
        ),
        why=joined(
            Text(
                en="The lowest value of each of {days} days up to {until}; a fifth of them lie lower.",
                fr="La plus basse valeur de chaque jour, {days} jours jusqu'au {until} ; un cinquième sont plus basses.",
            ).fill(days=found.days, until=found.until),
            Text(
                en="Days of the warm season count, since nothing heats in them.",
                fr="Ce sont des jours de la saison chaude, où rien ne chauffe.",
            )
            if found.warm
            else None,
            _price(findings),
        ),
        metric=Metric(value=round(found.watts), unit="W", period=Text(en="all the time", fr="en permanence")),
    )


def rise_card(findings: Findings) -> Card | None:
    rise = findings.standby.rise if findings.standby else None
    if rise is None:
        return None
    kwh = rise.watts * HOURS
    return Card(
        id="rise",
        needs=findings.needs("electricity", "contract"),
        headline=Text(
            en="Since {day} about {watts} more runs all the time",
            fr="Depuis le {day}, environ {watts} de plus en permanence",
        ).fill(day=rise.on, watts=Measure(rise.watts, "W")),
        body=Text(
            en="In a year that makes {kwh} and {money}. Think of what came or was left on then: a heater, a pump, a "
            "second fridge, a computer.",
            fr="Sur un an, cela fait {kwh} et {money}. Cherchez ce qui est arrivé ou resté allumé : radiateur, pompe, "
            "deuxième frigo, ordinateur.",
        ).fill(kwh=energy(kwh), money=_money(findings, kwh)),
        why=joined(
            Text(
                en="The lowest value of the 14 days from then on, against the 14 days before. A rise in autumn is not "
                "told, since it may be heating.",
                fr="La plus basse valeur de chaque jour : les 14 suivants comparés aux 14 d'avant. Une hausse en "
                "automne n'est pas dite : ce peut être le chauffage.",
            ),
            _price(findings),
        ),
        metric=Metric(value=round(rise.watts), unit="W", period=Text(en="more than before", fr="de plus qu'avant")),
        tone="attention",
    )


def night_card(findings: Findings) -> Card | None:
    found = findings.night
    if found is None:
        return None
    return Card(
        id="night",
        needs=("electricity",),
        headline=Text(
            en="At night you use {kwh}, {share} of the whole", fr="La nuit, vous utilisez {kwh}, {share} du total"
        ).fill(kwh=energy(found.kwh), share=percent(found.share)),
        body=_runs(found.block),
        why=Text(
            en="The hours between 22:00 and 6:00 of the last {nights} nights; they are a third of the time.",
            fr="Les heures entre 22 h et 6 h des {nights} dernières nuits ; c'est un tiers du temps.",
        ).fill(nights=found.nights),
        metric=Metric(value=round(found.kwh, 1), unit="kW.h", places=1, period=Text(en="a night", fr="par nuit")),
    )


def _runs(block: Block | None) -> Text:
    if block is None:
        return Text(
            en="On most nights nothing large runs at a fixed hour.",
            fr="La plupart des nuits, rien de gros ne tourne à heure fixe.",
        )
    return Text(
        en="On most nights about {watts} runs from {start} to {end}: a water heater, a car that charges, or heating.",
        fr="La plupart des nuits, environ {watts} tournent de {start} à {end} : chauffe-eau, voiture en charge ou chauffage.",
    ).fill(watts=Measure(block.watts / 1000, "kW", 1), start=clock(block.start), end=clock(block.end))


def _money(findings: Findings, kwh: float) -> Measure:
    return euros(float(findings.price) * kwh)


def _price(findings: Findings) -> Text:
    price = Measure(float(findings.price), "EUR", 4)
    if findings.price_is_own:
        return Text(en="Priced at your {price} per kWh.", fr="Au prix de votre contrat, {price} par kWh.").fill(
            price=price
        )
    return Text(en="Priced at {price} per kWh.", fr="Compté à {price} par kWh.").fill(price=price)
