"""Advice on leaks: one running now, one that is over, none, or no verdict."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from selfdata_sdk import Alert, Block, Card, Metric, NoInsight, Text
from selfdata_sdk.model import Measure

from ..clock import HOUR, instant, local_date
from ..findings import Findings
from ..leaks import Certainty, Episode
from ..operator_sign import OperatorSign
from ..references import cause
from .words import MONTH, duration, euros, flow, joined, priced, still_open, volume

WATER = ("water",)

SURE: dict[Certainty, Text] = {
    "possible": Text(en="possible", fr="possible"),
    "likely": Text(en="likely", fr="probable"),
    "very_likely": Text(en="very likely", fr="très probable"),
}

TONIGHT = Text(
    en="Tonight, close all taps, note the meter, and read it again in the morning: if it moved, water is leaking. "
    "Then {check}. Close the stop valve when you go out, until it is found.",
    fr="Ce soir, fermez tous les robinets, notez le compteur et relisez-le au matin : s'il a tourné, il y a une fuite. "
    "Ensuite, {check}. Fermez le robinet d'arrêt quand vous sortez, tant qu'elle n'est pas trouvée.",
)

NOT_PROOF = Text(
    en="It is no proof: a softener, a pool or drip watering can also run this long.",
    fr="Ce n'est pas une preuve : un adoucisseur, une piscine ou un goutte-à-goutte peuvent couler aussi longtemps.",
)

DAYS_READ = Text(
    en="Values by day or month cannot show a leak: a day of showers and a day of dripping look alike. Hourly values would; ask "
    "your water operator for them. Meanwhile, read the meter at night and again in the morning.",
    fr="Des valeurs par jour ou par mois ne montrent pas une fuite : une journée de douches et une journée de goutte-à-goutte se "
    "ressemblent. Des valeurs par heure, oui : demandez-les à votre service d'eau. D'ici là, lisez le compteur le "
    "soir et au matin.",
)
DAYS_AGREED = Text(
    en="You let this service see your water by day, not by hour. Days show neither a leak nor which habits cost most: a day of "
    "showers and a day of dripping look alike. If you want to know, agree to hours, or read the meter at night and again in the "
    "morning.",
    fr="Vous laissez ce service voir votre eau par jour, pas par heure. Des jours ne montrent ni une fuite ni les habitudes qui "
    "coûtent le plus : une journée de douches et une journée de goutte-à-goutte se ressemblent. Pour le savoir, acceptez les "
    "heures, ou lisez le compteur le soir et au matin.",
)


def leak_now(findings: Findings) -> Iterator[Block]:
    """The alert, if one is due, and the card on the state of today."""
    current = findings.leaks.current
    if current is not None:
        if findings.fresh and current.certainty != "possible":
            yield _alert(findings, current)
        yield _running(findings, current)
    elif findings.operator is not None:
        if findings.fresh:
            yield _operator_alert(findings, findings.operator)
        yield _operator_card(findings, findings.operator)
    elif findings.hours.daily:
        yield _daily_only(findings)
    elif not findings.hours.hourly or not findings.leaks.judged:
        yield _too_few_hours(findings)
    else:
        yield _none(findings)


def leak_before(findings: Findings) -> Card | None:
    """The past time without rest that cost most, if there was one."""
    past = findings.leaks.past
    return _over(findings, max(past, key=lambda e: e.litres), len(past) - 1) if past else None


def _alert(findings: Findings, leak: Episode) -> Alert:
    since = local_date(leak.start, findings.tz)
    strong = leak.flow >= findings.rule.base_flow
    return Alert(
        id="leak-now",
        needs=WATER,
        severity="urgent" if strong and leak.certainty == "very_likely" else "attention",
        what=Text(
            en="Water has run without rest since {day} ({duration}), at least {flow}. A leak is {sure}.",
            fr="L'eau coule sans interruption depuis le {day} ({duration}), au moins {flow}. Une fuite est {sure}.",
        ).fill(day=since, duration=duration(leak.hours), flow=flow(leak.flow), sure=SURE[leak.certainty]),
        what_to_do=TONIGHT.fill(check=cause(leak.flow).check),
        why=joined(_rule_met(findings, leak), _how_rare(findings, leak), NOT_PROOF),
        key=f"leak-{since.isoformat()}",
        expires=instant(int(findings.hours.end[-1]), findings.tz) + timedelta(days=7),
    )


def _running(findings: Findings, leak: Episode) -> Card:
    body = Text(
        en="Since {day} at least {litres} went this way, about {money}; each further month costs about {month}. {typical}: "
        "look first at {cause}.",
        fr="Depuis le {day}, au moins {litres} sont partis ainsi, environ {money} ; chaque mois de plus coûte environ "
        "{month}. {typical} : voyez d'abord {cause}.",
    ).fill(
        day=local_date(leak.start, findings.tz),
        litres=volume(leak.litres),
        money=euros(findings, leak.litres),
        month=euros(findings, leak.flow * 24 * MONTH),
        typical=_capital(cause(leak.flow).typical),
        cause=cause(leak.flow).name,
    )
    old = None if findings.fresh else _as_of(findings)
    return Card(
        id="leak",
        needs=WATER,
        headline=Text(
            en="{flow} or more runs day and night: a leak is {sure}",
            fr="{flow} ou plus coulent jour et nuit : fuite {sure}",
        ).fill(flow=flow(leak.flow), sure=SURE[leak.certainty]),
        body=joined(old, body),
        why=joined(_rule_met(findings, leak), still_open(findings), _flow_known(findings), priced(findings)),
        metric=Metric(value=leak.flow, unit="L/h", places=1 if leak.flow < 10 else 0),
        tone="attention",
    )


def _over(findings: Findings, leak: Episode, others: int) -> Card:
    more = None
    if others:
        more = (
            Text(
                en="Your data hold {others} more such times, with less water.",
                fr="Vos données montrent {others} autres périodes de ce genre, avec moins d'eau.",
            )
            if others > 1
            else Text(
                en="Your data hold one more such time, with less water.",
                fr="Vos données montrent une autre période de ce genre, avec moins d'eau.",
            )
        )
        more = more.fill(others=others)
    return Card(
        id="leak-past",
        needs=WATER,
        headline=Text(
            en="From {first} to {last}, water never rested", fr="Du {first} au {last}, l'eau n'a jamais cessé de couler"
        ).fill(first=local_date(leak.start, findings.tz), last=local_date(leak.end, findings.tz)),
        body=joined(
            Text(
                en="In {duration}, at least {litres} ran away unused, about {money}. A leak was {sure}. It has stopped; "
                "if you repaired nothing, keep an eye on {cause}.",
                fr="En {duration}, au moins {litres} ont coulé pour rien, environ {money}. Une fuite était {sure}. "
                "C'est terminé ; si vous n'avez rien réparé, surveillez {cause}.",
            ).fill(
                duration=duration(leak.hours),
                litres=volume(leak.litres),
                money=euros(findings, leak.litres),
                sure=SURE[leak.certainty],
                cause=cause(leak.mean_flow).name,
            ),
            more,
        ),
        why=joined(_rule_met(findings, leak), _flow_known(findings), priced(findings)),
        metric=Metric(value=leak.litres / 1000, unit="m3", places=1),
    )


def _none(findings: Findings) -> Card:
    rested = findings.leaks.last_rest
    body = Text(
        en="Your meter shows hours at zero in the last three days: nothing runs all the time.",
        fr="Votre compteur montre des heures à zéro ces trois derniers jours : rien ne coule en permanence.",
    )
    if rested is not None and rested > findings.hours.end[-1] - findings.rule.rest_hours * HOUR:
        body = Text(
            en="Your meter stood still for {rest} or more, the last time until {at}. Nothing ran all the time then.",
            fr="Votre compteur est resté immobile {rest} ou plus, la dernière fois jusqu'au {at}. Rien ne coulait alors "
            "en permanence.",
        ).fill(rest=Measure(findings.rule.real_rest_hours, "h"), at=instant(rested, findings.tz))
    return Card(
        id="leak",
        needs=WATER,
        headline=Text(en="No sign of a leak now", fr="Aucun signe de fuite actuellement")
        if findings.fresh
        else Text(en="No sign of a leak on {day}", fr="Aucun signe de fuite au {day}").fill(day=_last_day(findings)),
        body=body,
        why=joined(
            Text(
                en="A leak shows as {rest} without an hour at zero, or {base} or more for {hours}, read by the hour for "
                "{share} of the time.",
                fr="Une fuite se voit à {rest} sans heure à zéro, ou à {base} ou plus pendant {hours}, avec {share} du "
                "temps relevé heure par heure.",
            ).fill(
                rest=Measure(findings.rule.rest_hours, "h"),
                base=Measure(findings.rule.base_flow, "L/h"),
                hours=Measure(findings.rule.base_hours, "h"),
                share=Measure(findings.rule.coverage * 100, "%"),
            ),
            _resolution(findings),
            still_open(findings),
        ),
        tone="good",
    )


def _too_few_hours(findings: Findings) -> NoInsight:
    return NoInsight(
        id="leak-unknown",
        needs=WATER,
        reason="gaps",
        help=Text(
            en="Only {share} of the last {hours} hours was read by the hour; {needed} is needed to say whether water leaks. "
            "Import the missing hours, or read the meter at night and again in the morning.",
            fr="Seulement {share} des {hours} dernières heures ont été relevées une à une ; il en faut {needed} pour dire s'il y a "
            "une fuite. Importez les heures manquantes, ou lisez le compteur le soir et au matin.",
        ).fill(
            share=Measure(findings.leaks.coverage * 100, "%"),
            hours=Measure(findings.rule.rest_hours, "1"),
            needed=Measure(findings.rule.coverage * 100, "%"),
        ),
    )


def _daily_only(findings: Findings) -> NoInsight:
    return NoInsight(
        id="leak-unknown", needs=WATER, reason="not_enough_data", help=DAYS_AGREED if findings.limited else DAYS_READ
    )


def _operator_alert(findings: Findings, sign: OperatorSign) -> Alert:
    since = local_date(sign.start, findings.tz)
    return Alert(
        id="leak-now",
        needs=WATER,
        severity="attention",
        what=_operator_says(findings, sign),
        what_to_do=TONIGHT.fill(check=cause(sign.flow).check),
        why=_operator_why(sign),
        key=f"leak-operator-{since.isoformat()}",
        expires=instant(int(findings.hours.end[-1]), findings.tz) + timedelta(days=7),
    )


def _operator_card(findings: Findings, sign: OperatorSign) -> Card:
    return Card(
        id="leak",
        needs=WATER,
        headline=Text(
            en="Your operator's data point to a leak", fr="Les données de votre service d'eau signalent une fuite"
        ),
        body=joined(
            _operator_says(findings, sign),
            Text(
                en="A month of it costs about {month}. {typical}: look first at {cause}.",
                fr="Un mois ainsi coûte environ {month}. {typical} : voyez d'abord {cause}.",
            ).fill(
                month=euros(findings, sign.flow * 24 * MONTH),
                typical=_capital(cause(sign.flow).typical),
                cause=cause(sign.flow).name,
            ),
        ),
        why=joined(_operator_why(sign), priced(findings), still_open(findings)),
        metric=Metric(value=sign.flow, unit="L/h", places=1 if sign.flow < 10 else 0),
        tone="attention",
    )


def _operator_says(findings: Findings, sign: OperatorSign) -> Text:
    since, until = local_date(sign.start, findings.tz), local_date(sign.end - 1, findings.tz)
    if sign.litres is not None:
        return Text(
            en="From {first} to {last} your operator estimates a leak of {litres}.",
            fr="Du {first} au {last}, votre service d'eau estime une fuite de {litres}.",
        ).fill(first=since, last=until, litres=volume(sign.litres))
    return Text(
        en="From {first} to {last} the flow never fell below {flow}: a leak is possible.",
        fr="Du {first} au {last}, le débit n'est jamais descendu sous {flow} : une fuite est possible.",
    ).fill(first=since, last=until, flow=flow(sign.flow))


def _operator_why(sign: OperatorSign) -> Text:
    if sign.litres is not None:
        return Text(
            en="These are your operator's own estimates, given on {days} of the last seven days read; how it makes them it "
            "does not say.",
            fr="Ce sont les estimations de votre service d'eau, présentes sur {days} des sept derniers jours relevés ; il ne "
            "dit pas comment il les fait.",
        ).fill(days=sign.days)
    return Text(
        en="Your operator gives the lowest flow of each day; on {days} of the last seven days read it was above zero.",
        fr="Votre service d'eau donne le débit minimal de chaque jour ; sur {days} des sept derniers jours relevés, il "
        "dépassait zéro.",
    ).fill(days=sign.days)


def _rule_met(findings: Findings, leak: Episode) -> Text:
    if leak.certainty == "possible":
        return Text(
            en="There are hours at zero, but for {duration} never {rest} in a row ({share} of it read by the hour): a flow "
            "smaller than the meter's step.",
            fr="Il y a des heures à zéro, mais pendant {duration} jamais {rest} de suite ({share} relevés heure par heure) : un "
            "débit plus petit que le pas du compteur.",
        ).fill(
            duration=duration(leak.hours),
            rest=Measure(findings.rule.real_rest_hours, "h"),
            share=Measure(leak.coverage * 100, "%"),
        )
    if "no_rest" in leak.signs:
        return Text(
            en="Not one hour at zero for {longest}; {share} of the time was read by the hour.",
            fr="Pas une heure à zéro pendant {longest} ; {share} du temps a été relevé heure par heure.",
        ).fill(longest=duration(leak.without_zero), share=Measure(leak.coverage * 100, "%"))
    return Text(
        en="Never under {base} for {hours} or more; {share} of the time was read by the hour.",
        fr="Jamais sous {base} pendant {hours} ou plus ; {share} du temps a été relevé heure par heure.",
    ).fill(
        base=Measure(findings.rule.base_flow, "L/h"),
        hours=Measure(findings.rule.base_hours, "h"),
        share=Measure(leak.coverage * 100, "%"),
    )


def _how_rare(findings: Findings, leak: Episode) -> Text | None:
    days = "7" if leak.without_zero >= 168 else "3"
    if "no_rest" not in leak.signs:
        return None
    return Text(
        en="Of {homes} real homes, {share} had {days} days like this in a year.",
        fr="Sur {homes} foyers réels, {share} ont connu {days} jours ainsi en un an.",
    ).fill(homes=findings.rule.homes, share=Measure(findings.rule.flagged[days], "%"), days=int(days))


def _flow_known(findings: Findings) -> Text:
    step = findings.hours.resolution
    return Text(
        en="The flow is the lowest {rest} in a row of each day, so showers do not count; the meter counts by {step}, so it is "
        "known to about {error}.",
        fr="Le débit est celui des {rest} de suite les plus calmes de chaque jour, douches exclues ; le compteur compte par {step}, il "
        "est donc connu à {error} près.",
    ).fill(
        rest=Measure(findings.rule.real_rest_hours, "h"),
        step=Measure(step, "L", 0 if step >= 1 else 2),
        error=Measure(step / findings.rule.real_rest_hours, "L/h", 2),
    )


def _resolution(findings: Findings) -> Text:
    step = findings.hours.resolution
    return Text(
        en="Your meter counts by {step}: a flow under {least} does not show.",
        fr="Votre compteur compte par {step} : un débit sous {least} ne se voit pas.",
    ).fill(
        step=Measure(step, "L", 0 if step >= 1 else 2),
        least=Measure(step / findings.rule.real_rest_hours, "L/h", 2),
    )


def _as_of(findings: Findings) -> Text:
    return Text(en="Your data end on {day}.", fr="Vos données s'arrêtent au {day}.").fill(day=_last_day(findings))


def _last_day(findings: Findings) -> date:
    return local_date(int(findings.hours.end[-1]) - 1, findings.tz)


def _capital(text: Text) -> Text:
    return Text(en=text.en[0].upper() + text.en[1:], fr=text.fr[0].upper() + text.fr[1:])
