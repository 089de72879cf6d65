"""`selfdata manifest`: what a service asks for, derived from its code."""

from __future__ import annotations

from pathlib import Path

import click

from ...errors import ManifestError
from ..command import command as new_command
from ..command import option
from ..language import Words, say
from ..terminal import print_json, tell


@new_command(
    "manifest",
    "Print the manifest of the service in a project's folder, as its code is now; write it into the package, or check "
    "that the one there is current.",
    "Afficher le manifeste du service d'un dossier de projet, tel que le code est maintenant ; l'écrire dans le paquet, "
    "ou vérifier que celui qui s'y trouve est à jour.",
)
@click.argument("path", default=".", type=click.Path(path_type=Path))
@option("--write", is_flag=True, words=Words("Write it into the package.", "L'écrire dans le paquet."))
@option(
    "--check",
    is_flag=True,
    words=Words("Exit with 1 if the one in the package is stale.", "Sortir avec 1 si celui du paquet est périmé."),
)
def command(path: Path, write: bool, check: bool) -> int:
    from ...host.discovery import of_folder

    if write and check:
        raise click.UsageError(say("--write or --check, not both.", "--write ou --check, pas les deux."))
    manifest = of_folder(path).manifest
    if not (write or check):
        print_json(manifest.model_dump(mode="json", exclude_none=True))
        return 0
    file = manifest_file(path.resolve())
    current = file.is_file() and file.read_bytes() == manifest.canonical()
    if check and not current:
        raise ManifestError(
            "The manifest is stale.", where=file.name, next="Run `selfdata manifest --write` and review it."
        )
    if write and not current:
        file.write_bytes(manifest.canonical())
    tell(say(f"{file} is current.", f"{file} est à jour."))
    return 0


def manifest_file(folder: Path) -> Path:
    """Where the manifest lies in the package that the project's entry point names."""
    from ...service.project import Project

    for _, file in Project.read(folder).manifests(folder):
        if file.parent.is_dir():
            return file
    raise ManifestError(
        "The project has no entry point that names a manifest in a package.",
        where="pyproject.toml",
        next='Add [project.entry-points."selfdata.services"] with my-service = "my_package:manifest.json".',
    )
