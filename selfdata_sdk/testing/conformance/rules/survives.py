"""A service that runs on what homes have: on little, on gaps, on revisions, on much, on a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache

from ....errors import ServiceFailed
from ....model.text import Text
from ....model.time import GRANULARITIES
from ....service.manifest import AskedSetting
from .. import damage
from ..case import Case
from ..households import each_household, few
from ..rule import Problem, Rule
from ..subject import PLAIN, Subject, Trial, Variation

WEEK = timedelta(days=7)
WEEKS = 4  # for which a service that saves is run before


def faults(trials: Iterable[Trial]) -> Iterator[Problem]:
    """What went wrong, each fault once, with the first household on which it showed."""
    seen = set()
    for trial in trials:
        if (problem := _fault(trial)) is None:
            continue
        fault = (problem.where, str(trial.error))
        if fault not in seen:
            seen.add(fault)
            yield problem


def _fault(trial: Trial) -> Problem | None:
    if trial.error is None:
        if trial.speaks:
            return None
        return Problem(
            Text(en="It says nothing at all: {on}.", fr="Il ne dit rien du tout : {on}.").fill(on=trial.title)
        )
    if isinstance(trial.error, ServiceFailed) and (cause := trial.error.__cause__) is not None:
        said = Text(en="It raises {name}: {on}.", fr="Il lève {name} : {on}.")
        return Problem(said.fill(name=type(cause).__name__, on=trial.title), trial.line)
    what = trial.error.what.rstrip(".")
    return Problem(Text(en="{what}: {on}.", fr="{what} : {on}.").fill(what=what, on=trial.title), trial.line)


def _on(*damages: Callable[[Case], Case | Iterable[Case]]) -> Callable[[Subject], Iterator[Problem]]:
    """The check that a service survives each of these on a few households."""

    def check(subject: Subject) -> Iterator[Problem]:
        return faults(subject.trial(case) for whole in few(subject) for case in _cases(whole))

    def _cases(whole: Case) -> Iterator[Case]:
        for harm in damages:
            harmed = harm(whole)
            yield from (harmed,) if isinstance(harmed, Case) else harmed

    return check


def _varied(variations: Callable[[Subject], Iterable[Variation]]) -> Callable[[Subject], Iterator[Problem]]:
    def check(subject: Subject) -> Iterator[Problem]:
        return faults(subject.trial(case, v) for case in few(subject) for v in variations(subject))

    return check


def runs(subject: Subject) -> Iterator[Problem]:
    return faults(map(subject.trial, each_household(subject)))


def no_data(subject: Subject) -> Iterator[Problem]:
    """Nothing at all, and nothing for each of the needs that are required."""

    def cases() -> Iterator[Case]:
        required = {need.record_type for need in subject.manifest.needs.values() if need.required}
        for case in few(subject):
            yield damage.without_data(case)
            yield from (damage.without(case, name) for name in sorted(required))

    return faults(map(subject.trial, cases()))


def refusals(subject: Subject) -> Iterator[Variation]:
    """Each optional need refused, and all of them; but not all that there is, which is to have no data."""
    needs = subject.manifest.needs
    optional = [label for label, need in sorted(needs.items()) if not need.required]
    groups = [[label] for label in optional] + [optional] * (len(optional) > 1)
    for group in groups:
        if len(group) < len(needs):
            listed = ", ".join(group)
            how = Text(en=f"with {listed} refused", fr=f"avec refus de {listed}")
            yield Variation(how.en, refused=frozenset(group), how=how)


def coarsest(subject: Subject) -> Iterator[Variation]:
    """Each need as coarse as it may be, and all of them."""
    worst = {
        label: need.at_worst for label, need in sorted(subject.manifest.needs.items())
        if GRANULARITIES.index(need.at_worst) < GRANULARITIES.index(need.granularity)
    }  # fmt: skip
    groups = [{label: grain} for label, grain in worst.items()] + [worst] * (len(worst) > 1)
    for group in groups:
        listed = ", ".join(f"{label} by {grain}" for label, grain in group.items())
        le = ", ".join(f"{label} par {grain}" for label, grain in group.items())
        yield Variation(listed, granularity=group, how=Text(en=f"with {listed}", fr=f"avec {le}"))


def values(setting: AskedSetting) -> tuple[str, ...]:
    """Values at the edge of what a setting allows, as texts, other than its default."""
    match setting.kind:
        case "boolean":
            found: tuple[str | None, ...] = ("true", "false")
        case "text":
            found = setting.choices or ("", "x", "é" * 200)
        case _:
            found = (setting.ge, setting.le, *(v for v in ("-1", "0", "1", "1000000") if _allowed(setting, float(v))))
    return tuple(dict.fromkeys(v for v in found if v is not None and v != setting.default))


def _allowed(setting: AskedSetting, value: float) -> bool:
    above = setting.ge is None or float(setting.ge) <= value
    return above and (setting.le is None or value <= float(setting.le))


def set_to(name: str, value: str) -> Variation:
    how = Text(en=f"with {name}={value}", fr=f"avec {name}={value}") if len(value) < 50 else None
    long = Text(en=f"with a long {name}", fr=f"avec un long texte pour {name}")
    return Variation(f"{name}={value}", settings={name: value}, how=how or long)


def all_settings(subject: Subject) -> Iterator[Variation]:
    for name, setting in sorted(subject.manifest.settings.items()):
        yield from (set_to(name, value) for value in values(setting))


def itself(subject: Subject) -> Iterator[Problem]:
    if not subject.manifest.produces:
        return iter(())
    how = Text(en="on what it saved the week before", fr="sur ce qu'il avait gardé la semaine d'avant")
    return faults(_told(trial, how) for case in few(subject) for trial in lived(subject, case)[0][1:])


@cache
def lived(subject: Subject, case: Case) -> tuple[tuple[Trial, ...], Case]:
    """Its runs in the last weeks, each of which finds what was saved before; and the home with all that it saved."""
    trials, store = subject.lives_on(case, [case.now - back * WEEK for back in range(WEEKS, -1, -1)])
    saved = [t for p in subject.manifest.produces for t in store.read(p.record_type).tables]
    how = Text(en="with what it saved", fr="avec ce qu'il a gardé")
    return trials, case.delivered(how, lambda: [*case.tables(), *saved])


def _told(trial: Trial, how: Text) -> Trial:
    return replace(trial, variation=replace(PLAIN, name=how.en, how=how))


_SAYS_SO = Text(
    en="Give a NoInsight that says what is missing and what would help, instead of an error or of nothing.",
    fr="Rendez un NoInsight qui dit ce qui manque et ce qui aiderait, au lieu d'une erreur ou de rien.",
)


def _rule(id: str, title: Text, why: Text, fix: Text, check: Callable[[Subject], Iterable[Problem]]) -> Rule:
    return Rule(f"survives-{id}" if id != "runs" else id, "works", title, why, fix, check)


RULES = (
    _rule(
        "runs",
        Text(
            en="It runs on every household that has data for it, and says something",
            fr="Il tourne sur chaque foyer qui a des données pour lui, et dit quelque chose",
        ),
        Text(
            en="Homes differ: a flat, a garden, a second home, a meter that was changed. It is for all of them.",
            fr="Les foyers diffèrent : un studio, un jardin, une résidence secondaire, un compteur changé. Il est pour tous.",
        ),
        Text(
            en="Run it there with `selfdata run FOLDER --persona NAME --debug`, and mend the line that is named.",
            fr="Lancez-le là-dessus avec `selfdata run DOSSIER --persona NOM --debug`, et corrigez la ligne indiquée.",
        ),
        runs,
    ),
    _rule(
        "no-data",
        Text(en="It says so when there are no data", fr="Il le dit quand il n'y a pas de données"),
        Text(
            en="Everybody begins without data; an error is the first that they would see of it.",
            fr="Chacun commence sans données ; une erreur serait la première chose que l'on verrait de lui.",
        ),
        _SAYS_SO,
        no_data,
    ),
    _rule(
        "little-data",
        Text(
            en="It copes with one day and with three days of data",
            fr="Il se contente d'un jour ou de trois jours de données",
        ),
        Text(
            en="This is all that there is in the days after somebody began.",
            fr="C'est tout ce qu'il y a dans les jours qui suivent les débuts.",
        ),
        _SAYS_SO,
        _on(lambda case: damage.of_days(case, 1), lambda case: damage.of_days(case, 3)),
    ),
    _rule(
        "gaps",
        Text(en="It copes with gaps", fr="Il supporte les trous"),
        Text(
            en="Meters fall silent for days, and holders lose hours. What is missing is not zero.",
            fr="Des compteurs se taisent pendant des jours, et des détenteurs perdent des heures. Ce qui manque n'est pas zéro.",
        ),
        Text(
            en="Look at `coverage` before you count on a time, and skip what is not known.",
            fr="Regardez `coverage` avant de compter sur une période, et passez ce qui n'est pas connu.",
        ),
        _on(damage.with_gaps, damage.mostly_gaps),
    ),
    _rule(
        "revisions",
        Text(
            en="It copes with values that are provisional, corrected or taken back",
            fr="Il supporte des valeurs provisoires, corrigées ou retirées",
        ),
        Text(
            en="Holders correct the last days again and again; a service sees them before and after.",
            fr="Les détenteurs corrigent sans cesse les derniers jours ; un service les voit avant et après.",
        ),
        Text(
            en="Do not take for granted that a value is final: `Dataset.provisional` and `quality` say what it is.",
            fr="Ne supposez pas qu'une valeur est définitive : `Dataset.provisional` et `quality` disent ce qu'elle est.",
        ),
        _on(damage.provisional, damage.revised),
    ),
    _rule(
        "clock-change",
        Text(
            en="It copes with days of 23 and of 25 hours",
            fr="Il supporte les journées de 23 et de 25 heures",
        ),
        Text(
            en="Twice a year a day is not 24 hours long, and an hour is there twice or not at all.",
            fr="Deux fois par an, une journée ne dure pas 24 heures, et une heure existe deux fois ou pas du tout.",
        ),
        Text(
            en='Cut days with `Dataset.by("day")` or between local midnights; never count 24 rows for a day.',
            fr='Découpez les jours avec `Dataset.by("day")` ou entre minuits locaux ; ne comptez jamais 24 lignes par jour.',
        ),
        _on(damage.around_clock_changes),
    ),
    _rule(
        "much-data",
        Text(
            en="It copes with years of data and with several meters",
            fr="Il supporte des années de données et plusieurs compteurs",
        ),
        Text(
            en="A person who stays has years of data, and a home may have two meters of one kind.",
            fr="Une personne fidèle a des années de données, et un logement peut avoir deux compteurs de même sorte.",
        ),
        Text(
            en="Take what you need of `Dataset.series` and of the time; do not put every row into a block.",
            fr="Prenez ce qu'il vous faut de `Dataset.series` et du temps ; ne mettez pas chaque ligne dans un bloc.",
        ),
        _on(lambda case: damage.of_years(case, 4), damage.twice),
    ),
    _rule(
        "extremes",
        Text(
            en="It copes with zeros only, and with the largest values that a type allows",
            fr="Il supporte les zéros seuls, et les plus grandes valeurs qu'un type permet",
        ),
        Text(
            en="A home may be empty for months, and a holder may write a number that is wrong by thousands.",
            fr="Un logement peut rester vide des mois, et un détenteur peut écrire un nombre mille fois trop grand.",
        ),
        Text(
            en="Check what you divide by, and let no table or text depend on how large a number is.",
            fr="Vérifiez ce par quoi vous divisez, et ne faites dépendre ni table ni texte de la taille d'un nombre.",
        ),
        _on(damage.least, damage.largest),
    ),
    _rule(
        "refusal",
        Text(
            en="It works without what a person may refuse",
            fr="Il fonctionne sans ce que l'on peut refuser",
        ),
        Text(
            en="A need that is optional is a promise: a person who refuses it loses only what `without` says.",
            fr="Une demande facultative est une promesse : qui la refuse ne perd que ce que dit `without`.",
        ),
        Text(
            en="Handle its dataset when it is empty (`latest()` is then None), or remove `without` to require it.",
            fr="Traitez le cas où son jeu de données est vide (`latest()` rend alors None), ou retirez `without` pour l'exiger.",
        ),
        _varied(refusals),
    ),
    _rule(
        "coarse-data",
        Text(
            en="It works with data as coarse as `at_worst` says",
            fr="Il fonctionne avec des données aussi grossières que le dit `at_worst`",
        ),
        Text(
            en="A person may give days instead of hours, and many holders have nothing finer.",
            fr="On peut donner des jours au lieu d'heures, et beaucoup de détenteurs n'ont rien de plus fin.",
        ),
        Text(
            en="Look at `Dataset.granularity` and leave out what cannot be told, or set `at_worst` finer.",
            fr="Regardez `Dataset.granularity` et laissez ce qui ne peut pas être dit, ou donnez un `at_worst` plus fin.",
        ),
        _varied(coarsest),
    ),
    _rule(
        "settings",
        Text(
            en="It works with every value that its settings allow",
            fr="Il fonctionne avec chaque valeur que permettent ses réglages",
        ),
        Text(
            en="Whoever moves a slider to its end expects an answer there too.",
            fr="Qui pousse un curseur à bout attend aussi une réponse là.",
        ),
        Text(
            en="Narrow the setting (`ge`, `le`, `choices`), or handle the value.",
            fr="Resserrez le réglage (`ge`, `le`, `choices`), ou traitez la valeur.",
        ),
        _varied(all_settings),
    ),
    _rule(
        "itself",
        Text(
            en="It runs again on what it saved the week before",
            fr="Il tourne à nouveau sur ce qu'il avait gardé la semaine d'avant",
        ),
        Text(
            en="A service that keeps records finds them at its next run, and must be able to read them.",
            fr="Un service qui garde des données les retrouve à son lancement suivant, et doit savoir les lire.",
        ),
        Text(
            en="Run it twice on one store, a week apart, and mend the line that is named.",
            fr="Lancez-le deux fois sur une même base, à une semaine d'écart, et corrigez la ligne indiquée.",
        ),
        itself,
    ),
)
