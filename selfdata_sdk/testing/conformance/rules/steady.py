"""A service of which the same data get the same answer, today and tomorrow, here and elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ....model.text import Text
from ..elsewhere import Elsewhere
from ..households import few
from ..rule import Problem, Rule
from ..subject import Subject, Trial, try_on
from ..surroundings import asked


def deterministic(subject: Subject) -> Iterator[Problem]:
    """The lines that ask for the time or chance; where there are none, runs that differ."""
    told = list(_asked(subject))
    yield from told or _differing(subject)


def _asked(subject: Subject) -> Iterator[Problem]:
    for file in subject.code:
        for line, name in asked(file.read_text("utf-8")):
            what = Text(en="It asks {name} itself.", fr="Il interroge {name} lui-même.").fill(name=name)
            yield Problem(what, f"{file.name}, line {line}")


def _differing(subject: Subject) -> Iterator[Problem]:
    cases = few(subject)
    first, *_ = trials = [subject.trial(case) for case in cases]
    # The others ran in between: what a run leaves behind shows too.
    again = [subject.again(case) for case in cases]
    for before, after in zip(trials, again, strict=True):
        if before.said != after.said:
            yield Problem(
                Text(
                    en="A second run on the same data says something else: {on}.",
                    fr="Un second lancement sur les mêmes données dit autre chose : {on}.",
                ).fill(on=before.title),
                changed(before, after),
            )
            return
    elsewhere = try_on(Elsewhere(_root(subject)), subject.manifest, first.case)
    if first.said != elsewhere.said:
        yield Problem(
            Text(
                en="Another interpreter, with other hashes, zone and folder, says something else: {on}.",
                fr="Un autre interpréteur, avec d'autres hachages, fuseau et dossier, dit autre chose : {on}.",
            ).fill(on=first.title),
            changed(first, elsewhere),
        )


def changed(before: Trial, after: Trial) -> str:
    """The first block that is not the same."""
    was = {b.id: b for b in before.blocks}
    now = {b.id: b for b in after.blocks}
    ids = (i for i in (*was, *now) if was.get(i) != now.get(i))
    return f"block {next(ids, '')}".rstrip()


def _root(subject: Subject) -> Path:
    """The folder from which the service's module is imported."""
    module = subject.service.function.__module__
    file = Path(subject.service.function.__code__.co_filename)
    up = module.count(".") + (file.name == "__init__.py")
    return file.resolve().parents[up]


RULES = (
    Rule(
        id="deterministic",
        level="trustworthy",
        title=Text(
            en="The same data, settings and clock give the same blocks, on every machine",
            fr="Les mêmes données, réglages et horloge donnent les mêmes blocs, sur toute machine",
        ),
        why=Text(
            en="A finding that comes and goes by itself cannot be checked, explained or acted upon.",
            fr="Un constat qui va et vient de lui-même ne peut être vérifié, expliqué ni suivi d'effet.",
        ),
        fix=Text(
            en="Take the time from `context.now`, the zone from `context.tz`, chance from `context.random`; sort sets before "
            "you use them, and keep nothing in the module between runs.",
            fr="Prenez l'heure dans `context.now`, le fuseau dans `context.tz`, le hasard dans `context.random` ; triez les "
            "ensembles avant usage, et ne gardez rien dans le module entre deux lancements.",
        ),
        check=deterministic,
    ),
)
