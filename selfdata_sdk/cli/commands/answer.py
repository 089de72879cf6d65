"""`selfdata answer`: the questions of a service, and what the person answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ...errors import RequestError
from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, say, spoken
from ..terminal import print_json, tell
from .run import complete_names, trust_option

if TYPE_CHECKING:
    from ...model import Answer
    from ...service.manifest import Manifest
    from ...store import PersonalStore


@new_command(
    "answer",
    "Answer a question of a service. Without VALUE, show the questions and what you answered. An answer is kept here, "
    "and only the service that asked may read it, if you agree to that. SERVICE is as for `selfdata run`.",
    "Répondre à une question d'un service. Sans VALUE, montrer les questions et vos réponses. Une réponse reste ici, et "
    "seul le service qui a demandé peut la lire, si vous l'acceptez. SERVICE est comme pour `selfdata run`.",
)
@click.argument("service", shell_complete=complete_names)
@click.argument("question", default="")
@click.argument("value", default="")
@option("--json", "as_json", is_flag=True, words=Words("Print as JSON.", "Afficher en JSON."))
@trust_option
@pass_session
def command(session: Session, service: str, question: str, value: str, as_json: bool, trust: bool) -> int:
    from ...host.answering import answered
    from ...model.table import tables
    from ..advice import find

    manifest = find(service, None, session.home, trust=trust).manifest
    if question and not value:
        raise RequestError("There is no answer.", next="Write it after the question, like: yes.")
    if not question:
        _show(manifest, session, as_json)
        return 0
    with session.host(create=True) as host:
        record = answered(manifest, question, value, host.stands or datetime.now(UTC))
        host.store.write(tables([record]))
        host.note("add", {"type": record.type, "change": "created"})
    if as_json:
        print_json(record.model_dump(mode="json", exclude={"source"}, exclude_none=True))
    else:
        tell(say("Stored, here on this machine.", "Enregistré, ici sur cette machine."))
    return 0


def latest(store: PersonalStore, service: str) -> dict[str, Answer]:
    """The last answer to each question of a service."""
    from ...model import Answer

    records = [r for r in store.read(Answer).records() if isinstance(r, Answer) and r.service == service]
    return {r.question: r for r in sorted(records, key=lambda r: r.at)}


def _show(manifest: Manifest, session: Session, as_json: bool) -> None:
    known: dict[str, Answer] = {}
    if session.home.exists:
        with session.home.open() as store:
            known = latest(store, manifest.id)
    questions = manifest.outputs.questions
    if as_json:
        values = {name: None if name not in known else _told(known[name]) for name in questions}
        print_json({"service": manifest.id, "questions": values})
        return
    if not questions:
        tell(say("It asks no question.", "Il ne pose aucune question."))
    for name, question in questions.items():
        tell(f"{name}  {question.text.say(spoken())}")
        for choice, text in question.choices.items():
            tell(f"  {choice}  {text.say(spoken())}")
        if name in known:
            tell(f"  {say('Your answer: ', 'Votre réponse : ')}{_told(known[name])}")


def _told(answer: Answer) -> str:
    if answer.yes is not None:
        return say("yes", "oui") if answer.yes else say("no", "non")
    return str(answer.number if answer.number is not None else answer.choice or answer.text or "")
