"""Answers are data: they are refused, or stand in the project just as they were given."""

from __future__ import annotations

import ast
import io
import json
import sys
import tomllib
import unicodedata
from contextlib import redirect_stderr
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from cookiecutter.exceptions import FailedHookException
from cookiecutter.utils import create_env_with_context
from hypothesis import example, given, settings
from hypothesis import strategies as st

from selfdata_sdk.model.text import is_clean, scripts
from selfdata_sdk.service.manifest import is_service_id

from .baking import TEMPLATE, bake, context, render

HOOK = (TEMPLATE / "hooks" / "pre_gen_project.py").read_text("utf-8")


def refusal(**typed: str) -> str:
    """What the hook says of these answers; empty if it takes them."""
    return verdict(context(typed))


def verdict(given: dict[str, Any]) -> str:
    """What the hook says, without a process of its own."""
    code = create_env_with_context(given).from_string(HOOK).render(**given)
    said = io.StringIO()
    with pytest.raises(SystemExit) as ended, redirect_stderr(said):
        exec(compile(code, "hook", "exec"), {"__name__": "__main__"})
    assert bool(ended.value.code) == bool(said.getvalue())
    return said.getvalue()


REFUSED: dict[str, tuple[str, ...]] = {
    "name": (
        "", "x" * 61, "../../x", "a/b", "a\\b", "a..b", "{{ 7*7 }}", "{% raw %}", "{# a #}", "a\nb", "a\tb", "a\x00b", "a  b",
        " a", "a ", "<script>", "`id`", "$(id)", "a\u202eb", "a\u200bb", "W\u0430ter", "e\u0301t\u00e9", "[a](b)", "# a", "a|b", "*a*",
        'a"""b\\', "a;b", "a\u3164b", "❤\ufe0f",
    ),
    "id": ("", "water", "example.water", "org.example.", "org..water", "org.example/../x", "Org.example.water", "org.example.2nd",
           "org.example.water_coach", "org.example.w-", "org.example.wäter", "org.example.con", "org.example.com1",
           "org.example.numpy", "org.example." + "x" * 80, "org.example.{{ 7*7 }}", "org.example.x\n"),
    "package": ("", "2nd", "Water", "water-coach", "class", "match", "json", "print", "numpy", "selfdata_sdk", "aux", "tests",
                "datetime", "service", "compared", "../x", "x.y", "x y", "_x", "é", "x" * 41, "{{ 7*7 }}", "x\n"),
    "author": ("", "a\nb", "Ada <ada>", "Ada <ada@example>", "Ada <ada@example.org", 'A "B" C', "A <b@c.de> <f@g.hi>", "{{ 7*7 }}",
               "Ada <a@b.c>x", "Ada <a@b.cd, e@f.gh>", "A\\", "A = B", "<ada@example.org>", "../a"),
    "records": ("", "water", "water.use/1", "water.use,", "water.use;gas.use", "water.use,water.use", "{{ 7*7 }}", "../x",
                "water.use,gas.use,gas.reading,water.reading,electricity.use", "water.use\n"),
    "features": ("charts", "chart,", "chart,chart", "chart;state", "{{ 7*7 }}", "chart\n"),
}  # fmt: skip


@pytest.mark.parametrize(("question", "answer"), [(q, a) for q, answers in REFUSED.items() for a in answers])
def test_is_refused_with_the_question_and_a_repair(question: str, answer: str) -> None:
    said = refusal(**{question: answer})
    assert f"{question}: " in said


TAKEN: dict[str, tuple[str, ...]] = {
    "name": ("x", "Eau & gaz \"Lyon\"", "L'eau d'été", "Où va l'eau\u00a0?", "Water 🚰", "2nd service", "100 % (approx.), now!", "Κρήνη",
             "水道", 'Say "it\'s" «\u00a0so\u00a0»', "a:b", "- x", "नमस्ते"),
    "id": ("org.example.water-coach", "a.b.c", "fr.example.sub.w2"),
    "package": ("water_coach", "w", "x2", "w__"),
    "author": ("Ada", "Ada Example <ada@example.org>", "Zoë O'Hara", "Eau & Cie (Lyon), R.-M.", "王"),
    "records": ("water.use", "water.use,gas.use", "gas.use, home.household", "supply.tariff"),
    "features": ("", "chart", "setting, state,chart"),
}  # fmt: skip


@pytest.mark.parametrize(("question", "answer"), [(q, a) for q, answers in TAKEN.items() for a in answers])
def test_is_taken_and_stands_as_it_was_given(question: str, answer: str, tmp_path: Path) -> None:
    typed = {"package": "kind", question: answer}
    assert refusal(**typed) == ""
    stands(render(tmp_path, typed), typed)


def stands(project: Path, typed: dict[str, str]) -> None:
    """The project says of itself what was typed, in each language in which its files are written."""
    record = json.loads((project / ".selfdata-template.json").read_bytes())
    assert {name: record["answers"][name] for name in typed} == typed
    package, name, author = (record["answers"][q] for q in ("package", "name", "author"))
    manifest = json.loads((project / package / "manifest.json").read_bytes())
    assert manifest["name"] == {"en": name, "fr": name} == named(project / package / "service.py")
    metadata = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    assert " <".join(metadata["authors"][0].values()) + ">" * (" <" in author) == author
    assert (project / "README.md").read_text("utf-8").startswith(f"# {name}\n")


def named(file: Path) -> dict[str, str]:
    """The name of the service in the code, by language."""
    calls = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
    (service,) = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "service")
    (text,) = (k.value for k in service.keywords if k.arg == "name")
    assert isinstance(text, ast.Call)
    return {str(k.arg): ast.literal_eval(k.value) for k in text.keywords}


SIGNS = st.sampled_from("ab é2\"'&.,:;?!()%€«»“”\u00a0\u202f-–+<>{}#$`*_[]|~^=/\\\n\t\u200b🚰水")


@given(st.text(SIGNS, max_size=12) | st.text(max_size=8))
@example('"')
@example("'\"'")
@settings(max_examples=150, deadline=None)
def test_whatever_the_name_it_is_refused_or_stands_as_it_was_given(name: str) -> None:
    typed = {"name": name, "id": "org.example.kind"}
    if refusal(**typed):
        return
    assert is_clean(name)
    assert len(scripts(name)) <= 1
    with TemporaryDirectory() as place:
        stands(render(Path(place), typed), typed)


@given(st.text(SIGNS, max_size=12) | st.text(max_size=8))
@settings(max_examples=80, deadline=None)
def test_whatever_the_author_they_are_refused_or_stand_as_given(author: str) -> None:
    if refusal(author=author):
        return
    assert is_clean(author)
    with TemporaryDirectory() as place:
        stands(render(Path(place), {"author": author}), {"author": author})


@given(
    st.sampled_from(["id", "package", "records", "features"]), st.text(max_size=12) | st.text("ab.-_,/{}", max_size=20)
)
@settings(max_examples=80, deadline=None)
def test_whatever_else_is_answered_is_refused_or_plain(question: str, answer: str) -> None:
    if not refusal(**{question: answer}):
        assert answer.isascii()
        assert not set(answer) - set("abcdefghijklmnopqrstuvwxyz0123456789.-_, ")
        assert question != "id" or is_service_id(answer)


@given(st.text(SIGNS | st.characters(categories=["L", "M", "So"]), min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_good_name_gives_a_good_id_and_package(name: str) -> None:
    said = [line for line in refusal(name=name).splitlines() if "means something else already" not in line]
    wrong = [line.partition(":")[0] for line in said]
    assert not {"id", "slug"} & set(wrong)


def test_the_hook_needs_nothing_but_python() -> None:
    source = create_env_with_context(context({})).from_string(HOOK).render(**context({}))
    nodes = list(ast.walk(ast.parse(source)))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= sys.stdlib_module_names
    assert not any(isinstance(node, ast.ImportFrom) for node in nodes)


def test_characters_that_do_not_show_are_refused_as_the_sdk_refuses_them() -> None:
    hook: dict[str, object] = {}
    source = create_env_with_context(context({})).from_string(HOOK).render(**context({}))
    exec(source.replace("\nmain()\n", "\n"), hook)
    kinds, blank = hook["KINDS"] | hook["PICTURES"], hook["BLANK"]  # type: ignore[operator]
    shown = (c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) in kinds)
    assert [c for c in shown if not blank.match(c) and not is_clean(unicodedata.normalize("NFC", f"a{c}b"))] == []  # type: ignore[attr-defined]


@cache
def own_names() -> frozenset[str]:
    """Names that the code of some project has in a module, but for the service's own."""
    found: set[str] = set()
    kinds = ("water.use,water.reading,home.household,supply.meter", "home.household,supply.meter")
    for records in kinds:
        with TemporaryDirectory() as place:
            project = render(Path(place), {"records": records, "features": "setting,state,chart", "package": "kind"})
            for file in project.rglob("*.py"):
                for node in ast.parse(file.read_text("utf-8")).body:
                    if isinstance(node, ast.FunctionDef | ast.ClassDef):
                        found.add(node.name)
                    elif isinstance(node, ast.Import | ast.ImportFrom):
                        found |= {alias.asname or alias.name for alias in node.names}
    return frozenset(name for name in found if name.islower() and name != "kind" and not name.startswith("test_"))


def test_a_package_hides_nothing_that_the_code_needs() -> None:
    assert {"service", "compared", "newest", "by_day", "persona"} <= own_names()
    for name in own_names():
        assert "package: " in refusal(package=name), name


NAIVE = {
    "cookiecutter.json": '{"name": "x"}',
    "hooks/pre_gen_project.py": 'NAME = "{{ cookiecutter.name }}"\n',
    "{{cookiecutter.name.split(';')[0]}}/README.md": "# {{ cookiecutter.name }}\n",
}


@pytest.fixture
def naive(tmp_path: Path) -> Path:
    """A template that trusts its answers."""
    for name, text in NAIVE.items():
        (tmp_path / "naive" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "naive" / name).write_text(text, encoding="utf-8")
    return tmp_path / "naive"


RUNS_CODE = 'x";open("../ran","w").close();"'
LEAVES_THE_FOLDER = "../elsewhere"


def test_a_template_that_trusts_answers_runs_them_and_writes_anywhere(naive: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    bake(place, naive, name=RUNS_CODE)
    assert (place / "ran").is_file()
    bake(place, naive, name=LEAVES_THE_FOLDER)
    assert (tmp_path / "elsewhere" / "README.md").is_file()


@pytest.mark.parametrize("attack", [RUNS_CODE, LEAVES_THE_FOLDER])
@pytest.mark.parametrize("question", TAKEN)
def test_this_one_leaves_nothing_behind(
    question: str, attack: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "place"
    with pytest.raises(FailedHookException):
        bake(place, TEMPLATE, **{question: attack})
    assert f"{question}: " in capfd.readouterr().err
    assert [p for p in tmp_path.rglob("*") if p != place] == []


@pytest.mark.parametrize(
    ("name", "answer"),
    [("__slug", "../x"), ("__slug", "aux"), ("__name_fr", "{{ 1 }}"), ("__licence", "GPL-3.0"), ("__year", "2026\n")],
)
def test_what_is_not_asked_keeps_rules_too(name: str, answer: str) -> None:
    given = context({})
    given["cookiecutter"][name] = answer
    assert verdict(given).startswith(f"{name.lstrip('_')}: ")
