"""Finding services: installed ones without running their code; an author's own by folder or name."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from selfdata_sdk.errors import CodeChanged, ManifestError, RequestError, ServiceMistake
from selfdata_sdk.host.discovery import find, installed, load
from selfdata_sdk.host.installing import Options
from selfdata_sdk.host.installing import install as shelve
from selfdata_sdk.host.shelf import Shelf
from selfdata_sdk.service.deriving import write_manifest
from selfdata_sdk.service.manifest import FILE, Manifest
from selfdata_sdk.service.project import Project
from selfdata_sdk.testing.projects import declare
from selfdata_sdk.testing.wheels import Content, service_wheel, wheel

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


# Finding imports nothing


def marking(mark: Path) -> str:
    """Code that leaves a mark when it is imported."""
    return f"from pathlib import Path\nPath({str(mark)!r}).touch()\n{coach()}"


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "imported"


def looked_at(target: str, package: str) -> dict[str, Path]:
    """Find a service and look at all that is known of it; the packages of its code."""
    found = find(target)
    assert (found.id, found.manifest.function) == ("org.example.coach", f"{package}:coach")
    code = found.code()
    assert code.place == f"{package}:coach"
    assert package not in sys.modules
    return dict(code.packages)


@pytest.mark.parametrize("layout", ["", "src"])
def test_a_folder_is_found_without_running_its_code(tmp_path: Path, mark: Path, layout: str) -> None:
    folder = project(tmp_path / "project", marking(mark), layout=layout)
    write_manifest(folder / layout / "coach_a", load(str(folder)).load(), Project.read(folder))
    del sys.modules["coach_a"]
    mark.unlink()
    assert looked_at(str(folder), "coach_a") == {"coach_a": folder / layout / "coach_a"}
    assert not mark.exists()
    load(str(folder))
    assert mark.exists(), "who trusts it runs it"


def test_what_is_installed_is_found_without_running_its_code(
    tmp_path: Path, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(install(tmp_path, code=marking(mark)))
    assert looked_at("coach", "coach_b") == {"coach_b": tmp_path / "coach_b"}
    assert not mark.exists()
    find("coach").load()
    assert mark.exists()
    monkeypatch.undo()


class Finder:
    """The way to the packages of an editable install, as its build system leaves it in the environment."""

    def __init__(self, package: Path) -> None:
        self.package = package

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.package.name:
            return None
        places = [str(self.package)]
        return importlib.util.spec_from_file_location(
            name, self.package / "__init__.py", submodule_search_locations=places
        )


@pytest.mark.parametrize("way", ["path", "finder"])
def test_an_editable_install_is_found_without_running_its_code(
    tmp_path: Path, mark: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Its package lies in the author's folder; the environment holds the way there, which is no code of it."""
    source = tmp_path / "source"
    site = install(tmp_path / "site", code=marking(mark))
    (source / "coach_b").parent.mkdir()
    (site / "coach_b").rename(source / "coach_b")
    ways = ["__editable__.coach_b-1.0.0.pth", "__editable___coach_b_1_0_0_finder.py"]
    for name in ways:
        (site / name).write_text(f"open({str(mark)!r}, 'w')\n")
    listed = [*ways, "coach_b-1.0.0.dist-info/METADATA", "coach_b-1.0.0.dist-info/RECORD"]
    (site / "coach_b-1.0.0.dist-info" / "RECORD").write_text("".join(f"{name},,\n" for name in listed))
    monkeypatch.syspath_prepend(site)
    if way == "path":
        monkeypatch.syspath_prepend(source)
    else:
        monkeypatch.setattr(sys, "meta_path", [Finder(source / "coach_b"), *sys.meta_path])
    assert looked_at("coach-b", "coach_b") == {"coach_b": source / "coach_b"}
    assert not mark.exists()
    monkeypatch.undo()


def test_a_function_is_not_found_for_it_would_be_imported(
    tmp_path: Path, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "place_b.py").write_text(marking(mark), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RequestError, match="would be imported into this program") as refused:
        find("place_b:coach")
    assert "--trust" in refused.value.next
    assert not mark.exists()
    assert load("place_b:coach").id == "org.example.coach"
    monkeypatch.undo()


def test_what_is_on_the_shelf_is_found_and_never_imported(tmp_path: Path, mark: Path) -> None:
    shelf = Shelf(tmp_path / "services")
    path = service_wheel(tmp_path, "org.example.shelved", name="shelved", code=marking(mark))
    release = shelve(shelf, str(path), Options(), datetime(2025, 6, 15, tzinfo=UTC)).service.newest
    found = find("shelved", shelf)
    assert (found.id, found.distribution) == ("org.example.shelved", "shelved")
    assert (found.code().packages, found.code().digest) == ({"shelved": release.packages / "shelved"}, release.digest)
    for refused in (found, load("shelved", shelf)):
        with pytest.raises(RequestError, match="is not imported into this program"):
            refused.load()
    assert not mark.exists()
    (release.packages / "shelved" / "__init__.py").write_text("import os")
    with pytest.raises(CodeChanged, match="not as it was installed"):
        found.code()


def test_a_folder_without_a_manifest_says_who_writes_it(tmp_path: Path) -> None:
    folder = project(tmp_path, coach())
    with pytest.raises(RequestError, match="no manifest in this project") as refused:
        find(str(folder))
    assert "selfdata manifest --write" in refused.value.next


def test_a_folder_with_several_manifests_is_not_guessed_at(tmp_path: Path) -> None:
    folder = project(tmp_path, coach())
    declare(folder)
    (folder / "coach_z").mkdir()
    (folder / "coach_z" / FILE).write_bytes((folder / "coach_a" / FILE).read_bytes())
    with (folder / "pyproject.toml").open("a") as file:
        file.write('other = "coach_z:manifest.json"\n')
    with pytest.raises(RequestError, match="several manifests"):
        find(str(folder))


# What a name names


def test_a_name_never_hides_what_has_it_as_its_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution may be called as it likes, also as somebody else's service."""
    install(tmp_path)
    install(tmp_path, "coach_z", distribution="org.example.coach")
    manifest = tmp_path / "coach_z" / FILE
    manifest.write_bytes(manifest.read_bytes().replace(b"org.example.coach", b"aaa.evil.coach"))
    monkeypatch.syspath_prepend(tmp_path)
    assert "aaa.evil.coach" in [f.id for f in installed().found if f.distribution == "org.example.coach"]
    assert find("org.example.coach").distribution == "coach-b"
    monkeypatch.undo()


def test_a_name_of_two_services_is_not_guessed_at(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "services")
    for publisher in ("one", "two"):
        path = service_wheel(tmp_path, f"org.{publisher}.shower", name=f"shower-{publisher}")
        shelve(shelf, str(path), Options(), datetime(2025, 6, 15, tzinfo=UTC))
    with pytest.raises(RequestError, match="Several services are named") as refused:
        find("shower", shelf)
    assert refused.value.next == "Name one by its id: org.one.shower, org.two.shower."
    assert find("org.two.shower", shelf).id == find("shower-two", shelf).id == "org.two.shower"


# What is shown to a run


def unpacked(site: Path, name: str, files: Content, requires: Sequence[str] = ()) -> None:
    """A distribution, installed in `site` as pip does it."""
    import zipfile

    with zipfile.ZipFile(wheel(site / "wheels", name, files=files, requires=requires)) as archive:
        archive.extractall(site)


def test_a_services_dependencies_are_shown_to_it_and_the_hosts_own_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    needs = ["numpy", "selfdata-sdk", "selfdata-showers>=1", "not-for-this-python; python_version < '3'", "not-there"]
    metadata = tmp_path / "coach_b-1.0.0.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text() + "".join(f"Requires-Dist: {n}\n" for n in needs))
    showers = {"showers/__init__.py": "", "showers/data.txt": "1", "one_file.py": "", "share/doc/showers.txt": ""}
    unpacked(tmp_path, "selfdata-showers", showers, ["selfdata_deeper", "pydantic", "selfdata-more; extra == 'more'"])
    unpacked(tmp_path, "selfdata-deeper", {"deeper/__init__.py": ""}, ["selfdata-showers"])
    unpacked(tmp_path, "selfdata-more", {"more/__init__.py": ""})
    unpacked(tmp_path, "not-for-this-python", {"old/__init__.py": ""})
    monkeypatch.syspath_prepend(tmp_path)
    code = find("coach").code()
    shown = {"coach_b", "showers", "one_file", "deeper"}
    assert {name: path.name for name, path in code.packages.items() if name != "share"} == {
        name: "one_file.py" if name == "one_file" else name for name in shown
    }
    (tmp_path / "deeper" / "__init__.py").write_text("import os")
    changed = find("coach").code()
    assert changed.digest != code.digest, "other dependencies are other code"
    (tmp_path / "more" / "__init__.py").write_text("import os")
    assert find("coach").code().digest == changed.digest
    monkeypatch.undo()


def test_other_code_in_a_folder_has_another_digest(tmp_path: Path) -> None:
    folder = project(tmp_path, coach())
    declare(folder)
    before = find(str(folder)).code().digest
    (folder / "README.md").write_text("Beside the package.")
    assert find(str(folder)).code().digest == before
    (folder / "coach_a" / "more.py").write_text("")
    assert find(str(folder)).code().digest != before
