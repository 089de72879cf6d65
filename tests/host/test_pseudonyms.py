"""Through the door: identifiers as pseudonyms of one service, and places as coarse as agreed."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.consent.pseudonym import key_of, pseudonymous
from selfdata_sdk.consent.right import Right, asked
from selfdata_sdk.errors import ManifestError
from selfdata_sdk.host.broker import open_datasets
from selfdata_sdk.model import (
    REGISTRY,
    Facts,
    Record,
    Source,
    SupplyContract,
    SupplyPoint,
    Text,
    WaterReading,
    WaterUse,
)
from selfdata_sdk.model.column import Codes
from selfdata_sdk.model.quantity import Quantity
from selfdata_sdk.model.record import InstantRecord
from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.table import tables
from selfdata_sdk.service.dataset import Dataset
from selfdata_sdk.service.manifest import AskedNeed, Manifest
from selfdata_sdk.service.payload import Payload
from selfdata_sdk.service.pseudonym import Pseudonym
from selfdata_sdk.service.row import Row
from selfdata_sdk.store import PersonalStore

TITLE = Text(en="Place", fr="Lieu")
PRM = "19876543210987"
NUMBER = "C-2024-0815"
NOW = datetime(2025, 6, 15, 10, 30, tzinfo=UTC)
SMALL = Path(__file__).parents[1] / "service/vectors/good/small.json"


class Position(InstantRecord):
    """A type with a place, made for these tests."""

    type = "test.position/1"
    facts = Facts(title=TITLE, description=TITLE, finest="raw")

    lat: Annotated[Decimal, Quantity("deg", 6, TITLE, "mean", ge=Decimal(-90), le=Decimal(90))]
    lon: Annotated[Decimal, Quantity("deg", 6, TITLE, "mean", ge=Decimal(-180), le=Decimal(180))]


class Where(Row[Position]):
    at: datetime
    lat: Decimal
    lon: Decimal


class Hour(Row[WaterUse]):
    litres: float
    point: Pseudonym | None


TYPES = Registry((*REGISTRY, Position))


def home() -> list[Record]:
    source = Source(holder="holder", importer="test", version="1", retrieved_at=NOW)
    first, last = datetime(2025, 6, 14, tzinfo=UTC), datetime(2025, 6, 14, 1, tzinfo=UTC)
    common: dict[str, Any] = {"source": source, "point": PRM}
    return [
        WaterUse(start=first, end=last, litres=Decimal(3), **common),
        WaterReading(at=first, litres=Decimal(100), device="D1", **common),
        SupplyPoint(start=first, commodity="water", **common),
        SupplyContract(start=first, commodity="water", supplier="Supplier", number=NUMBER, **common),
        Position(at=first, lat=Decimal("48.856613"), lon=Decimal("2.352222"), source=source),
    ]


@pytest.fixture
def store() -> PersonalStore:
    store = PersonalStore(MemoryCloud(), TYPES)
    store.write(tables(home()))
    return store


def need(record_type: type[Record], *fields: str, pseudonyms: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    return {"record_type": record_type.type, "fields": fields, "pseudonyms": pseudonyms, **more}


def opened(
    store: PersonalStore, needs: dict[str, dict[str, Any]], service: str = "org.example.one"
) -> dict[str, Payload]:
    why = {"en": "For the purpose of this very test", "fr": "Pour les besoins de ce test précis"}
    common = {"granularity": "raw", "at_worst": "raw", "back": "P30D", "why": why}
    base = Manifest.from_json(SMALL.read_bytes()).model_dump(exclude={"needs", "id"})
    whole = {label: common | given for label, given in needs.items()}
    manifest = Manifest.model_validate({**base, "id": service, "needs": whole})

    def rights(label: str, asked_need: AskedNeed, now: datetime) -> Right:
        return asked(asked_need, TYPES, now)

    return dict(open_datasets(store, manifest, rights, NOW).payloads)


def one(store: PersonalStore, need: dict[str, Any]) -> Payload:
    return opened(store, {"it": need})["it"]


def words(payload: Payload, name: str) -> list[str | None]:
    column = payload.rows.columns[name]
    assert isinstance(column, Codes)
    return column.list()


EVERYWHERE = {
    record_type.__name__.lower(): need(record_type, "point", pseudonyms=["point"])
    for record_type in (WaterUse, WaterReading, SupplyPoint, SupplyContract)
}


def test_a_supply_point_has_one_pseudonym_in_every_record_type(store: PersonalStore) -> None:
    expected = pseudonymous(Codes.of([PRM]), key_of(store.secret(), "org.example.one")).list()
    assert [words(payload, "point") for payload in opened(store, EVERYWHERE).values()] == [expected] * 4


def test_it_is_the_same_at_every_run_and_another_for_another_service(store: PersonalStore) -> None:
    first = words(opened(store, EVERYWHERE)["wateruse"], "point")
    again = PersonalStore(store.cloud, TYPES)
    assert words(opened(again, EVERYWHERE)["wateruse"], "point") == first
    assert words(opened(again, EVERYWHERE, "org.example.two")["wateruse"], "point") != first


def test_another_person_has_another(store: PersonalStore) -> None:
    neighbour = PersonalStore(MemoryCloud(), TYPES)
    neighbour.write(tables(home()))
    here, there = (words(opened(s, EVERYWHERE)["wateruse"], "point") for s in (store, neighbour))
    assert here != there


def test_an_identifier_is_given_as_it_was_asked_for(store: PersonalStore) -> None:
    plain = one(store, need(SupplyContract, "number"))
    hidden = one(store, need(SupplyContract, "number", pseudonyms=["number"]))
    assert words(plain, "number") == [NUMBER]
    assert words(hidden, "number") == pseudonymous(Codes.of([NUMBER]), key_of(store.secret(), "org.example.one")).list()


def test_the_identifier_is_nowhere_in_what_is_handed_over(store: PersonalStore) -> None:
    needs = {**EVERYWHERE, "it": need(SupplyContract, "number", pseudonyms=["number"])}
    handed = [(p.rows.columns, p.rows.quality, p.zones) for p in opened(store, needs).values()]
    sent = pickle.dumps(handed)
    assert PRM.encode() not in sent
    assert NUMBER.encode() not in sent


@pytest.mark.parametrize("granularity", ["raw", "day"])
def test_rows_and_buckets_hold_it(store: PersonalStore, granularity: str) -> None:
    asks = need(WaterUse, "litres", "point", pseudonyms=["point"], granularity=granularity, at_worst="month")
    given = one(store, asks)
    dataset = Dataset.of(Hour, given)
    (point,) = words(given, "point")
    assert [(row.litres, row.point) for row in dataset] == [(3.0, point)]
    assert dataset.by("month").column("point").tolist() == [point]


def test_a_supply_point_itself_is_never_given(store: PersonalStore) -> None:
    with pytest.raises(ManifestError, match="has no field point to give"):
        one(store, need(WaterUse, "point"))


@pytest.mark.parametrize("name", ["lat", "lon"])
def test_places_are_as_coarse_as_was_agreed(store: PersonalStore, name: str) -> None:
    exact, near, far = (
        Dataset.of(Where, one(store, need(Position, "at", "lat", "lon", precision=precision))).latest()
        for precision in ("exact", "1km", "10km")
    )
    assert exact is not None and near is not None and far is not None  # noqa: PT018
    here = getattr(exact, name)
    assert here == {"lat": Decimal("48.856613"), "lon": Decimal("2.352222")}[name]
    assert 0 < abs(getattr(near, name) - here) <= Decimal("0.0069")
    assert 0 < abs(getattr(far, name) - here) <= Decimal("0.069")


def test_half_a_coarse_place_is_as_coarse(store: PersonalStore) -> None:
    """The cell depends on the longitude's latitude, which is read for it and not handed over."""
    whole = one(store, need(Position, "lat", "lon", precision="1km"))
    half = one(store, need(Position, "lon", precision="1km"))
    assert set(half.rows.columns) == {"at", "lon"}
    assert half.rows.ints("lon").tolist() == whole.rows.ints("lon").tolist()
