"""GeoJSON: positions as points with a time, ways as lines with a time for each point or with a start and an end.

    {"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [4.85, 45.76, 170]},
         "properties": {"time": "2025-03-01T08:00:00+01:00", "accuracy": 12}},
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[4.85, 45.76], [4.86, 45.77]]},
         "properties": {"coordTimes": ["2025-03-01T08:00:00Z", "2025-03-01T08:10:00Z"], "mode": "bike"}}]}

A line that has a time for each point gives positions and a trip; one with a start and an end gives a trip that keeps
the line. The standard has no time: it is looked for under the names in use.

Source of the format: RFC 7946; `coordTimes` as togeojson writes it; `locations` of features as Overland sends them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Position, Record, Source, Text, Trip
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection
from .instants import instant
from .jsons import Json, items, kept, member, read_json, words
from .objects import first, top_keys
from .places import NO_PLACE, TZ, Places, Point, known, length, mode_of, point, quantity
from .reasons import NO_TIME

_TIMES = ("time", "timestamp", "datetime", "date", "at", "recorded_at")
_STARTS = ("start", "startTime", "start_time", "begin", "started_at")
_ENDS = ("end", "endTime", "end_time", "stop", "ended_at")
_LISTS = ("coordTimes", "times")
_ACCURACY = ("accuracy", "horizontal_accuracy")
_COURSE = ("course", "heading", "bearing")
_MODES = ("mode", "transport_mode", "activity")
_DEVICES = ("device_id", "device")
_READ = frozenset(
    (*_TIMES, *_STARTS, *_ENDS, *_LISTS, *_ACCURACY, *_COURSE, *_DEVICES, "coordinateProperties", "speed", "altitude")
)

NO_WAY = Text(
    en="It is no point and no line: it does not say where somebody was.",
    fr="Ce n'est ni un point ni une ligne : cela ne dit pas où quelqu'un était.",
)
NOT_AS_MANY = Text(en="It does not have as many times as points.", fr="Elle n'a pas autant d'heures que de points.")


class GeoJson:
    """Positions and trips of features that have times."""

    name = "geojson"
    version = "1"
    title = Text(en="Places and ways (GeoJSON)", fr="Lieux et trajets (GeoJSON)")
    holder = "GPS device"
    record_types: tuple[type[Record], ...] = (Position, Trip)

    def recognises(self, sample: Sample) -> bool:
        keys = top_keys(sample)
        return '"geometry"' in sample.text and bool(keys & {"features", "locations", "geometry"}) and "_id" not in keys

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        root = read_json(file)
        list_of = next((name for name in ("features", "locations") if items(root, name)), "")
        template = f"$.{list_of}[{{}}]" if list_of else "$"
        places = Places(source, options, template)
        for number, feature in enumerate(items(root, list_of) if list_of else [root]):
            reason = _feature(feature, number, places, options.tz or TZ)
            if reason is not None:
                yield Rejection(template.replace("{}", str(number)), reason)
        yield from places.tables()


def _feature(feature: Json, number: int, places: Places, tz: str) -> Text | None:
    """Adds what a feature says; why it says nothing, if so."""
    geometry, said = member(feature, "geometry"), member(feature, "properties")
    coordinates = items(geometry, "coordinates")
    match words(geometry, "type"):
        case "Point":
            return _point(coordinates, said, number, places, tz)
        case "LineString":
            return _line([coordinates], said, number, places, tz)
        case "MultiLineString":
            return _line([c for c in coordinates if isinstance(c, list)], said, number, places, tz)
        case _:
            return NO_WAY


def _point(coordinates: list[Json], said: Json, number: int, places: Places, tz: str) -> Text | None:
    place, at = _place(coordinates), instant(first(said, *_TIMES), tz)
    if place is None or at is None:
        return NO_PLACE if place is None else NO_TIME
    device = first(said, *_DEVICES)
    more = {
        "altitude": _altitude(coordinates) if len(coordinates) > 2 else quantity(member(said, "altitude"), 1),
        "accuracy": known(first(said, *_ACCURACY), 1),
        "speed": known(member(said, "speed"), 2),
        "course": known(first(said, *_COURSE), 1),
        "ext": kept(said, _READ, "geojson"),
    }
    places.position(number, at, place, more, device if isinstance(device, str) else "")
    return None


def _line(segments: list[list[Json]], said: Json, number: int, places: Places, tz: str) -> Text | None:
    coordinates = [c for segment in segments for c in segment]
    lines = [[p for c in segment if (p := _place(c)) is not None] for segment in segments]
    line = [p for part in lines for p in part]
    if len(line) < max(2, len(coordinates)):
        return NO_PLACE
    stamps = _stamps(said)
    if stamps and len(stamps) != len(line):
        return NOT_AS_MANY
    times = [instant(s, tz) for s in stamps or (first(said, *_STARTS), first(said, *_ENDS))]
    moments = [t for t in times if t is not None]
    if len(moments) < len(times):
        return NO_TIME
    if stamps:
        for at, place, written in zip(moments, line, coordinates, strict=True):
            places.position(number, at, place, {"altitude": _altitude(written)})
    mode = first(said, *_MODES)
    places.trip(
        number,
        min(moments),
        max(moments),
        mode=mode_of(mode) if isinstance(mode, str) else None,
        tenths=sum(map(length, lines)),
        line=line,
        drawn=not stamps,
        ext=kept(said, _READ, "geojson"),
    )
    return None


def _stamps(said: Json) -> list[Json]:
    """A time for each point of a line, or none; of several lines one after the other."""
    for node in (said, member(said, "coordinateProperties")):
        for name in _LISTS:
            if found := items(node, name):
                return [t for part in found for t in (part if isinstance(part, list) else [part])]
    return []


def _place(coordinates: Json) -> Point | None:
    return point(coordinates[1], coordinates[0]) if isinstance(coordinates, list) and len(coordinates) > 1 else None


def _altitude(coordinates: Json) -> int | None:
    return quantity(coordinates[2], 1) if isinstance(coordinates, list) and len(coordinates) > 2 else None


IMPORTERS: tuple[Importer, ...] = (GeoJson(),)
