"""A service imports what it declares, and of the SDK what will stay."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module, metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

from ....model.text import Text
from ..rule import Problem, Rule
from ..subject import Subject
from .project import PROJECT, folder_of, package_of, written

SDK = "selfdata_sdk"
FACES = (SDK, f"{SDK}.model")
"""The modules of the SDK whose names stay."""


def declared_imports(subject: Subject) -> Iterator[Problem]:
    folder, package = folder_of(subject), package_of(subject)
    declared = required(folder)
    if canonicalize_name(SDK) not in declared:
        yield Problem(Text(en="It does not require selfdata-sdk.", fr="Il ne requiert pas selfdata-sdk."), PROJECT)
    for file in subject.code:
        for line, module, name in imports(file.read_text("utf-8")):
            if (what := _fault(module, name, package.name, declared)) is not None:
                yield Problem(what, f"{file.relative_to(package.parent).as_posix()}, line {line}")


def _fault(module: str, name: str, own: str, declared: frozenset[NormalizedName]) -> Text | None:
    top = module.partition(".")[0]
    if top == SDK:
        if _is_public(module, name):
            return None
        shown = f"{module}.{name}" if name else module
        return Text(
            en=f"{shown} is inside the SDK, and may change: import from {FACES[0]} or {FACES[1]}.",
            fr=f"{shown} est interne au SDK, et peut changer : importez depuis {FACES[0]} ou {FACES[1]}.",
        )
    if top == own or top in sys.stdlib_module_names or canonicalize_name(top) in declared:
        return None
    if any(canonicalize_name(distribution) in declared for distribution in _installed().get(top, ())):
        return None
    return Text(
        en=f"It imports {top}, which it does not declare: add what brings it to `dependencies`.",
        fr=f"Il importe {top} sans le déclarer : ajoutez ce qui l'apporte à `dependencies`.",
    )


def _is_public(module: str, name: str) -> bool:
    if module not in FACES:
        return False
    return name in ("", "*", "model") or name in import_module(module).__all__


def required(folder: Path) -> frozenset[NormalizedName]:
    """The names of the distributions that the project declares."""
    return frozenset(filter(None, map(_name, written(folder).get("dependencies", ()))))


def _name(dependency: str) -> NormalizedName | None:
    try:
        return canonicalize_name(Requirement(dependency).name)
    except InvalidRequirement:
        return None


@cache
def _installed() -> Mapping[str, list[str]]:
    """The distributions that hold each module of this environment."""
    return metadata.packages_distributions()


def imports(source: str) -> Iterator[tuple[int, str, str]]:
    """The line, module and name ("" for the module itself) of each absolute import, but those for types only."""
    for node in _running(ast.parse(source)):
        match node:
            case ast.Import():
                yield from ((node.lineno, alias.name, "") for alias in node.names)
            case ast.ImportFrom(level=0, module=str(module)):
                yield from ((node.lineno, module, alias.name) for alias in node.names)
            case ast.Call(
                func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__"),
                args=[ast.Constant(value=str(module)), *_],
            ) if not module.startswith("."):
                yield node.lineno, module, ""


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but what is under `if TYPE_CHECKING:`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield from _running(other)
        else:
            yield from _running(child)


RULES = (
    Rule(
        id="declared-imports",
        level="trustworthy",
        title=Text(
            en="It imports what it declares, and what will stay", fr="Il n'importe que ce qu'il déclare et qui dure"
        ),
        why=Text(
            en="Elsewhere only what is declared is installed, and what is inside the SDK changes without notice.",
            fr="Ailleurs, seul ce qui est déclaré est installé, et l'intérieur du SDK change sans prévenir.",
        ),
        fix=Text(
            en="Add it to `dependencies` of [project], or do without; take names from selfdata_sdk and selfdata_sdk.model.",
            fr="Ajoutez-le aux `dependencies` de [project], ou passez-vous-en ; prenez les noms de selfdata_sdk et de "
            "selfdata_sdk.model.",
        ),
        check=declared_imports,
    ),
)
