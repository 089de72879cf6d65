"""The journal as a person reads it: sentences in English and French, week by week, with the explicit zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.text import Text
from selfdata_sdk.service.purpose import PURPOSES

from .entry import Entry, Handed
from .wordings import granularity_words, lowered, type_words

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
        fr="Votre cloud venait d'ailleurs ou d'un état antérieur : chaque accord a été suspendu jusqu'à votre confirmation.",
    ),
}
_SAVED = Text(en="{name} saved records in your cloud.", fr="{name} a enregistré des données dans votre cloud.")
_DENIED = Text(en="{name} wanted to read and was turned away.", fr="{name} a voulu lire et n'a pas pu.")
_TIMES = Text(en="{said} ({n} times)", fr="{said} ({n} fois)")


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
    reads: Counter[Text] = Counter()
    others: Counter[Text] = Counter()
    for entry in sorted(entries, key=lambda e: (e.header.actor.id, e.header.seq)):
        for text in _read(entry, names, registry, zone):
            reads[text] += 1
        if (other := _other(entry, names)) is not None:
            others[other] += 1
    return Week(start, start + timedelta(days=6), _counted(reads), _counted(others))


def _counted(found: Counter[Text]) -> tuple[Text, ...]:
    """Each sentence once, with how often it holds, in the order in which they came."""
    return tuple(text if n == 1 else _TIMES.fill(said=text, n=n) for text, n in found.items())


def _read(entry: Entry, names: Mapping[str, Text], registry: Registry, zone: tzinfo) -> list[Text]:
    header = entry.header
    if header.event != "run":
        return []
    name = _name(header.actor.id, names)
    if header.outcome == "denied":
        return [_DENIED.fill(name=name)]
    if not header.needs:
        return [Text(en="{name} ran and read nothing.", fr="{name} a tourné sans rien lire.").fill(name=name)]
    rows = (entry.details or {}).get("rows", {})
    return [_handed(name, need, rows.get(need.need), registry, zone) for need in header.needs]


def _handed(name: Text, need: Handed, rows: int | None, registry: Registry, zone: tzinfo) -> Text:
    kind = lowered(type_words(registry, need.record_type))
    if rows == 0:
        return Text(
            en="{name} asked for {kind}: there was none.", fr="{name} a demandé {kind} : il n'y en avait pas."
        ).fill(name=name, kind=kind)
    start, end = need.start.astimezone(zone), need.end.astimezone(zone)
    if need.granularity == "raw":
        text = Text(en="{name} read {kind} {purpose}.", fr="{name} a lu {kind} {purpose}.")
    else:
        text = Text(
            en="{name} read {kind} {by}, from {start} to {end}, {purpose}.",
            fr="{name} a lu {kind} {by}, du {start} au {end}, {purpose}.",
        )
    last = (end - timedelta(microseconds=1)).date()
    by = granularity_words(need.granularity)
    return text.fill(name=name, kind=kind, by=by, start=start.date(), end=last, purpose=PURPOSES[need.purpose])


def _other(entry: Entry, names: Mapping[str, Text]) -> Text | None:
    header, details = entry.header, entry.details or {}
    if header.event == "save":
        return _SAVED.fill(name=_name(header.actor.id, names))
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
