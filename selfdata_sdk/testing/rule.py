"""A rule that clouds or importers keep, as a check that can fail, and a list of such rules as a class of tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

S = TypeVar("S")


class Broken(AssertionError):
    """A rule is not kept, and in what way."""


class CannotTell(Exception):
    """Whether a rule is kept cannot be seen here, and why. It counts neither way."""


def expect(holds: object, otherwise: str) -> None:
    """Broken with the sentence `otherwise`, unless it holds."""
    if not holds:
        raise Broken(otherwise)


@dataclass(frozen=True, slots=True)
class Rule(Generic[S]):
    """A rule for subjects of one kind.

    id     in kebab case; stays the same from version to version
    title  what a subject that keeps it does, as a sentence
    fix    what its author does otherwise
    check  raises Broken, or CannotTell; any other error is the subject's, and breaks the rule too
    """

    id: str
    title: str
    fix: str
    check: Callable[[S], None]


def rule_of(rules: list[Rule[S]], fix: str) -> Callable[[Callable[[S], None]], Rule[S]]:
    """Makes a function the check of a rule, the last of `rules`: its name is the id, its docstring the title."""

    def made(check: Callable[[S], None]) -> Rule[S]:
        rule = Rule(check.__name__.replace("_", "-"), (check.__doc__ or "").strip(), fix, check)
        rules.append(rule)
        return rule

    return made


def broken_rules(rules: Iterable[Rule[S]], new: Callable[[], S]) -> list[Rule[S]]:
    """The rules that are broken; each is tried on a subject of its own."""
    return [rule for rule in rules if _breaks(rule, new())]


def _breaks(rule: Rule[S], subject: S) -> bool:
    try:
        rule.check(subject)
    except CannotTell:
        return False
    except Exception:
        return True
    return False


def tests_of(name: str, rules: Iterable[Rule[S]], new: Callable[[Path], S]) -> type:
    """A class of tests for pytest, one for each rule; `new` makes its subject, in an empty folder of its own.

    A rule of which nobody can tell here is skipped, with the reason.
    """
    return type(name, (), {f"test_{rule.id.replace('-', '_')}": _test(rule, new) for rule in rules})


def _test(rule: Rule[S], new: Callable[[Path], S]) -> Callable[[object, Path], None]:
    def test(self: object, tmp_path: Path) -> None:
        import pytest

        head, foot = f"{rule.title} [{rule.id}]", f"  -> {rule.fix}"
        try:
            rule.check(new(tmp_path))
            return
        except CannotTell as reason:
            end = partial(pytest.skip, str(reason))
        except Broken as broken:
            end = partial(pytest.fail, f"{head}\n  {broken}\n{foot}", pytrace=False)
        except Exception as error:
            error.add_note(f"{head}\n{foot}")
            raise
        end()  # here, so that no traceback leads to it

    test.__doc__ = rule.title
    return test
