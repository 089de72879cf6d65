"""`selfdata backup`: everything as one file."""

from __future__ import annotations

from pathlib import Path

import click

from ...errors import RequestError
from ..command import Session, pass_session
from ..command import command as new_command
from ..language import say
from ..progress import waiting
from ..terminal import tell


@new_command(
    "backup",
    "Copy everything to one file, while other programs may use it. To go back, put the file in an empty home as cloud.sqlite.",
    "Tout copier dans un seul fichier, même pendant que d'autres programmes s'en servent. "
    "Pour revenir en arrière, placez ce fichier dans un dossier vide sous le nom cloud.sqlite.",
)
@click.argument("file", type=click.Path(path_type=Path))
@pass_session
def command(session: Session, file: Path) -> int:
    if not file.absolute().parent.is_dir():
        raise RequestError(
            "There is no such folder.", where=str(file.parent), next="Make it first, or choose another one."
        )
    with waiting(say("Copying…", "Copie en cours…")), session.host() as host:
        host.note("export", {"as": "backup"})
        host.store.backup(file)
    tell(
        say(
            f"Everything is copied to {file}. Keep it safe: it can be read by anyone who has it.",
            f"Tout est copié dans {file}. Gardez-le à l'abri : qui l'a peut le lire.",
        )
    )
    return 0
