"""What the findings say to a person: blocks, most useful first."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from selfdata_sdk import Alert, Block, Card, Chart, Metric, NoInsight, Point, Text
from selfdata_sdk.model import Measure, Money

from .findings import Findings, Jump, Misbilled, Next, Plan, Rise, Twice

NAMES = {
    "electricity": Text(en="electricity", fr="électricité"),
    "gas": Text(en="gas", fr="gaz"),
    "water": Text(en="water", fr="eau"),
    "other": Text(en="other", fr="autre"),
}
NO_BILLS = Text(
    en="There are no bills of the last two years here. Bring in the bills of your suppliers (Factur-X, UBL, or a personal "
    "cloud's export).",
    fr="Il n'y a ici aucune facture des deux dernières années. Importez les factures de vos fournisseurs (Factur-X, UBL ou "
    "l'export d'un cloud personnel).",
)
NO_VERDICT = Text(
    en="No bill could be held against a meter or the account: readings for 90 % of a bill's time are needed, or the "
    "account's lines.",
    fr="Aucune facture n'a pu être comparée à un compteur ou au compte : il faut des relevés pour 90 % de la période d'une "
    "facture, ou les lignes du compte.",
)
HOW_PAID = Text(
    en="A payment is believed if the amount is exact and the company's name or the bill's number is in its text; parts and "
    "payments of several bills at once are looked for too.",
    fr="Un paiement est retenu si le montant est exact et si le nom de la société ou le numéro de la facture est dans son "
    "libellé ; les paiements en plusieurs fois et groupés sont cherchés aussi.",
)
HOW_COUNTED = Text(
    en="The days of the bill's period are summed from your meter's readings, days that lack at the mean of the others, with "
    "90 % read at least.",
    fr="Les jours de la période facturée sont additionnés d'après vos relevés, les jours manquants à la moyenne des autres, "
    "avec 90 % de relevés au moins.",
)


def advice(found: Findings) -> Iterator[Block]:
    if not found.bills:
        yield NoInsight(id="no-bills", needs=("bills",), reason="not_enough_data", help=NO_BILLS)
        return
    for n, wrong in enumerate(sorted(found.misbilled, key=lambda m: -abs(m.cost))[:3]):
        yield _misbilled(wrong, n)
    for n, twice in enumerate(found.twice[:2]):
        yield from _twice(twice, n)
    for n, (first, again) in enumerate(found.copies[:3]):
        yield _copy(first, again, n)
    for n, bill in enumerate(found.unpaid[:3]):
        yield _unpaid(bill, n)
    for n, jump in enumerate(found.jumps[:3]):
        yield _jump(jump, n)
    if found.lines or found.checked:
        yield _summary(found)
    else:
        yield NoInsight(id="no-verdict", needs=("bills",), reason="not_enough_data", help=NO_VERDICT)
    for n, rise in enumerate(sorted(found.rises, key=lambda r: -abs(r.percent))[:3]):
        yield _rise(rise, n)
    for plan in found.plans[:2]:
        yield _plan(plan)
    for coming in sorted(found.coming, key=lambda c: c.on)[:3]:
        yield _next(coming)
    if len(months := _months(found)) > 1:
        yield _chart(months)


def _misbilled(wrong: Misbilled, n: int) -> Card:
    bill, more = wrong.bill, wrong.billed > wrong.counted
    what = _name(bill.commodity)
    meant = Text(
        en="Ask {issuer} for the index on which bill {number} rests, and read your meter.",
        fr="Demandez à {issuer} l'index sur lequel repose la facture {number}, et relevez votre compteur.",
    ).fill(issuer=_short(bill.issuer), number=_short(bill.number or "?"))
    said = Text(
        en="{billed} were billed from {start} to {end}, your meter counted {counted}: a difference of about {cost} before "
        "tax.",
        fr="{billed} facturés du {start} au {end}, votre compteur a compté {counted} : un écart d'environ {cost} hors taxe.",
    ).fill(
        billed=Measure(wrong.billed, wrong.unit),
        counted=Measure(wrong.counted, wrong.unit),
        start=wrong.start,
        end=bill.period_end,
        cost=Money(amount=abs(wrong.cost), currency=bill.gross.currency),
    )
    head = (
        Text(en="Billed more {what} than was used", fr="Plus facturé que consommé : {what}")
        if more
        else Text(en="Billed less {what} than was used", fr="Moins facturé que consommé : {what}")
    )
    return Card(
        id=f"misbilled-{n}",
        needs=("bills", _need(bill.commodity)),
        headline=head.fill(what=what),
        body=_join(said, meant if more else None),
        why=HOW_COUNTED,
        metric=Metric(value=round(wrong.billed, 1), unit=wrong.unit),
        tone="attention",
    )


def _twice(twice: Twice, n: int) -> Iterator[Block]:
    amount = Money(amount=-twice.first.amount, currency=twice.bill.gross.currency)
    what = Text(
        en="{amount} for one bill were paid twice: on {first} and on {again}.",
        fr="{amount} payés deux fois pour une même facture : le {first} et le {again}.",
    ).fill(amount=amount, first=twice.first.on, again=twice.again.on)
    do = Text(
        en="Ask {issuer} to pay one back; for a direct debit your bank can do it within eight weeks.",
        fr="Demandez à {issuer} d'en rembourser un ; pour un prélèvement, votre banque peut le faire pendant huit semaines.",
    ).fill(issuer=_short(twice.bill.issuer))
    yield Alert(
        id=f"twice-{n}",
        needs=("bills", "bank"),
        severity="attention",
        what=what,
        what_to_do=do,
        why=HOW_PAID,
        key=f"twice-{twice.again.on}-{n}",
    )


def _copy(first: Any, again: Any, n: int) -> Card:
    return Card(
        id=f"copy-{n}",
        needs=("bills",),
        headline=Text(en="One time billed under two numbers", fr="Une même période facturée deux fois"),
        body=Text(
            en="{issuer} billed {amount} for {start} to {end} on {first} and again on {again}. Only one of them is due.",
            fr="{issuer} a facturé {amount} pour la période du {start} au {end} le {first} puis le {again}. Une seule est due.",
        ).fill(
            issuer=_short(first.issuer),
            amount=first.gross,
            start=first.period_start,
            end=first.period_end,
            first=first.on,
            again=again.on,
        ),
        why=Text(
            en="Both bills have the same company, period and amount, and different numbers.",
            fr="Les deux factures ont la même société, la même période et le même montant, et des numéros différents.",
        ),
        tone="attention",
    )


def _unpaid(bill: Any, n: int) -> Card:
    return Card(
        id=f"unpaid-{n}",
        needs=("bills", "bank"),
        headline=Text(en="No payment was found for a bill", fr="Aucun paiement trouvé pour une facture"),
        body=Text(
            en="{issuer}, {on}: {amount}, due on {due}. It may have been paid from another account.",
            fr="{issuer}, {on} : {amount}, à payer le {due}. Elle a peut-être été payée depuis un autre compte.",
        ).fill(issuer=_short(bill.issuer), on=bill.on, amount=bill.to_pay or bill.gross, due=bill.due or bill.on),
        why=HOW_PAID,
        tone="attention",
    )


def _jump(jump: Jump, n: int) -> Card:
    return Card(
        id=f"jump-{n}",
        needs=("bills",),
        headline=Text(en="The indexes of two bills do not follow", fr="Les index de deux factures ne se suivent pas"),
        body=Text(
            en="{issuer}, {on}: the bill begins at {begins} ({register}), the one before ended at {ended}.",
            fr="{issuer}, {on} : la facture commence à {begins} ({register}), la précédente finissait à {ended}.",
        ).fill(
            issuer=_short(jump.bill.issuer),
            on=jump.bill.on,
            begins=Measure(jump.begins, "1"),
            ended=Measure(jump.ended, "1"),
            register=_short(jump.register),
        ),
        why=Text(
            en="The last index of a bill is the first of the next one, where the meter is the same.",
            fr="Le dernier index d'une facture est le premier de la suivante, si le compteur est le même.",
        ),
        tone="attention",
    )


def _summary(found: Findings) -> Card:
    wrong = len(found.misbilled)
    paid = (
        Text(
            en="{paid} of {all} bills have their payments, {open} are still open.",
            fr="{paid} factures sur {all} ont leurs paiements, {open} sont encore ouvertes.",
        ).fill(paid=found.paid, all=len(found.bills), open=len(found.open))
        if found.lines
        else None
    )
    counted = (
        Text(
            en="{right} of {all} bills that could be held against a meter agree with it.",
            fr="{right} factures sur {all} comparées à un compteur sont d'accord avec lui.",
        ).fill(right=found.checked - wrong, all=found.checked)
        if found.checked
        else None
    )
    fine = not (wrong or found.twice or found.copies or found.unpaid or found.jumps)
    return Card(
        id="summary",
        needs=("bills", *(("bank",) if found.lines else ()), *found.metered),
        headline=Text(en="Your bills are in order", fr="Vos factures sont en ordre")
        if fine
        else Text(en="Not all of your bills are in order", fr="Toutes vos factures ne sont pas en ordre"),
        body=_join(paid, counted),
        why=HOW_PAID if found.lines else HOW_COUNTED,
        metric=Metric(value=len(found.bills), unit="1", period=Text(en="bills", fr="factures")),
        tone="good" if fine else "neutral",
    )


def _rise(rise: Rise, n: int) -> Card:
    up = rise.percent > 0
    head = (
        Text(en="A unit of {what} costs {percent} more", fr="Le prix unitaire augmente de {percent} : {what}")
        if up
        else Text(en="A unit of {what} costs {percent} less", fr="Le prix unitaire baisse de {percent} : {what}")
    )
    return Card(
        id=f"price-{n}",
        needs=("bills",),
        headline=head.fill(what=_name(rise.commodity), percent=Measure(abs(rise.percent), "%", 1)),
        body=Text(
            en="From {before} to {after} a unit, before tax, since the bill of {since}.",
            fr="De {before} à {after} l'unité, hors taxe, depuis la facture du {since}.",
        ).fill(before=_price(rise.before), after=_price(rise.after), since=rise.since),
        why=Text(
            en="The price of one unit on a bill against that on the bill before, of the same company and hours.",
            fr="Le prix d'une unité sur une facture comparé à la facture précédente, même société et mêmes heures.",
        ),
        tone="attention" if up else "good",
    )


def _plan(plan: Plan) -> Card:
    paid, needed = (float(v) for v in (plan.paid, plan.needed))
    off = needed > paid * 1.1 or needed < paid * 0.9
    return Card(
        id=f"plan-{plan.bill.commodity}",
        needs=("bills", _need(plan.bill.commodity)),
        headline=Text(en="Monthly payment: {what}", fr="Mensualité : {what}").fill(what=_name(plan.bill.commodity)),
        body=_join(
            Text(
                en="You pay {paid} a month; what you used in the last year would come to {needed}.",
                fr="Vous payez {paid} par mois ; votre dernière année de consommation reviendrait à {needed}.",
            ).fill(paid=_money(plan.paid), needed=_money(plan.needed)),
            Text(
                en="Ask for another amount to avoid a surprise at the yearly bill.",
                fr="Demandez un autre montant pour éviter une surprise à la facture annuelle.",
            )
            if off
            else None,
        ),
        why=Text(
            en="The last 365 days of your meter at the prices of your last yearly bill, divided by twelve.",
            fr="Les 365 derniers jours de votre compteur aux prix de votre dernière facture annuelle, divisés par douze.",
        ),
        metric=Metric(value=round(needed, 2), unit="EUR", places=2),
        tone="attention" if off else "good",
    )


def _next(coming: Next) -> Card:
    basis = (
        Text(
            en="What your meter counted since the last bill, and the same days a year ago for the rest, at the last "
            "bill's prices.",
            fr="Ce que votre compteur a compté depuis la dernière facture, et les mêmes jours d'il y a un an pour la suite, "
            "aux prix de la dernière facture.",
        )
        if coming.measured
        else Text(
            en="As much a day as the last bill, as there are no readings since.",
            fr="Autant par jour que la dernière facture, faute de relevés depuis.",
        )
    )
    return Card(
        id=f"next-{coming.commodity}",
        needs=("bills", *((_need(coming.commodity),) if coming.measured else ())),
        headline=Text(
            en="Next bill of {what}: about {amount}", fr="Prochaine facture ({what}) : environ {amount}"
        ).fill(what=_name(coming.commodity), amount=_money(coming.amount)),
        body=Text(en="Expected around {on}, from {issuer}.", fr="Attendue vers le {on}, de {issuer}.").fill(
            on=coming.on, issuer=_short(coming.issuer)
        ),
        why=basis,
        metric=Metric(value=float(coming.amount), unit="EUR", places=2),
    )


def _months(found: Findings) -> dict[Any, Decimal]:
    """What was billed in each month, by its first day."""
    copied = {id(again) for _, again in found.copies}
    months: dict[Any, Decimal] = {}
    for bill in found.bills:
        if bill.kind == "invoice" and id(bill) not in copied and bill.gross.currency == "EUR":
            first = bill.on.replace(day=1)
            months[first] = months.get(first, Decimal(0)) + bill.gross.amount
    return dict(sorted(months.items()))


def _chart(months: dict[Any, Decimal]) -> Chart:
    total = sum(months.values(), Decimal(0))
    return Chart(
        id="months",
        needs=("bills",),
        form="bars",
        title=Text(en="Billed by month", fr="Facturé par mois"),
        summary=Text(
            en="{total} in {n} months with bills, all companies together.",
            fr="{total} sur {n} mois avec factures, toutes sociétés confondues.",
        ).fill(total=_money(total), n=len(months)),
        unit="EUR",
        time_unit="month",
        points=tuple(Point(at=month, value=float(amount)) for month, amount in months.items()),
    )


def _name(commodity: str | None) -> Text:
    return NAMES.get(commodity or "other", NAMES["other"])


def _need(commodity: str) -> str:
    return commodity


def _price(amount: Decimal) -> Measure:
    return Measure(float(amount), "EUR", 4)


def _money(amount: Decimal) -> Money:
    return Money(amount=amount.quantize(Decimal("0.01")), currency="EUR")


def _short(text: str) -> str:
    """Names of companies in sentences of limited length."""
    return text if len(text) <= 40 else f"{text[:39]}…"


def _join(*parts: Text | None) -> Text:
    said = [p for p in parts if p is not None]
    return Text(en=" ".join(p.en for p in said), fr=" ".join(p.fr for p in said))
