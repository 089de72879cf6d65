"""`selfdata diff`: what a new version of a service asks for, and whether its version number says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..command import command as new_command
from ..command import option
from ..language import Words, say
from ..terminal import print_json, tell

if TYPE_CHECKING:
    from ...consent.order import Change
    from ...service.manifest import Manifest


@new_command(
    "diff",
    "Print, in both languages, what people will read about a new version of a service. OLD and NEW are manifests, "
    "projects' folders or installed services. Exits with 1 if the version number rises too little for what is asked.",
    "Afficher, dans les deux langues, ce que les gens liront d'une nouvelle version d'un service. OLD et NEW sont des "
    "manifestes, des dossiers de projets ou des services installés. Sort avec 1 si le numéro de version augmente trop peu "
    "pour ce qui est demandé.",
)
@click.argument("old")
@click.argument("new")
@option("--json", "as_json", is_flag=True, words=Words("Print the verdict as JSON.", "Afficher le verdict en JSON."))
def command(old: str, new: str, as_json: bool) -> int:
    from ...consent.difference import sentences
    from ...consent.order import bump_enough, bump_needed, compare
    from ...model import REGISTRY

    before, after = _manifest(old), _manifest(new)
    compared = compare(before, after)
    texts = sentences(compared, before, after, REGISTRY)
    needed = bump_needed(compared, before, after)
    enough = bump_enough(before.version, after.version, needed)
    if as_json:
        print_json(
            {
                "verdict": compared.verdict,
                "waits": compared.waits,
                "wider": [_json(c) for c in compared.wider],
                "narrower": [_json(c) for c in compared.narrower],
                "reworded": list(compared.reworded),
                "text": {"en": [t.en for t in texts], "fr": [t.fr for t in texts]},
                "bump": {"old": before.version, "new": after.version, "needed": needed, "enough": enough},
            }
        )
    else:
        for heading, lines in (("English", [t.en for t in texts]), ("Français", [t.fr for t in texts])):
            tell(heading)
            for line in lines:
                tell(f"  {line}")
    if not enough:
        tell(
            say(
                f"From {before.version} to {after.version} is too little: this is a {needed} change.",
                f"De {before.version} à {after.version}, c'est trop peu : c'est un changement « {needed} ».",
            ),
            err=True,
        )
    return 0 if enough else 1


def _manifest(target: str) -> Manifest:
    from ...errors import RequestError
    from ...host.discovery import load
    from ...service.manifest import Manifest

    path = Path(target)
    if not path.is_file():
        return load(target).manifest
    try:
        return Manifest.from_json(path.read_bytes())
    except OSError as error:
        raise RequestError(
            f"This file cannot be read ({error.strerror}).", where=target, next="Check the name."
        ) from None


def _json(change: Change) -> dict[str, str]:
    return {"axis": change.axis, "need": change.label, "old": change.old, "new": change.new}
