"""What a person reads about a new version of a service: what it asks more, what less, what is said otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.text import Text
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.service.purpose import PURPOSES

from .label import what_words
from .order import Change, Comparison, Verdict, shown
from .wordings import (
    back_words,
    field_words,
    granularity_words,
    length_words,
    listed,
    lowered,
    precision_words,
    quoted,
    type_words,
)

VERDICTS: dict[Verdict, Text] = {
    "same": Text(en="It asks for the same as before.", fr="Il demande la même chose qu'avant."),
    "narrower": Text(en="It asks for less than before.", fr="Il demande moins qu'avant."),
    "reworded": Text(
        en="It asks for no more than before, in other words.", fr="Il ne demande pas plus qu'avant, en d'autres termes."
    ),
    "wider_optional": Text(
        en="It asks for more, which you may refuse or answer later.",
        fr="Il demande plus, ce que vous pouvez refuser ou remettre à plus tard.",
    ),
    "wider": Text(en="It asks for more: it waits for your answer.", fr="Il demande plus : il attend votre réponse."),
    "other_party": Text(
        en="Somebody else answers for it: it asks for your agreement anew.",
        fr="Quelqu'un d'autre en répond : il demande à nouveau votre accord.",
    ),
    "incomparable": Text(
        en="It asks for more in one thing and less in another.",
        fr="Il demande plus sur un point et moins sur un autre.",
    ),
}
_SCHEDULES = {
    "on_open": Text(en="when you open it", fr="quand vous l'ouvrez"),
    "on_new_data": Text(en="when data come in", fr="quand des données arrivent"),
    "daily": Text(en="every day", fr="chaque jour"),
    "weekly": Text(en="every week", fr="chaque semaine"),
}
_AUTOMATIONS = {
    "none": Text(en="nothing by itself", fr="rien de lui-même"),
    "advice": Text(en="advice", fr="des conseils"),
    "profiling": Text(en="a profile of you", fr="un profil de vous"),
    "decision": Text(en="decisions about you", fr="des décisions sur vous"),
}
_NOBODY = Text(en="nobody named", fr="personne de nommé")


def sentences(compared: Comparison, old: Manifest, new: Manifest, registry: Registry) -> tuple[Text, ...]:
    """The verdict, then each difference: what is more, what is less, what is said otherwise."""
    return (
        VERDICTS[compared.verdict],
        *(t for change in compared.wider for t in _wider(change, old, new, registry)),
        *_narrower(compared, old, new, registry),
        *(_reworded(path, old, new) for path in compared.reworded),
    )


def _wider(change: Change, old: Manifest, new: Manifest, registry: Registry) -> Iterator[Text]:
    if change.label:
        need = new.needs[change.label]
        kind = lowered(type_words(registry, need.record_type))
        yield from _need_wider(change, kind, need.record_type, new, registry)
        return
    said = _said(change, registry)
    match change.axis:
        case "publisher" | "country" | "role":
            yield Text(
                en="Who answers for it was {old} and is now {new}.",
                fr="Qui en répond était {old} et est maintenant {new}.",
            ).fill(old=change.old or _NOBODY, new=change.new or _NOBODY)
        case "schedule":
            yield Text(en="It now runs {new}, not {old}.", fr="Il tourne maintenant {new}, et non {old}.").fill(**said)
        case "automation":
            yield Text(en="It now gives {new}, not {old}.", fr="Il donne maintenant {new}, et non {old}.").fill(**said)
        case "produces":
            yield Text(en="It may now also save: {new}.", fr="Il peut maintenant aussi enregistrer : {new}.").fill(
                **said
            )
        case "retention":
            yield Text(
                en="It keeps what it saves longer: {new}, not {old}.",
                fr="Il garde plus longtemps ce qu'il enregistre : {new}, et non {old}.",
            ).fill(**said)
        case "alerts_per_week":
            yield Text(
                en="It may now alert you {new} times a week, not {old}.",
                fr="Il peut maintenant vous alerter {new} fois par semaine, et non {old}.",
            ).fill(**said)
        case _:
            yield Text(en="It may now also show: {new}.", fr="Il peut maintenant aussi montrer : {new}.").fill(**said)


def _need_wider(change: Change, kind: Text, record_type: str, new: Manifest, registry: Registry) -> Iterator[Text]:
    need = new.needs[change.label]
    values = {"kind": kind, **_said(change, registry)}
    match change.axis:
        case "record_type":
            asked = lowered(what_words(need, registry))
            yield Text(
                en="It now also asks for: {asked}. Why: {why}",
                fr="Il demande maintenant aussi : {asked}. Pourquoi : {why}",
            ).fill(asked=asked, why=quoted(need.why))
        case "fields" | "pseudonyms":
            before = change.old.split(",")
            fields = change.axis == "fields"
            added = (
                [f for f in need.fields if f not in before]
                if fields
                else [f for f in before if f in need.fields and f not in need.pseudonyms]
            )
            names = listed([lowered(field_words(registry, record_type, f)) for f in added])
            if fields:
                yield Text(
                    en="Of {kind}, it now also sees: {names}.", fr="De {kind}, il voit maintenant aussi : {names}."
                ).fill(kind=kind, names=names)
            else:
                yield Text(
                    en="Of {kind}, it now sees without pseudonym: {names}.",
                    fr="De {kind}, il voit maintenant sans pseudonyme : {names}.",
                ).fill(kind=kind, names=names)
        case "granularity" | "at_worst":
            least = change.axis == "at_worst"
            yield (
                Text(
                    en="It now needs {kind} at least {new}; {old} was enough.",
                    fr="Il lui faut maintenant {kind} au moins {new} ; {old} suffisait.",
                )
                if least
                else Text(
                    en="It now asks for {kind} {new} instead of {old}.",
                    fr="Il demande maintenant {kind} {new} au lieu de {old}.",
                )
            ).fill(**values)
        case "where":
            yield Text(
                en="It now asks for more kinds of {kind}.", fr="Il demande maintenant plus de sortes de {kind}."
            ).fill(kind=kind)
        case "ongoing":
            yield Text(
                en="It now also asks for {kind} that come later.", fr="Il demande maintenant aussi {kind} à venir."
            ).fill(kind=kind)
        case "required":
            yield Text(en="It can no longer do without {kind}.", fr="Il ne peut plus se passer de {kind}.").fill(
                kind=kind
            )
        case _:
            yield Text(
                en="It now asks for {kind}: {new}, not {old}.", fr="Il demande maintenant {kind} : {new}, et non {old}."
            ).fill(**values)


def _said(change: Change, registry: Registry) -> dict[str, Text]:
    return {"old": _value(change.axis, change.old, registry), "new": _value(change.axis, change.new, registry)}


def _value(axis: str, value: str, registry: Registry) -> Text:
    plain = Text(en=value or "–", fr=value or "–")
    match axis:
        case "granularity" | "at_worst":
            return granularity_words(value)
        case "precision":
            return precision_words(value)
        case "back":
            return back_words(value)
        case "retention":
            return length_words(value) if value else Text(en="until erased", fr="jusqu'à effacement")
        case "purpose":
            return PURPOSES[value]  # type: ignore[index]
        case "schedule":
            return _SCHEDULES[value]
        case "automation":
            return _AUTOMATIONS[value]
        case "produces" if value:
            return lowered(type_words(registry, value))
        case _:
            return plain


def _narrower(compared: Comparison, old: Manifest, new: Manifest, registry: Registry) -> Iterator[Text]:
    gone = [c for c in compared.narrower if c.axis == "record_type"]
    for change in gone:
        kind = lowered(type_words(registry, old.needs[change.label].record_type))
        yield Text(en="It no longer asks for {kind}.", fr="Il ne demande plus {kind}.").fill(kind=kind)
    for change in compared.narrower:
        if change.axis == "granularity":
            kind = lowered(type_words(registry, old.needs[change.label].record_type))
            yield Text(
                en="It now asks for {kind} only {new}, not {old}.",
                fr="Il ne demande plus {kind} que {new}, et non {old}.",
            ).fill(kind=kind, **_said(change, registry))
        elif change.axis == "back":
            kind = lowered(type_words(registry, old.needs[change.label].record_type))
            yield Text(
                en="It looks less far back at {kind}: {new}.", fr="Il remonte moins loin pour {kind} : {new}."
            ).fill(kind=kind, **_said(change, registry))
    others = [c for c in compared.narrower if c.axis not in ("record_type", "granularity", "back")]
    if others:
        yield Text(en="It asks for less in other things.", fr="Il demande moins sur d'autres points.")


def _reworded(path: str, old: Manifest, new: Manifest) -> Text:
    before, after = (_text(path, manifest) for manifest in (old, new))
    return Text(en="It said {before}; it now says {after}.", fr="Il disait {before} ; il dit maintenant {after}.").fill(
        before=before, after=after
    )


def _text(path: str, manifest: Manifest) -> Text:
    found = shown(manifest)[path]
    return quoted(found) if isinstance(found, Text) else quoted(Text(en=str(found or "–"), fr=str(found or "–")))
