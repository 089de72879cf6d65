"""The journal as a person reads it: sentences in English and French, week by week, with the explicit zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Literal, NamedTuple

from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.text import Text
from selfdata_sdk.model.time import Granularity
from selfdata_sdk.service.purpose import PURPOSES, Purpose

from .entry import Entry, Handed
from .wordings import granularity_words, kind_words, period_words

NOTHING = Text(en="No service read anything.", fr="Aucun service n'a rien lu.")
_EVENTS = {
    "grant": Text(en="You agreed to what {name} asks for.", fr="Vous avez accepté ce que demande {name}."),
    "renew": Text(en="You renewed what you agreed with {name}.", fr="Vous avez renouvelé votre accord avec {name}."),
    "refuse": Text(en="You refused {name}.", fr="Vous avez refusé {name}."),
    "withdraw": Text(
        en="You took back what you had agreed with {name}.", fr="Vous avez retiré votre accord avec {name}."
    ),
    "update": Text(
        en="A new version of {name} runs under what you agreed to.",
        fr="Une nouvelle version de {name} tourne dans la limite de votre accord.",
    ),
    "import": Text(en="You imported data.", fr="Vous avez importé des données."),
    "add": Text(en="You added or changed data yourself.", fr="Vous avez ajouté ou changé des données vous-même."),
    "undo": Text(en="You took back an import.", fr="Vous avez annulé un import."),
    "export": Text(en="You exported your data.", fr="Vous avez exporté vos données."),
    "erase": Text(en="You erased data.", fr="Vous avez effacé des données."),
    "erased": Text(en="You erased details of this journal.", fr="Vous avez effacé des détails de ce journal."),
    "checkpoint": Text(
        en="You took a checkpoint of this journal.", fr="Vous avez pris un point de contrôle du journal."
    ),
    "suspend": Text(en="What you agreed to was suspended.", fr="Vos accords ont été suspendus."),
    "restore": Text(
        en="Your cloud came from elsewhere or from an earlier state: every agreement was suspended until you confirm it.",
        fr="Votre cloud venait d'ailleurs ou d'un état antérieur\u00a0: chaque accord a été suspendu jusqu'à votre confirmation.",
    ),
}
_INVENTED = Text(
    en="You loaded an invented household ({persona}).", fr="Vous avez chargé un foyer inventé ({persona})."
)
_SAVED = Text(en="{name} saved records in your cloud.", fr="{name} a enregistré des données dans votre cloud.")
_RUNS = {
    "denied": Text(en="{name} wanted to read and was turned away.", fr="{name} a voulu lire et n'a pas pu."),
    "nothing": Text(en="{name} ran and read nothing.", fr="{name} a tourné sans rien lire."),
    "none": Text(
        en="{name} asked for {kind}: there was none.", fr="{name} a demandé {kind}\u00a0: il n'y en avait pas."
    ),
    "read": Text(en="{name} read {kind} {by} {period}, {purpose}.", fr="{name} a lu {kind} {by} {period}, {purpose}."),
}
_STAYED = Text(en="{said} Nothing left your cloud.", fr="{said} Rien n'a quitté votre cloud.")
_UNHELD = Text(
    en="{said} Nothing held its code back: you trusted it.",
    fr="{said} Rien ne retenait son code\u00a0: vous lui avez fait confiance.",
)
_TIMES = Text(en="{said} ({n} times)", fr="{said} ({n}\u00a0fois)")


@dataclass(frozen=True, slots=True)
class Week:
    """What was done from `start`, a Monday, to `end`: what services read, then the rest.

    Seven days; more where nothing at all was done for several weeks.
    """

    start: date
    end: date
    reads: tuple[Text, ...]
    others: tuple[Text, ...]

    @property
    def lines(self) -> tuple[Text, ...]:
        """All sentences of the week; that nothing was read is one of them."""
        return (*(self.reads or (NOTHING,)), *self.others)


def weeks(
    entries: Iterable[Entry], names: Mapping[str, Text], registry: Registry, now: datetime, since: date | None = None
) -> list[Week]:
    """The weeks from the first entry (or `since`) to `now`, in whose zone days are counted; the latest first.

    names  the publishers' names of services, by id
    """
    zone = now.tzinfo
    assert zone is not None
    by_week: dict[date, list[Entry]] = {}
    for entry in entries:
        day = entry.header.at.astimezone(zone).date()
        if since is None or day >= since:
            by_week.setdefault(_monday(day), []).append(entry)
    if not by_week and since is None:
        return []
    first = min([*by_week, *([_monday(since)] if since else [])])
    found: list[Week] = []
    for start in _mondays(first, now.date()):
        week = _week(start, by_week.get(start, []), names, registry, zone)
        if found and not any((week.reads, week.others, found[-1].reads, found[-1].others)):
            found[-1] = replace(found[-1], end=week.end)
        else:
            found.append(week)
    return found[::-1]


def _week(start: date, entries: Sequence[Entry], names: Mapping[str, Text], registry: Registry, zone: tzinfo) -> Week:
    reads: dict[_Read, dict[int, list[Handed]]] = {}
    others: Counter[Text] = Counter()
    for entry in sorted(entries, key=lambda e: (e.header.actor.id, e.header.seq)):
        for read, handed in _reads(entry):
            reads.setdefault(read, {}).setdefault(entry.header.seq, []).extend(handed)
        if (other := _other(entry, names)) is not None:
            others[other] += 1
    return Week(
        start,
        start + timedelta(days=6),
        tuple(_times(_said(read, runs, names, registry, zone), len(runs)) for read, runs in reads.items()),
        tuple(_times(text, n) for text, n in others.items()),
    )


def _times(said: Text, n: int) -> Text:
    return said if n == 1 else _TIMES.fill(said=said, n=n)


class _Read(NamedTuple):
    """What several runs of a week have in common, to be said once. `held`: by walls; None if that is not known."""

    service: str
    how: Literal["denied", "nothing", "none", "read"]
    record_type: str = ""
    granularity: Granularity = "raw"
    purpose: Purpose = "requested_service_provision"
    held: bool | None = None


def _reads(entry: Entry) -> Iterator[tuple[_Read, list[Handed]]]:
    header = entry.header
    if header.event != "run":
        return
    service = header.actor.id
    if header.outcome == "denied" or not header.needs:
        yield _Read(service, "denied" if header.outcome == "denied" else "nothing"), []
    details = entry.details or {}
    rows, walls = details.get("rows", {}), details.get("walls")
    held = bool(walls) if walls is not None else None
    for need in header.needs:
        how: Literal["none", "read"] = "none" if rows.get(need.need) == 0 else "read"
        yield _Read(service, how, need.record_type, need.granularity, need.purpose, held), [need]


def _said(
    read: _Read, runs: Mapping[int, Sequence[Handed]], names: Mapping[str, Text], registry: Registry, zone: tzinfo
) -> Text:
    name = _name(read.service, names)
    if not read.record_type:
        return _RUNS[read.how].fill(name=name)
    handed = [need for needs in runs.values() for need in needs]
    start = min(need.start for need in handed).astimezone(zone).date()
    end = (max(need.end for need in handed).astimezone(zone) - timedelta(microseconds=1)).date()
    said = _RUNS[read.how].fill(
        name=name,
        kind=kind_words(registry, read.record_type),
        by=granularity_words(read.granularity),
        period=period_words(start, max(start, end)),
        purpose=PURPOSES[read.purpose],
    )
    if read.how == "none" or read.held is None:
        return said
    return (_STAYED if read.held else _UNHELD).fill(said=said)


def _other(entry: Entry, names: Mapping[str, Text]) -> Text | None:
    header, details = entry.header, entry.details or {}
    if header.event == "save":
        return _SAVED.fill(name=_name(header.actor.id, names))
    if header.event == "import" and (persona := details.get("persona")):
        return _INVENTED.fill(persona=str(persona))
    if header.event in _EVENTS:
        return _EVENTS[header.event].fill(name=_name(str(details.get("service", "")), names))
    return None


def _name(service: str, names: Mapping[str, Text]) -> Text:
    """The publisher's name of a service, and always its id."""
    if not service:
        return Text(en="a service", fr="un service")
    if service not in names:
        return Text(en=service, fr=service)
    return Text(en=f"{names[service].en} ({service})", fr=f"{names[service].fr} ({service})")


def _mondays(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=7)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
