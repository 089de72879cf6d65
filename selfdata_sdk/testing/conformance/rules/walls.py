"""A service reaches for nothing but its data, and says the same behind the walls."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from ....errors import SandboxUnavailable
from ....host.code import Code, digest_of
from ....host.engine import Engine
from ....host.provided import provided
from ....model.text import Text
from ..case import Case
from ..households import few
from ..rule import NotVerified, Problem, Rule
from ..said import on, tried
from ..subject import Subject, Trial, try_on
from .imports import required
from .project import folder_of, package_of

if TYPE_CHECKING:
    from ....host.sandbox import Sandbox


def keeps_to_itself(subject: Subject) -> Iterator[Problem]:
    seen: set[str] = set()
    for trial in tried(subject):
        for name in trial.reached:
            if name not in seen:
                seen.add(name)
                what = Text(
                    en=f"It calls {name}, which no service may.",
                    fr=f"Il appelle {name}, ce qu'aucun service ne peut faire.",
                )
                yield Problem(on(what, trial.title))


def works_in_sandbox(subject: Subject) -> Iterator[Problem]:
    cases = few(subject)
    if any(subject.trial(case).reached for case in cases):
        return  # the walls stop it, as another rule says
    for case in cases:
        here, there = subject.trial(case), _inside(subject, case)
        if there.said != here.said and subject.again(case).said == here.said:
            yield Problem(on(_different(there), here.title))
            return


def _different(there: Trial) -> Text:
    if (error := there.error) is None:
        return Text(
            en="In the sandbox it says something else than outside of it.",
            fr="Dans le bac à sable, il dit autre chose qu'au dehors.",
        )
    return Text(
        en=f"In the sandbox it fails. {error.say('en')}", fr=f"Dans le bac à sable, il échoue. {error.say('fr')}"
    )


def _inside(subject: Subject, case: Case) -> Trial:
    """The run in the sandbox; NotVerified where there are no walls."""
    try:
        return try_on(_engine(subject), subject.manifest, case)
    except SandboxUnavailable as error:
        raise NotVerified(
            Text(en=f"Not verified here. {error.say('en')}", fr=f"Non vérifié ici. {error.say('fr')}")
        ) from None


def _engine(subject: Subject) -> Engine:
    package = package_of(subject)
    if more := sorted(required(folder_of(subject)) - provided().keys()):
        raise NotVerified(
            Text(
                en="It needs {names}, which the sandbox shows to installed services only.",
                fr="Il lui faut {names}, que le bac à sable ne montre qu'aux services installés.",
            ).fill(names=", ".join(more))
        )
    packages = {package.name: package}
    return _sandbox().engine(Code(subject.manifest.function, packages, digest_of(packages)))


@cache
def _sandbox() -> Sandbox:
    """The one of this process."""
    if not sys.platform.startswith("linux"):  # elsewhere the module cannot even be imported
        raise SandboxUnavailable(f"Services of others cannot be held on {sys.platform}.")
    from ....host.sandbox import Sandbox

    sandbox = Sandbox()
    atexit.register(sandbox.close)
    return sandbox


RULES = (
    Rule(
        id="works-in-sandbox",
        level="works",
        title=Text(en="It says the same in the sandbox", fr="Il dit la même chose dans le bac à sable"),
        why=Text(
            en="People run it in the sandbox, where there are no files, no network and no other programs.",
            fr="C'est dans le bac à sable qu'on l'exécute : sans fichiers, sans réseau, sans autres programmes.",
        ),
        fix=Text(
            en="`selfdata run FOLDER --debug` shows the error; use nothing of the machine, and no order of a set.",
            fr="`selfdata run DOSSIER --debug` montre l'erreur ; n'utilisez rien de la machine, ni l'ordre d'un set.",
        ),
        check=works_in_sandbox,
    ),
    Rule(
        id="keeps-to-itself",
        level="trustworthy",
        title=Text(
            en="It reaches for no file, no network and no program",
            fr="Il ne touche ni fichier, ni réseau, ni programme",
        ),
        why=Text(
            en="All that it needs is handed over. What reaches further could carry data away, and is stopped.",
            fr="Tout ce qu'il lui faut lui est remis. Ce qui va plus loin pourrait emporter des données, et est arrêté.",
        ),
        fix=Text(
            en="Take data from datasets, the time from context.now, chance from context.random; put constant data into the package.",
            fr="Prenez les données des datasets, l'heure de context.now, le hasard de context.random ; mettez les données "
            "constantes dans le paquet.",
        ),
        check=keeps_to_itself,
    ),
)
