"""How people say granularities, durations, precisions and fields, in English and French."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate

from selfdata_sdk.model.field import fields_of, titles
from selfdata_sdk.model.own_record import own_type_of
from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.text import LANGUAGES, Text
from selfdata_sdk.model.time import Duration

GRANULARITIES = {
    "total": Text(en="as one total", fr="en un seul total"),
    "year": Text(en="by year", fr="par année"),
    "month": Text(en="by month", fr="par mois"),
    "day": Text(en="by day", fr="par jour"),
    "hour": Text(en="by hour", fr="par heure"),
    "half_hour": Text(en="by half hour", fr="par demi-heure"),
    "raw": Text(en="in full detail", fr="dans tout le détail"),
}
PRECISIONS = {
    "exact": Text(en="exact places", fr="lieux exacts"),
    "1km": Text(en="places within 1 km", fr="lieux à 1 km près"),
    "10km": Text(en="places within 10 km", fr="lieux à 10 km près"),
}
# Unit → how long (one, many), and how far back (one, many).
_LENGTHS = {
    "years": (
        Text(en="1 year", fr="1 an"),
        Text(en="{n} years", fr="{n} ans"),
        Text(en="the last year", fr="la dernière année"),
        Text(en="the last {n} years", fr="les {n} dernières années"),
    ),
    "months": (
        Text(en="1 month", fr="1 mois"),
        Text(en="{n} months", fr="{n} mois"),
        Text(en="the last month", fr="le dernier mois"),
        Text(en="the last {n} months", fr="les {n} derniers mois"),
    ),
    "days": (
        Text(en="1 day", fr="1 jour"),
        Text(en="{n} days", fr="{n} jours"),
        Text(en="the last day", fr="le dernier jour"),
        Text(en="the last {n} days", fr="les {n} derniers jours"),
    ),
    "hours": (
        Text(en="1 hour", fr="1 heure"),
        Text(en="{n} hours", fr="{n} heures"),
        Text(en="the last hour", fr="la dernière heure"),
        Text(en="the last {n} hours", fr="les {n} dernières heures"),
    ),
    "minutes": (
        Text(en="1 minute", fr="1 minute"),
        Text(en="{n} minutes", fr="{n} minutes"),
        Text(en="the last minute", fr="la dernière minute"),
        Text(en="the last {n} minutes", fr="les {n} dernières minutes"),
    ),
    "seconds": (
        Text(en="1 second", fr="1 seconde"),
        Text(en="{n} seconds", fr="{n} secondes"),
        Text(en="the last second", fr="la dernière seconde"),
        Text(en="the last {n} seconds", fr="les {n} dernières secondes"),
    ),
}
AND, OR = Text(en="and", fr="et"), Text(en="or", fr="ou")
_LONGEST = 500
"""Characters of a list in a sentence: a text holds 2 000, and a foreign manifest names as many things as it likes."""


def granularity_words(granularity: str) -> Text:
    return GRANULARITIES[granularity]


def precision_words(precision: str) -> Text:
    return PRECISIONS[precision]


def length_words(duration: str) -> Text:
    """An ISO 8601 duration: 6 months, 1 month and 3 days."""
    said = []
    for unit, n in _parts(duration):
        one, many, _, _ = _LENGTHS[unit]
        said.append(one if n == 1 else many.fill(n=n))
    return listed(said)


def back_words(duration: str) -> Text:
    """How far back: the last 30 days, the last year."""
    parts = _parts(duration)
    if len(parts) > 1:
        return Text(en="the last {length}", fr="les derniers {length}").fill(length=length_words(duration))
    ((unit, n),) = parts
    _, _, one, many = _LENGTHS[unit]
    return one if n == 1 else many.fill(n=n)


def period_words(first: date, last: date) -> Text:
    """The days from `first` to `last`, both included: in October 2026, from 1 to 7 October 2026."""
    if first == last:
        return Text(en="on {day}", fr="le {day}").fill(day=first)
    if (first.year, first.month) != (last.year, last.month):
        if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
            return Text(en=f"in {first.year}", fr=f"en {first.year}")
        return Text(en="from {first} to {last}", fr="du {first} au {last}").fill(first=first, last=last)
    en, fr = (_month(first, language) for language in LANGUAGES)
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        return Text(en=f"in {en}", fr=f"en {fr}")
    day = "1er" if first.day == 1 else first.day
    return Text(en=f"from {first.day} to {last.day} {en}", fr=f"du {day} au {last.day} {fr}")


def _month(day: date, language: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, "MMMM y", locale=language))


def where_words(registry: Registry, record_type: str, where: Mapping[str, Sequence[str]]) -> Text:
    """To what a need is limited: only where the basis is reported; all of it."""
    if not where:
        return Text(en="all of it", fr="tout")
    ((field, values),) = where.items()
    return Text(en="only where {field} is {values}", fr="seulement où {field} est {values}").fill(
        field=lowered(field_words(registry, record_type, field)),
        values=listed([Text(en=v, fr=v) for v in values], OR),
    )


def field_words(registry: Registry, record_type: str, name: str) -> Text:
    """A field by its title, or by its name where it has none; a service's own words are quoted."""
    title = _title(registry, record_type, name)
    if title is not None and name in _own_fields(registry, record_type):
        return quoted(title)
    return title or Text(en=name.replace("_", " "), fr=name.replace("_", " "))


def _title(registry: Registry, record_type: str, name: str) -> Text | None:
    if record_type not in registry:
        return None
    known = registry.get(record_type)
    head, _, inner = name.partition(".")
    if (spec := fields_of(known).get(head)) is None:
        return titles(known.model_fields[head]) if head in known.model_fields else None
    if not inner:
        return spec.title
    return next((item.title for item in spec.items if item.name == inner), None)


def _own_fields(registry: Registry, record_type: str) -> Collection[str]:
    """The fields that a service declared, with titles of its own."""
    own = own_type_of(registry.get(record_type)) if record_type in registry else None
    return own.properties if own is not None else ()


def saved_words(registry: Registry, record_type: str) -> Text:
    """A record type that is saved; of a service's own also what its records tell, as nothing else says that."""
    kind = lowered(type_words(registry, record_type))
    fields = [field_words(registry, record_type, name) for name in _own_fields(registry, record_type)]
    if not fields:
        return kind
    return Text(en="{kind} ({fields})", fr="{kind} ({fields})").fill(kind=kind, fields=listed(fields))


def country_words(code: str) -> Text:
    """A country by its name, or by its ISO 3166 code where it has none."""
    from babel import Locale

    en, fr = (str(Locale.parse(language).territories.get(code, code)) for language in LANGUAGES)
    return Text(en=en, fr=fr)


def type_words(registry: Registry, record_type: str) -> Text:
    """A record type by its title, or by its name where it is not known; a service's own words are quoted."""
    if record_type in registry:
        title = registry.get(record_type).facts.title
        return quoted(title) if _own_fields(registry, record_type) else title
    return Text(en=record_type[:100], fr=record_type[:100])


def kind_words(registry: Registry, record_type: str) -> Text:
    """A record type inside a sentence; in French, where it would need its article, quoted as a title."""
    title = type_words(registry, record_type)
    return Text(en=lowered(title).en, fr=title.fr if title.fr.startswith("«") else quoted(title).fr)


def lowered(text: Text) -> Text:
    """A title inside a sentence: its first letter small, unless the word is an acronym."""
    return Text(en=_lower(text.en), fr=_lower(text.fr))


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def listed(texts: Sequence[Text], last: Text = AND) -> Text:
    """Texts one after the other: a, b and c. Of a very long list the first ones, and how many more there are."""
    lengths = accumulate(max(len(text.en), len(text.fr)) for text in texts)
    fit = max(1, sum(length <= _LONGEST for length in lengths))
    kept = [*texts[:fit]]
    if fit < len(texts):
        kept.append(Text(en="{n} more", fr="{n} de plus").fill(n=len(texts) - fit))
    if len(kept) == 1:
        return kept[0]
    en, fr = (
        f"{', '.join(t.say(language) for t in kept[:-1])} {last.say(language)} {kept[-1].say(language)}"
        for language in LANGUAGES
    )
    return Text(en=en, fr=fr)


def quoted(text: Text | str) -> Text:
    """A publisher's own words, as theirs."""
    en, fr = (text, text) if isinstance(text, str) else (text.en, text.fr)
    return Text(en=f"“{en}”", fr=f"«\u00a0{fr}\u00a0»")


def _parts(duration: str) -> list[tuple[str, int]]:
    """The units that a duration has, from the longest, and how many of each."""
    length = Duration.parse(duration)
    years, months = (length.months // 12, 0) if length.months % 12 == 0 else (0, length.months)
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    counted = zip(_LENGTHS, (years, months, length.days, hours, minutes, seconds), strict=True)
    return [(unit, n) for unit, n in counted if n]
