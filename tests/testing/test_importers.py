"""Every rule for importers can be broken: each bad importer breaks its own and no other, and its author is told how."""

from __future__ import annotations

from pathlib import Path

import pytest

from selfdata_sdk.importers import Importer
from selfdata_sdk.testing import importers
from selfdata_sdk.testing.example import Example
from selfdata_sdk.testing.importers import RULES, Examples, importer_tests
from selfdata_sdk.testing.rule import CannotTell, Rule, broken_rules

from .zoo_importers import DAYS, NOTEBOOK, ZOO, Borrowed, Notebook, QuotesTheLine, StopsAtABadLine

TestNotebook = importer_tests(Notebook(), [NOTEBOOK])


@pytest.mark.parametrize(("bad", "rule"), ZOO.values(), ids=ZOO)
def test_a_bad_importer_breaks_its_rule_and_no_other(bad: Importer, rule: Rule[Examples]) -> None:
    if rule is importers.works_in_the_sandbox and not walls():
        pytest.skip("This machine has no sandbox.")
    path = DAYS if isinstance(bad, Borrowed) else NOTEBOOK
    assert [broken.id for broken in broken_rules(RULES, lambda: [Example(bad, path)])] == [rule.id]


def walls() -> bool:
    try:
        importers.works_in_the_sandbox.check([Example(Borrowed("veolia-idf-daily-csv"), DAYS)])
    except CannotTell:
        return False
    return True


def test_every_rule_has_a_bad_importer() -> None:
    assert {rule.id for _, rule in ZOO.values()} == {rule.id for rule in RULES}


def test_a_class_has_a_test_for_each_rule_that_says_it_as_a_sentence() -> None:
    made = {name: test for name, test in vars(TestNotebook).items() if name.startswith("test_")}
    assert list(made) == [f"test_{rule.id.replace('-', '_')}" for rule in RULES]
    assert [test.__doc__ for test in made.values()] == [rule.title for rule in RULES]


def outcome(importer: Importer, test: str, folder: Path, *files: Path) -> str:
    made = getattr(importer_tests(importer, files or [NOTEBOOK]), f"test_{test}")
    with pytest.raises((pytest.fail.Exception, pytest.skip.Exception)) as raised:
        made(None, folder)
    return f"{raised.type.__name__}: {raised.value}"


def test_a_broken_rule_fails_with_the_file_what_happened_and_the_repair(tmp_path: Path) -> None:
    assert outcome(StopsAtABadLine(), "rejects_what_is_unreadable_and_keeps_the_rest", tmp_path) == (
        "Failed: A line that cannot be read is rejected, and all other records are kept; no value is lost in silence."
        " [rejects-what-is-unreadable-and-keeps-the-rest]\n"
        "  notebook.csv: with line 10 unreadable, the record of line 12 is lost.\n"
        "  -> Yield a Rejection for what cannot be read, and go on with the next line."
    )


def test_one_file_of_several_is_enough_to_break_a_rule(tmp_path: Path) -> None:
    one = tmp_path / "one.csv"
    one.write_text("date;m3\n2025-03-01;1\n", encoding="utf-8")
    said = outcome(QuotesTheLine(), "messages_repeat_nothing_of_the_file", tmp_path, one, NOTEBOOK)
    assert "notebook.csv: with line 10 unreadable, a message repeats qqq,qqq and qqqq-qq-qq." in said


def test_a_rule_that_no_file_can_show_is_skipped_with_the_reason(tmp_path: Path) -> None:
    one = tmp_path / "one.csv"
    one.write_text("date;m3\n2025-03-01;1\n", encoding="utf-8")
    said = outcome(QuotesTheLine(), "messages_repeat_nothing_of_the_file", tmp_path, one)
    assert said == "Skipped: one.csv has no line or value that could be made unreadable."
    said = outcome(Notebook(), "works_in_the_sandbox", tmp_path)
    assert said == "Skipped: Importers of plugins run in the process of the command."


def test_an_importer_without_files_is_an_error_of_its_tests() -> None:
    with pytest.raises(ValueError, match="needs a file"):
        importer_tests(Notebook(), [])
