"""What the findings say to a person: blocks, most useful first."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfdata_sdk import Block, Card, Chart, Comparison, Measure, Metric, NoInsight, Point, Text

from .findings import SURE, Commute, Findings
from .words import joined, kilos, listed, mode, money, percent

RIDES = ("trips", "validations", "rentals")
PAID = (*RIDES, "bank")
SHOWN = 4
MONTHS = 13
MORE = 1.2
"""How much farther the fuel goes than the trips by car, from which on it is said."""

NO_DATA = Text(
    en="A week of trips with their distances is needed. The timeline of your telephone, or an app that records your trips, "
    "would give them.",
    fr="Il faut une semaine de trajets avec leurs distances. Les trajets enregistrés par votre téléphone ou une application "
    "les donneraient.",
)
NO_COMMUTE = Text(
    en="No commute can be told: it takes four trips whose purpose is work or school.",
    fr="Aucun trajet quotidien ne se voit : il faut quatre trajets dont le motif est le travail ou l'école.",
)
A_MONTH = Text(en="of CO2e a month", fr="de CO2e par mois")


def advice(findings: Findings) -> Iterator[Block]:
    if not findings.enough:
        yield NoInsight(id="footprint", needs=RIDES, reason="not_enough_data", help=NO_DATA)
        return
    yield _footprint(findings)
    if findings.commute is None:
        yield NoInsight(id="commute", needs=PAID, reason="not_enough_data", help=NO_COMMUTE)
    else:
        yield _commute(findings, findings.commute)
        if findings.commute.others:
            yield _alternatives(findings.commute)
    yield from _money(findings)
    yield from _fuel(findings)
    yield _inferred(findings)
    yield from _charts(findings)


def _footprint(findings: Findings) -> Card:
    a_month = findings.kg / findings.months
    km = findings.km_by_mode
    said = Text(en="{mode} {kg} over {km}", fr="{mode} {kg} sur {km}")
    shown = list(findings.by_mode.items())[:SHOWN]
    return Card(
        id="footprint",
        needs=RIDES,
        headline=Text(
            en="Your trips: about {kg} of CO2e a month", fr="Vos trajets : environ {kg} de CO2e par mois"
        ).fill(kg=kilos(a_month)),
        body=joined(
            Text(en="A month, by mode: {list}", fr="Par mois et par mode : {list}").fill(
                list=listed(
                    said.fill(
                        mode=mode(name),
                        kg=kilos(kg / findings.months),
                        km=Measure(km[name] / findings.months, "km"),
                    )
                    for name, kg in shown
                )
            ),
        ),
        why=joined(
            Text(
                en="The distance of each trip of {days} days times what its mode emits by ADEME's Impact CO2, the vehicle's "
                "construction included.",
                fr="La distance de chaque trajet de {days} jours, fois ce qu'émet son mode selon Impact CO2 de l'ADEME, "
                "construction du véhicule comprise.",
            ).fill(days=findings.days),
            Text(
                en="The driver of a car is taken to be alone.", fr="Le conducteur d'une voiture est supposé seul."
            ),
            _not_counted(findings),
        ),
        metric=Metric(value=a_month, unit="kg", places=0 if a_month >= 10 else 1, period=A_MONTH),
    )  # fmt: skip


def _not_counted(findings: Findings) -> Text | None:
    left = len(findings.rides) - len(findings.counted)
    if not left:
        return None
    return Text(
        en="Not counted, for want of a distance or a mode: {n}.", fr="Non comptés, faute de distance ou de mode : {n}."
    ).fill(n=left)


def _inferred(findings: Findings) -> Card:
    how, total = findings.how, len(findings.counted)
    open_ones = total - how["said"]
    assumed = sum(r.assumed for r in findings.counted)
    return Card(
        id="inferred",
        needs=RIDES,
        headline=Text(
            en="{share} of your trips do not say how you went", fr="{share} de vos trajets ne disent pas le mode"
        ).fill(share=percent(open_ones, total)),
        body=joined(
            Text(
                en="Worked out from distance and speed: {inferred}; from a ticket: {ticket}; from a rented vehicle: {rental}; "
                "guessed by who recorded them: {guessed}.",
                fr="Déduits de la distance et de la vitesse : {inferred} ; d'un titre validé : {ticket} ; d'un véhicule loué : "
                "{rental} ; devinés par qui les a enregistrés : {guessed}.",
            ).fill(**{name: how[name] for name in ("inferred", "ticket", "rental", "guessed")}),
            Text(en="Unsure: {n}.", fr="Incertains : {n}.").fill(n=findings.unsure) if findings.unsure else None,
            Text(
                en="Of {n} only the ticket or the rental is known, and the distance is a usual one.",
                fr="Pour {n}, seul le titre ou la location est connu, et la distance est une distance courante.",
            ).fill(n=assumed)
            if assumed
            else None,
        ),
        why=Text(
            en="A mode is taken where distance and speed are most like your other trips in it, above all of the same day, and "
            "like those of people in general. Unsure is what is less than {sure} likely. Trips and their parts: {n}.",
            fr="On retient le mode dont la distance et la vitesse ressemblent le plus à vos autres trajets, surtout du même "
            "jour, et à ceux des gens en général. Est incertain ce qui est probable à moins de {sure}. Trajets et étapes : {n}.",
        ).fill(sure=Measure(100 * SURE, "%"), n=total),
        metric=Metric(
            value=100 * how["inferred"] / total,
            unit="%",
            period=Text(en="worked out from distance and speed", fr="déduits de la distance et de la vitesse"),
        ),
    )  # fmt: skip


def _commute(findings: Findings, commute: Commute) -> Card:
    cost = money(commute.cost, findings.spent.currency)
    emits = Metric(value=commute.kg, unit="kg", places=0 if commute.kg >= 10 else 1, period=A_MONTH)
    costs = Metric(
        value=float(commute.cost),
        unit=cost.currency,
        places=2,
        period=Text(en="a month of commuting", fr="par mois de trajets quotidiens"),
    )
    return Card(
        id="commute",
        needs=PAID,
        headline=Text(
            en="A month of commuting: {cost}, {kg} of CO2e", fr="Un mois de trajets quotidiens : {cost}, {kg} de CO2e"
        ).fill(cost=cost, kg=kilos(commute.kg))
        if commute.cost
        else Text(en="A month of commuting: {kg} of CO2e", fr="Un mois de trajets quotidiens : {kg} de CO2e").fill(
            kg=kilos(commute.kg)
        ),
        body=Text(
            en="Mostly by this mode: {mode}. One way takes about {minutes} min for {km}. You go about {ways} times a month, there and back "
            "counted apart.",
            fr="Surtout par ce mode : {mode}. Un aller dure environ {minutes} min pour {km}. Environ {ways} trajets par mois, allers et "
            "retours comptés à part.",
        ).fill(
            mode=mode(commute.mode), minutes=round(commute.minutes), km=Measure(commute.km, "km", 1), ways=round(commute.ways)
        ),
        why=Text(
            en="Trips to work or school, and those home after them. Of fuel, tolls, tickets, passes and rentals they bear their share of the "
            "kilometres. Buying, insuring and repairing a car is not in it.",
            fr="Les trajets vers le travail ou l'école, et les retours qui suivent. Carburant, péages, titres, abonnements et locations y "
            "entrent à proportion des kilomètres. Achat, assurance et entretien d'une voiture n'y sont pas.",
        ),
        metric=costs if commute.cost else emits,
    )  # fmt: skip


def _alternatives(commute: Commute) -> Card:
    said = Text(en="{mode}: {minutes} min, {less} less a month", fr="{mode} : {minutes} min, {less} de moins par mois")
    best = commute.others[0]
    return Card(
        id="alternatives",
        needs=RIDES,
        headline=Text(en="Your commute could emit {less} less a month", fr="Votre trajet quotidien pourrait émettre {less} de moins").fill(
            less=kilos(best.less)
        ),
        body=joined(
            listed(said.fill(mode=mode(o.mode), minutes=round(o.minutes), less=kilos(o.less)) for o in commute.others[:3]),
            Text(en="Now about {now} min. Even one day a week counts.", fr="Aujourd'hui environ {now} min. Même un jour par semaine compte.").fill(
                now=round(commute.minutes)
            ),
        ),
        why=Text(
            en="The same {km} one way, as often, in modes that emit less and go so far: at your own speed where you have used them, else at a "
            "usual one. Public transport is named only if you have used it.",
            fr="Les mêmes {km} par aller, aussi souvent, dans des modes qui émettent moins et vont aussi loin : à votre vitesse si vous les "
            "utilisez, sinon à une vitesse courante. Les transports publics ne sont cités que si vous les avez pris.",
        ).fill(km=Measure(commute.km, "km", 1)),
        metric=Metric(
            value=best.less, unit="kg", places=0 if best.less >= 10 else 1, period=Text(en="less CO2e a month", fr="de CO2e en moins par mois")
        ),
    )  # fmt: skip


def _money(findings: Findings) -> Iterator[Card]:
    paid = findings.spent
    if not paid.total:
        return
    months = Decimal(str(findings.months))
    parts = (
        (Text(en="fuel {money}", fr="carburant {money}"), paid.fuel),
        (Text(en="tolls and parking {money}", fr="péages et stationnement {money}"), paid.road),
        (Text(en="tickets and passes {money}", fr="titres et abonnements {money}"), paid.transit),
        (Text(en="rented vehicles {money}", fr="véhicules loués {money}"), paid.rental),
    )
    a_month = paid.total / months
    yield Card(
        id="money",
        needs=PAID,
        headline=Text(en="You pay {money} a month to get about", fr="Vous payez {money} par mois pour vous déplacer").fill(
            money=money(a_month, paid.currency)
        ),
        body=Text(en="A month: {list}", fr="Par mois : {list}").fill(
            list=listed(text.fill(money=money(amount / months, paid.currency)) for text, amount in parts if amount)
        ),
        why=Text(
            en="Lines of your account in {days} days, known by words in their labels, and the prices of rentals. For tickets: the account or the "
            "validations, whichever says more.",
            fr="Lignes de votre compte sur {days} jours, reconnues aux mots de leur libellé, et prix des locations. Pour les titres : le compte ou "
            "les validations, selon ce qui en dit le plus.",
        ).fill(days=findings.days),
        metric=Metric(value=float(a_month), unit=paid.currency, places=2, period=Text(en="a month", fr="par mois")),
    )  # fmt: skip


def _fuel(findings: Findings) -> Iterator[Card]:
    """Where fuel is bought: what it says of kilometres that no trip holds."""
    if not findings.spent.fuel:
        return
    driven = findings.km_by_mode.get("car", 0.0)
    bought = findings.fuel_km
    more = bought > driven * MORE
    yield Card(
        id="fuel",
        needs=PAID,
        headline=Text(
            en="Your fuel goes about {km} a month", fr="Votre carburant suffit à environ {km} par mois"
        ).fill(km=Measure(bought / findings.months, "km")),
        body=Text(
            en="Your trips by car make {driven}. The rest may be trips that were not recorded, or other people's; it is not counted above.",
            fr="Vos trajets en voiture en font {driven}. Le reste peut être des trajets non enregistrés, ou d'autres personnes ; il n'est pas "
            "compté plus haut.",
        ).fill(driven=Measure(driven / findings.months, "km"))
        if more
        else Text(
            en="Your trips by car make {driven}, so that most of them seem to be recorded.",
            fr="Vos trajets en voiture en font {driven} : ils semblent presque tous enregistrés.",
        ).fill(driven=Measure(driven / findings.months, "km")),
        why=Text(
            en="Payments at filling stations in your account, at {price} a litre and {use} per 100 km, both of which you can set.",
            fr="Paiements en station-service de votre compte, à {price} le litre et {use} aux 100 km, que vous pouvez régler.",
        ).fill(price=Measure(findings.fuel_price, findings.spent.currency, 2), use=Measure(findings.consumption, "L", 1)),
        metric=Metric(value=bought / findings.months, unit="km", period=Text(en="a month", fr="par mois")),
        comparison=Comparison(
            to="own_past", value=driven / findings.months, label=Text(en="your trips by car", fr="vos trajets en voiture")
        ),
    )  # fmt: skip


def _charts(findings: Findings) -> Iterator[Chart]:
    by_mode = [(name, kg / findings.months) for name, kg in findings.by_mode.items()]
    first = by_mode[0][0]
    known = {mode(name).en: (mode(name), kg) for name, kg in reversed(by_mode)}
    yield Chart(
        id="modes",
        needs=RIDES,
        form="bars",
        title=Text(en="CO2e a month by mode", fr="CO2e par mois selon le mode"),
        summary=Text(en="Most of it: {mode}, {share} of all.", fr="Le plus : {mode}, {share} du total.").fill(
            mode=mode(first), share=percent(findings.by_mode[first], findings.kg)
        ),
        unit="kg",
        points=tuple(Point(at=name, value=round(kg, 3), quality="derived") for name, kg in reversed(known.values())),
        places=1,
    )
    months = list(findings.by_month.items())[-MONTHS:]
    if len(months) < 2:
        return
    when, most = max(months, key=lambda item: item[1])
    yield Chart(
        id="months",
        needs=RIDES,
        form="bars",
        title=Text(en="CO2e month by month", fr="CO2e mois par mois"),
        summary=Text(
            en="Most in the month from {when} on: {kg}. The first and the last month may be short.",
            fr="Le plus dans le mois qui commence le {when} : {kg}. Le premier et le dernier mois peuvent être incomplets.",
        ).fill(when=when, kg=kilos(most)),
        unit="kg",
        time_unit="month",
        points=tuple(Point(at=first_day, value=round(kg, 3), quality="derived") for first_day, kg in months),
        places=1,
    )
