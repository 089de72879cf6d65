"""OwnTracks: real and recorded messages, unknown measures, and messages of other kinds."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from selfdata_sdk.importers.importer import Found
from selfdata_sdk.importers.owntracks import OwnTracks
from selfdata_sdk.model import Position

FILES = Path(__file__).parents[1] / "files" / "mobility"
Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]


def positions(found: Found) -> list[Position]:
    return [r for t in found.tables for r in t.records() if isinstance(r, Position)]


def message(**more: object) -> dict[str, object]:
    return {"_type": "location", "tid": "m1", "lat": 45.76, "lon": 4.85, "tst": 1740816000} | more


def test_a_real_message_has_no_accuracy_where_it_says_that_it_knows_none(read: Read) -> None:
    (position,) = positions(read(OwnTracks(), FILES / "owntracks_location.json"))
    assert position.at.isoformat() == "2023-11-02T17:52:51+00:00"
    assert (position.lat, position.lon) == (Decimal("53.0266760"), Decimal("9.5435610"))
    assert (position.accuracy, position.speed, position.course, position.altitude) == (
        None,
        Decimal(0),
        Decimal(80),
        Decimal("142.4"),
    )
    assert position.device == "53"
    assert position.ext["owntracks.sent"] == 1699143186


def test_messages_come_one_alone_in_a_list_one_a_line_and_recorded(read: Read, write: Write) -> None:
    one, two = message(), message(tst="1740816060", topic="owntracks/me/phone", vel=36)
    lines = f"{json.dumps(one)}\n{json.dumps(two)}\n"
    recorded = f"2025-03-01T08:01:00Z\t*                 \t{json.dumps(two)}\n"
    expected = {
        json.dumps(one): [("$", "m1")],
        json.dumps([one, two], indent=1): [("$[0]", "m1"), ("$[1]", "phone")],
        lines: [("line 1", "m1"), ("line 2", "phone")],
        recorded: [("line 1", "phone")],
    }
    for content, places in expected.items():
        found = positions(read(OwnTracks(), write(content)))
        assert [(p.source.locator, p.device) for p in found] == places
    assert positions(read(OwnTracks(), write(recorded)))[0].speed == 10


def test_other_messages_and_lines_are_named_and_lose_no_other(read: Read, write: Write) -> None:
    said = [
        message(),
        {"_type": "lwt", "tst": 1740816000},
        message(lat="north"),
        message(tst=0),
        message(tst=1740816060),
    ]
    found = read(OwnTracks(), write("\n".join([*map(json.dumps, said), '{"_type": "location"'])))
    assert [p.source.locator for p in positions(found)] == ["line 1", "line 5"]
    assert [(r.locator, r.reason.en) for r in found.rejections] == [
        ("line 2", "It is a message of another kind, not a place."),
        ("line 3", "Its place cannot be read."),
        ("line 4", "Its date or time cannot be read."),
        ("line 6", "It is no message in JSON."),
    ]
