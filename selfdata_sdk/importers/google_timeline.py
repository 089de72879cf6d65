"""Google's location history in its four shapes: that of devices since 2024 (Android, iOS), and of Takeout before.

| file                  | shape                                                                                       |
|-----------------------|---------------------------------------------------------------------------------------------|
| Timeline.json         | `semanticSegments` of activities, paths and visits, `rawSignals`; places `"48.85°, 2.35°"`  |
| location-history.json | (iOS) a list of segments; numbers are texts, places `"geo:48.85,2.35"`, times of a path     |
|                       | minutes after the segment's start                                                           |
| 2023_MARCH.json       | (Takeout) `timelineObjects` of activity segments and visits; degrees × 10^7                 |
| Records.json          | (Takeout) `locations` by device; degrees × 10^7                                             |

Movements are trips; Google infers their mode, with a probability that is kept in `ext`. Points of a path are worked out
by Google, those of signals and records are measured. A stay at a place is neither. Degrees above 180 × 10^7 are
negative ones that overflowed 32 bits: Takeout wrote them for years.

Sources of the formats: locationhistoryformat.com; exports of devices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..model import Position, Record, Source, Text, Trip
from ..model.time import MINUTE
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection, Remark
from .instants import instant
from .jsons import Json, items, kept, member, read_json, words
from .objects import first, top_keys
from .places import DEGREE, NO_PLACE, Places, Point, known, length, mode_of, point, quantity
from .reasons import NO_TIME

_WRITTEN = re.compile(r"(?:geo:)?\s*([-+]?\d+(?:\.\d+)?)\s*°?\s*,\s*([-+]?\d+(?:\.\d+)?)\s*°?\s*(?:;.*)?", re.ASCII)
_E7 = (("latitudeE7", "longitudeE7"), ("latE7", "lngE7"))
_SEGMENT = frozenset({"startTime", "endTime"})
_KINDS = frozenset({"activity", "visit", "timelinePath", "timelineMemory"})
_READ = frozenset({"start", "end", "distanceMeters", "topCandidate"})
_READ_OLD = frozenset(
    {"startLocation", "endLocation", "duration", "distance", "waypointPath", "simplifiedRawPath", "roadSegment"}
)

STAYS = Text(
    en="Stays at a place are no trips: they are left out.",
    fr="Les séjours à un endroit ne sont pas des trajets : ils sont laissés de côté.",
)


class GoogleTimeline:
    """Positions and trips."""

    name = "google-timeline"
    version = "1"
    title = Text(en="Location history (Google)", fr="Historique des positions (Google)")
    holder = "Google"
    record_types: tuple[type[Record], ...] = (Position, Trip)

    def recognises(self, sample: Sample) -> bool:
        keys = top_keys(sample)
        return (
            bool(keys & {"semanticSegments", "timelineObjects", "rawSignals"})
            or ("locations" in keys and '"latitudeE7"' in sample.text)
            or (keys >= _SEGMENT and bool(keys & _KINDS))
        )

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        root = read_json(file)
        yield from _segments(root if isinstance(root, list) else [], "$", source, options)
        yield from _segments(items(root, "semanticSegments"), "$.semanticSegments", source, options)
        yield from _objects(items(root, "timelineObjects"), source, options)
        signals = [member(s, "position") for s in items(root, "rawSignals")]
        yield from _records(signals, "$.rawSignals", source, options)
        yield from _records(items(root, "locations"), "$.locations", source, options)


def _segments(segments: list[Json], path: str, source: Source, options: Options) -> Iterator[Item]:
    """Segments as devices write them since 2024."""
    places = Places(source, options, f"{path}[{{}}]")
    for number, segment in enumerate(segments):
        place = f"{path}[{number}]"
        start, end = (instant(member(segment, name), "UTC") for name in ("startTime", "endTime"))
        if start is None or end is None:
            yield Rejection(place, NO_TIME)
            continue
        if member(segment, "visit") is not None:
            yield Remark("guess", STAYS, place)
        yield from _path(items(segment, "timelinePath"), start, number, place, places)
        activity = member(segment, "activity")
        if activity is None:
            continue
        top, metres = member(activity, "topCandidate"), quantity(member(activity, "distanceMeters"), 1)
        ends = [p for name in ("start", "end") if (p := _point(member(activity, name))) is not None]
        said = (kept(activity, _READ, "google") or {}) | (kept(top, frozenset(), "google.candidate") or {})
        _trip(places, number, start, end, words(top, "type"), metres, ends, said)
    yield from places.tables()


def _path(points: list[Json], start: int, number: int, place: str, places: Places) -> Iterator[Rejection]:
    for index, said in enumerate(points):
        where = _point(member(said, "point"))
        minutes = quantity(member(said, "durationMinutesOffsetFromStartTime"), 0)
        at = instant(member(said, "time"), "UTC") if minutes is None else start + minutes * MINUTE
        if where is None or at is None:
            yield Rejection(f"{place}.timelinePath[{index}]", NO_PLACE if where is None else NO_TIME)
        else:
            places.position(number, at, where, {"quality": "derived"})


def _objects(objects: list[Json], source: Source, options: Options) -> Iterator[Item]:
    """Activity segments and visits as Takeout wrote them before 2024."""
    places = Places(source, options, "$.timelineObjects[{}]")
    for number, found in enumerate(objects):
        place, segment = f"$.timelineObjects[{number}]", member(found, "activitySegment")
        if member(found, "placeVisit") is not None:
            yield Remark("guess", STAYS, place)
        if segment is None:
            continue
        lasted = member(segment, "duration")
        start, end = (_time(lasted, name) for name in ("startTimestamp", "endTimestamp"))
        if start is None or end is None:
            yield Rejection(place, NO_TIME)
            continue
        for index, said in enumerate(items(member(segment, "simplifiedRawPath"), "points")):
            where, at = _point(said), _time(said, "timestamp")
            if where is None or at is None:
                inner = f"{place}.activitySegment.simplifiedRawPath.points[{index}]"
                yield Rejection(inner, NO_PLACE if where is None else NO_TIME)
            else:
                accuracy = known(member(said, "accuracyMeters"), 1)
                places.position(number, at, where, {"accuracy": accuracy, "quality": "derived"})
        between = items(member(segment, "waypointPath"), "waypoints")
        line = [member(segment, "startLocation"), *between, member(segment, "endLocation")]
        placed = [p for said in line if (p := _point(said)) is not None]
        metres = quantity(member(segment, "distance"), 1)
        _trip(
            places,
            number,
            start,
            end,
            words(segment, "activityType"),
            metres,
            placed,
            kept(segment, _READ_OLD, "google"),
        )
    yield from places.tables()


def _trip(
    places: Places,
    number: int,
    start: int,
    end: int,
    word: str,
    tenths: int | None,
    line: list[Point],
    ext: Mapping[str, object] | None,
) -> None:
    """A movement; where its length is not said, that of its line if there is more of it than its ends."""
    mode, drawn = mode_of(word), len(line) > 2
    tenths = length(line) if tenths is None and drawn else tenths
    inferred = None if mode is None else True
    places.trip(number, start, end, mode=mode, inferred=inferred, tenths=tenths, line=line, drawn=drawn, ext=ext)


def _records(records: list[Json], path: str, source: Source, options: Options) -> Iterator[Item]:
    """Positions as a device measured them; None where a signal is no position."""
    places = Places(source, options, f"{path}[{{}}]")
    for number, said in enumerate(records):
        if said is None:
            continue
        where, at = _point(said), _time(said, "timestamp")
        if where is None or at is None:
            yield Rejection(f"{path}[{number}]", NO_PLACE if where is None else NO_TIME)
            continue
        device = member(said, "deviceTag")
        more = {
            "altitude": quantity(first(said, "altitude", "altitudeMeters"), 1),
            "accuracy": known(first(said, "accuracy", "accuracyMeters"), 1),
            "speed": known(first(said, "velocity", "speedMetersPerSecond"), 2),
            "course": known(member(said, "heading"), 1),
            "ext": {"google.source": found} if (found := words(said, "source")) else None,
        }
        places.position(number, at, where, more, str(device) if isinstance(device, int) and device > 0 else "")
    yield from places.tables()


def _point(said: Json) -> Point | None:
    """A place in any of Google's notations."""
    for lat_name, lon_name in _E7:
        lat, lon = _whole(member(said, lat_name)), _whole(member(said, lon_name))
        if lat is not None and lon is not None:
            return (lat, lon) if abs(lat) <= 90 * DEGREE and abs(lon) <= 180 * DEGREE else None
    text = said if isinstance(said, str) else words(said, "latLng") or words(said, "LatLng")
    written = _WRITTEN.fullmatch(text.strip())
    return None if written is None else point(written[1], written[2])


def _whole(value: Json) -> int | None:
    found = quantity(value, 0)
    return found - 2**32 if found is not None and found > 180 * DEGREE else found


def _time(said: Json, name: str) -> int | None:
    """`name`, or `nameMs` in files before 2022."""
    return instant(first(said, name, f"{name}Ms"), "UTC")


IMPORTERS: tuple[Importer, ...] = (GoogleTimeline(),)
