"""An answer is data: what could be more than that is refused, with the reason and an example."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cookiecutter.main import cookiecutter
from cookiecutter.utils import create_env_with_context
from hypothesis import assume, given
from hypothesis import strategies as st

from selfdata_sdk.errors import RequestError
from selfdata_sdk.scaffold.answers import EXAMPLES, LONGEST, QUESTIONS, checked
from selfdata_sdk.scaffold.template import template

RECORDS = ("water.use", "gas.use", "home.household", "electricity.use", "supply.point")


def accepted(key: str, text: str) -> bool:
    try:
        checked(key, text, RECORDS)
    except RequestError:
        return False
    return True


@pytest.mark.parametrize(("key", "text"), EXAMPLES.items())
def test_the_examples_are_answers(key: str, text: str) -> None:
    assert checked(key, text, RECORDS) == text


GOOD = [
    ("name", 'Eau & gaz "Lyon"'),
    ("name", "L'eau d'été"),
    ("name", "2nd service"),
    ("name", "Eau 💧"),
    ("name", "Вода"),
    ("name", "con"),
    ("id", "org.example.x2"),
    ("author", "Zoé O'Neil"),
    ("features", ""),
]


@pytest.mark.parametrize(("key", "text"), GOOD)
def test_names_of_every_day_are_answers(key: str, text: str) -> None:
    assert checked(key, text, RECORDS) == text


def test_spaces_around_are_dropped_and_lists_are_written_closely() -> None:
    assert checked("name", " Water week ", RECORDS) == "Water week"
    assert checked("records", "water.use , gas.use", RECORDS) == "water.use,gas.use"


BAD = [
    *((key, "{{ 7*7 }}") for key in EXAMPLES),
    *((key, "{% for x in y %}") for key in EXAMPLES),
    *((key, "{# x #}") for key in EXAMPLES),
    *((key, "../../x") for key in EXAMPLES),
    *((key, "x" * 1000) for key in EXAMPLES),
    *((key, "a\nb") for key in EXAMPLES),
    *((key, "a\u202eb") for key in EXAMPLES),
    *((key, "a\u200bb") for key in EXAMPLES),
    *((key, "") for key in EXAMPLES if key != "features"),
    ("name", ".."),
    ("name", "a\\b"),
    ("name", "a/b"),
    ("name", "x" * 300),
    ("name", "W\u0430ter"),  # a Cyrillic а
    ("name", "<b>Water</b>"),
    ("name", "e\u0301"),  # not in normal form
    ("id", "water"),
    ("id", "org.example"),
    ("id", "Org.Example.Water"),
    ("id", "org.example.2nd"),
    ("id", "org.example.con"),
    ("id", "org.example..x"),
    ("id", "org.example.pydantic"),
    ("id", "org.ex\u0430mple.water"),
    ("package", "con"),
    ("package", "CON"),
    ("package", "aux.py"),
    ("package", "com1"),
    ("package", "json"),
    ("package", "JSON"),
    ("package", "Json"),
    ("package", "class"),
    ("package", "match"),
    ("package", "print"),
    ("package", "tests"),
    ("package", "selfdata_sdk"),
    ("package", "2nd"),
    ("package", "eau_été"),
    ("package", "wаter"),
    ("author", "Ada <ada@example.org"),
    ("author", "Ada <ada@example.org> <x@y.z>"),
    ("author", 'Ada "A" Example'),
    ("author", "<ada@example.org>"),
    ("author", "A" * 81),
    ("records", "water.uses"),
    ("records", "water.use,water.use"),
    ("records", ","),
    ("records", ",".join(RECORDS)),
    ("features", "chart,graph"),
    ("features", "chart,chart"),
    ("__licence", "GPL-3.0-only"),
    ("__year", "26"),
    ("__slug", "con"),
]


@pytest.mark.parametrize(("key", "text"), BAD)
def test_what_could_be_more_than_data_or_would_not_work_is_refused_with_an_example(key: str, text: str) -> None:
    with pytest.raises(RequestError) as refused:
        checked(key, text, RECORDS)
    assert refused.value.where == key.strip("_").replace("_", "-")
    assert refused.value.next
    assert len(str(refused.value)) < 400
    assert all(
        word != spoken
        for word, spoken in zip(refused.value.sentences("en"), refused.value.sentences("fr"), strict=True)
    )


@pytest.fixture
def naive(tmp_path: Path) -> Callable[..., Path]:
    """Plain cookiecutter on a template that trusts its answers; gives back where it put the project."""
    (tmp_path / "naive" / "{{cookiecutter.slug}}").mkdir(parents=True)
    (tmp_path / "naive" / "{{cookiecutter.slug}}" / "README").write_text("{{ cookiecutter.name }}", encoding="utf-8")
    (tmp_path / "naive" / "cookiecutter.json").write_text('{"name": "x", "slug": "x"}', encoding="utf-8")
    (tmp_path / "rc").write_text(
        f"replay_dir: {(tmp_path / 'replay').as_posix()}\ncookiecutters_dir: {(tmp_path / 'c').as_posix()}\n"
    )

    def make(**answers: str) -> Path:
        folder = tmp_path / "a" / "b"
        folder.mkdir(parents=True)
        made = cookiecutter(
            str(tmp_path / "naive"),
            no_input=True,
            extra_context=answers,
            output_dir=str(folder),
            config_file=str(tmp_path / "rc"),
        )
        return Path(made)

    return make


def test_a_name_could_run_a_command_on_this_machine_and_is_refused(naive: Callable[..., Path], tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    make = f'mkdir "{proof.as_posix()}"'
    command = "{{ cycler.__init__.__globals__.os.system('" + make + "') }}"
    naive(name=command)
    assert proof.is_dir()
    assert not accepted("name", command)


def test_a_name_of_a_folder_could_lead_out_and_is_refused(naive: Callable[..., Path], tmp_path: Path) -> None:
    made = naive(slug="../../escaped")
    assert os.path.realpath(made) == os.path.realpath(tmp_path / "escaped")
    assert not accepted("__slug", "../../escaped")
    assert not accepted("id", "../../escaped")


@pytest.fixture(scope="module")
def hook() -> dict[str, Any]:
    """What the template's own hook defines, for the answers of the examples; its checks are not run."""
    source = (template().folder / "hooks" / "pre_gen_project.py").read_text(encoding="utf-8")
    assert source.rstrip().endswith("\nmain()")
    context = {"cookiecutter": {**EXAMPLES, "_records": dict.fromkeys(RECORDS)}}
    rendered = create_env_with_context(context).from_string(source).render(**context)
    found: dict[str, Any] = {}
    exec(rendered.rstrip().removesuffix("main()"), found)
    return found


def hook_accepts(hook: dict[str, Any], key: str, text: str) -> bool:
    """Of an id, the hook looks at the project's folder apart."""
    try:
        hook["CHECKS"][key](text)
        if key == "id":
            hook["CHECKS"]["__slug"](text.rpartition(".")[2])
    except hook["Refused"]:
        return False
    return True


def test_the_hook_of_the_template_knows_the_same_questions(hook: dict[str, Any]) -> None:
    assert hook["CHECKS"].keys() == EXAMPLES.keys()


@pytest.mark.parametrize(("key", "text"), [*EXAMPLES.items(), *GOOD, *BAD])
def test_the_hook_of_the_template_says_the_same(hook: dict[str, Any], key: str, text: str) -> None:
    if text == ".." or (key == "__slug" and len(text) > 80):
        pytest.skip("it is harmless in a name, and the id has bounds")
    assert hook_accepts(hook, key, text) == accepted(key, text)


def test_the_hook_of_the_template_has_the_same_names_taken(hook: dict[str, Any]) -> None:
    for name in sorted(hook["TAKEN"] | hook["DEVICES"]):
        assert not accepted("package", name), name
    assert not hook["TAKEN"] & {"water_coach", "water_week"}


TEXTS = st.text(
    st.one_of(
        st.sampled_from("aZé09 -_.,'\"&<>@{}%#/\\$`!?:()«»’…\u00a0\u202f\u200b\u202e\u0301\n\tжω漢💧ª"),
        st.characters(),
    ),
    max_size=12,
)
WORDS = st.text(st.sampled_from("abz09-_."), max_size=14)


@given(key=st.sampled_from([*EXAMPLES]), text=TEXTS | WORDS)
def test_whatever_is_typed_the_hook_accepts_what_is_accepted_here(hook: dict[str, Any], key: str, text: str) -> None:
    try:
        answer = checked(key, text, RECORDS)
    except RequestError:
        answer = None
    if answer is not None:
        assert hook_accepts(hook, key, answer)
    else:
        assume(".." not in text and text == text.strip(" "))
        assert not hook_accepts(hook, key, text)


@given(key=st.sampled_from(QUESTIONS), text=TEXTS)
def test_whatever_is_accepted_holds_nothing_of_a_template_or_a_path(key: str, text: str) -> None:
    if accepted(key, text):
        answer = checked(key, text, RECORDS)
        assert not re.search(r"[{}/\\`]|\.\.", answer)
        assert all(unicodedata.category(c)[0] != "C" for c in answer)
        assert len(answer) <= LONGEST.get(key, 500)
