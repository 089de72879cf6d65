"""Advice on the habit that costs most, and what one could do about it."""

from __future__ import annotations

from dataclasses import dataclass

from selfdata_sdk import Card, Comparison, Metric, Text

from ..findings import Findings
from ..habits import Name
from .words import euros, joined, priced, volume


@dataclass(frozen=True)
class Words:
    """How one habit is spoken of."""

    headline: Text
    occasion: Text
    against: Text
    idea: Text
    period: Text


WORDS: dict[Name, Words] = {
    "morning": Words(
        Text(
            en="Your mornings cost most: about {money} a year", fr="Vos matins coûtent le plus : environ {money} par an"
        ),
        Text(en="Between 6 and 10 you use {occasion}", fr="Entre 6 h et 10 h, vous utilisez {occasion}"),
        Text(
            en="as many other waking hours take {ordinary}",
            fr="autant d'autres heures de la journée en prennent {ordinary}",
        ),
        Text(
            en="A shower two minutes shorter saves about 20 L each time.",
            fr="Une douche plus courte de deux minutes économise environ 20 L à chaque fois.",
        ),
        Text(en="each morning", fr="chaque matin"),
    ),
    "evening": Words(
        Text(
            en="Your evenings cost most: about {money} a year",
            fr="Vos soirées coûtent le plus : environ {money} par an",
        ),
        Text(en="Between 18 and 23 you use {occasion}", fr="Entre 18 h et 23 h, vous utilisez {occasion}"),
        Text(
            en="as many other waking hours take {ordinary}",
            fr="autant d'autres heures de la journée en prennent {ordinary}",
        ),
        Text(
            en="A full dishwasher instead of the tap, and a shower instead of a bath, are where most can be saved.",
            fr="Un lave-vaisselle plein plutôt que le robinet, et une douche plutôt qu'un bain : c'est là qu'on gagne le plus.",
        ),
        Text(en="each evening", fr="chaque soir"),
    ),
    "weekend": Words(
        Text(
            en="Your weekends cost most: about {money} a year",
            fr="Vos week-ends coûtent le plus : environ {money} par an",
        ),
        Text(en="A day of the weekend takes {occasion}", fr="Un jour de week-end prend {occasion}"),
        Text(en="a weekday {ordinary}", fr="un jour de semaine {ordinary}"),
        Text(
            en="Part of it is being at home. Laundry and dishes in full loads, on the eco programme, save what is left.",
            fr="Une part vient de votre présence. Des lessives et vaisselles pleines, en programme éco, économisent le reste.",
        ),
        Text(en="each day of the weekend", fr="chaque jour de week-end"),
    ),
    "garden": Words(
        Text(
            en="The garden season costs most: about {money} a year",
            fr="La saison du jardin coûte le plus : environ {money} par an",
        ),
        Text(en="From May to September a day takes {occasion}", fr="De mai à septembre, un jour prend {occasion}"),
        Text(en="from November to March {ordinary}", fr="de novembre à mars {ordinary}"),
        Text(
            en="Water late in the evening, mulch, and catch rain: a lawn can rest brown in a dry summer.",
            fr="Arrosez tard le soir, paillez, récupérez la pluie : un gazon peut rester jaune lors d'un été sec.",
        ),
        Text(en="each day of the season", fr="chaque jour de la saison"),
    ),
    "away": Words(
        Text(
            en="Water runs while you are away: about {money} a year",
            fr="L'eau coule en votre absence : environ {money} par an",
        ),
        Text(en="A day with nobody at home takes {occasion}", fr="Un jour sans personne prend {occasion}"),
        Text(en="it could be {ordinary}", fr="cela pourrait être {ordinary}"),
        Text(en="Close the stop valve when you leave.", fr="Fermez le robinet d'arrêt en partant."),
        Text(en="each day away", fr="chaque jour d'absence"),
    ),
}


def habit_card(findings: Findings) -> Card | None:
    """The costliest habit; None if the home's use is even."""
    if not findings.habits:
        return None
    habit = findings.habits[0]
    words = WORDS[habit.name]
    return Card(
        id="habit",
        needs=("water",),
        headline=words.headline.fill(money=euros(findings, habit.extra)),
        body=Text(
            en="{occasion}, {against}: {extra} more in a year. {idea}",
            fr="{occasion}, {against} : {extra} de plus en un an. {idea}",
        ).fill(
            occasion=words.occasion.fill(occasion=volume(habit.occasion)),
            against=words.against.fill(ordinary=volume(habit.ordinary)),
            extra=volume(habit.extra),
            idea=words.idea,
        ),
        why=joined(
            Text(
                en="Mornings, evenings, weekends, the garden season and days away are each held against the rest of your own "
                "life, here on {days} days; this one takes most beyond it. Leaks are left out.",
                fr="Matins, soirées, week-ends, saison du jardin et jours d'absence sont comparés au reste de votre propre vie, "
                "ici sur {days} jours ; c'est ici que le surplus est le plus grand. Les fuites sont écartées.",
            ).fill(days=habit.occasions),
            priced(findings),
        ),
        metric=Metric(value=habit.occasion, unit="L", period=words.period),
        comparison=Comparison(
            to="own_past", value=habit.ordinary, label=Text(en="the rest of your life", fr="le reste du temps")
        ),
    )
