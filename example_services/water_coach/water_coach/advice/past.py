"""Advice on use against the home's own past."""

from __future__ import annotations

from typing import Literal

import numpy as np

from selfdata_sdk import Card, Comparison, Metric, Text
from selfdata_sdk.model import Measure

from ..findings import Findings
from ..past import Comparison as Change
from .words import MONTH, euros, joined, priced, still_open

TWICE = Text(
    en="If it is also twice your mean of three years, your operator in France must warn you, and a leak in a pipe can be taken "
    "off the bill.",
    fr="Si c'est aussi le double de votre moyenne de trois ans, votre service d'eau doit vous avertir, et une fuite de "
    "canalisation peut être déduite.",
)
SEASON = Text(
    en="A year ago is not in your data, so the season may play a part.",
    fr="L'an dernier n'est pas dans vos données : la saison peut y être pour quelque chose.",
)


def past_card(findings: Findings) -> Card | None:
    """The last four weeks against the same weeks a year ago, or the four before."""
    change = findings.comparison
    if change is None:
        return None
    last_year = change.against == "last_year"
    return Card(
        id="own-past",
        needs=("water",),
        headline=_headline(change),
        body=joined(
            Text(
                en="From {first} to {last}: {now}. From {before_first} to {before_last}: {before}.",
                fr="Du {first} au {last} : {now}. Du {before_first} au {before_last} : {before}.",
            ).fill(
                first=change.first,
                last=change.last,
                now=Measure(change.now, "L/d"),
                before_first=change.earlier_first,
                before_last=change.earlier_last,
                before=Measure(change.before, "L/d"),
            ),
            _money(findings, change),
            _leak_part(findings, change),
            TWICE if last_year and change.clear and change.change > 1 else None,
            None if last_year else SEASON,
        ),
        why=joined(_how(change), priced(findings), still_open(findings)),
        metric=Metric(value=change.now, unit="L/d"),
        comparison=Comparison(
            to="own_past",
            value=change.before,
            label=Text(en="the same weeks a year ago", fr="les mêmes semaines il y a un an")
            if last_year
            else Text(en="the four weeks before", fr="les quatre semaines d'avant"),
        ),
        tone=_tone(findings, change),
    )


def _tone(findings: Findings, change: Change) -> Literal["neutral", "good", "attention"]:
    """A rise that a running leak explains is not held up a second time."""
    if not change.clear:
        return "neutral"
    if change.change < 0:
        return "good"
    return "neutral" if _leak_share(findings, change) >= 0.5 else "attention"


def _leak_share(findings: Findings, change: Change) -> float:
    """The part of a rise that the running leak explains."""
    leak = findings.leaks.current
    if leak is None or change.now <= change.before:
        return 0.0
    days = findings.days
    window = slice(days.at(np.datetime64(change.first, "D")), days.at(np.datetime64(change.last, "D")) + 2)
    lost = findings.leaks.lost(days.bounds[window]).mean()
    return float(min(1.0, lost / (change.now - change.before)))


def _leak_part(findings: Findings, change: Change) -> Text | None:
    share = _leak_share(findings, change)
    if not change.clear or share < 0.2:
        return None
    return Text(
        en="The flow that never rests explains about {share} of it.",
        fr="Le débit permanent en explique environ {share}.",
    ).fill(share=Measure(share * 100, "%"))


def _headline(change: Change) -> Text:
    share = Measure(abs(change.change) * 100, "%")
    if not change.clear:
        return Text(en="You use about as much water as before", fr="Vous consommez à peu près autant d'eau qu'avant")
    if change.against == "last_year":
        text = (
            Text(en="{share} more water than a year ago", fr="{share} d'eau de plus qu'il y a un an")
            if change.change > 0
            else Text(en="{share} less water than a year ago", fr="{share} d'eau de moins qu'il y a un an")
        )
    else:
        text = (
            Text(
                en="{share} more water than in the four weeks before",
                fr="{share} d'eau de plus que les quatre semaines d'avant",
            )
            if change.change > 0
            else Text(
                en="{share} less water than in the four weeks before",
                fr="{share} d'eau de moins que les quatre semaines d'avant",
            )
        )
    return text.fill(share=share)


def _money(findings: Findings, change: Change) -> Text | None:
    if not change.clear:
        return Text(
            en="The difference is within your days' ups and downs.",
            fr="L'écart reste dans les variations habituelles de vos journées.",
        )
    text = (
        Text(en="That is about {money} more per month.", fr="Soit environ {money} de plus par mois.")
        if change.change > 0
        else Text(en="That is about {money} less per month.", fr="Soit environ {money} de moins par mois.")
    )
    return text.fill(money=euros(findings, abs(change.now - change.before) * MONTH))


def _how(change: Change) -> Text:
    return joined(
        Text(
            en="Means of {pairs} pairs of days, each with the same weekday, both read for 90% or more.",
            fr="Moyennes de {pairs} paires de mêmes jours de la semaine, relevés tous deux à 90 % ou plus.",
        ).fill(pairs=change.pairs),
        Text(en="Days away are left out on both sides.", fr="Les jours d'absence sont écartés des deux côtés.")
        if change.at_home
        else None,
    )
