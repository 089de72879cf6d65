"""Parcels and tracked letters as La Poste's tracking tells their way."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from selfdata_sdk.importers import import_files
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.importers.parcel import LaPosteTracking
from selfdata_sdk.model import Parcel
from selfdata_sdk.store import PersonalStore

MADE = Path(__file__).parents[1] / "testing" / "holders"
Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]


def parcels(found: Found) -> list[Parcel]:
    return [r for t in found.tables for r in t.records() if isinstance(r, Parcel)]


def answer(*events: dict[str, object], final: bool = False, **more: object) -> dict[str, object]:
    shipment = {"idShip": "6A1", "isFinal": final, "event": events} | more
    return {"lang": "fr_FR", "scope": "open", "returnCode": 200, "shipment": shipment}


def event(day: int, code: str = "PC1", label: str = "Pris en charge") -> dict[str, object]:
    return {"code": code, "label": label, "date": f"2025-03-{day:02}T08:00:00+01:00"}


def test_a_parcel_that_arrived_has_an_end_and_one_under_way_has_none(read: Read) -> None:
    found = read(LaPosteTracking(), MADE / "laposte.json")
    arrived, coming = parcels(found)
    assert (arrived.tracking, arrived.carrier, arrived.product) == ("6A12345678901", "La Poste", "colissimo")
    assert (arrived.start.isoformat(), arrived.end and arrived.end.isoformat()) == (
        "2025-03-03T07:15:00+00:00", "2025-03-05T09:15:00+00:00",
    )  # fmt: skip
    assert [e.code for e in arrived.events] == ["DR1", "PC1", "DI1"]
    assert arrived.events[0].label == "Votre colis sera bientôt confié à La Poste."
    assert (arrived.final, arrived.status, arrived.recipient) == (True, "final", "M. MARTIN")
    assert (coming.final, coming.status, coming.end) == (False, "provisional", None)
    assert [(r.locator, r.reason.en) for r in found.rejections] == [
        ("$[2]", "La Poste answers that it does not know this shipment.")
    ]


def test_a_parcel_that_goes_on_is_the_same_parcel_changed(store: PersonalStore, write: Write, now: datetime) -> None:
    first, later = answer(event(3)), answer(event(5, "DI1", "Livré"), event(3), final=True)
    import_files(store, [write(json.dumps(first))], now=now)
    report = import_files(store, [write(json.dumps(later))], now=now)
    assert (report.created, report.updated) == (0, 1)


def test_bad_events_and_shipments_are_named_and_lose_no_other(read: Read, write: Write) -> None:
    said = [
        answer(event(3), event(4) | {"date": "soon"}, event(5, label="")),
        answer(idShip=""),
        answer(idShip="6A2"),
        answer(idShip="6A3", entryDate="2025-03-01T08:00:00+01:00"),
    ]
    found = read(LaPosteTracking(), write(json.dumps(said)))
    assert [(p.tracking, len(p.events)) for p in parcels(found)] == [("6A1", 1), ("6A3", 0)]
    assert [(r.locator, r.reason.en) for r in found.rejections] == [
        ("$[0].shipment.event[1]", "An event has no date or no label."),
        ("$[0].shipment.event[2]", "An event has no date or no label."),
        ("$[1]", "It has no tracking number."),
        ("$[2]", "Its date or time cannot be read."),
    ]
