"""The envelope: ids that the same fact always gets, half-open intervals, and rules on declaring a record type."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field, ValidationError, create_model, field_validator

from selfdata_sdk.errors import RecordTypeError
from selfdata_sdk.model import (
    REGISTRY,
    Facts,
    HouseholdProfile,
    InstantRecord,
    Record,
    Source,
    SupplyContract,
    Tariff,
    Text,
    WaterReading,
    WaterUse,
    Window,
)
from selfdata_sdk.model.field import SCALAR_ROW_TYPES, body_of, fields_of
from selfdata_sdk.testing.strategies import records

PARIS = ZoneInfo("Europe/Paris")
SOURCE = Source(holder="veolia", importer="t", version="1", retrieved_at=datetime(2025, 1, 1, tzinfo=UTC))
START = datetime(2025, 1, 1, tzinfo=UTC)


def use(**change: Any) -> WaterUse:
    values: dict[str, Any] = {
        "start": START,
        "end": START + timedelta(hours=1),
        "litres": Decimal("1.5"),
        "cadence": "PT1H",
        "point": "123",
        "source": SOURCE,
    }
    return WaterUse(**{**values, **change})


# Ids


def test_an_id_is_the_same_on_every_machine() -> None:
    assert use().id == UUID("225ce464-2649-5ead-9dbe-4950b5091102")
    assert use().id.version == 5


def test_an_id_does_not_hang_on_the_order_of_pythons_hashes() -> None:
    code = (
        "from datetime import date, datetime, UTC\n"
        "from selfdata_sdk.model import HouseholdProfile, Source\n"
        "s = Source(holder='self', importer='t', version='1', retrieved_at=datetime(2025, 1, 1, tzinfo=UTC))\n"
        "print(HouseholdProfile(on=date(2025, 1, 1), source=s).id)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    "change",
    [
        {"litres": Decimal(9)},
        {"quality": "estimated"},
        {"status": "provisional"},
        {"revision": 2},
        {"end": START + timedelta(hours=2)},
        {"ext": {"a": 1}},
        {"start": START.astimezone(PARIS)},
        {"start": START.astimezone(timezone(timedelta(hours=9)))},
        {"source": SOURCE.model_copy(update={"retrieved_at": START, "locator": "line 2", "sha256": "0" * 64})},
    ],
    ids=str,
)
def test_content_source_and_way_of_writing_do_not_change_an_id(change: dict[str, Any]) -> None:
    assert use(**change).id == use().id


@pytest.mark.parametrize(
    "change",
    [
        {"start": START - timedelta(microseconds=1)},
        {"point": "124"},
        {"point": None},
        {"register_id": "F1"},
        {"cadence": "P1D"},
        {"source": SOURCE.model_copy(update={"holder": "suez"})},
    ],
    ids=str,
)
def test_another_fact_has_another_id(change: dict[str, Any]) -> None:
    assert use(**change).id != use().id


def test_a_reading_and_a_use_at_one_instant_are_two_facts() -> None:
    reading = WaterReading(at=START, litres=Decimal(1), cadence="PT1H", point="123", source=SOURCE)
    assert reading.id != use().id


def test_every_part_of_the_natural_key_counts_and_a_missing_one_too() -> None:
    def contract(number: str | None) -> UUID:
        return SupplyContract(start=START, commodity="water", supplier="Eau", number=number, source=SOURCE).id

    assert len({contract("1"), contract("2"), contract(None)}) == 3


@pytest.mark.parametrize("year", [1, 1600, 2300, 9999])
def test_a_record_of_any_year_has_an_id(year: int) -> None:
    assert (
        Tariff(start=START.replace(year=year), name="Eau", commodity="water", unit="m3", source=SOURCE).id.version == 5
    )


@pytest.mark.parametrize("record_type", tuple(REGISTRY), ids=lambda t: t.type)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_a_record_read_again_has_its_id(record_type: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(record_type))
    assert record_type.model_validate_json(record.model_dump_json()).id == record.id


# Times


@pytest.mark.parametrize("end", [START, START - timedelta(seconds=1), None])
def test_an_interval_ends_after_it_starts(end: datetime | None) -> None:
    with pytest.raises(ValidationError):
        use(end=end)


def test_an_open_interval_may_have_no_end_and_else_ends_after_it_starts() -> None:
    open_tariff: dict[str, Any] = {"start": START, "name": "Eau", "commodity": "water", "unit": "m3", "source": SOURCE}
    assert Tariff(**open_tariff).end is None
    with pytest.raises(ValidationError, match="end must be after start"):
        Tariff(**open_tariff, end=START)


def test_intervals_in_the_repeated_hour_are_ordered_by_instant_and_not_by_wall_clock() -> None:
    first = datetime(2024, 10, 27, 2, 30, tzinfo=PARIS)
    second = datetime(2024, 10, 27, 2, 0, fold=1, tzinfo=PARIS)
    record = use(start=first, end=second)
    assert record.end - record.start == timedelta(minutes=30)
    assert use(start=second, end=second + timedelta(hours=2)).start == datetime(2024, 10, 27, 1, tzinfo=UTC)
    with pytest.raises(ValidationError, match="end must be after start"):
        use(start=second, end=first)


def test_times_are_kept_in_utc_and_written_whole() -> None:
    local_mean_time = datetime(1900, 1, 1, tzinfo=PARIS)  # +00:09:21, which ISO 8601 cannot say
    record = use(start=local_mean_time)
    assert record.start.tzinfo is UTC
    assert WaterUse.model_validate_json(record.model_dump_json()).start == local_mean_time


@pytest.mark.parametrize(
    "start", [1704067200, "1704067200", 1.5, True, START.replace(tzinfo=None), "2024-01-01T00:00:00", "2024"]
)
def test_numbers_and_times_without_a_zone_are_no_instants(start: Any) -> None:
    with pytest.raises(ValidationError):
        use(start=start)


def test_a_time_that_utc_cannot_hold_is_refused() -> None:
    with pytest.raises(ValidationError, match="out of range"):
        use(end="9999-12-31T23:59:59-05:00")


@pytest.mark.parametrize("on", [datetime(2024, 1, 1, tzinfo=UTC), 19723, "19723", "01/02/2024"])
def test_what_is_no_date_is_refused(on: Any) -> None:
    with pytest.raises(ValidationError):
        HouseholdProfile(on=on, source=SOURCE)


@pytest.mark.parametrize("tz", ["Nowhere/Else", "", "../../etc/passwd"])
def test_an_unknown_zone_is_refused_without_being_repeated(tz: str) -> None:
    with pytest.raises(ValidationError) as caught:
        use(tz=tz)
    assert caught.value.errors()[0]["msg"] == "Value error, is not an IANA time zone like Europe/Paris"


# The rest of the envelope


@pytest.mark.parametrize(
    "change",
    [
        {"quality": "good"},
        {"status": "done"},
        {"revision": 0},
        {"revision": 2**31},
        {"cadence": "hourly"},
        {"unknown": 1},
        {"ext": {"a": 2**53}},
        {"ext": {"a": float("nan")}},
        {"ext": {"a": 1e16}},
        {"ext": {"a": "\ud800"}},
        {"ext": {"a": datetime(2024, 1, 1, tzinfo=UTC)}},
        {"basis": "as reported"},
        {"point": "a\nb"},
    ],
    ids=str,
)
def test_an_envelope_out_of_its_rules_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        use(**change)


def test_ext_is_kept_as_it_comes_back() -> None:
    ext = {"vendor.note": ["é", 1.5, None, {"a": True}], "vendor.n": 9007199254740991}
    record = use(ext=ext)
    assert record.ext == ext
    assert WaterUse.model_validate_json(record.model_dump_json()).ext == ext


def test_an_open_enumeration_takes_a_word_of_a_later_version() -> None:
    assert use(basis="modelled").basis == "modelled"


def test_a_record_cannot_be_changed() -> None:
    record = use()
    with pytest.raises(ValidationError, match="frozen"):
        record.litres = Decimal(2)  # type: ignore[misc]


def test_the_series_holds_what_all_its_records_share() -> None:
    series = use(register_id="F1", tz="America/New_York").series
    assert series.key == ("water.use/1", "veolia", "123", "F1", "PT1H", "America/New_York")


# Facts and declarations


@pytest.mark.parametrize("record_type", tuple(REGISTRY), ids=lambda t: t.type)
def test_the_facts_of_a_type_name_fields_that_it_has(record_type: type[Record]) -> None:
    facts = record_type.facts
    assert {*facts.identifying, *facts.others, *record_type.natural_key, *record_type.series_fields} <= set(
        record_type.model_fields
    )
    assert set(record_type.series_fields) <= set(facts.identifying) | {"register_id", "service"}
    assert [f.name for f in fields(facts)][:2] == ["title", "description"]


TITLE = Text(en="Test", fr="Essai")
FACTS = Facts(title=TITLE, description=TITLE)


def declare(**body: Any) -> type[Record]:
    return type("Thing", (InstantRecord,), {"type": "test.thing/1", "facts": FACTS, "__module__": __name__, **body})


def test_a_type_without_facts_or_with_unknown_names_is_refused() -> None:
    with pytest.raises(RecordTypeError, match="has no `facts`"):
        type("Thing", (InstantRecord,), {"type": "test.thing/1", "__module__": __name__})
    with pytest.raises(RecordTypeError, match="fields that it does not have: where"):
        declare(natural_key=("at", "where"))


def _no_odd(value: int) -> int:
    return value


CANNOT = {
    "a float": (float, "a type that records cannot hold"),
    "a list of numbers": (tuple[int, ...], "a list of something that is not a model"),
    "a list or none": (tuple[Window, ...] | None, "a list with rules of its own"),
    "a list with a length": (Annotated[tuple[Window, ...], Field(min_length=1)], "a list with rules of its own"),
    "an integer without bounds": (int, "has no bounds that fit in 64 bits"),
    "an integer beyond 64 bits": (Annotated[int, Field(ge=0, le=2**63)], "has no bounds that fit in 64 bits"),
    "a check in Python": (Annotated[int, Field(ge=0, le=9), AfterValidator(_no_odd)], "cannot be checked as a column"),
    "a multiple": (Annotated[int, Field(ge=0, le=9, multiple_of=2)], "cannot be checked as a column"),
    "a changed text": (Annotated[str, Field(max_length=9), AfterValidator(str.upper)], "cannot be checked as a column"),
}


@pytest.mark.parametrize(("annotation", "reason"), CANNOT.values(), ids=CANNOT)
def test_a_field_that_columns_cannot_hold_or_check_is_refused(annotation: Any, reason: str) -> None:
    thing = declare(__annotations__={"value": annotation})
    with pytest.raises(RecordTypeError, match=reason):
        fields_of(thing)


def test_a_validator_in_the_class_is_refused_because_columns_would_not_have_it() -> None:
    class Checked(InstantRecord):
        type = "test.checked/1"
        facts = FACTS
        value: Annotated[int, Field(ge=0, le=9)]

        @field_validator("value")
        @classmethod
        def _even(cls, value: int) -> int:
            return value

    with pytest.raises(RecordTypeError, match="validators of its own: _even"):
        fields_of(Checked)


def test_the_tightest_of_several_bounds_counts() -> None:
    thing = declare(__annotations__={"value": Annotated[int, Field(ge=0, gt=2, le=9, lt=100)]})
    spec = fields_of(thing)["value"]
    assert (spec.lower, spec.upper) == (3, 9)


def test_the_body_is_what_is_neither_time_nor_envelope_nor_series() -> None:
    assert list(body_of(WaterUse)) == ["litres", "basis", "min_flow", "estimated_leak"]
    assert {f.kind for t in REGISTRY for f in body_of(t).values()} - SCALAR_ROW_TYPES.keys() == {"list"}


def test_nested_models_are_columns_too() -> None:
    inner: type[BaseModel] = create_model("Inner", at=(datetime, ...))
    thing = declare(__annotations__={"parts": tuple[inner, ...]})
    (part,) = fields_of(thing)["parts"].items
    assert (part.name, part.kind) == ("at", "instant")
