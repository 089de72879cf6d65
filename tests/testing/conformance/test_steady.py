"""What another interpreter would say is found out by asking one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import pytest

from selfdata_sdk import Block, Context, Dataset, Need, NoInsight, Row, Text, service
from selfdata_sdk.host.discovery import of_folder
from selfdata_sdk.model import WaterUse
from selfdata_sdk.testing.conformance.report import Finding, examine
from selfdata_sdk.testing.conformance.rules.steady import RULES
from selfdata_sdk.testing.conformance.subject import Subject

from ...zoo.animal import CODE, HEALTHY, Animal

(DETERMINISTIC,) = RULES

OTHER_THERE = {
    "hashes decide": 'target + hash("litres") % 10**9',
    "the machine's zone decides": "target + datetime.fromtimestamp(0).hour",
}


def checked(folder: Path) -> Finding:
    return examine(DETERMINISTIC, Subject(of_folder(folder).load(), folder))


@pytest.mark.parametrize("how", OTHER_THERE)
def test_what_another_interpreter_changes_is_told_by_block(how: str, tmp_path: Path) -> None:
    animal = Animal(how, "deterministic", ((CODE, "value=target, label", f"value={OTHER_THERE[how]}, label"),))
    (problem,) = checked(animal.make(tmp_path)).problems
    assert problem.where == "block level"
    assert "Another interpreter" in problem.what.en


def test_a_line_that_asks_is_told_by_file_and_line(tmp_path: Path) -> None:
    edits = ((CODE, '    days = water.by("day")', '    datetime.now()\n    days = water.by("day")'),)
    (problem,) = checked(Animal("asks", "deterministic", edits).make(tmp_path)).problems
    line = next(
        n for n, text in enumerate((HEALTHY / CODE).read_text("utf-8").splitlines(), 1) if "days = water" in text
    )
    assert problem.where == f"__init__.py, line {line}"
    assert "datetime.datetime.now" in problem.what.en


def test_a_service_that_no_other_interpreter_can_import_is_not_verified() -> None:
    class Use(Row[WaterUse]):
        litres: float

    need = Need(why=Text(en="Nothing in particular here", fr="Rien de particulier ici"), granularity="hour")

    @service(id="org.example.local", name=Text(en="Local", fr="Local"), summary=Text(en="Of a test.", fr="D'un test."))
    def local(context: Context, water: Annotated[Dataset[Use], need]) -> Iterable[Block]:
        return [NoInsight(id="none", reason="nothing_new", help=Text(en="Come back.", fr="Revenez."))]

    finding = examine(DETERMINISTIC, Subject(local))
    assert finding.outcome == "not_verified"
    assert finding.why is not None
    assert "another interpreter" in finding.why.en
