"""Rows: the annotations are the list of fields, checked when the class is defined."""

from __future__ import annotations

import types
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, Optional

import pytest

from selfdata_sdk.errors import ServiceMistake
from selfdata_sdk.model import (
    ElectricityUse,
    HouseholdProfile,
    Money,
    PriceComponent,
    SupplyContract,
    SupplyPoint,
    Tariff,
    WaterReading,
    WaterUse,
    Window,
)
from selfdata_sdk.model.record import Quality
from selfdata_sdk.service.pseudonym import Pseudonym
from selfdata_sdk.service.row import Row, shape_of


class Hour(Row[WaterUse]):
    start: datetime
    litres: float


class Price(Row[PriceComponent]):
    label: str
    price: Decimal


class Contract(Row[SupplyContract]):
    start: datetime
    supplier: str
    prices: tuple[Price, ...]


def test_the_annotations_are_the_fields() -> None:
    shape = shape_of(Hour)
    assert shape.record_type is WaterUse
    assert [(f.name, f.python, f.nullable) for f in shape.fields] == [
        ("start", datetime, False),
        ("litres", float, False),
    ]


def test_fields_of_lists_are_named_by_their_list() -> None:
    assert shape_of(Contract).names == ("prices.label", "prices.price", "start", "supplier")


def test_a_row_has_slots_and_no_dictionary() -> None:
    row = Hour(start=datetime(2025, 1, 1, tzinfo=UTC), litres=1.5)
    assert not hasattr(row, "__dict__")
    assert (row.start, row.litres) == (datetime(2025, 1, 1, tzinfo=UTC), 1.5)


def test_rows_compare_and_show_by_value() -> None:
    row = Hour(start=datetime(2025, 1, 1, tzinfo=UTC), litres=1.5)
    assert row == Hour(start=datetime(2025, 1, 1, tzinfo=UTC), litres=1.5)
    assert row != Hour(start=datetime(2025, 1, 1, tzinfo=UTC), litres=2)
    assert len({row, Hour(start=datetime(2025, 1, 1, tzinfo=UTC), litres=1.5)}) == 1
    assert "litres=1.5" in repr(row)


def test_a_row_is_made_with_its_fields_only() -> None:
    with pytest.raises(TypeError, match="start, litres"):
        Hour(start=datetime(2025, 1, 1, tzinfo=UTC))  # type: ignore[call-arg]


def test_a_row_may_have_methods_and_be_extended() -> None:
    class Longer(Hour):
        end: datetime

        @property
        def hours(self) -> float:
            return (self.end - self.start).total_seconds() / 3600

    assert shape_of(Longer).names == ("end", "litres", "start")
    first, last = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, 2, tzinfo=UTC)
    assert Longer(start=first, end=last, litres=1).hours == 2


def test_every_type_that_a_field_may_have() -> None:
    class Profile(Row[HouseholdProfile]):
        on: date
        dwelling: str | None
        surface: Optional[float]  # noqa: UP045
        garden: Decimal | None
        occupants: int

    class Use(Row[ElectricityUse]):
        energy: Decimal
        cost: Money | None
        quality: Quality

    assert [f.python for f in shape_of(Profile).fields] == [date, str, float, Decimal, int]
    assert [f.python for f in shape_of(Use).fields] == [Decimal, Money, str]


class WindowStart(Row[Window]):
    start: int


class Misspelt(Row[PriceComponent]):
    label: int


def test_a_pseudonym_is_a_text_and_said_to_be_one() -> None:
    class Signed(Row[SupplyContract]):
        point: Pseudonym
        number: Pseudonym | None
        supplier: str

    shape = shape_of(Signed)
    assert [(f.name, f.python, f.nullable, f.pseudonym) for f in shape.fields] == [
        ("point", str, False, True),
        ("number", str, True, True),
        ("supplier", str, False, False),
    ]
    assert (shape.names, shape.pseudonyms) == (("number", "point", "supplier"), ("number", "point"))


def test_an_identifier_may_be_asked_for_as_it_is() -> None:
    class Signed(Row[SupplyContract]):
        number: str | None

    assert shape_of(Signed).pseudonyms == ()


def row_asking_for(name: str, kind: object = str) -> type:
    fields = {"__annotations__": {name: kind}, "__module__": __name__}
    return types.new_class("Bad", (Row[WaterUse],), exec_body=lambda namespace: namespace.update(fields))


def mistake(define: Any) -> ServiceMistake:
    with pytest.raises(ServiceMistake) as caught:
        define()
    assert caught.value.next, "every mistake says its repair"
    return caught.value


def test_a_misspelt_field_is_refused_with_a_suggestion() -> None:
    def define() -> None:
        class Bad(Row[WaterUse]):
            litre: float

    found = mistake(define)
    assert (found.where, found.next) == ("Bad.litre", "Did you mean litres?")


def test_a_field_unlike_any_other_is_refused_with_the_list() -> None:
    def define() -> None:
        class Bad(Row[WaterUse]):
            xyzzy: float

    assert "litres" in mistake(define).next


@pytest.mark.parametrize("name", ["source", "revision", "ext", "tz", "cadence", "status", "id", "type"])
def test_the_envelope_is_withheld_by_name_with_the_reason(name: str) -> None:
    found = mistake(lambda: row_asking_for(name))
    assert name in found.what
    assert "never given" in found.what


@pytest.mark.parametrize("name", ["point", "register_id"])
def test_what_the_series_holds_is_given_as_a_pseudonym_only(name: str) -> None:
    found = mistake(lambda: row_asking_for(name))
    assert "never given to a service as it is" in found.what
    assert f"{name}: Pseudonym" in found.next


def test_a_supply_points_own_identifier_is_withheld() -> None:
    def define() -> None:
        class Bad(Row[SupplyPoint]):
            point: str

    assert "identifies" in mistake(define).what


@pytest.mark.parametrize("name", ["litres", "start", "quality"])
def test_what_is_no_text_of_its_own_has_no_pseudonym(name: str) -> None:
    found = mistake(lambda: row_asking_for(name, Pseudonym))
    assert found.what.endswith("it has no pseudonym.")


@pytest.mark.parametrize("name", ["source", "ext", "id"])
def test_what_is_withheld_is_withheld_under_a_pseudonym_too(name: str) -> None:
    assert "never given" in mistake(lambda: row_asking_for(name, Pseudonym)).what


def test_a_field_of_an_element_has_no_pseudonym() -> None:
    def define() -> None:
        class Bad(Row[PriceComponent]):
            label: Pseudonym

    found = mistake(define)
    assert (found.where, found.next) == ("Bad.label", "Remove it, or ask for label itself.")


def test_a_field_that_may_be_missing_is_asked_for_as_such() -> None:
    def of_number() -> None:
        class Bad(Row[WaterUse]):
            min_flow: float

    def of_pseudonym() -> None:
        class Bad(Row[WaterReading]):
            device: Pseudonym

    def of_supply() -> None:
        class Bad(Row[WaterUse]):
            point: Pseudonym

    assert "`float | None`" in mistake(of_number).next
    assert "`Pseudonym | None`" in mistake(of_pseudonym).next, "never the identifier itself"
    assert "`Pseudonym | None`" in mistake(of_supply).next


def test_a_type_that_the_field_cannot_have_is_refused() -> None:
    def define() -> None:
        class Bad(Row[WaterUse]):
            litres: str

    assert mistake(define).next == "Write float or Decimal."


def test_a_literal_must_hold_every_word_of_the_field() -> None:
    def define() -> None:
        class Bad(Row[WaterUse]):
            quality: Literal["measured", "estimated"]

    assert mistake(define).next == "Write str."


def test_a_list_is_asked_for_as_rows_of_its_elements() -> None:
    def of_texts() -> None:
        class Bad(Row[SupplyContract]):
            prices: tuple[str, ...]

    def of_other_rows() -> None:
        class Bad(Row[SupplyContract]):
            prices: tuple[WindowStart, ...]

    assert "Row[PriceComponent]" in mistake(of_texts).next
    assert "Row[PriceComponent]" in mistake(of_other_rows).next


def test_a_field_of_an_element_is_checked_too() -> None:
    def misspelt() -> None:
        class Bad(Row[PriceComponent]):
            labell: str

    def mistyped() -> None:
        class Bad(Row[SupplyContract]):
            prices: tuple[Misspelt, ...]

    assert mistake(misspelt).next == "Did you mean label?"
    assert mistake(mistyped).where == "Misspelt.label"


def test_a_default_is_refused() -> None:
    def define() -> None:
        class Bad(Row[WaterUse]):
            litres: float = 0

    assert mistake(define).where == "Bad.litres"


def test_a_row_of_nothing_is_refused() -> None:
    def without_type() -> None:
        class Bad(Row):  # type: ignore[type-arg]
            litres: float

    def without_field() -> None:
        class Bad(Row[Tariff]):
            pass

    assert "record type" in mistake(without_type).what
    assert "no field" in mistake(without_field).what


def test_a_name_that_is_not_there_is_named() -> None:
    def define() -> None:
        class Bad(Row[WaterUse]):
            litres: Flaot  # type: ignore[name-defined] # noqa: F821

    assert "Flaot" in mistake(define).what
