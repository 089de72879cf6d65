"""Advice on the electricity contract: its power, and off-peak hours."""

from __future__ import annotations

from selfdata_sdk import Card, Comparison, Metric, Text
from selfdata_sdk.model import Measure

from ..findings import Findings
from ..power import Power
from ..references import offers
from ..tariff import Costs
from .words import clock, euros, joined, percent

WORTH = 15
"""Euros a year from which a change is worth a word."""


def power_card(findings: Findings) -> Card | None:
    """None where the power is not known, or where nothing can be said about it."""
    found = findings.power
    if found is None or found.verdict == "unknown":
        return None
    said = {
        "less": Text(en="{enough} would have been enough", fr="{enough} auraient suffi"),
        "tight": Text(en="You come close to your {subscribed}", fr="Vous approchez de vos {subscribed}"),
        "fits": Text(en="Your {subscribed} fit what you draw", fr="Vos {subscribed} conviennent à votre usage"),
    }
    return Card(
        id="power",
        needs=findings.needs("electricity", "peaks", "contract") if found.seen == "means" else ("peaks", "contract"),
        headline=said[found.verdict].fill(enough=_kva(found.enough), subscribed=_kva(found.subscribed)),
        body=joined(
            Text(
                en="The most you drew was {highest}; you pay for {subscribed}.",
                fr="Vous avez tiré au plus {highest} ; vous payez pour {subscribed}.",
            ).fill(highest=_kva(found.highest, 1), subscribed=_kva(found.subscribed)),
            _saves(found),
        ),
        why=joined(
            Text(
                en="The highest peak of {days} days, with a tenth to spare.",
                fr="La plus forte pointe de {days} jours, avec un dixième de marge.",
            ).fill(days=found.days)
            if found.seen == "peaks"
            else Text(
                en="Means over half hours of {days} days: short peaks are higher.",
                fr="Moyennes par demi-heure sur {days} jours : les pointes courtes sont plus hautes.",
            ).fill(days=found.days),
            Text(en="Subscriptions of the {name} of {day}.", fr="Abonnements du {name} au {day}.").fill(
                name=offers().name, day=offers().valid_from
            )
            if found.verdict == "less"
            else None,
        ),
        metric=Metric(
            value=round(found.highest, 1),
            unit="kV.A",
            places=1,
            period=Text(en="highest draw", fr="pointe la plus forte"),
        ),
        tone="attention" if found.verdict == "tight" else "neutral",
    )


def _saves(found: Power) -> Text | None:
    if found.verdict == "tight":
        return Text(
            en="If the breaker trips, start large appliances one after the other before you pay for more.",
            fr="Si le disjoncteur saute, décalez les gros appareils avant de payer plus.",
        )
    prices = offers().base.per_year
    if found.verdict != "less" or int(found.subscribed) not in prices:
        return None
    return Text(
        en="Less power saves about {money} a year; ask your supplier what the change costs.",
        fr="Moins de puissance économise environ {money} par an ; demandez ce que coûte le changement.",
    ).fill(money=euros(prices[int(found.subscribed)] - prices[int(found.enough)]))


def offer_card(findings: Findings) -> Card | None:
    """What one price and two prices would have cost; None without ten months of the load curve."""
    found = findings.costs
    if found is None:
        return None
    two = found.peak_off_peak < found.base
    gain = abs(found.base - found.peak_off_peak)
    if gain < WORTH:
        headline = Text(
            en="Off-peak hours or one price: much the same", fr="Heures creuses ou prix unique : c'est égal"
        )
    elif two:
        headline = Text(en="Off-peak hours save you {gain} a year", fr="Les heures creuses économisent {gain} par an")
    else:
        headline = Text(en="One price all day saves you {gain} a year", fr="Le prix unique économise {gain} par an")
    return Card(
        id="offer",
        needs=findings.needs("electricity", "contract", *(() if found.power_is_own else ("peaks",))),
        headline=headline.fill(gain=euros(gain)),
        body=joined(
            Text(
                en="On your own half hours, a year costs {base} at one price and {two} with off-peak hours.",
                fr="Sur vos propres demi-heures, un an coûte {base} au prix unique et {two} avec heures creuses.",
            ).fill(base=euros(found.base), two=euros(found.peak_off_peak)),
            Text(
                en="{share} of your use falls in those hours; they pay from {needed} on.",
                fr="{share} de votre usage tombe dans ces heures ; elles sont rentables dès {needed}.",
            ).fill(share=percent(found.off_peak), needed=percent(found.needed)),
            Text(en="At your own contract's prices it is {own}.", fr="Aux prix de votre contrat, c'est {own}.").fill(
                own=euros(found.own)
            )
            if found.own is not None
            else None,
        ),
        why=joined(
            Text(
                en="{name} of {day}, {power}, all taxes included; {kwh} in a year.",
                fr="{name} du {day}, {power}, toutes taxes comprises ; {kwh} par an.",
            ).fill(
                name=_capital(offers().name),
                day=offers().valid_from,
                power=_kva(found.power),
                kwh=Measure(findings.curve.kwh.sum() / findings.curve.days * 365, "kW.h"),
            ),
            _hours(found),
        ),
        metric=Metric(
            value=float(min(found.base, found.peak_off_peak)),
            unit="EUR",
            period=Text(en="a year, the cheaper one", fr="par an, la moins chère"),
        ),
        comparison=Comparison(
            to="norm",
            value=float(max(found.base, found.peak_off_peak)),
            label=Text(en="With off-peak hours", fr="Avec heures creuses")
            if not two
            else Text(en="At one price", fr="Au prix unique"),
        ),
    )


def _hours(found: Costs) -> Text:
    start, end = found.windows[0]
    times = {"start": clock(start), "end": clock(end)}
    if found.assumed:
        return Text(
            en="Off-peak hours are assumed to run from {start} to {end}: yours may differ.",
            fr="Heures creuses supposées de {start} à {end} : les vôtres peuvent différer.",
        ).fill(**times)
    return Text(
        en="Off-peak hours are your contract's, the first from {start} to {end}.",
        fr="Heures creuses de votre contrat, les premières de {start} à {end}.",
    ).fill(**times)


def _kva(value: float, places: int = 0) -> Measure:
    return Measure(value, "kV.A", places)


def _capital(text: Text) -> Text:
    return Text(en=text.en[0].upper() + text.en[1:], fr=text.fr[0].upper() + text.fr[1:])
