"""Advice on what follows the cold."""

from __future__ import annotations

from selfdata_sdk import Card, Metric, Text

from ..findings import Findings
from ..heating import Heating
from .words import energy, joined, percent

ELECTRIC = frozenset({"electricity", "heat_pump"})
NAMES = {
    "electricity": Text(en="electricity", fr="l'électricité"),
    "gas": Text(en="gas", fr="le gaz"),
}
OF = {
    "electricity": Text(en="your electricity", fr="votre électricité"),
    "gas": Text(en="your gas", fr="votre gaz"),
}


def heating_card(findings: Findings) -> Card | None:
    """The energy of which most follows the cold, and what is left of the others; None where none can be told."""
    found = {"electricity": findings.by_electricity, "gas": findings.by_gas}
    told = {name: heat for name, heat in found.items() if heat is not None}
    if not told:
        return None
    name, most = max(told.items(), key=lambda item: item[1].kwh)
    if most.verdict == "none":
        return _nothing(findings, told)
    return Card(
        id="heating",
        needs=_needs(findings),
        headline=_headline(most).fill(name=OF[name], share=percent(most.share)),
        body=joined(
            Text(
                en="About {kwh} in a year follow the cold: {degree} a day for each degree below {base} °C.",
                fr="Environ {kwh} par an suivent le froid : {degree} par jour pour chaque degré sous {base} °C.",
            ).fill(kwh=energy(most.kwh), degree=energy(most.per_degree), base=most.base),
            _surface(findings, most),
            _other(told, name),
            _disagrees(findings, name),
        ),
        why=_why(findings, most),
        metric=Metric(
            value=round(most.kwh),
            unit="kW.h",
            period=Text(en="heating, in a year", fr="chauffage, par an"),
        ),
    )


def _headline(heat: Heating) -> Text:
    if heat.verdict == "heats":
        return Text(en="{share} of {name} goes into heating", fr="{share} de {name} part dans le chauffage")
    return Text(en="Perhaps {share} of {name} heats", fr="Peut-être {share} de {name} chauffe")


def _needs(findings: Findings) -> tuple[str, ...]:
    return findings.needs("electricity", "gas", "water", "home")


def _nothing(findings: Findings, told: dict[str, Heating]) -> Card:
    heat = next(iter(told.values()))
    return Card(
        id="heating",
        needs=_needs(findings),
        headline=Text(en="No heating shows on your meters", fr="Aucun chauffage ne se voit sur vos compteurs"),
        body=joined(
            Text(
                en="What you use hardly follows the cold. Something else heats, such as wood, oil or district heating.",
                fr="Votre consommation ne suit guère le froid. Autre chose chauffe : bois, fioul ou réseau de chaleur.",
            ),
            _disagrees(findings, ""),
        ),
        why=_why(findings, heat),
    )


def _surface(findings: Findings, heat: Heating) -> Text | None:
    if not findings.surface:
        return None
    return Text(en="That is {kwh} per square metre.", fr="Soit {kwh} par mètre carré.").fill(
        kwh=energy(heat.kwh / findings.surface)
    )


def _other(told: dict[str, Heating], name: str) -> Text | None:
    rest = {other: heat for other, heat in told.items() if other != name}
    for other, heat in rest.items():
        if heat.verdict == "none":
            return Text(en="In {name}, no heating shows.", fr="Dans {name}, aucun chauffage ne se voit.").fill(
                name=OF[other]
            )
        return Text(
            en="Of {name}, about {share} follows the cold too.", fr="Environ {share} de {name} le suit aussi."
        ).fill(name=OF[other], share=percent(heat.share))
    return None


def _disagrees(findings: Findings, name: str) -> Text | None:
    """That the meters show another energy than the one that the person named, if so."""
    said = findings.heated_with
    meter = "electricity" if said in ELECTRIC else said if said == "gas" else None
    if meter is None or meter == name or meter not in findings.given:
        return None
    return Text(
        en="You said that {name} heats: the meters do not show it.",
        fr="Vous avez dit que {name} chauffe : les compteurs ne le montrent pas.",
    ).fill(name=NAMES[meter])


def _why(findings: Findings, heat: Heating) -> Text:
    return joined(
        Text(
            en="{days} days were held against normal temperatures, not the real weather, which a service cannot know.",
            fr="{days} jours comparés aux températures normales, pas au temps réel, qu'un service ne peut connaître.",
        ).fill(days=heat.days),
        Text(
            en="They explain {fit} of the ups and downs between days (R²). Lamps and hot water also follow the season.",
            fr="Elles expliquent {fit} des écarts entre jours (R²). Lampes et eau chaude suivent aussi la saison.",
        ).fill(fit=percent(heat.fit)),
        Text(
            en="{away} days without water, when nobody was there, are left out.",
            fr="{away} jours sans eau, donc d'absence, sont écartés.",
        ).fill(away=findings.away)
        if findings.away
        else None,
    )
