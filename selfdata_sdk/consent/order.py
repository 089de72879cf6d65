"""Does one need, or one version of a service, ask for more than another? A partial order, axis by axis.

An order, not equality, so that a version that asks for less, or for the same under other names, need not ask anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

import numpy as np
import rfc8785

from selfdata_sdk.model.own_record import breaks
from selfdata_sdk.model.own_type import OwnType
from selfdata_sdk.model.text import Text
from selfdata_sdk.model.time import GRANULARITIES, Duration
from selfdata_sdk.service.manifest import AskedNeed, Manifest, Produced
from selfdata_sdk.service.need import Precision
from selfdata_sdk.service.purpose import Purpose

Verdict = Literal["same", "narrower", "reworded", "wider_optional", "wider", "other_party", "incomparable"]
Bump = Literal["none", "patch", "minor", "major"]

NARROWER: Mapping[Purpose, Purpose] = {
    "personalised_benefits": "service_personalisation",
    "optimisation_for_consumer": "service_optimisation",
}
"""Purposes that are part of another one (DPV 2, `skos:broader`)."""

_PRECISIONS: tuple[Precision, ...] = get_args(Precision)
_AUTOMATIONS = ("none", "advice", "profiling", "decision")
_SCHEDULES = {
    "on_open": {"on_open"},
    "weekly": {"on_open", "weekly"},
    "daily": {"on_open", "weekly", "daily"},
    "on_new_data": {"on_open", "on_new_data"},
}
"""Each schedule with those that are no stronger."""


@dataclass(frozen=True, slots=True)
class Change:
    """One axis on which two versions differ, with what each asks as a text for programs.

    label  that of the need, in the version that asks for more on this axis; "" for the service as a whole
    """

    axis: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a new version stands to an old one.

    wider, narrower  the axes on which it asks for more, or less
    reworded         paths of texts shown to people that changed, like "needs.water.why"
    waits            whether it must wait for the person's answer
    altered          whether anything but the version's number differs
    """

    verdict: Verdict
    wider: tuple[Change, ...]
    narrower: tuple[Change, ...]
    reworded: tuple[str, ...]
    waits: bool
    altered: bool


# Needs

_AXES: dict[str, Callable[[AskedNeed, AskedNeed], bool]] = {
    "fields": lambda old, new: set(new.fields) <= set(old.fields),
    "pseudonyms": lambda old, new: _plain(new).isdisjoint(old.pseudonyms),
    "granularity": lambda old, new: _rank(new.granularity) <= _rank(old.granularity),
    "at_worst": lambda old, new: _rank(new.at_worst) <= _rank(old.at_worst),
    "precision": lambda old, new: _PRECISIONS.index(new.precision) >= _PRECISIONS.index(old.precision),
    "where": lambda old, new: all(
        name in new.where and set(new.where[name]) <= set(values) for name, values in old.where.items()
    ),
    "back": lambda old, new: no_longer(new.back, old.back),
    "ongoing": lambda old, new: old.ongoing or not new.ongoing,
    "purpose": lambda old, new: _part_of(new.purpose, old.purpose),
    "required": lambda old, new: old.required or not new.required,
}
"""Each axis of a need, and whether the second asks no more than the first."""


def covers(agreed: AskedNeed, asked: AskedNeed) -> bool:
    """True if `asked` asks no more than `agreed` on any axis."""
    return agreed.record_type == asked.record_type and not axes_wider(agreed, asked)


def axes_wider(agreed: AskedNeed, asked: AskedNeed) -> tuple[str, ...]:
    """The axes on which `asked` asks for more; both of one record type."""
    return tuple(axis for axis, holds in _AXES.items() if not holds(agreed, asked))


def meet(a: AskedNeed, b: AskedNeed) -> AskedNeed | None:
    """A need that asks no more than either; None if they have nothing in common. Texts are those of `a`."""
    fields = tuple(sorted(set(a.fields) & set(b.fields)))
    where = _both(a.where, b.where)
    purposes = [p for p in (a.purpose, b.purpose) if _part_of(p, a.purpose) and _part_of(p, b.purpose)]
    back = shorter(a.back, b.back)
    if a.record_type != b.record_type or not fields or where is None or not purposes:
        return None
    if not (no_longer(back, a.back) and no_longer(back, b.back)):
        return None
    return a.model_copy(
        update={
            "fields": fields,
            "pseudonyms": tuple(sorted({*a.pseudonyms, *b.pseudonyms} & set(fields))),
            "granularity": min(a.granularity, b.granularity, key=_rank),
            "at_worst": min(a.at_worst, b.at_worst, key=_rank),
            "precision": max(a.precision, b.precision, key=_PRECISIONS.index),
            "where": where,
            "back": back,
            "ongoing": a.ongoing and b.ongoing,
            "purpose": purposes[0],
            "without": b.without if a.required else a.without,
        }
    )


def _both(a: Mapping[str, tuple[str, ...]], b: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]] | None:
    """What both allow; None if that is nothing, or if a need, which names one field, cannot say it."""
    found = dict(a)
    for name, values in b.items():
        found[name] = tuple(v for v in found.get(name, values) if v in values)
    return found if len(found) <= 1 and all(found.values()) else None


def _plain(need: AskedNeed) -> set[str]:
    return set(need.fields) - set(need.pseudonyms)


def _part_of(purpose: Purpose, whole: Purpose) -> bool:
    return whole in (purpose, NARROWER.get(purpose))


def _rank(granularity: str) -> int:
    return GRANULARITIES.index(granularity)


# How far back

_DAY = 86_400
_SHIFT = 26 * 3600
"""Offsets from UTC go from -12 to +14 hours, and a zone may jump from one to the other: days of the calendar and
hours of the clock differ by that much at most."""


def no_longer(a: str, b: str) -> bool:
    """True if the moment `a` before any moment is never earlier than `b` before it, whatever the date and the zone.

    P1M is no longer than P31D, and P28D than P1M; P1M and P30D are incomparable. Transitive, as the most days of
    j + k months are no more than those of j and those of k together.
    """
    first, second = Duration.parse(a), Duration.parse(b)
    days = first.days - second.days + _most_days(first.months - second.months)
    seconds = first.seconds - second.seconds
    return (days <= 0 and seconds <= 0) or days * _DAY + seconds + _SHIFT <= 0


def shorter(a: str, b: str) -> str:
    """A duration that is no longer than either; of less than about two days there may be none, then one second."""
    for one, other in ((a, b), (b, a)):
        if no_longer(one, other):
            return one
    least = [(Duration.parse(text), _days(Duration.parse(text).months)[0]) for text in (a, b)]
    if days := min(fewest + length.days for length, fewest in least):
        return f"P{days}D"
    seconds = min((fewest + length.days) * _DAY + length.seconds for length, fewest in least) - _SHIFT
    return f"PT{max(1, seconds)}S"


def _most_days(months: int) -> int:
    """The most days by which so many months, which may be negative, reach further back."""
    return _days(months)[1] if months > 0 else -_days(-months)[0]


@cache
def _days(months: int) -> tuple[int, int]:
    """The fewest and the most days that so many consecutive months last, over the calendar's 400 years."""
    last = 2401 + months // 12
    firsts = np.arange("2000-01", f"{last}-01", dtype="datetime64[M]").astype("datetime64[D]").astype(int)
    lengths = firsts[months : months + 4800] - firsts[:4800]
    return int(lengths.min()), int(lengths.max())


# Versions of a service


def compare(old: Manifest, new: Manifest) -> Comparison:
    """What a new version asks, held against an old one."""
    party = tuple(_party(old, new))
    wider = (*party, *_more(old, new), *_broken(old, new))
    narrower = tuple(Change(c.axis, c.label, c.new, c.old) for c in _more(new, old))
    reworded = tuple(path for path, _, _ in rewordings(old, new))
    waits = any(not c.label or new.needs[c.label].required for c in wider)
    verdict: Verdict
    if party:
        verdict = "other_party"
    elif wider and narrower:
        verdict = "incomparable"
    elif wider:
        verdict = "wider" if waits else "wider_optional"
    else:
        verdict = "reworded" if reworded else "narrower" if narrower else "same"
    altered = old.model_copy(update={"version": new.version}).canonical() != new.canonical()
    return Comparison(verdict, wider, narrower, reworded, waits, altered)


def _party(old: Manifest, new: Manifest) -> Iterator[Change]:
    """Where it is no longer the same who answers for the service."""
    for axis, was, now in (
        ("id", old.id, new.id),
        ("publisher", old.publisher.name, new.publisher.name),
        ("country", old.publisher.country or "", new.publisher.country or ""),
        ("role", old.publisher.role, new.publisher.role),
    ):
        if was != now:
            yield Change(axis, "", was, now)


def _more(old: Manifest, new: Manifest) -> Iterator[Change]:
    """Where `new` asks for more than `old`, whichever of them came first."""
    for label, need in new.needs.items():
        yield from _more_needed(label, need, old)
    for produced in new.produces:
        yield from _more_produced(produced, old)
    for was, now in _declared_twice(old, new):
        yield from _more_kept(was, now)
    yield from _more_shown(old, new)
    if new.schedule not in _SCHEDULES[old.schedule]:
        yield Change("schedule", "", old.schedule, new.schedule)
    if _AUTOMATIONS.index(new.automation) > _AUTOMATIONS.index(old.automation):
        yield Change("automation", "", old.automation, new.automation)


def _more_needed(label: str, need: AskedNeed, old: Manifest) -> Iterator[Change]:
    """Nothing if one old need covers it: never several together, which would combine what was agreed apart."""
    earlier = {name: n for name, n in old.needs.items() if n.record_type == need.record_type}
    if not earlier:
        yield Change("record_type", label, "", need.record_type)
    elif not any(covers(n, need) for n in earlier.values()):
        nearest = earlier.get(label) or min(earlier.values(), key=lambda n: len(axes_wider(n, need)))
        for axis in axes_wider(nearest, need):
            yield Change(axis, label, _told(nearest, axis), _told(need, axis))


def _told(need: AskedNeed, axis: str) -> str:
    match getattr(need, axis):
        case bool(value):
            return "true" if value else "false"
        case tuple(values):
            return ",".join(values)
        case dict(limits):
            return rfc8785.dumps(limits).decode()
        case value:
            return str(value)


def _more_produced(produced: Produced, old: Manifest) -> Iterator[Change]:
    earlier = [p for p in old.produces if p.record_type == produced.record_type]
    if not earlier:
        yield Change("produces", "", "", _kept(produced))
    elif not any(_kept_no_longer(produced, p) for p in earlier):
        yield Change("retention", "", _kept(earlier[0]), _kept(produced))


def _declared_twice(old: Manifest, new: Manifest) -> Iterator[tuple[OwnType, OwnType]]:
    """The own types that both have."""
    earlier = {own.name: own for own in old.own_types}
    return ((earlier[own.name], own) for own in new.own_types if own.name in earlier)


def _more_kept(old: OwnType, new: OwnType) -> Iterator[Change]:
    """Where records of an own type may say more."""
    if new.rules == old.rules or breaks(old, new):
        return
    if new.properties.keys() == old.properties.keys():
        yield Change("record_types", "", old.name, new.name)
    else:
        yield Change("saved_fields", "", *(f"{own.name} {','.join(sorted(own.properties))}" for own in (old, new)))


def _broken(old: Manifest, new: Manifest) -> Iterator[Change]:
    """Own types of which neither version could read all that the other keeps."""
    for was, now in _declared_twice(old, new):
        if (broken := breaks(was, now)) and breaks(now, was):
            yield Change("breaks", "", was.name, f"{now.name} {broken[0]}")


def _kept_no_longer(produced: Produced, earlier: Produced) -> bool:
    if not earlier.retention:
        return True
    return bool(produced.retention) and no_longer(produced.retention, earlier.retention)


def _kept(produced: Produced) -> str:
    return f"{produced.record_type} {produced.retention}".rstrip()


def _more_shown(old: Manifest, new: Manifest) -> Iterator[Change]:
    was, now = old.outputs, new.outputs
    if not set(now.kinds) <= set(was.kinds):
        yield Change("kinds", "", ",".join(was.kinds), ",".join(now.kinds))
    if now.alerts_per_week > was.alerts_per_week:
        yield Change("alerts_per_week", "", str(was.alerts_per_week), str(now.alerts_per_week))
    for axis, listed in _LITERAL.items():
        for item in sorted(set(listed(new)) - set(listed(old))):
            yield Change(axis, "", "", item)


_LITERAL: dict[str, Callable[[Manifest], Iterator[str]]] = {
    "links": lambda manifest: (link.url for link in manifest.outputs.links.values()),
    "numbers": lambda manifest: (phone.number for phone in manifest.outputs.numbers.values()),
    "questions": lambda manifest: (
        rfc8785.dumps(question.model_dump(mode="json")).decode() for question in manifest.outputs.questions.values()
    ),
}
"""What a service shows literally; how it names them does not count."""


# Texts

Shown = Text | str | None


def rewordings(old: Manifest, new: Manifest) -> Iterator[tuple[str, Shown, Shown]]:
    """Texts shown to people that changed: the path in `new`, what was said, and what is said now.

    Of what is new altogether nothing was said before: that is asking for more, not other words.
    """
    for path, before, now in _shown(old, new):
        if before and now not in before:
            yield path, before[0], now


def _shown(old: Manifest, new: Manifest) -> Iterator[tuple[str, list[Shown], Shown]]:
    """Each text of `new`, with those of `old` that stood for the same."""
    for name in ("name", "summary", "licence", "source"):
        yield name, [getattr(old, name)], getattr(new, name)
    for name in ("contact", "privacy"):
        yield f"publisher.{name}", [getattr(old.publisher, name)], getattr(new.publisher, name)
    for label, need in new.needs.items():
        same_type = [n for n in old.needs.values() if n.record_type == need.record_type]
        earlier = [n for n in same_type if covers(n, need)] or same_type
        yield f"needs.{label}.why", [n.why for n in earlier], need.why
        if not need.required:
            yield f"needs.{label}.without", [n.without for n in earlier], need.without
    for name, setting in new.settings.items():
        yield f"settings.{name}.title", [old.settings[name].title if name in old.settings else None], setting.title
    for was, now in _declared_twice(old, new):
        yield f"record_types.{now.name}.title", [was.title], now.title
        for name, node in now.properties.items():
            before: list[Shown] = [was.properties[name].title] if name in was.properties else [None]
            yield f"record_types.{now.name}.{name}.title", before, node.title
    for name, link in new.outputs.links.items():
        labels: list[Shown] = [i.label for i in old.outputs.links.values() if i.url == link.url]
        yield f"outputs.links.{name}.label", labels, link.label
    for name, phone in new.outputs.numbers.items():
        labels = [i.label for i in old.outputs.numbers.values() if i.number == phone.number]
        yield f"outputs.numbers.{name}.label", labels, phone.label


# Version numbers


def older(a: str, b: str) -> bool:
    """True if the version `a` precedes `b` (Semantic Versioning 2.0.0, §11)."""
    return _precedence(a) < _precedence(b)


def _precedence(version: str) -> tuple[Any, ...]:
    _, _, words = version.partition("+")[0].partition("-")
    parts = [(0, int(word), "") if word.isdecimal() else (1, 0, word) for word in words.split(".") if word]
    return (*_core(version), not parts, parts)


def _core(version: str) -> tuple[int, int, int]:
    major, minor, patch = version.partition("+")[0].partition("-")[0].split(".")
    return int(major), int(minor), int(patch)


def bump_needed(compared: Comparison) -> Bump:
    """How much the version number must rise, so that people can tell from it what an update asks."""
    if compared.waits:
        return "major"
    if compared.wider:
        return "minor"
    return "patch" if compared.altered else "none"


def bump_given(old: str, new: str) -> Bump:
    """How much the version number rises; none if it goes backwards."""
    if not older(old, new):
        return "none"
    before, after = _core(old), _core(new)
    return "major" if after[0] > before[0] else "minor" if after[:2] > before[:2] else "patch"


def bump_enough(old: str, new: str, needed: Bump) -> bool:
    """True if `new` is as much later than `old` as is needed; what goes backwards never is."""
    bumps = get_args(Bump)
    return not older(new, old) and bumps.index(bump_given(old, new)) >= bumps.index(_at(old, needed))


def bumped(old: str, needed: Bump) -> str:
    """The next version that is enough."""
    major, minor, patch = _core(old)
    match _at(old, needed):
        case "major":
            return f"{major + 1}.0.0"
        case "minor":
            return f"{major}.{minor + 1}.0"
        case "patch":
            return f"{major}.{minor}.{patch + 1}"
        case _:
            return old


def _at(version: str, needed: Bump) -> Bump:
    """The number that rises: while the first one is 0, each stands for the one before it."""
    early: Mapping[Bump, Bump] = {"major": "minor", "minor": "patch"}
    return early.get(needed, needed) if _core(version)[0] == 0 else needed
