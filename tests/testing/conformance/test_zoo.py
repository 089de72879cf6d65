"""The zoo: a healthy service keeps every rule, and each of the others breaks exactly one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from selfdata_sdk.host.discovery import of_folder
from selfdata_sdk.testing.conformance.report import Report, examine_all
from selfdata_sdk.testing.conformance.rules import RULES
from selfdata_sdk.testing.conformance.subject import Subject

from ...zoo.animal import HEALTHY, Animal
from ...zoo.animals_behaviour import ANIMALS as BEHAVIOUR
from ...zoo.animals_project import ANIMALS as PROJECTS
from ...zoo.animals_words import ANIMALS as WORDS

ANIMALS: tuple[Animal, ...] = (*BEHAVIOUR, *WORDS, *PROJECTS)


def checked(folder: Path) -> Report:
    return examine_all(Subject(of_folder(folder).load(), folder), RULES)


def told(report: Report) -> str:
    lines = [f"{f.rule.id}: {p.where}: {p.what.en}" for f in report.broken for p in f.problems]
    return "\n".join(lines)


def test_the_healthy_service_keeps_every_rule() -> None:
    report = checked(HEALTHY)
    assert not report.broken, told(report)
    assert report.level == "excellent"


@pytest.mark.parametrize("animal", ANIMALS, ids=lambda animal: animal.name)
def test_each_animal_breaks_its_own_rule_and_no_other(animal: Animal, tmp_path: Path) -> None:
    report = checked(animal.make(tmp_path))
    if "CI" not in os.environ and animal.breaks in {f.rule.id for f in report.findings if f.outcome == "not_verified"}:
        pytest.skip("this machine has no walls")
    assert {f.rule.id for f in report.broken} == {animal.breaks}, told(report)


@pytest.mark.parametrize("rule", [r.id for r in RULES])
def test_every_rule_has_an_animal_that_breaks_it(rule: str) -> None:
    assert rule in {animal.breaks for animal in ANIMALS}


def test_no_animal_is_there_twice() -> None:
    names = [animal.name for animal in ANIMALS]
    assert len(set(names)) == len(names)
