"""GPX: tracks of navigation devices, watches and telephones.

Each point of a track is a position; each track is a trip, as long as its segments are: what lies between two segments
was not recorded. Waypoints and routes say where something is or how to get there, not that anybody was there. Times
are UTC, as the standard says, also where they name no zone.

Source of the format: GPX 1.0 and 1.1 (Topografix); speed and course in Garmin's TrackPointExtension, version 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..model import Position, Record, Source, Text, Trip
from ..model.text import clean
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection
from .instants import instant
from .numbers import scaled
from .places import NO_PLACE, Places, Point, length, mode_of, point
from .reasons import NO_NUMBER, NO_TIME
from .xml import local, walk

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOT = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<(?:\w+:)?gpx\b", re.DOTALL)
_WHOLE = frozenset({"trkpt", "wpt", "rte"})
_MEASURES = {"ele": ("altitude", 1), "speed": ("speed", 2), "course": ("course", 1)}

NOT_A_TRACK = Text(
    en="A waypoint or a route does not say that anybody was there.",
    fr="Un point ou un itinéraire ne dit pas que quelqu'un y était.",
)


@dataclass(slots=True)
class _Track:
    """A track as it goes by: its times, and the points of each segment."""

    times: list[int] = field(default_factory=list)
    segments: list[list[Point]] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)


class Gpx:
    """Positions and trips of each track."""

    name = "gpx"
    version = "1"
    title = Text(en="Tracks (GPX)", fr="Traces (GPX)")
    holder = "GPS device"
    record_types: tuple[type[Record], ...] = (Position, Trip)

    def recognises(self, sample: Sample) -> bool:
        return sample.is_xml and _ROOT.match(sample.text) is not None

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        points, trips = Places(source, options, "point {}"), Places(source, options, "track {}")
        track = _Track()
        counts = dict.fromkeys(("trk", "trkpt", "wpt", "rte"), 0)
        inside = ""
        for starts, name, element in walk(file, _WHOLE):
            if starts:
                inside = inside or (name if name in _WHOLE else "")
                if name == "trk":
                    track = _Track()
                elif name == "trkseg":
                    track.segments.append([])
                continue
            if name in counts:
                counts[name] += 1
            if name == "trkpt":
                yield from _point(element, counts[name], track, points)
            elif name in ("wpt", "rte"):
                yield Rejection(f"{name} {counts[name]}", NOT_A_TRACK)
            elif name == "trk":
                _trip(track, counts[name], trips)
            elif not inside and name in ("name", "type", "desc") and (text := clean(element.text or "")):
                track.words.setdefault(name, text[:500])
            inside = "" if name == inside else inside
        yield from points.tables()
        yield from trips.tables()


def _point(element: Element, number: int, track: _Track, points: Places) -> Iterator[Rejection]:
    said = {local(e.tag): text for e in element.iter() if e is not element and (text := (e.text or "").strip())}
    place = point(element.get("lat"), element.get("lon"))
    at = instant(said.pop("time", None), "UTC")
    if place is None or at is None:
        yield Rejection(f"point {number}", NO_PLACE if place is None else NO_TIME)
        return
    try:
        measures: dict[str, object] = {
            field: scaled(said.pop(tag, None), places) for tag, (field, places) in _MEASURES.items()
        }
    except ValueError:
        yield Rejection(f"point {number}", NO_NUMBER)
        return
    more = measures | {"ext": {f"gpx.{name}": text[:500] for name, text in said.items()} or None}
    points.position(number, at, place, more)
    track.times.append(at)
    if track.segments:
        track.segments[-1].append(place)


def _trip(track: _Track, number: int, trips: Places) -> None:
    if not track.times or min(track.times) == max(track.times):
        return
    trips.trip(
        number,
        min(track.times),
        max(track.times),
        mode=mode_of(track.words.get("type", "")),
        tenths=sum(length(segment) for segment in track.segments),
        line=[p for segment in track.segments for p in segment],
        ext={f"gpx.{name}": text for name, text in track.words.items()},
    )


IMPORTERS: tuple[Importer, ...] = (Gpx(),)
