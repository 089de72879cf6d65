"""What the findings say to a person: blocks, most useful first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from selfdata_sdk import Alert, Block, Card, Chart, Comparison, Measure, Metric, NoInsight, Point, Reference, Text

from .findings import Findings
from .sizes import listed_on
from .words import gigabytes, joined, minutes, money

USE = ("usage", "plans")
ALL = ("usage", "plans", "bills")
NEW = timedelta(days=45)
"""For how long an extra cost is news."""

NO_USE = Text(
    en="A whole month of calls, messages and data is needed. Your operator has them in your customer area, for twelve months.",
    fr="Il faut un mois entier d'appels, de messages et de données. Votre opérateur les garde douze mois dans l'espace client.",
)
NO_PLAN = Text(
    en="What your plan includes and costs is not known. Add it as a telecom line, or import it from your operator.",
    fr="Ce que comprend et coûte votre forfait n'est pas connu. Ajoutez-le comme ligne, ou importez-le de votre opérateur.",
)


def advice(findings: Findings) -> Iterator[Block]:
    if not findings.months:
        yield NoInsight(id="fit", needs=USE, reason="not_enough_data", help=NO_USE)
        return
    yield from _alert(findings)
    yield _fit(findings)
    if findings.plan is None:
        yield NoInsight(id="price", needs=ALL, reason="not_enough_data", help=NO_PLAN)
    else:
        yield from _price(findings)
    yield from _extra(findings)
    yield from _abroad(findings)
    yield _chart(findings)


def _alert(findings: Findings) -> Iterator[Alert]:
    if not findings.bills or not (last := findings.bills[-1]).extra or findings.today - last.on > NEW:
        return
    yield Alert(
        id="extra-now",
        needs=ALL,
        severity="attention",
        what=Text(
            en="Your last telephone bill holds {extra} beside the plan",
            fr="Votre dernière facture compte {extra} hors forfait",
        ).fill(extra=money(last.extra, findings.currency)),
        what_to_do=Text(
            en="Look at the lines of the bill. If you do not know what they are for, ask your operator, who must say it and can block "
            "paid services for free.",
            fr="Regardez le détail de la facture. Si vous ne savez pas d'où cela vient, demandez à votre opérateur, qui doit le dire et peut "
            "bloquer gratuitement les services payants.",
        ),
        why=Text(
            en="The bill of {day} is {total}; what it charges for the plan is taken off.",
            fr="La facture du {day} est de {total} ; ce qu'elle compte pour le forfait en est retiré.",
        ).fill(day=last.on, total=money(last.total, findings.currency)),
        key=f"extra-{last.on}",
    )


def _fit(findings: Findings) -> Card:
    data, size = findings.data, findings.size
    smaller = data is not None and size is not None and size < data
    if findings.over:
        headline = Text(
            en="More data used than the plan has, in {n} months of {all}",
            fr="Plus de données utilisées que le forfait n'en a, {n} mois sur {all}",
        ).fill(n=len(findings.over), all=len(findings.months))
    elif smaller:
        headline = Text(en="{size} a month would have been enough", fr="{size} par mois auraient suffi").fill(
            size=gigabytes(size or 0)
        )
    elif data is not None:
        headline = Text(en="The data of your plan fit your use", fr="Les données de votre forfait conviennent")
    else:
        headline = Text(en="You use about {used} a month", fr="Vous utilisez environ {used} par mois").fill(
            used=gigabytes(findings.usual)
        )
    return Card(
        id="fit",
        needs=USE,
        headline=headline,
        body=joined(_data(findings), _calls(findings), _but_one(findings) if smaller else None, _engaged(findings)),
        why=Text(
            en="The smallest of usual sizes ({listed}) that holds the busiest of {n} whole months and {spare}% to spare. Calls and messages that "
            "come in are not counted; data abroad are.",
            fr="La plus petite des tailles courantes ({listed}) qui contient le plus gros de {n} mois entiers, avec {spare} % de marge. Appels et "
            "messages reçus ne comptent pas ; les données à l'étranger comptent.",
        ).fill(listed=listed_on(), n=len(findings.months), spare=findings.spare),
        metric=Metric(
            value=findings.busiest.data, unit="GBy", places=1, period=Text(en="in the busiest month", fr="le mois le plus chargé")
        ),
        comparison=None
        if data is None
        else Comparison(to="target", value=data, label=Text(en="in your plan", fr="dans votre forfait")),
        tone="attention" if findings.over else "good" if data is not None and not smaller else "neutral",
    )  # fmt: skip


def _data(findings: Findings) -> Text:
    said = {"usual": gigabytes(findings.usual), "most": gigabytes(findings.busiest.data)}
    if findings.data is None:
        return Text(
            en="Usually {usual}, at most {most}. Your plan has no limit, or it is not known.",
            fr="D'habitude {usual}, au plus {most}. Votre forfait est sans limite, ou elle n'est pas connue.",
        ).fill(**said)
    return Text(
        en="Your plan has {data}; you usually use {usual}, at most {most}.",
        fr="Votre forfait a {data} ; vous utilisez d'habitude {usual}, au plus {most}.",
    ).fill(data=gigabytes(findings.data), **said)


def _calls(findings: Findings) -> Text:
    called = max(m.minutes for m in findings.months)
    sent = round(max(m.messages for m in findings.months))
    return Text(
        en="Calls: at most {called}. Messages: at most {sent}.",
        fr="Appels : au plus {called}. Messages : au plus {sent}.",
    ).fill(
        called=_of(minutes(called), None if findings.minutes is None else minutes(findings.minutes)),
        sent=_of(sent, findings.messages),
    )


def _of(used: Measure | int, included: Measure | int | None) -> Measure | int | Text:
    if included is None:
        return used
    return Text(en="{used} of {included}", fr="{used} sur {included}").fill(used=used, included=included)


def _but_one(findings: Findings) -> Text | None:
    if findings.size_but_one is None or findings.size_but_one == findings.size:
        return None
    return Text(
        en="In all months but one, {size} would have been enough.", fr="Tous les mois sauf un, {size} auraient suffi."
    ).fill(size=gigabytes(findings.size_but_one))


def _engaged(findings: Findings) -> Text | None:
    if findings.plan is None or (until := findings.plan.engaged_until) is None:
        return None
    if until >= findings.today:
        return Text(en="You are bound until {until}.", fr="Vous êtes engagé jusqu'au {until}.").fill(until=until)
    return Text(
        en="You have been free to change since {until}.", fr="Vous êtes libre de changer depuis le {until}."
    ).fill(until=until)


def _price(findings: Findings) -> Iterator[Card]:
    paid = findings.paid
    if paid is None or not findings.usual:
        return
    each = paid / Decimal(str(findings.usual))
    included = paid / Decimal(str(findings.data)) if findings.data else None
    yield Card(
        id="price",
        needs=ALL,
        headline=Text(
            en="You pay {paid} a month: {each} for each GB used", fr="Vous payez {paid} par mois : {each} par Go utilisé"
        ).fill(paid=money(paid, findings.currency), each=money(each, findings.currency)),
        body=joined(
            Text(
                en="If you used all that the plan has, it would be {included} a GB.",
                fr="Si vous utilisiez tout le forfait, ce serait {included} par Go.",
            ).fill(included=money(included, findings.currency))
            if included is not None
            else None,
            Text(
                en="Hold this price against what others offer for the size that you need.",
                fr="Comparez ce prix à ce que d'autres proposent pour la taille qu'il vous faut.",
            ),
        ),
        why=joined(
            Text(
                en="The mean of {n} bills by the data of the middle one of your months.",
                fr="La moyenne de {n} factures, divisée par les données du mois médian.",
            ).fill(n=len(findings.bills))
            if findings.bills
            else Text(
                en="The plan's price by the data of the middle one of your months.",
                fr="Le prix du forfait, divisé par les données du mois médian.",
            ),
            Text(
                en="Calls and messages are taken to cost nothing beside.",
                fr="Appels et messages sont supposés ne rien coûter à part.",
            ),
            Text(en="Other lines are not looked at: {n}.", fr="Autres lignes non regardées : {n}.").fill(n=findings.others)
            if findings.others > 0
            else None,
        ),
        metric=Metric(
            value=float(each), unit=findings.currency, places=2, period=Text(en="for each GB used", fr="par Go utilisé")
        ),
    )  # fmt: skip


def _extra(findings: Findings) -> Iterator[Card]:
    if not findings.extra:
        return
    bills = [b for b in findings.bills if b.extra]
    most = max(bills, key=lambda b: b.extra) if bills else None
    yield Card(
        id="extra",
        needs=ALL,
        headline=Text(en="Beside the plan you paid {extra}", fr="Hors forfait, vous avez payé {extra}").fill(
            extra=money(findings.extra, findings.currency)
        ),
        body=joined(
            Text(
                en="Bills with something beside the plan: {n} of {all}. The dearest is that of {day}: {most}.",
                fr="Factures avec du hors forfait : {n} sur {all}. La plus chère est celle du {day} : {most}.",
            ).fill(n=len(bills), all=len(findings.bills), day=most.on, most=money(most.extra, findings.currency))
            if most
            else Text(
                en="No bill here shows it: it is the sum of the costs of single uses.",
                fr="Aucune facture ici ne le montre : c'est la somme des coûts de chaque usage.",
            ),
            Text(
                en="Calls that last longer than the plan has, special numbers and use abroad are the usual causes.",
                fr="Appels au-delà du forfait, numéros spéciaux et usage à l'étranger en sont les causes courantes.",
            ),
        ),
        why=Text(
            en="What bills charge beside the plan, with taxes, or the costs of single uses, whichever is more. Of a bill that charges about the "
            "price of the plan, in up to twelve months.",
            fr="Ce que les factures comptent hors forfait, taxes comprises, ou le coût de chaque usage, selon ce qui est le plus. Factures d'environ "
            "le prix du forfait, sur douze mois au plus.",
        ),
        metric=Metric(
            value=float(findings.extra), unit=findings.currency, places=2, period=Text(en="in up to a year", fr="en un an au plus")
        ),
        tone="attention",
    )  # fmt: skip


def _abroad(findings: Findings) -> Iterator[Card]:
    data = sum(m.data_abroad for m in findings.months)
    called = sum(m.minutes_abroad for m in findings.months)
    if not data and not called and not findings.cost_abroad:
        return
    yield Card(
        id="abroad",
        needs=USE,
        headline=Text(en="Abroad you used {data} and {called} of calls", fr="À l'étranger : {data} et {called} d'appels").fill(
            data=gigabytes(data), called=minutes(called)
        ),
        body=Text(en="It cost {cost} beside the plan.", fr="Cela a coûté {cost} hors forfait.").fill(
            cost=money(findings.cost_abroad, findings.currency)
        )
        if findings.cost_abroad
        else Text(
            en="No cost beside the plan is known of it. In the European Union it is part of the plan, often with a limit of its own for data.",
            fr="Aucun coût hors forfait n'en est connu. Dans l'Union européenne, c'est compris, souvent avec une limite propre pour les données.",
        ),
        why=Text(
            en="Uses that your operator marks as roaming, in {n} whole months; calls there count in both directions.",
            fr="Usages marqués en itinérance par votre opérateur, sur {n} mois entiers ; les appels y comptent dans les deux sens.",
        ).fill(n=len(findings.months)),
        metric=Metric(value=data, unit="GBy", places=1, period=Text(en="of data abroad", fr="de données à l'étranger")),
        tone="attention" if findings.cost_abroad else "neutral",
    )  # fmt: skip


def _chart(findings: Findings) -> Chart:
    busiest = findings.busiest
    return Chart(
        id="months",
        needs=USE,
        form="bars",
        title=Text(en="Data month by month", fr="Données mois par mois"),
        summary=Text(
            en="Most in the month from {first} on: {most}. Usually {usual}.",
            fr="Le plus dans le mois qui commence le {first} : {most}. D'habitude {usual}.",
        ).fill(first=busiest.first, most=gigabytes(busiest.data), usual=gigabytes(findings.usual)),
        unit="GBy",
        time_unit="month",
        points=tuple(Point(at=m.first, value=round(m.data, 6)) for m in findings.months),
        places=1,
        reference=None
        if findings.data is None
        else Reference(value=findings.data, label=Text(en="in your plan", fr="dans votre forfait")),
    )
