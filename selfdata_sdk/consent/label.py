"""The label: what a service asks for, said to the person who decides.

What is the publisher's own claim is quoted as theirs; what is said about where data go is worked out from what is
enforced, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.text import Text
from selfdata_sdk.model.time import GRANULARITIES
from selfdata_sdk.service.manifest import AskedNeed, Manifest
from selfdata_sdk.service.purpose import PURPOSES

from .right import coarsest
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


@dataclass(frozen=True, slots=True)
class Enforcement:
    """What holds a service: `isolated` if it has no network, no files and no programs."""

    isolated: bool = False


@dataclass(frozen=True, slots=True)
class NeedLabel:
    """What is said of one need.

    finer  it asks finer than the record type gives without an answer of its own; `coarse` is what that gives
    """

    label: str
    what: Text
    lines: tuple[Text, ...]
    required: bool
    finer: bool
    coarse: Text


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
    fr="Rien ne quitte votre cloud : le service tourne sans réseau, ni fichiers, ni autres programmes.",
)
NOT_ISOLATED = Text(
    en="This service runs inside this program: nothing here could stop it from sending your data elsewhere. Agree only "
    "if you trust its publisher.",
    fr="Ce service tourne dans ce programme même : rien ici ne pourrait l'empêcher d'envoyer vos données ailleurs. "
    "N'acceptez que si vous faites confiance à son éditeur.",
)


def what_words(need: AskedNeed, registry: Registry) -> Text:
    """What is read, and how fine: Water use by hour, the last 2 years."""
    kind = type_words(registry, need.record_type)
    back = back_words(need.back)
    if need.granularity == "raw":
        return Text(en="{kind}, {back}", fr="{kind}, {back}").fill(kind=kind, back=back)
    by = granularity_words(need.granularity)
    return Text(en="{kind} {by}, {back}", fr="{kind} {by}, {back}").fill(kind=kind, by=by, back=back)


def _need(name: str, need: AskedNeed, registry: Registry) -> NeedLabel:
    own = registry.get(need.record_type).facts.finest if need.record_type in registry else need.granularity
    finer = GRANULARITIES.index(need.granularity) > GRANULARITIES.index(own)
    coarse = granularity_words(coarsest([need.granularity, own]))
    return NeedLabel(
        name, what_words(need, registry), tuple(_need_lines(need, registry, finer)), need.required, finer, coarse
    )


def _need_lines(need: AskedNeed, registry: Registry, finer: bool) -> Iterator[Text]:
    yield Text(en="Why: {why}", fr="Pourquoi : {why}").fill(why=quoted(need.why))
    purpose = PURPOSES[need.purpose]
    fields = [lowered(field_words(registry, need.record_type, f)) for f in need.fields if f not in need.pseudonyms]
    if fields:
        yield Text(en="It sees: {fields} ({purpose}).", fr="Il voit : {fields} ({purpose}).").fill(
            fields=listed(fields), purpose=purpose
        )
    if need.pseudonyms:
        names = listed([lowered(field_words(registry, need.record_type, f)) for f in need.pseudonyms])
        yield Text(en="Under pseudonyms only: {names}.", fr="Sous pseudonyme seulement : {names}.").fill(names=names)
    if need.record_type in registry:
        facts = registry.get(need.record_type).facts
        told = [f for f in need.fields if f in (*facts.identifying, *facts.others) and f not in need.pseudonyms]
        if told:
            names = listed([lowered(field_words(registry, need.record_type, f)) for f in told])
            yield Text(
                en="This can identify you or others: {names}.", fr="Ceci peut vous identifier, ou d'autres : {names}."
            ).fill(names=names)
    if need.precision != "exact":
        yield Text(en="{places}.", fr="{places}.").fill(places=precision_words(need.precision))
    for field, values in need.where.items():
        yield Text(en="Only where {field} is {values}.", fr="Seulement où {field} est {values}.").fill(
            field=lowered(field_words(registry, need.record_type, field)), values=", ".join(values)
        )
    if need.ongoing:
        yield Text(en="Also data that come later.", fr="Aussi les données à venir.")
    if finer:
        yield Text(
            en="This is fine enough to tell when somebody is at home: it needs an answer of its own.",
            fr="C'est assez fin pour savoir quand quelqu'un est chez vous : il y faut une réponse à part.",
        )
    if need.without is None:
        yield Text(en="The service cannot work without it.", fr="Le service ne peut pas s'en passer.")
    else:
        yield Text(en="Without it: {without}", fr="Sans cela : {without}").fill(without=quoted(need.without))


def combined(manifest: Manifest, registry: Registry) -> Text | None:
    """What is brought together, if several kinds of data are."""
    kinds = list(dict.fromkeys(n.record_type for n in manifest.needs.values()))
    if len(kinds) < 2:
        return None
    names = listed([lowered(type_words(registry, k)) for k in kinds])
    return Text(en="It combines: {names}.", fr="Il croise : {names}.").fill(names=names)


def _facts(manifest: Manifest, registry: Registry) -> Iterator[Text]:
    if (together := combined(manifest, registry)) is not None:
        yield together
    for produced in manifest.produces:
        kind = lowered(type_words(registry, produced.record_type))
        if produced.retention:
            kept = length_words(produced.retention)
            yield Text(
                en="It may save in your cloud, for {kept}: {kind}.",
                fr="Il peut enregistrer dans votre cloud, pour {kept} : {kind}.",
            ).fill(kind=kind, kept=kept)
        else:
            yield Text(
                en="It may save in your cloud, until you erase it: {kind}.",
                fr="Il peut enregistrer dans votre cloud, jusqu'à ce que vous l'effaciez : {kind}.",
            ).fill(kind=kind)
    outputs = manifest.outputs
    if "alert" in outputs.kinds:
        yield Text(
            en="It may alert you up to {n} times a week.", fr="Il peut vous alerter jusqu'à {n} fois par semaine."
        ).fill(n=outputs.alerts_per_week)
    for link in outputs.links.values():
        yield Text(en="It may show this link: {label} {url}", fr="Il peut montrer ce lien : {label} {url}").fill(
            label=quoted(link.label), url=link.url
        )
    for phone in outputs.numbers.values():
        yield Text(
            en="It may show this number: {label} {number}", fr="Il peut montrer ce numéro : {label} {number}"
        ).fill(label=quoted(phone.label), number=phone.number)
    for question in outputs.questions.values():
        yield Text(en="It may ask you: {text}", fr="Il peut vous demander : {text}").fill(text=quoted(question.text))
    yield _publisher(manifest)


def _publisher(manifest: Manifest) -> Text:
    publisher = manifest.publisher
    details = [publisher.name, *(d for d in (publisher.country, publisher.contact, publisher.privacy) if d)]
    said = ", ".join(details)
    return Text(en="Published by {said}; licence {licence}.", fr="Publié par {said} ; licence {licence}.").fill(
        said=said, licence=manifest.licence
    )
