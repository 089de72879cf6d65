"""`selfdata import`: holders' files, or an export of another home, into this one."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ...errors import RequestError
from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, number, say, spoken
from ..progress import waiting
from ..terminal import print_json, tell

if TYPE_CHECKING:
    from ...host.host import Host
    from ...importers.importer import Options
    from ...importers.importing import Reader
    from ...importers.registry import Importers
    from ...importers.report import Report


@new_command(
    "import",
    "Bring in files from those who hold your data. The format is recognised by content. "
    "A folder written by `selfdata export` is restored. The same file twice changes nothing. "
    "If a file is refused, the others still come in, and the exit code is 2.",
    "Importer les fichiers de ceux qui détiennent vos données. Le format est reconnu au contenu. "
    "Un dossier écrit par `selfdata export` est restauré. Le même fichier deux fois ne change rien. "
    "Si un fichier est refusé, les autres sont importés quand même, et le code de sortie est 2.",
)
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path(path_type=Path))
@option("--holder", default="", metavar="NAME", words=Words("Who gave you the file.", "Qui vous a donné le fichier."))
@option(
    "--about",
    default="",
    metavar="POINT",
    words=Words("The supply point, if the file names none.", "Le point de livraison, si le fichier n'en nomme pas."),
)
@option(
    "--tz",
    default="",
    metavar="ZONE",
    words=Words(
        "The time zone, like Europe/Paris, if the file names none.",
        "Le fuseau horaire, comme Europe/Paris, si le fichier n'en nomme pas.",
    ),
)
@option(
    "--register",
    default="",
    metavar="NAME",
    words=Words(
        "The meter's register, if the file names none and the meter has several.",
        "Le cadran du compteur, si le fichier n'en nomme pas et que le compteur en a plusieurs.",
    ),
)
@option(
    "--format",
    "format_name",
    default="",
    metavar="NAME",
    words=Words("The format, if it is not recognised.", "Le format, s'il n'est pas reconnu."),
)
@option(
    "--mapping",
    default=None,
    metavar="MAP.toml",
    type=click.Path(path_type=Path),
    words=Words(
        "Read any CSV or JSON as this file says: which column is which field.",
        "Lire n'importe quel CSV ou JSON comme le dit ce fichier : quelle colonne est quel champ.",
    ),
)
@option(
    "--explain",
    is_flag=True,
    words=Words(
        "Show how each column is understood, and write nothing.",
        "Montrer comment chaque colonne est comprise, sans rien écrire.",
    ),
)
@option("--undo", is_flag=True, words=Words("Take back the last import.", "Annuler le dernier import."))
@option("--json", "as_json", is_flag=True, words=Words("Print the report as JSON.", "Afficher le rapport en JSON."))
@pass_session
def command(
    session: Session,
    files: tuple[Path, ...],
    holder: str,
    about: str,
    tz: str,
    register: str,
    format_name: str,
    mapping: Path | None,
    explain: bool,
    undo: bool,
    as_json: bool,
) -> int:
    from ...importers.importer import Options

    if undo:
        if files:
            raise click.UsageError(say("--undo takes no files.", "--undo ne prend pas de fichiers."))
        return _undo(session, as_json)
    paths = expanded(files)
    if not paths:
        raise click.UsageError(say("Which file? Name at least one.", "Quel fichier ? Nommez-en au moins un."))
    if folder := next((p for p in paths if p.is_dir()), None):
        if len(paths) > 1:
            raise RequestError(
                "A folder is imported alone.", where=folder.name, next="Name its files, or only the folder."
            )
        return _restore(session, folder, as_json)
    options = Options(holder=holder, about=about, tz=tz, register=register)
    formats = _formats(session, mapping, format_name)
    if explain:
        return _explain(session, paths, options, formats, as_json)
    return _import(session, paths, options, formats, as_json)


class Formats(NamedTuple):
    """The formats that are known, and the one that was chosen, or ""."""

    known: Importers
    chosen: str


def _formats(session: Session, mapping: Path | None, format_name: str) -> Formats:
    from ...host.plugins import Plugins

    if mapping is None:
        return Formats(Plugins.load().importers, format_name)
    if format_name:
        raise click.UsageError(say("--mapping is a format of its own.", "--mapping est un format à elle seule."))
    if session.home.is_shared:
        raise RequestError(
            "Files are not read by mappings on a host of several persons.",
            next="Import it at home, then bring the export.",
        )
    from ...importers.mapping import read_mapping
    from ...importers.mapping_importer import Mapped
    from ...importers.registry import Importers

    mapped = Mapped(read_mapping(mapping))
    return Formats(Importers([(mapping.name, mapped)]), mapped.name)


def _explain(session: Session, paths: list[Path], options: Options, formats: Formats, as_json: bool) -> int:
    from ...importers.explanation import explain
    from ...importers.file import File
    from ..explaining import tell_explanation

    chosen = formats.known.named(formats.chosen) if formats.chosen else None
    now = datetime.now(UTC)
    with _reader(session) as reader:
        found = [
            explain(File(p), now=now, options=options, importers=formats.known, chosen=chosen, reader=reader)
            for p in paths
        ]
    if as_json:
        print_json({"files": [one.to_json() for one in found]})
    else:
        for one in found:
            tell_explanation(one)
    return 2 if any(one.refused for one in found) else 0


def expanded(files: tuple[Path, ...]) -> list[Path]:
    """The files named, patterns like *.csv replaced by what they match (not every shell does that)."""
    found: list[Path] = []
    for path in files:
        matches = sorted(glob.glob(str(path))) if not path.exists() and glob.has_magic(str(path)) else []
        found += map(Path, matches) if matches else [path]
    return found


def _import(session: Session, paths: list[Path], options: Options, formats: Formats, as_json: bool) -> int:
    from ...importers.importing import import_files

    with (
        waiting(say("Importing…", "Import en cours…")) as sign,
        session.host(create=True) as host,
        _reader(session) as reader,
    ):
        report = import_files(
            host.store,
            paths,
            now=datetime.now(UTC),
            options=options,
            format=formats.chosen,
            importers=formats.known,
            progress=lambda name, done, total: sign.tell(f"{name} ({done + 1}/{total})"),
            reader=reader,
        )
        note(host, report)
    if as_json:
        print_json(report.to_json())
    else:
        tell_report(report)
    return 2 if report.refused or not report.good else 0


@contextmanager
def _reader(session: Session) -> Iterator[Reader | None]:
    """Where files are read: on a host of many persons in the sandbox, as one person's file is nobody else's risk."""
    if not session.home.is_shared:
        yield None
        return
    from ...host.sandbox import Sandbox
    from ...host.sandbox.reader import SandboxedReader

    with Sandbox() as sandbox:
        yield SandboxedReader(sandbox)


def note(host: Host, report: Report) -> None:
    """Write down what came in, if anything did: no names of files, holders or supply points."""
    came = [file for file in report.files if file.records]
    if came:
        formats = sorted({file.format for file in came})
        types = sorted({part.series.type for file in came for part in file.series})
        details = {"formats": formats, "types": types, "created": report.created, "updated": report.updated}
        host.note("import", details)


def tell_report(report: Report) -> None:
    """What came in goes to stdout; what was refused to stderr, as an error."""
    from ..program import tell_error

    for file in report.files:
        if file.refused is not None:
            tell_error(file.refused)
            continue
        for i, sentence in enumerate(file.sentences()):
            tell(f"{'  ' if i else ''}{sentence.say(spoken())}")
    for fault in report.faults:
        tell_error(fault)
    if report.good:
        tell(
            say(
                "Next: `selfdata show` says what is there, `selfdata run` gives advice.",
                "Ensuite : `selfdata show` dit ce qui est là, `selfdata run` donne des conseils.",
            )
        )


def _undo(session: Session, as_json: bool) -> int:
    from ...model.wording import wording

    with session.host(create=True) as host:
        undone = host.store.undo()
        host.note("undo", {"removed": undone.removed, "restored": undone.restored})
    if as_json:
        print_json({"at": undone.at.isoformat(), "removed": undone.removed, "restored": undone.restored})
        return 0
    at = wording(undone.at.astimezone(), spoken())
    removed, restored = number(undone.removed), number(undone.restored)
    tell(
        say(
            f"The import of {at} is taken back: {removed} records removed, {restored} as they were before.",
            f"L'import du {at} est annulé : {removed} enregistrements retirés, {restored} remis comme avant.",
        )
    )
    return 0


def _restore(session: Session, folder: Path, as_json: bool) -> int:
    from ...store.export import INDEX, restore

    if not (folder / INDEX).is_file():
        raise RequestError(
            "This folder is not an export of selfdata.",
            where=folder.name,
            next="Name the files inside it, as in FOLDER/*.csv.",
        )
    with waiting(say("Restoring…", "Restauration…")), session.host(create=True) as host:
        restored = restore(host.store, folder)
        written = restored.written
        host.note("import", {"as": "export", "created": written.created, "updated": written.updated})
        suspended = sum(s.state == "suspended" for s in host.grants()) if restored.carried == "brought" else 0
    if as_json:
        counts = {"created": written.created, "updated": written.updated, "unchanged": written.unchanged}
        print_json({**counts, "journal": restored.carried, "suspended": suspended})
        return 0
    new, changed, kept = map(number, (written.created, written.updated, written.unchanged))
    tell(
        say(
            f"Restored from {folder.name}: {new} new, {changed} changed, {kept} already there.",
            f"Restauré depuis {folder.name} : {new} nouveaux, {changed} modifiés, {kept} déjà présents.",
        )
    )
    if suspended:
        one = suspended == 1
        tell(
            say(
                f"{suspended} agreement{' is' if one else 's are'} suspended here until you confirm "
                f"{'it' if one else 'them'}: `selfdata grants` lists {'it' if one else 'them'}.",
                f"{suspended} accord{' est suspendu' if one else 's sont suspendus'} ici jusqu'à votre confirmation : "
                f"`selfdata grants` en donne la liste.",
            )
        )
    elif restored.carried == "other":
        tell(
            say(
                "The journal and the agreements of the export stay there: this home has a journal of its own.",
                "Le journal et les accords de l'export y restent : ce dossier a son propre journal.",
            )
        )
    return 0
