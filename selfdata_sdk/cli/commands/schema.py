"""`selfdata schema`: the record types, or the JSON Schema of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, spoken
from ..terminal import print_json, tell
from ..types import RecordTypeName

if TYPE_CHECKING:
    from ...model import Registry


@new_command(
    "schema",
    "List the record types, or print the JSON Schema of one.",
    "Lister les types de données, ou afficher le schéma JSON de l'un d'eux.",
)
@click.argument("type", required=False, type=RecordTypeName())
@option("--json", "as_json", is_flag=True, words=Words("Print the list as JSON.", "Afficher la liste en JSON."))
@pass_session
def command(session: Session, type: str | None, as_json: bool) -> int:
    from ...model.schema import schema

    known = _known(session)
    if type is not None:
        print_json(schema(known.get(type)))
        return 0
    if as_json:
        print_json(
            [
                {"type": t.type, "title": t.facts.title.model_dump(), "description": t.facts.description.model_dump()}
                for t in known
            ]
        )
        return 0
    width = max(len(t.type) for t in known)
    for record_type in known:
        tell(f"{record_type.type.ljust(width)}  {record_type.facts.title.say(spoken())}")
    return 0


def _known(session: Session) -> Registry:
    """The record types of the model and of plugins, and services' own of which records are kept here."""
    if session.home.exists:
        with session.home.open() as store:
            return store.types()
    from ...host.record_types import RecordTypes

    return RecordTypes()
