"""`selfdata host`: what a host does by itself, without anybody at the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from ...errors import FixHost, SelfDataError
from ..command import Command, Group, Session, option, pass_session
from ..language import Words, say, spoken
from ..terminal import print_json, tell
from ..watching import watch_options, watching

if TYPE_CHECKING:
    from ...host.discovery import Found
    from ...host.host import Host
    from ...host.people import People
    from ...host.report import RunReport
    from ...host.sandbox import Sandbox
    from ...host.schedule import Due
    from ...model.text import Language


@click.group(
    "host",
    cls=Group,
    words=Words(
        "What a host does by itself, without anybody at the keyboard.",
        "Ce qu'un hôte fait de lui-même, sans personne au clavier.",
    ),
)
def command() -> None:
    pass


@command.command(
    "run-due",
    cls=Command,
    words=Words(
        "Run the services that are due and agreed to, each once for its day, its week or its new data, and print the "
        "alerts that the person was not told of yet. To be called by a timer, as often as you like.",
        "Lancer les services attendus et acceptés, chacun une fois pour son jour, sa semaine ou ses nouvelles données, "
        "et afficher les alertes pas encore dites à la personne. À appeler par une minuterie, aussi souvent que voulu.",
    ),
)
@option(
    "--open",
    "opened",
    is_flag=True,
    words=Words(
        "The person opens their cloud now: run what runs then, too.",
        "La personne ouvre son cloud maintenant : lancer aussi ce qui tourne alors.",
    ),
)
@option(
    "--people",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    words=Words(
        "For every person of this host instead of the one of --home.",
        "Pour chaque personne de cet hôte au lieu de celle de --home.",
    ),
)
@watch_options
@option("--json", "as_json", is_flag=True, words=Words("Print the runs as JSON.", "Afficher les lancements en JSON."))
@pass_session
def run_due(
    session: Session, opened: bool, people: Path | None, log: Path | None, metrics: Path | None, as_json: bool
) -> int:
    from ...host.schedule import run_due

    found: list[tuple[str, Due]] = []
    unopened = 0
    language = cast("Language", spoken())
    with watching(log, metrics) as observe, _homes(session, people, observe) as (sandbox, homes), sandbox:
        for person, opening in homes:
            try:
                with opening as (host, services, quota):
                    for due in run_due(host, services, sandbox, opened=opened, language=language, quota=quota):
                        found.append((person, due))
                        if not as_json:
                            _tell(person, due)
            except SelfDataError as error:
                if people is None or isinstance(error, FixHost):
                    raise
                unopened += 1
                tell(f"{person}  {_said(error)}", err=True)
    if as_json:
        print_json([_json(person, due) for person, due in found])
    elif not found and not unopened:
        tell(say("Nothing was due.", "Rien n'était attendu."))
    return 1 if unopened or any(due.error is not None for _, due in found) else 0


Observe = Callable[["RunReport"], None]
Opened = tuple["Host", Sequence["Found"], int | None]
"""The host of a person, the services that may run for them, and how often these may in a day."""
Opening = AbstractContextManager[Opened]


@contextmanager
def _homes(
    session: Session, people: Path | None, observe: Observe
) -> Iterator[tuple[Sandbox, Iterator[tuple[str, Opening]]]]:
    """Where services run, and each person's id (nobody's for one's own home) with how to open theirs."""
    if people is None:
        from ...host.sandbox import Sandbox

        yield Sandbox(), iter([("", _own(session, observe))])
        return
    from ...host.home import POLICY
    from ...host.people import People
    from ...host.policy import HostPolicy

    file = people / POLICY
    policy = HostPolicy.read(file) if file.is_file() else HostPolicy()
    with People(people, policy=policy) as opened:
        _ = opened.keeper  # refuses a folder where nobody is
        yield policy.sandbox(), ((person, _of_person(opened, person, observe)) for person in opened.ids())


@contextmanager
def _own(session: Session, observe: Observe) -> Iterator[Opened]:
    with session.host(observe=observe) as host:
        yield host, _services(session.home.services_path, host), None


@contextmanager
def _of_person(people: People, person: str, observe: Observe) -> Iterator[Opened]:
    rules = people.policy.for_person(person)
    with people.host(person, observe) as host:
        allowed = [f for f in _services(people.services, host) if rules.allows(f.id)]
        if not people.policy.walls.native:
            allowed = [f for f in allowed if not f.code().is_native]
        yield host, allowed, rules.quota.runs_per_day


def _services(folder: Path, host: Host) -> Sequence[Found]:
    from ...host.discovery import installed
    from ...host.shelf import Shelf

    return installed(Shelf(folder), host.grant_for).found


def _tell(person: str, due: Due) -> None:
    name = f"{due.found.manifest.name.say(spoken())}  ({due.found.id} {due.found.version})"
    tell(f"{person}  {name}" if person else name)
    if due.error is not None:
        tell(f"  {_said(due.error)}", err=True)
    elif due.run is None:
        tell(say("  It failed too often for this; it is tried again at the next occasion.",
                 "  Échec trop souvent répété ; nouvel essai à la prochaine occasion."))  # fmt: skip
    for alert in due.told:
        tell(f"  ! {alert.what.say(spoken())} {alert.what_to_do.say(spoken())}")


def _said(error: Exception) -> str:
    return error.say(spoken()) if isinstance(error, SelfDataError) else type(error).__name__


def _json(person: str, due: Due) -> dict[str, object]:
    return {
        **({"person": person} if person else {}),
        "service": due.found.id,
        "version": due.found.version,
        "occasion": due.occasion,
        "outcome": "failed" if due.error is not None else "given up" if due.run is None else "done",
        "error": type(due.error).__name__ if due.error is not None else None,
        "told": [alert.model_dump(mode="json") for alert in due.told],
    }
