"""`selfdata personas`: invented households to try services on."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from ..command import Command, Group, Session, option, pass_session
from ..language import Words, number, say, spoken
from ..progress import waiting
from ..terminal import console, inset, plain, print_json, tell

if TYPE_CHECKING:
    from ...host.home import Home
    from ...model import Text
    from ...testing.personas import Persona, Truth

F = TypeVar("F", bound=Callable[..., Any])

MAKING = Words("Making it up…", "Invention en cours…")


def complete_personas(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from ...testing.personas import PERSONAS

    return [CompletionItem(name) for name in PERSONAS if name.startswith(incomplete)]


def household_options(function: F) -> F:
    """`--with` and `--seed`, which make another household of a persona."""
    planted = option(
        "--with",
        "plant",
        multiple=True,
        metavar="TRUTH",
        words=Words(
            "Plant a truth in the household, like leak@2026-03-12:20L/h.",
            "Planter un fait dans le foyer, comme leak@2026-03-12:20L/h.",
        ),
    )
    seed = option(
        "--seed",
        type=click.IntRange(0),
        default=0,
        metavar="N",
        words=Words("Another household of the same kind.", "Un autre foyer du même genre."),
    )
    return planted(seed(function))


def made(name: str, plant: tuple[str, ...], seed: int) -> Persona:
    """The household that these options name."""
    from ...testing.personas import persona

    return persona(name, seed=seed, plant=plant)


def json_option(function: F) -> F:
    return option("--json", "as_json", is_flag=True, words=Words("Print as JSON.", "Afficher en JSON."))(function)


@click.group(
    "personas",
    cls=Group,
    words=Words(
        "Invented households of 400 days, whose meters, bills, bank, receipts, calls and trips follow the same life: to "
        "try services on, where what really happened is known.",
        "Des foyers inventés sur 400 jours, dont les compteurs, factures, comptes, tickets, appels et trajets suivent la "
        "même vie : pour y essayer des services, en sachant ce qui s'est vraiment passé.",
    ),
)
def command() -> None: ...


@command.command("list", cls=Command, words=Words("List the households.", "Lister les foyers."))
@json_option
def list_(as_json: bool) -> int:
    from ...testing.personas import PERSONAS

    if as_json:
        print_json(
            [{"name": n, "title": h.title.model_dump(), "story": h.story.model_dump()} for n, h in PERSONAS.items()]
        )
        return 0
    for name, home in PERSONAS.items():
        _tell_head(name, home.title)
        inset(console(), home.story.say(spoken()))
    return 0


@command.command(
    "show",
    cls=Command,
    words=Words(
        "Tell what a household has and what really happened in it, and what can be planted in one.",
        "Dire ce qu'un foyer contient et ce qui s'y est vraiment passé, et ce qu'on peut y planter.",
    ),
)
@click.argument("name", shell_complete=complete_personas)
@household_options
@json_option
def show(name: str, plant: tuple[str, ...], seed: int, as_json: bool) -> int:
    with waiting(str(MAKING)):
        household = made(name, plant, seed)
    if as_json:
        print_json(_json(household))
        return 0
    from ...testing.personas import KINDS

    _tell_head(household.name, household.title)
    tell(household.story.say(spoken()))
    counts: Counter[tuple[str, str]] = Counter()
    for table in household.tables:
        counts[table.record_type.type.partition("/")[0], table.record_type.facts.title.say(spoken())] += len(table)
    tell(say("\nIt holds:", "\nIl contient\u00a0:"))
    _tell_columns((name, f"{title} ({number(n)})") for (name, title), n in counts.items())
    tell(say("\nWhat really happened:", "\nCe qui s'est vraiment passé\u00a0:"))
    _tell_columns((str(truth), KINDS[truth.kind].title.say(spoken())) for truth in household.truths)
    tell(say("\nWhat can be planted, as in --with leak@2026-03-12:20L/h:",
             "\nCe qu'on peut y planter, comme dans --with leak@2026-03-12:20L/h\u00a0:"))  # fmt: skip
    _tell_columns((kind.example, kind.title.say(spoken())) for kind in KINDS.values())
    return 0


@command.command(
    "load",
    cls=Command,
    words=Words(
        "Put a household into a home of its own, named with --home, to try agreeing, running, the journal. The clock of this "
        "home then stands at the end of its data. A home that holds other data is refused.",
        "Mettre un foyer dans un dossier à part, nommé par --home, pour essayer l'accord, le lancement, le journal. "
        "L'horloge de ce dossier s'arrête alors à la fin de ses données. Un dossier qui contient d'autres données est "
        "refusé.",
    ),
)
@click.argument("name", shell_complete=complete_personas)
@household_options
@pass_session
def load(session: Session, name: str, plant: tuple[str, ...], seed: int) -> int:
    if session.folder is None and not os.environ.get("SELFDATA_HOME"):
        raise click.UsageError(
            say(
                "An invented household goes into a home of its own: name one with --home.",
                "Un foyer inventé va dans un dossier à part\u00a0: nommez-en un avec --home.",
            )
        )
    with waiting(str(MAKING)):
        household, home = made(name, plant, seed), session.home
        there = _is_there(home, household)
        with home.host(household.now) as host:
            written = household.write(host.store)
            created, updated = sum(w.created for w in written), sum(w.updated for w in written)
            if created or updated:
                host.note("import", {"persona": household.name, "created": created, "updated": updated})
    _tell_loaded(household.title.say(spoken()), created, updated, there)
    return 0


def _is_there(home: Home, household: Persona) -> bool:
    """Whether the home holds this household, in whatever life; RequestError if it holds anything else."""
    from ...errors import RequestError

    if not home.exists:
        return False
    with home.open() as store:
        held = {holding.series for holding in store.summary()}
    if held and held != {table.series for table in household.tables}:
        raise RequestError("This home holds other data.", where=str(home.path), next="Name another one with --home.")
    return bool(held)


def _tell_loaded(title: str, created: int, updated: int, there: bool) -> None:
    n, changed = number(created), number(created + updated)
    if not there:
        tell(say(f"An invented household is there: {title}, {n} records.",
                 f"Un foyer inventé est là\u00a0: {title}, {n} enregistrements."))  # fmt: skip
    elif created or updated:
        tell(say(f"It was there already, and is as you say now: {title}, {changed} records changed.",
                 f"Il était déjà là, et le voilà comme vous dites\u00a0: {title}, {changed} enregistrements changés."))  # fmt: skip
    else:
        tell(say(f"It is there already: {title}.", f"Il est déjà là\u00a0: {title}."))
    tell(say("Next: `selfdata grant FOLDER`, then `selfdata run FOLDER`, with the same --home.",
             "Ensuite\u00a0: `selfdata grant DOSSIER`, puis `selfdata run DOSSIER`, avec le même --home."))  # fmt: skip


def _tell_head(name: str, title: Text) -> None:
    head = plain(title.say(spoken()), style="bold")
    head.append(f"  {name}", style="dim")
    console().print(head)


def _tell_columns(rows: Iterable[tuple[str, str]]) -> None:
    found = list(rows)
    width = max((len(first) for first, _ in found), default=0)
    for first, second in found:
        tell(f"  {first:{width}}  {second}")


def _json(household: Persona) -> dict[str, Any]:
    return {
        "name": household.name,
        "title": household.title.model_dump(),
        "story": household.story.model_dump(),
        "tz": household.tz,
        "now": household.now.isoformat(),
        "records": [
            {"type": t.record_type.type, "cadence": t.series.cadence, "count": len(t)} for t in household.tables
        ],
        "truths": [_truth(truth) for truth in household.truths],
    }


def _truth(truth: Truth) -> dict[str, Any]:
    return {
        "planted_as": str(truth),
        "kind": truth.kind,
        "start": truth.start.isoformat(),
        "end": truth.end.isoformat() if truth.end is not None else None,
        "amount": str(truth.amount) if truth.amount is not None else None,
        "unit": truth.unit,
        "meter": truth.meter,
    }
