"""`selfdata diff`: what a new version of a service asks more or less, as the person will read it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import ManifestError, RequestError
from ..command import command as new_command
from ..command import option
from ..language import Words, say
from ..terminal import print_json, tell

if TYPE_CHECKING:
    from ...consent.order import Bump, Comparison
    from ...service.manifest import Manifest


@new_command(
    "diff",
    "Compare two versions of a service: what the new one asks more or less, in the sentences that the person will "
    "read, and whether its version number says so. Each is a manifest.json, a project's folder or an installed "
    "service. Exits with 1 if the version number rises too little.",
    "Comparer deux versions d'un service\u00a0: ce que la nouvelle demande de plus ou de moins, dans les phrases que la "
    "personne lira, et si son numéro de version le dit. Chacune est un manifest.json, le dossier d'un projet ou un "
    "service installé. Sort avec 1 si le numéro de version n'augmente pas assez.",
)
@click.argument("old")
@click.argument("new")
@option("--json", "as_json", is_flag=True, words=Words("Print JSON.", "Afficher du JSON."))
def command(old: str, new: str, as_json: bool) -> int:
    from ...consent.difference import sentences
    from ...consent.order import bump_enough, bump_given, bump_needed, compare
    from ...model import REGISTRY

    before, after = _manifest(old), _manifest(new)
    compared = compare(before, after)
    texts = sentences(compared, before, after, REGISTRY)
    needed = bump_needed(compared)
    enough = bump_enough(before.version, after.version, needed)
    if as_json:
        said = {language: [text.say(language) for text in texts] for language in ("en", "fr")}
        bump = {"needed": needed, "given": bump_given(before.version, after.version), "enough": enough}
        report = asdict(compared)
        del report["altered"]
        print_json({**report, "text": said, "bump": bump})
    else:
        tell(_verdict(compared, before, after))
        for language, heading in (("en", "English"), ("fr", "Français")):
            tell(f"\n{heading}")
            for text in texts:
                tell(f"- {text.say(language)}")
    if enough:
        return 0
    tell(_too_small(before.version, after.version, needed), err=True)
    return 1


def _manifest(target: str) -> Manifest:
    """The manifest in a file, or of a folder or an installed service."""
    from ...host.discovery import load
    from ...service.manifest import Manifest

    if (path := Path(target)).is_file():
        try:
            return Manifest.from_json(path.read_bytes())
        except OSError as error:
            raise RequestError(
                f"This file cannot be read ({error.strerror}).", where=target, next="Check the name and the rights."
            ) from None
        except ManifestError as error:
            raise ManifestError(
                error.what, where=" ".join(filter(None, (target, error.where))), next=error.next
            ) from None
    return load(target).manifest


def _verdict(compared: Comparison, old: Manifest, new: Manifest) -> str:
    """The verdict in the terms that a publisher knows."""
    if compared.waits:
        effect = say("it waits for the person's answer", "elle attend la réponse de la personne")
    elif compared.wider:
        effect = say("it runs, and what is new is asked for later", "elle tourne, et la nouveauté est demandée ensuite")
    else:
        effect = say("it runs without asking", "elle tourne sans rien demander")
    return say(
        f"Version {new.version} compared with {old.version} is {compared.verdict}: {effect}.",
        f"La version {new.version} comparée à {old.version} est {compared.verdict}\u00a0: {effect}.",
    )


def _too_small(old: str, new: str, needed: Bump) -> str:
    from ...consent.order import bumped, older

    least = bumped(old, needed)
    if older(new, old):
        return say(
            f"Versions never go backwards, as from {old} to {new}: {least} would do.",
            f"Les versions ne reculent jamais, comme de {old} à {new}\u00a0: {least} suffirait.",
        )
    return say(
        f"From {old} to {new} is too small a step for this change: {least} would do.",
        f"De {old} à {new}, le pas est trop petit pour ce changement\u00a0: {least} suffirait.",
    )
