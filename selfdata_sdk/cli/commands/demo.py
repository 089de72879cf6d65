"""`selfdata demo`: from a real meter's file to advice, in a home of its own."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ...errors import RequestError
from ..command import NotPossibleHere, Session, pass_session
from ..command import command as new_command
from ..language import say, spoken
from ..launching import launching
from ..progress import waiting
from ..terminal import console, plain, tell

if TYPE_CHECKING:
    from ...host.discovery import Found
    from ...host.home import Home
    from ...host.host import Host
    from ...host.runner import Run
    from ...model.text import Language

PAGE = "advice.html"
SOURCE_TREE = Path(__file__).parents[3]


@new_command(
    "demo",
    "Import a year of a real home's water readings into a home of its own, run the water coach on it, and show its advice. "
    "Your own data are not touched.",
    "Importer une année de relevés d'eau d'un vrai foyer dans un dossier à part, lancer le coach eau, et montrer ses "
    "conseils. Vos propres données ne sont pas touchées.",
)
@pass_session
def command(session: Session) -> int:
    from ...demo import NOW
    from ...host.home import Home

    coach = find_coach()
    home = Home(session.home.path / "demo")
    _wipe(home)
    tell(
        say(
            "A real water meter in Alicante, from March 2016 to February 2017, with an invented household.",
            "Un vrai compteur d'eau à Alicante, de mars 2016 à février 2017, avec un foyer inventé.",
        )
    )
    has_sandbox = sys.platform.startswith("linux")
    with (
        waiting(say("Working it out…", "Calcul en cours…")),
        launching(trust=not has_sandbox) as launched,
        home.host(NOW) as host,
    ):
        from ..advice import advice, engine

        steps = [_import(host), _describe(host), _agree(host, coach)]
        with engine(coach, launched, debug=session.debug) as runs:
            done = advice(host, coach, runs, {}, None)
        steps += [_ran(done), _journal(host, coach)]
    _tell(home, done, steps)
    return 0


def find_coach() -> Found:
    """The water coach: the installed one, else the one in the source tree; NotPossibleHere if there is neither."""
    from ...demo import SERVICE
    from ...host.discovery import find

    try:
        return find(SERVICE)
    except RequestError:
        folder = SOURCE_TREE / "example_services" / "water_coach"
        if (folder / "pyproject.toml").is_file():
            return find(str(folder))
    raise NotPossibleHere(
        say("The water coach is not installed.", "Le coach eau n'est pas installé."),
        next=say("In a copy of the project: pip install ./example_services/water_coach",
                 "Dans une copie du projet : pip install ./example_services/water_coach"),
    )  # fmt: skip


def _wipe(home: Home) -> None:
    """Remove what an earlier demonstration left: only its own files."""
    databases = [home.store_path, home.keeper_path]
    beside = [d.with_name(d.name + end) for d in databases for end in ("-wal", "-shm")]
    for file in (*databases, *beside, home.path / PAGE):
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise RequestError(
                f"The last demonstration cannot be removed ({error.strerror}).",
                where=str(file),
                next="Close the program that has it open, or name another folder with --home.",
            ) from None


def _import(host: Host) -> str:
    from ...demo import READINGS, TZ
    from ...importers.importer import Options
    from ...importers.importing import import_files
    from ...model.wording import wording
    from .import_ import note

    report = import_files(host.store, [READINGS], now=datetime.now(UTC), options=Options(tz=TZ))
    for file in report.refused:
        assert file.refused is not None
        raise file.refused
    note(host, report)
    n = wording(report.created, spoken())
    return say(f"Imported {n} records from {READINGS.name}.", f"Importé {n} enregistrements depuis {READINGS.name}.")


def _describe(host: Host) -> str:
    from ...demo import HOUSEHOLD, SINCE
    from ...model import HouseholdProfile
    from ..answers import told_fields
    from .add import stored

    values = json.loads(HOUSEHOLD.read_text(encoding="utf-8"))
    record, change = stored(host.store, HouseholdProfile, values, SINCE)
    host.note("add", {"type": HouseholdProfile.type, "change": change})
    told = ", ".join(
        f"{label.lower()}{say(': ', chr(0xA0) + ': ')}{value}" for label, value in told_fields(record, spoken())
    )
    return say(f"Added the household ({told}).", f"Ajouté le foyer ({told}).")


def _agree(host: Host, coach: Found) -> str:
    """Agree, as a person would, to what the coach asks for; the label in short."""
    from ...consent.grant import Item, Terms
    from ...consent.label import what_words
    from ...consent.wordings import listed, lowered

    manifest = coach.manifest
    items = {label: Item(decision="given", finer=True) for label in manifest.needs}
    host.grant(manifest, Terms(items=items, method="demonstration", language=cast("Language", spoken())))
    name = manifest.name.say(spoken())
    asked = listed([lowered(what_words(need, host.registry)) for need in manifest.needs.values()]).say(spoken())
    return say(
        f"{name} ({manifest.id}) asks for: {asked}. Agreed for you, as this is a demonstration.",
        f"{name} ({manifest.id}) demande : {asked}. Accepté pour vous, car c'est une démonstration.",
    )


def _ran(done: Run) -> str:
    """Where the coach ran: in the sandbox, where there is one."""
    milliseconds = round(1000 * done.usage.seconds)
    if done.walls:
        return say(f"It ran in the sandbox, without network, files or programs, in {milliseconds} ms.",
                   f"Il a tourné dans le bac à sable, sans réseau, ni fichiers, ni programmes, en {milliseconds} ms.")  # fmt: skip
    return say("It ran inside this program: this system has no sandbox.",
               "Il a tourné dans ce programme même : ce système n'a pas de bac à sable.")  # fmt: skip


def _journal(host: Host, coach: Found) -> str:
    """What the journal says of the run."""
    from ...consent.sentences import weeks

    now = host.ledger.look().now.astimezone()
    names = {coach.manifest.id: coach.manifest.name}
    week, *_ = weeks(host.ledger.entries(), names, host.registry, now)
    return " ".join([say("The journal:", "Le journal :"), *(text.say(spoken()) for text in week.reads)])


def _tell(home: Home, done: Run, steps: list[str]) -> None:
    from ..advice import about, write_page
    from ..blocks import show_blocks

    page = home.path / PAGE
    write_page(done, page)
    said, out = about(done), console()
    for n, step in enumerate(steps, 1):
        out.print(plain(f"{n}. {step}", style="dim"))
    out.print()
    show_blocks(out, done.blocks, said, spoken(), why=False)
    out.print()
    for line in (
        say("Nothing left this machine.", "Rien n'a quitté cette machine."),
        say(
            f"The same with all charts, and how each number was worked out: open {page.absolute().as_uri()} in your browser.",
            f"La même chose avec tous les graphiques, et comment chaque nombre est calculé : ouvrez {page.absolute().as_uri()} dans votre navigateur.",
        ),
        say(
            f'What is stored: selfdata --home "{home.path}" show',
            f'Ce qui est enregistré : selfdata --home "{home.path}" show',
        ),
        say(
            f'What was read, and why: selfdata --home "{home.path}" journal',
            f'Ce qui a été lu, et pourquoi : selfdata --home "{home.path}" journal',
        ),
        say("Your own data: selfdata import FILE", "Vos propres données : selfdata import FICHIER"),
    ):
        out.print(plain(line), soft_wrap=True)
