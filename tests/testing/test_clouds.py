"""Every rule for clouds can be broken: each bad cloud breaks its own and no other, and its author is told how."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from selfdata_sdk.cloud import Cloud, MemoryCloud
from selfdata_sdk.testing import clouds
from selfdata_sdk.testing.clouds import RULES, FolderCloud, Place, cloud_tests
from selfdata_sdk.testing.rule import CannotTell, Rule, broken_rules

from .zoo_clouds import ZOO, GuardsThreadsOnly, MakesOverOthers, New, Unguarded


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule sees whether a file is on the disk, and waiting for it takes most of the time."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


@pytest.mark.parametrize(("bad", "rule"), ZOO.values(), ids=ZOO)
def test_a_bad_cloud_breaks_its_rule_and_no_other(bad: New, rule: Rule[Place], tmp_path: Path) -> None:
    numbers = count()

    def new_place() -> Place:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return bad(folder)

    assert [broken.id for broken in broken_rules(RULES, new_place)] == [rule.id]


def test_every_rule_has_a_bad_cloud() -> None:
    assert {rule.id for _, rule in ZOO.values()} == {rule.id for rule in RULES}


def test_a_cloud_of_two_processes_loses_changes_and_does_not_merely_fail_to_open(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="by two processes: some were lost"):
        clouds.lets_one_of_many_processes_win.check(Place(partial(GuardsThreadsOnly, tmp_path), tmp_path))


class TestOfTests:
    """What an author's class of tests is."""

    def test_it_has_a_test_for_each_rule_that_says_it_as_a_sentence(self) -> None:
        made = {name: test for name, test in vars(cloud_tests(FolderCloud)).items() if name.startswith("test_")}
        assert list(made) == [f"test_{rule.id.replace('-', '_')}" for rule in RULES]
        assert [test.__doc__ for test in made.values()] == [rule.title for rule in RULES]

    def test_a_broken_rule_fails_with_what_happened_its_id_and_the_repair(self, tmp_path: Path) -> None:
        said = outcome(lambda folder: MakesOverOthers(), "makes_a_document_only_where_there_is_none", tmp_path)
        assert said == (
            "Failed: A document is made only where there is none. [makes-a-document-only-where-there-is-none]\n"
            "  A change was made although a document was not at the version expected: it should be a Conflict.\n"
            "  -> Look and write in one step that nobody can come between: INSERT without OR REPLACE, If-None-Match: *."
        )

    def test_an_error_of_the_cloud_itself_is_raised_with_the_rule_as_a_note(self, tmp_path: Path) -> None:
        class Fails(MemoryCloud):
            def list(self, prefix: str = "") -> list[str]:
                raise KeyError("listing")

        test = cloud_tests(lambda folder: Fails()).test_keeps_the_bytes  # type: ignore[attr-defined]
        with pytest.raises(KeyError, match="listing") as error:
            test(None, tmp_path)
        assert "[keeps-the-bytes]" in error.value.__notes__[0]

    def test_what_cannot_be_told_is_skipped_with_the_reason(self, tmp_path: Path) -> None:
        said = outcome(lambda folder: MemoryCloud(), "lets_one_of_many_processes_win", tmp_path)
        assert said.startswith("Skipped: What opens it cannot be pickled")
        said = outcome(lambda folder: MemoryCloud(), "leaves_nothing_readable_of_what_is_scrubbed", tmp_path)
        assert said == "Skipped: It keeps no files in its folder in which a document could be read."


def outcome(make: Callable[[Path], Cloud], test: str, folder: Path) -> str:
    made = getattr(cloud_tests(make), f"test_{test}")
    with pytest.raises((pytest.fail.Exception, pytest.skip.Exception)) as raised:
        made(None, folder)
    return f"{raised.type.__name__}: {raised.value}"


def test_what_nobody_can_tell_breaks_no_rule() -> None:
    def check(subject: object) -> None:
        raise CannotTell("Nobody knows.")

    assert broken_rules([Rule("id", "Title.", "Fix.", check)], object) == []


def test_a_lost_update_shows_on_each_of_five_tries(tmp_path: Path) -> None:
    for _ in range(5):
        cloud = Unguarded()
        with pytest.raises(AssertionError, match="by four threads"):
            clouds.lets_one_of_many_threads_win.check(Place(lambda cloud=cloud: cloud))  # type: ignore[misc]
