"""Every number says how it was worked out."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.text import LANGUAGES, Text
from ....service.blocks import Alert, Block, Card
from ..rule import Problem, Rule
from ..said import in_blocks, place_in, repeats
from ..subject import Subject, Trial


def explained(subject: Subject) -> Iterator[Problem]:
    return in_blocks(subject, _faults)


def _faults(block: Block, trial: Trial) -> Iterator[tuple[str, Text]]:
    match block:
        case Card(headline=first, body=second, why=why):
            numbered = block.metric is not None or _has_number(first, second)
        case Alert(what=first, what_to_do=second, why=why):
            numbered = _has_number(first, second)
        case _:
            return
    if numbered and (why is None or repeats(why, first, second)):
        yield place_in(block, "why"), _MISSING if why is None else _REPEATED


_MISSING = Text(
    en="It has a number, and does not say how it was worked out.",
    fr="Il y a un nombre, et rien ne dit comment il est calculé.",
)
_REPEATED = Text(
    en="It does not say how the number was worked out: it is too short, or repeats what the block says already.",
    fr="Il ne dit pas comment le nombre est calculé : trop court, ou répète ce que dit déjà le bloc.",
)


def _has_number(*said: Text) -> bool:
    return any(c.isdigit() for text in said for language in LANGUAGES for c in text.say(language))


RULES = (
    Rule(
        id="explained",
        level="excellent",
        title=Text(
            en="It says of every number how it was worked out",
            fr="Il dit de chaque nombre comment il est calculé",
        ),
        why=Text(
            en="A number that nobody can question is worth little, and a wrong one goes unnoticed.",
            fr="Un nombre que personne ne peut discuter vaut peu, et un nombre faux passe inaperçu.",
        ),
        fix=Text(
            en="Say in `why` from which data and by which rule: “The mean of the whole days of the last four weeks.”",
            fr="Dites dans `why` à partir de quelles données et selon quelle règle : « La moyenne des journées complètes "
            "des quatre dernières semaines. »",
        ),
        check=explained,
    ),
)
