"""A record's fields as questions and answers: what a person types in, checked as it is typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from ..errors import RecordRefused, RequestError
from ..model import Money, Record, Source
from ..model.field import Field, body_of
from ..model.quantity import Measure
from ..model.text import clean
from ..model.wording import symbol, wording
from .language import say, spoken

# The words of open enumerations, as people say them: (en, fr).
WORDS = {
    "flat": ("flat", "appartement"), "house": ("house", "maison"), "other": ("other", "autre"), "none": ("none", "aucune"),
    "electricity": ("electricity", "électricité"), "gas": ("gas", "gaz"), "oil": ("oil", "fioul"), "wood": ("wood", "bois"),
    "district_heat": ("district heat", "réseau de chaleur"), "heat_pump": ("heat pump", "pompe à chaleur"),
    "solar": ("solar", "solaire"),
}  # fmt: skip


def said_word(word: str, language: str) -> str:
    en, fr = WORDS.get(word, (word, word))
    return fr if language == "fr" else en


def question(field: Field, language: str) -> str:
    """What to ask for a field, with its unit and its choices."""
    label = field.title.say(language) if field.title else field.name
    if field.known or field.choices:
        return f"{label} ({', '.join(said_word(w, language) for w in field.known or field.choices or ())})"
    return f"{label} ({symbol(field.unit, language)})" if field.unit else label


def answer(record_type: type[Record], field: Field, typed: str) -> Any:
    """The value that `typed` stands for; RecordRefused says why it is none."""
    text = clean(typed)
    choices = field.known or field.choices
    if choices:
        value: Any = _chosen(field, choices, text)
    elif field.kind == "quantity":
        value = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".")
    else:
        value = text
    try:
        record_type.model_validate({**_NEEDED, field.name: value})
    except ValidationError as error:
        if any(e["loc"][:1] == (field.name,) for e in error.errors(include_input=False)):
            raise RecordRefused(_rule(field), where=field.name) from None
    return value


def _rule(field: Field) -> str:
    """What an answer must be."""
    if field.kind not in ("integer", "quantity"):
        return say("This does not have the form that is expected.", "La forme n'est pas celle attendue.")
    low, high = (None if b is None else wording(b / 10**field.places, spoken()) for b in (field.lower, field.upper))
    whole = field.kind == "integer"
    kind = say("a whole number" if whole else "a number", "un nombre entier" if whole else "un nombre")
    if not whole and field.places:
        kind += say(
            f" with at most {field.places} decimal{'s' * (field.places > 1)}",
            f" avec au plus {field.places} décimale{'s' * (field.places > 1)}",
        )
    bounds = say(f" from {low} to {high}", f" de {low} à {high}") if low and high else ""
    return say(f"Give {kind}{bounds}.", f"Donnez {kind}{bounds}.")


_NEEDED = {
    "on": date(2000, 1, 1),
    "source": Source(holder="self", importer="manual", version="0", method="manual", retrieved_at="2000-01-01T00:00Z"),
}


def _chosen(field: Field, choices: tuple[str, ...], text: str) -> str:
    wanted = text.casefold()
    for word in choices:
        if wanted in {word.casefold(), *(w.casefold() for w in WORDS.get(word, ()))}:
            return word
    begun = [
        w for w in choices if wanted and any(said.casefold().startswith(wanted) for said in (w, *WORDS.get(w, ())))
    ]
    if len(begun) == 1:
        return begun[0]
    raise RecordRefused(
        say("This is not one of the choices.", "Ce n'est pas l'un des choix."),
        where=field.name,
        next=", ".join(said_word(word, spoken()) for word in choices),
    )


def field_named(record_type: type[Record], name: str) -> Field:
    """The body's field `name`; RequestError names the nearest ones."""
    import difflib

    fields = body_of(record_type)
    if name in fields:
        return fields[name]
    near = difflib.get_close_matches(name, fields, 2, 0.5)
    raise RequestError(
        f"{record_type.type} has no field “{name[:60]}”.",
        next=f"Did you mean {' or '.join(near)}?" if near else f"Fields: {', '.join(fields)}.",
    )


def told_fields(record: Record, language: str) -> Iterator[tuple[str, str]]:
    """Each field of a record that says something, as (label, value)."""
    for name, field in body_of(type(record)).items():
        value = getattr(record, name)
        if value is None or value == ():
            continue
        label = field.title.say(language) if field.title else name
        yield label, _told(field, value, language)


def _told(field: Field, value: Any, language: str) -> str:
    if field.kind == "quantity":
        assert isinstance(value, Decimal)
        places = max(0, -int(value.normalize().as_tuple().exponent))
        return wording(Measure(float(value), field.unit, places), language)
    if isinstance(value, str):
        return said_word(value, language)
    if isinstance(value, tuple):
        return str(len(value))
    if field.name == "built":
        return str(value)
    return wording(value, language) if isinstance(value, Money | int | date) else str(value)
