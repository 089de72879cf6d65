"""Advice on the carbon of electricity and gas."""

from __future__ import annotations

from selfdata_sdk import Card, Metric, Text
from selfdata_sdk.model import Measure

from ..daily import Daily
from ..findings import Findings
from ..references import carbon
from .words import energy, joined

FEWEST = 300
"""Days of each energy before a year of it is said."""


def carbon_card(findings: Findings) -> Card | None:
    """None where a year of no energy is known well enough."""
    known = {
        name: daily
        for name, daily in (("electricity", findings.electricity), ("gas", findings.gas))
        if len(daily) >= FEWEST
    }
    if not known:
        return None
    kg = {name: daily.per_year * carbon(name).kg_per_kwh for name, daily in known.items()}
    return Card(
        id="carbon",
        needs=findings.needs(*known),
        headline=Text(en="Your energy makes {kg} of CO2e a year", fr="Votre énergie fait {kg} de CO2e par an").fill(
            kg=_kg(sum(kg.values()))
        ),
        body=joined(*(_part(name, known[name], kg[name]) for name in known)),
        why=joined(*(_factor(name) for name in known)),
        metric=Metric(
            value=round(sum(kg.values())), unit="kg", period=Text(en="of CO2e in a year", fr="de CO2e par an")
        ),
    )


def _part(name: str, daily: Daily, kg: float) -> Text:
    said = {
        "electricity": Text(en="Electricity: {kg} from {kwh}.", fr="Électricité : {kg} pour {kwh}."),
        "gas": Text(en="Gas: {kg} from {kwh}.", fr="Gaz : {kg} pour {kwh}."),
    }
    return said[name].fill(kg=_kg(kg), kwh=energy(daily.per_year))


def _factor(name: str) -> Text:
    factor = carbon(name)
    said = {
        "electricity": Text(
            en="{kg} per kWh of electricity (ADEME, mean mix of {year}; it changes from year to year).",
            fr="{kg} par kWh d'électricité (ADEME, mélange moyen de {year} ; il change d'année en année).",
        ),
        "gas": Text(en="{kg} per kWh of gas (ADEME, {year}).", fr="{kg} par kWh de gaz (ADEME, {year})."),
    }
    return said[name].fill(kg=Measure(factor.kg_per_kwh, "kg", 3), year=str(factor.year))


def _kg(value: float) -> Measure:
    return Measure(value, "kg")
