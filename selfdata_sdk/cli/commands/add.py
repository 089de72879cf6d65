"""`selfdata add`: what no file holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from ...errors import FixInput, RequestError
from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, say, spoken
from ..terminal import print_json, tell
from ..types import Assignment, Day, RecordTypeName

if TYPE_CHECKING:
    from ...model import Record
    from ...store import PersonalStore

BLANK = "-"


@new_command(
    "add",
    "Tell what no file holds, like your household: `selfdata add home.household`. Each answer is checked as you type; "
    "Enter keeps what is known, - leaves blank. With --set nothing is asked, and the other answers stay as they were.",
    "Dire ce qu'aucun fichier ne contient, comme votre foyer : `selfdata add home.household`. Chaque réponse est vérifiée ; "
    "Entrée garde ce qui est connu, - laisse vide. Avec --set, rien n'est demandé et les autres réponses restent.",
)
@click.argument("type", type=RecordTypeName())
@option(
    "--set",
    "given",
    multiple=True,
    type=Assignment(),
    words=Words("An answer, without being asked.", "Une réponse, sans question posée."),
)
@option(
    "--on",
    type=Day(),
    words=Words(
        "Since which day this holds (default: today).", "Depuis quel jour c'est vrai (par défaut : aujourd'hui)."
    ),
)
@option(
    "--json",
    "as_json",
    is_flag=True,
    words=Words("Print what is stored as JSON.", "Afficher en JSON ce qui est enregistré."),
)
@pass_session
def command(session: Session, type: str, given: tuple[tuple[str, str], ...], on: date | None, as_json: bool) -> int:
    from ...model import REGISTRY
    from ...model.record import DateRecord

    record_type = REGISTRY.get(type)
    if not issubclass(record_type, DateRecord) or record_type.natural_key != ("on",):
        raise RequestError(
            f"{record_type.type} comes from a holder's file.", next="Import the file: `selfdata import FILE`."
        )
    with session.host(create=True) as host:
        store = host.store
        known = latest(store, record_type)
        values = _given(record_type, known, given) if given else _asked(record_type, known)
        today = (host.stands or datetime.now(UTC)).astimezone().date()
        record, change = stored(store, record_type, values, on or today)
        host.note("add", {"type": record_type.type, "change": change})
    if as_json:
        print_json(record.model_dump(mode="json", exclude={"source"}))
        return 0
    _confirm(record, change)
    return 0


def latest(store: PersonalStore, record_type: type[Record]) -> dict[str, Any]:
    """The answers known so far: the body of the latest record."""
    from ...model.field import body_of

    records = store.read(record_type).records()
    if not records:
        return {}
    newest = max(records, key=lambda r: getattr(r, "on"))  # noqa: B009 - only records with a date come here
    return {name: value for name in body_of(record_type) if (value := getattr(newest, name)) is not None}


def stored(store: PersonalStore, record_type: type[Record], values: dict[str, Any], on: date) -> tuple[Record, str]:
    """Write one record that the person stated; it and what changed: created, updated or unchanged."""
    from pydantic import ValidationError

    from ...errors import RecordRefused
    from ...model.source import manual
    from ...model.table import tables

    try:
        record = record_type.model_validate({**values, "on": on, "source": manual(datetime.now(UTC))})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise RecordRefused(str(first["msg"]), where=".".join(map(str, first["loc"]))) from None
    written = store.write(tables([record]))
    return record, "created" if written.created else "updated" if written.updated else "unchanged"


def _given(record_type: type[Record], known: dict[str, Any], given: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    from ..answers import answer, field_named

    values = dict(known)
    for name, text in given:
        field = field_named(record_type, name)
        if text in ("", BLANK):
            values.pop(name, None)
        else:
            values[name] = answer(record_type, field, text)
    return values


def _asked(record_type: type[Record], known: dict[str, Any]) -> dict[str, Any]:
    from ...model.field import body_of
    from ..answers import _told, answer, question

    tell(record_type.facts.description.say(spoken()))
    tell(
        say(
            "Enter keeps what is shown in brackets, or skips. - leaves blank.",
            "Entrée garde ce qui est entre crochets, ou passe. - laisse vide.",
        )
    )
    values = dict(known)
    for name, field in body_of(record_type).items():
        shown = _told(field, known[name], spoken()) if name in known else ""
        while True:
            typed: str = click.prompt(question(field, spoken()), default=shown, show_default=bool(shown))
            if typed == shown:
                break
            if typed.strip() == BLANK:
                values.pop(name, None)
                break
            try:
                values[name] = answer(record_type, field, typed)
                break
            except FixInput as error:
                tell(f"  {' '.join(error.sentences(spoken()))}".rstrip(), err=True)
    return values


def _confirm(record: Record, change: str) -> None:
    from ..answers import told_fields

    tell(
        {
            "created": say("Stored, here on this machine:", "Enregistré, ici sur cette machine :"),
            "updated": say(
                "Updated; what it was before is kept as history:",
                "Mis à jour ; l'état d'avant reste dans l'historique :",
            ),
            "unchanged": say("Nothing new; this is what is stored:", "Rien de nouveau ; voici ce qui est enregistré :"),
        }[change]
    )
    for label, value in told_fields(record, spoken()):
        tell(f"  {label}{say(': ', ' : ')}{value}")
