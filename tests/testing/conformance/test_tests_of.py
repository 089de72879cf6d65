"""`service_tests`: each rule is a test of its own, that says what is wrong and how to repair it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from selfdata_sdk import Block, Context, NoInsight, Text, service
from selfdata_sdk.testing import service_tests
from selfdata_sdk.testing.conformance import tests_of
from selfdata_sdk.testing.conformance.rule import NotVerified, Problem, Rule
from selfdata_sdk.testing.conformance.subject import Subject

from ...zoo.animal import Animal

SOME = Text(en="Some text", fr="Un texte")


@service(id="org.example.quiet", name=SOME, summary=SOME)
def quiet(context: Context) -> Iterable[Block]:
    yield NoInsight(id="none", reason="not_enough_data", help=SOME)


def not_here(subject: Subject) -> Iterable[Problem]:
    raise NotVerified(Text(en="No walls here.", fr="Pas de murs ici."))


def nothing(subject: Subject) -> Iterable[Problem]:
    return ()


def two_problems(subject: Subject) -> Iterable[Problem]:
    yield Problem(Text(en="It changes nothing.", fr="Il ne change rien."), "water.litres")
    yield Problem(Text(en="It says nothing.", fr="Il ne dit rien."))


def rule(id: str, level: str, check: Callable[[Subject], Iterable[Problem]]) -> Rule:
    title, fix = Text(en=f"It keeps {id}", fr=f"Il respecte {id}"), Text(en="Remove it.", fr="Retirez-le.")
    return Rule(id, level, title, SOME, fix, check)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def some_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    known = (
        rule("answers-always", "works", nothing),
        rule("held", "trustworthy", not_here),
        rule("plain", "excellent", two_problems),
    )
    monkeypatch.setattr(tests_of, "RULES", known)


def test_there_is_a_test_for_each_rule_told_by_its_title() -> None:
    made = service_tests(quiet)
    names = [name for name in vars(made) if name.startswith("test_")]
    assert names == ["test_answers_always", "test_held", "test_plain"]
    assert vars(made)["test_answers_always"].__doc__ == "It keeps answers-always"


def test_up_to_the_level_asked_for() -> None:
    made = service_tests(quiet, level="trustworthy")
    assert [name for name in vars(made) if name.startswith("test_")] == ["test_answers_always", "test_held"]


def test_a_rule_that_is_kept_passes_and_one_that_cannot_be_verified_is_skipped_with_the_reason() -> None:
    made = service_tests(quiet)
    made().test_answers_always()
    with pytest.raises(pytest.skip.Exception, match=r"No walls here\."):
        made().test_held()


def test_a_rule_that_is_broken_fails_with_every_problem_the_repair_and_the_page() -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        service_tests(quiet)().test_plain()
    assert str(failed.value).splitlines() == [
        "It keeps plain [plain]",
        "  water.litres: It changes nothing.",
        "  It says nothing.",
        "  -> Remove it.",
        "  docs/reference/rules.md#plain",
    ]


LINE = """
from zoo_{name} import healthy

from selfdata_sdk.testing import service_tests

TestHealthy = service_tests(healthy)
"""


@pytest.mark.parametrize(("name", "broken"), [("well", ""), ("stale", "manifest-current")])
def test_in_a_project_it_is_one_line(name: str, broken: str, tmp_path: Path) -> None:
    """In a process of its own, as its author runs it, with the rules that there are."""
    folder = Animal(name, broken, declared=not broken).make(tmp_path)
    (folder / "tests" / "test_rules.py").write_text(LINE.format(name=name))
    done = subprocess.run(
        [sys.executable, "-m", "selfdata_sdk.cli", "test", str(folder), "--", "tests/test_rules.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    if broken:
        assert done.returncode == 1
        assert "1 failed, " in done.stdout
        assert f"[{broken}]" in done.stdout
    else:
        assert done.returncode == 0, done.stdout
        assert " passed" in done.stdout
