"""`selfdata run`: a service's advice on what is here."""

from __future__ import annotations

import shlex
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from ...errors import AskPerson
from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, say, spoken
from ..launching import launching
from ..progress import waiting
from ..terminal import console, plain, print_json, tell
from ..types import Assignment, Moment
from ..watching import watching
from .personas import complete_personas, household_options, made

if TYPE_CHECKING:
    from ...host.home import Home
    from ...host.runner import Run


trust_option = option(
    "--trust",
    is_flag=True,
    words=Words(
        "This is my own code: run it inside this program, without the sandbox.",
        "C'est mon propre code : le lancer dans ce programme même, sans bac à sable.",
    ),
)


def complete_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from ...host.discovery import installed

    found = [f.id for f in installed().found if f.id.startswith(incomplete)]
    return [*map(CompletionItem, found), CompletionItem(incomplete, type="dir")]


@new_command(
    "run",
    "Run a service on your data, here, in the sandbox, as far as you agreed with `selfdata grant`. SERVICE is an "
    "installed one by name or id, or a project's folder; with --trust also module:function. Without SERVICE, the "
    "installed ones are listed.",
    "Lancer un service sur vos données, ici, dans le bac à sable, dans la limite de ce que vous avez accepté avec "
    "`selfdata grant`. SERVICE est un service installé, par nom ou identifiant, ou le dossier d'un projet ; avec --trust "
    "aussi module:fonction. Sans SERVICE, les services installés sont listés.",
)
@click.argument("service", required=False, shell_complete=complete_names)
@option(
    "--set",
    "settings",
    multiple=True,
    type=Assignment(),
    words=Words("Adjust a setting of the service.", "Régler un paramètre du service."),
)
@option(
    "--now",
    type=Moment(),
    words=Words("Run as of this moment, earlier than now.", "Lancer comme à ce moment, antérieur à maintenant."),
)
@option("--json", "as_json", is_flag=True, words=Words("Print the blocks as JSON.", "Afficher les blocs en JSON."))
@option(
    "--persona",
    metavar="NAME",
    shell_complete=complete_personas,
    words=Words(
        "Run on an invented household (see `selfdata personas`) and not on your data: no agreement, nothing kept.",
        "Lancer sur un foyer inventé (voir `selfdata personas`) et non sur vos données : pas d'accord, rien de gardé.",
    ),
)
@household_options
@trust_option
@option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    words=Words("Write a page, whole in one file.", "Écrire une page, entière dans un fichier."),
)
@pass_session
def command(
    session: Session, service: str | None, settings: tuple[tuple[str, str], ...], now: datetime | None, as_json: bool,
    persona: str | None, plant: tuple[str, ...], seed: int, trust: bool, html: Path | None,
) -> int:  # fmt: skip
    if persona is None and (plant or seed):
        raise click.UsageError(say("--with and --seed go with --persona.", "--with et --seed vont avec --persona."))
    if service is None:
        if persona is not None:
            raise click.UsageError(
                say("Which service? Name one, or a folder.", "Quel service\u00a0? Nommez-en un, ou un dossier.")
            )
        return _list(session, as_json)
    if persona is None:
        done = _on_your_data(session, service, dict(settings), now, trust)
    else:
        own = trust or Path(service).is_dir()
        with waiting(say("Working it out…", "Calcul en cours…")), launching(own) as launched:
            from ..advice import find
            from ..rehearsal import rehearse

            found, home = find(service, None, session.home, trust=own), made(persona, plant, seed)
            done = rehearse(found, home, launched, settings=dict(settings), now=now, debug=session.debug)
    if html is not None:
        from ..advice import write_page

        write_page(done, html)
    if as_json:
        # The contract's own bytes, whatever the console's encoding.
        sys.stdout.buffer.write(done.json() + b"\n")
    elif html is None:
        _show(done)
    if html is not None:
        tell(say(f"Page: {html.absolute().as_uri()}", f"Page : {html.absolute().as_uri()}"), err=as_json)
    return 0


def _on_your_data(session: Session, service: str, settings: dict[str, str], now: datetime | None, trust: bool) -> Run:
    invented = not trust and _only_invented(session.home, service)
    with (
        waiting(say("Working it out…", "Calcul en cours…")),
        launching(trust or invented) as launched,
        watching() as observe,
        session.host(observe=observe) as host,
    ):
        from ..advice import advice, engine, find, tell_waiting

        found = find(service, host, session.home, trust=trust or invented)
        said = say("The data here are invented: your own code runs inside this program.",
                   "Les données ici sont inventées : votre propre code tourne dans ce programme même.") if invented else ""  # fmt: skip
        try:
            with engine(found, launched, debug=session.debug, said=said) as runs:
                done = advice(host, found, runs, settings, now)
        except AskPerson as error:
            # A service that is not installed is found by its folder only.
            named = shlex.quote(service) + (" --trust" if trust else "")
            error.next = error.next.replace(f"grant {found.id}`", f"grant {named}`")
            raise
    tell_waiting(found)
    return done


def _only_invented(home: Home, service: str) -> bool:
    """True where an author's own folder may run without a sandbox: on a system that has none, on personas alone."""
    if sys.platform.startswith("linux") or not Path(service).is_dir() or not home.exists:
        return False
    from ...testing.personas import is_invented

    with home.open() as store:
        return is_invented(store)


def _show(done: Run) -> None:
    from ..advice import about
    from ..blocks import show_blocks

    out, said = console(), about(done)
    head = plain(said.name.say(spoken()), style="bold")
    head.append(f"  {said.id} {said.version}", style="dim")
    out.print(head)
    show_blocks(out, done.blocks, said, spoken())
    for line in said.read:
        out.print(plain(line.say(spoken()), style="dim"))


def _list(session: Session, as_json: bool) -> int:
    from ...host.discovery import installed
    from ...host.shelf import Shelf
    from ..program import tell_error

    discovered = installed(Shelf(session.home.services_path))
    if as_json:
        print_json(
            [
                {
                    "id": f.id,
                    "version": f.version,
                    "name": f.manifest.name.model_dump(),
                    "summary": f.manifest.summary.model_dump(),
                }
                for f in discovered.found
            ]
        )
        return 0
    for found in discovered.found:
        tell(f"{found.manifest.name.say(spoken())}  ({found.id} {found.version})")
        tell(f"  {found.manifest.summary.say(spoken())}")
    for broken in discovered.broken:
        tell_error(broken.error)
    if not discovered.found:
        tell(
            say(
                "No service is installed. Install one with `selfdata plugins install`, or name a project's folder.",
                "Aucun service n'est installé. Installez-en un avec `selfdata plugins install`, ou nommez le dossier d'un "
                "projet.",
            )
        )
    return 0
