"""Google's location history: its four shapes, each with its notation of places and times."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from selfdata_sdk.importers.google_timeline import GoogleTimeline
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import Position, Trip

FILES = Path(__file__).parents[1] / "files" / "mobility"
MADE = Path(__file__).parents[1] / "testing" / "holders"
Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]


def positions(found: Found) -> list[Position]:
    return [r for t in found.tables for r in t.records() if isinstance(r, Position)]


def trips(found: Found) -> list[Trip]:
    return [r for t in found.tables for r in t.records() if isinstance(r, Trip)]


def test_a_real_export_of_a_device_gives_paths_and_signals_and_says_that_stays_are_left_out(read: Read) -> None:
    found = read(GoogleTimeline(), FILES / "google_timeline_device.json")
    places = positions(found)
    assert len(places) == 12
    assert trips(found) == []
    path, signal = places[0], next(p for p in places if p.quality == "measured")
    assert (path.lat, path.lon, path.quality) == (Decimal("40.712776"), Decimal("-74.005974"), "derived")
    assert (signal.accuracy, signal.altitude, signal.speed) == (Decimal(5), Decimal(10), Decimal("1.50"))
    assert [r.text.en for r in found.remarks] == ["Stays at a place are no trips: they are left out."] * 2


def test_a_movement_of_a_device_is_a_trip_whose_mode_is_inferred(read: Read, write: Write) -> None:
    activity = {
        "start": {"latLng": "45.76°, 4.85°"}, "end": {"latLng": "45.77°, 4.86°"}, "distanceMeters": 1350.4,
        "topCandidate": {"type": "IN_TRAM", "probability": 0.71},
    }  # fmt: skip
    segment = {
        "startTime": "2024-05-01T08:00:00.000+02:00",
        "endTime": "2024-05-01T08:12:30.500+02:00",
        "activity": activity,
    }
    (trip,) = trips(read(GoogleTimeline(), write(json.dumps({"semanticSegments": [segment]}))))
    assert (trip.start.isoformat(), trip.end.isoformat()) == (
        "2024-05-01T06:00:00+00:00", "2024-05-01T06:12:30.500000+00:00",
    )  # fmt: skip
    assert (trip.mode, trip.distance, trip.legs[0].inferred) == ("tram", Decimal("1350.4"), True)
    assert (trip.legs[0].from_lat, trip.legs[0].to_lon) == (Decimal("45.76"), Decimal("4.86"))
    assert trip.ext["google.candidate.probability"] == "0.71"


def test_an_iphone_writes_numbers_as_texts_and_times_of_a_path_in_minutes(read: Read) -> None:
    found = read(GoogleTimeline(), MADE / "google_ios.json")
    assert [(p.at.isoformat(), p.lat) for p in positions(found)] == [
        ("2024-05-01T06:04:00+00:00", Decimal("48.85")), ("2024-05-01T06:12:00+00:00", Decimal("48.86")),
    ]  # fmt: skip
    assert [(t.mode, t.distance) for t in trips(found)] == [("metro", Decimal("2900.5"))]


def test_takeout_gives_lines_and_overflown_degrees_become_negative_again(read: Read) -> None:
    ride, flight = trips(read(GoogleTimeline(), MADE / "google_semantic.json"))
    assert (ride.mode, ride.distance) == ("bike", Decimal(1800))
    assert json.loads(ride.legs[0].geometry or "")["coordinates"] == [[4.85, 45.76], [4.855, 45.765], [4.86, 45.77]]
    assert (flight.mode, flight.legs[0].inferred, flight.distance) == (None, None, None)
    assert (flight.legs[0].to_lat, flight.legs[0].to_lon) == (Decimal("40.6"), Decimal("-74"))


def test_records_are_kept_apart_by_device(read: Read, write: Write) -> None:
    place = {"latitudeE7": 457600000, "longitudeE7": 48500000, "accuracy": 20, "timestamp": "2022-02-02T00:00:00Z"}
    records = [place | {"deviceTag": 7}, place | {"deviceTag": -8}, place | {"deviceTag": 7, "timestamp": "never"}]
    found = read(GoogleTimeline(), write(json.dumps({"locations": records})))
    assert {p.device for p in positions(found)} == {"7", None}
    assert [(r.locator, r.reason.en) for r in found.rejections] == [
        ("$.locations[2]", "Its date or time cannot be read.")
    ]


@pytest.mark.parametrize("written", ["45.76°, 4.85°", "geo:45.76,4.85", "geo:45.76,4.85;u=20", " 45.76 , 4.85 "])
def test_a_place_is_read_in_each_notation(read: Read, write: Write, written: str) -> None:
    signal = {"position": {"LatLng": written, "timestamp": "2024-05-01T08:00:00Z"}}
    (position,) = positions(read(GoogleTimeline(), write(json.dumps({"rawSignals": [{"wifiScan": {}}, signal]}))))
    assert (position.lat, position.lon, position.source.locator) == (
        Decimal("45.76"),
        Decimal("4.85"),
        "$.rawSignals[1]",
    )


def test_bad_segments_and_points_are_named_and_lose_no_other(read: Read, write: Write) -> None:
    path = [{"point": "here", "time": "2024-05-01T08:00:00Z"}, {"point": "geo:1,1", "time": "2024-05-01T08:01:00Z"}]
    segments = [
        {"startTime": "?", "endTime": "2024-05-01T08:00:00Z", "timelinePath": path},
        {"startTime": "2024-05-01T08:00:00Z", "endTime": "2024-05-01T09:00:00Z", "timelinePath": path},
    ]
    found = read(GoogleTimeline(), write(json.dumps({"semanticSegments": segments})))
    assert len(positions(found)) == 1
    assert [r.locator for r in found.rejections] == ["$.semanticSegments[0]", "$.semanticSegments[1].timelinePath[0]"]
