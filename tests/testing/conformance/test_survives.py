"""What a service stumbles over is told with the household, what was different there, and the line."""

from __future__ import annotations

from pathlib import Path

from selfdata_sdk.host.discovery import of_folder
from selfdata_sdk.service.manifest import AskedSetting, Manifest
from selfdata_sdk.testing.conformance.report import examine
from selfdata_sdk.testing.conformance.rule import Problem
from selfdata_sdk.testing.conformance.rules import survives
from selfdata_sdk.testing.conformance.subject import Subject

from ...zoo.animal import CODE, HEALTHY, Animal
from ...zoo.animals_behaviour import beginning

RULES = {rule.id: rule for rule in survives.RULES}


def problems(rule: str, tmp_path: Path, *edits: tuple[str, str, str]) -> tuple[Problem, ...]:
    folder = Animal("tried", rule, edits).make(tmp_path)
    return examine(RULES[rule], Subject(of_folder(folder).load(), folder)).problems


def line(text: str) -> int:
    """The line of the healthy service's code that holds this text."""
    return next(n for n, said in enumerate((HEALTHY / CODE).read_text("utf-8").splitlines(), 1) if text in said)


def test_an_exception_is_told_by_name_line_and_household(tmp_path: Path) -> None:
    (problem,) = problems("survives-refusal", tmp_path, (CODE, "lives.occupants if lives else 1", "lives.occupants"))
    assert problem.where == f"__init__.py, line {line('lives.occupants')}"
    assert problem.what.en == "It raises AttributeError: single_flat, with home refused."
    assert problem.what.fr == "Il lève AttributeError\N{NO-BREAK SPACE}: single_flat, avec refus de home."


def test_silence_is_told(tmp_path: Path) -> None:
    (problem,) = problems("survives-no-data", tmp_path, beginning("if not len(water):\n        return"))
    assert problem.what.en == "It says nothing at all: single_flat, without data."
    assert problem.what.fr == "Il ne dit rien du tout\N{NO-BREAK SPACE}: single_flat, sans données."


def test_a_block_that_is_not_valid_is_told_with_its_line(tmp_path: Path) -> None:
    (problem,) = problems("runs", tmp_path, (CODE, 'unit="L", period', 'unit="", period'))
    assert problem.where == f"__init__.py, line {line('metric=Metric')}"
    assert problem.what.en.startswith("A Metric is not valid: unit")


def test_one_fault_is_told_once_however_many_households_show_it(tmp_path: Path) -> None:
    assert len(problems("runs", tmp_path, beginning("raise ValueError"))) == 1


def setting(**facts: object) -> AskedSetting:
    title = {"en": "Goal", "fr": "Objectif"}
    return AskedSetting.model_validate({"kind": "integer", "default": "5", "title": title, **facts})


def test_settings_are_tried_at_their_edges() -> None:
    assert survives.values(setting(ge="1", le="9")) == ("1", "9")
    assert survives.values(setting(ge="-5")) == ("-5", "-1", "0", "1", "1000000")
    assert survives.values(setting(kind="boolean", default="true")) == ("false",)
    assert survives.values(setting(kind="text", default="a", choices=("a", "b", "c"))) == ("b", "c")
    assert survives.values(setting(kind="text", default="Lyon"))[0] == ""


def test_refusing_everything_is_not_a_refusal_but_no_data() -> None:
    subject = Subject(of_folder(HEALTHY).load(), HEALTHY)
    assert [v.refused for v in survives.refusals(subject)] == [frozenset({"home"})]
    needs = {label: need for label, need in subject.manifest.needs.items() if label == "home"}
    alone = Manifest.model_construct(**{**dict(subject.manifest), "needs": needs})
    subject.__dict__["manifest"] = alone
    assert list(survives.refusals(subject)) == []
