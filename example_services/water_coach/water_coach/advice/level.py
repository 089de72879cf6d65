"""Advice on how much the home uses: per person, against the goal and similar homes."""

from __future__ import annotations

from selfdata_sdk import Card, Comparison, Metric, Text
from selfdata_sdk.model import Measure

from ..findings import Findings
from ..references import norm
from .words import joined, still_open

PERSON = "L/(d.{person})"
FAR_OVER = 1.25  # times both the goal and the mean of homes, from which it deserves attention
LEAST_DAYS = 10


def level_card(findings: Findings) -> Card | None:
    """Per person if it is known how many live here; else the home's use, and what would help."""
    recent = findings.recent
    if len(recent) < LEAST_DAYS:
        return None
    home = float(recent.mean())
    if not findings.occupants:
        return _home_only(home, len(recent), findings)
    return _per_person(home, findings.occupants, len(recent), findings)


def _home_only(home: float, days: int, findings: Findings) -> Card:
    return Card(
        id="level",
        needs=("water",),
        headline=Text(en="Your home uses {home}", fr="Votre logement consomme {home}").fill(home=Measure(home, "L/d")),
        body=Text(
            en="How many live in your home is not known here, so this is held against neither your goal nor similar homes. "
            "Describe your household to have both.",
            fr="Le nombre d'habitants n'est pas connu ici : pas de comparaison avec votre objectif ni avec des foyers "
            "semblables. Décrivez votre foyer pour avoir les deux.",
        ),
        why=joined(_how(days), still_open(findings)),
        metric=Metric(value=home, unit="L/d"),
    )


def _per_person(home: float, occupants: int, days: int, findings: Findings) -> Card:
    each, goal, usual = home / occupants, findings.goal, norm()
    leaking = findings.leaks.current is not None
    off = Measure(abs(each - goal), "L")
    if round(each) <= goal:
        headline = Text(
            en="{each} per person: within your goal of {goal}", fr="{each} par personne : objectif de {goal} tenu"
        )
    else:
        headline = Text(
            en="{each} per person and day: {off} over your goal",
            fr="{each} par personne et par jour : {off} de plus que l'objectif",
        )
    against = (
        Text(en="less than", fr="moins que")
        if each < 0.95 * usual.litres
        else Text(en="more than", fr="plus que")
        if each > 1.05 * usual.litres
        else Text(en="about as much as", fr="à peu près comme")
    )
    return Card(
        id="level",
        needs=("water", "home"),
        headline=headline.fill(each=Measure(each, "L"), goal=Measure(goal, "L"), off=off),
        body=Text(
            en="Your home of {occupants} uses {home}. Per person that is {against} the French mean of {norm} ({year}). Your goal "
            "is {goal} per person, {total} for all.",
            fr="Votre foyer ({occupants} pers.) consomme {home}. Par personne, c'est {against} la moyenne française de {norm} "
            "({year}). Votre objectif est de {goal} par personne, {total} pour tous.",
        ).fill(
            home=Measure(home, "L/d"),
            occupants=occupants,
            against=against,
            norm=Measure(usual.litres, "L/d"),
            year=str(usual.year),
            goal=Measure(goal, "L/d"),
            total=Measure(goal * occupants, "L/d"),
        ),
        why=joined(
            _how(days),
            Text(
                en="Mean of French homes: {source}, {year}. It counts days away too.",
                fr="Moyenne des foyers français : {source}, {year}. Elle compte aussi les jours d'absence.",
            ).fill(source=usual.source, year=str(usual.year)),
            still_open(findings),
        ),
        metric=Metric(value=each, unit=PERSON),
        comparison=Comparison(to="target", value=goal, label=Text(en="your goal", fr="votre objectif")),
        tone="good"
        if round(each) <= goal
        else "attention"
        if each > FAR_OVER * max(goal, usual.litres) and not leaking
        else "neutral",
    )


def _how(days: int) -> Text:
    return Text(
        en="Mean of the {days} days of the last four weeks that were read and on which somebody was at home.",
        fr="Moyenne des {days} jours relevés des quatre dernières semaines où il y avait quelqu'un.",
    ).fill(days=days)
