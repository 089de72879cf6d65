"""What a check of a service found, and the level that it reaches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from ...model.text import Text
from .rule import LEVELS, Level, NotVerified, Problem, Rule
from .subject import Subject

Outcome = Literal["kept", "broken", "not_verified"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one rule. `why`: of one that could not be verified here."""

    rule: Rule
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The findings, in the order of the rules."""

    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level | None:
        """The level that is reached; None if the service does not even work."""
        return level_reached({f.rule.level for f in self.broken})

    @property
    def broken(self) -> tuple[Finding, ...]:
        return self.of("broken")

    def of(self, outcome: Outcome) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.outcome == outcome)


def level_reached(broken: Collection[Level]) -> Level | None:
    """The highest level of which, and of those below, no rule is broken."""
    reached: Level | None = None
    for level in LEVELS:
        if level in broken:
            break
        reached = level
    return reached


def is_enough(reached: Level | None, wanted: Level) -> bool:
    return reached is not None and LEVELS.index(reached) >= LEVELS.index(wanted)


def page_of(rule: Rule) -> str:
    """Where the documentation tells of it."""
    return f"docs/reference/rules.md#{rule.id}"


def examine(rule: Rule, subject: Subject) -> Finding:
    """Check one rule. An error in a check is the kit's own, and is raised."""
    try:
        problems = tuple(rule.check(subject))
    except NotVerified as reason:
        return Finding(rule, "not_verified", why=reason.why)
    return Finding(rule, "broken" if problems else "kept", problems)


def examine_all(
    subject: Subject, rules: Iterable[Rule], heard: Callable[[Finding], None] = lambda finding: None
) -> Report:
    """Check every rule; `heard` is called with each finding as it comes."""
    findings = []
    for rule in rules:
        findings.append(examine(rule, subject))
        heard(findings[-1])
    return Report(tuple(findings))
