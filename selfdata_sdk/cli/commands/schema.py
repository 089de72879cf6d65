"""`selfdata schema`: the record types, or the JSON Schema of one."""

from __future__ import annotations

import click

from ..command import command as new_command
from ..command import option
from ..language import Words, spoken
from ..terminal import print_json, tell
from ..types import RecordTypeName


@new_command(
    "schema",
    "List the record types, or print the JSON Schema of one.",
    "Lister les types de données, ou afficher le schéma JSON de l'un d'eux.",
)
@click.argument("type", required=False, type=RecordTypeName())
@option("--json", "as_json", is_flag=True, words=Words("Print the list as JSON.", "Afficher la liste en JSON."))
def command(type: str | None, as_json: bool) -> int:
    from ...model import REGISTRY
    from ...model.schema import schema

    if type is not None:
        print_json(schema(REGISTRY.get(type)))
        return 0
    if as_json:
        print_json(
            [
                {"type": t.type, "title": t.facts.title.model_dump(), "description": t.facts.description.model_dump()}
                for t in REGISTRY
            ]
        )
        return 0
    width = max(len(t.type) for t in REGISTRY)
    for record_type in REGISTRY:
        tell(f"{record_type.type.ljust(width)}  {record_type.facts.title.say(spoken())}")
    return 0
