"""`selfdata runs`: the last runs of services, as they are kept with the person's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, number, say, spoken
from ..terminal import print_json, tell

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from ...host.run_record import RunRecord


@new_command(
    "runs",
    "List the last runs of services: when, which version, what it took, what held it, and how it ended. With SERVICE, of "
    "that one alone. As JSON also the blocks that each gave, the hash of its code, and the journal's entry that says what "
    "it read.",
    "Lister les derniers lancements de services : quand, quelle version, ce que cela a pris, ce qui le retenait, et "
    "comment cela a fini. Avec SERVICE, de celui-là seul. En JSON aussi les blocs donnés par chacun, l'empreinte de son "
    "code, et l'entrée du journal qui dit ce qu'il a lu.",
)
@click.argument("service", required=False)
@option(
    "--last",
    type=click.IntRange(1, 400),
    default=20,
    show_default=True,
    words=Words("How many.", "Combien."),
)
@option("--json", "as_json", is_flag=True, words=Words("Print the list as JSON.", "Afficher la liste en JSON."))
@pass_session
def command(session: Session, service: str | None, last: int, as_json: bool) -> int:
    with session.host() as host:
        runs = host.runs(host.service_named(service), last) if service is not None else host.latest_runs(last)
        zone = host.zone
    if as_json:
        print_json([run.model_dump(mode="json") for run in runs])
        return 0
    for run in runs:
        _tell(run, zone)
    if not runs:
        tell(say("No service ran here.", "Aucun service n'a tourné ici."))
    return 0


def _tell(run: RunRecord, zone: ZoneInfo) -> None:
    from ...model.wording import wording

    when = wording(run.started_at.astimezone(zone), spoken())
    ended = say("done", "terminé") if run.error is None else say(f"failed ({run.error})", f"échec ({run.error})")
    held = ", ".join(run.walls) or say("nothing held it", "rien ne le retenait")
    tell(f"{when}  {run.service} {run.version}  {ended}")
    took = [f"{number(round(1000 * run.seconds))} ms"]
    if run.peak_memory:  # nobody counts it in this program
        took.append(say(f"{number(round(run.peak_memory / 1e6))} MB", f"{number(round(run.peak_memory / 1e6))} Mo"))
    tell(f"  {', '.join(took)}{say('; ', ' ; ')}{held}")
