"""OwnTracks: what the application sends (JSON, one message, a list, or one a line) and what its recorder keeps (`.rec`).

    2025-03-01T08:00:00Z    *                 {"_type":"location","lat":45.76,"lon":4.85,"tst":1740816000,"vel":36}

`tst` is in seconds, sometimes as a text. `vel` is in km/h; an `acc`, `vel` or `cog` below zero is unknown. The device is
the last part of the topic, else the tracker's id.

Source of the format: the documentation of OwnTracks (JSON payloads; the recorder's store).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..model import Position, Record, Source, Text
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection
from .instants import instant
from .jsons import Json, kept, member, parsed, read_json, words
from .objects import top_keys
from .places import NO_PLACE, Places, known, point, quantity
from .reasons import NO_TIME

_RECORDED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\t[^\t{]*\t(?=\{)")
_READ = frozenset({"_type", "lat", "lon", "tst", "acc", "alt", "vel", "cog"})

NOT_A_MESSAGE = Text(en="It is no message in JSON.", fr="Ce n'est pas un message en JSON.")
OTHER_MESSAGE = Text(
    en="It is a message of another kind, not a place.", fr="C'est un message d'un autre type, pas un lieu."
)


class OwnTracks:
    """Positions, by device."""

    name = "owntracks"
    version = "1"
    title = Text(en="Positions (OwnTracks)", fr="Positions (OwnTracks)")
    holder = "OwnTracks"
    record_types: tuple[type[Record], ...] = (Position,)

    def recognises(self, sample: Sample) -> bool:
        first = next((line for line in sample.lines if line.strip()), "")
        return _RECORDED.match(first) is not None or {"_type", "tst"} <= top_keys(sample)

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        template, messages = _messages(file)
        places = Places(source, options, template)
        for number, message in messages:
            reason = _add(message, number, places)
            if reason is not None:
                yield Rejection(template.replace("{}", str(number)), reason)
        yield from places.tables()


def _messages(file: File) -> tuple[str, Iterable[tuple[int, Json]]]:
    """(the template of their places, each message with its number)."""
    lines = [line for line in file.sample.lines if line.strip()]
    if not file.sample.is_json or (len(lines) > 1 and _parsed(lines[0]) is not None):
        return "line {}", _lines(file)
    root = read_json(file)
    return ("$[{}]", enumerate(root)) if isinstance(root, list) else ("$", [(0, root)])


def _lines(file: File) -> Iterator[tuple[int, Json]]:
    """A message of each line; None where there is none."""
    for number, line in file.lines():
        if line.strip():
            yield number, _parsed(_RECORDED.sub("", line, count=1))


def _parsed(text: str) -> Json:
    try:
        found = parsed(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _add(message: Json, number: int, places: Places) -> Text | None:
    """Adds a message's position; why there is none, if so."""
    if message is None:
        return NOT_A_MESSAGE
    if words(message, "_type") not in ("location", "transition"):
        return OTHER_MESSAGE
    place, at = point(member(message, "lat"), member(message, "lon")), instant(member(message, "tst"), "UTC")
    if place is None or at is None:
        return NO_PLACE if place is None else NO_TIME
    kmh = known(member(message, "vel"), 4)
    more = {
        "altitude": quantity(member(message, "alt"), 1),
        "accuracy": known(member(message, "acc"), 1),
        "speed": None if kmh is None else round(Decimal(kmh) / 360),
        "course": known(member(message, "cog"), 1),
        "ext": kept(message, _READ, "owntracks"),
    }
    topic = words(message, "topic").removesuffix("/event")
    places.position(number, at, place, more, topic.rpartition("/")[2] or words(message, "tid"))
    return None


IMPORTERS: tuple[Importer, ...] = (OwnTracks(),)
