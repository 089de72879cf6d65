"""A receipt as one page to read and print: no scripts, nothing fetched, whole in one file.

All texts of a publisher are escaped, and its sentences are quoted as its own.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from markupsafe import Markup

from ..consent.grant import Event
from ..consent.receipt import Kept, Process, Receipt
from ..consent.wordings import (
    back_words,
    field_words,
    granularity_words,
    length_words,
    listed,
    lowered,
    precision_words,
    quoted,
    type_words,
    where_words,
)
from ..model.registry import Registry
from ..model.text import Text
from ..model.wording import wording
from ..service.manifest import Publisher
from ..service.purpose import PURPOSES
from .page import environment, style_hash, style_of

WORDS = {
    "title": Text(en="Consent receipt", fr="Reçu de consentement"),
    "facts": Text(en="The agreement", fr="L'accord"),
    "data": Text(en="What it asked for, and your answers", fr="Ce qu'il a demandé, et vos réponses"),
    "kept": Text(en="What it may save", fr="Ce qu'il peut enregistrer"),
    "stored": Text(
        en="Your data are stored in your own cloud. The service declares nobody else who receives them.",
        fr="Vos données sont enregistrées dans votre propre cloud. Le service ne déclare personne d'autre qui les reçoive.",
    ),
    "withdraw": Text(en="How to take it back", fr="Comment le retirer"),
    "at_once": Text(
        en="At any time, without giving a reason, and at once:",
        fr="À tout moment, sans donner de raison, et aussitôt :",
    ),
    "rights": Text(en="Your rights", fr="Vos droits"),
    "history": Text(en="What happened", fr="Ce qui s'est passé"),
    "proof": Text(en="To check it against your journal", fr="Pour le vérifier dans votre journal"),
}
LABELS = {
    "by": Text(en="Published by", fr="Publié par"),
    "role": Text(en="Its publisher", fr="Son éditeur"),
    "version": Text(en="Version", fr="Version"),
    "state": Text(en="State", fr="État"),
    "answered": Text(en="Answered on", fr="Réponse du"),
    "giver": Text(en="Answered by", fr="Réponse de"),
    "shown": Text(en="Shown in", fr="Montré en"),
    "until": Text(en="Until", fr="Jusqu'au"),
    "unused": Text(en="Suspended if unused for", fr="Suspendu si inutilisé pendant"),
    "basis": Text(en="Legal basis", fr="Base légale"),
    "answer": Text(en="Your answer", fr="Votre réponse"),
    "fields": Text(en="Fields", fr="Champs"),
    "fine": Text(en="Level of detail", fr="Niveau de détail"),
    "where": Text(en="Which ones", fr="Lesquelles"),
    "back": Text(en="Period", fr="Période"),
    "purpose": Text(en="What for", fr="Pour quoi"),
    "why": Text(en="Its publisher says", fr="Son éditeur dit"),
    "need": Text(en="Needed", fr="Nécessaire"),
    "receipt": Text(en="Receipt", fr="Reçu"),
    "person": Text(en="Your pseudonym for this service", fr="Votre pseudonyme pour ce service"),
    "notice": Text(en="SHA-256 of what was shown", fr="SHA-256 de ce qui a été montré"),
    "grant": Text(en="SHA-256 of what was agreed", fr="SHA-256 de ce qui a été accepté"),
    "entry": Text(en="Entry of the journal", fr="Entrée du journal"),
    "head": Text(en="SHA-256 of that entry", fr="SHA-256 de cette entrée"),
}
STATES = {
    "requested": Text(en="asked for", fr="demandé"),
    "deferred": Text(en="left for later", fr="remis à plus tard"),
    "given": Text(en="agreed", fr="accepté"),
    "renewed": Text(en="renewed", fr="renouvelé"),
    "refused": Text(en="refused", fr="refusé"),
    "withdrawn": Text(en="taken back", fr="retiré"),
    "expired": Text(en="run out", fr="expiré"),
    "invalidated": Text(en="void", fr="nul"),
    "superseded": Text(en="replaced", fr="remplacé"),
    "suspended": Text(en="suspended", fr="suspendu"),
}
ROLES = {
    "local_only": Text(
        en="declares that it receives none of your data", fr="déclare qu'il ne reçoit rien de vos données"
    ),
    "controller": Text(
        en="decides what is done with your data (controller)",
        fr="décide de ce qui est fait de vos données (responsable du traitement)",
    ),
    "processor": Text(
        en="processes your data on somebody's behalf (processor)",
        fr="traite vos données pour le compte d'autrui (sous-traitant)",
    ),
}
GIVERS = {
    "self": Text(en="yourself", fr="vous-même"),
    "legal_representative": Text(en="your legal representative", fr="votre représentant légal"),
}
LANGUAGES = {"en": Text(en="English", fr="anglais"), "fr": Text(en="French", fr="français")}
BASIS = Text(en="your consent (GDPR, article 6(1)(a))", fr="votre consentement (RGPD, article 6, § 1, a)")
YES, NONE = Text(en="yes", fr="oui"), Text(en="none", fr="aucune")

Rows = list[tuple[str, str]]


def receipt_page(receipt: Receipt, language: str, registry: Registry, zone: tzinfo | None = None) -> str:
    """The page in `language` (en or fr), as HTML. `zone`: that of its moments, this machine's if none is given."""
    style = style_of("page.css", "receipt.css")
    html: str = (
        environment()
        .get_template("receipt.html")
        .render(
            language=language,
            style=Markup(style),
            style_hash=style_hash(style),
            words={name: text.say(language) for name, text in WORDS.items()},
            name=receipt.service.name.say(language),
            id=receipt.service.id,
            summary=quoted(receipt.service.summary).say(language),
            facts=_said(_facts(receipt, language, zone), language),
            processes=[
                (_title(p, registry).say(language), _said(_process(p, registry, zone), language))
                for p in receipt.processes
            ],
            combines=_combines(receipt).say(language) if receipt.combines else "",
            kept=[_kept(k).say(language) for k in receipt.kept],
            withdraw=receipt.withdraw,
            rights=receipt.rights.say(language),
            authority=receipt.authority,
            events=[_event(e, zone).say(language) for e in receipt.events],
            proof=_said(_proof(receipt), language),
        )
    )
    return html


def _said(rows: dict[str, object], language: str) -> Rows:
    """Each value beside its label, both in `language`; what is None is left out."""
    return [(LABELS[name].say(language), wording(value, language)) for name, value in rows.items() if value is not None]


def _facts(receipt: Receipt, language: str, zone: tzinfo | None) -> dict[str, object]:
    in_force = receipt.state in ("given", "renewed")
    return {
        "by": _publisher(receipt.publisher, language),
        "role": ROLES[receipt.publisher.role],
        "version": receipt.service.version,
        "state": STATES[receipt.state],
        "answered": _day(receipt.given_at, zone),
        "giver": GIVERS[receipt.given_by],
        "shown": LANGUAGES[receipt.notice.language],
        "until": _until(receipt, zone) if in_force else None,
        "unused": length_words(receipt.unused_after) if in_force else None,
        "basis": BASIS,
    }


def _publisher(publisher: Publisher, language: str) -> str:
    from babel import Locale

    country = publisher.country and Locale(language).territories.get(publisher.country, publisher.country)
    return ", ".join(part for part in (publisher.name, country, publisher.contact, publisher.privacy) if part)


def _until(receipt: Receipt, zone: tzinfo | None) -> object:
    day = _day(receipt.expires_at, zone)
    if not receipt.once:
        return day
    return Text(en="{day}, or its first use", fr="{day}, ou sa première utilisation").fill(day=day)


def _day(moment: datetime, zone: tzinfo | None) -> object:
    return moment.astimezone(zone).date()


def _title(process: Process, registry: Registry) -> Text:
    return Text(en="{kind} ({need})", fr="{kind} ({need})").fill(
        kind=type_words(registry, process.record_type), need=process.need
    )


def _process(process: Process, registry: Registry, zone: tzinfo | None) -> dict[str, object]:
    fine = [granularity_words(process.granularity)]
    fine += [precision_words(process.precision)] if process.precision != "exact" else []
    return {
        "answer": STATES[process.decision],
        "until": _day(process.until, zone) if process.until else None,
        "fields": listed([_field(process, name, registry) for name in process.fields]),
        "fine": listed(fine),
        "where": _where(process, registry) if process.where else None,
        "back": _back(process),
        "purpose": PURPOSES[process.purpose],
        "why": quoted(process.why),
        "need": _need(process),
    }


def _field(process: Process, name: str, registry: Registry) -> Text:
    words = lowered(field_words(registry, process.record_type, name))
    if name not in process.pseudonyms:
        return words
    return Text(en="{words} (pseudonym)", fr="{words} (pseudonyme)").fill(words=words)


def _where(process: Process, registry: Registry) -> Text:
    """What a need and its limit leave; they may name two fields, and have no value in common."""
    if not all(process.where.values()):
        return NONE
    return listed([where_words(registry, process.record_type, {name: v}) for name, v in process.where.items()])


def _back(process: Process) -> Text:
    back = back_words(process.back[0])
    if len(process.back) > 1:
        back = Text(en="{a} or {b}, whichever is shorter", fr="{a} ou {b}, le plus court des deux").fill(
            a=back, b=back_words(process.back[1])
        )
    if process.ongoing:
        return Text(en="{back}, and data that come later", fr="{back}, et les données à venir").fill(back=back)
    return Text(en="{back}, before your answer", fr="{back}, avant votre réponse").fill(back=back)


def _need(process: Process) -> Text:
    if process.without is None:
        return YES
    return Text(en="no; without it: {without}", fr="non ; sans cela : {without}").fill(without=quoted(process.without))


def _combines(receipt: Receipt) -> Text:
    kinds = listed([lowered(kind) for kind in receipt.combines])
    return Text(en="It combines: {kinds}.", fr="Il croise : {kinds}.").fill(kinds=kinds)


def _kept(kept: Kept) -> Text:
    if not kept.retention:
        return Text(en="{kind}, until you erase it", fr="{kind}, jusqu'à ce que vous l'effaciez").fill(kind=kept.title)
    return Text(en="{kind}, for {length}", fr="{kind}, pendant {length}").fill(
        kind=kept.title, length=length_words(kept.retention)
    )


def _event(event: Event, zone: tzinfo | None) -> Text:
    return Text(en="{at}: {state} (version {version})", fr="{at} : {state} (version {version})").fill(
        at=event.at.astimezone(zone), state=STATES[event.state], version=event.version
    )


def _proof(receipt: Receipt) -> dict[str, object]:
    integrity = receipt.integrity
    return {
        "receipt": receipt.id,
        "person": receipt.person,
        "notice": receipt.notice.digest,
        "grant": integrity.grant,
        "entry": None if integrity.sequence is None else integrity.sequence + 1,
        "head": integrity.head,
    }
