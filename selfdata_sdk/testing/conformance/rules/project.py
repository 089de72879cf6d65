"""What lies in the project's folder: a manifest that is current, and all that a stranger needs to trust and to use it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....model.text import Text
from ....service.project import roots
from ..rule import NotVerified, Problem, Rule
from ..subject import Subject

PROJECT = "pyproject.toml"
README_WORDS = 15


def folder_of(subject: Subject) -> Path:
    """The project's folder; NotVerified without one."""
    if subject.folder is None:
        raise NotVerified(
            Text(en="The service lies in no project's folder.", fr="Le service n'est dans aucun dossier de projet.")
        )
    return subject.folder


def written(folder: Path) -> dict[str, Any]:
    """The table [project] of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((folder / PROJECT).read_text("utf-8"))["project"]
    return table


def package_of(subject: Subject) -> Path:
    """The folder of the service's package."""
    folder, top = folder_of(subject), subject.manifest.function.partition(":")[0].partition(".")[0]
    return next((found for root in roots(folder) if (found := root / top).is_dir()), folder / top)


# The manifest


def manifest_current(subject: Subject) -> Iterator[Problem]:
    folder = folder_of(subject)
    files = list(_manifests(subject, folder))
    if not files:
        yield Problem(
            Text(
                en='No entry point names it: add [project.entry-points."selfdata.services"] with '
                'my-service = "my_package:manifest.json".',
                fr='Aucun point d\'entrée ne le nomme : ajoutez [project.entry-points."selfdata.services"] avec '
                'my-service = "my_package:manifest.json".',
            ),
            PROJECT,
        )
    for file in files:
        if (what := _stale(subject, file)) is not None:
            yield Problem(what, file.relative_to(folder).as_posix())


def _manifests(subject: Subject, folder: Path) -> Iterator[Path]:
    for top, file in subject.project.manifests(folder) if subject.project is not None else ():
        if top == package_of(subject):
            yield file


def _stale(subject: Subject, file: Path) -> Text | None:
    if not file.is_file():
        return Text(en="It is not there.", fr="Il n'est pas là.")
    now = subject.manifest.canonical()
    if (there := file.read_bytes()) == now:
        return None
    if changed := _changed(there, now):
        return Text(
            en=f"It is not what the code asks for now: {changed}.",
            fr=f"Il ne correspond plus au code : {changed}.",
        )
    return Text(en="It is not written as a manifest is.", fr="Il n'est pas écrit comme un manifeste.")


def _changed(there: bytes, now: bytes) -> str:
    """The parts that are different; "" where it is only written otherwise."""
    try:
        old, new = json.loads(there), json.loads(now)
    except ValueError:
        return ""
    if not isinstance(old, dict):
        return ""
    parts = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return ", ".join(name for name in parts if name in new or name.isidentifier())[:200]


# All that belongs to a project


def project_complete(subject: Subject) -> Iterator[Problem]:
    folder, package = folder_of(subject), package_of(subject)
    project = written(folder)
    if len(re.findall(r"\w+", _text(folder, "README*"))) < README_WORDS:
        yield Problem(
            Text(en="It does not say what the service is for.", fr="Il ne dit pas à quoi sert le service."), "README.md"
        )
    if not (_text(folder, "LICEN[CS]E*") or _text(folder, "COPYING*")):
        yield Problem(Text(en="The text of the licence is missing.", fr="Le texte de la licence manque."), "LICENSE")
    if "license" not in project:
        yield Problem(Text(en="It names no licence.", fr="Il ne nomme aucune licence."), f"{PROJECT}, license")
    people = [*project.get("authors", ()), *project.get("maintainers", ())]
    if not any("name" in person for person in people):
        yield Problem(Text(en="It names no author.", fr="Il ne nomme aucun auteur."), f"{PROJECT}, authors")
    elif not any("email" in person for person in people) and not project.get("urls"):
        yield Problem(
            Text(
                en="It does not say how to reach its author: give an e-mail address, or an address in [project.urls].",
                fr="Il ne dit pas comment joindre son auteur : donnez une adresse électronique, ou une adresse dans "
                "[project.urls].",
            ),
            f"{PROJECT}, authors",
        )
    if not ("version" in project or "version" in project.get("dynamic", ())):
        yield Problem(Text(en="It has no version.", fr="Il n'a pas de version."), f"{PROJECT}, version")
    if not any(re.search(r"^\s*def test_|service_tests\(", t, re.MULTILINE) for t in _tests(folder)):
        yield Problem(Text(en="There is no test.", fr="Il n'y a aucun test."), "tests")
    if not (package / "py.typed").is_file():
        yield Problem(
            Text(
                en="It is not marked as typed: add an empty file.",
                fr="Il n'est pas marqué comme typé : ajoutez un fichier vide.",
            ),
            f"{package.name}/py.typed",
        )


def _text(folder: Path, pattern: str) -> str:
    return next((f.read_text("utf-8", "replace") for f in sorted(folder.glob(pattern)) if f.is_file()), "").strip()


def _tests(folder: Path) -> Iterator[str]:
    for pattern in ("test_*.py", "*_test.py"):
        for file in (*folder.glob(pattern), *(folder / "tests").rglob(pattern)):
            yield file.read_text("utf-8", "replace")


RULES = (
    Rule(
        id="manifest-current",
        level="works",
        title=Text(
            en="Its written manifest is what the code asks for", fr="Son manifeste écrit est ce que demande le code"
        ),
        why=Text(
            en="The manifest is what a person agrees to, and hosts refuse code that asks for something else.",
            fr="C'est au manifeste que l'on consent, et un hôte refuse un code qui demande autre chose.",
        ),
        fix=Text(
            en="Run `selfdata manifest --write`, and review the change: it is one of what people are asked.",
            fr="Lancez `selfdata manifest --write`, et relisez le changement : c'est ce que l'on demande aux gens qui "
            "change.",
        ),
        check=manifest_current,
    ),
    Rule(
        id="project-complete",
        level="excellent",
        title=Text(
            en="Its project says what it is, whose it is, and that it works",
            fr="Son projet dit ce qu'il est, à qui il est, et qu'il fonctionne",
        ),
        why=Text(
            en="Whoever installs it, or goes on with it, finds what they need without asking its author.",
            fr="Qui l'installe, ou le reprend, y trouve ce qu'il faut sans demander à son auteur.",
        ),
        fix=Text(
            en="Add what is missing; `selfdata new` makes projects that have it all.",
            fr="Ajoutez ce qui manque ; `selfdata new` crée des projets où tout y est.",
        ),
        check=project_complete,
    ),
)
