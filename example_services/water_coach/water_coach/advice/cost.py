"""Advice on the year's bill."""

from __future__ import annotations

from decimal import Decimal

from selfdata_sdk import Card, Metric, Text
from selfdata_sdk.model import Measure

from ..cost import cubic_metres, year_cost
from ..findings import Findings
from ..references import Tariff
from .words import joined, volume


def cost_card(findings: Findings) -> Card | None:
    """The forecast of the calendar year; None without eight weeks of data."""
    found = findings.forecast
    if found is None:
        return None
    expected, low, high = (_cost(findings, litres) for litres in (found.expected, found.low, found.high))
    year = str(found.year)
    return Card(
        id="cost",
        needs=("water",),
        headline=Text(
            en="{year}: about {money} for {volume} of water", fr="{year} : environ {money} pour {volume} d'eau"
        ).fill(year=year, money=expected, volume=volume(found.expected)),
        body=joined(
            Text(
                en="In 8 of 10 likely years it is between {low} and {high} ({least} to {most}). Up to {until}, {so_far} were read.",
                fr="Dans 8 années probables sur 10, ce sera entre {low} et {high} ({least} à {most}). Au {until}, {so_far} relevés.",
            ).fill(
                low=low,
                high=high,
                least=volume(found.low),
                most=volume(found.high),
                until=found.until,
                so_far=volume(found.so_far),
            ),
            _next_block(findings.tariff, found.expected, found.high),
            Text(en="A leak that runs on would come on top.", fr="Une fuite qui continue s'y ajouterait.")
            if findings.leaks.current
            else None,
        ),
        why=joined(
            Text(
                en="The rest of the year is drawn 1 000 times from your own {weeks} weeks, of the same season where known.",
                fr="Le reste de l'année est tiré 1 000 fois de vos propres {weeks} semaines, de même saison si possible.",
            ).fill(weeks=found.weeks),
            None
            if found.seasonal
            else Text(
                en="Seasons not read yet widen the range.",
                fr="Les saisons pas encore relevées élargissent la fourchette.",
            ),
            Text(en="{tariff}, {day}.", fr="{tariff}, {day}.").fill(
                tariff=_capital(findings.tariff.name), day=findings.tariff.valid_from
            ),
            findings.tariff.note,
        ),
        metric=Metric(
            value=expected.value,
            unit="EUR",
            period=Text(en="year {year}", fr="année {year}").fill(year=year),
        ),
    )


def _cost(findings: Findings, litres: float) -> Measure:
    return Measure(float(year_cost(findings.tariff, cubic_metres(litres)).amount), "EUR")


def _next_block(tariff: Tariff, expected: float, high: float) -> Text | None:
    """That a dearer block is reached, or may be."""
    bounds = [
        b.above for p in tariff.parts for a, b in zip(p.blocks, p.blocks[1:], strict=False) if b.price > a.price > 0
    ]
    if not bounds:
        return None
    above = max(bounds)
    limit = Measure(float(above), "m3")
    if cubic_metres(expected) > above:
        return Text(
            en="Above {limit} a year, drinking water costs double.",
            fr="Au-delà de {limit} par an, l'eau potable coûte le double.",
        ).fill(limit=limit)
    if cubic_metres(high) > above * Decimal("0.9"):
        return Text(
            en="You may come near {limit}, above which drinking water costs double.",
            fr="Vous pourriez approcher {limit}, seuil où l'eau potable coûte le double.",
        ).fill(limit=limit)
    return None


def _capital(text: Text) -> Text:
    return Text(en=text.en[0].upper() + text.en[1:], fr=text.fr[0].upper() + text.fr[1:])
