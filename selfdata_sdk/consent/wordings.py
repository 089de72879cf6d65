"""How people say granularities, durations, precisions and fields, in English and French."""

from __future__ import annotations

from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.text import Text
from selfdata_sdk.model.time import Duration

GRANULARITIES = {
    "total": Text(en="as one total", fr="en un seul total"),
    "year": Text(en="by year", fr="par année"),
    "month": Text(en="by month", fr="par mois"),
    "day": Text(en="by day", fr="par jour"),
    "hour": Text(en="by hour", fr="par heure"),
    "half_hour": Text(en="by half hour", fr="par demi-heure"),
    "raw": Text(en="as they are", fr="telles quelles"),
}
PRECISIONS = {
    "exact": Text(en="exact places", fr="lieux exacts"),
    "1km": Text(en="places within 1 km", fr="lieux à 1 km près"),
    "10km": Text(en="places within 10 km", fr="lieux à 10 km près"),
}
_UNITS = (
    ("years", Text(en="{n} years", fr="{n} ans"), Text(en="year", fr="an")),
    ("months", Text(en="{n} months", fr="{n} mois"), Text(en="month", fr="mois")),
    ("days", Text(en="{n} days", fr="{n} jours"), Text(en="day", fr="jour")),
    ("hours", Text(en="{n} hours", fr="{n} heures"), Text(en="hour", fr="heure")),
    ("seconds", Text(en="{n} seconds", fr="{n} secondes"), Text(en="second", fr="seconde")),
)


def granularity_words(granularity: str) -> Text:
    return GRANULARITIES[granularity]


def precision_words(precision: str) -> Text:
    return PRECISIONS[precision]


def length_words(duration: str) -> Text:
    """An ISO 8601 duration: 6 months, 1 year and 3 days."""
    parts = _parts(duration)
    said = [many.fill(n=n) if n != 1 else _one(one) for n, many, one in parts]
    text = said[0]
    for more in said[1:]:
        text = Text(en="{a} and {b}", fr="{a} et {b}").fill(a=text, b=more)
    return text


def back_words(duration: str) -> Text:
    """How far back: the last 30 days, the last year."""
    parts = _parts(duration)
    if len(parts) == 1 and parts[0][0] == 1:
        one = parts[0][2]
        feminine = one.en in ("hour", "second")
        return Text(en="the last {one}", fr="la dernière {one}" if feminine else "le dernier {one}").fill(one=one)
    feminine = len(parts) == 1 and parts[0][2].en in ("hour", "second")
    return Text(en="the last {length}", fr="les {length} derni" + ("ères" if feminine else "ers")).fill(
        length=length_words(duration)
    )


def field_words(registry: Registry, record_type: str, name: str) -> Text:
    """A field by its title, or by its name where it has none."""
    plain = Text(en=name.replace("_", " "), fr=name.replace("_", " "))
    if record_type not in registry:
        return plain
    kind = registry.get(record_type)
    head, _, inner = name.partition(".")
    spec = fields_of(kind).get(head)
    if spec is None:
        info = kind.model_fields.get(head)
        return Text(en=info.title, fr=info.description) if info and info.title and info.description else plain
    if inner:
        spec = next((item for item in spec.items if item.name == inner), spec)
    return spec.title or plain


def type_words(registry: Registry, record_type: str) -> Text:
    """A record type by its title, or by its name where it is not known."""
    if record_type in registry:
        return registry.get(record_type).facts.title
    return Text(en=record_type, fr=record_type)


def lowered(text: Text) -> Text:
    """A title inside a sentence: its first letter small, unless the word is an acronym."""
    return Text(en=_lower(text.en), fr=_lower(text.fr))


def listed(texts: list[Text]) -> Text:
    """Texts one after the other: a, b and c."""
    if len(texts) == 1:
        return texts[0]
    head, last = texts[:-1], texts[-1]
    return Text(en=f"{', '.join(t.en for t in head)} and {last.en}", fr=f"{', '.join(t.fr for t in head)} et {last.fr}")


def quoted(text: Text) -> Text:
    """A publisher's own words, as theirs."""
    return Text(en=f"“{text.en}”", fr=f"«\u00a0{text.fr}\u00a0»")


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _one(one: Text) -> Text:
    return Text(en=f"1 {one.en}", fr=f"1 {one.fr}")


def _parts(duration: str) -> list[tuple[int, Text, Text]]:
    length = Duration.parse(duration)
    years, months = divmod(length.months, 12)
    hours, seconds = divmod(length.seconds, 3600)
    values = {"years": years, "months": months, "days": length.days, "hours": hours, "seconds": seconds}
    return [(values[name], many, one) for name, many, one in _UNITS if values[name]]
