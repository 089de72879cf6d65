"""`selfdata withdraw`: take back what was agreed, at once."""

from __future__ import annotations

import sys
from collections import Counter

import click

from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, number, say
from ..terminal import print_json, tell


@new_command(
    "withdraw",
    "Take back what you agreed with a service, at once, also for a run that is under way. SERVICE is its id, as "
    "`selfdata grants` lists it.",
    "Retirer ce que vous avez accepté pour un service, aussitôt, même pour un calcul en cours. SERVICE est son "
    "identifiant, tel que `selfdata grants` le donne.",
)
@click.argument("service", required=False)
@option("--all", "everything", is_flag=True, words=Words("From every service.", "À tous les services."))
@option(
    "--yes", is_flag=True, words=Words("Do not ask whether from every one.", "Ne pas demander si c'est bien à tous.")
)
@option(
    "--delete-what-it-made/--keep-what-it-made",
    "delete",
    default=None,
    words=Words(
        "Also erase the records that it made, or keep them.", "Effacer aussi les données qu'il a faites, ou les garder."
    ),
)
@option(
    "--json",
    "as_json",
    is_flag=True,
    words=Words("Print what was done as JSON.", "Afficher en JSON ce qui a été fait."),
)
@pass_session
def command(
    session: Session, service: str | None, everything: bool, yes: bool, delete: bool | None, as_json: bool
) -> int:
    if everything == (service is not None):
        raise click.UsageError(say("Name one SERVICE, or --all.", "Nommez un SERVICE, ou --all."))
    asks = sys.stdin.isatty() and not as_json
    if everything and asks and not yes:
        click.confirm(say("Take back everything?", "Tout retirer ?"), default=True, abort=True)
    with session.host() as host:
        if service is None:
            services = host.withdraw_all()
        else:
            service = host.service_named(service)
            host.withdraw(service)
            services = [service]
        if not as_json:
            _tell(services)
        made = Counter[str]()
        for holding in host.store.summary():
            if holding.series.holder in services:
                made[holding.series.holder] += holding.count
        count = made.total()
        if delete is None and count and asks:
            delete = click.confirm(
                say(
                    f"Also erase the {number(count)} records that it made?",
                    f"Effacer aussi les {number(count)} données qu'il a faites ?",
                ),
                default=False,
            )
        erased = sum(map(host.erase_made_by, made)) if delete else 0
    if as_json:
        print_json({"withdrawn": services, "made": count, "erased": erased})
    elif erased:
        tell(
            say(
                f"Erased what it made: {number(erased)} records.",
                f"Effacé ce qu'il avait fait : {number(erased)} données.",
            )
        )
    else:
        for maker, n in made.items():
            tell(
                say(
                    f"Kept what it made: {number(n)} records. To erase them: selfdata withdraw {maker} --delete-what-it-made",
                    f"Gardé ce qu'il avait fait : {number(n)} données. Pour les effacer : selfdata withdraw {maker} --delete-what-it-made",
                )
            )
    return 0


def _tell(services: list[str]) -> None:
    if not services:
        tell(say("There was nothing to take back.", "Il n'y avait rien à retirer."))
    for service in services:
        tell(
            say(
                f"Taken back from {service}: it can read nothing any more.",
                f"Retiré à {service} : il ne peut plus rien lire.",
            )
        )
