"""A block is known again from day to day by its id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from ....model.text import Text
from ..households import few
from ..rule import Problem, Rule
from ..said import on
from ..subject import Subject

APART = timedelta(days=33)  # another day, weekday and month

_NAMES = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
    "|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    "|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun"
)
_CHANGING = re.compile(rf"(?=[a-f]*[0-9])[0-9a-f]{{8,}}|[0-9]+|(?<![a-z])(?:{_NAMES})(?![a-z])")


def stable_ids(subject: Subject) -> Iterator[Problem]:
    case = few(subject)[0]
    earlier = case.seen(case.now - APART, Text(en="33 days earlier", fr="33 jours plus tôt"))
    now, before = ([block.id for block in subject.trial(c).blocks] for c in (case, earlier))
    gone, new = ([_stem(name) for name in a if name not in b] for a, b in ((before, now), (now, before)))
    for stem in new:
        if stem in gone:
            what = Text(
                en="The id is another one on another day: it holds a date, a count or a hash.",
                fr="L'id n'est pas le même un autre jour : il contient une date, un compte ou une empreinte.",
            )
            yield Problem(on(what, earlier.title), stem)
            return


def _stem(name: str) -> str:
    """An id without what could be different from day to day."""
    return _CHANGING.sub("…", name)


RULES = (
    Rule(
        id="stable-ids",
        level="excellent",
        title=Text(en="Its blocks keep their ids from day to day", fr="Ses blocs gardent leur id d'un jour à l'autre"),
        why=Text(
            en="By its id a person finds a card in its place again, and is not told the same thing twice.",
            fr="C'est par son id qu'on retrouve une carte à sa place, et qu'une même chose n'est pas dite deux fois.",
        ),
        fix=Text(
            en="Name blocks for what they are about: “hours”, not “hours-2026-03-12”. The key of an alert may have a date.",
            fr="Nommez les blocs d'après leur sujet : « hours », et non « hours-2026-03-12 ». La clé d'une alerte peut "
            "contenir une date.",
        ),
        check=stable_ids,
    ),
)
