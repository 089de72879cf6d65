"""GeoJSON with times: points, lines with a time for each point, lines with a start and an end."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from selfdata_sdk.importers import File
from selfdata_sdk.importers.geojson import GeoJson
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import Position, Trip

Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]


def positions(found: Found) -> list[Position]:
    return [r for t in found.tables for r in t.records() if isinstance(r, Position)]


def trips(found: Found) -> list[Trip]:
    return [r for t in found.tables for r in t.records() if isinstance(r, Trip)]


def feature(kind: str, coordinates: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_a_point_with_a_time_is_a_position_of_its_device(read: Read, write: Write) -> None:
    said = feature(
        "Point", [4.85, 45.76, 170.5], timestamp="2025-03-01T08:00:00+01:00", horizontal_accuracy=12, speed=-1,
        course=90.5, device_id="phone", battery_level=0.5,
    )  # fmt: skip
    (position,) = positions(read(GeoJson(), write(json.dumps({"locations": [said]}))))
    assert position.at.isoformat() == "2025-03-01T07:00:00+00:00"
    assert (position.lat, position.lon, position.altitude) == (Decimal("45.76"), Decimal("4.85"), Decimal("170.5"))
    assert (position.accuracy, position.speed, position.course) == (Decimal(12), None, Decimal("90.5"))
    assert (position.device, position.ext) == ("phone", {"geojson.battery_level": "0.5"})


def test_a_line_with_a_time_for_each_point_gives_positions_and_a_trip(read: Read, write: Write) -> None:
    times = ["2025-03-01T08:00:00Z", "2025-03-01T08:05:00Z", "2025-03-01T08:10:00Z"]
    line = feature("LineString", [[4.85, 45.76], [4.86, 45.77], [4.87, 45.77]], coordTimes=times, mode="bike")
    found = read(GeoJson(), write(json.dumps(line)))
    (trip,) = trips(found)
    assert len(positions(found)) == 3
    assert (trip.mode, trip.distance, trip.source.locator) == ("bike", Decimal("2131.4"), "$")
    assert (trip.legs[0].inferred, trip.legs[0].geometry) == (None, None)


def test_lines_in_parts_are_as_long_as_their_parts(read: Read, write: Write) -> None:
    times = [["2025-03-01T08:00:00Z", "2025-03-01T08:05:00Z"], ["2025-03-01T08:20:00Z", "2025-03-01T08:25:00Z"]]
    parts = [[[4.87, 45.77], [4.86, 45.77]], [[4.86, 45.76], [4.85, 45.76]]]
    line = feature("MultiLineString", parts, coordinateProperties={"times": times})
    (trip,) = trips(read(GeoJson(), write(collection(line))))
    assert trip.distance == Decimal("1551.4")
    assert (trip.end - trip.start).total_seconds() == 25 * 60


def test_a_line_with_a_start_and_an_end_keeps_its_line(read: Read, write: Write) -> None:
    line = feature("LineString", [[2.35, 48.85], [4.83, 45.75]], start="2025-03-02 08:00", end="2025-03-02 10:00")
    found = read(GeoJson(), write(collection(line)))
    (trip,) = trips(found)
    assert positions(found) == []
    assert trip.start.isoformat() == "2025-03-02T07:00:00+00:00"
    assert json.loads(trip.legs[0].geometry or "") == {
        "type": "LineString", "coordinates": [[2.35, 48.85], [4.83, 45.75]],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (feature("Point", [4.85, 45.76]), "Its date or time cannot be read."),
        (feature("Point", [4.85], time="2025-03-01T08:00:00Z"), "Its place cannot be read."),
        (feature("Point", [200, 45], time="2025-03-01T08:00:00Z"), "Its place cannot be read."),
        (feature("Polygon", [], time="2025-03-01T08:00:00Z"), "It is no point and no line"),
        (feature("LineString", [[4, 45], [5, 45]], times=["2025-03-01T08:00:00Z"]), "as many times as points"),
        (feature("LineString", [[4, 45], [5, 45]]), "Its date or time cannot be read."),
        (feature("LineString", [[4, 45], "x"], times=["2025-03-01T08:00:00Z"] * 2), "Its place cannot be read."),
        ("nothing", "It is no point and no line"),
    ],
)
def test_a_feature_that_says_nothing_is_named_and_loses_no_other(
    read: Read, write: Write, bad: object, reason: str
) -> None:
    good = feature("Point", [4.85, 45.76], time=1740812400)
    found = read(GeoJson(), write(collection(bad, good)))
    assert [p.source.locator for p in positions(found)] == ["$.features[1]"]
    (rejection,) = found.rejections
    assert rejection.locator == "$.features[0]"
    assert reason in rejection.reason.en


def test_a_document_of_a_cloud_that_holds_features_is_left_to_its_own_importer(write: Write) -> None:
    document = {"_id": "1", "features": [feature("Point", [4.85, 45.76])]}
    assert not GeoJson().recognises(File(write(json.dumps(document))).sample)
