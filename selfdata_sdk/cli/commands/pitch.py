"""`selfdata pitch`: a service on one sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, say, spoken
from ..progress import waiting
from ..terminal import tell
from .personas import complete_personas, household_options, made

if TYPE_CHECKING:
    from ...host.pitch_page import Verdict
    from ...testing.conformance.report import Report
    from ...testing.conformance.subject import Subject

FILE = "pitch.html"
HOLDING = frozenset({"works-in-sandbox", "keeps-to-itself"})
"""The rules by which a service needs nothing but its data: only then it is said that nothing leaves."""


@new_command(
    "pitch",
    "Write one sheet about the service in a project's folder, to show and to print: what it gives on an invented "
    "household, what leaves and what a check found, worked out from what was seen of it, and what it reads. It is for your "
    "own code: that runs inside this program too.",
    "Écrire une page sur le service d'un dossier de projet, à montrer et à imprimer\u00a0: ce qu'il donne sur un foyer "
    "inventé, ce qui sort et ce que sa vérification a trouvé, d'après ce qu'on a vu de lui, et ce qu'il lit. C'est pour "
    "votre propre code\u00a0: il tourne aussi dans ce programme même.",
)
@click.argument("path", default=".", type=click.Path(path_type=Path))
@option(
    "--persona",
    metavar="NAME",
    shell_complete=complete_personas,
    words=Words(
        "The household (default: the first about which it says something).",
        "Le foyer (par défaut\u00a0: le premier dont il dit quelque chose).",
    ),
)
@household_options
@option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    default=FILE,
    metavar="FILE",
    words=Words("Where to write it (default: pitch.html).", "Où l'écrire (par défaut\u00a0: pitch.html)."),
)
@pass_session
def command(session: Session, path: Path, persona: str | None, plant: tuple[str, ...], seed: int, html: Path) -> int:
    with waiting(say("Working it out…", "Calcul en cours…")):
        from ...host.discovery import of_folder
        from ...host.pitch_page import pitch_page
        from ...model import REGISTRY
        from ...testing.conformance.report import examine_all
        from ...testing.conformance.rules import RULES
        from ...testing.conformance.subject import Subject
        from .. import files
        from ..advice import about
        from ..rehearsal import rehearse

        found = of_folder(path)
        subject = Subject(found.load(), path.resolve())
        household = made(persona or _telling(subject), plant, seed)
        done = rehearse(found, household, debug=session.debug)
        verdict = _verdict(examine_all(subject, RULES))
        sheet = pitch_page(
            done.blocks, about(done), done.manifest, REGISTRY, spoken(), household=household.title,
            verdict=verdict,
        )  # fmt: skip
        files.write_page(html, sheet)
    tell(say(f"Page: {html.absolute().as_uri()}", f"Page\u00a0: {html.absolute().as_uri()}"))
    return 0


def _telling(subject: Subject) -> str:
    """The first household on which the service says something; the first of all if there is none."""
    from ...testing.conformance.households import sound
    from ...testing.personas import PERSONAS

    first = next(sound(subject), None)
    return first.case.household if first is not None else next(iter(PERSONAS))


def _verdict(report: Report) -> Verdict:
    from ...host.pitch_page import Verdict
    from ...testing.conformance.rule import LEVEL_NAMES

    kept = {finding.rule.id for finding in report.of("kept")}
    return Verdict(
        held=kept >= HOLDING,
        level=LEVEL_NAMES[report.level] if report.level is not None else None,
        kept=len(kept),
        rules=len(report.findings),
        unverified=len(report.of("not_verified")),
    )
