"""What authors import is listed, sorted, and there; nothing else that is public is."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PUBLIC = ("selfdata_sdk", "selfdata_sdk.model")


@pytest.fixture(params=PUBLIC)
def module(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


def test_the_list_is_sorted_and_has_each_name_once(module: ModuleType) -> None:
    names = list(module.__all__)
    assert names == sorted(names, key=_constants_first)
    assert len(names) == len(set(names))


def _constants_first(name: str) -> tuple[int, str]:
    """The order of Ruff's RUF022: CONSTANTS, Classes, then functions."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def test_every_name_listed_is_there(module: ModuleType) -> None:
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_every_public_name_that_is_imported_or_assigned_is_listed(module: ModuleType) -> None:
    assert module.__file__ is not None
    assert unlisted(Path(module.__file__).read_text(encoding="utf-8"), module.__all__) == []


def unlisted(source: str, listed: list[str]) -> list[str]:
    """Names that the file takes from its own package or makes itself, and does not list."""
    names = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            names += [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, ast.Assign):
            names += [t.id for t in node.targets if isinstance(t, ast.Name)]
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
    return [name for name in names if not name.startswith("_") and name not in listed]


def test_a_name_that_is_not_listed_is_found() -> None:
    assert unlisted("from .water import WaterUse, WaterReading as R\nX = 1\n_y = 2", ["WaterUse"]) == ["R", "X"]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_star_import_gives_the_names_listed(name: str) -> None:
    code = f"import {name} as m\nfrom {name} import *\nprint(sorted(n for n in m.__all__ if n not in globals()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
