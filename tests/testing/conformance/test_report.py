"""What becomes of each rule, and the level that a service reaches by them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk import Block, Context, Text, service
from selfdata_sdk.testing.conformance.report import Report, examine, examine_all, is_enough, level_reached
from selfdata_sdk.testing.conformance.rule import LEVELS, Level, NotVerified, Problem, Rule
from selfdata_sdk.testing.conformance.subject import Subject

SOME = Text(en="Some text", fr="Un texte")
PROBLEM = Problem(Text(en="Wrong", fr="Faux"), "water.litres")


@service(id="org.example.quiet", name=SOME, summary=SOME)
def quiet(context: Context) -> Iterable[Block]:
    return ()


SUBJECT = Subject(quiet)


def rule(name: str = "some-rule", level: Level = "works", problems: Iterable[Problem] = ()) -> Rule:
    return Rule(name, level, SOME, SOME, SOME, lambda subject: problems)


def not_here(subject: Subject) -> Iterable[Problem]:
    yield PROBLEM
    raise NotVerified(SOME)


def test_a_rule_without_problems_is_kept_and_one_with_some_is_broken() -> None:
    assert examine(rule(), SUBJECT).outcome == "kept"
    found = examine(rule(problems=iter([PROBLEM])), SUBJECT)
    assert (found.outcome, found.problems) == ("broken", (PROBLEM,))


def test_what_cannot_be_verified_is_neither_whatever_was_found_before() -> None:
    found = examine(Rule("some-rule", "works", SOME, SOME, SOME, not_here), SUBJECT)
    assert (found.outcome, found.problems, found.why) == ("not_verified", (), SOME)
    assert Report((found,)).level == "excellent"


def test_an_error_in_a_check_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        examine(Rule("some-rule", "works", SOME, SOME, SOME, lambda subject: [PROBLEM][1 // 0 :]), SUBJECT)


def test_each_finding_is_told_as_it_comes() -> None:
    heard: list[str] = []
    report = examine_all(SUBJECT, [rule("a"), rule("b", problems=[PROBLEM])], lambda f: heard.append(f.rule.id))
    assert heard == ["a", "b"]
    assert [f.rule.id for f in report.broken] == ["b"]


@pytest.mark.parametrize(
    ("broken", "reached"),
    [
        ((), "excellent"),
        (("excellent",), "trustworthy"),
        (("trustworthy",), "works"),
        (("works",), None),
        (("works", "excellent"), None),
    ],
)
def test_a_level_is_reached_if_nothing_up_to_it_is_broken(broken: tuple[Level, ...], reached: Level | None) -> None:
    assert level_reached(broken) == reached
    assert examine_all(SUBJECT, [rule(level=level, problems=[PROBLEM]) for level in broken]).level == reached


@given(st.sets(st.sampled_from(LEVELS)), st.sampled_from(LEVELS))
def test_breaking_one_rule_more_never_lifts_the_level(broken: set[Level], more: Level) -> None:
    before, after = level_reached(broken), level_reached({*broken, more})
    assert after is None or is_enough(before, after)
    assert not is_enough(after, more)


def test_the_levels_are_those_of_the_type() -> None:
    assert get_args(Level) == LEVELS
