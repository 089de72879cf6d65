"""Advice on payments that come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from selfdata_sdk import Alert, Block, Card, Chart, Metric, NoInsight, Point, Text

from ..findings import Findings
from ..recurring import Recurring, Rise
from .words import EVERY, joined, listed, money, percent

NEEDS = ("bank",)
NEW = 45  # days for which a price rise is news
AHEAD = 31
AGO = 365

NONE = Text(
    en="No payment was found that comes back. It takes four of a month, three of a quarter or two of a year. A longer file "
    "from your bank would help.",
    fr="Aucun paiement qui revient n'a été trouvé. Il en faut quatre par mois, trois par trimestre ou deux par an. Un "
    "relevé plus long de votre banque aiderait.",
)
HOW = Text(
    en="Lines of one counterparty at a steady distance, of one price or paid by direct debit, transfer or fee. Four of a "
    "month, three of a quarter, two of a year are needed.",
    fr="Lignes d'une même contrepartie à intervalle régulier, d'un même prix ou par prélèvement, virement ou frais. Il en "
    "faut quatre par mois, trois par trimestre, deux par an.",
)


def recurring_blocks(findings: Findings) -> Iterator[Block]:
    running = findings.running
    if not running:
        yield NoInsight(id="recurring", needs=NEEDS, reason="not_enough_data", help=NONE)
        return
    yield from _alert(findings)
    yield _all(findings, running)
    yield from _rises(findings)
    yield from _subscriptions(findings)
    yield from _ahead(findings)


def _item(findings: Findings, one: Recurring) -> Text:
    text = Text(en="{name} {price} {every}", fr="{name} {price} {every}")
    return text.fill(name=one.name, price=money(findings, one.price), every=EVERY[one.period.months])


def _all(findings: Findings, running: tuple[Recurring, ...]) -> Card:
    a_month = sum((r.yearly for r in running), Decimal()) / 12
    return Card(
        id="recurring",
        needs=NEEDS,
        headline=Text(en="Payments that come back: {n}", fr="Paiements qui reviennent : {n}").fill(n=len(running)),
        body=listed(_item(findings, one) for one in running),
        why=joined(
            HOW,
            Text(
                en="Amounts that change count by their mean. What is overdue is left out.",
                fr="Les montants variables comptent par leur moyenne. Ce qui n'est plus venu est écarté.",
            ),
        ),
        metric=Metric(value=float(a_month), unit=findings.currency, period=Text(en="a month", fr="par mois")),
    )


def _risen(findings: Findings, days: int) -> list[tuple[Rise, Recurring]]:
    """What became dearer in so many days, the newest first."""
    since = findings.today - timedelta(days=days)
    risen = [(r.rise, r) for r in findings.running if r.rise is not None and r.rise.on > since]
    return sorted(risen, key=lambda found: found[0].on, reverse=True)


def _rises(findings: Findings) -> Iterator[Card]:
    risen = _risen(findings, AGO)
    if not risen:
        return
    dearer = sum(((rise.after - rise.before) * 12 / r.period.months for rise, r in risen), Decimal())
    said = Text(
        en="{name} since {day}: {after} instead of {before}", fr="{name} depuis le {day} : {after} au lieu de {before}"
    )
    yield Card(
        id="price-rises",
        needs=NEEDS,
        headline=Text(en="Price rises in a year: {n}", fr="Hausses de prix en un an : {n}").fill(n=len(risen)),
        body=listed(
            said.fill(name=r.name, day=rise.on, after=money(findings, rise.after), before=money(findings, rise.before))
            for rise, r in risen
        ),
        why=Text(
            en="The last price of each payment that comes back at a fixed price, against the one before. A year costs {more} "
            "more than at the old prices.",
            fr="Le dernier prix de chaque paiement à prix fixe, comparé au précédent. Une année coûte {more} de plus "
            "qu'aux anciens prix.",
        ).fill(more=money(findings, dearer)),
        metric=Metric(
            value=float(dearer), unit=findings.currency, places=2, period=Text(en="more a year", fr="de plus par an")
        ),
        tone="attention",
    )


def _alert(findings: Findings) -> Iterator[Alert]:
    for rise, one in _risen(findings, NEW)[:1]:
        share = percent(float(100 * (rise.after - rise.before) / rise.before))
        yield Alert(
            id="price-rise",
            needs=NEEDS,
            severity="info",
            what=Text(en="{name} costs {share} more", fr="{name} coûte {share} de plus").fill(
                name=one.name, share=share
            ),
            what_to_do=Text(
                en="Compare with other offers, or give it up if you no longer use it. You now pay {after} {every}.",
                fr="Comparez avec d'autres offres, ou résiliez si vous ne vous en servez plus. Vous payez désormais {after} {every}.",
            ).fill(after=money(findings, rise.after), every=EVERY[one.period.months]),
            why=Text(
                en="The line of {day} is {after}, the one before was {before}.",
                fr="La ligne du {day} est de {after}, la précédente était de {before}.",
            ).fill(day=rise.on, after=money(findings, rise.after), before=money(findings, rise.before)),
            key=f"price-rise-{rise.on}",
        )


def _subscriptions(findings: Findings) -> Iterator[Card]:
    found = findings.subscriptions
    if not found:
        return
    a_year = sum((r.yearly for r in found), Decimal())
    said = Text(en="{item} since {day}", fr="{item} depuis le {day}")
    yield Card(
        id="subscriptions",
        needs=("bank", "bills"),
        headline=Text(en="Subscriptions: do you use all {n}?", fr="Abonnements : servent-ils tous ({n}) ?").fill(
            n=len(found)
        )
        if len(found) > 1
        else Text(en="A subscription: do you use it?", fr="Un abonnement : vous sert-il ?"),
        body=listed(said.fill(item=_item(findings, r), day=r.lines[0].on) for r in found),
        why=Text(
            en="Payments of a fixed price by card or direct debit, but for rent, insurance, energy, telephone and bank, known by "
            "your energy bills and words in labels. Whether they are used cannot be seen here.",
            fr="Paiements à prix fixe par carte ou prélèvement, hors loyer, assurance, énergie, téléphone et banque, reconnus "
            "à vos factures d'énergie et aux mots des libellés. S'ils servent ne se voit pas ici.",
        ),
        metric=Metric(value=float(a_year), unit=findings.currency, period=Text(en="a year", fr="par an")),
    )


def _ahead(findings: Findings) -> Iterator[Chart]:
    """What is to come in the next weeks."""
    until = findings.today + timedelta(days=AHEAD)
    coming: dict[object, Decimal] = {}
    for one in sorted(findings.running, key=lambda r: r.next):
        if findings.today < one.next <= until:
            coming[one.next] = coming.get(one.next, Decimal()) + one.price
    if not coming:
        return
    total = sum(coming.values(), Decimal())
    yield Chart.model_validate(
        {
            "id": "ahead",
            "needs": NEEDS,
            "form": "bars",
            "title": Text(en="Payments expected in the next month", fr="Paiements attendus dans le mois"),
            "summary": Text(
                en="In all {total} should go out by {until}.", fr="{total} devraient sortir d'ici le {until}."
            ).fill(total=money(findings, total), until=until),
            "unit": findings.currency,
            "time_unit": "day",
            "points": [Point(at=day, value=float(amount)) for day, amount in coming.items()],
            "places": 2,
        }
    )
