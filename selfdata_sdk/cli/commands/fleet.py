"""`selfdata fleet`: many persons on one host, and a service run for all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from ..command import Command, Group, NotPossibleHere, Session, option, pass_session
from ..language import Words, number, say, spoken
from ..terminal import print_json, tell
from ..types import Assignment
from ..watching import watch_options, watching

if TYPE_CHECKING:
    from ...host.discovery import Found
    from ...host.fleet import Report
    from ...host.people import People

F = TypeVar("F", bound=Callable[..., Any])

SKIPPED = {
    "consent": Words("no consent", "sans accord"),
    "policy": Words("not allowed by the operator", "refusés par l'opérateur"),
    "quota": Words("over the day's quota", "au-delà du quota du jour"),
}


@click.group(
    "fleet",
    cls=Group,
    words=Words(
        "Run a service for many persons. They lie in one folder, DIR, each in a folder of their own that `--home` takes.",
        "Lancer un service pour de nombreuses personnes. Elles sont dans un dossier, DIR, chacune dans un dossier à elle "
        "que `--home` accepte.",
    ),
)
def command() -> None: ...


def people_option(function: F) -> F:
    return option(
        "--people",
        "folder",
        required=True,
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        words=Words("The folder of the people of this host.", "Le dossier des personnes de cet hôte."),
    )(function)


@command.command(
    "add",
    cls=Command,
    words=Words(
        "Make a folder for each person who signs in as LOGIN, and print it. One who is there already keeps theirs. No path "
        "tells the login.",
        "Créer un dossier pour chaque personne d'identifiant LOGIN, et l'afficher. Qui est déjà là garde le sien. Aucun "
        "chemin ne dit l'identifiant.",
    ),
)
@click.argument("logins", nargs=-1, required=True, metavar="LOGIN...")
@people_option
@pass_session
def add(session: Session, logins: tuple[str, ...], folder: Path) -> int:
    with _opened(session, folder, new=True) as people:
        for login in logins:
            tell(str(people.home(people.add(login)).path))
    return 0


@command.command(
    "list",
    cls=Command,
    words=Words(
        "List the persons of this host by their ids, which stand in for their names.",
        "Lister les personnes de cet hôte par leurs identifiants, qui remplacent leurs noms.",
    ),
)
@people_option
@option("--json", "as_json", is_flag=True, words=Words("Print the list as JSON.", "Afficher la liste en JSON."))
@pass_session
def list_(session: Session, folder: Path, as_json: bool) -> int:
    with _opened(session, folder) as people:
        if as_json:
            print_json([{"id": person, "home": str(people.home(person).path)} for person in people.ids()])
            return 0
        for person in people.ids():
            tell(person)
    return 0


@command.command(
    "run",
    cls=Command,
    words=Words(
        "Run a service, in the sandbox, for each person who agreed to it. It runs once for each on an occasion: stopped half "
        "way, the same command goes on where it was. The exit code is 1 if it failed for anybody.",
        "Lancer un service, dans le bac à sable, pour chaque personne qui l'a accepté. Il est lancé une fois pour chacune à "
        "une occasion : arrêtée en route, la même commande reprend où elle en était. Le code de sortie est 1 s'il a échoué "
        "pour quelqu'un.",
    ),
)
@click.argument("service")
@people_option
@option(
    "--occasion",
    metavar="TEXT",
    words=Words(
        "What tells this run from others (default: today's date in UTC).",
        "Ce qui distingue ce lancement des autres (par défaut : la date du jour en UTC).",
    ),
)
@option(
    "--set",
    "settings",
    multiple=True,
    type=Assignment(),
    words=Words("Adjust a setting of the service.", "Régler un paramètre du service."),
)
@option(
    "--workers",
    type=click.IntRange(1),
    words=Words(
        "How many persons at a time (default: one more than there are cores).",
        "Combien de personnes à la fois (par défaut : une par cœur).",
    ),
)
@option(
    "--dask",
    metavar="ADDRESS",
    words=Words("Use the workers of this Dask scheduler.", "Utiliser les processus de cet ordonnanceur Dask."),
)
@option(
    "--policy",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    words=Words(
        "The operator's own limits (default: DIR/policy.toml if there is one).",
        "Les limites de l'opérateur (par défaut : DIR/policy.toml s'il existe).",
    ),
)
@watch_options
@option("--json", "as_json", is_flag=True, words=Words("Print the report as JSON.", "Afficher le rapport en JSON."))
@pass_session
def run(
    session: Session,
    service: str,
    folder: Path,
    occasion: str | None,
    settings: tuple[tuple[str, str], ...],
    workers: int | None,
    dask: str | None,
    policy: Path | None,
    log: Path | None,
    metrics: Path | None,
    as_json: bool,
) -> int:
    from ...host.discovery import versions
    from ...host.fleet import Fleet, Sandboxed
    from ...host.shelf import Shelf
    from ...model.text import Language

    occasion = occasion or datetime.now(UTC).date().isoformat()
    with _opened(session, folder, policy) as people, watching(log, metrics) as observe:
        found, *older = versions(service, Shelf(people.services))
        policy_alone = people.policy.among(())
        fleet = Fleet(
            people,
            found.manifest,
            Sandboxed(found.code(), policy_alone),
            older=[(f.manifest, Sandboxed(f.code(), policy_alone)) for f in older],
            settings=dict(settings),
            language=cast("Language", spoken()),
        )
        with _executor(dask) as (executor, there), _bar(len(people)) as progress:
            report = fleet.run(
                executor, occasion=occasion, workers=workers or there, progress=progress, observe=observe
            )
    if as_json:
        print_json(_json(report, found, occasion))
    else:
        _tell(report, found, occasion)
    return 1 if report.failed else 0


@contextmanager
def _opened(session: Session, folder: Path, policy: Path | None = None, new: bool = False) -> Iterator[People]:
    from ...host.home import POLICY
    from ...host.people import People
    from ...host.policy import HostPolicy

    if policy is None and (folder / POLICY).exists():
        policy = folder / POLICY
    with People(folder, policy=HostPolicy.read(policy) if policy else None) as people:
        if session.clock is not None:
            people.practise(session.clock)
        elif not new:
            _ = people.keeper  # refuses a folder where nobody is, instead of making one
        yield people


@contextmanager
def _executor(dask: str | None) -> Iterator[tuple[Executor | None, int | None]]:
    """The executor that was asked for, and how many groups of persons it runs at a time; None for our own."""
    if dask is None:
        yield None, None
        return
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise NotPossibleHere(
            say("Dask is not installed.", "Dask n'est pas installé."), next='pip install "selfdata-sdk[fleet]"'
        ) from None
    try:
        client: Any = Client(dask, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError):
        raise NotPossibleHere(
            say(f"No Dask scheduler answers at {dask}.", f"Aucun ordonnanceur Dask ne répond à {dask}."),
            next="dask scheduler",
        ) from None
    with client:
        # Every group is worked on, though another may look the same to Dask.
        yield client.get_executor(pure=False), sum(client.nthreads().values())


@contextmanager
def _bar(persons: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, gone afterwards; told for how many persons more it is settled."""
    if not sys.stderr.isatty():
        yield lambda more: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True, markup=False), transient=True) as bar:
        task = bar.add_task("", total=persons)
        yield lambda more: bar.advance(task, more)


def _json(report: Report, found: Found, occasion: str) -> dict[str, object]:
    return {
        "service": found.id,
        "version": found.version,
        "occasion": occasion,
        "persons": report.persons,
        "done": report.done,
        "already": report.already,
        "skipped": dict(report.skipped),
        "failed": dict(report.failed),
        "seconds": round(report.seconds, 3),
        "per_second": round(report.per_second, 1),
    }


def _tell(report: Report, found: Found, occasion: str) -> None:
    tell(f"{found.manifest.name.say(spoken())}  ({found.id} {found.version}), {occasion}")
    lines = [(report.done, say("done", "faits")), (report.already, say("done before", "déjà faits"))]
    lines += [
        (n, say(f"skipped: {SKIPPED[why].en}", f"non lancés : {SKIPPED[why].fr}")) for why, n in report.skipped.items()
    ]
    lines += [(n, say(f"failed: {kind}", f"en échec : {kind}")) for kind, n in report.failed.items()]
    for n, what in lines:
        if n:
            tell(f"  {number(n)} {what}")
    persons, rate = number(report.persons), number(round(report.per_second))
    seconds = number(round(report.seconds))
    tell(
        say(
            f"Persons: {persons}, in {seconds} s ({rate} per second).",
            f"Personnes : {persons}, en {seconds} s ({rate} par seconde).",
        )
    )
    if report.failed:
        tell(
            say(
                "The person's own record says what failed. The same command tries again.",
                "Le relevé de la personne dit ce qui a échoué. La même commande réessaie.",
            ),
            err=True,
        )
