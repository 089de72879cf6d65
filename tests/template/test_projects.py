"""Every kind of project is as its author would want it: formatted, typed, tested, declared, and it can be built."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from selfdata_sdk.host.discovery import of_folder

from .baking import RECORDS, bake, render

KINDS = (
    ("water.use", ""),
    ("electricity.use", "setting"),
    ("gas.use", "chart"),
    ("water.reading", "state"),
    ("electricity.reading", "setting,chart"),
    ("gas.reading", "setting,state"),
    ("electricity.peak", "state,chart"),
    ("home.household", ""),
    ("supply.alert", "setting,state,chart"),
    ("supply.contract", "setting"),
    ("supply.meter", "chart"),
    ("supply.point", "state"),
    ("supply.tariff", "setting,chart"),
    ("bank.account", ""),
    ("bank.balance", "setting"),
    ("bank.transaction", "chart"),
    ("bill.invoice", "state"),
    ("identity.contact", "setting,chart"),
    ("identity.document", "setting,state"),
    ("identity.person", "state,chart"),
    ("insurance.claim", "setting,state,chart"),
    ("insurance.contract", ""),
    ("mobility.position", "setting"),
    ("mobility.rental", "chart"),
    ("mobility.trip", "state"),
    ("mobility.validation", "setting,chart"),
    ("post.parcel", "setting,state"),
    ("purchase.receipt", "state,chart"),
    ("self.answer", "setting,state,chart"),
    ("telecom.line", ""),
    ("telecom.media", "setting"),
    ("telecom.usage", "chart"),
    ("water.use, electricity.use", ""),
    ("home.household,gas.use", "state"),
    ("electricity.peak,home.household", ""),
    ("supply.contract,water.reading", "setting"),
    ("home.household,supply.meter", "setting,state"),
    ("supply.contract,supply.tariff", "state,chart"),
    ("water.use,electricity.use,home.household", "setting,state,chart"),
    ("electricity.peak,gas.use,home.household", "chart"),
    ("water.use,electricity.reading,gas.use,supply.alert", "setting,state,chart"),
)
"""Record types and features: each type alone, each set of features on what is measured and what is not, and crossings."""

KIND = pytest.mark.parametrize("n", range(len(KINDS)), ids=["+".join(filter(None, kind)) for kind in KINDS])

NAMES = (
    'Eau & gaz "Lyon"',
    "L'eau d'été",
    "Où va l'eau\u00a0?",
    "Water 🚰",
    "2nd service",
    "Wasser: wieviel, wann?",
    "水",
)
AUTHORS = ("Ada Example <ada@example.org>", "Zoë O'Hara")


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One project of each kind, under names of all sorts."""
    place = tmp_path_factory.mktemp("projects")
    return [
        bake(
            place,
            name=NAMES[n % len(NAMES)],
            id=f"org.example.kind-{n}",
            package=f"kind_{n}",
            author=AUTHORS[n % len(AUTHORS)],
            records=records,
            features=features,
        )
        for n, (records, features) in enumerate(KINDS)
    ]


def run(*command: object, folder: Path, **environment: str) -> str:
    """What a module of Python says; fails with it if it does not end well."""
    words = [sys.executable, "-m", *map(str, command)]
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, **environment}, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout


def test_kinds_hold_each_record_type_alone_and_each_set_of_features() -> None:
    alone = {records for records, _ in KINDS if "," not in records}
    assert alone == set(RECORDS)
    for measured in (True, False):
        sets = {
            frozenset(f.split(","))
            for records, f in KINDS
            if any("value" in RECORDS[r.strip()] for r in records.split(",")) == measured
        }
        assert len(sets) >= (8 if measured else 7)


def test_they_are_formatted_and_linted(projects: list[Path]) -> None:
    run("ruff", "format", "--check", "--no-cache", folder=projects[0].parent)
    run("ruff", "check", "--no-cache", folder=projects[0].parent)


def test_they_are_typed(projects: list[Path], tmp_path: Path) -> None:
    """All at once: each project's package, and its tests under names of their own."""
    for project in projects:
        package = project.name.replace("-", "_")
        shutil.copytree(project / package, tmp_path / package)
        for file in (project / "tests").glob("*.py"):
            shutil.copy(file, tmp_path / f"{package}_{file.name}")
    shutil.copy(projects[0] / "pyproject.toml", tmp_path)
    run("mypy", "--cache-dir", tmp_path / "cache", *sorted(p.name for p in tmp_path.glob("kind_*")), folder=tmp_path)


@KIND
def test_the_manifest_is_what_the_code_asks_for(projects: list[Path], n: int) -> None:
    found = of_folder(projects[n])
    assert (projects[n] / f"kind_{n}" / "manifest.json").read_bytes() == found.manifest.canonical()
    own = {f"org.example.kind-{n}.memory/1"} if "state" in KINDS[n][1] else set()
    asked = [need.record_type for need in found.manifest.needs.values()]
    assert sorted(asked) == sorted({f"{name.strip()}/1" for name in KINDS[n][0].split(",")} | own)
    assert [need.required for need in found.manifest.needs.values()].count(True) == 1
    assert ("goal" in found.manifest.settings or "days" in found.manifest.settings) == ("setting" in KINDS[n][1])


@KIND
def test_its_own_tests_pass(projects: list[Path], n: int) -> None:
    run("pytest", "-q", "-p", "no:cacheprovider", folder=projects[n], PYTHONDONTWRITEBYTECODE="1")


def test_a_check_finds_it_excellent(projects: list[Path]) -> None:
    done = run("selfdata_sdk.cli", "--lang", "en", "check", ".", folder=projects[0])
    assert "Level reached: excellent." in done


@KIND
def test_nothing_is_written_that_is_not_used(projects: list[Path], n: int) -> None:
    trees = [ast.parse(file.read_text("utf-8")) for file in (projects[n] / f"kind_{n}").glob("*.py")]
    assert unused(trees) == {f"kind_{n}"}


def unused(trees: list[ast.Module]) -> set[str]:
    """Functions, classes, methods and constants that are named once only: where they are made."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    made = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    made |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return made - used - {node.attr for node in nodes if isinstance(node, ast.Attribute)} - FIELDS


FIELDS = frozenset({"start", "at", "on", "__all__"})
"""Annotated in rows; asked for whether they are read or not, since every row has its time."""


def test_what_is_not_used_is_seen() -> None:
    assert unused([ast.parse("def a(): return b\nC = 1\nclass D: pass\nb = a()")]) == {"C", "D"}


@KIND
def test_its_files_are_well_formed(projects: list[Path], n: int) -> None:
    project = projects[n]
    metadata = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    assert metadata["name"] == f"kind-{n}"
    assert metadata["authors"][0]["name"] == AUTHORS[n % len(AUTHORS)].partition(" <")[0]
    assert (project / "README.md").read_text("utf-8").startswith(f"# {NAMES[n % len(NAMES)]}\n")
    workflow = yaml.safe_load((project / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    assert len(workflow["jobs"]["test"]["strategy"]["matrix"]["os"]) == 3
    for file in (*project.rglob("*.json"), *project.glob(".vscode/*.json")):
        json.loads(file.read_text("utf-8"))
    for file in (f for f in project.rglob("*") if f.is_file() and f.suffix not in (".pyc",)):
        text = file.read_text("utf-8")
        assert not any(sign in text.replace("${{", "") for sign in ("{%", "{{", "{#")), file.name
        assert "\n\n\n" not in text or file.suffix == ".py"
        assert text == "" or file.name == "manifest.json" or (text.endswith("\n") and not text.endswith("\n\n"))
        assert not any(line.endswith((" ", "\t")) for line in text.splitlines())


@KIND
def test_its_recorded_answers_make_it_again(projects: list[Path], n: int, tmp_path: Path) -> None:
    record = json.loads((projects[n] / ".selfdata-template.json").read_bytes())
    again = render(tmp_path, record["answers"])
    for file in (f for f in again.rglob("*") if f.is_file()):
        assert file.read_bytes() == (projects[n] / file.relative_to(again)).read_bytes()


@pytest.mark.parametrize("n", [0, 7, len(KINDS) - 1])
def test_a_wheel_holds_the_manifest_and_the_types(projects: list[Path], n: int, tmp_path: Path) -> None:
    run("hatchling", "build", "-t", "wheel", "-d", tmp_path, folder=projects[n])
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    assert {f"kind_{n}/{name}" for name in ("__init__.py", "manifest.json", "py.typed", "service.py")} <= names
    assert not any(name.startswith("tests/") for name in names)
    assert (f"kind_{n}/memory.json" in names) == ("state" in KINDS[n][1])
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_a_licence_is_chosen(tmp_path: Path) -> None:
    mit = render(tmp_path, {"__licence": "MIT", "author": "Zoë O'Hara", "__year": "2026"})
    assert "Copyright (c) 2026 Zoë O'Hara\n" in (mit / "LICENSE").read_text("utf-8")
    assert 'license = "MIT"' in (mit / "pyproject.toml").read_text("utf-8")
    assert of_folder(mit).manifest.licence == "MIT"
