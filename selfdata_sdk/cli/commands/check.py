"""`selfdata check`: how far one's own service can be trusted, rule by rule."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...errors import RequestError
from ..command import command as new_command
from ..command import option
from ..language import Words, say, spoken
from ..progress import waiting
from ..terminal import console, inset, plain, print_json, tell

if TYPE_CHECKING:
    from ...host.discovery import Found
    from ...model.text import Text
    from ...service.manifest import Manifest
    from ...testing.conformance.badge import Badge
    from ...testing.conformance.report import Finding, Report
    from ...testing.conformance.rule import Level, Rule

LEVELS: tuple[Level, ...] = ("works", "trustworthy", "excellent")
MOST_PROBLEMS = 10
FILE = click.Path(dir_okay=False, path_type=Path)


@new_command(
    "check",
    "Check the service in a project's folder by every rule for services, on invented households. It is for your own "
    "code: that is imported and runs inside this program, and nothing holds it. Exits with 1 if the level is not reached.",
    "Vérifier le service d'un dossier de projet selon toutes les règles des services, sur des foyers inventés. C'est "
    "pour votre propre code\u00a0: il est importé et tourne dans ce programme même, et rien ne le retient. Sort avec 1 si "
    "le niveau n'est pas atteint.",
)
@click.argument("path", default=".", type=click.Path(path_type=Path))
@option(
    "--level",
    type=click.Choice(LEVELS),
    default="excellent",
    words=Words("The level that is asked for.", "Le niveau demandé."),
)
@option(
    "--rule",
    "only",
    multiple=True,
    metavar="ID",
    words=Words("Check this rule only.", "Ne vérifier que cette règle."),
)
@option(
    "--badge",
    type=FILE,
    metavar="FILE",
    words=Words(
        "Write what was found, with digests of code and manifest, for a catalogue.",
        "Écrire le résultat, avec les empreintes du code et du manifeste, pour un catalogue.",
    ),
)
@option(
    "--verify",
    type=FILE,
    metavar="FILE",
    words=Words(
        "Check whether a badge holds: exit with 1 if not. Nothing is run if the code is not the badge's.",
        "Vérifier si un badge tient\u00a0: sortir avec 1 sinon. Rien n'est lancé si le code n'est pas celui du badge.",
    ),
)
@option("--json", "as_json", is_flag=True, words=Words("Print the findings as JSON.", "Afficher le bilan en JSON."))
def command(
    path: Path, level: Level, only: tuple[str, ...], badge: Path | None, verify: Path | None, as_json: bool
) -> int:
    from ...testing.conformance.report import is_enough

    if not path.is_dir():
        raise RequestError(
            "A check imports the code that it checks, so it takes a project's own folder only.",
            where=str(path),
            next="Name the folder; what is installed runs in the sandbox and is never imported here.",
        )
    if sum(map(bool, (only, badge, verify))) > 1:
        raise click.UsageError(
            say(
                "--rule, --badge or --verify: one of them. A badge is about every rule.",
                "--rule, --badge ou --verify\u00a0: l'un d'eux. Un badge porte sur toutes les règles.",
            )
        )
    rules = _rules(only)
    if verify is not None:
        return _verify(path, _read(verify), rules, as_json)
    about = _written(path) if badge is not None else None
    found, report = _check(path, rules)
    if badge is not None and about is not None:
        _write(badge, report, *about)
    if as_json:
        print_json(_json(found, report))
    else:
        _show(found, report, whole=not only)
    return 0 if is_enough(report.level, level) else 1


def _rules(only: Sequence[str]) -> tuple[Rule, ...]:
    from ...testing.conformance.rules import RULES

    known = {rule.id: rule for rule in RULES}
    for name in only:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.5)
            hint = say(f" Did you mean {near[0]}?", f" Vouliez-vous dire {near[0]}\u00a0?") if near else ""
            raise click.UsageError(
                say(f"There is no rule “{name}”.", f"La règle «\u00a0{name}\u00a0» n'existe pas.") + hint
            )
    return tuple(known[name] for name in only) or tuple(RULES)


def _check(path: Path, rules: Sequence[Rule]) -> tuple[Found, Report]:
    """The service of a folder as its code is now, and what a check of it finds."""
    from ...host.discovery import of_folder
    from ...testing.conformance.report import examine_all
    from ...testing.conformance.subject import Subject

    tell(
        say(
            "Your own code runs inside this program, and nothing holds it.",
            "Votre propre code tourne dans ce programme même, et rien ne le retient.",
        ),
        err=True,
    )
    with waiting(say("Checking…", "Vérification…")) as sign:
        found = of_folder(path)
        done: list[Finding] = []

        def heard(finding: Finding) -> None:
            done.append(finding)
            sign.tell(
                say(f"{len(done)} of {len(rules)} rules checked…", f"{len(done)} règles sur {len(rules)} vérifiées…")
            )

        return found, examine_all(Subject(found.load(), path.resolve()), rules, heard)


# Badges


def _written(path: Path) -> tuple[Manifest, str]:
    """The manifest that lies in the package, and the digest of its code; nothing of it is run."""
    from ...host.discovery import find

    found = find(str(path))
    return found.manifest, found.code().digest


def _write(file: Path, report: Report, manifest: Manifest, code: str) -> None:
    from ...testing.conformance.badge import badge_of

    try:
        file.write_bytes(badge_of(report, manifest, code, datetime.now(UTC).date()).canonical())
    except OSError as error:
        raise RequestError(
            f"The badge cannot be written ({error.strerror}).", where=str(file), next="Choose another name or folder."
        ) from None


def _read(file: Path) -> Badge:
    from ...testing.conformance.badge import Badge

    try:
        return Badge.from_json(file.read_bytes())
    except OSError as error:
        raise RequestError(
            f"This file cannot be read ({error.strerror}).", where=str(file), next="Check the name and the rights."
        ) from None


def _verify(path: Path, badge: Badge, rules: Sequence[Rule], as_json: bool) -> int:
    from ...testing.conformance.badge import contradictions, strangers

    wrong = strangers(badge, *_written(path))
    checked = None if wrong else _check(path, rules)
    if checked is not None:
        wrong = contradictions(badge, checked[1])
    if as_json:
        print_json({"holds": not wrong, "differences": [text.model_dump() for text in wrong]})
    elif wrong or checked is None:
        tell(say("The badge does not hold:", "Le badge ne tient pas\u00a0:"))
        for text in wrong:
            tell(f"- {_said(text)}")
    else:
        tell(say("The badge holds.", "Le badge tient."))
        _show(*checked)
    return 1 if wrong else 0


# What is said


def _json(found: Found, report: Report) -> dict[str, Any]:
    return {
        "service": found.id,
        "version": found.version,
        "level": report.level,
        "rules": [
            {
                "id": finding.rule.id,
                "level": finding.rule.level,
                "title": finding.rule.title.model_dump(),
                "outcome": finding.outcome,
                "problems": [{"what": p.what.model_dump(), "where": p.where} for p in finding.problems],
                "why": finding.why.model_dump() if finding.why else None,
                "fix": finding.rule.fix.model_dump(),
            }
            for finding in report.findings
        ],
    }


def _show(found: Found, report: Report, *, whole: bool = True) -> None:
    """What is broken, one rule after the other; a line for each level; and the level reached, if the check was `whole`."""
    out = console()
    head = plain(found.manifest.name.say(spoken()), style="bold")
    head.append(f"  {found.id} {found.version}", style="dim")
    out.print(head)
    for finding in report.broken:
        _show_broken(finding)
    out.print()
    for level in LEVELS:
        _show_level(level, [f for f in report.findings if f.rule.level == level])
    for finding in report.of("not_verified"):
        why = _said(finding.why) if finding.why else ""
        here = say("Not verified here: ", "Non vérifiée ici\u00a0: ")
        out.print(plain(f"{here}{finding.rule.id}. {why}"))
    if whole:
        out.print(plain(_verdict(report), style="bold"))


def _show_broken(finding: Finding) -> None:
    from ...testing.conformance.report import page_of

    out, rule = console(), finding.rule
    out.print()
    head = plain(say("Broken: ", "Enfreinte\u00a0: "), style="bold red")
    head.append_text(plain(f"{rule.id} ({_level(rule.level)})", style="bold"))
    out.print(head)
    inset(out, _said(rule.title))
    for problem in finding.problems[:MOST_PROBLEMS]:
        place = f"{problem.where}{_colon()} " if problem.where else ""
        inset(out, f"- {place}{_said(problem.what)}")
    if (more := len(finding.problems) - MOST_PROBLEMS) > 0:
        inset(out, say(f"- … and {more} more", f"- … et {more} de plus"))
    inset(out, f"-> {_said(rule.fix)}")
    inset(out, page_of(rule))


def _show_level(level: Level, findings: Sequence[Finding]) -> None:
    """How many rules of a level are kept, and which."""
    if not findings:
        return
    out, kept = console(), [f.rule.id for f in findings if f.outcome == "kept"]
    s = "s" if len(kept) > 1 else ""
    many = say(f"{len(kept)} of {len(findings)} kept", f"{len(kept)} règle{s} respectée{s} sur {len(findings)}")
    out.print(plain(f"{_level(level).capitalize()}{_colon()} {many}"))
    if kept:
        inset(out, ", ".join(kept))


def _verdict(report: Report) -> str:
    if report.level is None:
        return say("It does not work yet.", "Il ne fonctionne pas encore.")
    return say(f"Level reached: {_level(report.level)}.", f"Niveau atteint\u00a0: {_level(report.level)}.")


def _level(level: Level) -> str:
    from ...testing.conformance.rule import LEVEL_NAMES

    return LEVEL_NAMES[level].say(spoken())


def _colon() -> str:
    return say(":", "\u00a0:")


def _said(text: Text) -> str:
    return text.say(spoken())
