"""What a service keeps, as rules: each has an id, a level, a repair, and a check that can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ...model.text import Text

if TYPE_CHECKING:
    from .subject import Subject

Level = Literal["works", "trustworthy", "excellent"]
LEVELS: tuple[Level, ...] = ("works", "trustworthy", "excellent")

LEVEL_NAMES: dict[Level, Text] = {
    "works": Text(en="works", fr="fonctionne"),
    "trustworthy": Text(en="trustworthy", fr="digne de confiance"),
    "excellent": Text(en="excellent", fr="excellent"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a rule is broken.

    where  the parameter, field, block or file; "" for the service as a whole
    """

    what: Text
    where: str = ""


class NotVerified(Exception):
    """This machine cannot tell whether the rule is kept, and why not. It counts neither way."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for services.

    id     in kebab case; stays the same from version to version, and is the anchor of its paragraph in the docs
    title  what a service that keeps it does, as a sentence
    why    whom it protects, and from what
    fix    what its author does about a problem
    check  the problems of a service, none if it keeps the rule; raises NotVerified
    """

    id: str
    level: Level
    title: Text
    why: Text
    fix: Text
    check: Callable[[Subject], Iterable[Problem]]
