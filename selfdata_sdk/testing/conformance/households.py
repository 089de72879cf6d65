"""The households on which services are tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

from ...model import REGISTRY, Table
from ...model.text import Text
from ..personas import PERSONAS, Persona, persona
from .case import Case
from .invented import ASKS, invented
from .rule import NotVerified
from .subject import Subject, Trial

FEW = 3
"""On how many households a rule is tried that holds on any."""


@cache
def household(name: str, record_types: frozenset[str] | None = None, service: str = ASKS) -> Case:
    """A persona as it is in the end: all its records, or those of some types.

    What no persona has is invented, answers as given to `service`.
    """
    person = persona(name)
    tables = [t for t in person.tables if record_types is None or t.record_type.type in record_types]
    if missing := (record_types or frozenset()) - {t.record_type.type for t in tables}:
        tables += _invented(missing - _known(), person, service)
    return Case(name, person.now, person.tz, lambda: tables)


def _invented(record_types: Iterable[str], person: Persona, service: str) -> Iterator[Table]:
    known = (REGISTRY.get(name) for name in sorted(record_types) if name in REGISTRY)
    return (made for kind in known if (made := invented(kind, person.now, person.tz, service)) is not None)


@cache
def _known() -> frozenset[str]:
    """The record types that some persona has."""
    return frozenset(t.record_type.type for name in PERSONAS for t in persona(name).tables)


def each_household(subject: Subject) -> Iterator[Case]:
    """The households that have data for the service, one by one, those that have all that it asks for first.

    What it saves itself, nobody has yet.
    """
    needs, own = subject.manifest.needs.values(), {p.record_type for p in subject.manifest.produces}
    wanted = frozenset(need.record_type for need in needs) - own
    partly = []
    for name in PERSONAS:
        case = household(name, wanted, subject.manifest.id)
        had = {t.record_type.type for t in case.tables()}
        if had == wanted:
            yield case
        elif had:
            partly.append((len(had), case))
    yield from (case for _, case in sorted(partly, key=lambda found: -found[0]))


def households(subject: Subject) -> tuple[Case, ...]:
    """All of them."""
    return tuple(each_household(subject))


def sound(subject: Subject) -> Iterator[Trial]:
    """The plain runs on each household on which the service runs and says something."""
    trials = map(subject.trial, each_household(subject))
    return (trial for trial in trials if trial.speaks)


@cache
def few(subject: Subject) -> tuple[Case, ...]:
    """The first households on which the service runs and says something; NotVerified if there is none."""
    cases = tuple(trial.case for trial in islice(sound(subject), FEW))
    if not cases:
        raise NotVerified(
            Text(
                en="It runs on no household as it is: see the rule “runs”.",
                fr="Il ne tourne sur aucun foyer tel quel : voir la règle « runs ».",
            )
        )
    return cases
