"""`selfdata journal`: what was done with the data, to read, to check, and to vouch for elsewhere."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...errors import RequestError
from ..command import Command, Group, NotPossibleHere, Session, option, pass_session
from ..files import private
from ..language import Words, number, say, spoken
from ..progress import waiting
from ..terminal import console, inset, plain, print_json, tell
from ..types import Day

if TYPE_CHECKING:
    from ...consent.chain import Broken
    from ...consent.checkpoint import Checkpoint
    from ...consent.entry import Entry
    from ...host.host import Host

FAULTS = {
    "changed": Words("it was changed", "elle a été modifiée"),
    "missing": Words("it is missing", "elle manque"),
    "out_of_place": Words("it is not where it was written", "elle n'est pas à sa place"),
    "unreadable": Words("it cannot be read", "elle est illisible"),
    "details_changed": Words("its details were changed", "ses détails ont été modifiés"),
    "cut": Words("the journal was cut there", "le journal a été coupé là"),
    "forked": Words("another journal was put in its place", "un autre journal a été mis à sa place"),
}


@click.group(
    "journal",
    cls=Group,
    invoke_without_command=True,
    words=Words(
        "Read what was done with your data: which service read what, and why. Newest week first.",
        "Lire ce qui a été fait de vos données : quel service a lu quoi, et pourquoi. La semaine la plus récente d'abord.",
    ),
)
@option("--since", type=Day(), words=Words("Only from this day on.", "Seulement à partir de ce jour."))
@option("--service", metavar="ID", words=Words("Only what this service did.", "Seulement ce qu'a fait ce service."))
@option("--json", "as_json", is_flag=True, words=Words("Print every entry as JSON.", "Afficher chaque entrée en JSON."))
@click.pass_context
def command(ctx: click.Context, since: date | None, service: str | None, as_json: bool) -> int:
    if ctx.invoked_subcommand is not None:
        return 0
    session = ctx.ensure_object(Session)
    with session.host() as host:
        service = service and host.service_named(service)
        entries = [e for e in _entries(host, since) if service is None or _is_about(e, service)]
        names = {s.grant.service: s.grant.manifest.name for s in host.grants()}
        now = host.ledger.look().now.astimezone(host.zone)
        registry = host.record_types()
    if as_json:
        print_json([_json(e) for e in entries])
        return 0
    from ...consent.sentences import weeks

    found = weeks(entries, names, registry, now, since)
    if not found:
        tell(say("Nothing was agreed to or read yet.", "Rien n'a encore été accepté ni lu."))
    from ...model.wording import wording

    out = console()
    for week in found:
        first, last = wording(week.start, spoken()), wording(week.end, spoken())
        out.print(plain(say(f"{first} to {last}", f"Du {first} au {last}"), style="bold"))
        for line in week.lines:
            inset(out, line.say(spoken()))
    return 0


def _entries(host: Host, since: date | None) -> list[Entry]:
    if since is None:
        return list(host.ledger.entries())
    start = datetime.combine(since, time(), host.zone)
    first = host.ledger.first_since(start.astimezone(UTC))
    return [e for e in host.ledger.entries(first) if e.header.at >= start]


def _is_about(entry: Entry, service: str) -> bool:
    return service in (entry.header.actor.id, (entry.details or {}).get("service"))


def _json(entry: Entry) -> dict[str, Any]:
    return {**entry.header.model_dump(mode="json", exclude_none=True), "details": entry.details}


@command.command(
    "verify",
    cls=Command,
    words=Words(
        "Check that the journal is as it was written; name the first entry that is not. Exits with 1 if there is one.",
        "Vérifier que le journal est tel qu'il a été écrit ; nommer la première entrée qui ne l'est pas. Sort avec 1 s'il y en a une.",
    ),
)
@option(
    "--checkpoint",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    words=Words(
        "Also against this checkpoint, taken earlier.", "Aussi par rapport à ce point de contrôle, pris plus tôt."
    ),
)
@option("--json", "as_json", is_flag=True, words=Words("Print the outcome as JSON.", "Afficher le résultat en JSON."))
@pass_session
def verify(session: Session, files: tuple[Path, ...], as_json: bool) -> int:
    from ...consent.checkpoint import public_key

    checkpoints = [_checkpoint(file) for file in files]
    with waiting(say("Checking…", "Vérification…")), session.host() as host:
        found = host.ledger.verify(checkpoints)
        keys = [c.signature.key for c in checkpoints if c.signature]
        own = public_key(host.ledger.signing_key()) if keys else ""
    if as_json:
        broken = None if found.broken is None else {"entry": found.broken.seq, "fault": found.broken.fault}
        print_json({"sound": found.broken is None, "entries": found.size, "broken": broken, "signed_by": keys})
        return 0 if found.broken is None else 1
    for key in keys:
        _tell_signer(key, key == own)
    if found.broken is None:
        n = number(found.size)
        tell(
            say(
                f"{n} entries, none changed since they were written, none missing among them.",
                f"{n} entrées, aucune modifiée depuis qu'elle a été écrite, aucune manquante parmi elles.",
            )
        )
    else:
        _tell_broken(found.size, found.broken)
    return 0 if found.broken is None else 1


def _tell_broken(size: int, broken: Broken) -> None:
    what, n = str(FAULTS[broken.fault]), number(broken.seq + 1)
    tell(say(f"Entry {n} is not sound: {what}.", f"L'entrée {n} n'est pas intacte : {what}."), err=True)
    tell(
        say(
            f"  -> {number(size)} entries before it are as they were written. A backup or an export may hold the rest.",
            f"  -> Les {number(size)} entrées d'avant sont intactes. Une sauvegarde ou un export peut contenir la suite.",
        ),
        err=True,
    )


def _tell_signer(key: str, ours: bool) -> None:
    if ours:
        tell(say("The checkpoint was signed by this host.", "Le point de contrôle a été signé par cet hôte."))
    else:
        tell(
            say(
                f"The checkpoint was signed with another key than this host's: {key}",
                f"Le point de contrôle a été signé avec une autre clé que celle de cet hôte : {key}",
            )
        )


def _checkpoint(file: Path) -> Checkpoint:
    from ...consent.checkpoint import Checkpoint, is_signed

    try:
        checkpoint = Checkpoint.from_json(file.read_bytes())
    except OSError as error:
        raise RequestError(
            f"This file cannot be read ({error.strerror}).", where=str(file), next="Check the name."
        ) from None
    if checkpoint.signature is not None:
        _need_signing()
        if not is_signed(checkpoint):
            raise RequestError(
                "The signature of this checkpoint does not hold: it was changed.",
                where=file.name,
                next="Use another copy.",
            )
    return checkpoint


def _need_signing() -> None:
    if find_spec("cryptography") is None:
        raise NotPossibleHere(
            say("Signatures need the package cryptography.", "Les signatures demandent le paquet cryptography."),
            next='pip install "selfdata-sdk[signing]"',
        )


@command.command(
    "checkpoint",
    cls=Command,
    words=Words(
        "Take a checkpoint, to keep elsewhere: it shows later that nothing was cut off the journal.",
        "Prendre un point de contrôle, à garder ailleurs : il montrera plus tard que rien n'a été coupé du journal.",
    ),
)
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    words=Words("Write it to a file.", "L'écrire dans un fichier."),
)
@option(
    "--sign",
    is_flag=True,
    words=Words("Sign it with this host's key (Ed25519).", "Le signer avec la clé de cet hôte (Ed25519)."),
)
@pass_session
def checkpoint(session: Session, out: Path | None, sign: bool) -> int:
    if sign:
        _need_signing()
    with session.host() as host:
        taken = host.signed_checkpoint() if sign else host.checkpoint()
    if out is None:
        print_json(taken.to_json())
    else:
        _write(out, taken)
    if taken.signature is not None:
        key = taken.signature.key
        tell(say(f"Signed with the key {key}", f"Signé avec la clé {key}"), err=True)
    return 0


def _write(out: Path, taken: Checkpoint) -> None:
    try:
        with private(out) as file:
            file.write(json.dumps(taken.to_json(), indent=2) + "\n")
    except OSError as error:
        raise RequestError(
            f"The checkpoint cannot be written ({error.strerror}).",
            where=str(out),
            next="Choose another name or folder.",
        ) from None
    tell(
        say(
            f"Checkpoint of {number(taken.size)} entries: {out}",
            f"Point de contrôle de {number(taken.size)} entrées : {out}",
        )
    )


@command.command(
    "erase-details",
    cls=Command,
    words=Words(
        "Erase the details of entries (fields, numbers of records) for good. The chain stays sound.",
        "Effacer pour de bon les détails d'entrées (champs, nombres de données). La chaîne reste intacte.",
    ),
)
@option(
    "--before", type=Day(), words=Words("Only of what was before this day.", "Seulement de ce qui précède ce jour.")
)
@option(
    "--service", metavar="ID", words=Words("Only of what this service did.", "Seulement de ce qu'a fait ce service.")
)
@option("--yes", is_flag=True, words=Words("Do not ask.", "Ne pas demander."))
@pass_session
def erase_details(session: Session, before: date | None, service: str | None, yes: bool) -> int:
    with session.host() as host:
        home = host.zone

        def wanted(entry: Entry) -> bool:
            early = before is None or entry.header.at.astimezone(home).date() < before
            return early and (service is None or _is_about(entry, service))

        service = service and host.service_named(service)
        if not yes:
            click.confirm(say("Erase these details for good?", "Effacer ces détails pour de bon ?"), abort=True)
        erased = host.ledger.erase_details(wanted)
    tell(say(f"Erased the details of {number(erased)} entries.", f"Effacé les détails de {number(erased)} entrées."))
    return 0
