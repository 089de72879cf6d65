"""`selfdata plugins`: install services, see what they are, and take them away. None of their code is run for it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from ..command import Command, Group, Session, option, pass_session
from ..language import Words, say, spoken
from ..progress import waiting
from ..terminal import print_json, tell

if TYPE_CHECKING:
    from ...consent.grant import Grant
    from ...host.environment import Claim
    from ...host.installing import Options, Outcome
    from ...host.shelf import Installed, Release, Shelf
    from ...service.manifest import Manifest

F = TypeVar("F", bound=Callable[..., Any])

ORIGINS = {
    "wheel": Words("a wheel", "un fichier wheel"),
    "index": Words("an index", "un index"),
    "folder": Words("a project's folder, trusted", "le dossier d'un projet, de confiance"),
}


@click.group(
    "plugins",
    cls=Group,
    words=Words(
        "Install services and keep them up to date. They lie beside your data, each with its dependencies in a folder of "
        "its own, and none of their code is run to install, list or check them.",
        "Installer des services et les tenir à jour. Ils sont rangés près de vos données, chacun avec ses dépendances "
        "dans un dossier à lui, et rien de leur code n'est exécuté pour les installer, les lister ou les vérifier.",
    ),
)
def command() -> None: ...


def complete_services(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    found = _shelf(ctx.ensure_object(Session)).installed()
    return [CompletionItem(s.id) for s in found if s.id.startswith(incomplete)]


service_argument = click.argument("service", shell_complete=complete_services)
json_option = option("--json", "as_json", is_flag=True, words=Words("Print JSON.", "Afficher du JSON."))


# Seeing


@command.command(
    "list",
    cls=Command,
    words=Words(
        "List what is installed: services here and in this Python, and trusted plugins.",
        "Lister ce qui est installé\u00a0: les services d'ici et de ce Python, et les plugins de confiance.",
    ),
)
@json_option
@pass_session
def list_(session: Session, as_json: bool) -> int:
    from ...host.environment import Claim, Unreadable, claims, plugins

    services, trusted = _shelf(session).installed(), plugins()
    claimed = [c for c in claims() if isinstance(c, Claim)]
    unreadable = [c for c in claims() if isinstance(c, Unreadable)]
    if as_json:
        told = [*map(_listed, services), *map(_listed_claim, claimed)]
        print_json({"services": told, "plugins": [*map(asdict, trusted)], "unreadable": [*map(asdict, unreadable)]})
        return 0
    for service in services:
        _tell_service(service)
    for claim in claimed:
        place = say(f"in this Python, by {claim.distribution}", f"dans ce Python, par {claim.distribution}")
        tell(f"{_name(claim.name, claim.id)}  ({claim.id} {claim.version}, {place})")
    for plugin in trusted:
        kind = say("trusted plugin", "plugin de confiance")
        tell(f"{plugin.name}  ({plugin.distribution} {plugin.version}, {kind})")
    for point in unreadable:
        tell(
            say(
                f"{point.distribution} says that it holds the service {point.name}, but it has no manifest that can be read.",
                f"{point.distribution} dit contenir le service {point.name}, mais n'a pas de manifeste lisible.",
            ),
            err=True,
        )
    if not (services or claimed):
        tell(
            say(
                "No service is installed. Install one: selfdata plugins install WHEEL",
                "Aucun service n'est installé. Pour en installer un\u00a0: selfdata plugins install WHEEL",
            )
        )
    return 0


def _listed(service: Installed) -> dict[str, Any]:
    newest = service.newest
    return {
        "id": service.id,
        "version": newest.version,
        "versions": [release.version for release in service.releases],
        "distribution": service.distribution,
        "enabled": service.enabled,
        "origin": newest.origin,
        "name": newest.name,
        "summary": newest.summary,
    }


def _listed_claim(claim: Claim) -> dict[str, Any]:
    return {**asdict(claim), "origin": "python"}


def _tell_service(service: Installed) -> None:
    newest = service.newest
    state = "" if service.enabled else say(", disabled", ", désactivé")
    tell(f"{_name(newest.name, service.id)}  ({service.id} {newest.version}{state})")
    tell(f"  {newest.summary[spoken()]}")


def _name(texts: Any, service: str) -> str:
    return str(texts.get(spoken(), service))


@command.command(
    "show",
    cls=Command,
    words=Words(
        "Show a service: what it is, where it came from, what it is made of, and whether its code is still what was "
        "installed. Exits with 1 if it is not.",
        "Montrer un service\u00a0: ce qu'il est, d'où il vient, de quoi il est fait, et si son code est toujours celui qui a "
        "été installé. Sort avec 1 si ce n'est pas le cas.",
    ),
)
@service_argument
@option(
    "--lock",
    "as_lock",
    is_flag=True,
    words=Words(
        "Print the lock of the newest version, to install the same elsewhere.",
        "Afficher le verrou de la version la plus récente, pour installer la même chose ailleurs.",
    ),
)
@json_option
@pass_session
def show(session: Session, service: str, as_lock: bool, as_json: bool) -> int:
    found = _shelf(session).named(service)
    if as_lock:
        tell(found.newest.lock().canonical().decode())
        return 0
    faults = {release.digest: _fault(release) for release in found.releases}
    if faults[found.newest.digest]:
        # Of code that was changed nothing is shown as if it were the service's.
        print_json({**_listed(found), "faults": faults}) if as_json else _tell_service(found)
        tell(faults[found.newest.digest], err=True)
        return 1
    grant = _agreed(session, found.id)
    if as_json:
        print_json(
            {
                **_listed(found),
                "digest": found.newest.digest,
                **_choice(found, grant),
                "faults": {digest: fault for digest, fault in faults.items() if fault},
                "installed": [_release(release) for release in found.releases],
                "manifest": found.manifest().model_dump(mode="json", exclude_none=True),
                "lock": json.loads(found.newest.lock().canonical()),
            }
        )
    else:
        _tell_service(found)
        _tell_facts(found.newest, found.manifest())
        _tell_versions(found, faults)
        _tell_choice(found, grant)
    return 1 if any(faults.values()) else 0


def _release(release: Release) -> dict[str, Any]:
    return {key: getattr(release, key) for key in ("version", "digest", "origin", "source", "installed_at")}


def _fault(release: Release) -> str:
    """What is wrong with a version's code, in words; "" if nothing is."""
    from ...errors import CodeChanged

    try:
        release.verify()
    except CodeChanged as error:
        return error.say(spoken())
    return ""


def _tell_facts(release: Release, manifest: Manifest) -> None:
    parts = ", ".join(f"{part.name} {part.version}" for part in release.lock().parts)
    origin = str(ORIGINS[release.origin]) + (f" ({release.source})" if release.source else "")
    for label, fact in (
        (say("Publisher", "Éditeur"), manifest.publisher.name),
        (say("Licence", "Licence"), manifest.licence),
        (say("Came from", "Provenance"), origin),
        (say("Made of", "Composé de"), parts),
        (say("Hash of its code", "Empreinte du code"), release.digest),
    ):
        _tell_fact(label, fact)


def _tell_versions(service: Installed, faults: dict[str, str]) -> None:
    for release in service.releases:
        checked = faults[release.digest] or say(
            "its code is what was installed", "son code est celui qui a été installé"
        )
        _tell_fact(release.version, checked)


def _tell_fact(label: str, fact: str) -> None:
    tell(say(f"  {label}: {fact}", f"  {label}\u00a0: {fact}"))


# Installing


def _package_options(function: F) -> F:
    """The options of what may be installed, and from where."""
    for add in (
        option(
            "--index",
            default="",
            metavar="URL",
            words=Words(
                "The one index to fetch packages from (default: pip's own; settings of pip do not count).",
                "Le seul index d'où chercher des paquets (par défaut celui de pip ; ses réglages ne comptent pas).",
            ),
        ),
        option(
            "--wheels",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            metavar="DIR",
            words=Words(
                "Fetch packages from this folder of wheels, from no index.",
                "Chercher les paquets dans ce dossier de wheels, dans aucun index.",
            ),
        ),
        option(
            "--native",
            is_flag=True,
            words=Words("Approve code that is not Python.", "Approuver du code qui n'est pas du Python."),
        ),
        option(
            "--trust",
            is_flag=True,
            words=Words(
                "Allow a project's folder, copied as it is: for code of your own.",
                "Permettre le dossier d'un projet, copié tel quel\u00a0: pour votre propre code.",
            ),
        ),
        option(
            "--hash",
            "digest",
            default="",
            metavar="SHA256",
            words=Words(
                "The hash that the service's wheel must have.", "L'empreinte que le wheel du service doit avoir."
            ),
        ),
        option(
            "--lock",
            "lock_file",
            type=click.Path(path_type=Path),
            metavar="FILE",
            words=Words(
                "Install exactly what this lock says (`selfdata plugins show ID --lock`).",
                "Installer exactement ce que dit ce verrou (`selfdata plugins show ID --lock`).",
            ),
        ),
        json_option,
    ):
        function = add(function)
    return function


@command.command(
    "install",
    cls=Command,
    words=Words(
        "Install a service. TARGET is a wheel's file, a package's name, like my-service or my-service==1.2, or with --trust "
        "a project's folder.",
        "Installer un service. TARGET est le fichier d'un wheel, le nom d'un paquet, comme mon-service ou "
        "mon-service==1.2, ou avec --trust le dossier d'un projet.",
    ),
)
@click.argument("target")
@_package_options
@pass_session
def install(session: Session, /, target: str, as_json: bool, **options: Any) -> int:
    from ...host.installing import install

    chosen = _options(**options)
    session.home.make()
    with waiting(say("Fetching and checking…", "Téléchargement et vérification…")):
        outcome = install(_shelf(session), target, chosen, datetime.now(UTC))
    return _tell_outcome(session, outcome, as_json)


@command.command(
    "update",
    cls=Command,
    words=Words(
        "Install a newer version of a service, beside the one that is there. If it asks for more than you agreed to, the "
        "old one runs until you answer. Without TARGET, the newest one of the index that it came from.",
        "Installer une version plus récente d'un service, à côté de celle qui est là. Si elle demande plus que ce que vous "
        "avez accepté, l'ancienne tourne jusqu'à votre réponse. Sans TARGET, la plus récente de l'index d'où il vient.",
    ),
)
@service_argument
@click.argument("target", required=False)
@_package_options
@pass_session
def update(session: Session, /, service: str, target: str | None, as_json: bool, **options: Any) -> int:
    from ...host.installing import update

    shelf, chosen = _shelf(session), _options(**options)
    found = shelf.named(service)
    with waiting(say("Fetching and checking…", "Téléchargement et vérification…")):
        outcome = update(shelf, found, target, chosen, datetime.now(UTC))
    return _tell_outcome(session, outcome, as_json)


def _options(
    index: str, wheels: Path | None, native: bool, trust: bool, digest: str, lock_file: Path | None
) -> Options:
    from ...host.installing import Options
    from ...host.lock import read_lock

    if index and wheels:
        raise click.UsageError(say("--index or --wheels, not both.", "--index ou --wheels, pas les deux."))
    sha256 = digest.lower().removeprefix("sha256:")
    if digest and not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise click.UsageError(say("--hash takes 64 hexadecimal digits.", "--hash attend 64 chiffres hexadécimaux."))
    return Options(index, wheels, native, trust, sha256, read_lock(lock_file) if lock_file else None)


def _tell_outcome(session: Session, outcome: Outcome, as_json: bool) -> int:
    service, newest = outcome.service, outcome.service.newest
    grant = _agreed(session, service.id)
    parts = newest.lock().parts
    if as_json:
        print_json(
            {
                **_listed(service),
                "digest": newest.digest,
                "changed": outcome.changed,
                **_choice(service, grant),
                "parts": [asdict(part) for part in parts],
            }
        )
        return 0
    _tell_service(service)
    if not outcome.changed:
        tell(say("It is installed already.", "Il est déjà installé."))
    else:
        for part in parts:
            tell(f"  {part.name} {part.version}  {part.sha256[:16]}".rstrip())
        tell(
            say(f"Installed. Hash of its code: {newest.digest}", f"Installé. Empreinte du code\u00a0: {newest.digest}")
        )
    _tell_choice(service, grant)
    return 0


@command.command(
    "enable", cls=Command, words=Words("Let a service run again.", "Permettre à nouveau à un service de tourner.")
)
@service_argument
@pass_session
def enable(session: Session, service: str) -> int:
    found = _shelf(session).named(service)
    _shelf(session).enable(found.id, True)
    tell(say(f"{found.id} is enabled.", f"{found.id} est activé."))
    return 0


@command.command(
    "disable",
    cls=Command,
    words=Words(
        "Keep a service installed, but never run it.", "Garder un service installé, mais ne jamais le faire tourner."
    ),
)
@service_argument
@pass_session
def disable(session: Session, service: str) -> int:
    found = _shelf(session).named(service)
    _shelf(session).enable(found.id, False)
    tell(say(f"{found.id} is disabled: it does not run.", f"{found.id} est désactivé\u00a0: il ne tourne plus."))
    return 0


@command.command(
    "remove",
    cls=Command,
    words=Words(
        "Remove a service, with the code of all its versions. What you agreed to and what it made stay.",
        "Enlever un service, avec le code de toutes ses versions. Ce que vous avez accepté et ce qu'il a fait restent.",
    ),
)
@service_argument
@pass_session
def remove(session: Session, service: str) -> int:
    found = _shelf(session).named(service)
    _shelf(session).remove(found.id)
    tell(say(f"{found.id} is removed.", f"{found.id} est enlevé."))
    if _agreed(session, found.id) is not None:
        tell(
            say(
                f"What you agreed to with it stands. To take it back: selfdata withdraw {found.id}",
                f"Ce que vous avez accepté pour lui reste. Pour le retirer\u00a0: selfdata withdraw {found.id}",
            )
        )
    return 0


# What the person agreed to


def _agreed(session: Session, service: str) -> Grant | None:
    """What the person of this home agreed to with a service, and has not taken back."""
    if not session.home.exists:
        return None
    with session.host() as host:
        if host.ledger.look(service).held is None:
            return None
        standing = host.standing(service)
    return None if standing.state in ("refused", "withdrawn", "invalidated") else standing.grant


def _tell_choice(service: Installed, grant: Grant | None) -> None:
    """Which version runs for the person, and why."""
    from ...consent.difference import sentences
    from ...consent.order import compare
    from ...host.choosing import choose
    from ...model import REGISTRY

    if not service.enabled:
        tell(
            say(
                f"It is disabled and does not run. To enable it: selfdata plugins enable {service.id}",
                f"Il est désactivé et ne tourne pas. Pour l'activer\u00a0: selfdata plugins enable {service.id}",
            )
        )
    elif grant is None:
        tell(
            say(
                f"What it asks for, and your answer: selfdata grant {service.id}",
                f"Ce qu'il demande, et votre réponse\u00a0: selfdata grant {service.id}",
            )
        )
    else:
        choice, newest = choose(service, grant), service.manifest()
        if grant.manifest.digest != newest.digest:
            for text in sentences(compare(grant.manifest, newest), grant.manifest, newest, REGISTRY):
                tell(f"- {text.say(spoken())}")
        if choice.waiting is not None:
            tell(
                say(
                    f"Version {choice.runs.version} runs until you answer: selfdata grant {service.id}",
                    f"La version {choice.runs.version} tourne jusqu'à votre réponse\u00a0: selfdata grant {service.id}",
                )
                if choice.runs is not choice.waiting
                else say(
                    f"It does not run until you answer: selfdata grant {service.id}",
                    f"Il ne tourne pas avant votre réponse\u00a0: selfdata grant {service.id}",
                )
            )


def _choice(service: Installed, grant: Grant | None) -> dict[str, Any]:
    from ...host.choosing import choose

    choice = choose(service, grant)
    return {"runs": choice.runs.version, "waits": choice.waiting.version if choice.waiting else None}


def _shelf(session: Session) -> Shelf:
    from ...host.shelf import Shelf

    return Shelf(session.home.services_path)
