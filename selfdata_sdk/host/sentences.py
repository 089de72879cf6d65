"""What the host says around a service's blocks, in English and French: tones, comparisons, qualities."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..consent.wordings import granularity_words
from ..model.quantity import Measure
from ..model.text import Text
from ..model.wording import symbol, wording
from ..service.blocks import Chart, Comparison, Metric

TONES = {
    "neutral": Text(en="To know", fr="À savoir"),
    "good": Text(en="Good news", fr="Bonne nouvelle"),
    "attention": Text(en="Worth a look", fr="À surveiller"),
}
SEVERITIES = {
    "info": Text(en="For information", fr="Pour information"),
    "attention": Text(en="Worth a look", fr="À surveiller"),
    "urgent": Text(en="Urgent", fr="Urgent"),
}
QUALITIES = {
    "measured": Text(en="measured", fr="mesuré"),
    "estimated": Text(en="estimated", fr="estimé"),
    "interpolated": Text(en="interpolated", fr="interpolé"),
    "edited": Text(en="edited", fr="corrigé à la main"),
    "questionable": Text(en="questionable", fr="douteux"),
    "missing": Text(en="no reading", fr="aucun relevé"),
    "derived": Text(en="worked out", fr="calculé"),
    "projected": Text(en="forecast", fr="prévision"),
}
NO_READING = Text(en="no reading", fr="aucun relevé")
UNSURE = Text(en="estimated or forecast", fr="estimé ou prévu")
WHY = Text(en="How this was worked out", fr="Comment c'est calculé")
WHAT_TO_DO = Text(en="What to do", fr="Que faire")
FIGURES = Text(en="Show the figures", fr="Voir les chiffres")
WHEN = Text(en="When", fr="Quand")
WHAT = Text(en="What", fr="Quoi")
VALUE = Text(en="Value", fr="Valeur")
QUALITY = Text(en="Quality", fr="Qualité")
HELPS = Text(en="What would help", fr="Ce qui aiderait")
NEXT = Text(en="What you can do", fr="Ce que vous pouvez faire")
KEPT = Text(en="What it keeps", fr="Ce qu'il garde")
NOTHING = Text(en="The service had nothing to say.", fr="Le service n'avait rien à dire.")
NO_ADVICE = Text(en="No advice for now", fr="Pas de conseil pour l'instant")
HERE = Text(
    en="Worked out on this machine. Nothing was sent anywhere.",
    fr="Calculé sur cette machine. Rien n'a été envoyé ailleurs.",
)
HERE_UNHELD = Text(
    en="Worked out on this machine, by code that nothing held.",
    fr="Calculé sur cette machine, par du code que rien ne retenait.",
)
QUESTION = Text(en="A question for you", fr="Une question pour vous")
ANSWER = Text(
    en="To answer: selfdata answer SERVICE {question} ANSWER",
    fr="Pour répondre : selfdata answer SERVICE {question} RÉPONSE",
)
THIS = Text(en="This time", fr="Cette fois")


def amount(value: float, unit: str, places: int, language: str) -> str:
    """A value with its unit, as each language writes it."""
    if abs(value) >= 1e15:
        return f"{value:.3e} {symbol(unit, language)}".rstrip()
    return wording(Measure(value, unit, places), language)


def measured(metric: Metric, language: str) -> str:
    """A metric's value with its unit."""
    return amount(metric.value, metric.unit, metric.places, language)


def colon(language: str) -> str:
    """A colon with its spaces, as each language has them."""
    return "\u00a0: " if language == "fr" else ": "


def capital(text: str) -> str:
    """The text as it starts a line."""
    return text[:1].upper() + text[1:]


def reference(chart: Chart, language: str) -> str:
    """The reference line of a chart: its name and value."""
    assert chart.reference is not None
    value = amount(chart.reference.value, chart.unit, chart.places, language)
    return f"{capital(chart.reference.label.say(language))}{colon(language)}{value}"


def against(metric: Metric, comparison: Comparison, language: str) -> str:
    """The comparison as a sentence: what it is held against, and how far above or below it is."""
    value = amount(comparison.value, metric.unit, metric.places, language)
    label = capital(comparison.label.say(language))
    return f"{label}{colon(language)}{value} ({difference(metric.value, comparison.value).say(language)})"


def difference(value: float, base: float) -> Text:
    """How `value` stands to `base`, in words and a rounded figure."""
    if value == base:
        return Text(en="the same", fr="identique")
    if base <= 0 or value < 0:
        return Text(en="above", fr="au-dessus") if value > base else Text(en="below", fr="en dessous")
    if value >= 2 * base:
        return Text(en="{n} times as much", fr="{n} fois plus").fill(n=round(value / base, 1))
    share = round(100 * abs(value / base - 1))
    if share == 0:
        return Text(en="almost the same", fr="presque identique")
    if value > base:
        return Text(en="{n}% above", fr="{n}\u00a0% au-dessus").fill(n=share)
    return Text(en="{n}% below", fr="{n}\u00a0% en dessous").fill(n=share)


def common_coverage(coverages: Iterable[float | None]) -> Text | None:
    """The one sentence on coverage that holds for all blocks, if there is one: said once, not beside each."""
    found = set(coverages)
    return covered(next(iter(found))) if len(found) == 1 else None


def covered(coverage: float | None) -> Text | None:
    """What part of the expected data stands behind a block; None if all of it, or if the host does not know."""
    if coverage is None or coverage >= 0.995:
        return None
    if coverage <= 0:
        return Text(en="Without data", fr="Sans données")
    return Text(en="Based on {n}% of the expected data", fr="D'après {n}\u00a0% des données attendues").fill(
        n=min(99, max(1, round(100 * coverage)))
    )


EVERY = {
    "PT1S": Text(en="every second", fr="toutes les secondes"),
    "PT10S": Text(en="every 10 seconds", fr="toutes les 10 secondes"),
    "PT1M": Text(en="every minute", fr="toutes les minutes"),
    "PT5M": Text(en="every 5 minutes", fr="toutes les 5 minutes"),
    "PT10M": Text(en="every 10 minutes", fr="toutes les 10 minutes"),
    "PT15M": Text(en="every 15 minutes", fr="tous les quarts d'heure"),
    "PT30M": Text(en="every half hour", fr="toutes les demi-heures"),
    "PT1H": Text(en="every hour", fr="toutes les heures"),
    "P1D": Text(en="every day", fr="tous les jours"),
    "P7D": Text(en="every week", fr="toutes les semaines"),
    "P1M": Text(en="every month", fr="tous les mois"),
    "P1Y": Text(en="every year", fr="tous les ans"),
}


def every(cadence: str) -> Text | None:
    """How often a series has a record; None if it comes as it comes."""
    return EVERY.get(cadence, Text(en=cadence, fr=cadence)) if cadence else None


def length(time: timedelta) -> Text:
    """A length of time in days and hours."""
    days, hours = time.days, time.seconds // 3600
    d, h = Text(en="{n} d", fr="{n}\u00a0j").fill(n=days), Text(en="{n} h", fr="{n}\u00a0h").fill(n=hours)
    if not days:
        return h
    return Text(en="{d} {h}", fr="{d} {h}").fill(d=d, h=h) if hours else d


def refused(title: Text) -> Text:
    """What the person did not agree to, said to the person only."""
    return Text(en="You did not agree to: {title}.", fr="Vous n'avez pas accepté : {title}.").fill(title=title)


_BUCKETS = {
    "total": (Text(en="1 total", fr="1 total"), Text(en="{n} totals", fr="{n} totaux")),
    "year": (Text(en="1 year", fr="1 année"), Text(en="{n} years", fr="{n} années")),
    "month": (Text(en="1 month", fr="1 mois"), Text(en="{n} months", fr="{n} mois")),
    "day": (Text(en="1 day", fr="1 jour"), Text(en="{n} days", fr="{n} jours")),
}


def withheld(granularity: str, n: int) -> Text:
    """The closed buckets that changed since they were given, and are given again a day later."""
    one, many = _BUCKETS[granularity]
    return Text(
        en="What changed since it was given is given again tomorrow: {what}.",
        fr="Ce qui a changé depuis le dernier envoi sera donné à nouveau demain : {what}.",
    ).fill(what=one if n == 1 else many.fill(n=n))


def handed(title: Text, granularity: str, rows: int, start: datetime, end: datetime) -> Text:
    """What a service was handed for one need."""
    said = {
        "title": title,
        "by": granularity_words(granularity),
        "rows": rows,
        "start": start.date(),
        "end": end.date(),
    }
    if not rows:
        return Text(en="It asked for: {title}; there is none.", fr="Il a demandé : {title} ; il n'y en a pas.").fill(
            **said
        )
    many = Text(en="{n} records", fr="{n} enregistrements").fill(n=rows)
    said["rows"] = many if rows > 1 else Text(en="1 record", fr="1 enregistrement")
    if granularity == "raw":
        return Text(en="It read: {title} ({rows}).", fr="Il a lu : {title} ({rows}).").fill(**said)
    return Text(
        en="It read: {title} {by}, from {start} to {end} ({rows}).",
        fr="Il a lu : {title} {by}, du {start} au {end} ({rows}).",
    ).fill(**said)
