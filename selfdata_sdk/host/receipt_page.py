"""A receipt as one page to read and print: no scripts, nothing fetched, whole in one file."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ..consent.receipt import Process, Receipt
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
)
from ..model.registry import Registry
from ..model.text import Text
from ..model.wording import wording
from ..service.purpose import PURPOSES

_FOLDER = Path(__file__).with_name("templates")

WORDS = {
    "title": Text(en="Consent receipt", fr="Reçu de consentement"),
    "by": Text(en="Published by", fr="Publié par"),
    "given": Text(en="Agreed on", fr="Accepté le"),
    "until": Text(en="Until", fr="Jusqu'au"),
    "unused": Text(en="Suspended if unused for", fr="Suspendu si inutilisé pendant"),
    "state": Text(en="State", fr="État"),
    "version": Text(en="Version agreed to", fr="Version acceptée"),
    "data": Text(en="What it may read", fr="Ce qu'il peut lire"),
    "answer": Text(en="Your answer", fr="Votre réponse"),
    "fields": Text(en="Fields", fr="Champs"),
    "fine": Text(en="How fine", fr="Finesse"),
    "back": Text(en="How far back", fr="Jusqu'où"),
    "purpose": Text(en="What for", fr="Pour quoi"),
    "why": Text(en="Its publisher says", fr="Son éditeur dit"),
    "need": Text(en="Needed", fr="Nécessaire"),
    "kept": Text(en="What it may save", fr="Ce qu'il peut enregistrer"),
    "stored": Text(
        en="Your data are stored in your own cloud. The service declares nobody else who receives them.",
        fr="Vos données sont enregistrées dans votre propre cloud. Le service ne déclare personne d'autre qui les reçoive.",
    ),
    "withdraw": Text(en="How to take it back", fr="Comment le retirer"),
    "rights": Text(en="Your rights", fr="Vos droits"),
    "history": Text(en="What happened", fr="Ce qui s'est passé"),
    "proof": Text(en="For comparison", fr="Pour comparaison"),
    "receipt": Text(en="Receipt", fr="Reçu"),
    "grant": Text(en="SHA-256 of what was agreed", fr="SHA-256 de ce qui a été accepté"),
    "entry": Text(en="Entry of the journal", fr="Entrée du journal"),
    "head": Text(en="SHA-256 of that entry", fr="SHA-256 de cette entrée"),
    "combines": Text(en="It combines: {kinds}.", fr="Il croise : {kinds}."),
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


def receipt_page(receipt: Receipt, language: str, registry: Registry) -> str:
    """The page in `language` (en or fr), as HTML."""
    style = _file("page.css") + _file("receipt.css")
    html: str = _template().render(
        language=language,
        style=Markup(style),
        style_hash="sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        words={name: text.say(language) for name, text in WORDS.items()},
        name=receipt.service.name.say(language),
        id=receipt.service.id,
        summary=quoted(receipt.service.summary).say(language),
        facts=_facts(receipt, language),
        processes=[_process(p, language, registry) for p in receipt.processes],
        combines=_combines(receipt).say(language) if receipt.combines else "",
        kept=[
            f"{k.title.say(language)} ({length_words(k.retention).say(language)})"
            if k.retention
            else k.title.say(language)
            for k in receipt.kept
        ],
        withdraw=receipt.withdraw,
        rights=receipt.rights.say(language),
        authority=receipt.authority,
        events=[(wording(e.at, language), STATES[e.state].say(language), e.version) for e in receipt.events],
        proof=_proof(receipt, language),
    )
    return html


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(_file("receipt.html"))


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _combines(receipt: Receipt) -> Text:
    return WORDS["combines"].fill(kinds=listed([lowered(kind) for kind in receipt.combines]))


def _facts(receipt: Receipt, language: str) -> list[tuple[str, str]]:
    publisher = receipt.publisher
    parts = (publisher.name, publisher.country, publisher.contact, publisher.privacy)
    facts = [
        (WORDS["by"], ", ".join(p for p in parts if p)),
        (WORDS["version"], receipt.service.version),
        (WORDS["state"], STATES[receipt.state].say(language)),
        (WORDS["given"], wording(receipt.given_at.date(), language)),
        (WORDS["until"], wording(receipt.expires_at.date(), language)),
        (WORDS["unused"], length_words(receipt.unused_after).say(language)),
    ]
    return [(label.say(language), value) for label, value in facts]


def _process(process: Process, language: str, registry: Registry) -> dict[str, Any]:
    fields = [_field(process, name, registry) for name in process.fields]
    fine = [granularity_words(process.granularity)]
    fine += [precision_words(process.precision)] if process.precision != "exact" else []
    only = [
        f"{field_words(registry, process.record_type, name).say(language)}: {', '.join(values)}"
        for name, values in process.where.items()
    ]
    yes, no = Text(en="yes", fr="oui"), Text(en="no", fr="non")
    rows = [
        (WORDS["answer"], STATES[process.decision].say(language)),
        (WORDS["fields"], listed(fields).say(language)),
        (WORDS["fine"], ", ".join([*(t.say(language) for t in fine), *only])),
        (WORDS["back"], ", ".join(back_words(b).say(language) for b in process.back)),
        (WORDS["purpose"], PURPOSES[process.purpose].say(language)),
        (WORDS["why"], quoted(process.why).say(language)),
        (WORDS["need"], (yes if process.required else no).say(language)),
    ]
    return {
        "title": type_words(registry, process.record_type).say(language),
        "name": process.need,
        "rows": [(label.say(language), value) for label, value in rows],
    }


def _field(process: Process, name: str, registry: Registry) -> Text:
    words = lowered(field_words(registry, process.record_type, name))
    if name not in process.pseudonyms:
        return words
    return Text(en="{words} (pseudonym)", fr="{words} (pseudonyme)").fill(words=words)


def _proof(receipt: Receipt, language: str) -> list[tuple[str, str]]:
    integrity = receipt.integrity
    rows = [(WORDS["receipt"], receipt.id), (WORDS["grant"], integrity.grant)]
    if integrity.sequence is not None:
        rows += [(WORDS["entry"], str(integrity.sequence + 1)), (WORDS["head"], integrity.head or "")]
    return [(label.say(language), value) for label, value in rows]
