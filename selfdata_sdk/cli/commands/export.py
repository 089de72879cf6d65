"""`selfdata export`: everything in open formats."""

from __future__ import annotations

from pathlib import Path

import click

from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, number, say
from ..progress import waiting
from ..terminal import print_json, tell


@new_command(
    "export",
    "Write everything into a new folder, in open formats: JSON Lines and CSV, with their schemas. `selfdata import` reads it back.",
    "Tout écrire dans un nouveau dossier, en formats ouverts : JSON Lines et CSV, avec leurs schémas. `selfdata import` le relit.",
)
@click.argument("folder", type=click.Path(path_type=Path))
@option(
    "--json",
    "as_json",
    is_flag=True,
    words=Words("Print what was written as JSON.", "Afficher ce qui est écrit en JSON."),
)
@pass_session
def command(session: Session, folder: Path, as_json: bool) -> int:
    with waiting(say("Exporting…", "Export en cours…")), session.host() as host:
        from ...store.export import export

        # Before anything is written: what left is never without an entry.
        host.note("export", {"as": "files"})
        done = export(host.store, folder)
    if as_json:
        print_json({"folder": str(done.folder), "records": done.records})
        return 0
    total = number(sum(done.records.values()))
    tell(
        say(
            f"{total} records written to {done.folder}. Keep it safe: it can be read by anyone who has it.",
            f"{total} enregistrements écrits dans {done.folder}. Gardez-le à l'abri : qui l'a peut le lire.",
        )
    )
    return 0
