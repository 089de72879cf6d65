"""Nothing in the package imports upward, no files import each other in a circle, and start-up stays light.

Imports inside functions and under TYPE_CHECKING count like any other: they do not fail when the file is loaded, but
they tie the files together all the same. One edge is left out of circles: from a file to the package that it lies in
(`from . import REGISTRY`), as the package gathers its files.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import selfdata_sdk

ROOT = Path(selfdata_sdk.__file__).parent
PACKAGE = "selfdata_sdk"

LAYERS = (
    ("errors", "_version", "french"),
    ("model",),
    ("service",),
    ("consent",),
    ("cloud",),
    ("store",),
    ("importers",),
    ("host",),
    ("testing",),
    ("scaffold",),
    ("demo",),
    ("cli",),
)
"""From the bottom up. What a later layer holds, an earlier one does not know."""
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

Sources = Mapping[str, str]


def sources(root: Path = ROOT) -> dict[str, str]:
    """Module name → source of every file of the package that is code (not a template)."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        if path.name == "__init__.py":
            parts = parts[:-1]
        if all(part.isidentifier() for part in parts):
            found[".".join(parts)] = path.read_text(encoding="utf-8")
    return found


def packages(found: Sources) -> set[str]:
    return {name.rpartition(".")[0] for name in found} | {PACKAGE}


def imports(module: str, source: str, known: Sources) -> Iterator[str]:
    """The modules of the package that `module` names in its imports, at any depth of the code."""
    inside = module if module in packages(known) else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = inside.split(".")[: len(inside.split(".")) - node.level + 1]
                base = ".".join([*parent, *([node.module] if node.module else [])])
            for alias in node.names:
                target = f"{base}.{alias.name}"
                if target in known:
                    yield target
                elif base in known:
                    yield base


def upward(found: Sources) -> list[str]:
    """Each import of a higher layer, or of a folder that has no layer, as a sentence."""
    wrong = []
    for module, source in found.items():
        if module == PACKAGE:  # the public face gathers what authors need
            continue
        here = module.split(".")[1]
        for target in imports(module, source, found):
            there = target.split(".")[1] if "." in target else PACKAGE
            if here not in LEVEL or there not in LEVEL or LEVEL[there] > LEVEL[here]:
                wrong.append(f"{module} imports {target}")
    return wrong


def circles(found: Sources) -> list[list[str]]:
    """Groups of files that reach each other through imports."""
    graph = {
        module: {t for t in imports(module, source, found) if t != module and not module.startswith(f"{t}.")}
        for module, source in found.items()
    }

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            for target in graph[todo.pop()] - seen:
                seen.add(target)
                todo.append(target)
        return seen

    reach = {module: reached(module) for module in graph}
    groups = {frozenset(m for m in reach[module] if module in reach[m]) for module in graph if module in reach[module]}
    return sorted(sorted(group) for group in groups)


def test_nothing_imports_upward() -> None:
    assert upward(sources()) == []


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles(sources()) == []


def test_every_folder_has_a_layer() -> None:
    names = {m.split(".")[1] for m in sources() if "." in m}
    assert names - LEVEL.keys() == set()


BASE = {
    PACKAGE: "",
    f"{PACKAGE}.errors": "",
    f"{PACKAGE}.model": "",
    f"{PACKAGE}.model.unit": "",
    f"{PACKAGE}.store": "",
}

UPWARD = {
    "relative": "from ..store import PersonalStore",
    "absolute": "import selfdata_sdk.store",
    "from the package": "from selfdata_sdk import store",
    "relative from the package": "from .. import store",
    "in a function": "def read():\n    from ..store import PersonalStore",
    "for types only": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..store import PersonalStore",
}


@pytest.mark.parametrize("code", UPWARD.values(), ids=UPWARD)
def test_an_import_of_a_higher_layer_is_found_however_it_is_written(code: str) -> None:
    found = {**BASE, f"{PACKAGE}.model.unit": code}
    assert upward(found) == ["selfdata_sdk.model.unit imports selfdata_sdk.store"]


def test_imports_of_a_lower_layer_and_of_other_packages_are_allowed() -> None:
    code = "import json\nfrom .model.unit import Unit\nfrom . import errors\nfrom .model import unit"
    assert upward({**BASE, f"{PACKAGE}.store": code}) == []


def test_the_public_face_is_not_known_inside_the_package() -> None:
    found = {**BASE, f"{PACKAGE}.model.unit": "from selfdata_sdk import Row"}
    assert upward(found) == ["selfdata_sdk.model.unit imports selfdata_sdk"]


def test_a_folder_without_a_layer_is_found() -> None:
    found = {**BASE, f"{PACKAGE}.misc": "from .errors import SelfDataError"}
    assert upward(found) == ["selfdata_sdk.misc imports selfdata_sdk.errors"]


def test_a_circle_of_files_is_found_and_a_package_that_gathers_its_files_is_none() -> None:
    a, b, c = (f"{PACKAGE}.model.{n}" for n in "abc")
    gathered = {
        **BASE,
        f"{PACKAGE}.model": "from .a import A\nfrom .b import B",
        a: "from .b import B",
        b: "from .c import C",
        c: "",
    }
    assert circles(gathered) == []
    assert circles({**gathered, c: "def later():\n    from .a import A"}) == [[a, b, c]]


def test_the_command_line_starts_without_numpy_and_pydantic() -> None:
    code = "import sys, selfdata_sdk.cli; print([m for m in ('numpy', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
