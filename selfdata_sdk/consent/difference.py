"""What a person reads about a new version of a service: what it asks more, what less, what it says otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.text import Text
from selfdata_sdk.service.manifest import AskedNeed, Manifest, Question
from selfdata_sdk.service.purpose import PURPOSES

from .label import AUTOMATIONS, SCHEDULES, combined, what_words
from .order import Change, Comparison, Shown, Verdict, rewordings
from .wordings import (
    back_words,
    country_words,
    field_words,
    granularity_words,
    kind_words,
    length_words,
    listed,
    lowered,
    precision_words,
    quoted,
    where_words,
)

VERDICTS: dict[Verdict, Text] = {
    "same": Text(en="It asks for the same as before.", fr="Il demande la même chose qu'avant."),
    "narrower": Text(en="It asks for less than before.", fr="Il demande moins qu'avant."),
    "reworded": Text(
        en="It asks for no more than before, but says some things in other words.",
        fr="Il ne demande pas plus qu'avant, mais dit certaines choses autrement.",
    ),
    "wider_optional": Text(
        en="It asks for more, which you may refuse.", fr="Il demande plus, ce que vous pouvez refuser."
    ),
    "wider": Text(
        en="It asks for more: the new version waits for your answer.",
        fr="Il demande plus\u00a0: la nouvelle version attend votre réponse.",
    ),
    "other_party": Text(
        en="Who answers for it has changed: the new version waits for your agreement.",
        fr="Qui en répond a changé\u00a0: la nouvelle version attend votre accord.",
    ),
    "incomparable": Text(
        en="It asks for more in some things and for less in others.",
        fr="Il demande plus sur certains points et moins sur d'autres.",
    ),
}
WAITS = Text(
    en="It asks for more in some things and for less in others: the new version waits for your answer.",
    fr="Il demande plus sur certains points et moins sur d'autres\u00a0: la nouvelle version attend votre réponse.",
)

# What is said of a need on each axis, when it asks for more and when it asks for less.
_GRAIN = Text(
    en="It now asks for {kind} {new} instead of {old}.", fr="Il demande maintenant {kind} {new}, et non plus {old}."
)
_BACK = Text(
    en="It now asks for {kind} of {new} instead of {old}.",
    fr="Il demande maintenant {kind} sur {new}, et non plus sur {old}.",
)
_EXTENT = Text(
    en="What it asks of {kind} is now: {new}; it was: {old}.",
    fr="Ce qu'il demande de {kind} est maintenant\u00a0: {new}\u00a0; c'était\u00a0: {old}.",
)
_PURPOSE = Text(
    en="It now asks for {kind} {new}, no longer {old}.", fr="Il demande maintenant {kind} {new}, et non plus {old}."
)
_NEEDS: Mapping[str, tuple[Text, Text]] = {
    "record_type": (
        Text(
            en="It now also asks for: {asked}. It sees: {added}. What for: {purpose}. Why: {why}. {may}",
            fr="Il demande maintenant aussi\u00a0: {asked}. Il voit\u00a0: {added}. Ce sera {purpose}. Pourquoi\u00a0: {why}. {may}",
        ),
        Text(en="It no longer asks for {kind}.", fr="Il ne demande plus {kind}."),
    ),
    "fields": (
        Text(en="Of {kind}, it now also sees: {added}.", fr="De {kind}, il voit maintenant aussi\u00a0: {added}."),
        Text(en="Of {kind}, it no longer sees: {added}.", fr="De {kind}, il ne voit plus\u00a0: {added}."),
    ),
    "pseudonyms": (
        Text(
            en="Of {kind}, it now sees as it is, and not under pseudonyms: {added}.",
            fr="De {kind}, il voit maintenant tel quel, et non plus sous pseudonyme\u00a0: {added}.",
        ),
        Text(
            en="Of {kind}, it now sees under pseudonyms only: {added}.",
            fr="De {kind}, il ne voit plus que sous pseudonyme\u00a0: {added}.",
        ),
    ),
    "granularity": (_GRAIN, _GRAIN),
    "at_worst": (
        Text(
            en="It can no longer do with {kind} {old}: it needs it {new} at least.",
            fr="Il ne se contente plus de {kind} {old}\u00a0: il lui faut {new} au moins.",
        ),
        Text(en="It can now do with {kind} {new}.", fr="Il se contente maintenant de {kind} {new}."),
    ),
    "precision": (_EXTENT, _EXTENT),
    "where": (_EXTENT, _EXTENT),
    "back": (_BACK, _BACK),
    "ongoing": (
        Text(en="It now also asks for {kind} that comes in later.", fr="Il demande maintenant aussi {kind} à venir."),
        Text(en="It no longer asks for {kind} that comes in later.", fr="Il ne demande plus {kind} à venir."),
    ),
    "purpose": (_PURPOSE, _PURPOSE),
    "required": (
        Text(en="It can no longer do without {kind}.", fr="Il ne peut plus se passer de {kind}."),
        Text(
            en="It can now do without {kind}: you may refuse.",
            fr="Il peut maintenant se passer de {kind}\u00a0: vous pouvez refuser.",
        ),
    ),
}
_OPTIONAL = Text(en="You may refuse.", fr="Vous pouvez refuser.")
_REQUIRED = Text(en="It cannot work without.", fr="Il ne peut pas s'en passer.")

# What is said of the service as a whole, likewise.
_RETENTION = Text(
    en="What it saves of {kind} is now kept {new} instead of {old}.",
    fr="Ce qu'il enregistre de {kind} est maintenant gardé {new}, et non plus {old}.",
)
_RUNS = Text(en="It now runs {new} instead of {old}.", fr="Il se lance maintenant {new}, et non plus {old}.")
_GIVES = Text(en="It now gives you {new} instead of {old}.", fr="Il vous donne maintenant {new}, et non plus {old}.")
_RULES = Text(en="What it may save of {kind} has changed.", fr="Ce qu'il peut enregistrer de {kind} a changé.")
_BREAKS = Text(
    en="What it saved of {kind} until now could not be read any more: where such data are kept, it does not run.",
    fr="Ce qu'il a enregistré de {kind} jusqu'ici ne pourrait plus être lu\u00a0: là où ces données sont gardées, il ne "
    "tourne pas.",
)
_ALERTS = Text(
    en="It may now alert you up to {new} times a week instead of {old}.",
    fr="Il peut maintenant vous alerter jusqu'à {new} fois par semaine, et non plus {old}.",
)
_SERVICE: Mapping[str, tuple[Text, Text]] = {
    "produces": (
        Text(
            en="It may now save in your cloud, {new}: {kind}.",
            fr="Il peut maintenant enregistrer dans votre cloud, {new}\u00a0: {kind}.",
        ),
        Text(en="It no longer saves: {kind}.", fr="Il n'enregistre plus\u00a0: {kind}."),
    ),
    "retention": (_RETENTION, _RETENTION),
    "kinds": (
        Text(en="It may now also give you: {added}.", fr="Il peut maintenant aussi vous donner\u00a0: {added}."),
        Text(en="It no longer gives you: {added}.", fr="Il ne vous donne plus\u00a0: {added}."),
    ),
    "alerts_per_week": (_ALERTS, _ALERTS),
    "links": (
        Text(en="It may now show this link: {added}.", fr="Il peut maintenant montrer ce lien\u00a0: {added}."),
        Text(en="It no longer shows this link: {added}.", fr="Il ne montre plus ce lien\u00a0: {added}."),
    ),
    "numbers": (
        Text(en="It may now show this number: {added}.", fr="Il peut maintenant montrer ce numéro\u00a0: {added}."),
        Text(en="It no longer shows this number: {added}.", fr="Il ne montre plus ce numéro\u00a0: {added}."),
    ),
    "questions": (
        Text(en="It may now ask you: {added}", fr="Il peut maintenant vous demander\u00a0: {added}"),
        Text(en="It no longer asks you: {added}", fr="Il ne vous demande plus\u00a0: {added}"),
    ),
    "saved_fields": (
        Text(
            en="Of {kind}, it may now also save: {added}.",
            fr="De {kind}, il peut maintenant aussi enregistrer\u00a0: {added}.",
        ),
        Text(en="Of {kind}, it no longer saves: {added}.", fr="De {kind}, il n'enregistre plus\u00a0: {added}."),
    ),
    "record_types": (_RULES, _RULES),
    "breaks": (_BREAKS, _BREAKS),
    "schedule": (_RUNS, _RUNS),
    "automation": (_GIVES, _GIVES),
}
_PARTY: Mapping[str, Text] = {
    "id": Text(en="It is another service: {new}, not {old}.", fr="C'est un autre service\u00a0: {new}, et non {old}."),
    "publisher": Text(
        en="Its publisher is now {new}, no longer {old}.", fr="Son éditeur est maintenant {new}, et non plus {old}."
    ),
    "country": Text(
        en="Its publisher's country is now: {new}; it was: {old}.",
        fr="Le pays de son éditeur est maintenant\u00a0: {new}\u00a0; c'était\u00a0: {old}.",
    ),
    "role": Text(
        en="What its publisher says to do with your data is now: {new}; it was: {old}.",
        fr="Ce que son éditeur dit faire de vos données est maintenant\u00a0: {new}\u00a0; c'était\u00a0: {old}.",
    ),
}
_ROLES = {
    "local_only": Text(en="nothing, they stay with you", fr="rien, elles restent chez vous"),
    "controller": Text(en="to receive them and decide on their use", fr="les recevoir et décider de leur usage"),
    "processor": Text(en="to receive them on behalf of others", fr="les recevoir pour le compte d'autres"),
}
_KINDS = {
    "action": Text(en="things to do", fr="choses à faire"),
    "alert": Text(en="alerts", fr="alertes"),
    "ask": Text(en="questions", fr="questions"),
    "card": Text(en="cards", fr="fiches"),
    "chart": Text(en="charts", fr="graphiques"),
    "no_insight": Text(en="word that there is no advice", fr="mot disant qu'il n'y a pas de conseil"),
    "save": Text(en="records that it makes", fr="données qu'il produit"),
}

# What a text that changed is about, by the first and last part of its path.
_ABOUT = {
    "name": Text(en="Its name", fr="Son nom"),
    "summary": Text(en="Its summary", fr="Son résumé"),
    "licence": Text(en="Its licence", fr="Sa licence"),
    "source": Text(en="Where its code is", fr="Où est son code"),
    "publisher.contact": Text(en="How to reach its publisher", fr="Comment joindre son éditeur"),
    "publisher.privacy": Text(en="Its page on privacy", fr="Sa page sur la vie privée"),
    "needs.why": Text(en="Why it asks for {kind}", fr="Pourquoi il demande {kind}"),
    "needs.without": Text(en="What you miss without {kind}", fr="Ce qui vous manque sans {kind}"),
    "settings.title": Text(en="The name of a setting", fr="Le nom d'un réglage"),
    "record_types.title": Text(en="The name of what it saves", fr="Le nom de ce qu'il enregistre"),
    "outputs.label": Text(en="The name of a link or number", fr="Le nom d'un lien ou d'un numéro"),
}
_NOTHING = Text(en="nothing", fr="rien")


def sentences(compared: Comparison, old: Manifest, new: Manifest, registry: Registry) -> tuple[Text, ...]:
    """The verdict, then each difference: what is more, what is less, what is said otherwise."""
    older, newer = old.types(registry), new.types(registry)
    found = [_verdict(compared)]
    found += [_changed(change, new, newer, more=True) for change in compared.wider]
    if any(change.axis == "record_type" for change in compared.wider) and (together := combined(new, newer)):
        found.append(together)
    found += [_changed(change, old, older, more=False) for change in compared.narrower]
    found += [_reworded(path, before, now, new, newer) for path, before, now in rewordings(old, new)]
    return tuple(dict.fromkeys(found))


def _verdict(compared: Comparison) -> Text:
    return WAITS if compared.verdict == "incomparable" and compared.waits else VERDICTS[compared.verdict]


def _changed(change: Change, asking: Manifest, registry: Registry, *, more: bool) -> Text:
    """One difference; `asking` is the version that asks for more on this axis, the new one if `more`."""
    place = 0 if more else 1
    if change.label:
        need = asking.needs[change.label]
        return _NEEDS[change.axis][place].fill(**_need_values(change, need, registry, more))
    if change.axis in _PARTY:
        return _PARTY[change.axis].fill(**{side: _party_words(change.axis, v) for side, v in _sides(change)})
    return _SERVICE[change.axis][place].fill(**_service_values(change, asking, registry, more))


def _sides(change: Change) -> Iterable[tuple[str, str]]:
    return ("old", change.old), ("new", change.new)


def _added(change: Change, more: bool) -> list[str]:
    """What the version that asks for more has beyond the other, of axes that are lists."""
    less, full = (change.old, change.new) if more else (change.new, change.old)
    return [item for item in full.split(",") if item not in less.split(",")]


def _need_values(change: Change, need: AskedNeed, registry: Registry, more: bool) -> dict[str, Text]:
    def fields(names: Iterable[str]) -> Text:
        return listed([lowered(field_words(registry, need.record_type, name)) for name in names])

    def said(value: str) -> Text:
        match change.axis:
            case "granularity" | "at_worst":
                return granularity_words(value)
            case "precision":
                return precision_words(value)
            case "back":
                return back_words(value)
            case "purpose":
                return PURPOSES[value]  # type: ignore[index]
            case _:
                return where_words(registry, need.record_type, json.loads(value))

    values = {"kind": kind_words(registry, need.record_type)}
    match change.axis:
        case "record_type":
            values |= {
                "asked": lowered(what_words(need, registry)),
                "added": fields(need.fields),
                "purpose": PURPOSES[need.purpose],
                "why": quoted(need.why),
                "may": _REQUIRED if need.required else _OPTIONAL,
            }
        case "fields":
            values["added"] = fields(_added(change, more))
        case "pseudonyms":
            hidden = (change.old if more else change.new).split(",")
            values["added"] = fields(n for n in need.fields if n in hidden and n not in need.pseudonyms)
        case "ongoing" | "required":
            pass
        case _:
            values |= {side: said(value) for side, value in _sides(change)}
    return values


def _party_words(axis: str, value: str) -> Text:
    match axis:
        case "role":
            return _ROLES[value]
        case "publisher":
            return quoted(value)
        case "country" if value:
            return country_words(value)
        case _:
            return Text(en=value or "not said", fr=value or "non précisé")


def _service_values(change: Change, asking: Manifest, registry: Registry, more: bool) -> dict[str, Text]:
    item = change.new or change.old
    match change.axis:
        case "produces" | "retention":
            kept = {side: _kept_words(value.partition(" ")[2]) for side, value in _sides(change)}
            return {"kind": kind_words(registry, item.partition(" ")[0]), **kept}
        case "saved_fields":
            name, fields = item.partition(" ")[0], {side: value.partition(" ")[2] for side, value in _sides(change)}
            added = [field_words(registry, name, field) for field in _added(replace(change, **fields), more)]
            return {"kind": kind_words(registry, name), "added": listed(added)}
        case "record_types" | "breaks":
            return {"kind": kind_words(registry, item.partition(" ")[0])}
        case "kinds":
            return {"added": listed([_KINDS[kind] for kind in _added(change, more)])}
        case "links":
            label = next(link.label for link in asking.outputs.links.values() if link.url == item)
            return {"added": _labelled(label, item)}
        case "numbers":
            label = next(phone.label for phone in asking.outputs.numbers.values() if phone.number == item)
            return {"added": _labelled(label, item)}
        case "questions":
            return {"added": quoted(Question.model_validate_json(item).text)}
        case "schedule":
            return {side: SCHEDULES[value] for side, value in _sides(change)}
        case "automation":
            return {side: AUTOMATIONS[value] for side, value in _sides(change)}
        case _:
            return {side: Text(en=value, fr=value) for side, value in _sides(change)}


def _kept_words(retention: str) -> Text:
    if not retention:
        return Text(en="until you erase it", fr="jusqu'à ce que vous l'effaciez")
    return Text(en="for {length}", fr="pendant {length}").fill(length=length_words(retention))


def _labelled(label: Text, item: str) -> Text:
    return Text(en="{label} {item}", fr="{label} {item}").fill(label=quoted(label), item=item)


def _reworded(path: str, before: Shown, now: Shown, new: Manifest, registry: Registry) -> Text:
    parts = path.split(".")
    about = _ABOUT.get(path) or _ABOUT[f"{parts[0]}.{parts[-1]}"]
    if parts[0] == "needs":
        about = about.fill(kind=kind_words(registry, new.needs[parts[1]].record_type))
    same = Text(en="{about} is the same in English.", fr="{about}\u00a0: rien ne change en français.").fill(about=about)
    said = Text(
        en="{about} is now {now}; it was {before}.", fr="{about}\u00a0: maintenant {now}, avant {before}."
    ).fill(about=about, now=_words(now), before=_words(before))
    if isinstance(before, Text) and isinstance(now, Text):
        return Text(en=same.en if before.en == now.en else said.en, fr=same.fr if before.fr == now.fr else said.fr)
    return said


def _words(shown: Shown) -> Text:
    return _NOTHING if shown is None else quoted(shown)
