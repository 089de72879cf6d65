"""`selfdata erase`: data and their history, for good."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from ...errors import RequestError
from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, say, spoken
from ..language import number as counted
from ..terminal import print_json, tell
from ..types import Day, RecordTypeName

if TYPE_CHECKING:
    from ...model import Period, Registry
    from ...store import PersonalStore
    from ...store.store import Holding


@new_command(
    "erase",
    "Erase data and their history for good. Says what will go, and asks first.",
    "Effacer des données et leur historique pour de bon. Dit ce qui disparaîtra, et demande d'abord.",
)
@click.argument("type", required=False, type=RecordTypeName())
@option("--from", "first", type=Day(), words=Words("Only from this day on.", "Seulement à partir de ce jour."))
@option(
    "--to", "last", type=Day(), words=Words("Only up to the end of this day.", "Seulement jusqu'à la fin de ce jour.")
)
@option(
    "--series",
    "number",
    type=click.IntRange(min=1),
    words=Words(
        "Only the series with this number in `selfdata show`.", "Seulement la série de ce numéro dans `selfdata show`."
    ),
)
@option(
    "--holder", metavar="NAME", words=Words("Only what this holder gave.", "Seulement ce que ce détenteur a donné.")
)
@option("--all", "everything", is_flag=True, words=Words("Everything.", "Tout."))
@option("--yes", is_flag=True, words=Words("Do not ask.", "Ne pas demander."))
@option(
    "--json", "as_json", is_flag=True, words=Words("Print what went as JSON.", "Afficher en JSON ce qui a disparu.")
)
@pass_session
def command(
    session: Session, type: str | None, first: date | None, last: date | None, number: int | None, holder: str | None,
    everything: bool, yes: bool, as_json: bool,
) -> int:  # fmt: skip
    narrowed = any(v is not None for v in (type, first, last, number, holder))
    if everything == narrowed:
        raise click.UsageError(
            say(
                "Say what to erase: a TYPE, --series, --holder, --from, --to; or --all, alone.",
                "Dites quoi effacer : un TYPE, --series, --holder, --from, --to ; ou --all, seul.",
            )
        )
    with session.host() as host:
        store = host.store
        wanted = _wanted(store, type, number, holder)
        tz = wanted[0].series.tz if wanted else "Europe/Paris"
        period = _period(first, last, tz)
        counts = [(h, _count(store, h, period, narrowed=first is not None or last is not None)) for h in wanted]
        counts = [(h, n) for h, n in counts if n]
        total = sum(n for _, n in counts)
        if not total and not everything:
            tell(
                say("Nothing here fits; nothing was erased.", "Rien ne correspond ; rien n'a été effacé."), err=as_json
            )
            if as_json:
                print_json({"erased": 0})
            return 0
        if not yes:
            _tell(counts, store.registry)
            click.confirm(
                say(
                    f"Erase {counted(total)} records for good?",
                    f"Effacer {counted(total)} enregistrements pour de bon ?",
                ),
                abort=True,
                err=as_json,
            )
        if everything:
            host.erase_everything()
            erased = total
        else:
            types = sorted({h.series.type for h, _ in counts})
            days = {"from": first and first.isoformat(), "to": last and last.isoformat()}
            host.note("erase", {"types": types, "records": total, **{k: v for k, v in days.items() if v}})
            erased = sum(store.erase(h.series.type, period, series=h.series) for h, _ in counts)
            # What a service showed may hold what it had read.
            host.erase_runs(lambda run: not set(run.given).isdisjoint(types))
    if as_json:
        print_json({"erased": erased})
    else:
        tell(
            say(
                f"Erased: {counted(erased)} records and their history, and what services had shown of such data. Files and backups elsewhere are yours to delete.",
                f"Effacés : {counted(erased)} enregistrements et leur historique, et ce que des services avaient montré de telles données. Les fichiers et sauvegardes ailleurs restent à supprimer par vous.",
            )
        )
    return 0


def _wanted(store: PersonalStore, type: str | None, number: int | None, holder: str | None) -> list[Holding]:
    holdings = store.summary()
    name = store.registry.get(type).type if type else None
    if number is not None and number > len(holdings):
        raise RequestError(f"There is no series number {number}.", next="`selfdata show` numbers them.")
    return [
        h
        for i, h in enumerate(holdings, 1)
        if (name is None or h.series.type == name)
        and (number is None or i == number)
        and (holder is None or h.series.holder == holder)
    ]


def _period(first: date | None, last: date | None, tz: str) -> Period:
    from ..series import days

    if first and last and last < first:
        raise click.UsageError(say("--to is before --from.", "--to est avant --from."))
    return days(first, last, tz)


def _count(store: PersonalStore, holding: Holding, period: Period, *, narrowed: bool) -> int:
    if not narrowed:
        return holding.count
    return len(store.read(holding.series.type, period, fields=(), series=holding.series))


def _tell(counts: list[tuple[Holding, int]], registry: Registry) -> None:
    tell(say("This will go, with its history:", "Ceci disparaîtra, avec son historique :"), err=True)
    for holding, n in counts:
        title = registry.get(holding.series.type).facts.title.say(spoken())
        tell(f"  {n}  {title}, {holding.series.holder}", err=True)
