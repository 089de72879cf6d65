"""`selfdata new`: from a few answers to a project, and from an older project to one of today."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.scaffold.earlier import keep
from selfdata_sdk.scaffold.template import Template, template

Selfdata = Callable[..., Any]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and a git that knows an author."""
    (tmp_path / "gitconfig").write_text("[user]\nname = Zoé Example\nemail = zoe@example.org\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def answers(project: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((project / ".selfdata-template.json").read_bytes())["answers"]
    return found


def test_without_questions_everything_is_derived_from_the_name(selfdata: Selfdata, folder: Path) -> None:
    done = selfdata("new", "--no-input", "--name", 'Eau & gaz "Lyon"')
    assert (done.code, done.err) == (0, "")
    found = answers(folder / "eau-gaz-lyon")
    assert found["id"] == "org.example.eau-gaz-lyon"
    assert found["package"] == "eau_gaz_lyon"
    assert found["author"] == "Zoé Example <zoe@example.org>"
    assert (folder / "eau-gaz-lyon" / "eau_gaz_lyon" / "manifest.json").is_file()


def test_it_ends_with_the_next_commands(selfdata: Selfdata) -> None:
    out = selfdata("new", "my water", "--no-input").out
    assert '  cd "my water"\n  selfdata test\n  selfdata run . --persona family_garden\n' in out
    assert "Et maintenant" in selfdata("--lang", "fr", "new", "--no-input").out


def test_a_folder_gives_the_name(selfdata: Selfdata, folder: Path) -> None:
    selfdata("new", "lyon-water", "--no-input")
    assert answers(folder / "lyon-water")["name"] == "Lyon water"


def test_an_empty_folder_becomes_the_project(selfdata: Selfdata, folder: Path) -> None:
    done = selfdata("new", ".", "--no-input")
    assert done.code == 0
    assert "cd " not in done.out
    assert answers(folder)["name"] == "Work"


def test_every_answer_can_be_given(selfdata: Selfdata, folder: Path) -> None:
    given = {
        "--name": "Water coach",
        "--name-fr": "Coach eau",
        "--id": "fr.exemple.coach-eau",
        "--package": "coach_lyon",
        "--author": "Ada",
        "--records": "water.use, home.household",
        "--features": "-",
        "--licence": "MIT",
    }
    assert selfdata("new", "--no-input", *(word for pair in given.items() for word in pair)).code == 0
    assert answers(folder / "coach-eau") == {
        "name": "Water coach",
        "__name_fr": "Coach eau",
        "id": "fr.exemple.coach-eau",
        "package": "coach_lyon",
        "author": "Ada",
        "records": "water.use,home.household",
        "features": "",
        "__licence": "MIT",
        "__slug": "coach-eau",
        "__year": answers(folder / "coach-eau")["__year"],
    }
    assert (folder / "coach-eau" / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_six_questions_are_asked_and_each_says_what_is_wrong_and_asks_again(selfdata: Selfdata, folder: Path) -> None:
    typed = ["../x", "2nd service", "", "json", "water_second", "", "water.uses", "water.use,gas.use", "graph", "-"]
    done = selfdata("new", input="\n".join([*typed, ""]))
    assert done.code == 0
    assert [line.strip() for line in done.err.splitlines()] == [
        "“/” may not be in it. Write something like Water coach.",
        "The name json means something else already. Write something like water_coach.",
        f"There is no water.uses among them. Choose from {', '.join(template().records)}.",
        "There is no graph among them. Choose from setting, state, chart.",
    ]
    found = answers(folder / "my-2nd-service")
    asked = ("name", "id", "package", "author", "records", "features")
    assert [found[key] for key in asked] == [
        "2nd service",
        "org.example.my-2nd-service",
        "water_second",
        "Zoé Example <zoe@example.org>",
        "water.use,gas.use",
        "",
    ]


def test_what_is_given_is_not_asked(selfdata: Selfdata) -> None:
    done = selfdata("new", "--name", "Lyon water", "--records", "gas.use", input="\n" * 4)
    assert done.code == 0
    assert "Name that people see" not in done.out
    assert "Python package [lyon_water]" in done.out


def test_a_folder_that_is_taken_is_said_when_its_name_is_typed(selfdata: Selfdata, folder: Path) -> None:
    (folder / "water-week").mkdir()
    (folder / "water-week" / "mine").write_text("mine")
    done = selfdata("new", input="\n\norg.example.another\n\n\n\n\n")
    assert done.code == 0
    assert "This folder is not empty." in done.err
    assert answers(folder / "another")["package"] == "another"


def test_a_name_that_python_has_leads_to_another_package(selfdata: Selfdata, folder: Path) -> None:
    selfdata("new", "--no-input", "--name", "JSON")
    assert answers(folder / "json")["package"] == "json_service"
    selfdata("new", "--no-input", "--name", "con")
    assert answers(folder / "con-service")["package"] == "con_service"


@pytest.mark.parametrize("name", ["💧", "Вода", "ß" * 60, "2", "a" * 60, "--- -", "tests"])
def test_any_name_leads_to_a_project(selfdata: Selfdata, folder: Path, name: str) -> None:
    assert selfdata("new", "--no-input", f"--name={name}").code == 0
    (made,) = folder.iterdir()
    assert answers(made)["name"] == name


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--name", "{{ 7*7 }}"),
        ("--name", "../../x"),
        ("--name", "x" * 300),
        ("--name", ""),
        ("--name", "W\u0430ter"),
        ("--name-fr", "{% raw %}"),
        ("--id", "../../x"),
        ("--id", "org.example.pytest"),
        ("--package", "CON"),
        ("--package", "aux.py"),
        ("--package", "Json"),
        ("--package", "pytest"),
        ("--author", "{{ 7*7 }}"),
        ("--records", "water.uses"),
        ("--features", "{{ 7*7 }}"),
        ("--licence", "GPL"),
    ],
)
def test_a_bad_answer_is_wrong_use_and_leaves_nothing(selfdata: Selfdata, folder: Path, option: str, text: str) -> None:
    done = selfdata("new", "--no-input", option, text)
    assert done.code == 2
    assert f"Error: {option.strip('-')}: " in done.err
    assert "  -> " in done.err
    assert os.listdir(folder) == []


def test_a_project_is_never_overwritten(selfdata: Selfdata, folder: Path) -> None:
    selfdata("new", "water", "--no-input")
    (folder / "water" / "README.md").write_text("mine", encoding="utf-8")
    done = selfdata("new", "water", "--no-input")
    assert done.code == 2
    assert "not empty" in done.err
    assert (folder / "water" / "README.md").read_text(encoding="utf-8") == "mine"


def test_stopping_leaves_nothing(selfdata: Selfdata, folder: Path) -> None:
    assert selfdata("new", input="Lyon water\n").code == 130
    assert os.listdir(folder) == []


def test_a_machine_without_git_makes_the_same(
    selfdata: Selfdata, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("getpass.getuser", lambda: "ada")
    assert selfdata("new", "--no-input").code == 0
    assert answers(folder / "water-week")["author"] == "ada"


def test_a_new_projects_manifest_is_current(selfdata: Selfdata, folder: Path) -> None:
    selfdata("new", "--no-input", "--records", "water.use,home.household", "--features", "setting,state,chart")
    assert selfdata("manifest", "water-week", "--check").code == 0


@pytest.fixture
def next_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From here on the template is one version further, with another Makefile and one line more in .gitignore."""
    place = tmp_path / "sdk" / "plugin_template"
    shutil.copytree(template().folder, place)
    today = Template.read(place)
    shutil.rmtree(place / "earlier", ignore_errors=True)
    keep(today)

    def go_on() -> None:
        (place / "cookiecutter.json").write_text(
            json.dumps({**today.variables, "_version": str(today.version + 1)}), encoding="utf-8"
        )
        project = place / "{{cookiecutter.__slug}}"
        for name in ("Makefile", ".gitignore"):
            file = project / name
            file.write_bytes(file.read_bytes() + b"\n# {{ cookiecutter.name }}\n")
        monkeypatch.setattr("selfdata_sdk.scaffold.template._PACKAGE", place.parent)

    return go_on


def test_a_project_of_today_is_current(selfdata: Selfdata) -> None:
    selfdata("new", "--no-input")
    done = selfdata("new", "--update", "water-week")
    assert (done.code, done.err) == (0, "")
    assert f"current: version {template().version}" in done.out


def test_an_older_project_is_brought_up_to_date_from_inside(
    selfdata: Selfdata, folder: Path, monkeypatch: pytest.MonkeyPatch, next_template: Callable[[], None]
) -> None:
    selfdata("new", "--no-input", "--name", "Lyon water")
    project = folder / "lyon-water"
    ignore = project / ".gitignore"
    ignore.write_bytes(b"mine\n" + ignore.read_bytes())
    next_template()
    monkeypatch.chdir(project)
    done = selfdata("new", "--update")
    assert (done.code, done.err) == (0, "")
    assert "  .gitignore: merged with your changes\n  Makefile: replaced\n" in done.out
    assert done.out.endswith("  selfdata manifest --write\n  selfdata test\n")
    assert ignore.read_bytes().startswith(b"mine\n")
    assert ignore.read_bytes().endswith(b"# Lyon water\n")
    assert "current" in selfdata("new", "--update").out


def test_a_conflict_exits_with_1_and_is_listed(
    selfdata: Selfdata, folder: Path, next_template: Callable[[], None]
) -> None:
    selfdata("new", "--no-input")
    makefile = folder / "water-week" / "Makefile"
    makefile.write_bytes(makefile.read_bytes() + b"\n# mine\n")
    next_template()
    done = selfdata("--lang", "fr", "new", "--update", "water-week")
    assert done.code == 1
    assert "  Makefile : CONFLIT" in done.out
    assert b"# mine" in makefile.read_bytes()


def test_a_hostile_project_is_refused_on_update(
    selfdata: Selfdata, folder: Path, next_template: Callable[[], None]
) -> None:
    selfdata("new", "--no-input")
    record = folder / "water-week" / ".selfdata-template.json"
    record.write_text(record.read_text(encoding="utf-8").replace("Water week", "{{ 7*7 }}"), encoding="utf-8")
    next_template()
    done = selfdata("new", "--update", "water-week")
    assert done.code == 2
    assert "“{” may not be in it." in done.err


@pytest.mark.parametrize("words", [["--update", "--name", "x"], ["--force"], ["--update", "nowhere"]])
def test_what_does_not_go_together_is_wrong_use(selfdata: Selfdata, folder: Path, words: list[str]) -> None:
    assert selfdata("new", *words).code == 2
    assert os.listdir(folder) == []
