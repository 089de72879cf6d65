"""What Orange handed out in the pilot: calls, places and videos."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers import File
from selfdata_sdk.importers.importer import Found, Options
from selfdata_sdk.importers.telecom_json import TelecomJson
from selfdata_sdk.model import MediaOrder, Position, Record, TelecomUsage

MADE = Path(__file__).parents[1] / "testing" / "holders"
Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]


def usages(found: Found) -> list[TelecomUsage]:
    return [r for r in records(found) if isinstance(r, TelecomUsage)]


def records(found: Found) -> list[Record]:
    return [r for t in found.tables for r in t.records()]


def test_calls_have_their_antennas_and_the_length_of_a_message_is_told_with_it(read: Read) -> None:
    found = read(TelecomJson(), MADE / "orange_calls.json")
    assert [(u.kind, u.direction) for u in usages(found)] == [("voice", "out")] * 5 + [("sms", "in"), ("data", "none")]
    message, data = usages(found)[5:]
    assert (message.count, message.ext["orange.characters"]) == (Decimal(1), "120")
    assert (data.volume, data.partner, data.network) == (Decimal(5242880), None, "4G")
    assert sum(isinstance(r, Position) for r in records(found)) == 6
    assert [(r.locator, r.reason.en) for r in found.rejections] == [
        ("$[8]", "The operator gives an error in its place.")
    ]


def test_the_first_shape_of_the_pilot_is_read_too(read: Read, write: Write) -> None:
    said = {
        "origin": "Orange", "direction": "OUTGOING", "timestamp": "2013-05-13T16:49:01.000Z",
        "subscriberNumber": "33639980001", "correspondantNumber": "33639980002", "chipCount": 75, "chipType": "s",
        "type": "VOICE", "imsi": None, "latitude": 48.85, "longitude": 2.35,
    }  # fmt: skip
    found = read(TelecomJson(), write(json.dumps(said)))
    (call,) = usages(found)
    assert (call.kind, call.direction, call.duration, call.line, call.partner) == (
        "voice", "out", Decimal(75), "33639980001", "33639980002",
    )  # fmt: skip
    assert (call.source.locator, call.ext) == ("$", {"orange.origin": "Orange", "telecom.kind": "VOICE"})


def test_places_are_positions_of_the_line(read: Read, write: Write) -> None:
    found = read(TelecomJson(), MADE / "orange_places.json")
    places = [r for r in records(found) if isinstance(r, Position)]
    assert len(places) == len(records(found)) == 6
    assert (places[0].lat, places[0].lon, places[0].accuracy) == (Decimal("45.7597"), Decimal("4.8422"), Decimal(500))
    assert (places[0].device, places[0].quality) == ("33639980001", "estimated")
    two = [
        {"ts": "2016-11-01T10:00:00Z", "msisdn": n, "loc": [4.8, 45.7], "rad": 5} for n in ("0600000001", "0600000002")
    ]
    with pytest.raises(FileRefused, match="2 telephone numbers"):
        read(TelecomJson(), write(json.dumps(two)))
    assert len(records(read(TelecomJson(), write(json.dumps(two)), Options(about="0600000001")))) == 1


def test_an_order_has_its_price_once_and_a_viewing_keeps_it_aside(read: Read) -> None:
    found = read(TelecomJson(), MADE / "orange_videos.json")
    order, viewing, series = [r for r in records(found) if isinstance(r, MediaOrder)]
    assert order.price is not None
    assert (order.title, order.kind, order.price.amount) == ("Les Vacances – Version longue", "film", Decimal("3.99"))
    assert (viewing.price, viewing.ext["orange.price"]) == (None, "3.99")
    assert (series.title, series.kind) == ("La Maison – Épisode 3", "series")


def test_bad_objects_are_named_and_lose_no_other(read: Read, write: Write) -> None:
    good = {"ts": "2016-11-01T10:00:00Z", "cont_title": "A film", "price": "3.99"}
    bad = [good | {"ts": "never"}, good | {"cont_title": ""}, good | {"price": "free"}, {"hello": 1}, 7]
    found = read(TelecomJson(), write(json.dumps([good, *bad])))
    assert len(records(found)) == 1
    assert [(r.locator, r.reason.en.split(":")[0]) for r in found.rejections] == [
        ("$[1]", "Its date or time cannot be read."),
        ("$[2]", "It has no title."),
        ("$[3]", "Its cost cannot be read."),
        ("$[4]", "It is no call, message, place or video as this operator writes them."),
        ("$[5]", "It is no call, message, place or video as this operator writes them."),
    ]


def test_a_document_of_a_cloud_is_left_to_its_own_importer(write: Write) -> None:
    document = {"_id": "1", "partner": "1", "chipType": "s"}
    assert not TelecomJson().recognises(File(write(json.dumps([document]))).sample)
