"""A service that asks for no more than it uses: each field, the period, the granularity, the settings; and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice, product

from ....model.record import Span
from ....model.reduction import reducible
from ....model.text import Text
from ....model.time import DAY, GRANULARITIES, HOUR, Duration, Granularity
from ....service.blocks import Block
from ....service.manifest import AskedNeed
from ..case import Case
from ..changes import changes, emptied
from ..damage import YEAR, mostly_gaps, of_days, of_years, provisional, silent, with_gaps
from ..households import few, sound
from ..rule import NotVerified, Problem, Rule
from ..subject import PLAIN, Subject, Trial, Variation
from .survives import coarsest, lived, set_to, values

MOST_YEARS = 12
TRIED = 2  # households and ways to change a field, to see on what a block is based


def matters(
    subject: Subject,
    variations: Iterable[Variation],
    as_seen: Callable[[Case], Case] = lambda case: case,
    base: Variation = PLAIN,
    most: int | None = None,
) -> bool | None:
    """Whether one of the variations changes a block on some household.

    as_seen  what of a household is looked at
    base     how the runs are varied with which they are compared
    most     how many households are tried at most

    None if none of them changed what the service is handed: then nobody can tell.
    """
    listed = list(variations)
    handed = False
    few(subject)
    for case in (as_seen(trial.case) for trial in islice(sound(subject), most)):
        before = subject.trial(case, base)
        if before.error is not None:
            continue
        for variation in listed:
            after = subject.trial(case, variation)
            if after.said != before.said:
                return True
            handed = handed or _handed(before, after)
    return False if handed else None


def _handed(before: Trial, after: Trial) -> bool:
    """True if the service was handed other data or settings."""
    return after.altered or bool(after.variation.settings) or _amounts(before) != _amounts(after)


def _amounts(trial: Trial) -> list[object]:
    return [(d.rows, d.start if d.granularity == "total" else None) for d in trial.delivered]


def _told(verdicts: Iterable[tuple[str, bool | None]], what: Callable[[str], Text]) -> Iterator[Problem]:
    """A problem for each thing that does not matter; NotVerified if that is all that there is to say of some."""
    found, unknown = False, []
    for where, verdict in verdicts:
        if verdict is False:
            found = True
            yield Problem(what(where), where)
        elif verdict is None:
            unknown.append(where)
    if unknown and not found:
        listed = ", ".join(unknown)
        raise NotVerified(
            Text(
                en=f"No household has data that would show it: {listed}.",
                fr=f"Aucun foyer n'a de données qui le montreraient : {listed}.",
            )
        )


# Fields


def fields(subject: Subject) -> Iterator[Problem]:
    def verdicts() -> Iterator[tuple[str, bool | None]]:
        for label, need in sorted(subject.manifest.needs.items()):
            names = counted(subject, need)
            if not names:
                yield label, matters(subject, [_without(label)], _with_own(subject, need))
            for name in names:
                yield f"{label}.{name}", _field_matters(subject, need, varied(subject, label, name))

    return _told(
        verdicts(),
        lambda where: Text(
            en="Whatever stands there, every block stays the same.",
            fr="Quoi qu'il y ait là, chaque bloc reste le même.",
        ),
    )


def _field_matters(subject: Subject, need: AskedNeed, ways: list[Variation]) -> bool | None:
    """On some household as it is; else where it is given coarser, or is damaged: a field may matter only there."""

    def verdicts() -> Iterator[bool | None]:
        yield matters(subject, ways, _with_own(subject, need))
        for base in coarsest(subject):
            coarse = [replace(w, name=f"{base.name}, {w.name}", granularity=base.granularity) for w in ways]
            yield matters(subject, coarse, base=base, most=TRIED)
        for damage in (with_gaps, mostly_gaps, provisional, lambda case: of_days(case, 14)):
            yield matters(subject, ways, damage, most=TRIED)

    known = False
    for verdict in verdicts():
        if verdict:
            return True
        known = known or verdict is False
    return False if known else None


def counted(subject: Subject, need: AskedNeed) -> list[str]:
    """The fields that are asked for; the times of a record are always handed over, and do not count."""
    times = subject.types.get(need.record_type).time_fields
    return [name for name in need.fields if name not in times]


def varied(subject: Subject, label: str, name: str) -> list[Variation]:
    record_type = subject.types.get(subject.manifest.needs[label].record_type)
    return [Variation(f"{label}.{name} {how}", changes={label: way}) for how, way in changes(record_type, name)]


def _without(label: str) -> Variation:
    return Variation(f"{label} emptied", changes={label: emptied})


def _used(subject: Subject) -> Iterator[tuple[str, AskedNeed]]:
    """The needs of which something is used: of the others it is told once, by their fields."""
    needs = sorted(subject.manifest.needs.items())
    return ((label, need) for label, need in needs if matters(subject, [_without(label)], _with_own(subject, need)))


def _with_own(subject: Subject, need: AskedNeed) -> Callable[[Case], Case]:
    """The household as it is; for a need of what the service saves itself, after some weeks of it."""
    saves = need.record_type in {p.record_type for p in subject.manifest.produces}
    return (lambda case: lived(subject, case)[1]) if saves else lambda case: case


# Periods


def period(subject: Subject) -> Iterator[Problem]:
    return _told(
        (
            (label, _period_matters(subject, label, need))
            for label, need in _used(subject)
            # Of what holds until it changes, the last is given however short the period is.
            if _span(subject, need) != "whole"
        ),
        lambda label: Text(
            en="With half of {back}, every block stays the same.",
            fr="Avec la moitié de {back}, chaque bloc reste le même.",
        ).fill(back=subject.manifest.needs[label].back),
    )


def _period_matters(subject: Subject, label: str, need: AskedNeed) -> bool | None:
    length = Duration.parse(need.back).nominal
    shorter = [Variation(f"{label} half as far back", back={label: _half(length)})]
    reaching = _reaching(length, _with_own(subject, need))
    verdict = matters(subject, shorter, reaching)
    if verdict is False and _span(subject, need) == "year":
        # Of what is rare, like alerts, the last one may be long ago.
        verdict = matters(subject, shorter, lambda case: silent(reaching(case), length * 3 // 4))
    return verdict


def _span(subject: Subject, need: AskedNeed) -> Span:
    return subject.types.get(need.record_type).facts.span


def _half(length: int) -> str:
    half = length // 2
    return f"P{half // DAY}D" if half >= DAY else f"PT{max(half // HOUR, 1)}H"


def _reaching(length: int, as_seen: Callable[[Case], Case]) -> Callable[[Case], Case]:
    """The household with data that reach so far back."""
    years = -(-length // (YEAR * DAY))
    return (lambda case: of_years(as_seen(case), min(years + 1, MOST_YEARS))) if years > 1 else as_seen


# Granularities


def granularity(subject: Subject) -> Iterator[Problem]:
    return _told(
        ((label, matters_coarser(subject, label, need)) for label, need in _used(subject) if _coarser(subject, need)),
        lambda label: Text(
            en="By {coarser} instead of by {asked}, every block stays the same.",
            fr="Par {coarser} au lieu de par {asked}, chaque bloc reste le même.",
        ).fill(
            asked=subject.manifest.needs[label].granularity, coarser=_coarser(subject, subject.manifest.needs[label])[0]
        ),
    )


def matters_coarser(subject: Subject, label: str, need: AskedNeed) -> bool | None:
    """Whether a block changes with the next granularity that the data can show: hourly data look the same raw."""
    for coarser in _coarser(subject, need):
        verdict = matters(
            subject, [Variation(f"{label} by {coarser}", granularity={label: coarser})], _with_own(subject, need)
        )
        if verdict is not None:
            return verdict
    return None


def _coarser(subject: Subject, need: AskedNeed) -> tuple[Granularity, ...]:
    """What is coarser than the granularity that is asked for, the next one first. Lists have no coarser one."""
    if not reducible(subject.types.get(need.record_type)) or any("." in name for name in need.fields):
        return ()
    return GRANULARITIES[: GRANULARITIES.index(need.granularity)][::-1]


# Needs of blocks


def needs(subject: Subject) -> Iterator[Problem]:
    """Each block that changes with the data of a need that it does not name."""
    cases = few(subject)[:TRIED]
    seen = set()
    for label, need in sorted(subject.manifest.needs.items()):
        ways = [way for name in counted(subject, need) for way in varied(subject, label, name)[:TRIED]]
        for case, way in product(cases, ways or [_without(label)]):
            for block in _changed(subject.trial(case), subject.trial(case, way)):
                if label not in block.needs and (block.id, label) not in seen:
                    seen.add((block.id, label))
                    yield Problem(
                        Text(
                            en="It changes with {label}, but its `needs` do not name it.",
                            fr="Il change avec {label}, mais ses `needs` ne la nomment pas.",
                        ).fill(label=label),
                        f"block {block.id}",
                    )


def _changed(before: Trial, after: Trial) -> Iterator[Block]:
    """The blocks of both runs that do not say the same, as they were."""
    now = {b.id: b for b in after.blocks}
    for block in before.blocks:
        if block.id in now and now[block.id].model_copy(update={"coverage": block.coverage}) != block:
            yield block


# Settings


def settings(subject: Subject) -> Iterator[Problem]:
    return _told(
        (
            (name, matters(subject, [set_to(name, value) for value in values(setting)]))
            for name, setting in sorted(subject.manifest.settings.items())
        ),
        lambda name: Text(
            en="Whatever it is set to, every block stays the same.",
            fr="Quelle que soit sa valeur, chaque bloc reste le même.",
        ),
    )


_ASKS_LESS = Text(
    en="People agree to what is asked; what is asked and not used is taken for nothing, and puts them off.",
    fr="On consent à ce qui est demandé ; ce qui est demandé sans servir est pris pour rien, et décourage.",
)

RULES = (
    Rule(
        id="honest-fields",
        level="trustworthy",
        title=Text(
            en="Each field that it asks for changes something that it says",
            fr="Chaque champ qu'il demande change quelque chose à ce qu'il dit",
        ),
        why=_ASKS_LESS,
        fix=Text(
            en="Remove the field from the row, or the need from the signature; or use it.",
            fr="Retirez le champ de la Row, ou la demande de la signature ; ou servez-vous-en.",
        ),
        check=fields,
    ),
    Rule(
        id="honest-period",
        level="trustworthy",
        title=Text(
            en="It looks as far back as it asks to",
            fr="Il regarde aussi loin en arrière qu'il le demande",
        ),
        why=_ASKS_LESS,
        fix=Text(en="Shorten `back` of the need to what is used.", fr="Réduisez `back` de la demande à ce qui sert."),
        check=period,
    ),
    Rule(
        id="honest-granularity",
        level="trustworthy",
        title=Text(
            en="It makes use of data as fine as it asks for",
            fr="Il tire parti de données aussi fines qu'il les demande",
        ),
        why=Text(
            en="Hours tell when a home sleeps and when nobody is in; days tell much less.",
            fr="Les heures disent quand un foyer dort et quand il n'y a personne ; les jours en disent bien moins.",
        ),
        fix=Text(
            en="Set `granularity` of the need to the coarser one that gives the same answer.",
            fr="Donnez à `granularity` de la demande la finesse plus grossière qui donne la même réponse.",
        ),
        check=granularity,
    ),
    Rule(
        id="honest-needs",
        level="trustworthy",
        title=Text(
            en="Each block names all the data that it is based on",
            fr="Chaque bloc nomme toutes les données sur lesquelles il repose",
        ),
        why=Text(
            en="Beside each block the host shows how much of its data is known; this is true only of the needs it names.",
            fr="À côté de chaque bloc, l'hôte montre quelle part de ses données est connue ; ce n'est vrai que des demandes "
            "qu'il nomme.",
        ),
        fix=Text(
            en="Add the parameter to the block's `needs`, or leave `needs` out: it then names all.",
            fr="Ajoutez le paramètre aux `needs` du bloc, ou omettez `needs` : il les nomme alors toutes.",
        ),
        check=needs,
    ),
    Rule(
        id="used-settings",
        level="excellent",
        title=Text(
            en="Each setting changes something that it says",
            fr="Chaque réglage change quelque chose à ce qu'il dit",
        ),
        why=Text(
            en="Whoever adjusts a setting expects an effect; one without is a false promise.",
            fr="Qui ajuste un réglage attend un effet ; sans effet, c'est une fausse promesse.",
        ),
        fix=Text(en="Use the setting, or remove it.", fr="Servez-vous du réglage, ou retirez-le."),
        check=settings,
    ),
)
