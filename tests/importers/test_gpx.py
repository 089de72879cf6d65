"""Tracks: what a real one holds, segments, modes, and what says nothing of where somebody was."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers.gpx import Gpx
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import Position, Trip

FILES = Path(__file__).parents[1] / "files" / "mobility"
Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]


def positions(found: Found) -> list[Position]:
    return [r for t in found.tables for r in t.records() if isinstance(r, Position)]


def trips(found: Found) -> list[Trip]:
    return [r for t in found.tables for r in t.records() if isinstance(r, Trip)]


def gpx(body: str) -> str:
    return (
        f'<?xml version="1.0"?>\n<!-- made --><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1">{body}</gpx>'
    )


def trkpt(lat: float, minute: int, more: str = "") -> str:
    return f'<trkpt lat="{lat}" lon="4.85"><time>2025-03-01T08:{minute:02}:00Z</time>{more}</trkpt>'


def test_a_real_track_gives_its_points_and_one_trip(read: Read) -> None:
    found = read(Gpx(), FILES / "around-visnjan-with-car.gpx")
    points, (trip,) = positions(found), trips(found)
    assert len(points) == 104
    assert (points[0].lat, points[0].lon, points[0].altitude) == (
        Decimal("45.2735189"), Decimal("13.7142100"), Decimal("211.2"),
    )  # fmt: skip
    assert trip.start.isoformat() == "2020-12-18T06:15:50+00:00"
    assert trip.end.isoformat() == "2020-12-18T06:24:24+00:00"
    # gpxpy measures 2736.3 m on a sphere with the radius of the equator, 1.0011 times the mean one.
    assert trip.distance == Decimal("2733.3")
    assert trip.mode is None
    assert (trip.legs[0].distance, trip.legs[0].from_lat) == (trip.distance, points[0].lat)
    assert trip.quality == "derived"


def test_what_lies_between_two_segments_adds_nothing_to_the_way(read: Read, write: Write) -> None:
    one = f"<trkseg>{trkpt(45.0, 0)}{trkpt(45.001, 1)}</trkseg>"
    two = f"<trkseg>{trkpt(46.0, 2)}{trkpt(46.001, 3)}</trkseg>"
    (trip,) = trips(read(Gpx(), write(gpx(f"<trk><name>To work</name><type>cycling</type>{one}{two}</trk>"))))
    assert trip.distance == Decimal("222.4")
    assert (trip.mode, trip.ext) == ("bike", {"gpx.name": "To work", "gpx.type": "cycling"})


def test_each_track_is_a_trip_and_a_single_point_is_none(read: Read, write: Write) -> None:
    way = f"<trk><trkseg>{trkpt(45, 0)}{trkpt(45.1, 1)}</trkseg></trk>"
    later = way.replace("T08", "T09")
    alone = f"<trk><trkseg>{trkpt(45, 30)}</trkseg></trk>"
    found = read(Gpx(), write(gpx(way + later + alone)))
    assert [t.source.locator for t in trips(found)] == ["track 1", "track 2"]
    assert len(positions(found)) == 5


def test_a_bad_point_is_named_and_loses_no_other(read: Read, write: Write) -> None:
    points = [
        trkpt(45, 0), trkpt(95, 1), '<trkpt lat="45" lon="4.85"/>', trkpt(45.1, 3, "<ele>high</ele>"), trkpt(45.2, 4),
    ]  # fmt: skip
    found = read(Gpx(), write(gpx(f"<trk><trkseg>{''.join(points)}</trkseg></trk>")))
    assert [p.source.locator for p in positions(found)] == ["point 1", "point 5"]
    assert [(r.locator, r.reason.en) for r in found.rejections] == [
        ("point 2", "Its place cannot be read."),
        ("point 3", "Its date or time cannot be read."),
        ("point 4", "Its value is not a number."),
    ]


def test_waypoints_and_routes_are_named_and_left_out(read: Read, write: Write) -> None:
    body = '<wpt lat="45" lon="4"><name>Bakery</name><type>shop</type></wpt><rte><rtept lat="45" lon="4"/></rte>'
    found = read(Gpx(), write(gpx(f"{body}<trk><trkseg>{trkpt(45, 0)}{trkpt(45.1, 1)}</trkseg></trk>")))
    assert [r.locator for r in found.rejections] == ["wpt 1", "rte 1"]
    assert trips(found)[0].mode is None


def test_times_without_a_zone_are_utc_and_further_measures_are_kept(read: Read, write: Write) -> None:
    inner = "<extensions><x:hr xmlns:x='urn:x'>120</x:hr><x:speed xmlns:x='urn:x'>2.5</x:speed></extensions>"
    body = f"<trk><trkseg>{trkpt(45, 0, inner).replace('Z<', '<')}</trkseg></trk>"
    (point,) = positions(read(Gpx(), write(gpx(body))))
    assert point.at.isoformat() == "2025-03-01T08:00:00+00:00"
    assert (point.speed, point.ext) == (Decimal("2.50"), {"gpx.hr": "120"})


def test_a_track_that_is_cut_is_refused(read: Read, write: Write) -> None:
    with pytest.raises(FileRefused, match="stops being XML"):
        read(Gpx(), write(gpx(f"<trk><trkseg>{trkpt(45, 0)}")[:-6]))
