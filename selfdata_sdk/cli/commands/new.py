"""`selfdata new`: a project with a service in it, and an older one brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import RequestError
from ..command import F, option
from ..command import command as new_command
from ..language import Words, say, spoken
from ..terminal import tell

if TYPE_CHECKING:
    from ...scaffold.asking import Check
    from ...scaffold.update import Update

HOUSEHOLD = "family_garden"

ASKED = {
    "name": Words("Name that people see", "Nom que les gens voient"),
    "id": Words("Id: a domain of yours in reverse, and a word", "Identifiant : un domaine à vous, à l'envers, et un mot"),
    "package": Words("Python package", "Paquet Python"),
    "author": Words("Author, with <address> if you like", "Auteur, avec <adresse> si vous voulez"),
    "records": Words("Records it works on, with commas", "Données sur lesquelles il travaille, avec des virgules"),
    "features": Words(
        "With, with commas: setting, state, chart (- for none)",
        "Avec, séparés par des virgules : setting, state, chart (- pour aucun)",
    ),
}  # fmt: skip

DONE = {
    "added": Words("added", "ajouté"),
    "replaced": Words("replaced", "remplacé"),
    "removed": Words("removed", "retiré"),
    "merged": Words("merged with your changes", "fusionné avec vos changements"),
    "conflict": Words("CONFLICT, marked in the file", "CONFLIT, marqué dans le fichier"),
    "beside": Words("TO MERGE BY HAND: the template's is beside yours", "À FUSIONNER : celui du modèle est à côté"),
    "kept": Words("left as you have it", "laissé tel que vous l'avez"),
}


def _answer(key: str, metavar: str) -> Callable[[F], F]:
    return option(f"--{key}", metavar=metavar, words=Words(*(f"{text}." for text in ASKED[key])))


@new_command(
    "new",
    "Make a project with a working service, its tests and its manifest, after at most six questions. FOLDER is new, or "
    "empty; by default it is called as the id ends. With --update, bring the project in FOLDER (by default this one) up "
    "to the template of this selfdata, with all that you changed; exits with 1 if you have to finish it.",
    "Créer un projet avec un service qui marche, ses tests et son manifeste, après six questions au plus. FOLDER est "
    "nouveau, ou vide ; par défaut, il porte le dernier mot de l'identifiant. Avec --update, amener le projet de FOLDER "
    "(par défaut celui-ci) au modèle de ce selfdata, avec tout ce que vous avez changé ; sort avec 1 s'il vous reste à "
    "finir.",
)
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@_answer("name", "TEXT")
@option("--name-fr", "__name_fr", metavar="TEXT", words=Words("That name in French.", "Ce nom en français."))
@_answer("id", "ID")
@_answer("package", "NAME")
@_answer("author", "TEXT")
@_answer("records", "TYPES")
@_answer("features", "WORDS")
@option(
    "--licence",
    "__licence",
    metavar="ID",
    words=Words("Apache-2.0 (default) or MIT.", "Apache-2.0 (par défaut) ou MIT."),
)
@option(
    "--no-input",
    is_flag=True,
    words=Words("Ask nothing: what is not given is derived.", "Ne rien demander : déduire ce qui n'est pas donné."),
)
@option(
    "--update",
    "is_update",
    is_flag=True,
    words=Words("Bring a project up to date.", "Mettre un projet à jour."),
)
@option(
    "--force",
    is_flag=True,
    words=Words(
        "Update although git shows changes that are not committed.",
        "Mettre à jour bien que git montre des changements non validés.",
    ),
)
def command(folder: Path | None, no_input: bool, is_update: bool, force: bool, **texts: str | None) -> int:
    given = {key: text for key, text in texts.items() if text is not None}
    if is_update:
        if given:
            raise click.UsageError(
                say("An update takes the answers of the project.", "Une mise à jour reprend les réponses du projet.")
            )
        return _update(folder or Path(), force)
    if force:
        raise click.UsageError(say("--force goes with --update.", "--force va avec --update."))
    return _make(folder, given, no_input)


def _make(folder: Path | None, given: dict[str, str], no_input: bool) -> int:
    from ...scaffold.answers import slug
    from ...scaffold.asking import answered
    from ...scaffold.project import create, refuse_taken
    from ...scaffold.template import template

    if folder is not None:
        refuse_taken(folder)
    today = template()
    ask = _derived if no_input else partial(_asked, today.records, folder is None)
    answers = answered(today, given, ask, folder.resolve().name if folder else "")
    place = folder or Path(slug(answers["id"]))
    create(today.render(answers), place)
    tell(say(f"{answers['name']} is in {place}. Now:", f"{answers['name']} est dans {place}. Et maintenant :"))
    if place.resolve() != Path.cwd():
        tell(f"  cd {_quoted(place)}")
    tell("  selfdata test")
    tell(f"  selfdata run . --persona {HOUSEHOLD}")
    return 0


def _derived(key: str, default: str, check: Check) -> str:
    return check(default)


def _asked(records: Sequence[str], names_folder: bool, key: str, default: str, check: Check) -> str:
    """What is typed, asked for again until it is an answer; `names_folder`: the id says where the project will be."""
    from ...scaffold.answers import slug
    from ...scaffold.project import refuse_taken

    if key == "records":
        tell(f"  {', '.join(records)}")
    while True:
        try:
            answer = check(click.prompt(str(ASKED[key]), default=default or None))
            if key == "id" and names_folder:
                refuse_taken(Path(slug(answer)))
        except RequestError as error:
            tell(f"  {' '.join(error.sentences(spoken()))}", err=True)
        else:
            return answer


def _quoted(path: Path) -> str:
    """A path as shells of every system take it."""
    return f'"{path}"' if " " in str(path) else str(path)


def _update(folder: Path, force: bool) -> int:
    from ...scaffold.template import template
    from ...scaffold.update import update

    done = update(folder, template(), force=force)
    if done.before == done.after:
        tell(
            say(
                f"The project is current: version {done.after} of the template.",
                f"Le projet est à jour : version {done.after} du modèle.",
            )
        )
        return 0
    _tell_changes(done)
    return 1 if done.open else 0


def _tell_changes(done: Update) -> None:
    tell(
        say(
            f"From version {done.before} of the template to version {done.after}:",
            f"De la version {done.before} du modèle à la version {done.after} :",
        )
    )
    for change in done.changes:
        tell(f"  {change.name}{say(': ', ' : ')}{DONE[change.what]}")
    if done.open:
        tell(say("Finish what stands in capitals. Then:", "Finissez ce qui est en capitales. Ensuite :"))
    else:
        tell(say("Now:", "Et maintenant :"))
    tell("  selfdata manifest --write")
    tell("  selfdata test")
