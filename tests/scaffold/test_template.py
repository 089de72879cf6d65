"""The template makes of answers what plain cookiecutter makes of them, and knows nothing of the user's."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter

from selfdata_sdk.model import REGISTRY
from selfdata_sdk.scaffold.answers import EXAMPLES, QUESTIONS
from selfdata_sdk.scaffold.template import Template, template

from .conftest import MakeTemplate

ANSWERS = {**EXAMPLES, "records": "water.use,home.household"}


def test_the_templates_questions_are_those_that_are_asked() -> None:
    assert tuple(key for key in template().variables if not key.startswith("_")) == QUESTIONS
    assert EXAMPLES.keys() <= template().variables.keys()


def test_a_service_can_be_made_of_every_record_type() -> None:
    assert set(template().records) == {record_type.type.partition("/")[0] for record_type in REGISTRY}


def test_a_default_follows_from_the_answers_before(make_template: MakeTemplate) -> None:
    made = make_template(1)
    answers = {"name": "Lyon water"}
    assert made.default("id", answers) == "org.example.lyon-water"
    assert made.default("package", {**answers, "id": "org.example.lyon-water"}) == "lyon_water"


@pytest.fixture
def no_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder with a cookiecutter configuration that answers for them."""
    user = tmp_path / "user"
    user.mkdir()
    (user / ".cookiecutterrc").write_text('default_context: {author: "Somebody Else"}\n', encoding="utf-8")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(user))
    return user


def test_the_user_is_asked_for_nothing_and_nothing_is_left_with_them(
    no_config: Path, make_template: MakeTemplate
) -> None:
    made = make_template(1, AUTHOR="{{ cookiecutter.author }}")
    before = os.getcwd()
    tree = made.render({"name": "Lyon water"})
    assert tree["AUTHOR"] == b"Ada Example <ada@example.org>"
    assert [p.name for p in no_config.iterdir()] == [".cookiecutterrc"]
    assert os.getcwd() == before


def test_plain_cookiecutter_makes_the_same(tmp_path: Path) -> None:
    """Its configuration is a file of its own here: by default it would read and write the user's."""
    config = tmp_path / "config.yml"
    config.write_text(json.dumps({f"{kind}_dir": str(tmp_path / kind) for kind in ("replay", "cookiecutters")}))
    plain = Path(
        cookiecutter(
            str(template().folder),
            no_input=True,
            extra_context=ANSWERS,
            output_dir=str(tmp_path / "plain"),
            config_file=str(config),
        )
    )
    files = {p.relative_to(plain).as_posix(): p.read_bytes() for p in plain.rglob("*") if p.is_file()}
    assert files == template().render(ANSWERS)


def test_the_same_answers_make_the_same_project_again() -> None:
    first = template().render(ANSWERS)
    record = json.loads(first[".selfdata-template.json"])
    assert int(record["version"]) == template().version
    assert record["answers"] == ANSWERS
    assert template().render(record["answers"]) == first


def test_a_template_inside_of_the_package_comes_first(
    make_template: MakeTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a wheel it lies there; in the source tree it lies beside the package."""
    assert template().folder.name == "plugin_template"
    inside = make_template(7).folder
    inside.rename(inside.parent / "plugin_template")
    monkeypatch.setattr("selfdata_sdk.scaffold.template._PACKAGE", inside.parent)
    assert template() == Template.read(inside.parent / "plugin_template")
    assert template().version == 7
