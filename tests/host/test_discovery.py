"""Finding services: installed ones without running their code; an author's own by folder or name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from selfdata_sdk.errors import ManifestError, RequestError, ServiceMistake
from selfdata_sdk.host.discovery import installed, load
from selfdata_sdk.service.deriving import write_manifest
from selfdata_sdk.service.manifest import FILE, Manifest
from selfdata_sdk.service.project import Project

CODE = """
from collections.abc import Iterable
from selfdata_sdk import Block, Context, Setting, Text, service
from typing import Annotated

GOAL = Setting(Text(en="Goal", fr="But"))

@service(id="{id}", name=Text(en="Coach", fr="Coach"), summary=Text(en="Coaches.", fr="Conseille."))
def {name}(context: Context, goal: Annotated[int, GOAL] = 1) -> Iterable[Block]:
    return []
"""

PYPROJECT = """
[project]
name = "{package}"
version = "1.0.0"
[project.entry-points."selfdata.services"]
{package} = "{package}:manifest.json"
"""


@pytest.fixture(autouse=True)
def clean_modules() -> Iterator[None]:
    before = set(sys.modules)
    path = list(sys.path)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]
    assert sys.path == path, "what is put on the path is taken off again"


def project(folder: Path, code: str, package: str = "coach_a", pyproject: str = PYPROJECT, layout: str = "") -> Path:
    """A project's folder with one package."""
    (folder / layout / package).mkdir(parents=True)
    (folder / layout / package / "__init__.py").write_text(code, encoding="utf-8")
    (folder / "pyproject.toml").write_text(pyproject.format(package=package), encoding="utf-8")
    return folder


def coach(id: str = "org.example.coach", name: str = "coach") -> str:
    return CODE.format(id=id, name=name)


def install(site: Path, package: str = "coach_b", code: str | None = None, distribution: str | None = None) -> Path:
    """A distribution in `site` with a package, its manifest and an entry point; the code as it is installed."""
    source = project(site / f"source-{package}", coach(), package)
    found = load(str(source))
    (site / package).mkdir()
    (site / package / "__init__.py").write_text(coach() if code is None else code, encoding="utf-8")
    write_manifest(site / package, found.load(), Project.read(source))
    name = distribution or package.replace("_", "-")
    info = site / f"{name.replace('-', '_')}-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
    (info / "entry_points.txt").write_text(f"[selfdata.services]\n{package} = {package}:manifest.json\n")
    for module in [m for m in sys.modules if m == package]:
        del sys.modules[module]
    return site


@pytest.mark.parametrize("layout", ["", "src"])
def test_a_folder_is_its_projects_service(tmp_path: Path, layout: str) -> None:
    found = load(str(project(tmp_path, coach(), layout=layout)))
    assert (found.id, found.version, found.distribution) == ("org.example.coach", "1.0.0", None)
    assert found.load().id == "org.example.coach"


def test_two_folders_may_hold_packages_of_one_name(tmp_path: Path) -> None:
    """Each is its own code, not what was imported before."""
    one = project(tmp_path / "one", coach("org.example.one"))
    two = project(tmp_path / "two", coach("org.example.two"))
    assert [load(str(f)).id for f in (one, two, one)] == ["org.example.one", "org.example.two", "org.example.one"]


def test_one_of_several_services_is_named_by_the_project(tmp_path: Path) -> None:
    both = coach("org.example.one", "one") + coach("org.example.two", "two")
    folder = project(tmp_path, both)
    with pytest.raises(ManifestError, match="holds 2 services"):
        load(str(folder))
    with (folder / "pyproject.toml").open("a") as file:
        file.write('[tool.selfdata]\nfunction = "coach_a:two"\n')
    assert load(str(folder)).id == "org.example.two"


def test_a_place_is_a_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "place_a.py").write_text(coach(), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert load("place_a:coach").id == "org.example.coach"
    with pytest.raises(RequestError, match="It has coach"):
        load("place_a:other")
    with pytest.raises(RequestError, match="no module place_z"):
        load("place_z:coach")
    monkeypatch.undo()


FAULTY = {
    "no service": ("x = 1\n", "holds no service", ManifestError),
    "a mistake in a signature": (coach().replace("= 1)", ")"), "has no default", ServiceMistake),
    "a missing language": (coach().replace(', fr="But"', ""), "both languages", ServiceMistake),
    "a missing library": ("import xyzzy_library\n", "Install xyzzy_library", ServiceMistake),
    "a syntax error": ("def (:\n", "__init__.py, line 1", ServiceMistake),
    "an error on import": (
        "1 / 0\n",
        "__init__.py, line 1: The module cannot be imported (ZeroDivisionError)",
        ServiceMistake,
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_what_is_wrong_with_the_code_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    code, what, kind = FAULTY[name]
    with pytest.raises(kind) as caught:
        load(str(project(tmp_path, code)))
    assert what in str(caught.value)
    if kind is ServiceMistake and name != "a missing library":
        assert "__init__.py, line" in caught.value.where


def test_a_project_without_an_entry_point_says_how_to_add_one(tmp_path: Path) -> None:
    folder = project(tmp_path, coach(), pyproject='[project]\nname = "{package}"\nversion = "1.0.0"\n')
    with pytest.raises(ManifestError, match=r"selfdata\.services") as caught:
        load(str(folder))
    assert "manifest.json" in caught.value.next


def test_installed_services_are_listed_without_running_their_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, code="raise SystemExit('run')\n")
    monkeypatch.syspath_prepend(tmp_path)
    (found,) = [f for f in installed().found if f.id == "org.example.coach"]
    assert (found.distribution, found.version, found.manifest.function) == ("coach-b", "1.0.0", "coach_b:coach")
    assert "coach_b" not in sys.modules
    monkeypatch.undo()


@pytest.mark.parametrize("target", ["org.example.coach", "coach", "coach-b"])
def test_an_installed_service_has_an_id_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    monkeypatch.syspath_prepend(install(tmp_path))
    found = load(target)
    assert found.load().place == "coach_b:coach"
    monkeypatch.undo()


def test_code_that_asks_for_more_than_its_manifest_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(install(tmp_path, code=coach().replace("= 1)", "= 2)")))
    with pytest.raises(ManifestError, match="differ in settings"):
        load("org.example.coach").load()
    monkeypatch.undo()


def test_a_broken_manifest_is_named_and_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (install(tmp_path) / "coach_b" / FILE).write_text("{}")
    monkeypatch.syspath_prepend(tmp_path)
    discovered = installed()
    assert "org.example.coach" not in [f.id for f in discovered.found]
    (broken,) = [b for b in discovered.broken if b.distribution == "coach-b"]
    assert "Field required" in broken.error.what
    with pytest.raises(ManifestError, match="Field required"):
        load("coach-b")
    monkeypatch.undo()


@pytest.mark.parametrize(
    "value", ["coach_b", "coach_b:../coach_b/manifest.json", "coach_b:nothing.json", "coach_z:manifest.json"]
)
def test_an_entry_point_that_is_no_manifest_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    install(tmp_path)
    (tmp_path / "coach_b-1.0.0.dist-info/entry_points.txt").write_text(f"[selfdata.services]\nx = {value}\n")
    monkeypatch.syspath_prepend(tmp_path)
    discovered = installed()
    assert [b.distribution for b in discovered.broken if b.name == "x"] == ["coach-b"]
    assert "org.example.coach" not in [f.id for f in discovered.found]
    monkeypatch.undo()


def test_two_distributions_that_claim_one_id_are_both_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path)
    monkeypatch.syspath_prepend(install(tmp_path, "coach_c"))
    discovered = installed()
    assert "org.example.coach" not in [f.id for f in discovered.found]
    assert {b.distribution for b in discovered.broken if b.name == "org.example.coach"} == {"coach-b", "coach-c"}
    with pytest.raises(ManifestError, match="claimed by coach-b and coach-c"):
        load("org.example.coach")
    monkeypatch.undo()


def test_a_name_that_is_nothing_gets_a_suggestion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(install(tmp_path))
    with pytest.raises(RequestError, match=r"Did you mean org\.example\.coach"):
        load("org.exemple.coach")
    with pytest.raises(RequestError, match="Name a folder"):
        load("xyzzy")
    monkeypatch.undo()


def test_the_manifest_that_is_installed_is_the_canonical_one(tmp_path: Path) -> None:
    data = (install(tmp_path) / "coach_b" / FILE).read_bytes()
    assert Manifest.from_json(data).canonical() == data
