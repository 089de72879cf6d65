"""The label: what a service asks for, said to the person who decides.

What is the publisher's own claim is quoted as theirs; what is said about where data go is worked out from what is
enforced, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.text import Text
from selfdata_sdk.model.time import GRANULARITIES
from selfdata_sdk.service.manifest import AskedNeed, Manifest, Outputs, Publisher
from selfdata_sdk.service.purpose import PURPOSES

from .wordings import (
    back_words,
    country_words,
    field_words,
    granularity_words,
    length_words,
    listed,
    lowered,
    precision_words,
    quoted,
    saved_words,
    type_words,
    where_words,
)


@dataclass(frozen=True, slots=True)
class Enforcement:
    """What holds a service: `isolated` if it has no network, no files and no programs."""

    isolated: bool = False


@dataclass(frozen=True, slots=True)
class NeedLabel:
    """What is said of one need.

    finer   it asks finer than the record type gives without an answer of its own
    coarse  how fine that is, where it would still be of use
    """

    label: str
    what: Text
    lines: tuple[Text, ...]
    required: bool
    finer: bool
    coarse: Text | None


@dataclass(frozen=True, slots=True)
class Label:
    """What a service asks for. `facts` is about the service, `where` about where the data go."""

    name: Text
    id: str
    version: str
    summary: Text
    needs: tuple[NeedLabel, ...]
    facts: tuple[Text, ...]
    where: Text


def label_of(manifest: Manifest, registry: Registry, enforcement: Enforcement) -> Label:
    """The label of a service, for the person who is asked."""
    registry = manifest.types(registry)
    return Label(
        manifest.name,
        manifest.id,
        manifest.version,
        quoted(manifest.summary),
        tuple(_need(name, need, registry) for name, need in manifest.needs.items()),
        tuple(_facts(manifest, registry)),
        ISOLATED if enforcement.isolated else NOT_ISOLATED,
    )


ISOLATED = Text(
    en="Nothing leaves your cloud: the service runs without network, files or other programs.",
    fr="Rien ne quitte votre cloud : le service tourne sans réseau, ni fichiers, ni autres programmes.",
)
NOT_ISOLATED = Text(
    en="This service runs inside this program: nothing here could stop it from sending your data elsewhere. Agree only "
    "if you trust its publisher.",
    fr="Ce service tourne dans ce programme même : rien ici ne pourrait l'empêcher d'envoyer vos données ailleurs. "
    "N'acceptez que si vous faites confiance à son éditeur.",
)

ROLES = {
    "local_only": Text(
        en="It says that your data stay with you: it receives none.",
        fr="Il dit que vos données restent chez vous : il n'en reçoit aucune.",
    ),
    "controller": Text(
        en="It says that it receives data of yours and decides on their use.",
        fr="Il dit recevoir de vos données et décider de leur usage.",
    ),
    "processor": Text(
        en="It says that it receives data of yours on behalf of others.",
        fr="Il dit recevoir de vos données pour le compte d'autres.",
    ),
}
SCHEDULES = {
    "on_open": Text(en="when you open it", fr="quand vous l'ouvrez"),
    "on_new_data": Text(en="when data come in", fr="quand des données arrivent"),
    "daily": Text(en="every day", fr="chaque jour"),
    "weekly": Text(en="every week", fr="chaque semaine"),
}
AUTOMATIONS = {
    "none": Text(en="figures only", fr="des chiffres seulement"),
    "advice": Text(en="advice", fr="des conseils"),
    "profiling": Text(en="a profile of you", fr="un profil de vous"),
    "decision": Text(en="decisions about you", fr="des décisions à votre sujet"),
}


def what_words(need: AskedNeed, registry: Registry) -> Text:
    """What is read, and how fine: Water use by hour, the last 2 years."""
    kind = type_words(registry, need.record_type)
    back = back_words(need.back)
    if need.granularity == "raw":
        return Text(en="{kind}, {back}", fr="{kind}, {back}").fill(kind=kind, back=back)
    by = granularity_words(need.granularity)
    return Text(en="{kind} {by}, {back}", fr="{kind} {by}, {back}").fill(kind=kind, by=by, back=back)


def _need(name: str, need: AskedNeed, registry: Registry) -> NeedLabel:
    rank = GRANULARITIES.index
    own = registry.get(need.record_type).facts.finest if need.record_type in registry else need.granularity
    finer = rank(need.granularity) > rank(own)
    coarse = granularity_words(own) if finer and rank(own) >= rank(need.at_worst) else None
    lines = tuple(_need_lines(need, registry, finer))
    return NeedLabel(name, what_words(need, registry), lines, need.required, finer, coarse)


def _need_lines(need: AskedNeed, registry: Registry, finer: bool) -> Iterator[Text]:
    yield Text(en="Why: {why}", fr="Pourquoi : {why}").fill(why=quoted(need.why))
    purpose = PURPOSES[need.purpose]
    yield Text(en="It is {purpose}.", fr="C'est {purpose}.").fill(purpose=purpose)
    shown = [name for name in need.fields if name not in need.pseudonyms]
    if shown:
        yield Text(en="It sees: {fields}.", fr="Il voit : {fields}.").fill(fields=_fields(shown, need, registry))
    if need.pseudonyms:
        yield Text(en="Under pseudonyms only: {fields}.", fr="Sous pseudonyme seulement : {fields}.").fill(
            fields=_fields(need.pseudonyms, need, registry)
        )
    if told := [name for name in shown if name in _telling(need, registry)]:
        yield Text(
            en="This can identify you or others: {fields}.", fr="Ceci peut vous identifier, ou d'autres : {fields}."
        ).fill(fields=_fields(told, need, registry))
    if need.precision != "exact":
        yield _sentence(precision_words(need.precision))
    if need.where:
        yield _sentence(where_words(registry, need.record_type, need.where))
    if need.ongoing:
        yield Text(en="Also data that come later.", fr="Aussi les données à venir.")
    else:
        yield Text(en="No data that come later.", fr="Pas les données à venir.")
    if finer:
        yield Text(
            en="This is fine enough to tell when somebody is at home: it needs an answer of its own.",
            fr="C'est assez fin pour savoir quand quelqu'un est chez vous : il y faut une réponse à part.",
        )
    if need.without is None:
        yield Text(en="The service cannot work without it.", fr="Le service ne peut pas s'en passer.")
    else:
        yield Text(en="Without it: {without}", fr="Sans cela : {without}").fill(without=quoted(need.without))


def _fields(names: Sequence[str], need: AskedNeed, registry: Registry) -> Text:
    return listed([lowered(field_words(registry, need.record_type, name)) for name in names])


def _telling(need: AskedNeed, registry: Registry) -> tuple[str, ...]:
    """The fields of a record type that can identify the person or others."""
    if need.record_type not in registry:
        return ()
    facts = registry.get(need.record_type).facts
    return (*facts.identifying, *facts.others)


def _sentence(text: Text) -> Text:
    return Text(en=f"{text.en[:1].upper()}{text.en[1:]}.", fr=f"{text.fr[:1].upper()}{text.fr[1:]}.")


def combined(manifest: Manifest, registry: Registry) -> Text | None:
    """What is brought together, if several kinds of data are."""
    kinds = list(dict.fromkeys(n.record_type for n in manifest.needs.values()))
    if len(kinds) < 2:
        return None
    names = listed([lowered(type_words(registry, k)) for k in kinds])
    return Text(en="It combines: {names}.", fr="Il croise : {names}.").fill(names=names)


def _facts(manifest: Manifest, registry: Registry) -> Iterator[Text]:
    if (together := combined(manifest, registry)) is not None:
        yield together
    yield Text(en="It runs {when} and gives you {what}.", fr="Il se lance {when} et vous donne {what}.").fill(
        when=SCHEDULES[manifest.schedule], what=AUTOMATIONS[manifest.automation]
    )
    for produced in manifest.produces:
        kind = saved_words(registry, produced.record_type)
        if produced.retention:
            kept = length_words(produced.retention)
            yield Text(
                en="It may save in your cloud, for {kept}: {kind}.",
                fr="Il peut enregistrer dans votre cloud, pour {kept} : {kind}.",
            ).fill(kind=kind, kept=kept)
        else:
            yield Text(
                en="It may save in your cloud, until you erase it: {kind}.",
                fr="Il peut enregistrer dans votre cloud, jusqu'à ce que vous l'effaciez : {kind}.",
            ).fill(kind=kind)
    yield from _shown(manifest.outputs)
    yield from _published(manifest.publisher)
    yield Text(en="Licence: {licence}.", fr="Licence : {licence}.").fill(licence=manifest.licence)


def _shown(outputs: Outputs) -> Iterator[Text]:
    if "alert" in outputs.kinds and outputs.alerts_per_week:
        at_most = outputs.alerts_per_week
        yield (
            Text(en="It may alert you at most once a week.", fr="Il peut vous alerter au plus une fois par semaine.")
            if at_most == 1
            else Text(
                en="It may alert you at most {n} times a week.", fr="Il peut vous alerter au plus {n} fois par semaine."
            ).fill(n=at_most)
        )
    for link in outputs.links.values():
        yield Text(en="It may show this link: {label} {url}", fr="Il peut montrer ce lien : {label} {url}").fill(
            label=quoted(link.label), url=link.url
        )
    for phone in outputs.numbers.values():
        yield Text(
            en="It may show this number: {label} {number}", fr="Il peut montrer ce numéro : {label} {number}"
        ).fill(label=quoted(phone.label), number=phone.number)
    for question in outputs.questions.values():
        yield Text(en="It may ask you: {text}", fr="Il peut vous demander : {text}").fill(text=quoted(question.text))


def _published(publisher: Publisher) -> Iterator[Text]:
    name = quoted(publisher.name)
    if publisher.country is None:
        yield Text(en="Published by {name}.", fr="Publié par {name}.").fill(name=name)
    else:
        yield Text(en="Published by {name} ({country}).", fr="Publié par {name} ({country}).").fill(
            name=name, country=country_words(publisher.country)
        )
    yield ROLES[publisher.role]
    if publisher.contact is not None:
        yield Text(en="Contact: {contact}", fr="Contact : {contact}").fill(contact=publisher.contact)
    if publisher.privacy is not None:
        yield Text(en="What it says on privacy: {url}", fr="Ce qu'il dit de la vie privée : {url}").fill(
            url=publisher.privacy
        )
